"""The grid of one price list: edited in place like a spreadsheet."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.money import SYMBOLS, Money, quantity_text
from desktop.basics.words import percent_text
from desktop.queries.prices import GridRow
from desktop.views.common.cells import Column, Toned, TwoLine
from desktop.views.common.number_inputs import MoneyInput
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.table_view import TableView

THIN = 1_000  # basis points: a margin below this is worth a look


class CellInput(MoneyInput):
    """Lies over the cell while its price is typed."""

    kept = Signal(int)  # which way to go on
    left = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {
            Qt.Key.Key_Return: 1, Qt.Key.Key_Enter: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Tab: 1, Qt.Key.Key_Up: -1,
        }  # fmt: skip
        if event.key() in steps:
            self.kept.emit(steps[Qt.Key(event.key())])
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
            return
        event.accept()

    def focusNextPrevChild(self, forward: bool) -> bool:
        return False  # Tab goes down the column

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() == Qt.FocusReason.MouseFocusReason:
            self.kept.emit(0)


class PriceGrid(TableView):
    """Goods with cost, shelf price, price in the list, margin; `typed(row, minor or None)` tells a new price."""

    typed = Signal(object, object)
    wrong = Signal(str)

    def __init__(self, currency: str, costs: bool, parent: QWidget | None = None) -> None:
        self._home = self._currency = currency
        self._costs = costs
        model = PagedTable(columns(currency, costs))
        super().__init__(model, name="prices", two_lines=True, parent=parent)
        model.setParent(self)
        self.editable = False
        self._input: CellInput | None = None
        self._row = -1
        self.opened.connect(self.edit_row)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self.stop())

    def show_currency(self, currency: str) -> None:
        """The list's prices are in this currency from now on."""
        if currency == self._currency:
            return
        self.stop()
        self._currency = currency
        self.paged.columns[:] = columns(self._home, self._costs, currency)
        self.paged.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.paged.columns) - 1)

    def edit_row(self, row_id: int) -> None:
        """Type the price of this row."""
        if self.editable:
            self._start(self.paged.row_of(row_id))

    def _start(self, place: int) -> None:
        self.stop()
        row = self.paged.row_at(place)
        column = next(i for i, spec in enumerate(self.paged.columns) if spec.key == "amount")
        if row is None or self.isColumnHidden(column):
            return
        self.go_to(row.id)
        area = self.visualRect(self.paged.index(place, column))
        self._row = place
        self._input = CellInput(self._currency, row.amount_minor, parent=self.viewport())
        if self._currency != self._home:
            self._input.use_currency(self._currency)
        self._input.setAccessibleName(_("Price of {name}").format(name=row.name))
        self._input.setGeometry(area.adjusted(2, (area.height() - 34) // 2, -2, -((area.height() - 34) // 2)))
        self._input.kept.connect(self._keep)
        self._input.left.connect(self.stop)
        self._input.show()
        self._input.setFocus()
        self._input.selectAll()

    def _keep(self, way: int) -> None:
        if self._input is None:
            return
        if self._input.text().strip() and self._input.problem():
            self.wrong.emit(self._input.problem())
            return
        minor = self._input.minor() if self._input.text().strip() else None
        row, place = self.paged.row_at(self._row), self._row + way
        self.stop()
        if row is not None and minor != row.amount_minor:
            self.typed.emit(row, minor)
        if way and 0 <= place < self.paged.rowCount():
            self._start(place)

    def stop(self) -> None:
        """Leave the cell as it is."""
        if self._input is not None:
            gone, self._input = self._input, None
            gone.hide()
            gone.deleteLater()
            self.setFocus()


def columns(home: str, costs: bool, currency: str = "") -> list[Column]:
    """Goods, cost (for who may see it), shelf price, price in this list, margin, steps."""
    own = currency or home

    def money(minor: int | None) -> str | None:
        return None if minor is None else Money(minor, home).plain()

    def price(row: GridRow) -> str | None:
        if row.amount_minor is None or own == home:
            return money(row.amount_minor)
        worth = "—" if row.worth_minor is None else str(Money(row.worth_minor, home))
        return f"{Money(row.amount_minor, own).plain()} = {worth}"

    symbol = SYMBOLS.get(home, home)
    shown = [
        Column("name", _("Product"), 220, "two_line", stretch=True,
               value=lambda row: TwoLine(row.name, row.code, picture=row.picture or "box")),
        Column("unit", _("Unit"), 64, "muted", value=lambda row: row.unit_name),
        Column("base", _("Shelf price {symbol}").format(symbol=symbol), 110, "number",
               value=lambda row: money(row.base_minor)),
        Column("amount", _("Price {symbol}").format(symbol=symbol if own == home else own), 150, "money", value=price),
        Column("steps", _("From a quantity on"), 150, "muted", value=lambda row: _steps(row, own)),
    ]  # fmt: skip
    if costs:
        cost = Column("cost", _("Cost {symbol}").format(symbol=symbol), 100, "number",
                      value=lambda row: money(row.cost_minor) if row.cost_minor else None)  # fmt: skip
        shown.insert(2, cost)
        shown.append(Column("margin", _("Margin"), 84, "number", value=_margin))
    return shown


def _steps(row: GridRow, currency: str) -> str | None:
    parts = [f"{quantity_text(least)}: {Money(amount, currency).plain()}" for least, amount in row.steps]
    return " · ".join(parts) or None


def _margin(row: GridRow) -> Toned | None:
    if row.margin_bp is None:
        return None
    tone = "danger" if row.margin_bp < 0 else "warn" if row.margin_bp < THIN else "text"
    return Toned(percent_text(row.margin_bp), tone)
