"""Before the survey: power, needed numbers, simulated answers."""
