"""One row of the filter sheet: a field, how it is compared, and what with."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import QDate, Signal
from PySide6.QtWidgets import QMenu, QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, _
from desktop.queries.order_fields import CHOICE, COUNT, FIELDS, FLAG, MONEY, NO, TEXT, TIME, YES, Field
from desktop.queries.order_filter import BETWEEN, CONTAINS, IS, NOT, Clause
from desktop.queries.order_values import CHOICES
from desktop.queries.order_words import said
from desktop.views.common.buttons import Button, icon_button
from desktop.views.common.cards import clear, hbox
from desktop.views.common.context import Context
from desktop.views.common.inputs import DateInput, Select, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import IntegerInput, MoneyInput
from desktop.views.common.theme import theme

OP_WORDS = {
    (CHOICE, IS): N_("is one of"),
    (CHOICE, NOT): N_("is none of"),
    (TEXT, CONTAINS): N_("contains"),
    (TEXT, NOT): N_("does not contain"),
    (MONEY, BETWEEN): N_("between"),
    (COUNT, BETWEEN): N_("between"),
    (TIME, IS): N_("in the last days"),
    (TIME, BETWEEN): N_("between"),
    (FLAG, IS): N_("is"),
}
LONGEST_TEXT = 60
Own = Mapping[str, Sequence[tuple[str, str]]]  # tills and tags: what is kept, what it is called


class ClauseRow(QWidget):
    """`changed` on every change, `dropped` by its ×; `clause()` is None while it says nothing yet."""

    changed = Signal()
    dropped = Signal()

    def __init__(
        self, context: Context, own: Own, clause: Clause | None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.context, self._own = context, own
        row = hbox(self, gap=6)
        options = [(key, _(field.label)) for key, field in FIELDS.items()]
        self.field = Select(options, clause.field if clause else "status")
        self.field.setAccessibleName(_("Field"))
        self.field.setFixedWidth(theme.px(128))
        self.op = Select()
        self.op.setAccessibleName(_("Comparison"))
        self.op.setFixedWidth(theme.px(124))
        self.values = hbox(gap=6)
        self._editor: _Editor | None = None
        drop = icon_button("close-line", _("Remove this condition"), size=30)
        drop.clicked.connect(self.dropped)
        row.addWidget(self.field)
        row.addWidget(self.op)
        row.addLayout(self.values, 1)
        row.addWidget(drop)
        self.field.picked.connect(lambda _key: self._other_field(None))
        self.op.picked.connect(lambda _op: self._other_op(None))
        self._other_field(clause)

    def _other_field(self, clause: Clause | None) -> None:
        kind = self._kind()
        ops = FIELDS[self.field.value()].ops
        self.op.set_options([(op, _(OP_WORDS[kind, op])) for op in ops], clause.op if clause else ops[0])
        self.op.setVisible(kind != FLAG or not ops)
        self._other_op(clause)

    def _other_op(self, clause: Clause | None) -> None:
        field = FIELDS[self.field.value()]
        kept = clause or (
            self.clause() if self._editor is not None and self._editor.fits(field, self.op.value()) else None
        )
        clear(self.values)
        self._editor = _editor(field, self.op.value(), kept.values if kept else (), self.context, self._own)
        self._editor.changed.connect(self.changed)
        self.values.addWidget(self._editor, 1)
        self.changed.emit()

    def _kind(self) -> str:
        return FIELDS[self.field.value()].kind

    def clause(self) -> Clause | None:
        """What the row says, or None."""
        values = self._editor.values() if self._editor is not None else ()
        return Clause(self.field.value(), self.op.value(), values) if values else None


class _Editor(QWidget):
    """The values of a row."""

    changed = Signal()

    def __init__(self, field: Field, op: str) -> None:
        super().__init__()
        self.made_for = field.key, field.kind == TIME and op
        self.row = hbox(self, gap=6)

    def fits(self, field: Field, op: str) -> bool:
        """Whether it can stay when only the comparison changes."""
        return self.made_for == (field.key, field.kind == TIME and op)

    def values(self) -> tuple[str, ...]:
        """What is chosen; nothing when it says nothing yet."""
        return ()


class _Words(_Editor):
    def __init__(self, field: Field, op: str, values: Sequence[str]) -> None:
        super().__init__(field, op)
        self.words = TextInput(" ".join(values[:1]), longest=LONGEST_TEXT)
        self.words.setAccessibleName(_(field.label))
        self.words.textChanged.connect(self.changed)
        self.row.addWidget(self.words)
        self._more = tuple(values[1:])

    def values(self) -> tuple[str, ...]:
        return (self.words.value(), *self._more) if self.words.value() else ()


class _Choices(_Editor):
    def __init__(
        self, field: Field, op: str, values: Sequence[str], options: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(field, op)
        self.options = dict(options)
        self.chosen = [value for value in values if value]
        self.button = Button("", trailing="arrow-down-s-line")
        self.button.setAccessibleName(_(field.label))
        self.button.clicked.connect(self._menu)
        self.row.addWidget(self.button)
        self.row.addStretch(1)
        self._show()

    def _show(self) -> None:
        names = [self.options.get(value, value) for value in self.chosen]
        text = " / ".join(names[:3]) + (f" +{len(names) - 3}" if len(names) > 3 else "")
        self.button.relabel(text or _("Choose …"))

    def _menu(self) -> None:
        menu = QMenu(self)
        for key, name in {**self.options, **{v: self.options.get(v, v) for v in self.chosen}}.items():
            entry = menu.addAction(name)
            entry.setCheckable(True)
            entry.setChecked(key in self.chosen)
            entry.triggered.connect(partial(self.toggle, key))
        if menu.isEmpty():
            menu.addAction(_("None yet")).setEnabled(False)
        menu.popup(self.button.mapToGlobal(self.button.rect().bottomLeft()))

    def toggle(self, key: str, on: bool) -> None:
        """Choose a value or leave it out."""
        self.chosen = [k for k in (*self.chosen, key) if k != key] + ([key] if on else [])
        self._show()
        self.changed.emit()

    def values(self) -> tuple[str, ...]:
        return tuple(self.chosen)


class _Range(_Editor):
    def __init__(self, field: Field, op: str, values: Sequence[str], currency: str) -> None:
        super().__init__(field, op)
        low, high = (int(v) if v else None for v in (*values, "", "")[:2])
        make: Any = partial(MoneyInput, currency) if field.kind == MONEY else IntegerInput
        self.low, self.high = make(low), make(high)
        for box, name in ((self.low, _("At least")), (self.high, _("At most"))):
            box.setAccessibleName(name)
            box.setPlaceholderText(name)
            box.textChanged.connect(self.changed)
        self.row.addWidget(self.low)
        self.row.addWidget(Label("–", "small", "text2"))
        self.row.addWidget(self.high)

    def values(self) -> tuple[str, ...]:
        try:
            found = tuple("" if n is None else str(n) for n in (_number(self.low), _number(self.high)))
        except ShopError:
            return ()
        return found if any(found) else ()


def _number(box: Any) -> int | None:
    found: int | None = box.minor() if isinstance(box, MoneyInput) else box.number()
    return found


class _LastDays(_Editor):
    def __init__(self, field: Field, op: str, values: Sequence[str]) -> None:
        super().__init__(field, op)
        self.days = IntegerInput(int(values[0]) if values else 7, least=1, most=36_500, unit=_("days"))
        self.days.setAccessibleName(_(field.label))
        self.days.textChanged.connect(self.changed)
        self.row.addWidget(self.days)
        self.row.addStretch(1)

    def values(self) -> tuple[str, ...]:
        try:
            days = self.days.number()
        except ShopError:
            return ()
        return (str(days),) if days and self.days.problem() == "" else ()


class _Dates(_Editor):
    def __init__(self, field: Field, op: str, values: Sequence[str], context: Context) -> None:
        super().__init__(field, op)
        today = context.now().astimezone(context.zone).date()
        low, high = (v[:10] for v in (*values, "", "")[:2])
        self.first, self.last = DateInput(today - timedelta(days=6)), DateInput(today)
        for box, kept, name in ((self.first, low, _("From")), (self.last, high, _("To"))):
            if kept:
                box.setDate(QDate.fromString(kept, "yyyy-MM-dd"))
            box.setAccessibleName(name)
            box.dateChanged.connect(self.changed)
        self.row.addWidget(self.first)
        self.row.addWidget(Label("–", "small", "text2"))
        self.row.addWidget(self.last)
        self.row.addStretch(1)

    def values(self) -> tuple[str, ...]:
        return (f"{self.first.day()}", f"{self.last.day()}") if self.first.day() <= self.last.day() else ()


class _YesNo(_Editor):
    def __init__(self, field: Field, op: str, values: Sequence[str]) -> None:
        super().__init__(field, op)
        self.choice = Select([(YES, _("yes")), (NO, _("no"))], values[0] if values else YES)
        self.choice.setAccessibleName(_(field.label))
        self.choice.picked.connect(lambda _v: self.changed.emit())
        self.row.addWidget(self.choice)
        self.row.addStretch(1)

    def values(self) -> tuple[str, ...]:
        return (self.choice.value(),)


def _editor(field: Field, op: str, values: Sequence[str], context: Context, own: Own) -> _Editor:
    if field.kind == CHOICE:
        shipped = CHOICES.get(field.key)
        options = (
            [(key, said(words)) for key, words in shipped.items()] if shipped else own.get(field.key, ())
        )
        return _Choices(field, op, values, options)
    if field.kind == FLAG:
        return _YesNo(field, op, values)
    if field.kind in (MONEY, COUNT):
        return _Range(field, op, values, context.currency)
    if field.kind == TIME:
        return _LastDays(field, op, values) if op == IS else _Dates(field, op, values, context)
    return _Words(field, op, values)
