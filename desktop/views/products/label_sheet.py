"""Asks which labels are printed, how many, on what; shows one as it will be."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.basics.i18n import _, ngettext
from desktop.queries.labels import LabelFacts, label_facts
from desktop.views.common import printing, remember
from desktop.views.common.cards import hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import Select
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import IntegerInput
from desktop.views.common.print_sheet import PDF, FileField, documents_folder
from desktop.views.common.theme import theme
from desktop.views.common.toggle import CheckBox
from desktop.views.products.label_paper import SIZES, Design, preview, to_pdf, to_printer

PARTS = ("price", "per_unit", "barcode", "code", "day", "shop")
MOST_COPIES = 500


class LabelPicture(QWidget):
    """One label on its white paper."""

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self.setFixedHeight(theme.px(190))
        self.setAccessibleName(_("Preview"))

    def show_label(self, image: QImage) -> None:
        """Show a drawn label."""
        self._image = image
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(300), theme.px(190))

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        spot = QRectF((self.width() - size.width()) / 2, 0, size.width(), size.height())
        painter.drawImage(spot, self._image)
        painter.setPen(theme.color("border"))
        painter.drawRect(spot.adjusted(0, 0, -1, -1))


class LabelSheet(Sheet):
    """Prints shelf or barcode labels of some goods."""

    def __init__(self, parent: QWidget, context: Context, sku_ids: Sequence[int]) -> None:
        super().__init__(parent, _("Print labels"), verb=_("Print"), icon="price-tag-3-line", width=720)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._window, self._labels = context, parent, tuple[LabelFacts, ...]()
        kept = remember.get("labels/parts", ["price", "per_unit", "barcode", "code"])
        self.sort = Select([(s.key, _(s.label)) for s in SIZES], remember.get("labels/size", SIZES[0].key))
        self.parts = {key: CheckBox(words) for key, words in zip(PARTS, self._words(), strict=True)}
        for key, box in self.parts.items():
            box.setChecked(key in kept)
            box.toggled.connect(self._redraw)
        self.copies = IntegerInput(1, least=1, most=MOST_COPIES)
        self.skip = IntegerInput(0, least=0, most=64)
        self.picture, self.said = LabelPicture(), Label("", "small", "text2", align="center")
        names = printing.printers()
        self.where = Select([*((n, n) for n in names), (PDF, _("PDF file"))], names[0] if names else PDF)
        self.file = FileField(documents_folder() / "labels.pdf", "PDF (*.pdf)")
        self._file_field = Field(_("File"), self.file)
        self._copies_field = Field(_("Copies of each"), self.copies)
        self._skip_field = Field(_("Places used already"), self.skip)
        self._lay()
        self.sort.picked.connect(self._redraw)
        self.where.picked.connect(self._show_where)
        for number in (self.copies, self.skip):
            number.textChanged.connect(self._count)
        self.submitted.connect(self._go)
        self._show_where(self.where.value())
        context.of(self).ask(label_facts, list(sku_ids)).then(self._came).otherwise(self.show_error)

    def _words(self) -> tuple[str, ...]:
        return (
            _("Price"), _("Price per 500 g or 100 ml"), _("Barcode"), _("Code"), _("Date of printing"), _("Shop name"),
        )  # fmt: skip

    def _lay(self) -> None:
        row = hbox(gap=20)
        left, right = vbox(gap=12), vbox(gap=8)
        left.addWidget(Field(_("Labels"), self.sort))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(6)
        for place, box in enumerate(self.parts.values()):
            grid.addWidget(box, place // 2, place % 2)
        left.addLayout(grid)
        numbers = hbox(gap=12)
        numbers.addWidget(self._copies_field, 1)
        numbers.addWidget(self._skip_field, 1)
        left.addLayout(numbers)
        right.addWidget(self.picture)
        right.addWidget(self.said)
        row.addLayout(left, 1)
        row.addLayout(right, 1)
        self.body.addLayout(row)
        self.add(Field(_("Print on"), self.where), self._file_field)

    def design(self) -> Design:
        """What is chosen."""
        size = next(s for s in SIZES if s.key == self.sort.value())
        return Design(size, **{key: box.isChecked() for key, box in self.parts.items()})

    def _came(self, labels: tuple[LabelFacts, ...]) -> None:
        self._labels = labels
        self._redraw()

    def _redraw(self, *_ignored: Any) -> None:
        sheet = self.design().size
        self._skip_field.setVisible(sheet.columns * sheet.rows > 1)
        if self._labels:
            self.picture.show_label(preview(self._labels[0], self.design(), self._context.currency, 300))
        self._count()

    def _count(self, *_ignored: Any) -> None:
        count = 0 if self.copies.problem() else len(self._labels) * (self.copies.number() or 0)
        words = ngettext("{count} label", "{count} labels", count).format(count=f"{count:,}")
        self.said.setText(words)
        self.primary.setEnabled(count > 0)

    def _show_where(self, where: str) -> None:
        self._file_field.setVisible(where == PDF)
        self.primary.relabel(_("Write PDF") if where == PDF else _("Print"))
        self.adjustSize()

    def ready(self) -> bool:
        fields = [self._copies_field, self._skip_field]
        return check_all([*fields, self._file_field] if self.where.value() == PDF else fields)

    def _go(self) -> None:
        design, currency = self.design(), self._context.currency
        remember.put("labels/size", design.size.key)
        remember.put("labels/parts", [key for key, box in self.parts.items() if box.isChecked()])
        copies = self.copies.number() or 1
        labels = [label for label in self._labels for _copy in range(copies)]
        many = design.size.columns * design.size.rows
        skip = min(self.skip.number() or 0, many - 1) if many > 1 else 0
        scope = self._context.of(self)
        if self.where.value() == PDF:
            said = self.file.path().name
            task = scope.device(to_pdf, labels, design, currency, self.file.path(), skip)
        else:
            said = self.where.value()
            task = scope.device(to_printer, labels, design, currency, said, skip)
        task.busy(self.primary).then(partial(self._printed, said)).otherwise(self.show_error)

    def _printed(self, said: str, pages: int) -> None:
        self.accept()
        words = ngettext("{count} page to {name}", "{count} pages to {name}", pages)
        self._context.toast(self._window, words.format(count=pages, name=said))
