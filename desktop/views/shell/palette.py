"""The command palette: type a few letters, get orders, goods, members, screens and verbs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QScrollArea, QWidget

from desktop.basics.i18n import _
from desktop.basics.matching import Name, find, prepare
from desktop.basics.money import Money
from desktop.basics.words import points_text, when_text
from desktop.views.common import icons
from desktop.views.common.badges import KeyCap
from desktop.views.common.cards import Divider, hbox, vbox
from desktop.views.common.commands import Command
from desktop.views.common.context import Context
from desktop.views.common.labels import Label
from desktop.views.common.paint import box, painting, soft_shadow
from desktop.views.common.theme import theme
from desktop.views.shell.palette_rows import ROW, Hit, HitList

WIDTH, SHADOW, MOST_SHOWN = 640, 28, 9
PREFIXES = {">": ("commands",), "#": ("orders",), "@": ("members",)}
KINDS = ("orders", "goods", "members")


class Palette(QWidget):
    """Covers the window while open; Esc or a click beside it closes."""

    def __init__(self, window: QWidget, context: Context, commands: Callable[[], Sequence[Command]]) -> None:
        super().__init__(window)
        self.closed = True
        self._context, self._commands = context, commands
        self._background = context.of(self)
        self._found: dict[str, list[Hit]] = {}
        self._waiting: set[str] = set()
        self._go_when_ready = False
        self._sounds_known = False
        self._before: QWidget | None = None
        self.panel = QWidget(self)
        column = vbox(self.panel, margins=(SHADOW, SHADOW, SHADOW, SHADOW))
        column.addWidget(self._head())
        column.addWidget(Divider())
        self.list = HitList()
        self.list.chosen.connect(self._run)
        self.list.moved.connect(self._follow)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self.list)
        self.list.setAutoFillBackground(False)  # setWidget switches it on
        self._nothing = Label("", "small", "text2", align="center")
        self._nothing.setContentsMargins(16, 22, 16, 22)
        for part in (self._scroll, self._nothing, Divider()):
            column.addWidget(part)
        column.addLayout(self._foot())
        self.panel.installEventFilter(self)
        self.hide()

    def _head(self) -> QWidget:
        head = QWidget()
        head.setFixedHeight(theme.px(58))
        row = hbox(head, margins=(52, 0, 16, 0), gap=8)
        self.entry = QLineEdit()
        self.entry.setProperty("bare", True)
        font = theme.font("h2")
        font.setWeight(font.Weight.Medium)
        self.entry.setFont(font)
        self.entry.setMaxLength(100)
        self.entry.setPlaceholderText(_("Search orders, goods, members, or type a command"))
        self.entry.setAccessibleName(self.entry.placeholderText())
        self.entry.textChanged.connect(self._typed)
        self.entry.installEventFilter(self)
        row.addWidget(self.entry, 1)
        row.addWidget(KeyCap("Esc"))
        return head

    def _foot(self) -> Any:
        row = hbox(margins=(16, 9, 18, 10), gap=6)
        for caps, words in ((("↑", "↓"), _("choose")), (("Enter",), _("run"))):
            for cap in caps:
                row.addWidget(KeyCap(cap))
            row.addWidget(Label(words, "cap", "text2"))
            row.addSpacing(10)
        row.addStretch(1)
        row.addWidget(Label(_("> commands only, # orders only, @ members only"), "cap", "text2"))
        return row

    # Opening and closing

    def open(self, text: str = "") -> None:
        """Show it over the window, with the keyboard in its field."""
        window = self.parentWidget()
        assert window is not None
        if self.closed:
            self._before = window.focusWidget()
        self.closed = False
        self.setGeometry(window.rect())
        self.show()
        self.raise_()
        self.entry.setText(text)
        self.entry.setFocus()
        self._typed(text)
        if not self._sounds_known:
            titles = [command.title for command in self._commands()]
            self._background.device(_learn, titles).then(self._learned)

    def close_it(self) -> None:
        """Hide, forget the answers on their way, and give the keyboard back."""
        self.closed = True
        self._go_when_ready = False
        self.hide()
        self.entry.clear()
        before, self._before = self._before, None
        if before is not None:
            from shiboken6 import isValid

            if isValid(before) and before.isVisible():
                before.setFocus()

    @property
    def ready(self) -> bool:
        """Whether pinyin is known, too."""
        return self._sounds_known

    @property
    def settled(self) -> bool:
        """Whether every answer to what is typed has come."""
        return not self._waiting

    def _learned(self, _nothing: object) -> None:
        self._sounds_known = True
        self._show()

    # Searching

    def _typed(self, text: str) -> None:
        if self.closed:
            return
        prefix = text[:1] if text[:1] in PREFIXES else ""
        self._kinds = PREFIXES.get(prefix, ("commands", *KINDS))
        self._text = text[len(prefix) :].strip()
        self._go_when_ready = False
        self._waiting.clear()
        for kind in KINDS:
            if kind in self._kinds and self._text:
                self._ask(kind, self._text)
            else:
                self._found[kind] = []
        self._show()

    def _ask(self, kind: str, text: str) -> None:
        from desktop.queries import search

        question: Any = {
            "orders": search.find_orders, "goods": search.find_goods, "members": search.find_members,
        }[kind]  # fmt: skip
        if not self._context.may(question):
            return
        self._waiting.add(kind)
        task = self._background.ask_latest(kind, question, text)
        task.then(partial(self._answered, kind)).otherwise(partial(self._failed, kind))

    def _answered(self, kind: str, rows: Sequence[Any]) -> None:
        make = {"orders": self._order, "goods": self._goods, "members": self._member}[kind]
        self._waiting.discard(kind)
        self._found[kind] = [make(row) for row in rows]
        self._show()
        if self._go_when_ready and not self._waiting:
            self._run(self.list.current())

    def _failed(self, kind: str, error: Exception) -> None:
        self._waiting.discard(kind)
        self._found[kind] = []
        self._nothing.setText(str(error))
        self._nothing.setVisible(True)

    def _show(self) -> None:
        hits = self._command_hits() if "commands" in self._kinds else []
        for kind in KINDS:
            hits += self._found.get(kind, [])
        if self._waiting and not hits:
            return  # what is on screen stays until the answers come
        self.list.show_hits(hits, keep=bool(self._waiting))
        self._scroll.setVisible(bool(hits))
        self._nothing.setText(_("Nothing found for “{text}”").format(text=self._text))
        self._nothing.setVisible(not hits and not self._waiting)
        most = round(theme.px(ROW) * MOST_SHOWN)
        self._scroll.setFixedHeight(min(self.list.sizeHint().height(), most))
        self._place()

    def _command_hits(self) -> list[Hit]:
        hits = []
        for command in self._commands():
            name = (
                prepare(command.title)
                if self._sounds_known
                else Name(command.title, tuple(command.title.lower()))
            )
            span = find(name, self._text) if self._text else None
            if span is not None or not self._text:
                hits.append(
                    Hit(
                        _("Actions"),
                        command.title,
                        command.run,
                        command.hint,
                        command.icon,
                        span,
                        command.keys,
                    )
                )
        return hits if not self._text else hits[:6]

    # What the answers look like

    def _order(self, row: Any) -> Hit:
        words = {
            "unpaid": _("Unpaid"), "to_ship": _("To ship"), "shipped": _("Shipped"), "done": _("Done"),
            "cancelled": _("Cancelled"),
        }  # fmt: skip
        status = _("Late") if row.late else words.get(row.status, row.status)
        when = when_text(row.placed_at, self._context.now(), self._context.zone)
        hint = f"{Money(row.due_minor, row.currency)} · {status} · {when}"
        go = partial(self._context.navigate, "orders", row.id)
        return Hit(_("Orders"), row.title, go, hint, "file-list-3-line", row.span)

    def _goods(self, row: Any) -> Hit:
        price = str(Money(row.price_minor, row.currency)) if row.price_minor is not None else ""
        hint = " · ".join(part for part in (row.pack, row.code, price) if part)
        go = partial(self._context.navigate, "products", row.id)
        return Hit(_("Products"), row.title, go, hint, "price-tag-3-line", row.span, picture=row.picture)

    def _member(self, row: Any) -> Hit:
        tail = _("phone ends in {tail}").format(tail=row.phone_tail) if row.phone_tail else ""
        hint = " · ".join(part for part in (_(row.tier_name), tail, points_text(row.points)) if part)
        go = partial(self._context.navigate, "members", row.id)
        return Hit(_("Members"), row.title, go, hint, "user-3-line", row.span, person=row.title)

    # Choosing

    def _run(self, hit: Hit | None) -> None:
        if hit is not None:
            self.close_it()
            hit.run()

    def _enter(self) -> None:
        if self._waiting:
            self._go_when_ready = True  # the rows on screen belong to an earlier text
        else:
            self._run(self.list.current())

    def _follow(self) -> None:
        area = self.list.area_of(self.list.index)
        self._scroll.ensureVisible(0, round(area.center().y()), 0, round(area.height()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrow keys move the choice while the keyboard stays in the field."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and watched is self.entry:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 5, Qt.Key.Key_PageUp: -5}
            if event.key() in step:
                self.list.step(step[Qt.Key(event.key())])
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._enter()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.close_it()
                return True
            if event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
                self.list.step(1 if event.key() == Qt.Key.Key_Tab else -1)
                return True
        elif event.type() == QEvent.Type.Paint and watched is self.panel:
            self._paint_panel()
        return False

    # Look

    def _place(self) -> None:
        width = min(theme.px(WIDTH), self.width() - 32) + 2 * SHADOW
        self.panel.setFixedWidth(width)
        layout = self.panel.layout()
        assert layout is not None
        layout.activate()
        height = layout.sizeHint().height()
        top = min(round(self.height() * 0.15), max(8, self.height() - height)) - SHADOW
        self.panel.setGeometry((self.width() - width) // 2, max(0, top), width, height)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stay in the middle."""
        super().resizeEvent(event)
        self._place()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the panel closes."""
        if (
            not self.panel.geometry()
            .adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
            .contains(event.position().toPoint())
        ):
            self.close_it()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim the window."""
        with painting(self) as painter:
            painter.fillRect(self.rect(), theme.color("scrim"))

    def _paint_panel(self) -> None:
        with painting(self.panel) as painter:
            area = QRectF(self.panel.rect()).adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
            soft_shadow(painter, area, 12, SHADOW - 6)
            box(painter, area, 12, theme.color("surface"), theme.color("border_strong"))
            spot = QRectF(SHADOW + theme.px(20), SHADOW, theme.px(20), theme.px(58))
            icons.draw(painter, spot, "search-line", "text2", theme.px(18))


def _learn(titles: Sequence[str]) -> None:
    """Load the pinyin table away from the GUI thread."""
    for title in titles:
        prepare(title)
