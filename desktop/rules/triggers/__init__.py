"""What can set a rule off; importing this room declares them all."""

from desktop.rules.triggers import batches, members, orders, purchases, stock, times

__all__ = ["batches", "members", "orders", "purchases", "stock", "times"]
