"""Members and their points written to files; whose hands they went through stands in the audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from desktop.basics.i18n import _
from desktop.basics.money import digits_of
from desktop.queries.member_history import PointsRow, member_points_page, points_to_export
from desktop.queries.members import MemberRow, members_page, members_to_export
from desktop.services.export import Progress, write_table

if TYPE_CHECKING:
    from desktop.shop.shop import Shop


def export_points(
    shop: Shop, member_id: int, path: Path, *, since: datetime | None = None, progress: Progress | None = None
) -> int:
    """Write a member's ledger, newest first; returns how many entries."""
    zone = ZoneInfo(shop.ask(points_to_export, member_id))
    headings = [
        _("Time"),
        _("Entry"),
        _("Order no."),
        _("Change"),
        _("Balance"),
        _("Valid until"),
        _("Note"),
        _("Who"),
    ]
    rows = (_entry(row, zone) for row in _ledger(shop, member_id, since))
    return write_table(path, headings, rows, progress or Progress())


def _ledger(shop: Shop, member_id: int, since: datetime | None) -> Iterator[PointsRow]:
    after = None
    while True:
        page = shop.ask(member_points_page, member_id, since=since, after=after)
        yield from page.rows
        if (after := page.after) is None:
            return


def _entry(row: PointsRow, zone: ZoneInfo) -> list[Any]:
    until = f"{row.expires_at.astimezone(zone):%Y-%m-%d}" if row.expires_at else ""
    at = f"{row.at.astimezone(zone):%Y-%m-%d %H:%M:%S}"
    return [at, row.reason, row.order_code, row.delta, row.balance, until, row.note, row.actor]


def export_members(shop: Shop, path: Path, currency: str, progress: Progress | None = None) -> int:
    """Write the members with masked phone numbers; returns how many."""
    zone = ZoneInfo(shop.ask(members_to_export))
    headings = [
        _("Member no."), _("Name"), _("Phone"), _("Tier"), _("Points"), _("Orders"), _("Spent"), _("Currency"),
        _("Last order"), _("Joined"),
    ]  # fmt: skip
    rows = (_member(row, currency, zone) for row in _members(shop))
    return write_table(path, headings, rows, progress or Progress())


def _members(shop: Shop) -> Iterator[MemberRow]:
    after = None
    while True:
        page = shop.ask(members_page, after=after)
        yield from page.rows
        if (after := page.after) is None:
            return


def _member(row: MemberRow, currency: str, zone: ZoneInfo) -> list[Any]:
    spent = Decimal(row.spent_minor).scaleb(-digits_of(currency))
    last = f"{row.last_order_at.astimezone(zone):%Y-%m-%d}" if row.last_order_at else ""
    joined = f"{row.created_at.astimezone(zone):%Y-%m-%d}"
    tier = _(row.tier_name)
    return [row.code, row.name, row.phone, tier, row.points, row.orders, spent, currency, last, joined]
