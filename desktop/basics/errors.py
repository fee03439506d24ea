"""What can go wrong, split once: a sentence for the person (`ShopError`), or a bug (anything else)."""

from __future__ import annotations

from typing import Any

from desktop.basics.i18n import N_, _


class ShopError(Exception):
    """A sentence for the person at the screen, worded when shown, in the language of who reads it."""

    def __init__(self, sentence: str, *, next_step: str = "", **fields: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.fields = fields
        self.next_step = next_step  # key of the step a front may offer as a button

    def __str__(self) -> str:
        return _(self.sentence).format(**self.fields)


class NotFound(ShopError):
    """It does not exist, or not for this person."""


class NotAllowed(ShopError):
    """The actor's role lacks the permission."""

    def __init__(self, permission: str) -> None:
        super().__init__(
            N_("Your role may not do this. Ask the owner for the right “{permission}”."),
            permission=permission,
        )
        self.permission = permission


class Refused(ShopError):
    """The rules of the shop say no: state, limit, stock, points."""


class OutOfStock(Refused):
    """Fewer pieces available than asked for."""


class Changed(Refused):
    """Somebody else changed it meanwhile; look again and decide."""


class Unavailable(ShopError):
    """The database, disk or a device cannot be reached now; nothing was changed."""


class Malformed(ShopError):
    """A file or a field does not hold what it should."""
