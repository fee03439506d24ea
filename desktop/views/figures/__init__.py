"""Statistics of orders."""
