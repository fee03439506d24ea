"""Currencies: which foreign money the tills take, at which rates, and where those come from."""

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import N_, _
from desktop.basics.words import percent_text, when_text
from desktop.queries.exchange import CurrencyRow, RateSource, currencies_list, rate_source
from desktop.services.exchange import FLOATING, Fetched, fetch_now
from desktop.views.common import shortcuts
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import primary, secondary
from desktop.views.common.cards import Card, Divider, IconTile, TwoLines, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.labels import Label
from desktop.views.settings.currency_sheets import CurrencySheet, RateSheet, SourceSheet
from desktop.views.settings.registry_page import Group, RegistryPage

GROUPS = (
    Group(
        N_("Floating rates"),
        N_("The rate a sale was paid at is kept with it"),
        ("fx.fetch_minute", "fx.max_age_hours", "fx.when_old", "fx.jump_bp"),
    ),
    Group(N_("Giving back"), "", ("fx.refund_in",)),
)


class CurrenciesPage(RegistryPage):
    """The list of currencies and the source above the settings."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, _("Currencies"), GROUPS)
        self.rows: tuple[CurrencyRow, ...] = ()
        self.source: RateSource | None = None
        self.fetching = secondary(_("Fetch rates now"), "refresh-line")
        self.fetching.clicked.connect(self.fetch)
        adding = primary(_("Add a currency"), "add-line", key="N")
        adding.clicked.connect(self.add)
        shortcuts.on(self, "N", self.add, _("Add a currency"))
        self.head.addWidget(self.fetching)
        self.head.addWidget(adding)
        self.list = Card(margins=(0, 4, 0, 6))
        self.source_card = Card(margins=(18, 12, 12, 12))
        tables = {"fx_currency", "fx_rate", "setting"}
        context.stale_when(self, tables, lambda _touched: self._ask())

    def load(self) -> None:
        super().load()
        self._ask()

    def _ask(self) -> None:
        self._background.ask_latest("currencies", currencies_list).then(self._show_list)
        self._background.ask_latest("source", rate_source).then(self._show_source)

    def tops(self) -> list[QWidget]:
        return [self.list, self.source_card]

    # Showing

    def _show_list(self, rows: tuple[CurrencyRow, ...]) -> None:
        self.rows = rows
        with self.same_place():
            clear(self.list.body)
            for number, row in enumerate(rows):
                if number:
                    self.list.body.addWidget(Divider())
                self.list.body.addWidget(self._row(row))
            if not rows:
                hint = _("Add the currencies your customers bring; change is given in {currency}.").format(
                    currency=self._context.currency
                )
                self.list.body.addWidget(EmptyState(_("No foreign money is taken yet"), hint))

    def _row(self, row: CurrencyRow) -> QWidget:
        widget = QWidget()
        line = hbox(widget, margins=(18, 8, 12, 8), gap=10)
        line.addWidget(IconTile("exchange-line", "primary" if row.enabled and row.quote else "neutral", 34))
        column = vbox(gap=2)
        column.addWidget(TwoLines(self._title(row), self._caption(row)))
        warning = str(row.reason) if row.enabled and row.reason else (_(row.trouble) if row.trouble else "")
        if row.quote is not None and row.quote.instead:
            warning = _("The floating rate is too old: the fixed one counts.")
        if warning:
            column.addWidget(Label(warning, "cap", "danger_fg", wrap=True))
        line.addLayout(column, 1)
        line.addWidget(self._badge(row))
        for words, act in ((_("Rate"), self.type), (_("Edit"), self.edit)):
            button = secondary(words, size=30)
            button.setAccessibleName(f"{words} {row.code}")
            button.clicked.connect(lambda _checked=False, act=act, row=row: act(row))
            line.addWidget(button)
        return widget

    def _badge(self, row: CurrencyRow) -> Badge:
        if not row.enabled:
            return Badge(_("Not taken"), "neutral", "closed", small=True)
        if row.quote is None:
            return Badge(_("No good rate"), "danger", "alert", small=True)
        if row.quote.instead:
            return Badge(_("Fixed instead"), "warn", "alert", small=True)
        floating = row.mode == FLOATING
        return Badge(_("Floating") if floating else _("Fixed"), "info" if floating else "neutral", small=True)

    def _title(self, row: CurrencyRow) -> str:
        if row.quote is None:
            return row.code
        return f"1 {row.code} = {row.quote.text} {row.quote.base}"

    def _caption(self, row: CurrencyRow) -> str:
        parts = []
        if row.quote is not None:
            when = when_text(row.quote.fetched_at, self._context.now(), self._context.zone)
            fetched = (
                row.quote.mode == FLOATING and ":" not in row.quote.source and row.quote.source != "console"
            )
            parts.append(
                _("from {source}, {when}").format(source=row.quote.source, when=when)
                if fetched
                else _("typed {when}").format(when=when)
            )
            if row.spread_bp:
                market = _("rate {rate} less {spread}").format(
                    rate=f"{row.quote.market.normalize():f}", spread=percent_text(row.spread_bp)
                )
                parts.append(market)
        return " · ".join(parts)

    def _show_source(self, source: RateSource) -> None:
        self.source = source
        self.fetching.setVisible(bool(source.url))
        clear(self.source_card.body)
        row = hbox(gap=10)
        words = source.url or _("None: rates are typed in")
        row.addWidget(IconTile("global-line", "primary" if source.url else "neutral", 34))
        row.addWidget(TwoLines(_("Rate source"), words), 1)
        change = secondary(_("Edit"), size=30)
        change.setAccessibleName(_("Change the rate source"))
        change.clicked.connect(self.open_source)
        row.addWidget(change)
        self.source_card.body.addLayout(row)

    # Doing

    def add(self) -> None:
        """Open the sheet for a further currency."""
        taken = frozenset(row.code for row in self.rows)
        CurrencySheet(self.window(), self._context, None, taken, self._ask).open()

    def edit(self, row: CurrencyRow) -> None:
        """Open the sheet with how a currency is taken."""
        CurrencySheet(self.window(), self._context, row, frozenset(), self._ask).open()

    def type(self, row: CurrencyRow) -> None:
        """Open the sheet that keeps a rate."""
        RateSheet(self.window(), self._context, row, self._ask).open()

    def open_source(self) -> None:
        """Open the sheet with where rates come from."""
        if self.source is not None:
            codes = tuple(row.code for row in self.rows)
            SourceSheet(self.window(), self._context, self.source, codes, self._ask).open()

    def fetch(self) -> None:
        """Fetch every floating rate now."""
        task = self._background.device(fetch_now, self._background.shop)
        task.busy(self.fetching).then(self._fetched)

    def _fetched(self, done: Fetched) -> None:
        self._ask()
        if done.failed:
            code, why = done.failed[0]
            self._context.toast(self, f"{code}: {_(why)}", tone="danger")
        elif done.taken:
            self._context.toast(self, _("New rates: {codes}").format(codes=", ".join(done.taken)))
        else:
            self._context.toast(self, _("No currency floats; nothing was fetched"), tone="info")
