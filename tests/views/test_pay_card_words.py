"""The cards of the payments screen say all they know in the narrowest window, in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.basics.i18n import speaking
from desktop.queries.pay_cards import DEFAULT, MethodCardFacts
from desktop.queries.payments import MethodSum
from desktop.views.common.labels import Label
from desktop.views.common.paint import text_width
from desktop.views.common.theme import theme
from desktop.views.payments.cards import CardWords, MethodCards

NARROW = 1015  # what a window of 1280 leaves them


@pytest.fixture(params=["en", "zh_CN"])
def words(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[CardWords]:
    """In each language."""
    theme.install(qapp)
    theme.use("light", 100)
    with speaking(request.param):
        yield CardWords("CNY", ZoneInfo("Asia/Shanghai"), 5_000, 100)


def facts(method: str, kind: str) -> MethodCardFacts:
    """A card with everything there is to say."""
    taken = MethodSum(method, True, 398_620, 47, 0, 0, 0)
    until = datetime(2027, 9, 1, tzinfo=UTC) if kind == "wallet" else None
    return MethodCardFacts(taken, kind, DEFAULT, 0, (), 38, 0, 154_500, 2, None, True, until, False)


@pytest.mark.req("M1")
def test_nothing_on_a_card_is_cut_in_a_narrow_window(qtbot: QtBot, words: CardWords) -> None:
    kinds = (
        ("wechat", "wallet"),
        ("alipay", "wallet"),
        ("card", "hand"),
        ("cash", "cash"),
        ("points", "points"),
    )
    cards = MethodCards()
    qtbot.addWidget(cards)
    cards.show_cards([facts(*one) for one in kinds], words, "", True)
    cards.resize(NARROW, 200)
    cards.show()
    QApplication.processEvents()
    labels = [label for label in cards.findChildren(Label) if label.isVisible()]
    assert len(labels) >= 4 * len(kinds)
    for label in labels:
        if label.wordWrap():
            assert label.height() >= label.heightForWidth(label.width())
        else:
            assert text_width(label._style, label.text()) <= label.width() + 1, label.text()
    caption = words.caption(facts("wechat", "wallet"))[0]
    assert text_width("cap", caption) > NARROW / 5 - 26  # the control: one line of it would not do
