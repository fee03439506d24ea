"""Colours are readable, stand in one place, and switch live."""

import re
from itertools import product
from pathlib import Path

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from desktop.views.common import fonts, icons
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import primary
from desktop.views.common.labels import Label
from desktop.views.common.theme import theme
from desktop.views.common.tokens import AVATARS, COLORS, EDGE_PAIRS, TEXT_PAIRS

VIEWS = Path(__file__).resolve().parents[3] / "desktop" / "views"
MODES = ("light", "dark")


def brightness(color: QColor) -> float:
    """Relative luminance as WCAG defines it."""
    parts = (color.redF(), color.greenF(), color.blueF())
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours written as #RRGGBB."""
    a, b = sorted((brightness(QColor(one)), brightness(QColor(other))), reverse=True)
    return (a + 0.05) / (b + 0.05)


def test_the_measure_itself() -> None:
    """Black on white is 21, and a pair that is too weak is found weak."""
    assert round(contrast("#000000", "#FFFFFF"), 1) == 21
    assert contrast("#A6A49B", "#FFFFFF") < 4.5


@pytest.mark.parametrize(("mode", "pair"), list(product(range(2), TEXT_PAIRS)))
def test_text_is_readable(mode: int, pair: tuple[str, str]) -> None:
    """Every pair of text and ground reaches 4.5 : 1 in both modes."""
    assert contrast(COLORS[pair[0]][mode], COLORS[pair[1]][mode]) >= 4.5


@pytest.mark.parametrize(("mode", "pair"), list(product(range(2), EDGE_PAIRS)))
def test_edges_and_series_are_visible(mode: int, pair: tuple[str, str]) -> None:
    """Control edges, the focus ring and the first three series reach 3 : 1."""
    assert contrast(COLORS[pair[0]][mode], COLORS[pair[1]][mode]) >= 3


def test_main_text_on_a_card_and_avatars() -> None:
    """Main text on a card reaches 7 : 1; letters on avatars 4.5 : 1."""
    for mode in range(2):
        assert contrast(COLORS["text"][mode], COLORS["surface"][mode]) >= 7
        for tile in AVATARS:
            assert contrast(*tile[mode]) >= 4.5


def test_colours_stand_in_the_tokens_only() -> None:
    """No view writes a colour of its own."""
    own = re.compile(r"""["']#[0-9A-Fa-f]{3,8}["']|QColor\(\s*(\d|["'])|rgba?\(""")
    assert own.search('QColor("red")')
    found = [
        f"{path.relative_to(VIEWS)}:{number}"
        for path in VIEWS.rglob("*.py")
        if path.name != "tokens.py"
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if own.search(line.replace("QColor(0, 0, 0, 0)", ""))  # transparent is no colour
    ]
    assert found == []


def test_the_shipped_fonts_are_used(app: QApplication) -> None:
    """Inter and Noto Sans SC are there, digits have one width."""
    assert {"Inter", "Noto Sans SC"} <= set(fonts.load())
    metrics = theme.metrics("small")
    assert metrics.horizontalAdvance("1111") == pytest.approx(metrics.horizontalAdvance("0000"))


def test_every_icon_named_in_the_views_exists(app: QApplication) -> None:
    """A misspelt icon name is found here and not on the screen."""
    name = re.compile(r'"([a-z0-9]+(?:-[a-z0-9]+)*-(?:line|fill))"')
    used = {match for path in VIEWS.rglob("*.py") for match in name.findall(path.read_text("utf-8"))}
    assert not icons.known("no-such-thing-line")
    assert sorted(icon for icon in used if not icons.known(icon)) == []


def test_switching_repaints_everything(qtbot: QtBot, app: QApplication) -> None:
    """Mode and text size reach labels, painted widgets and fields that are already on screen."""
    label, badge, field, button = (
        Label("Orders", "h1"),
        Badge("To ship", "info", "half"),
        QLineEdit(),
        primary("Ship"),
    )
    for widget in (label, badge, field, button):
        qtbot.addWidget(widget)
        widget.show()
    light = (
        badge.grab().toImage(),
        label.grab().toImage(),
        button.sizeHint(),
        field.palette().base().color(),
    )
    theme.use("dark", 130)
    assert badge.grab().toImage() != light[0]
    assert label.grab().toImage() != light[1]
    assert button.sizeHint().height() == round(34 * 1.3)
    assert label.font().pixelSize() == 26
    assert app.palette().window().color() == QColor(COLORS["page"][1])


def test_an_unknown_system_scheme_means_light(app: QApplication) -> None:
    """Following a system that does not say gives the light mode."""
    theme.use("system")
    assert theme.mode in MODES
    theme.use("light")
    assert theme.mode == "light"


def test_gains_may_be_red(app: QApplication) -> None:
    """A setting flips the two colours; the arrows stay elsewhere."""
    assert theme.gain(True) == "success"
    theme.use(gains_red=True)
    assert theme.gain(True) == "danger"
    assert theme.gain(False) == "success"


def test_markup_is_shown_as_text(qtbot: QtBot, app: QApplication) -> None:
    """A plain Qt label shows markup as letters; 18 nested tables cost nothing."""
    evil = "<table><tr><td>" * 18 + "<img src=/dev/zero>"
    label = QLabel(evil)
    qtbot.addWidget(label)
    label.show()
    assert label.textFormat() == label.textFormat().PlainText
