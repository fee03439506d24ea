"""Pure pricing: a cart and the shop's prices in, a priced cart with its reasons out."""
