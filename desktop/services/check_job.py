"""A check that a rule asked for: made after the commit, kept, and the owner told when something differs."""

from __future__ import annotations

from collections.abc import Sequence

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_, _, speaking
from desktop.models.people import Permission
from desktop.services.checks import QUESTIONS, Finding, record_check, to_keep
from desktop.services.notices import Wanted, post_notice
from desktop.services.receivers import shop_language
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work

CHECK = "check"  # kind of the outbox row


def check_and_tell(shop: Shop, kind: str, key: str) -> int:
    """Make a check as this actor, keep what it finds and tell the owner; returns how much it found.

    `key` names what asked for it: made again after a power cut, it tells nobody twice. Raises `Refused` for a check
    that does not exist.
    """
    if kind not in QUESTIONS:
        raise Refused(N_("There is no check of this kind here."))
    kept, checks = to_keep(kind, shop.ask(QUESTIONS[kind]))
    shop.do(record_and_tell, kind, kept, checks, key)
    return len(kept)


@action(permission=Permission.RUN_RULES)
def record_and_tell(work: Work, kind: str, findings: Sequence[Finding], checks: int, key: str) -> int:
    """Keep what a check found, and write to the owner in the same transaction; returns the id of the run."""
    run_id = record_check.run(work, kind, findings, checks)
    if findings:
        with speaking(shop_language(work)):
            first = _(findings[0].words).format(**findings[0].fields)
        post_notice(
            work,
            Wanted(
                key=key,
                template="books_differ",
                receivers=("role:owner",),
                fields={"count": len(findings), "first": first},
                subject=f"check:{run_id}",
            ),
        )
    return run_id
