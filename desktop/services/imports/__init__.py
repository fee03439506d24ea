"""Bring goods and orders in from files: read, map columns, check every row, write in batches, repeat without doubles."""
