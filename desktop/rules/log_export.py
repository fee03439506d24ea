"""The run log as a file, page by page through the question the screen asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from desktop.basics.i18n import _
from desktop.basics.money import digits_of
from desktop.queries.order_export import export_begins
from desktop.queries.shell import shop_card
from desktop.rules.log import STATES, RunFilter, RunLine, rule_runs
from desktop.services.export import Progress, write_table

if TYPE_CHECKING:
    from desktop.shop.shop import Shop


def export_runs(shop: Shop, which: RunFilter, path: Path, progress: Progress) -> int:
    """Write the runs that fit, newest first; returns how many.

    Raises `ShopError` when the file can't be written, `Stopped` when cancelled.
    """
    zone = ZoneInfo(shop.ask(export_begins, "rule runs"))
    places = -digits_of(shop.ask(shop_card).currency)
    headings = [
        _("Time"), _("Due"), _("Rule"), _("What about"), _("Who or what"), _("Amount"), _("Why"), _("What it did"),
        _("Status"), _("Tries"), _("Error"),
    ]  # fmt: skip
    return write_table(path, headings, (_row(run, zone, places) for run in _runs(shop, which)), progress)


def _runs(shop: Shop, which: RunFilter) -> Iterator[RunLine]:
    after: Any = None
    while True:
        page = shop.ask(rule_runs, which, after)
        yield from page.rows
        after = page.after
        if after is None:
            return


def _row(run: RunLine, zone: ZoneInfo, places: int) -> list[Any]:
    amount: Any = Decimal(run.money_minor).scaleb(places) if run.money_minor else ""
    return [
        _time(run.at, zone), _time(run.due_at, zone), run.rule_name, run.title, run.detail, amount, run.cause,
        ", ".join(run.effects), _(STATES.get(run.state, run.state)), run.tries, run.error,
    ]  # fmt: skip


def _time(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"
