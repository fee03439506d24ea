"""`zhanggui verify`: stock, points, money and the audit trail, each against what stands behind it."""

from __future__ import annotations

import argparse
from dataclasses import asdict

from desktop.basics.i18n import _
from desktop.commands.places import chosen_place, opened
from desktop.commands.say import answer


def run(arguments: argparse.Namespace) -> int:
    """Print what differs; 1 when something does."""
    from desktop.queries.verify import verify

    with opened(chosen_place(arguments.database)) as shop:
        if arguments.repair_search:
            from desktop.services.search_index import rebuild_search

            shop.do(rebuild_search)
        verdict = shop.ask(verify)
    facts = {
        "ok": verdict.whole,
        "checks": verdict.checks,
        "faults": [asdict(fault) for fault in verdict.faults],
    }
    if verdict.whole:
        answer(
            arguments, facts, _("All {count} checks hold: the books balance.").format(count=verdict.checks)
        )
        return 0
    heading = _("{count} things differ:").format(count=len(verdict.faults))
    answer(arguments, facts, heading, *(f"  {fault}" for fault in verdict.faults))
    return 1
