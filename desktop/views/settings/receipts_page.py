"""What receipts say: lines, facts, logo and code beside a preview as it is printed, and what each till prints."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, _, language
from desktop.queries.print_jobs import TillPaper, print_troubles, receipt_preview, till_papers
from desktop.queries.receipt_template import receipt_logo
from desktop.services.print_jobs import set_till_paper
from desktop.services.receipt_logo import read_logo, set_receipt_logo
from desktop.views.common.buttons import danger, secondary
from desktop.views.common.cards import Card, Divider, IconTile, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.field import ErrorLine
from desktop.views.common.file_dialog import choose_files
from desktop.views.common.labels import Label
from desktop.views.common.paint import painting
from desktop.views.common.print_jobs_sheet import PrintJobsSheet
from desktop.views.common.segment import Segment
from desktop.views.common.theme import theme
from desktop.views.common.toggle import Toggle
from desktop.views.settings.form import FormCard
from desktop.views.settings.registry_page import Group, RegistryPage

GROUPS = (
    Group(
        N_("Head and foot"),
        "",
        (
            "receipts.head",
            "shop.receipt_footer",
            "receipts.code",
            "receipts.page",
            "receipts.language",
            "receipts.keep_minutes",
        ),
    ),
    Group(
        N_("Facts on receipts"),
        N_("Order and time always stand there"),
        (
            "receipts.show_branch",
            "receipts.show_phone",
            "receipts.show_tax",
            "receipts.show_till",
            "receipts.show_reference",
            "receipts.show_points",
        ),
    ),
)
PREVIEW_WIDE = 280
AFTER_TYPING_MS = 250


class PaperView(QWidget):
    """Printed dots on white paper, whatever the theme."""

    def __init__(self, wide: int) -> None:
        super().__init__()
        self._image, self._wide = QImage(), wide
        self.setFixedWidth(theme.px(wide))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_png(self, png: bytes) -> None:
        """Show this paper, an empty one for none."""
        self._image = QImage.fromData(png) if png else QImage()
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        wide = theme.px(self._wide)
        if self._image.isNull():
            return QSize(wide, theme.px(40))
        margin = theme.px(12)
        return QSize(
            wide, round((wide - 2 * margin) * self._image.height() / self._image.width()) + 2 * margin
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.fillRect(self.rect(), theme.color("seal_paper"))
            if self._image.isNull():
                return
            margin = theme.px(12)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            wide = self.width() - 2 * margin
            high = wide * self._image.height() / self._image.width()
            painter.drawImage(QRectF(margin, margin, wide, high), self._image)


class PreviewCard(Card):
    """The paper of a made-up sale with what is typed, on either width and in either language."""

    wanted = Signal()

    def __init__(self) -> None:
        super().__init__(margins=(16, 14, 16, 16), gap=10)
        self.body.addWidget(Label(_("Preview"), "h3"))
        self.body.addWidget(
            Label(
                _("Line by line as it is printed; the printer draws its own letters"),
                "cap",
                "text2",
                wrap=True,
            )
        )
        self.paper_mm = Segment([(80, "80 mm"), (58, "58 mm")], 80)
        self.paper_mm.setAccessibleName(_("Paper"))
        here = "zh_CN" if language().startswith("zh") else "en"
        self.language = Segment([("zh_CN", "中文"), ("en", "English")], here)
        self.language.setAccessibleName(_("Language of receipts"))
        row = hbox(gap=8)
        for choice in (self.paper_mm, self.language):
            choice.picked.connect(lambda _value: self.wanted.emit())
            row.addWidget(choice)
        row.addStretch(1)
        self.body.addLayout(row)
        self.paper = PaperView(PREVIEW_WIDE)
        self.paper.setAccessibleName(_("Preview"))
        self.body.addWidget(self.paper)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)


class LogoCard(FormCard):
    """The logo as dots, another one, or none."""

    def __init__(self, context: Context) -> None:
        super().__init__(_("Logo"))
        self._context, self._background = context, context.of(self)
        self.view = PaperView(150)
        self.view.setAccessibleName(_("Logo"))
        self.choose = secondary(_("Choose a picture"), "image-add-line", size=30)
        self.choose.clicked.connect(self._choose)
        self.remove = danger(_("Take the logo away"), size=30)
        self.remove.clicked.connect(lambda: self._keep(b""))
        self.remove.hide()
        hint = _("JPEG, PNG or WebP up to 2 MB. It becomes black dots, at most 384 × 200.")
        side = vbox(gap=8)
        side.addWidget(Label(hint, "cap", "text2", wrap=True))
        for button in (self.choose, self.remove):
            side.addWidget(button, alignment=Qt.AlignmentFlag.AlignLeft)
        side.addStretch(1)
        row = hbox(gap=16)
        row.addWidget(self.view)
        row.addLayout(side, 1)
        self.body.addLayout(row)
        self.error = ErrorLine()
        self.body.addWidget(self.error)
        self.body.addSpacing(6)

    def show_logo(self, png: bytes) -> None:
        """Show the kept one."""
        self.view.show_png(png)
        self.view.setVisible(bool(png))
        self.remove.setVisible(bool(png))

    def _choose(self) -> None:
        kinds = _("Pictures") + " (*.png *.jpg *.jpeg *.webp)"
        choose_files(self.window(), _("Choose a picture"), kinds, lambda paths: self.take(Path(paths[0])))

    def take(self, path: Path) -> None:
        """Make black dots of a file and keep them."""
        self.error.say("")
        task = self._background.device(read_logo, path).busy(self.choose)
        task.then(self._keep).otherwise(self._wrong)

    def _keep(self, png: bytes) -> None:
        self.error.say("")
        task = self._background.do(set_receipt_logo, png)
        task.then(lambda _none: self._kept(png)).otherwise(self._wrong)

    def _kept(self, png: bytes) -> None:
        self.show_logo(png)
        self._context.toast(self, _("Logo saved") if png else _("Logo taken away"))

    def _wrong(self, error: ShopError) -> None:
        self.error.say(str(error))


class TillsCard(FormCard):
    """What each till prints and opens by itself; counts at once."""

    def __init__(self, context: Context) -> None:
        super().__init__(_("At each till"))
        self._context, self._background = context, context.of(self)
        hint = _("When a receipt is printed, and whether a cash drawer opens at cash sales")
        self.body.addWidget(Label(hint, "cap", "text2", wrap=True))
        self.rows = vbox(gap=0)
        self.body.addLayout(self.rows)
        self.controls: dict[int, tuple[Segment, Toggle]] = {}

    def load(self) -> None:
        """Ask for the tills."""
        self._background.ask_latest("tills", till_papers).then(self._show)

    def _show(self, tills: tuple[TillPaper, ...]) -> None:
        clear(self.rows)
        self.controls.clear()
        for number, till in enumerate(tills):
            if number:
                self.rows.addWidget(Divider())
            self.rows.addWidget(self._row(till))

    def _row(self, till: TillPaper) -> QWidget:
        widget = QWidget()
        lines = vbox(widget, margins=(0, 10, 0, 10), gap=8)
        name = _(till.name)
        prints = Segment([("ask", _("When asked")), ("always", _("After every sale"))], till.receipts)
        prints.setAccessibleName(f"{_('Receipts')} {name}")
        drawer = Toggle(f"{_('Drawer opens')} {name}")
        drawer.put(till.drawer)
        prints.picked.connect(lambda _value: self._save(till.id))
        drawer.toggled.connect(lambda _on: self._save(till.id))
        self.controls[till.id] = (prints, drawer)
        head = hbox(gap=8)
        icon = "device-line" if till.kind == "kiosk" else "computer-line"
        head.addWidget(IconTile(icon, "primary" if till.kind == "kiosk" else "neutral", 28))
        head.addWidget(Label(name, "small_b"), 1)
        row = hbox(gap=8)
        row.addWidget(prints)
        row.addStretch(1)
        row.addWidget(Label(_("Drawer opens"), "cap", "text2"))
        row.addWidget(drawer)
        lines.addLayout(head)
        lines.addLayout(row)
        return widget

    def _save(self, till_id: int) -> None:
        prints, drawer = self.controls[till_id]
        task = self._background.do(set_till_paper, till_id, prints.value(), drawer.isChecked())
        task.then(lambda _none: self._context.toast(self, _("Till saved")))
        task.otherwise(self._refused)

    def _refused(self, error: ShopError) -> None:
        self._context.toast(self, str(error), tone="danger")
        self.load()


class ReceiptsPage(RegistryPage):
    """The settings of receipts; everything typed shows in the preview before it is saved."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, _("Receipts"), GROUPS)
        self.papers = secondary(_("Papers for the printer"), "printer-line")
        self.papers.clicked.connect(lambda: PrintJobsSheet(self.window(), context).open())
        self.head.addWidget(self.papers)
        holder = self.column.parentWidget()
        assert holder is not None
        holder.setMaximumWidth(theme.px(1_120))
        sides = hbox(gap=16)
        left = QWidget()
        whole, self.column = self.column, vbox(left, gap=12)
        self.preview = PreviewCard()
        self.preview.wanted.connect(self.paint_preview)
        right = vbox(gap=0)
        right.addWidget(self.preview)
        right.addStretch(1)
        sides.addWidget(left, 1)
        sides.addLayout(right)
        whole.addLayout(sides)
        self.logo: LogoCard | None = None
        self.tills: TillsCard | None = None
        self._soon = QTimer(self, singleShot=True, interval=AFTER_TYPING_MS)
        self._soon.timeout.connect(self.paint_preview)
        context.stale_when(self, {"print_job"}, lambda _touched: self._count())
        context.stale_when(self, {"receipt_logo"}, lambda _touched: self._ask_logo())
        context.stale_when(self, {"till"}, lambda _touched: self.tills.load() if self.tills else None)

    def load(self) -> None:
        super().load()
        self._count()

    def extras(self, found: dict[str, Any]) -> list[QWidget]:
        self.logo, self.tills = LogoCard(self._context), TillsCard(self._context)
        self.tills.load()
        self._ask_logo()
        self._soon.start()
        return [self.logo, self.tills]

    def _ask_logo(self) -> None:
        if self.logo is not None:
            self._background.ask_latest("logo", receipt_logo).then(self.logo.show_logo)
        self._soon.start()

    def _count(self) -> None:
        self._background.ask_latest("troubles", print_troubles).then(self._say_troubles).otherwise(
            lambda _e: None
        )

    def _say_troubles(self, count: int) -> None:
        words = _("Papers for the printer")
        if count:
            words += " · " + _("{count} need somebody").format(count=count)
        self.papers.relabel(words)

    def _touched(self) -> None:
        super()._touched()
        self._soon.start()

    def paint_preview(self) -> None:
        """Draw the paper with what is typed; what can't be read yet stays as it is kept."""
        typed: dict[str, Any] = {}
        for key, control in self.controls.items():
            try:
                typed[key] = control.read()
            except ShopError:
                continue
        paper_mm, lang = self.preview.paper_mm.value(), self.preview.language.value()
        task = self._background.ask_latest("preview", receipt_preview, typed, paper_mm, lang)
        task.then(self.preview.paper.show_png).otherwise(lambda _error: None)
