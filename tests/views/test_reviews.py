"""The review screen: allowed and hidden by key and by tick, answered, taken back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.queries.reviews import ReviewFilter, reviews_page
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.views.reviews.screen import AnswerSheet, ReviewsScreen
from tests.helpers.screens import Surroundings, sheet_of, surroundings, undo


@pytest.fixture
def around(sample: Shop, qapp: QApplication, tmp_path: Path) -> Iterator[Surroundings]:
    """The owner's screens in the sample shop."""
    with surroundings(qapp, sample.acting_as(actors.console()), tmp_path) as made:
        yield made


@pytest.mark.req("P3")
def test_reviews_are_judged_answered_and_taken_back(
    around: Surroundings, qtbot: QtBot, qapp: QApplication
) -> None:
    shop = around.context.shop
    screen = ReviewsScreen(around.context)
    qtbot.addWidget(screen)
    around.window(screen, 1_300)
    qtbot.waitUntil(lambda: len(screen.model.rows) == 4)  # what waits

    def states() -> dict[int, str]:
        return {row.id: row.state for row in shop.ask(reviews_page, ReviewFilter()).rows}

    before = states()
    ids = [row.id for row in screen.model.rows]
    screen.table.go_to(ids[0])
    screen.judge("shown")
    qtbot.waitUntil(lambda: states()[ids[0]] == "shown" and len(screen.model.rows) == 3)
    qtbot.waitUntil(lambda: undo(screen))
    qtbot.waitUntil(lambda: states() == before)
    screen.model.check(ids[1:3], True)
    screen.judge("hidden")
    qtbot.waitUntil(lambda: [states()[one] for one in ids] == ["new", "hidden", "hidden", "new"])
    qtbot.waitUntil(lambda: len(screen.model.rows) == 2)
    screen.table.go_to(ids[3])
    screen.open_answer()
    sheet = sheet_of(qapp, AnswerSheet)
    sheet.words.setPlainText("谢谢")
    sheet.submit()
    qtbot.waitUntil(
        lambda: {r.answer for r in shop.ask(reviews_page, ReviewFilter("new")).rows} == {"", "谢谢"}
    )
    product = shop.ask(reviews_page, ReviewFilter("new")).rows[0].product_id
    screen.open_filters(product_id=product)
    qtbot.waitUntil(lambda: {row.product_id for row in screen.model.rows} == {product})
