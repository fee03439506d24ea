"""Every change of stock with its reason and document."""
