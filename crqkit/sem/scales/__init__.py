"""Items and their sums: reliability, exploratory factors, distinctness, factor scores."""
