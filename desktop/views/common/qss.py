"""The one style sheet, built from the tokens, for the standard widgets that are not painted by us."""

from string import Template
from typing import TYPE_CHECKING

from desktop.views.common.tokens import COLORS

if TYPE_CHECKING:
    from desktop.views.common.theme import Theme

_SHEET = Template("""
QToolTip { background: $toast; color: $on_dark; border: 0; border-radius: 6px; padding: 5px 8px; }
QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox {
  background: $surface; color: $text; border: 1px solid $border_input; border-radius: 8px;
  padding: 0 ${p8}px; selection-background-color: $primary; selection-color: $on_primary; }
QLineEdit { min-height: ${h32}px; max-height: ${h32}px; }
QPlainTextEdit, QTextEdit { padding: ${p6}px ${p6}px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QAbstractSpinBox:focus {
  border: 2px solid $focus; padding: 0 ${p7}px; }
QLineEdit:focus { min-height: ${h30}px; max-height: ${h30}px; }
QPlainTextEdit:focus, QTextEdit:focus { padding: ${p5}px ${p5}px; }
QLineEdit[bad="true"], QPlainTextEdit[bad="true"], QAbstractSpinBox[bad="true"] {
  border: 2px solid $danger; padding: 0 ${p7}px; }
QLineEdit[bad="true"] { min-height: ${h30}px; max-height: ${h30}px; }
QLineEdit:disabled, QPlainTextEdit:disabled, QAbstractSpinBox:disabled {
  background: $sunken; color: $disabled; border: 1px solid $border; }
QLineEdit[bare="true"] { border: 0; background: transparent; padding: 0; }
QLineEdit[bare="true"]:focus { border: 0; padding: 0; }
QLineEdit[inline="true"] { min-height: ${i28}px; max-height: ${i28}px; }
QLineEdit[inline="true"]:focus, QLineEdit[inline="true"][bad="true"] { min-height: ${i26}px; max-height: ${i26}px; }
QComboBox { background: $surface; color: $text; border: 1px solid $border_input; border-radius: 8px;
  padding: 0 ${p30}px 0 ${p8}px; min-height: ${h32}px; max-height: ${h32}px; }
QComboBox:focus, QComboBox:on { border: 2px solid $focus; padding: 0 ${p29}px 0 ${p7}px;
  min-height: ${h30}px; max-height: ${h30}px; }
QComboBox:disabled { background: $sunken; color: $disabled; border: 1px solid $border; }
QComboBox[inline="true"] { min-height: ${i28}px; max-height: ${i28}px; padding: 0 ${p24}px 0 ${p8}px; }
QComboBox[inline="true"]:focus, QComboBox[inline="true"]:on {
  min-height: ${i26}px; max-height: ${i26}px; padding: 0 ${p23}px 0 ${p7}px; }
QComboBox[bad="true"] { border: 2px solid $danger; }
QComboBox::drop-down { border: 0; width: 0; }
QComboBox::down-arrow { image: none; }
QComboBox QAbstractItemView { background: $surface; color: $text; border: 1px solid $border_strong;
  border-radius: 8px; padding: 4px; outline: 0; selection-background-color: $selected; selection-color: $text; }
QComboBox QAbstractItemView::item { min-height: ${h32}px; padding: 0 8px; border-radius: 6px; }
QDateEdit::drop-down { border: 0; width: ${p28}px; background: transparent; }
QDateEdit::down-arrow { image: none; }
QMenu { background: $surface; color: $text; border: 1px solid $border_strong; border-radius: 10px; padding: 6px; }
QMenu::item { padding: ${p7}px ${p28}px ${p7}px 12px; border-radius: 6px; }
QMenu::item:selected { background: $hover; }
QMenu::item:disabled { color: $disabled; }
QMenu::icon { padding-left: 8px; }
QMenu::separator { height: 1px; background: $divider; margin: 5px 8px; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $border_strong; border-radius: 3px; }
QScrollBar::handle:vertical { min-height: 36px; margin: 2px 2px 2px 2px; }
QScrollBar::handle:horizontal { min-width: 36px; margin: 2px 2px 2px 2px; }
QScrollBar::handle:hover { background: $border_input; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QScrollArea { background: transparent; border: 0; }
QAbstractItemView { background: $surface; color: $text; border: 0; outline: 0;
  selection-background-color: $selected; selection-color: $text; }
QHeaderView { background: transparent; border: 0; }
QTableCornerButton::section { background: $subtle; border: 0; }
QSplitter::handle { background: transparent; }
QCalendarWidget QWidget { alternate-background-color: $subtle; }
QCalendarWidget QAbstractItemView:enabled { background: $surface; color: $text;
  selection-background-color: $primary; selection-color: $on_primary; }
QCalendarWidget QToolButton { background: transparent; color: $text; border: 0; padding: 4px 8px; }
QProgressBar { background: $sunken; border: 0; border-radius: 4px; min-height: 8px; max-height: 8px; }
QProgressBar::chunk { background: $primary; border-radius: 4px; }
""")


def build(theme: "Theme") -> str:
    """Return the style sheet of the theme's present mode and text size."""
    values = {token: theme.hex(token) for token in COLORS}
    values.update({f"p{n}": str(theme.px(n)) for n in (5, 6, 7, 8, 9, 10, 11, 23, 24, 28, 29, 30)})
    values.update({f"h{n}": str(theme.px(n + 2) - 2 if n == 32 else theme.px(n + 4) - 4) for n in (30, 32)})
    values.update({"i28": str(theme.px(30) - 2), "i26": str(theme.px(30) - 4)})  # fields inside a sentence
    return _SHEET.substitute(values)
