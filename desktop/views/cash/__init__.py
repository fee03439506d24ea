"""The cash in the drawers: opened, counted, closed, and reported."""
