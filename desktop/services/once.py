"""A retry changes nothing: the answer given to a client key is kept and given again."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.models.system import Idempotency
from desktop.shop.work import Work

_NAMES = ("client_key", "request_hash", "result", "at")
_CLAIM = {
    name: insert(Idempotency)
    .values({c: bindparam(c) for c in _NAMES})
    .on_conflict_do_nothing()
    .returning(Idempotency.client_key)
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
_OF_KEY = Idempotency.client_key == bindparam("key")
_GIVEN = select(Idempotency.request_hash, Idempotency.result).where(_OF_KEY)
_KEEP = update(Idempotency).where(_OF_KEY).values(result=bindparam("answer"))


def claim(work: Work, client_key: str, request: Any) -> Any:
    """None when this key is new: do the deed, then `keep` its answer. Otherwise the answer already given.

    Two tills with the same key wait for each other here. Raises `Refused` when the key meant something else.
    """
    if not client_key:
        raise ValueError("a deed that must not happen twice needs its client key")
    text = json.dumps(request, ensure_ascii=False, sort_keys=True, default=str)
    digest = hashlib.sha256(text.encode()).hexdigest()
    row = {"client_key": client_key, "request_hash": digest, "result": "null", "at": work.now}
    if work.rows(_CLAIM[work.connection.dialect.name], row).first() is not None:
        return None
    given = work.rows(_GIVEN, {"key": client_key}).one()
    if given.request_hash != digest:
        raise Refused(N_("This was already saved with other contents. Refresh, then look at what is there."))
    return json.loads(given.result)


def keep(work: Work, client_key: str, answer: Any) -> None:
    """Remember the answer of a claimed key."""
    work.rows(_KEEP, {"key": client_key, "answer": json.dumps(answer, ensure_ascii=False)})
