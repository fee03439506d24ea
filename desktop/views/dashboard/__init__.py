"""Home: the day's figures, what waits, what to know."""
