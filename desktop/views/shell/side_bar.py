"""The bar at the side: the shop, its screens with what waits in each, and the kiosks."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from desktop.basics.i18n import _
from desktop.views.common import icons
from desktop.views.common.badges import count_width, draw_count
from desktop.views.common.cards import vbox
from desktop.views.common.focus_ring import ring_on_focus
from desktop.views.common.labels import Label
from desktop.views.common.paint import box, draw_text, painting, repaint_on_change, text_width
from desktop.views.common.theme import theme
from desktop.views.shell.screens import GROUPS, Entry

WIDE, NARROW = 216, 60


class NavItem(QAbstractButton):
    """One screen in the side bar."""

    def __init__(self, entry: Entry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.entry = entry
        self.count = 0
        self.folded = False
        self._hover = False
        self.setText(_(entry.words))
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._name_it()
        repaint_on_change(self)

    def show_count(self, count: int) -> None:
        """Show how much waits there; zero shows nothing."""
        if count != self.count:
            self.count = count
            self._name_it()
            self.update()

    def fold(self, folded: bool) -> None:
        """Show only the icon."""
        self.folded = folded
        self._name_it()
        self.update()

    def _name_it(self) -> None:
        self.setAccessibleName(f"{self.text()} {self.count}" if self.count else self.text())
        self.setToolTip(self.text() if self.folded else "")

    def sizeHint(self) -> QSize:
        """34 px high."""
        return QSize(theme.px(NARROW - 24), theme.px(34))

    def enterEvent(self, event: QEnterEvent) -> None:
        """Light up."""
        self._hover = True
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """Calm down."""
        self._hover = False
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw icon, word and count."""
        with painting(self) as painter:
            area = QRectF(self.rect())
            here = self.isChecked()
            if here:
                box(painter, area, 8, theme.color("surface"), theme.color("border_strong"))
            elif self._hover:
                box(painter, area, 8, theme.color("sunken"))
            ink = theme.color("primary" if here else "text2")
            name = f"{self.entry.icon}-{'fill' if here else 'line'}"
            size = theme.px(18)
            if self.folded:
                icons.draw(painter, area, name, ink, size)
                self._draw_dot(painter, area)
                return
            icons.draw(painter, QRectF(theme.px(10), 0, size, area.height()), name, ink, size)
            left = theme.px(38)
            style, color = ("h3", "text") if here else ("body_m", "text2")
            room = QRectF(left, 0, area.width() - left - theme.px(50), area.height())
            draw_text(painter, room, self.text(), style, theme.color(color))
            self._draw_count(painter, area, here)

    def _draw_dot(self, painter: QPainter, area: QRectF) -> None:
        if self.count:
            box(painter, QRectF(area.right() - theme.px(10), theme.px(6), 6, 6), 3, theme.color("primary"))

    def _draw_count(self, painter: QPainter, area: QRectF, here: bool) -> None:
        if not self.count:
            return
        text = str(self.count) if self.count < 1000 else "999+"
        if here:
            width = count_width(text)
            draw_count(painter, area.right() - width - theme.px(10), area.height() / 2, text, "primary")
        else:
            room = QRectF(area.left(), 0, area.width() - theme.px(16), area.height())
            draw_text(painter, room, text, "cap_b", theme.color("text2"), "right")


class ShopTile(QWidget):
    """The shop's name and branch."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.branch, self.folded = "", "", False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        repaint_on_change(self)

    def show_shop(self, name: str, branch: str) -> None:
        """Show whose shop this is."""
        self.name, self.branch = name, branch
        self.setAccessibleName(f"{name} {branch}")
        self.setToolTip(f"{name}\n{branch}".strip())
        self.update()

    def sizeHint(self) -> QSize:
        """50 px high."""
        return QSize(theme.px(36), theme.px(50))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        with painting(self) as painter:
            area = QRectF(self.rect())
            size = theme.px(34)
            if not self.folded:
                edge = theme.color("border_strong" if theme.mode == "light" else "border")
                box(painter, area, 10, edge)
                box(painter, area.adjusted(0, 0, 0, -1), 10, theme.color("surface"), theme.color("border"))
            left = (area.width() - size) / 2 if self.folded else theme.px(8)
            tile = QRectF(left, (area.height() - size) / 2, size, size)
            box(painter, tile, 8, theme.color("primary_subtle"))
            icons.draw(painter, tile, "store-2-line", "primary", theme.px(17))
            if self.folded:
                return
            left = tile.right() + theme.px(10)
            width = area.width() - left - theme.px(8)
            single = not self.branch
            name = QRectF(
                left, 0 if single else theme.px(5), width, area.height() if single else theme.px(20)
            )
            draw_text(painter, name, self.name, "small_b", theme.color("text"))
            if not single:
                under = QRectF(left, theme.px(25), width, theme.px(18))
                draw_text(painter, under, self.branch, "cap", theme.color("text2"))


class KioskTile(QWidget):
    """How many kiosks are running and what they sold today."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.online, self.orders, self.folded = 0, 0, False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setVisible(False)
        repaint_on_change(self)

    def show_kiosks(self, online: int, orders: int) -> None:
        """Show them; none running shows nothing."""
        self.online, self.orders = online, orders
        self.setVisible(online > 0)
        self.setAccessibleName(f"{_('Self-checkout')} {self.words()}")
        self.setToolTip(self.words() if self.folded else "")
        self.update()

    def words(self) -> str:
        """`2 台在线 · 今日 38 单`."""
        return _("{count} online · {orders} orders today").format(count=self.online, orders=self.orders)

    def sizeHint(self) -> QSize:
        """56 px high."""
        return QSize(theme.px(36), theme.px(56))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the card."""
        with painting(self) as painter:
            area = QRectF(self.rect())
            box(painter, area, 10, None, theme.color("border_strong"))
            dot = theme.px(8)
            if self.folded:
                icons.draw(painter, area, "device-line", "text2", theme.px(17))
                box(painter, QRectF(area.right() - dot - 5, 6, dot, dot), dot / 2, theme.color("success"))
                return
            spot = QRectF(theme.px(10), theme.px(9), theme.px(20), theme.px(20))
            icons.draw(painter, spot, "device-line", "text2", theme.px(16))
            left = theme.px(38)
            width = area.width() - left - theme.px(26)
            draw_text(
                painter, QRectF(left, theme.px(8), width, theme.px(20)), _("Self-checkout"), "small_b",
                theme.color("text"),
            )  # fmt: skip
            under = QRectF(left, theme.px(28), area.width() - left - theme.px(6), theme.px(18))
            draw_text(painter, under, self.words(), "cap", theme.color("text2"))
            spot = QRectF(area.right() - dot - theme.px(12), theme.px(14), dot, dot)
            box(painter, spot, dot / 2, theme.color("success"))


class SideBar(QWidget):
    """Shop card, groups of screens, kiosks; folds to icons."""

    picked = Signal(str)

    def __init__(self, entries: Sequence[Entry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.folded = False
        column = vbox(self, margins=(12, 10, 12, 12), gap=2)
        self.shop = ShopTile()
        column.addWidget(self.shop)
        column.addSpacing(10)
        self.items: dict[str, NavItem] = {}
        self._titles: list[Label] = []
        group = ""
        for entry in entries:
            if entry.group != group:
                group = entry.group
                title = Label(_(GROUPS[group]), "micro", "text2")
                title.setContentsMargins(12, 10, 0, 6)
                self._titles.append(title)
                column.addWidget(title)
            item = self.items[entry.key] = NavItem(entry)
            item.clicked.connect(lambda _on, key=entry.key: self.picked.emit(key))
            column.addWidget(item)
        column.addStretch(1)
        self.kiosks = KioskTile()
        column.addWidget(self.kiosks)
        theme.changed.connect(self._resize)
        self._resize()

    def show_screen(self, key: str) -> None:
        """Mark the screen that is open."""
        if key in self.items:
            self.items[key].setChecked(True)

    def show_count(self, key: str, count: int) -> None:
        """Say how much waits in a screen."""
        if key in self.items:
            self.items[key].show_count(count)

    def fold(self, folded: bool) -> None:
        """Fold to icons, or open."""
        if folded == self.folded:
            return
        self.folded = folded
        for item in self.items.values():
            item.fold(folded)
        for title in self._titles:
            title.setVisible(not folded)
        self.shop.folded = self.kiosks.folded = folded
        self._resize()

    def _resize(self) -> None:
        self.setFixedWidth(theme.px(NARROW if self.folded else WIDE))
        longest = max((text_width("h3", item.text()) for item in self.items.values()), default=0.0)
        if not self.folded and longest > theme.px(WIDE - 24 - 38 - 50):
            self.setFixedWidth(round(longest) + theme.px(24 + 38 + 50))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill with the window's ground."""
        with painting(self) as painter:
            painter.fillRect(self.rect(), theme.color("canvas"))
