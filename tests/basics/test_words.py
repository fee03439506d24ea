"""Words for people: times, phones, pinyin, languages, barcodes."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from desktop.basics.clock import HandClock, day_starts, shop_day
from desktop.basics.i18n import _, best_language, language, languages, speaking
from desktop.basics.ids import check_letter, ean_ok, new_key, new_token
from desktop.basics.words import clean_phone, masked_phone, percent_text, pinyin_keys, when_text

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 21, 7, 20, tzinfo=UTC)


@pytest.mark.req("P1")
@pytest.mark.parametrize(
    ("name", "initials"),
    [("矿泉水", "kqs"), ("355ml可口可乐", "355mlkkkl"), ("Milk 牛奶", "milknn"), ("", "")],
)
def test_pinyin_initials(name: str, initials: str) -> None:
    assert pinyin_keys(name)[1] == initials


def test_times_are_said_from_today() -> None:
    with speaking("zh_CN"):
        assert when_text(NOW, NOW, SHANGHAI) == "今天 15:20"
        assert when_text(NOW - timedelta(days=1), NOW, SHANGHAI) == "昨天 15:20"
        assert when_text(NOW - timedelta(days=400), NOW, SHANGHAI).startswith("2025/")
    with speaking("en"):
        assert when_text(NOW - timedelta(days=2), NOW, SHANGHAI) == "19 Nov 15:20"


def test_a_business_day_is_the_shops_own() -> None:
    late = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
    assert shop_day(late, SHANGHAI).day == 21
    assert day_starts(shop_day(late, SHANGHAI), SHANGHAI) == datetime(2026, 11, 20, 16, 0, tzinfo=UTC)
    with pytest.raises(ValueError, match="aware"):
        HandClock(datetime(2026, 1, 1))


@pytest.mark.req("A4")
def test_phones_are_cleaned_and_masked() -> None:
    assert clean_phone("+86 138-0571 6621") == "13805716621"
    assert clean_phone("１３８０５７１６６２１") == "13805716621"
    assert masked_phone("13805716621") == "138****6621"
    assert masked_phone("123") == "****"


@pytest.mark.parametrize(
    ("points", "text"), [(1240, "12.4%"), (730, "7.3%"), (5000, "50%"), (-1760, "−17.6%"), (0, "0%")]
)
def test_percent_has_one_place_at_most(points: int, text: str) -> None:
    assert percent_text(points) == text


@pytest.mark.req("R3")
def test_a_language_belongs_to_its_context() -> None:
    heard = []
    with speaking("en"):
        thread = threading.Thread(target=lambda: heard.append(language()))
        thread.start()
        thread.join()
        assert _("Points") == "Points"
    with speaking("zh_CN"):
        assert _("Points") == "积分"
    assert heard == ["zh_CN"]


@pytest.mark.req("R3")
def test_the_nearest_language_is_found() -> None:
    assert {"zh_CN", "en"} <= set(languages())
    assert [best_language(code) for code in ("zh-Hans-CN", "zh", "en_GB", "pt-BR", "")] == [
        "zh_CN",
        "zh_CN",
        "en",
        "en",
        "en",
    ]


@pytest.mark.req("P6")
def test_check_digits() -> None:
    assert ean_ok("6901234567892")
    assert ean_ok("036000291452")
    assert ean_ok("96385074")
    for wrong in ("6901234567890", "690123456789", "abc", "", "٦٩٠١٢٣٤٥"):
        assert not ean_ok(wrong)


def test_keys_and_tokens_are_never_the_same_and_long_enough() -> None:
    assert len({new_key() for _n in range(1000)} | {new_token() for _n in range(1000)}) == 2000
    assert len(new_token()) >= 32
    assert check_letter("20261121-0096") != check_letter("20261121-0069")
