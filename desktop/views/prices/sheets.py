"""A price list made or changed, prices pasted from a spreadsheet, and how a price changed."""

from collections.abc import Callable
from datetime import datetime, time, timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, _, ngettext
from desktop.basics.money import Money, parse_quantity, quantity_text
from desktop.basics.words import when_text
from desktop.queries.prices import (
    BookRow,
    ChangeRow,
    GridRow,
    list_currencies,
    price_history,
    skus_by_code,
    tier_choices,
)
from desktop.services.price_lists import Cell, ListFacts, edit_list, make_list, set_cells
from desktop.services.prices import PriceChange
from desktop.views.common.cards import NestedCard, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import DateInput, Select, TextArea, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import PercentInput
from desktop.views.common.theme import theme
from desktop.views.common.toggle import CheckBox
from desktop.views.prices.words import CHANNELS, TYPES, list_name


class ListSheet(Sheet):
    """A new list, perhaps a copy with a factor, or another name and time for one; `done(id)` afterwards."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        book: tuple[BookRow, ...],
        row: BookRow | None,
        done: Callable[[int], object],
    ) -> None:
        title = _("Change {name}").format(name=list_name(row)) if row else _("New price list")
        super().__init__(
            parent, title, verb=_("Save") if row else _("Create"), icon="price-tag-3-line", width=480
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._row, self._then = context, row, done
        self.name = TextInput(row.name if row else "", longest=40, required=row is None)
        self._choices(row)
        self._times(row)
        self.active = CheckBox(_("In use"))
        self.active.setChecked(row.active if row else True)
        self.like = Select([(0, _("Empty")), *((b.id, list_name(b)) for b in book)], 0)
        self.factor = PercentInput(10_000, least=1, most=1_000_000)
        if row is None:
            self._pair(Field(_("Prices of"), self.like), Field(_("Times"), self.factor))
        else:
            self.add(self.active)
        base = row is not None and row.key == "retail"
        for control in (self.type, self.tier, self.channel, self.has_from, self.has_until, self.active):
            control.setEnabled(not base)
        context.of(self).ask(tier_choices).then(self._show_tiers)
        if row is None:
            context.of(self).ask(list_currencies).then(self._show_currencies)
        self.submitted.connect(self._save)
        self.name.setFocus()

    def _choices(self, row: BookRow | None) -> None:
        """For whom it is, and in which currency; that is chosen once."""
        types = [(key, _(words)) for key, words in TYPES.items()]
        self.type = Select(types, row.order_type if row else "retail")
        self.tier = Select([("", _("Everybody"))], "")
        channels = [("", _("All channels")), *((key, _(words)) for key, words in CHANNELS.items())]
        self.channel = Select(channels, row.channel if row else "")
        self._name_field = Field(_("Called"), self.name)
        self.add(self._name_field)
        money = row.currency if row else self._context.currency
        self.currency = Select([(money, money)], money)
        self.currency.setEnabled(row is None)
        self._pair(Field(_("Order type"), self.type), Field(_("For"), self.tier))
        self._pair(Field(_("Channel"), self.channel), Field(_("Currency"), self.currency))

    def _pair(self, *fields: QWidget) -> None:
        line = hbox(gap=12)
        for field in fields:
            line.addWidget(field, 1)
        self.body.addLayout(line)

    def _times(self, row: BookRow | None) -> None:
        zone = self._context.zone
        today = self._context.now().astimezone(zone).date()
        start = row.valid_from.astimezone(zone).date() if row and row.valid_from else today
        end = (
            (row.valid_until - timedelta(seconds=1)).astimezone(zone).date()
            if row and row.valid_until
            else today
        )
        self.has_from, self.has_until = CheckBox(_("From the beginning of")), CheckBox(_("Until the end of"))
        self.first, self.last = DateInput(start), DateInput(end)
        for check, day, on in (
            (self.has_from, self.first, bool(row and row.valid_from)),
            (self.has_until, self.last, bool(row and row.valid_until)),
        ):
            check.setChecked(on)
            day.setEnabled(on)
            check.toggled.connect(day.setEnabled)
            line = hbox(gap=12)
            line.addWidget(check, 1)
            line.addWidget(day)
            self.body.addLayout(line)

    def _show_tiers(self, tiers: tuple[tuple[str, str], ...]) -> None:
        options = [("", _("Everybody")), *((key, _(name)) for key, name in tiers)]
        self.tier.set_options(options, self._row.tier_key if self._row else "")

    def _show_currencies(self, codes: tuple[str, ...]) -> None:
        self.currency.set_options([(code, code) for code in codes])

    def ready(self) -> bool:
        return check_all([self._name_field])

    def facts(self) -> ListFacts:
        """What the fields say."""
        zone = self._context.zone
        start = datetime.combine(self.first.day(), time(), zone) if self.has_from.isChecked() else None
        end = datetime.combine(self.last.day() + timedelta(days=1), time(), zone)
        return ListFacts(
            self.name.value(), self.type.value(), self.tier.value() or "", self.channel.value() or "", start,
            end if self.has_until.isChecked() else None, self.active.isChecked(), self.currency.value() or "",
        )  # fmt: skip

    def _save(self) -> None:
        scope = self._context.of(self)
        try:
            factor = self.factor.basis_points() or 10_000
        except ShopError as error:
            self.show_error(error)
            return
        if self._row is None:
            task = scope.do(make_list, self.facts(), self.like.value(), factor)
        else:
            task = scope.do(edit_list, self._row.id, self.facts())
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, made: int | None) -> None:
        self.accept()
        self._then(made or (self._row.id if self._row else 0))


class PasteSheet(Sheet):
    """Rows copied from a spreadsheet: code, price, perhaps from which quantity on."""

    def __init__(
        self, parent: QWidget, context: Context, row: BookRow, done: Callable[[int], object]
    ) -> None:
        title = _("Paste prices into {name}").format(name=list_name(row))
        text = _("One line for each price: code, price, and if it holds from a quantity on, that quantity.")
        super().__init__(parent, title, verb=_("Save prices"), icon="clipboard-line", width=520, text=text)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._row, self._then = context, row, done
        self.pasted = TextArea(QApplication.clipboard().text()[:200_000], lines=10)
        self.said = Label("", "small", "text2", wrap=True)
        self.add(Field(_("Rows"), self.pasted), self.said)
        self.pasted.textChanged.connect(self._count)
        self.submitted.connect(self._save)
        self._count()

    def rows(self) -> list[tuple[str, int, int]]:
        """Code, price in minor units, quantity in thousandths. Raises `ShopError` naming the first bad line."""
        found = []
        for number, line in enumerate(self.pasted.toPlainText().splitlines(), 1):
            parts = [part.strip() for part in line.replace(";", "\t").split("\t")]
            if len(parts) == 1:
                parts = line.split()
            if not any(parts):
                continue
            try:
                minor = Money.parse(parts[1], self._row.currency or self._context.currency).amount
                least = parse_quantity(parts[2]) if len(parts) > 2 and parts[2] else 0
            except (ShopError, ValueError, IndexError):
                raise ShopError(
                    N_("Line {number} is no code with a price: {line}"), number=number, line=line
                ) from None
            found.append((parts[0], minor, least))
        return found

    def _count(self) -> None:
        try:
            count = len(self.rows())
            words = ngettext("{count} price", "{count} prices", count).format(count=f"{count:,}")
        except ShopError as error:
            count, words = 0, str(error)
        self.said.setText(words)
        self.primary.setEnabled(count > 0)

    def _save(self) -> None:
        rows = self.rows()
        task = self._context.of(self).ask(skus_by_code, tuple(code for code, _minor, _least in rows))
        task.busy(self.primary).then(lambda known: self._write(rows, known)).otherwise(self.show_error)

    def _write(self, rows: list[tuple[str, int, int]], known: dict[str, int]) -> None:
        missing = [code for code, _minor, _least in rows if code.lower() not in known]
        if missing:
            self.show_error(
                ShopError(N_("No goods have the code {code}. Nothing was changed."), code=missing[0])
            )
            return
        cells = [
            Cell(known[code.lower()], PriceChange(self._row.id, m, "", least)) for code, m, least in rows
        ]
        task = self._context.of(self).do(set_cells, cells)
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, changed: int) -> None:
        self.accept()
        self._then(changed)


class HistorySheet(Sheet):
    """How the prices of one of the goods changed, the newest first."""

    def __init__(self, parent: QWidget, context: Context, row: GridRow) -> None:
        super().__init__(parent, _("Prices of {name}").format(name=row.name), icon="history-line", width=560)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context = context
        box, inside = NestedCard(), QWidget()
        self._column = vbox(inside, margins=(12, 10, 12, 10), gap=8)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setFixedHeight(theme.px(320))
        area.setWidget(inside)
        inside.setAutoFillBackground(False)
        box.body.addWidget(area)
        self.add(box)
        context.of(self).ask(price_history, row.sku_id).then(self._show).otherwise(self.show_error)

    def _show(self, changes: tuple[ChangeRow, ...]) -> None:
        for change in changes:
            line = hbox(gap=12)
            when = when_text(change.at, self._context.now(), self._context.zone)
            line.addWidget(Label(when, "small", "text2"))
            line.addWidget(Label(self._words(change), "small_m"), 1)
            line.addWidget(Label(change.who, "cap", "text2"))
            self._column.addLayout(line)
        if not changes:
            self._column.addWidget(
                Label(_("No price changed since this version was installed."), "small", "text2")
            )
        self._column.addStretch(1)

    def _words(self, change: ChangeRow) -> str:
        def amount(minor: int | None) -> str:
            if minor is None:
                return "—"
            money = Money(minor, change.currency)
            return (
                str(money)
                if change.currency == self._context.currency
                else f"{change.currency} {money.plain()}"
            )

        name = change.list_name or _(TYPES.get(change.list_key, change.list_key))
        words = f"{name} · {amount(change.before_minor)} → {amount(change.after_minor)}"
        if change.unit:
            words = f"{words} / {change.unit}"
        if change.min_qty_milli:
            least = _("from {quantity} on").format(quantity=quantity_text(change.min_qty_milli))
            words = f"{words} · {least}"
        return words
