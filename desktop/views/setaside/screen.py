"""Stock set aside for campaigns: what is on, what is coming, what was."""

from typing import Any

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.basics.i18n import _
from desktop.basics.money import quantity_text
from desktop.queries.places import Place, places
from desktop.queries.set_aside import (
    ENDED_VIEW,
    OPEN_VIEW,
    CampaignCounts,
    CampaignRow,
    campaign_counts,
    campaigns_page,
)
from desktop.services.set_aside import set_aside
from desktop.views.common import shortcuts
from desktop.views.common.beside import ScreenWithPanel
from desktop.views.common.buttons import primary, secondary
from desktop.views.common.cards import hbox, vbox
from desktop.views.common.cells import BadgeCell, Column, TwoLine
from desktop.views.common.commands import Command
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.labels import Label
from desktop.views.common.list_card import ListCard
from desktop.views.common.tabs import Tab
from desktop.views.setaside.panel import CampaignPanel
from desktop.views.setaside.sheets import CampaignSheet
from desktop.views.setaside.words import goods_text, span_text, state_badge

TABLES = {"set_aside", "set_aside_line", "stock", "location"}


class SetasideScreen(ScreenWithPanel):
    """Open campaigns by their end; the chosen one beside the list."""

    key = "setaside"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._scope = context, context.of(self)
        self._view, self._started, self._wanted = OPEN_VIEW, False, 0
        column = vbox(self, margins=(24, 20, 24, 20), gap=14)
        column.addLayout(self._head())
        self._row = hbox(gap=12)
        self._row.addWidget(self._list(), 1)
        self.panel = CampaignPanel(context, self)
        self.panel.dismissed.connect(self._dismiss)
        self.panel.order_wanted.connect(lambda order: context.navigate("orders", order))
        self._row.addWidget(self.panel)
        column.addLayout(self._row, 1)
        shortcuts.on(self, "N", self.open_new, _("Set stock aside"))
        shortcuts.on(self, "E", self.panel.open_edit, _("Change the campaign"))
        shortcuts.on(self, "X", self.panel.ask_end, _("End the campaign"))
        context.stale_when(self, TABLES, self._news)

    def title(self) -> str:
        """What the window is called while this screen is shown."""
        return _("Campaign stock")

    def commands(self) -> list[Command]:
        """What the command palette offers first here."""
        return [Command(_("Set stock aside"), self.open_new, icon="archive-line", keys=("N",))]

    # Building

    def _head(self) -> QHBoxLayout:
        line = hbox(gap=8)
        line.addWidget(Label(self.title(), "h1"))
        self.summary = Label("", "small", "text2")
        line.addSpacing(6)
        line.addWidget(self.summary, 1)
        self.new = primary(_("Set stock aside"), "add-line", key="N")
        self.new.clicked.connect(lambda: self.open_new())
        self.new.setEnabled(self._context.may(set_aside))
        if not self.new.isEnabled():
            self.new.setToolTip(_("Your role may not change stock"))
        line.addWidget(self.new)
        return line

    def _list(self) -> ListCard:
        begin = secondary(_("Set stock aside"), "add-line")
        begin.clicked.connect(lambda: self.open_new())
        hint = _(
            "Pieces set aside for a campaign can't be bought by anybody else; what is left returns by itself."
        )
        self.first = EmptyState(_("Nothing is set aside"), hint, why="first", primary=begin)
        self.calm = EmptyState(_("No campaign has ended yet"), why="all_done")
        self.card = card = ListCard(
            "setaside", _("Campaigns"), self._columns(), self._tabs(None), tabs_name=_("Which campaigns"),
            none=lambda: self.first if self._view == OPEN_VIEW else self.calm, empty=(self.first, self.calm),
        )  # fmt: skip
        self.model, self.table, self.tabs = card.model, card.table, card.tabs
        self.tabs.picked.connect(self._pick)
        self.model.loaded.connect(self._loaded)
        self.table.current_changed.connect(self.panel_show)
        self.table.opened.connect(lambda _id: self._open_panel())
        self.table.clicked.connect(self._clicked)
        return card

    def panel_show(self, number: int | None) -> None:
        """Show the chosen campaign beside the list."""
        self.panel.show_campaign(number)

    def _columns(self) -> list[Column]:
        return [
            Column("name", _("Campaign"), 168, "two_line", stretch=True, value=self._name),
            Column("time", _("Time"), 214, "muted", value=self._time),
            Column("qty", _("Set aside"), 92, "number", value=lambda row: quantity_text(row.qty_milli)),
            Column("sold", _("Sold"), 80, "number", value=lambda row: quantity_text(row.sold_milli)),
            Column("left", _("Left"), 80, "number", value=self._left),
            Column("state", _("Status"), 120, "badge", value=lambda row: BadgeCell(*state_badge(row.state))),
        ]

    def _name(self, row: CampaignRow) -> TwoLine:
        return TwoLine(row.name, goods_text(row), icon="archive-line", tone="primary")

    def _time(self, row: CampaignRow) -> str:
        return span_text(row.starts_at, row.ends_at, self._context.zone)

    def _left(self, row: CampaignRow) -> str:
        return "—" if row.state == ENDED_VIEW else quantity_text(row.qty_milli - row.sold_milli)

    def _tabs(self, counts: CampaignCounts | None) -> list[Tab]:
        return [
            Tab(OPEN_VIEW, _("Open"), counts.open if counts else None),
            Tab(ENDED_VIEW, _("Ended"), counts.ended if counts else None),
        ]

    # Asking

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._started:
            self._started = True
            self.table.setFocus()
            self._ask()
            self._ask_figures()

    def _ask(self) -> None:
        view = self._view
        self.card.ask(lambda after: self._scope.ask(campaigns_page, view, after))

    def _ask_figures(self) -> None:
        self._scope.ask_latest("counts", campaign_counts).then(self._counted)

    def _counted(self, counts: CampaignCounts) -> None:
        self.tabs.set_tabs(self._tabs(counts))
        words = _("{count} campaigns hold {pieces} pieces")
        self.summary.setText(words.format(count=counts.open, pieces=quantity_text(counts.left_milli)))

    def _news(self, touched: dict[str, frozenset[int]]) -> None:
        self.model.refresh(touched.get("set_aside"))
        self._ask_figures()
        self.panel.refresh()

    def _loaded(self, first: bool) -> None:
        if not self.model.rows:
            self.panel.show_campaign(None)
        elif self.card.choose(self._wanted, first):
            self._wanted = 0

    # What the person does

    def _pick(self, view: str) -> None:
        self._view = view
        self._ask()

    def open_filters(self, view: str = OPEN_VIEW, **_more: Any) -> None:
        """Show one of the tabs."""
        self.tabs.set_value(view)
        self._pick(view)

    def open_item(self, number: int) -> None:
        """Choose a campaign."""
        if not self.table.go_to(number):
            self._wanted = number
            self.panel.show_campaign(number)
        self._open_panel()

    def state(self) -> tuple[Any, ...]:
        """The tab and the chosen campaign, for a screen made anew."""
        return self._view, self.table.current_id()

    def restore(self, state: tuple[Any, ...]) -> None:
        """Stand where another one stood."""
        self._view, chosen = state
        self.tabs.set_value(self._view)
        self._wanted = chosen or 0

    def open_new(self) -> None:
        """Open the sheet that sets stock aside."""
        if self.new.isEnabled():
            self._scope.ask(places).then(self._new).busy(self.new)

    def _new(self, found: tuple[Place, ...]) -> None:
        CampaignSheet(self.window(), self._context, found, self._made).open()

    def _made(self, number: int) -> None:
        self._context.toast(self, _("Stock set aside"))
        self.open_filters(OPEN_VIEW)
        self.open_item(number)
