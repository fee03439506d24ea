"""Who acts: a person at a till, a kiosk, a member's phone, the clock, the owner's terminal, or nobody yet."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody or something at the door.

    `role` is the role of a program; people (`staff_id`) have theirs in the database.
    """

    kind: str
    id: int = 0
    till_id: int = 0
    role: str = ""

    @property
    def key(self) -> str:
        """How rows name the actor: `staff:3`."""
        return f"{self.kind}:{self.id}" if self.id else self.kind

    @property
    def chain(self) -> str:
        """The audit chain this actor writes: one per till and front, so that sales do not wait for each other."""
        return f"till:{self.till_id}" if self.till_id else self.kind


def staff(staff_id: int, till_id: int) -> Actor:
    """A person signed in at a till."""
    return Actor("staff", staff_id, till_id)


def kiosk(till_id: int) -> Actor:
    """The self-checkout at this till."""
    return Actor("kiosk", till_id, till_id, "kiosk")


def member(member_id: int) -> Actor:
    """A member's phone, signed in."""
    return Actor("member", member_id, role="member")


def phone() -> Actor:
    """A phone that has not said whose it is."""
    return Actor("phone", role="member")


def clock() -> Actor:
    """The scheduler."""
    return Actor("clock", role="clock")


def console() -> Actor:
    """The owner's terminal: whoever may open the database itself."""
    return Actor("console", role="owner")


def guest() -> Actor:
    """Nobody has signed in yet."""
    return Actor("guest", role="guest")
