"""What a rule can do; importing this room declares them all."""

from desktop.rules.effects import bills, checks, members, messages, orders, stock

__all__ = ["bills", "checks", "members", "messages", "orders", "stock"]
