"""What went back to suppliers, and which credits are still expected."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import N_, _
from desktop.basics.money import Money, quantity_text
from desktop.basics.words import when_text
from desktop.queries.supplier_returns import (
    ReturnRow,
    return_lines,
    return_of,
    returns_count,
    returns_page,
)
from desktop.services.supplier_returns import RETURN_REASONS, record_credit
from desktop.views.buying.list_page import ListPage
from desktop.views.buying.panel import DetailPanel
from desktop.views.buying.small_sheets import CreditSheet
from desktop.views.buying.words import credit_badge
from desktop.views.common.buttons import primary
from desktop.views.common.cards import Divider, Facts, TwoLines, hbox
from desktop.views.common.cells import BadgeCell, Column, TwoLine
from desktop.views.common.context import Context
from desktop.views.common.labels import Label
from desktop.views.common.tabs import Tab


class ReturnPanel(DetailPanel):
    """Shows one return."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, _("No return selected"), parent)
        self.row: ReturnRow | None = None
        self.may = context.may(record_credit)

    def ask(self) -> None:
        self.context.of(self).ask_latest("row", return_of, self.id).then(self._rowed)

    def _rowed(self, row: ReturnRow | None) -> None:
        if row is not None and row.id == self.id:
            task = self.context.of(self).ask_latest("lines", return_lines, row.id)
            task.then(lambda lines: self._show(row, lines))

    def _show(self, row: ReturnRow, lines: Any) -> None:
        if row.id != self.id:
            return
        self.row = row
        buttons = []
        if row.state == "expected":
            credit = primary(_("Write down the credit"), "refund-2-line")
            credit.clicked.connect(self.open_credit)
            credit.setEnabled(self.may)
            buttons = [credit]
        self.arrange(row.supplier, row.code, credit_badge(row.state), buttons)
        facts = Facts()
        facts.show_rows(self._facts(row))
        self.content.addWidget(facts)
        self.content.addWidget(Divider())
        for line in lines:
            widget = QWidget()
            both = hbox(widget)
            quantity = f"{quantity_text(line.qty_milli)} {line.unit}"
            caption = " · ".join(part for part in (line.code, quantity, line.delivery) if part)
            both.addWidget(TwoLines(line.name, caption), 1)
            amount = Money(line.amount_minor, row.currency).plain()
            both.addWidget(Label(amount, "small_b", align="right"))
            self.content.addWidget(widget)
        self.content.addStretch(1)

    def _facts(self, row: ReturnRow) -> list[tuple[str, str, str]]:
        expected = str(Money(row.expected_minor, row.currency))
        given = "" if row.credited_minor is None else str(Money(row.credited_minor, row.currency))
        rows = [
            (_("Sent back"), when_text(row.at, self.context.now(), self.context.zone), ""),
            (_("Reason"), _(RETURN_REASONS[row.reason]), ""), (_("Credit expected"), expected, "strong"),
            (_("Credit received"), given, "success"), (_("Note"), row.note, ""),
        ]  # fmt: skip
        return [part for part in rows if part[1]]

    def open_credit(self) -> None:
        """Open the sheet that writes the credit down."""
        if self.row is not None and self.may:
            CreditSheet(self.window(), self.context, self.row).open()


class ReturnsPage(ListPage):
    """The list of returns."""

    key = "returns"
    title_words = N_("Returns to suppliers")
    new_wanted = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        self._context = context
        super().__init__(context, ReturnPanel(context), parent)
        self.search.hide()

    def columns(self) -> list[Column]:
        return [
            Column("code", _("Return"), 190, "two_line", stretch=True, value=self._name),
            Column("goods", _("Goods"), 150, value=self._goods),
            Column("reason", _("Reason"), 96, value=lambda row: _(RETURN_REASONS[row.reason])),
            Column("amount", _("Credit ¥"), 104, "money", value=self._amount),
            Column("state", _("Status"), 128, "badge", value=lambda row: BadgeCell(*credit_badge(row.state))),
        ]

    def _name(self, row: ReturnRow) -> TwoLine:
        when = when_text(row.at, self._context.now(), self._context.zone)
        return TwoLine(row.supplier, f"{row.code} · {when}", icon="arrow-go-back-line")

    def _goods(self, row: ReturnRow) -> str:
        return (
            row.goods
            if row.lines == 1
            else _("{name} and {count} more").format(name=row.goods, count=row.lines - 1)
        )

    def _amount(self, row: ReturnRow) -> str:
        minor = row.expected_minor if row.credited_minor is None else row.credited_minor
        return Money(minor, row.currency).plain()

    def views(self, counts: dict[str, int]) -> list[Tab]:
        return [
            Tab("all", _("All"), counts.get("all")),
            Tab("expected", _("Credit expected"), counts.get("expected")),
            Tab("credited", _("Credited")),
        ]

    def first_words(self) -> Any:
        hint = _("Send goods back from a purchase order that came, or from a supplier.")
        return _("Nothing went back yet"), hint, "", None

    def ask_page(self, after: Any) -> Any:
        return self.scope.ask(returns_page, self.view, after)

    def ask_count(self) -> Any:
        return self.scope.ask(returns_count, self.view)

    def ask_counts(self) -> None:
        def both(expected: int) -> None:
            self.scope.ask_latest("all", returns_count, "all").then(
                lambda every: self.counted({"expected": expected, "all": every})
            )

        self.scope.ask_latest("counts", returns_count, "expected").then(both)
