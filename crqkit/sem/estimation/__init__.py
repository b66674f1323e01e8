"""From a plan and a sample to an optimum, its errors and its tests."""
