"""Where one is in the wizard: four steps in a row."""

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.basics.i18n import _
from desktop.views.common import icons
from desktop.views.common.paint import box, draw_text, painting, repaint_on_change, text_width
from desktop.views.common.theme import theme
from desktop.views.imports.words import STEPS


class StepRail(QWidget):
    """Past steps ticked, the present one filled, later ones hollow."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        repaint_on_change(self)
        self.show_step(0)

    def show_step(self, step: int) -> None:
        """Mark the step one is at."""
        self._step = step
        words = _("Step {number} of {all}: {name}").format(
            number=step + 1, all=len(STEPS), name=_(STEPS[step])
        )
        self.setAccessibleName(words)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(520), theme.px(34))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            x, middle, size = 0.0, self.height() / 2, theme.px(24)
            for number, name in enumerate(STEPS):
                mark = QRectF(x, middle - size / 2, size, size)
                if number > self._step:
                    box(painter, mark, size / 2, None, theme.color("border_input"), 1.4)
                    draw_text(painter, mark, str(number + 1), "cap_b", theme.color("text2"), "center")
                else:
                    box(painter, mark, size / 2, theme.color("primary"))
                    if number < self._step:
                        icons.draw(painter, mark, "check-line", "on_primary", theme.px(14))
                    else:
                        draw_text(
                            painter, mark, str(number + 1), "cap_b", theme.color("on_primary"), "center"
                        )
                style = "small_b" if number == self._step else "small"
                text = QRectF(mark.right() + theme.px(8), 0, theme.px(200), self.height())
                draw_text(
                    painter, text, _(name), style, theme.color("text" if number <= self._step else "text2")
                )
                x = text.left() + text_width(style, _(name)) + theme.px(14)
                if number + 1 < len(STEPS):
                    painter.fillRect(QRectF(x, middle, theme.px(36), 1), theme.color("border_strong"))
                    x += theme.px(50)
