"""What must also be true for a rule to act; importing this room declares them all."""

from desktop.rules.conditions import always, goods, members, orders

__all__ = ["always", "goods", "members", "orders"]
