"""Barcodes: the layouts of codes that scales print, tried out before they are used."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.basics.scale_codes import KNOWN, check_pattern, decode, fits
from desktop.basics.scale_codes import Label as ScaleLabel
from desktop.queries.scale_codes import Layout, scale_layouts
from desktop.services.scale_codes import add_layout, remove_layout, use_layout
from desktop.views.common import shortcuts
from desktop.views.common.buttons import icon_button, primary
from desktop.views.common.cards import Card, Divider, IconTile, TwoLines, clear, hbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.empty import EmptyState
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import Select, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.toggle import Toggle
from desktop.views.settings.form import Page


def said(label: ScaleLabel, currency: str) -> str:
    """What a code was read as: `goods 00123 · 756 g · ¥12.35`."""
    parts = [_("goods {code}").format(code=label.item)]
    if label.grams is not None:
        parts.append(f"{label.grams} g")
    if label.price_minor is not None:
        parts.append(str(Money(label.price_minor, currency)))
    return " · ".join(parts)


class LayoutSheet(Sheet):
    """A new layout, begun from one scales use; a scanned label shows at once what it would mean."""

    def __init__(self, parent: QWidget, context: Context, done: Callable[[], Any]) -> None:
        text = _(
            "C stands for the goods, W for grams, P for the price in cents, V and K for check digits, X for any."
        )
        super().__init__(parent, _("Add a layout"), verb=_("Add"), icon="barcode-line", width=460, text=text)
        self._context, self._then = context, done
        self.start = Select([(pattern, _(name)) for name, pattern in KNOWN], KNOWN[0][1])
        self.name = TextInput(_(KNOWN[0][0]), longest=60, required=True)
        self.pattern = TextInput(KNOWN[0][1], longest=24, required=True)
        self.sample = TextInput(hint=_("Scan a label of your scales"), longest=24)
        self.read = Label("", "small", "text2", wrap=True)
        self._fields = [Field(_("Called"), self.name), Field(_("Layout"), self.pattern)]
        self.add(
            Field(_("Begin with"), self.start), *self._fields, Field(_("Try it"), self.sample), self.read
        )
        self.start.picked.connect(self._begin)
        for text_input in (self.pattern, self.sample):
            text_input.textChanged.connect(lambda _text: self._try())
        self.submitted.connect(self._go)

    def _begin(self, pattern: str) -> None:
        self.pattern.setText(pattern)
        self.name.setText(next(_(name) for name, known in KNOWN if known == pattern))

    def _try(self) -> None:
        """Say what the scanned label would mean."""
        code, words = "".join(self.sample.value().split()), ""
        try:
            pattern = check_pattern(self.pattern.value())
            if code:
                words = _("This label has another layout.")
                if fits(pattern, code):
                    words = said(decode(pattern, code), self._context.currency)
        except ShopError as error:
            words = str(error)
        self.read.setText(words)

    def ready(self) -> bool:
        return check_all(self._fields)

    def _go(self) -> None:
        task = self._context.of(self).do(add_layout, self.name.value(), self.pattern.value())
        task.busy(self.primary).then(self._saved).otherwise(self.show_error)

    def _saved(self, _id: int) -> None:
        self.accept()
        self._then()


class BarcodesPage(Page):
    """The list of layouts, each used or left alone."""

    def __init__(self, context: Context) -> None:
        super().__init__(_("Barcodes"))
        self._context, self._background = context, context.of(self)
        add = primary(_("Add a layout"), "add-line", key="N")
        add.clicked.connect(self.add)
        shortcuts.on(self, "N", self.add, _("Add a layout"))
        self.head.addWidget(add)
        self.column.addWidget(Label(_("Labels of the scales"), "h3"))
        self.column.addSpacing(4)
        self._card = Card(margins=(0, 4, 0, 6))
        self.column.addWidget(self._card)
        self.column.addStretch(1)
        context.stale_when(self, {"scale_code"}, lambda _touched: self.load())

    def load(self) -> None:
        self._background.ask_latest("layouts", scale_layouts).then(self._show)

    def _show(self, layouts: tuple[Layout, ...]) -> None:
        with self.same_place():
            clear(self._card.body)
            for number, layout in enumerate(layouts):
                if number:
                    self._card.body.addWidget(Divider())
                self._card.body.addWidget(self._row(layout))
            if not layouts:
                hint = _("Add the layout of your scales, then their labels can be scanned like any barcode.")
                self._card.body.addWidget(EmptyState(_("No layouts yet"), hint, why="first"))

    def _row(self, layout: Layout) -> QWidget:
        widget = QWidget()
        row = hbox(widget, margins=(18, 8, 12, 8), gap=12)
        row.addWidget(IconTile("barcode-line", "primary" if layout.active else "neutral", 34))
        row.addWidget(TwoLines(layout.name, layout.pattern), 1)
        toggle = Toggle(_("Use {name}").format(name=layout.name))
        toggle.put(layout.active)
        toggle.toggled.connect(partial(self._use, layout.id))
        row.addWidget(toggle)
        remove = icon_button("delete-bin-line", _("Remove {what}").format(what=layout.name), size=30)
        remove.clicked.connect(partial(self.remove, layout))
        row.addWidget(remove)
        return widget

    def _use(self, layout_id: int, on: bool) -> None:
        self._background.do(use_layout, layout_id, on).then(lambda _none: self.load())

    def add(self) -> None:
        """Open the sheet for a new layout."""
        LayoutSheet(self.window(), self._context, self.load).open()

    def remove(self, layout: Layout, *_clicked: Any) -> None:
        """Forget a layout; the toast brings it back."""

        def undo() -> None:
            self._background.do(add_layout, layout.name, layout.pattern).then(lambda _id: self.load())

        def removed(_none: object) -> None:
            self.load()
            self._context.toast(self, _("{name} removed").format(name=layout.name), undo=undo)

        self._background.do(remove_layout, layout.id).then(removed)
