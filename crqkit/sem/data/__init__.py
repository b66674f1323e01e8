"""From answers or published moments to sufficient statistics, with or without gaps."""
