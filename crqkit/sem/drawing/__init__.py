"""The path diagram, drawn with matplotlib alone."""
