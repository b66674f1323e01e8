"""What a fitted model leaves open: fit measures, residuals, rivals, what could be freed."""
