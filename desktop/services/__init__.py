"""What the shop does: one function per business verb."""
