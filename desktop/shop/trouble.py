"""Which database errors are worth another try, and which sentence tells the person about the rest."""

from __future__ import annotations

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, ProgrammingError

from desktop.basics.errors import Unavailable
from desktop.basics.i18n import N_

_RETRY_STATES = {"40001", "40P01", "55P03"}  # serialization failure, deadlock, lock time-out


def worth_retrying(error: DBAPIError) -> bool:
    """Whether the whole verb may simply run again: locked, or beaten by another till."""
    state = getattr(error.orig, "sqlstate", None)
    if state:
        return state in _RETRY_STATES
    text = str(error.orig).lower()
    return "database is locked" in text or "database table is locked" in text


def sentence_for(error: DBAPIError) -> Unavailable | None:
    """The sentence for trouble that is not our bug, or None."""
    if isinstance(error, (DataError, IntegrityError, ProgrammingError)):
        return None  # their texts quote what was typed: a name with “full” in it is not a full disk
    text = str(error.orig).lower()
    if worth_retrying(error):
        return Unavailable(
            N_("Another program is holding the database. Nothing was changed; try again in a moment."),
            next_step="retry",
        )
    if "full" in text or "no space" in text or "disk i/o" in text:
        return Unavailable(
            N_("The disk is full or failing. Nothing was changed; free some space, then try again."),
            next_step="retry",
        )
    if "readonly" in text or "read-only" in text:
        return Unavailable(
            N_("The database can only be read, not written. Check the file’s permissions or the server."),
            next_step="retry",
        )
    gone = (
        "unable to open",
        "not a database",
        "malformed",
        "connection",
        "server closed",
        "could not translate",
        "timeout",
    )
    if error.connection_invalidated or any(word in text for word in gone):
        return Unavailable(
            N_(
                "The database can’t be reached. Check the network or the file, then try again; nothing is saved twice."
            ),
            next_step="retry",
        )
    return None
