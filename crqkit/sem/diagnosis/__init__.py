"""What is wrong with the data or the solution, and the one sentence that the tests allow."""
