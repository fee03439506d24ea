"""A key figure is never cut: it gets smaller, and the trend makes room for its words."""

import pytest
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from desktop.views.common import kpi, paint
from desktop.views.common.kpi import KpiCard, KpiStrip, StripItem
from desktop.views.common.paint import elide, fitting, text_width

pytestmark = pytest.mark.usefixtures("english")
SPENT = "¥16,842.30"


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every line of text as it is painted, after it was cut."""
    lines: list[str] = []

    def note(painter: QPainter, rect, text: str, style: str, *rest) -> float:
        lines.append(elide(style, text, rect.width()))
        return paint.draw_text(painter, rect, text, style, *rest)

    monkeypatch.setattr(kpi, "draw_text", note)
    return lines


def test_the_largest_style_that_fits_is_taken() -> None:
    wide, narrow = text_width("number_s", SPENT), text_width("h2", SPENT)
    assert fitting(SPENT, wide, "number_s", "h1", "h2") == "number_s"
    assert fitting(SPENT, narrow, "number_s", "h1", "h2") == "h2"
    assert fitting(SPENT, 3, "number_s", "h1", "h2") == "h2"


@pytest.mark.parametrize("width", [900, 640, 520])
def test_a_strip_in_a_narrow_window_shows_every_number_whole(
    window: QWidget, drawn: list[str], width: int
) -> None:
    items = [
        StripItem(label, SPENT, "", "worth ¥12.00")
        for label in ("Spent", "Orders", "Average", "Points", "Rest")
    ]
    strip = KpiStrip(items, window)
    strip.resize(width, 97)
    strip.grab()
    assert drawn.count(SPENT) == 5
    assert not [line for line in drawn if "…" in line]


def test_control_in_one_size_the_number_would_be_cut() -> None:
    assert "…" in elide("number_s", SPENT, 520 / 5 - 26)


@pytest.mark.parametrize("width", [191, 240])
def test_a_card_keeps_its_label_beside_the_trend(window: QWidget, drawn: list[str], width: int) -> None:
    card = KpiCard("Paid with points", window)
    card.show_number("¥612.40", delta="3.1%", up=True, note="vs last Wed", trend=(3, 9, 4, 6))
    card.resize(width, 112)
    card.grab()
    assert {"Paid with points", "¥612.40", "3.1%", "vs last Wed"} <= set(drawn)
