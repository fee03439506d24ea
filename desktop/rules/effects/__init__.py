"""What a rule can do; importing this room declares them all."""

from desktop.rules.effects import checks, members, messages, orders, stock

__all__ = ["checks", "members", "messages", "orders", "stock"]
