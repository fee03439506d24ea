"""Purchasing: orders, suppliers, returns."""
