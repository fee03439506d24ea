"""What is done about a batch: taken off, corrected, its pieces named, the price marked down."""

from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.basics.ids import new_key
from desktop.basics.money import Money, half_up, quantity_text
from desktop.queries.batches import BatchRow, ShelfPrice
from desktop.services.batches import (
    TAKEN_OFF,
    BatchIn,
    BatchPart,
    edit_batch,
    name_pieces,
    put_back,
    take_off,
)
from desktop.services.prices import PriceChange
from desktop.services.products import set_prices
from desktop.views.batches.words import code_of, day_text, left_text, title_of
from desktop.views.common.batch_fields import DayText
from desktop.views.common.cards import Facts
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import Select, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import MoneyInput, QuantityInput
from desktop.views.common.segment import Segment

OFFS = (10, 20, 30, 50)  # percent


def facts_of(row: BatchRow) -> Facts:
    """The batch in three lines."""
    facts = Facts()
    near = left_text(row.days_left)
    day = " · ".join(part for part in (day_text(row.expires_on), near) if part)
    facts.show_rows(
        [
            (_("Batch"), code_of(row), "strong"),
            (_("Last day"), day, "danger" if row.days_left is not None and row.days_left < 0 else ""),
            (_("Here"), f"{quantity_text(row.qty_milli)} {row.unit} · {_(row.location)}", ""),
        ]
    )
    return facts


class TakeOffSheet(Sheet):
    """Takes pieces of one batch off the stock; a toast offers to put them back."""

    def __init__(self, parent: QWidget, context: Context, row: BatchRow) -> None:
        title = _("Take {name} off the stock").format(name=title_of(row))
        super().__init__(
            parent, title, verb=_("Take off"), icon="delete-bin-6-line", tone="danger", width=440
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._row, self._window, self._key = context, row, parent, new_key()
        self.amount = QuantityInput(row.qty_milli, unit=row.unit, required=True, most=row.qty_milli)
        self.quantity = Field(_("Quantity"), self.amount)
        late = row.days_left is not None and row.days_left < 0
        self.reason = Select(
            [(key, _(words)) for key, words in TAKEN_OFF.items()], "expired" if late else "damaged"
        )
        self.note = TextInput(longest=200)
        self.add(facts_of(row), self.quantity, Field(_("Reason"), self.reason), Field(_("Note"), self.note))
        self.submitted.connect(self._save)

    def ready(self) -> bool:
        return check_all([self.quantity])

    def _save(self) -> None:
        part = BatchPart(self._row.batch_id, self._row.location_id, self.amount.milli() or 0)
        task = self._context.of(self).do(
            take_off, [part], client_key=self._key, reason=self.reason.value(), note=self.note.value()
        )
        task.busy(self.primary).then(partial(self._done, part)).otherwise(self.show_error)

    def _done(self, part: BatchPart, _taken: int) -> None:
        self.accept()
        said_off(self._context, self._window, [part])


def said_off(context: Context, widget: QWidget, parts: list[BatchPart]) -> None:
    """Say what was taken off; undo puts the same pieces back, once."""
    key = new_key()
    pieces = quantity_text(sum(part.qty_milli for part in parts))
    text = _("{pieces} pieces taken off the stock").format(pieces=pieces)

    def undo() -> None:
        context.of(widget).do(put_back, parts, client_key=key)

    context.toast(widget, text, undo=undo)


class EditBatchSheet(Sheet):
    """Corrects code and dates of a batch."""

    def __init__(self, parent: QWidget, context: Context, row: BatchRow) -> None:
        title = _("Batch of {name}").format(name=title_of(row))
        super().__init__(parent, title, verb=_("Save"), icon="edit-line", width=420)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._row, self._window = context, row, parent
        self.code, self.note = TextInput(row.code, longest=40), TextInput(row.note, longest=200)
        self.expires, self.made = DayText(row.expires_on), DayText(row.made_on)
        self._days = [Field(_("Last day"), self.expires), Field(_("Made on"), self.made)]
        self.add(Field(_("Batch code"), self.code), *self._days, Field(_("Note"), self.note))
        self.submitted.connect(self._save)

    def ready(self) -> bool:
        return check_all(self._days)

    def _save(self) -> None:
        task = self._context.of(self).do(
            edit_batch, self._row.batch_id, code=self.code.value(), expires_on=self.expires.day(),
            made_on=self.made.day(), note=self.note.value(),
        )  # fmt: skip
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, _nothing: None) -> None:
        self.accept()
        row = self._row
        back = partial(
            edit_back,
            self._context,
            self._window,
            row.batch_id,
            row.code,
            row.expires_on,
            row.made_on,
            row.note,
        )
        self._context.toast(self._window, _("Batch corrected"), undo=back)


def edit_back(
    context: Context,
    widget: QWidget,
    batch_id: int,
    code: str,
    expires_on: date | None,
    made_on: date | None,
    note: str,
) -> None:
    """Give a batch the words it had."""
    context.of(widget).do(edit_batch, batch_id, code=code, expires_on=expires_on, made_on=made_on, note=note)


class NamePiecesSheet(Sheet):
    """Says that pieces of this batch belong to another one, after a look at the packs."""

    def __init__(self, parent: QWidget, context: Context, row: BatchRow) -> None:
        title = _("Which batch are they?")
        super().__init__(parent, title, verb=_("Save"), icon="price-tag-3-line", width=420)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._row, self._window, self._key = context, row, parent, new_key()
        self.amount = QuantityInput(row.qty_milli, unit=row.unit, required=True, most=row.qty_milli)
        self.quantity = Field(_("Quantity"), self.amount)
        self.code, self.expires = TextInput(longest=40), DayText(None)
        self._day = Field(_("Last day"), self.expires)
        self.add(
            Label(title_of(row), "small", "text2"),
            self.quantity,
            Field(_("Batch code"), self.code),
            self._day,
        )
        self.submitted.connect(self._save)

    def ready(self) -> bool:
        return check_all([self.quantity, self._day])

    def _save(self) -> None:
        part = BatchPart(self._row.batch_id, self._row.location_id, self.amount.milli() or 0)
        named = BatchIn(self.code.value(), self.expires.day())
        task = self._context.of(self).do(name_pieces, part, named, self._key)
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, _batch: int) -> None:
        self.accept()
        self._context.toast(self._window, _("The pieces are in their batch"))


class MarkDownSheet(Sheet):
    """A lower price for goods that must go; the toast brings the old one back."""

    def __init__(self, parent: QWidget, context: Context, row: BatchRow, price: ShelfPrice) -> None:
        title = _("Mark {name} down").format(name=title_of(row))
        super().__init__(parent, title, verb=_("Mark down"), icon="price-tag-3-line", width=440)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._row, self._price, self._window = context, row, price, parent
        self.share = Segment([(off, f"−{off}%") for off in OFFS], OFFS[2])
        self.amount = MoneyInput(context.currency, required=True)
        self.field = Field(_("New price"), self.amount)
        was = Money(price.amount_minor, context.currency)
        line = Label(_("Now {price} a {unit}").format(price=was, unit=price.unit), "small", "text2")
        self.share.picked.connect(self._off)
        hint = _("The price holds for all pieces of these goods, not for this batch alone.")
        self.add(facts_of(row), line, self.share, self.field, Label(hint, "cap", "text3", wrap=True))
        self._off(OFFS[2])
        self.submitted.connect(self._save)

    def _off(self, percent: Any) -> None:
        self.amount.put(half_up(self._price.amount_minor * (100 - int(percent)), 100))

    def ready(self) -> bool:
        if not check_all([self.field]):
            return False
        try:
            lower = (self.amount.minor() or 0) < self._price.amount_minor
        except ShopError:
            return False
        if not lower:
            self.field.error(_("The new price must be lower than the old one."))
        return lower

    def _save(self) -> None:
        change = PriceChange(self._price.list_id, self.amount.minor())
        task = self._context.of(self).do(set_prices, self._row.sku_id, [change])
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, _nothing: None) -> None:
        new, old = (
            Money(minor or 0, self._context.currency)
            for minor in (self.amount.minor(), self._price.amount_minor)
        )
        self.accept()
        context, window, sku_id = self._context, self._window, self._row.sku_id
        change = PriceChange(self._price.list_id, self._price.amount_minor)
        text = _("{name}: {old} → {new}").format(name=title_of(self._row), old=old, new=new)

        def undo() -> None:
            context.of(window).do(set_prices, sku_id, [change])

        context.toast(window, text, undo=undo)
