"""Formulas of nobody in particular: they would make sense without customers."""
