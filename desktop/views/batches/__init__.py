"""Batches and expiry: what expires when, and what is done about it."""
