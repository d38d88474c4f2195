"""Functions that start themselves or one another."""
