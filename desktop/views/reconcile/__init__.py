"""Bills of providers against the shop's own payments."""
