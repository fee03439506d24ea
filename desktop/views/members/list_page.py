"""The list of members: tiers as tabs, search, tags, and the table."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.basics.i18n import _
from desktop.basics.money import SYMBOLS, Money
from desktop.basics.words import when_text
from desktop.queries.members import (
    MemberRow,
    TierCount,
    member_tags,
    members_count,
    members_page,
    members_to_export,
    tier_counts,
)
from desktop.services.export import Progress
from desktop.services.member_export import export_members
from desktop.services.members import SignedUp, sign_up
from desktop.views.common import shortcuts
from desktop.views.common.buttons import primary, secondary
from desktop.views.common.cards import Card, Divider, hbox, vbox
from desktop.views.common.cells import Column, NameCell, Toned
from desktop.views.common.chips import Chip
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.export_sheet import ExportSheet
from desktop.views.common.import_button import import_button
from desktop.views.common.inputs import SearchInput, Select
from desktop.views.common.labels import Label
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.skeleton import Skeleton
from desktop.views.common.table_view import TableView
from desktop.views.common.tabs import Tab, Tabs
from desktop.views.common.theme import theme
from desktop.views.members.sheets import SignUpSheet, sentence_for
from desktop.views.members.words import shown_name, tier_tone


class ListPage(QWidget):
    """Everybody; `opened(id)` when a member is to be shown."""

    opened = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context, self._background = context, context.of(self)
        self._asked = False
        self._tiers: tuple[TierCount, ...] = ()
        self._tags: tuple[Any, ...] = ()
        column = vbox(self, margins=(24, 20, 24, 20), gap=14)
        column.addLayout(self._head())
        card = Card(margins=(1, 1, 1, 2))
        row = hbox(margins=(15, 0, 12, 0))
        self.tabs = Tabs([Tab("", _("All"))], name=_("Tiers"))
        self.tabs.picked.connect(lambda _key: self.ask())
        row.addWidget(self.tabs, 1)
        card.body.addLayout(row)
        card.body.addWidget(Divider())
        card.body.addLayout(self._filters())
        self.model = PagedTable(self._columns(), self)
        self.model.sort_key = "last"
        self.model.loaded.connect(lambda _first: self._settle())
        self.model.counted.connect(self._counted)
        self.model.sort_asked.connect(lambda _key, _down: self.ask())
        self.view = TableView(self.model, name="members")
        self.search.leads_to = self.view
        self.view.opened.connect(self.opened)
        self.stack = QStackedWidget()
        for page in (self.view, self._nobody_yet(), self._no_match(), Skeleton("table")):
            self.stack.addWidget(page)
        card.body.addWidget(self.stack, 1)
        column.addWidget(card, 1)

    def _head(self) -> Any:
        row = hbox(gap=10)
        row.addWidget(Label(_("Members and points"), "h1"))
        self.caption = Label("", "small", "text2")
        row.addWidget(self.caption)
        row.addStretch(1)
        row.addWidget(import_button(self._context, "members"))
        self.export = secondary(_("Export"), "download-2-line")
        self.export.clicked.connect(self.open_export)
        if not self._context.may(members_to_export):
            self.export.hide()
        row.addWidget(self.export)
        self.join = primary(_("Sign up a member"), "add-line", key="N")
        self.join.clicked.connect(self.sign_up)
        self.join.setEnabled(self._context.may(sign_up))
        row.addWidget(self.join)
        shortcuts.on(self, "N", self.sign_up, _("Sign up a member"))
        return row

    def open_export(self) -> None:
        """Write the members to a file, with masked phone numbers."""
        title, name, count = _("Export members"), _("Members"), self.model.total or len(self.model.rows)
        ExportSheet(self.window(), self._context, title, name, count, self._write, None).open()

    def _write(self, shop: Any, _filters: None, path: Path, progress: Progress) -> int:
        return export_members(shop, path, self._context.currency, progress)

    def _filters(self) -> Any:
        row = hbox(margins=(15, 10, 15, 10), gap=8)
        self.search = SearchInput(_("Name, phone, last 4 digits or member no."))
        self.search.setFixedWidth(theme.px(340))
        self.search.searched.connect(lambda _text: self.ask())
        shortcuts.on(self, "/", self.search.setFocus, _("Search in this page"))
        self.tag = Select([(0, _("Every tag"))], 0)
        self.tag.picked.connect(lambda _id: self.ask())
        self.chip = Chip(_("Tag"), "")
        self.chip.removed.connect(self._any_tag)
        self.chip.hide()
        for widget in (self.search, self.tag, self.chip):
            row.addWidget(widget)
        row.addStretch(1)
        return row

    def _nobody_yet(self) -> QWidget:
        button = primary(_("Sign up a member"), "add-line")
        button.clicked.connect(self.sign_up)
        return EmptyState(
            _("No members yet"), _("A phone number is enough, and points bring people back."), primary=button
        )

    def _no_match(self) -> QWidget:
        clear = secondary(_("Clear the filters"))
        clear.clicked.connect(self.clear_filters)
        return EmptyState(
            _("No member fits"), _("Try fewer letters or another tier."), why="nothing_found", primary=clear
        )

    def _columns(self) -> list[Column]:
        money = SYMBOLS.get(self._context.currency, self._context.currency)
        return [
            Column("name", _("Name"), 210, "name", stretch=True, value=_name),
            Column("code", _("Member no."), 110, "muted"),
            Column("phone", _("Phone"), 126),
            Column("points", _("Points"), 100, "number", sortable=True, value=_points),
            Column("orders", _("Orders"), 84, "number", sortable=True, value=lambda r: f"{r.orders:,}"),
            Column(
                "spent",
                _("Spent {currency}").format(currency=money),
                118,
                "money",
                sortable=True,
                value=self._spent,
            ),
            Column("last", _("Last order"), 136, sortable=True, align="right", value=self._last),
        ]

    def _spent(self, row: MemberRow) -> str:
        return Money(row.spent_minor, self._context.currency).plain()

    def _last(self, row: MemberRow) -> str | None:
        moment = row.last_order_at
        return when_text(moment, self._context.now(), self._context.zone) if moment else None

    # Asking

    def ask(self) -> None:
        """Ask for the list with the filters of the moment."""
        self._asked = True
        filters = {
            "text": self.search.value(),
            "tier": self.tabs.value() or "",
            "tag_id": self.tag.value() or 0,
        }
        order = {"sort": self.model.sort_key or "last", "descending": self.model.descending}
        self.chip.setVisible(bool(filters["tag_id"]))
        self.chip.show_filter(_("Tag"), self.tag.currentText())
        self.tag.setVisible(not filters["tag_id"])
        ask = self._background.ask_latest
        task_key = "list"
        self.model.ask(
            lambda after: ask(task_key, members_page, **filters, **order, after=after),
            lambda: ask("count", members_count, **filters),
        )
        self._ask_around()

    def _ask_around(self) -> None:
        self._background.ask_latest("tiers", tier_counts).then(self._show_tiers)
        self._background.ask_latest("tags", member_tags).then(self._show_tags)

    def refresh(self, touched: dict[str, frozenset[int]]) -> None:
        """Take over what changed."""
        if not self._asked:
            return
        self.model.refresh(touched.get("member"))
        self.model.recount()
        self._ask_around()

    def _show_tiers(self, tiers: tuple[TierCount, ...]) -> None:
        self._tiers = tiers
        everyone = sum(tier.members for tier in tiers)
        tabs = [Tab("", _("All"), everyone), *(Tab(t.key, _(t.name), t.members) for t in tiers)]
        self.tabs.set_tabs(tabs)
        self._everyone = everyone

    def _show_tags(self, tags: tuple[Any, ...]) -> None:
        self._tags = tags
        self.tag.set_options([(0, _("Every tag")), *((tag.id, tag.name) for tag in tags)], self.tag.value())

    def _counted(self, number: int) -> None:
        self.caption.setText(_("{count} members").format(count=f"{number:,}"))

    def _settle(self) -> None:
        filtered = bool(self.search.value() or self.tabs.value() or self.tag.value())
        self.stack.setCurrentIndex(0 if self.model.rows else 2 if filtered else 1)

    # Doing

    def clear_filters(self) -> None:
        """Show everybody again."""
        self.search.setText("")
        self.tabs.set_value("")
        self._any_tag()

    def _any_tag(self) -> None:
        self.tag.set_value(0)
        self.ask()

    def show_filters(self, *, text: str = "", tier: str = "", tag_id: int = 0) -> None:
        """Set the filters from outside."""
        self.search.setText(text)
        self.tabs.set_value(tier)
        self.tag.set_value(tag_id)
        self.ask()

    def state(self) -> tuple[Any, ...]:
        """Filters, sort, and the tiers and tags that could be chosen."""
        chosen = (self.search.value(), self.tabs.value() or "", self.tag.value() or 0)
        return chosen, self.model.sort_key, self.model.descending, self._tiers, self._tags

    def restore(self, state: tuple[Any, ...]) -> None:
        """Show what another list showed."""
        (text, tier, tag_id), self.model.sort_key, self.model.descending, tiers, tags = state
        self._show_tiers(tiers)
        self._show_tags(tags)
        self.show_filters(text=text, tier=tier, tag_id=tag_id)

    def sign_up(self) -> None:
        """Open the sheet with its one field."""
        if self.join.isEnabled():
            SignUpSheet(self.window(), self._context, self._joined).open()

    def _joined(self, made: SignedUp) -> None:
        self._context.toast(self, sentence_for(made), tone="success" if made.is_new else "info")
        self.opened.emit(made.member_id)

    def neighbour(self, member_id: int, step: int) -> int | None:
        """The member before or after this one in the list, among those loaded."""
        row = self.model.row_of(member_id) + step
        found = self.model.row_at(row) if row >= 0 else None
        return int(found.id) if found is not None else None


def _name(row: MemberRow) -> NameCell:
    tier = _(row.tier_name) if row.tier_key != "ordinary" else ""
    return NameCell(shown_name(row.name, row.code), tier, tier_tone(row.tier_key))


def _points(row: MemberRow) -> Toned:
    return Toned(f"{row.points:,}", "points" if row.points else "muted")
