"""The right card of a member's page: ledger of points, orders, and who did or looked at what."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget

from desktop.basics.i18n import N_, _
from desktop.basics.money import Money
from desktop.basics.words import when_text
from desktop.queries.audit import AuditRow, member_audit
from desktop.queries.audit_words import action_words, actor_words
from desktop.queries.member_history import (
    MemberOrderRow,
    PointsRow,
    member_orders_page,
    member_points_page,
)
from desktop.queries.members import MemberDetail
from desktop.queries.order_words import channel_word, status_word
from desktop.queries.stored_value import stored_page
from desktop.views.common.buttons import icon_button
from desktop.views.common.cards import Card, Divider, hbox
from desktop.views.common.cells import BadgeCell, Column, Toned, TwoLine
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.inputs import Select
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.table_view import TableView
from desktop.views.common.tabs import Tab, Tabs
from desktop.views.members.stored import change_cell, entry_cell
from desktop.views.members.words import REASONS, short_day

SPANS = ((90, N_("Last 90 days")), (365, N_("Last 12 months")), (0, N_("All")))
STATUSES = {  # tone, pip
    "unpaid": ("warn", "wait"),
    "to_ship": ("info", "half"),
    "shipped": ("primary", "half"),
    "done": ("success", "done"),
    "cancelled": ("neutral", "closed"),
}


class History(Card):
    """Lists behind tabs; `order_wanted(id)` when an order is opened, `export_wanted` for the ledger."""

    order_wanted = Signal(object)
    export_wanted = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(margins=(1, 1, 1, 2))
        self._context, self._background = context, context.of(self)
        self._member_id = 0
        self._asked: set[tuple[str, int]] = set()
        self._head()
        self.body.addWidget(Divider())
        self.tables = {
            "points": PagedTable(self._points_columns(), self),
            "orders": PagedTable(self._order_columns(), self),
            "stored": PagedTable(self._stored_columns(), self),
            "audit": PagedTable(self._audit_columns(), self),
        }
        self.stack = QStackedWidget()
        self.views: dict[str, TableView] = {}
        empty = {
            "points": _("No points in this time"),
            "orders": _("No orders yet"),
            "stored": _("Nothing was topped up yet"),
            "audit": _("Nobody has changed or looked at anything yet"),
        }
        for key, model in self.tables.items():
            view = self.views[key] = TableView(
                model, name=f"member_{key}", two_lines=key in ("points", "stored")
            )
            page = QStackedWidget()
            page.addWidget(view)
            page.addWidget(EmptyState(empty[key], why="all_done"))
            model.loaded.connect(lambda _first, m=model, p=page: p.setCurrentIndex(0 if m.rows else 1))
            self.stack.addWidget(page)
        self.views["orders"].opened.connect(self.order_wanted)
        for key in ("points", "stored"):
            self.views[key].opened.connect(partial(self._open_behind, key))
        self.body.addWidget(self.stack, 1)

    def _head(self) -> None:
        row = hbox(margins=(15, 0, 12, 0), gap=8)
        self.tabs = Tabs(self._tabs(), name=_("History"))
        self.tabs.picked.connect(lambda _key: self._show())
        self.span = Select([(days, _(words)) for days, words in SPANS], 90)
        self.span.picked.connect(lambda _days: self._ask("points", again=True))
        self.export = icon_button("download-2-line", _("Export the ledger"))
        self.export.clicked.connect(self.export_wanted)
        row.addWidget(self.tabs, 1)
        row.addWidget(self.span)
        row.addWidget(self.export)
        self.body.addLayout(row)

    def _tabs(self, points: int | None = None, orders: int | None = None) -> list[Tab]:
        tabs = [Tab("points", _("Points ledger"), points), Tab("orders", _("Orders"), orders)]
        tabs.append(Tab("stored", _("Stored value")))
        if not hasattr(self, "_context") or self._context.may(member_audit):
            tabs.append(Tab("audit", _("Audit trail")))
        return tabs

    def show_member(self, member: MemberDetail) -> None:
        """Show this member's lists; the open one is asked at once, the others when their tab is pressed."""
        self.tabs.set_tabs(self._tabs(member.points_entries, member.orders))
        if member.id != self._member_id:
            self._asked.clear()
        self._member_id = member.id
        self._show()

    def refresh(self) -> None:
        """Ask the lists that were seen again."""
        for key, _member in self._asked:
            self.tables[key].refresh()

    def _show(self) -> None:
        key = self.tabs.value()
        self.stack.setCurrentIndex(list(self.tables).index(key))
        self.span.setVisible(key == "points")
        self.export.setVisible(key == "points")
        self._ask(key)

    def _ask(self, key: str, *, again: bool = False) -> None:
        if not self._member_id or ((key, self._member_id) in self._asked and not again):
            return
        self._asked.add((key, self._member_id))
        ask, member_id = self._background.ask, self._member_id
        questions = {"orders": member_orders_page, "stored": stored_page, "audit": member_audit}
        if key == "points":
            since = self.since()
            self.tables[key].ask(lambda after: ask(member_points_page, member_id, since=since, after=after))
        else:
            self.tables[key].ask(lambda after: ask(questions[key], member_id, after=after))

    def since(self) -> datetime | None:
        """From when the ledger is shown, None for all of it."""
        days = self.span.value()
        return self._context.now() - timedelta(days=days) if days else None

    def _open_behind(self, key: str, entry_id: int) -> None:
        model = self.tables[key]
        row = model.row_at(model.row_of(entry_id))
        if row is not None and row.order_id:
            self.order_wanted.emit(row.order_id)

    # What stands in the cells

    def _when(self, moment: datetime) -> str:
        return when_text(moment, self._context.now(), self._context.zone)

    def _points_columns(self) -> list[Column]:
        return [
            Column("at", _("Time"), 128, value=lambda r: self._when(r.at)),
            Column("reason", _("Entry"), 180, "two_line", stretch=True, value=self._entry),
            Column("delta", _("Points change"), 112, "number", value=_delta),
            Column("balance", _("Balance"), 88, "number", value=lambda r: f"{r.balance:,}"),
            Column(
                "expires_at",
                _("Valid until"),
                96,
                "muted",
                value=lambda r: short_day(r.expires_at, self._context),
            ),
        ]

    def _entry(self, row: PointsRow) -> TwoLine:
        words, icon, tone = REASONS.get(row.reason, (row.reason, "copper-coin-line", "neutral"))
        title = _(words)
        if row.reason == "spent" and row.money_minor:
            title = f"{title} {Money(row.money_minor, self._context.currency)}"
        return TwoLine(title, row.order_code or row.note, icon=icon, tone=tone)

    def _stored_columns(self) -> list[Column]:
        currency = self._context.currency
        return [
            Column("at", _("Time"), 128, value=lambda r: self._when(r.at)),
            Column(
                "kind", _("Entry"), 180, "two_line", stretch=True, value=lambda r: entry_cell(r, currency)
            ),
            Column("delta", _("Change ¥"), 112, "number", value=lambda r: change_cell(r.delta, currency)),
            Column("bonus", _("Bonus ¥"), 96, "number", value=lambda r: self._plain(r.bonus_balance)),
            Column("balance", _("Balance ¥"), 104, "number", value=lambda r: self._plain(r.balance)),
        ]

    def _order_columns(self) -> list[Column]:
        return [
            Column("code", _("Order no."), 116, "strong"),
            Column("placed_at", _("Placed"), 128, value=lambda r: self._when(r.placed_at)),
            Column("channel", _("Channel"), 90, stretch=True, value=lambda r: channel_word(r.channel)),
            Column("points_minor", _("Points ¥"), 92, "number", value=self._points_money),
            Column("money", _("Paid ¥"), 96, "money", value=lambda r: self._plain(r.money_minor)),
            Column("status", _("Status"), 110, "badge", value=_status),
        ]

    def _plain(self, minor: int) -> str:
        return Money(minor, self._context.currency).plain()

    def _points_money(self, row: MemberOrderRow) -> Any:
        return Toned(self._plain(row.points_minor), "points") if row.points_minor else None

    def _audit_columns(self) -> list[Column]:
        return [
            Column("at", _("Time"), 128, value=lambda r: self._when(r.at)),
            Column("name", _("Who"), 130, value=lambda r: actor_words(r.actor, r.name)),
            Column("action", _("What"), 180, stretch=True, value=lambda r: action_words(r.action)),
            Column("looked", _("Kind"), 96, "badge", value=_kind),
        ]


def _delta(row: PointsRow) -> Toned:
    if row.delta < 0:
        return Toned(f"−{-row.delta:,}", "text", strong=True)
    return Toned(f"+{row.delta:,}", "success", strong=True)


def _status(row: MemberOrderRow) -> BadgeCell:
    return BadgeCell(status_word(row.status), *STATUSES.get(row.status, ("neutral", "")))


def _kind(row: AuditRow) -> BadgeCell:
    return (
        BadgeCell(_("Looked"), "info", "wait") if row.looked else BadgeCell(_("Changed"), "neutral", "done")
    )
