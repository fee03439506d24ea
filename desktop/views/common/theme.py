"""The one theme: colours, fonts and sizes of the moment, switched live everywhere."""

from functools import cache

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QWidget

from desktop.views.common import fonts, qss
from desktop.views.common.tokens import AVATARS, COLORS, TEXT_SIZES, TYPE, Mode


class Finish(QObject):
    """Finishes every widget as it first appears: labels show plain text, never markup; menus get round corners.

    It reaches into message boxes and tooltips too.
    """

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Polish:
            return False
        if isinstance(watched, QLabel):
            if watched.textFormat() == Qt.TextFormat.AutoText:
                watched.setTextFormat(Qt.TextFormat.PlainText)
        elif isinstance(watched, QMenu):
            watched.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        return False


def _parse(text: str) -> QColor:
    """Read #RRGGBB or #RRGGBBAA (Qt itself reads alpha first)."""
    color = QColor(text[:7])
    if len(text) == 9:
        color.setAlpha(int(text[7:], 16))
    return color


class Theme(QObject):
    """Current mode, text size and gain colours; `changed` is emitted after everything was re-applied."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.choice = "light"
        self.mode: Mode = "light"
        self.text_size = 100
        self.gains_red = False
        self.reduce_motion = False
        self._colors: dict[str, QColor] = {}
        self._fonts: dict[str, QFont] = {}
        self._metrics: dict[str, QFontMetricsF] = {}
        self._filter: Finish | None = None

    # Reading

    def color(self, token: str) -> QColor:
        """Return the colour of a token in the current mode."""
        found = self._colors.get(token)
        if found is None:
            found = _parse(COLORS[token][self.mode == "dark"])
            self._colors[token] = found
        return found

    def hex(self, token: str) -> str:
        """Return a token as #RRGGBB."""
        return self.color(token).name()

    def tone(self, tone: str) -> tuple[QColor, QColor, QColor]:
        """Return main, background and text colour of a tone such as "warn" or "primary"."""
        if tone == "primary":
            return self.color("primary"), self.color("primary_subtle"), self.color("primary_text")
        return self.color(tone), self.color(f"{tone}_bg"), self.color(f"{tone}_fg")

    def gain(self, up: bool) -> str:
        """Return the tone of a gain or a loss, honouring the red-for-gains setting."""
        return "success" if up != self.gains_red else "danger"

    def avatar(self, name: str) -> tuple[QColor, QColor]:
        """Return background and letter colour for a person's tile."""
        pair = AVATARS[sum(map(ord, name)) % len(AVATARS)][self.mode == "dark"]
        return QColor(pair[0]), QColor(pair[1])

    def px(self, size: float) -> int:
        """Scale a length in logical px by the text size setting."""
        return round(size * self.text_size / 100)

    def font(self, style: str) -> QFont:
        """Return the font of a type style, scaled by the text size setting."""
        found = self._fonts.get(style)
        if found is None:
            found = self._fonts[style] = fonts.make(style, self.text_size)
        return found

    def metrics(self, style: str) -> QFontMetricsF:
        """Return cached metrics of a type style."""
        found = self._metrics.get(style)
        if found is None:
            found = self._metrics[style] = QFontMetricsF(self.font(style))
        return found

    def line(self, style: str) -> int:
        """Return the line height of a type style in px."""
        return self.px(TYPE[style][1])

    # Changing

    def use(
        self,
        choice: str | None = None,
        text_size: int | None = None,
        *,
        gains_red: bool | None = None,
        reduce_motion: bool | None = None,
    ) -> None:
        """Switch "light", "dark" or "system", text size (100, 115, 130) and settings, and re-apply everywhere."""
        if choice is not None:
            self.choice = choice
        if text_size is not None:
            self.text_size = text_size if text_size in TEXT_SIZES else 100
        if gains_red is not None:
            self.gains_red = gains_red
        if reduce_motion is not None:
            self.reduce_motion = reduce_motion
        self.mode = self._resolve()
        self._colors.clear()
        self._fonts.clear()
        self._metrics.clear()
        self.apply()

    def _resolve(self) -> Mode:
        if self.choice == "dark":
            return "dark"
        if self.choice == "system" and QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark:
            return "dark"
        return "light"

    def install(self, app: QApplication) -> None:
        """Load fonts, set Fusion, plain labels and the first look; call once before the first window."""
        from desktop.views.common import icons  # it needs the theme itself

        fonts.load()
        icons.load()
        app.setStyle("Fusion")
        if self._filter is None:
            self._filter = Finish(self)
            app.installEventFilter(self._filter)
            app.styleHints().colorSchemeChanged.connect(self._system_changed)
        self.use()

    def _system_changed(self) -> None:
        if self.choice == "system":
            self.use()

    def apply(self) -> None:
        """Set palette, font and style sheet on the application and tell every painted widget."""
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.setPalette(self.palette())
            app.setFont(self.font("small"))
            app.setStyleSheet(qss.build(self))
        self.changed.emit()
        if isinstance(app, QApplication):
            for window in app.topLevelWidgets():
                _repaint(window)

    def palette(self) -> QPalette:
        """Build the palette of the current mode."""
        palette = QPalette()
        roles = QPalette.ColorRole
        plain = {
            roles.Window: "page",
            roles.WindowText: "text",
            roles.Base: "surface",
            roles.AlternateBase: "subtle",
            roles.Text: "text",
            roles.Button: "surface",
            roles.ButtonText: "text",
            roles.BrightText: "on_primary",
            roles.Highlight: "primary",
            roles.HighlightedText: "on_primary",
            roles.Link: "primary_text",
            roles.LinkVisited: "primary_text",
            roles.PlaceholderText: "text3",
            roles.ToolTipBase: "toast",
            roles.ToolTipText: "on_dark",
            roles.Accent: "primary",
            roles.Mid: "border",
        }
        for role, token in plain.items():
            palette.setColor(role, self.color(token))
        for role in (roles.WindowText, roles.Text, roles.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.color("disabled"))
        return palette


def _repaint(widget: QWidget) -> None:
    widget.update()
    for child in widget.findChildren(QWidget):
        child.update()


@cache
def _only() -> Theme:
    return Theme()


theme = _only()
