"""Reckoning without a shop: plain values in, plain values out. No Qt, no database, no clock."""
