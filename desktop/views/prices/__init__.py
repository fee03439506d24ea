"""Price lists: for whom, when, and what everything costs in them."""
