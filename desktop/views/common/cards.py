"""Cards, dividers and the rows that stand in them."""

from PySide6.QtCore import QChildEvent, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QPainterPath, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop.views.common import icons
from desktop.views.common.labels import Label
from desktop.views.common.paint import box, hairline, painting, repaint_on_change
from desktop.views.common.theme import theme


def vbox(
    parent: QWidget | None = None, *, margins: tuple[int, int, int, int] = (0, 0, 0, 0), gap: int = 0
) -> QVBoxLayout:
    """Make a vertical layout with left, top, right, bottom margins and a gap."""
    layout = QVBoxLayout(parent) if parent is not None else QVBoxLayout()
    layout.setContentsMargins(*margins)
    layout.setSpacing(gap)
    return layout


def hbox(
    parent: QWidget | None = None, *, margins: tuple[int, int, int, int] = (0, 0, 0, 0), gap: int = 8
) -> QHBoxLayout:
    """Make a horizontal layout with left, top, right, bottom margins and a gap."""
    layout = QHBoxLayout(parent) if parent is not None else QHBoxLayout()
    layout.setContentsMargins(*margins)
    layout.setSpacing(gap)
    return layout


def clear(layout: QLayout) -> None:
    """Remove and delete everything a layout holds."""
    while (item := layout.takeAt(0)) is not None:
        inner, widget = item.layout(), item.widget()
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif inner is not None:
            clear(inner)


class _Corners(QWidget):
    """Lies over a flush card and rounds off what stands in its corners."""

    def __init__(self, card: QWidget, ground: str) -> None:
        super().__init__(card)
        self._ground = ground
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        area = QRectF(self.rect())
        outside, inside, upper = QPainterPath(), QPainterPath(), QPainterPath()
        outside.addRect(area)
        inside.addRoundedRect(area, 10, 10)
        upper.addRoundedRect(area.adjusted(0, 0, 0, -1), 10, 10)
        with painting(self) as painter:
            painter.fillPath(outside.subtracted(inside), theme.color(self._ground))
            edge = theme.color("border_strong" if theme.mode == "light" else "border")
            painter.fillPath(inside.subtracted(upper), edge)
            box(painter, area.adjusted(0, 0, 0, -1), 10, None, theme.color("border"))


class Card(QFrame):
    """A surface with a 1 px border and a darker bottom edge; `body` is its layout.

    `flush` lets a table reach the edges: its square corners are covered with `ground`, the token behind the card.
    """

    def __init__(
        self,
        *,
        margins: tuple[int, int, int, int] = (16, 16, 16, 16),
        gap: int = 0,
        fill: str = "surface",
        flush: bool = False,
        ground: str = "page",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._fill = fill
        self.body = vbox(self, margins=(1, 1, 1, 2) if flush else margins, gap=gap)
        self._corners = _Corners(self, ground) if flush else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._corners is not None:
            self._corners.setGeometry(self.rect())
            self._corners.raise_()

    def childEvent(self, event: QChildEvent) -> None:
        super().childEvent(event)
        corners = getattr(self, "_corners", None)
        if corners is not None and event.type() == QEvent.Type.ChildAdded:
            corners.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            area = QRectF(self.rect())
            edge = theme.color("border_strong" if theme.mode == "light" else "border")
            box(painter, area, 10, edge)
            box(painter, area.adjusted(0, 0, 0, -1), 10, theme.color(self._fill), theme.color("border"))


class NestedCard(QFrame):
    """A quieter box inside a card."""

    def __init__(
        self,
        *,
        fill: str = "subtle",
        border: str = "border",
        margins: tuple[int, int, int, int] = (12, 12, 12, 12),
        gap: int = 6,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._fill, self._border = fill, border
        self.body = vbox(self, margins=margins, gap=gap)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            border = theme.color(self._border) if self._border else None
            box(painter, QRectF(self.rect()), 8, theme.color(self._fill), border)


class Divider(QWidget):
    """A hairline, horizontal unless told."""

    def __init__(
        self, *, vertical: bool = False, token: str = "divider", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._vertical, self._token = vertical, token
        if vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            hairline(painter, 0, 0, self.width(), self.height(), theme.color(self._token))


class CardHead(QWidget):
    """A card's title with a hint beside it and actions at right (`add`)."""

    def __init__(
        self, title: str, hint: str = "", *, style: str = "h3", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._row = hbox(self, gap=10)
        self.title = Label(title, style)
        self.hint = Label(hint, "cap", "text2")
        self._row.addWidget(self.title)
        self._row.addWidget(self.hint)
        self._row.addStretch(1)
        self.hint.setVisible(bool(hint))

    def say(self, title: str | None = None, hint: str | None = None) -> None:
        """Change title or hint."""
        if title is not None:
            self.title.setText(title)
        if hint is not None:
            self.hint.setText(hint)
            self.hint.setVisible(bool(hint))

    def add(self, *widgets: QWidget) -> None:
        """Put actions at the right end."""
        for widget in widgets:
            self._row.addWidget(widget)


class IconTile(QWidget):
    """A rounded tile with an icon in a tone, as in to-do lists and dialogs."""

    def __init__(
        self,
        icon: str,
        tone: str = "neutral",
        size: int = 34,
        *,
        brand: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._icon, self._tone, self._size, self._brand = icon, tone, size, brand
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        repaint_on_change(self)

    def show_icon(self, icon: str, tone: str) -> None:
        """Show another icon."""
        self._icon, self._tone = icon, tone
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self._size), theme.px(self._size))

    def paintEvent(self, event: QPaintEvent) -> None:
        _main, fill, ink = theme.tone(self._tone)
        if self._brand:
            fill, ink = theme.color(self._brand), theme.color("on_brand")
        with painting(self) as painter:
            box(painter, QRectF(self.rect()), 8 if self._size >= 28 else 6, fill)
            icons.draw(painter, QRectF(self.rect()), self._icon, ink, round(theme.px(self._size) * 0.5))


class TwoLines(QWidget):
    """A title with a caption under it, both cut with … when narrow, or wrapped."""

    def __init__(
        self,
        title: str,
        caption: str = "",
        *,
        style: str = "small_m",
        caption_color: str = "text2",
        wrap: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        column = vbox(self)
        self.title = Label(title, style, wrap=wrap)
        self.caption = Label(caption, "cap", caption_color, wrap=wrap)
        if not caption:
            self.caption.hide()
        column.addWidget(self.title)
        column.addWidget(self.caption)

    def say(self, title: str, caption: str = "") -> None:
        """Change both lines."""
        self.title.setText(title)
        self.caption.setText(caption)
        self.caption.setVisible(bool(caption))


class Facts(QWidget):
    """Rows of a word at left and its value at right, such as a sum of money."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = vbox(self, gap=4)

    def show_rows(self, rows: list[tuple[str, str, str]]) -> None:
        """Show (word, value, tone); tone "" is plain, "strong" is the total, others colour the value."""
        clear(self._column)
        for word, value, tone in rows:
            strong = tone == "strong"
            line = hbox()
            line.addWidget(Label(word, "small_b" if strong else "small", "text" if strong else "text2"))
            line.addStretch(1)
            color = "text" if tone in ("", "strong") else f"{tone}_fg"
            line.addWidget(Label(value, "h3" if strong else "small_m", color, align="right"))
            self._column.addLayout(line)
