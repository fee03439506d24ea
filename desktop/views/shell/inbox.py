"""The inbox under the bell: the person's messages, newest first; new ones show as a toast once."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from desktop.basics.i18n import _
from desktop.basics.words import when_text
from desktop.queries.notices import Inbox, NoticeRow, inbox
from desktop.services.notices import read_all_notices, read_notice
from desktop.views.common import say
from desktop.views.common.buttons import plain
from desktop.views.common.cards import Divider, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.labels import Label
from desktop.views.common.paint import box, painting, soft_shadow
from desktop.views.common.theme import theme
from desktop.views.shell.bell import Bell
from desktop.views.shell.inbox_rows import ROW, NoticeList

WIDTH, SHADOW, MOST_SHOWN = 400, 24, 7
SCREENS = {"order": "orders", "member": "members", "sku": "inventory", "purchase": "buying", "rule": "rules"}
PAGES = {"check": "health"}  # subjects that are a page of the settings


class InboxPanel(QWidget):
    """Lies over the window while open; Esc or a click beside it closes. Knows what is unread while closed, too."""

    def __init__(self, window: QWidget, context: Context, bell: Bell) -> None:
        super().__init__(window)
        self.closed = True
        self._context, self._bell, self._background = context, bell, context.of(window)
        self._newest: int | None = None  # the newest message this window knows of
        self._before: int | None = None
        self.panel = QWidget(self)
        self._build()
        self.panel.installEventFilter(self)
        self.hide()
        bell.clicked.connect(self.toggle)
        context.stale_when(window, {"notice"}, lambda _touched: self.look())
        self.look()

    def _build(self) -> None:
        column = vbox(self.panel, margins=(SHADOW, SHADOW, SHADOW, SHADOW))
        head = hbox(margins=(20, 12, 10, 10))
        self._title = Label(_("Messages"), "h3")
        head.addWidget(self._title, 1)
        self.read_all = plain(_("Mark all as read"), "check-double-line", size=28)
        self.read_all.clicked.connect(self._read_all)
        head.addWidget(self.read_all)
        column.addLayout(head)
        column.addWidget(Divider())
        self.list = NoticeList(lambda at: when_text(at, self._context.now(), self._context.zone))
        self.list.chosen.connect(self._open)
        self.list.moved.connect(self._follow)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self.list)
        self.list.setAutoFillBackground(False)  # setWidget switches it on
        self._empty = EmptyState(
            _("No messages yet"), _("What rules and checks tell you appears here."), why="all_done"
        )
        self.older = plain(_("Show older ones"), size=30)
        self.older.clicked.connect(self._more)
        for part in (self._scroll, self._empty, self.older):
            column.addWidget(part)

    # What is there

    def look(self) -> None:
        """Ask for the newest messages."""
        self._background.ask_latest("inbox", inbox).then(self._show).otherwise(lambda _error: None)

    def _show(self, found: Inbox) -> None:
        known, self._newest = self._newest, max((row.id for row in found.rows), default=0)
        self._bell.show_unread(found.unread)
        fresh = [row for row in found.rows if row.unread and known is not None and row.id > known]
        if fresh and self.closed:
            self._announce(fresh)
        older = [row for row in self.list.rows if found.rows and row.id < found.rows[-1].id]
        self._fill([*found.rows, *older], found, keep_older=bool(older))

    def _fill(self, rows: list[NoticeRow], found: Inbox, *, keep_older: bool = False) -> None:
        self.list.show_rows(rows)
        if not keep_older:
            self._before = found.before
        self._scroll.setVisible(bool(rows))
        self._empty.setVisible(not rows)
        self.older.setVisible(self._before is not None)
        self.read_all.setVisible(found.unread > 0)
        count = _("{count} unread").format(count=found.unread) if found.unread else ""
        self._title.setText(" · ".join(part for part in (_("Messages"), count) if part))
        self._scroll.setFixedHeight(min(self.list.sizeHint().height(), theme.px(ROW) * MOST_SHOWN))
        if not self.closed:
            self._place()

    def _announce(self, fresh: list[NoticeRow]) -> None:
        text = fresh[0].title
        if len(fresh) > 1:
            text = _("{title} (and {count} more)").format(title=text, count=len(fresh) - 1)
        say.toast(self, text, tone="notice")

    def _more(self) -> None:
        if self._before is not None:
            task = self._background.ask_latest("older", inbox, self._before)
            task.busy(self.older).then(self._add).otherwise(lambda error: say.error(self, error))

    def _add(self, found: Inbox) -> None:
        known = {row.id for row in self.list.rows}
        self._fill([*self.list.rows, *(row for row in found.rows if row.id not in known)], found)

    # Doing

    def _open(self, row: NoticeRow) -> None:
        if row.unread:
            self._background.do(read_notice, row.id).otherwise(lambda _error: self.look())
        kind, _sep, number = row.subject.partition(":")
        if kind in PAGES:
            self.close_it()
            self._context.navigate("settings", page=PAGES[kind])
        elif kind in SCREENS and number.isdigit():
            self.close_it()
            self._context.navigate(SCREENS[kind], int(number))

    def _read_all(self) -> None:
        self._background.do(read_all_notices).busy(self.read_all).then(lambda _count: self.look())

    # Opening and closing

    def toggle(self) -> None:
        """Open it, or close it when it is open."""
        if self.closed:
            self.open()
        else:
            self.close_it()

    def open(self) -> None:
        """Show it under the bell with the keyboard in it."""
        window = self.parentWidget()
        assert window is not None
        self.closed = False
        self.setGeometry(window.rect())
        self._place()
        self.show()
        self.raise_()
        (self.list if self.list.rows else self).setFocus(Qt.FocusReason.PopupFocusReason)
        self.look()

    def close_it(self) -> None:
        """Hide and give the keyboard back to the bell."""
        self.closed = True
        self.hide()
        self._bell.setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_it()
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click beside the panel closes."""
        inside = self.panel.geometry().adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
        if not inside.contains(event.position().toPoint()):
            self.close_it()

    # Look

    def _follow(self) -> None:
        area = self.list.area_of(self.list.index)
        self._scroll.ensureVisible(0, round(area.center().y()), 0, round(area.height()))

    def _place(self) -> None:
        width = min(theme.px(WIDTH), self.width() - 16) + 2 * SHADOW
        self.panel.setFixedWidth(width)
        layout = self.panel.layout()
        assert layout is not None
        layout.activate()
        window = self.parentWidget()
        assert window is not None
        under = self._bell.mapTo(window, QPoint(self._bell.width(), self._bell.height()))
        left = min(under.x() + SHADOW, self.width() - 8 + SHADOW) - width
        self.panel.setGeometry(left, under.y() + 6 - SHADOW, width, layout.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stay under the bell."""
        super().resizeEvent(event)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Paint the panel."""
        if event.type() == QEvent.Type.Paint and watched is self.panel and isinstance(event, QPaintEvent):
            with painting(self.panel) as painter:
                area = QRectF(self.panel.rect()).adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
                soft_shadow(painter, area, 12, SHADOW - 6)
                box(painter, area, 12, theme.color("surface"), theme.color("border_strong"))
        return False
