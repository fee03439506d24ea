"""Transfers: loads between places, what is on its way, and what became of the rest."""

from typing import Any

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.basics.i18n import _
from desktop.basics.money import quantity_text
from desktop.basics.words import when_text
from desktop.queries.places import Place, places
from desktop.queries.transfers import (
    TransferCounts,
    TransferRow,
    transfer_counts,
    transfers_count,
    transfers_page,
)
from desktop.services.transfers import draft_transfer
from desktop.views.common import shortcuts
from desktop.views.common.beside import ScreenWithPanel
from desktop.views.common.buttons import primary, secondary
from desktop.views.common.cards import hbox, vbox
from desktop.views.common.cells import BadgeCell, Column, Toned, TwoLine
from desktop.views.common.commands import Command
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.labels import Label
from desktop.views.common.list_card import ListCard
from desktop.views.common.tabs import Tab
from desktop.views.transfers.draft_sheet import DraftSheet
from desktop.views.transfers.panel import TransferPanel
from desktop.views.transfers.words import state_badge, way_of

TABLES = {"transfer", "transfer_line", "location", "stock"}


class TransfersScreen(ScreenWithPanel):
    """Open transfers first; the chosen one beside the list."""

    key = "transfers"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._scope = context, context.of(self)
        self._view, self._started, self._wanted = "open", False, 0
        self._places: tuple[Place, ...] = ()
        column = vbox(self, margins=(24, 20, 24, 20), gap=14)
        column.addLayout(self._head())
        self._row = hbox(gap=12)
        self._row.addWidget(self._list(), 1)
        self.panel = TransferPanel(context, self)
        self.panel.dismissed.connect(self._dismiss)
        self._row.addWidget(self.panel)
        column.addLayout(self._row, 1)
        shortcuts.on(self, "N", self.open_new, _("New transfer"))
        shortcuts.on(self, "R", self.panel.receive, _("Receive the selected transfer"))
        shortcuts.on(self, "P", self.panel.print_note, _("Print the transfer note"))
        context.stale_when(self, TABLES, self._news)

    def title(self) -> str:
        """What the window is called while this screen is shown."""
        return _("Transfers")

    def commands(self) -> list[Command]:
        """What the command palette offers first here."""
        return [Command(_("New transfer"), self.open_new, icon="arrow-left-right-line", keys=("N",))]

    # Building

    def _head(self) -> QHBoxLayout:
        line = hbox(gap=8)
        line.addWidget(Label(_("Transfers"), "h1"))
        self.summary = Label("", "small", "text2")
        line.addSpacing(6)
        line.addWidget(self.summary, 1)
        self.new = primary(_("New transfer"), "add-line", key="N")
        self.new.clicked.connect(lambda: self.open_new())
        self.new.setEnabled(self._context.may(draft_transfer))
        if not self.new.isEnabled():
            self.new.setToolTip(_("Your role may not change stock"))
        line.addWidget(self.new)
        return line

    def _list(self) -> ListCard:
        begin = secondary(_("New transfer"), "add-line")
        begin.clicked.connect(lambda: self.open_new())
        hint = _("A transfer takes goods from one place to another, with a note and what was missing.")
        self.first = EmptyState(_("No transfers yet"), hint, why="first", primary=begin)
        self.calm = EmptyState(_("Nothing here"), why="all_done")
        lonely = secondary(_("Add a location"), "map-pin-line")
        lonely.clicked.connect(lambda: self._context.navigate("settings", None, page="locations"))
        hint = _("Goods all lie in one place. Add a store room or another shop, then transfer between them.")
        self.lonely = EmptyState(_("There is only one place"), hint, why="first", primary=lonely)
        self.card = card = ListCard(
            "transfers", _("Transfers"), self._columns(), self._tabs(None), tabs_name=_("Which transfers"),
            none=self._none, empty=(self.first, self.calm, self.lonely),
        )  # fmt: skip
        self.model, self.table, self.tabs, self.pages = card.model, card.table, card.tabs, card.pages
        self.tabs.picked.connect(self._pick)
        self.model.loaded.connect(self._loaded)
        self.table.current_changed.connect(self.panel_show)
        self.table.opened.connect(lambda _id: self._open_panel())
        self.table.clicked.connect(self._clicked)
        return card

    def _columns(self) -> list[Column]:
        return [
            Column("code", _("Transfer"), 190, "two_line", stretch=True, value=self._name),
            Column("lines", _("Lines"), 70, "number", value=lambda row: str(row.lines)),
            Column("sent", _("Pieces"), 90, "number", value=lambda row: quantity_text(row.sent_milli)),
            Column("open", _("On its way"), 96, "number", value=self._open_pieces),
            Column("missing", _("Missing"), 86, "number", value=self._missing),
            Column("state", _("Status"), 136, "badge", value=lambda row: BadgeCell(*state_badge(row.state))),
        ]

    def _name(self, row: TransferRow) -> TwoLine:
        at = row.ended_at or row.sent_at or row.made_at
        when = when_text(at, self._context.now(), self._context.zone)
        return TwoLine(way_of(row), f"{row.code} · {when}", icon="arrow-left-right-line")

    def _open_pieces(self, row: TransferRow) -> Toned | None:
        return Toned(quantity_text(row.open_milli), "primary", strong=True) if row.open_milli else None

    def _missing(self, row: TransferRow) -> Toned | None:
        return Toned(quantity_text(row.missing_milli), "danger") if row.missing_milli else None

    def _tabs(self, counts: TransferCounts | None) -> list[Tab]:
        def shown(name: str) -> int | None:
            return getattr(counts, name) if counts else None

        return [
            Tab("open", _("Still open"), shown("open")),
            Tab("underway", _("On its way"), shown("underway")),
            Tab("draft", _("Drafts"), shown("draft")),
            Tab("ended", _("Ended"), shown("ended")),
        ]

    # Asking

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._started:
            self._started = True
            self.table.setFocus()
            self._scope.ask_latest("places", places).then(self._know_places)
            self._ask()

    def _ask(self) -> None:
        view = self._view
        page = lambda after: self._scope.ask(transfers_page, view, after)  # noqa: E731
        self.card.ask(page, lambda: self._scope.ask(transfers_count, view))
        self._scope.ask_latest("counts", transfer_counts).then(self._counted)

    def _counted(self, counts: TransferCounts) -> None:
        self.tabs.set_tabs(self._tabs(counts))
        words = _("{count} on their way").format(count=counts.underway)
        self.summary.setText(words if counts.underway else _("Nothing on its way"))
        self._total = counts.open + counts.ended
        self.card.show_page()

    _total = 0

    def _know_places(self, found: tuple[Place, ...]) -> None:
        self._places = found
        self.card.show_page()

    def _news(self, touched: dict[str, frozenset[int]]) -> None:
        self.model.refresh(touched.get("transfer"))
        self._scope.ask_latest("counts", transfer_counts).then(self._counted)
        if "location" in touched:
            self._scope.ask_latest("places", places).then(self._know_places)
        self.panel.refresh()

    def _loaded(self, first: bool) -> None:
        if not self.model.rows:
            self.panel.show_transfer(None)
        elif self.card.choose(self._wanted, first):
            self._wanted = 0

    def _none(self) -> QWidget:
        if self._total:
            return self.calm
        real = [place for place in self._places if place.kind != "transit"]
        return self.lonely if len(real) < 2 and self._places else self.first

    # What the person does

    def panel_show(self, transfer_id: int | None) -> None:
        """Show what is chosen in the list."""
        self.panel.show_transfer(transfer_id)

    def _pick(self, view: str) -> None:
        self._view = view
        self._ask()

    def open_new(self) -> None:
        """Open the sheet for a new transfer."""
        if self.new.isEnabled():
            self._scope.ask(places).then(self._open_sheet)

    def _open_sheet(self, found: tuple[Place, ...]) -> None:
        self._know_places(found)
        if len([place for place in found if place.kind != "transit"]) < 2:
            self.pages.setCurrentWidget(self.lonely)
            return
        DraftSheet(self.window(), self._context, found, self._made).open()

    def _made(self, transfer_id: int) -> None:
        self._context.toast(self, _("Draft saved; send it when the goods leave"))
        self.open_item(transfer_id)

    def open_filters(self, view: str = "open", **_more: Any) -> None:
        """Show one of the tabs."""
        self.tabs.set_value(view)
        self._pick(view)

    def open_item(self, transfer_id: int) -> None:
        """Select a transfer; one that has ended stands in the last tab."""
        self._wanted = transfer_id
        self.panel.show_transfer(transfer_id)
        self._open_panel()
        self._ask()

    def state(self) -> tuple[Any, ...]:
        """Tab and chosen transfer, for a screen made anew."""
        return self._view, self.table.current_id()

    def restore(self, state: tuple[Any, ...]) -> None:
        """Stand where another one stood."""
        self._view, chosen = state
        self.tabs.set_value(self._view)
        self._wanted = chosen or 0
