"""What can set a rule off; importing this room declares them all."""

from desktop.rules.triggers import members, orders, stock, times

__all__ = ["members", "orders", "stock", "times"]
