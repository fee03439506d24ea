"""The points slider never goes past the cap, by finger or by key."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.views.common.theme import theme
from desktop.views.kiosk.look import color, look
from desktop.views.kiosk.slider import PointsSlider, quick_choices


@pytest.fixture
def slider(qapp: QApplication, qtbot: QtBot) -> PointsSlider:
    theme.install(qapp)
    look.fit(1080, 1920)
    made = PointsSlider()
    qtbot.addWidget(made)
    made.resize(936, 166)
    made.show_points(0, 10_185, 0.5, "half", "due")
    made.show()
    return made


def at(slider: PointsSlider, share: float) -> QPoint:
    """A point on the track."""
    track = slider._track()
    return QPoint(round(track.left() + track.width() * share), round(track.center().y()))


@pytest.mark.req("Q3")
def test_the_locked_half_gives_the_cap_and_no_more(slider: PointsSlider) -> None:
    chosen: list[int] = []
    slider.chosen.connect(chosen.append)
    for share in (0.6, 0.9, 1.0):
        QTest.mouseClick(slider, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at(slider, share))
    assert chosen == [10_185] * 3


@pytest.mark.req("Q3")
def test_a_finger_chooses_whole_steps(slider: PointsSlider) -> None:
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at(slider, 0.25))
    assert slider.points % 100 == 0
    assert abs(slider.points - 5_092) <= 100
    QTest.mouseClick(slider, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at(slider, -0.1))
    assert slider.points == 0


@pytest.mark.req("Q3")
def test_keys_move_and_stop_at_both_ends(slider: PointsSlider) -> None:
    slider.setFocus()
    QTest.keyClick(slider, Qt.Key.Key_End)
    QTest.keyClick(slider, Qt.Key.Key_Right)
    assert slider.points == 10_185
    QTest.keyClick(slider, Qt.Key.Key_PageDown)
    assert slider.points == 9_185
    QTest.keyClick(slider, Qt.Key.Key_Home)
    QTest.keyClick(slider, Qt.Key.Key_Left)
    assert slider.points == 0


def test_the_two_halves_look_different(slider: PointsSlider) -> None:
    slider.show_points(8_000, 10_185, 0.5, "half", "due")
    picture = slider.grab().toImage()
    y = round(slider._track().center().y())
    free = {picture.pixelColor(x, y).name() for x in range(60, round(slider.knob_x()) - 40)}
    locked = {picture.pixelColor(x, y).name() for x in range(round(slider._end()) + 10, 880)}
    assert free == {color("points").name()}
    assert len(locked) > 3  # hatched
    assert color("points").name() not in locked


def test_quick_choices_are_none_two_steps_the_choice_and_all() -> None:
    assert quick_choices(10_185, 8_000) == [0, 2_000, 5_000, 8_000, 10_185]
    assert quick_choices(10_185, 0) == [0, 2_000, 5_000, 10_185]
    assert quick_choices(1, 0) == [0, 1]
    assert quick_choices(0, 0) == [0]
