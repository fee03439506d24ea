"""The goods: what they are called, cost, look like, and which codes and units they have."""
