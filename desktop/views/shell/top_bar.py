"""The bar at the top: seal, command field, whether all is saved, language, light or dark, and who works."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QWidget

from desktop.basics.i18n import _, language
from desktop.views.common import icons
from desktop.views.common.avatar import draw_avatar
from desktop.views.common.buttons import Button, icon_button
from desktop.views.common.cards import Divider, hbox
from desktop.views.common.focus_ring import ring_on_focus
from desktop.views.common.labels import Label
from desktop.views.common.paint import (
    box,
    draw_key_cap,
    draw_text,
    elide,
    key_cap_width,
    painting,
    repaint_on_change,
    text_width,
)
from desktop.views.common.seal import Seal
from desktop.views.common.theme import theme
from desktop.views.shell.bell import Bell

HEIGHT = 52
FIELD = 480
LANGUAGE_MARKS = {"zh_CN": "中", "en": "EN"}


class CommandField(QAbstractButton):
    """Looks like a search field and opens the palette."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setText(_("Search orders, goods, members, or type a command"))
        self.setAccessibleName(self.text())
        self.setCursor(Qt.CursorShape.IBeamCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        repaint_on_change(self)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the field with its key caps."""
        with painting(self) as painter:
            area = QRectF(self.rect())
            box(painter, area, 8, theme.color("surface"), theme.color("border_strong"))
            spot = QRectF(theme.px(11), 0, theme.px(16), area.height())
            icons.draw(painter, spot, "search-line", "text3", theme.px(16))
            cap = key_cap_width("Ctrl K")
            room = QRectF(theme.px(35), 0, area.width() - theme.px(47) - cap, area.height())
            draw_text(painter, room, self.text(), "small", theme.color("text2"))
            key = QRectF(area.right() - cap - theme.px(6), 0, cap, area.height())
            draw_key_cap(
                painter, key, "Ctrl K", theme.color("sunken"), theme.color("border"), theme.color("text2")
            )


class SyncState(QWidget):
    """Whether the database answers, in an icon and two words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.well = True
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._say()
        repaint_on_change(self)

    def show_state(self, well: bool) -> None:
        """Show whether the database was reached."""
        self.well = well
        self._say()
        self.updateGeometry()
        self.update()

    def _say(self) -> None:
        self.text = _("In sync") if self.well else _("Database unreachable")
        told = _("The database answers; other tills’ changes show within 3 seconds.")
        away = _("The database doesn’t answer. Nothing is lost; it is tried again every second.")
        self.setToolTip(told if self.well else away)
        self.setAccessibleName(self.text)

    def sizeHint(self) -> QSize:
        """Room for icon and words."""
        return QSize(round(text_width("small", self.text)) + theme.px(24), theme.px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw icon and words."""
        with painting(self) as painter:
            spot = QRectF(0, 0, theme.px(16), self.height())
            name, tone = (
                ("checkbox-circle-line", "success") if self.well else ("error-warning-line", "danger")
            )
            icons.draw(painter, spot, name, tone, theme.px(15))
            room = QRectF(theme.px(21), 0, self.width(), self.height())
            draw_text(painter, room, self.text, "small", theme.color("text2" if self.well else "danger_fg"))


class LanguageButton(Button):
    """A small framed button with the sign of the language."""

    def __init__(self, parent: QWidget | None = None) -> None:
        mark = LANGUAGE_MARKS.get(language(), language().upper()[:2])
        super().__init__(mark, "secondary", size=22, tip=_("Language"), parent=parent)
        self.setAccessibleName(_("Language"))

    def _style(self) -> str:
        return "cap_b"

    def _padding(self) -> int:
        return theme.px(8)


class UserButton(QAbstractButton):
    """The person at the till; opens the menu."""

    def __init__(self, name: str, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._role = name, role
        self._hover = False
        self.setAccessibleName(f"{name} {role}")
        self.setToolTip(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        repaint_on_change(self)

    def sizeHint(self) -> QSize:
        """Room for tile, name and role."""
        words = max(text_width("small_b", self._name), text_width("micro", self._role))
        return QSize(round(min(words, theme.px(150))) + theme.px(50), theme.px(44))

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
        """Draw tile, name and role."""
        with painting(self) as painter:
            area = QRectF(self.rect())
            if self._hover or self.isDown():
                box(painter, area, 8, theme.color("hover"))
            size = theme.px(30)
            tile = QRectF(theme.px(4), (area.height() - size) / 2, size, size)
            draw_avatar(painter, tile, self._name)
            left = tile.right() + theme.px(10)
            half, width = area.height() / 2, area.width() - left - theme.px(4)
            name = QRectF(left, half - theme.px(18), width, theme.px(18))
            draw_text(painter, name, elide("small_b", self._name, width), "small_b", theme.color("text"))
            role = QRectF(left, half, width, theme.px(15))
            draw_text(painter, role, elide("micro", self._role, width), "micro", theme.color("text2"))


class TopBar(QWidget):
    """The whole bar; the command field stays in the window's middle while there is room."""

    palette_wanted = Signal()
    language_wanted = Signal()
    mode_wanted = Signal()
    menu_wanted = Signal(QPoint)

    def __init__(self, name: str, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._restyle()
        row = hbox(self, margins=(16, 0, 12, 0), gap=10)
        self._seal = Seal(30)
        row.addWidget(self._seal)
        row.addWidget(Label(_("Zhanggui"), "h2"))
        row.addStretch(1)
        self.sync = SyncState()
        self.language = LanguageButton()
        self.mode = icon_button("moon-line", _("Light or dark"), size=30)
        self.bell = Bell()
        self.user = UserButton(name, role)
        line = Divider(vertical=True, token="border_strong")
        line.setFixedHeight(theme.px(20))
        row.addWidget(self.sync)
        row.addSpacing(8)
        for part in (self.language, self.mode, self.bell, line, self.user):
            row.addWidget(part)
        self.field = CommandField(self)
        self.field.clicked.connect(self.palette_wanted)
        self.language.clicked.connect(self.language_wanted)
        self.mode.clicked.connect(self.mode_wanted)
        self.user.clicked.connect(self._open_menu)
        theme.changed.connect(self._restyle)
        self.show_mode()

    def _restyle(self) -> None:
        self.setFixedHeight(theme.px(HEIGHT))

    def show_mode(self) -> None:
        """Show what a press on the mode button leads to."""
        self.mode.set_icon("sun-line" if theme.mode == "dark" else "moon-line")

    def _open_menu(self) -> None:
        self.menu_wanted.emit(self.user.mapToGlobal(QPoint(self.user.width(), self.user.height() + 4)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the command field between the name and the tools at right."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        left = theme.px(150)
        right = self.sync.x() - theme.px(16) if self.sync.x() > left else self.width() - theme.px(420)
        width = max(theme.px(200), min(theme.px(FIELD), right - left))
        x = min(max(left, (self.width() - width) // 2), max(left, right - width))
        height = theme.px(34)
        self.field.setGeometry(x, (self.height() - height) // 2, width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fill with the window's ground."""
        with painting(self) as painter:
            painter.fillRect(self.rect(), theme.color("canvas"))


def person_menu(parent: QWidget, entries: list[tuple[str, str, object]]) -> QMenu:
    """A menu of (words, icon, callback); an empty word is a line between."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for words, icon, run in entries:
        if not words:
            menu.addSeparator()
            continue
        action = menu.addAction(icons.icon(icon, "text2", 16), words)
        action.triggered.connect(run)
    return menu
