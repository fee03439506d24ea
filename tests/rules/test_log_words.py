"""Why a rule acted, in the few words of its log."""

from __future__ import annotations

import pytest

from desktop.basics.i18n import speaking
from desktop.rules.log import cause_words


@pytest.mark.req("R5")
@pytest.mark.parametrize(
    ("kept", "words"),
    [
        ({"name": "Yoghurt", "left": "0", "level": "16"}, "0 left"),  # sold out is the reason, not nothing
        ({"name": "Yoghurt", "left": "8", "level": "20"}, "8 left"),
        ({"number": "1122-0097", "hours": "0", "days": "0"}, ""),
        ({"number": "1120-0017", "hours": "37"}, "waited 37 h"),
        ({}, ""),
    ],
)
def test_a_cause_is_said_in_words(kept: dict[str, str], words: str) -> None:
    with speaking("en"):
        assert cause_words(kept) == words
