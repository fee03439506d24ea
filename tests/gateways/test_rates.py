"""The rate source: a number where the path says, or an error with a name; nothing of a key anywhere."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from desktop.basics.errors import Refused, ShopError, Unavailable
from desktop.gateways import rates
from desktop.gateways.rates import Source, check_url, fetch_answer, rate_in
from tests.helpers.rate_office import RateOffice, open_rate_office

KEY = "s3cret-of-the-source"


@pytest.fixture(scope="module")
def shared() -> Iterator[RateOffice]:
    """One office for the module."""
    with open_rate_office() as office:
        yield office


@pytest.fixture
def office(shared: RateOffice) -> RateOffice:
    """The office, as it should be."""
    shared.instead, shared.rates = "", {"USD": 7.1025, "EUR": 8.2, "JPY": "0.0472"}
    shared.asked.clear()
    return shared


def ask(office: RateOffice, code: str = "USD", path: str = "rates.{currency}", **more: Any) -> Decimal:
    """A rate through the real network."""
    source = Source(more.pop("url", office.url), path, **more)
    return rate_in(fetch_answer(source.address("CNY", code)), source, "CNY", code)


@pytest.mark.req("M6")
def test_a_rate_is_read_to_the_digit(office: RateOffice) -> None:
    assert ask(office) == Decimal("7.1025")
    assert ask(office, "JPY") == Decimal("0.0472")
    assert office.asked[0] == "/latest?base=CNY"
    office.rates["USD"] = 710.25
    assert ask(office, units=100) == Decimal("7.1025")
    office.rates["USD"] = 0.14
    assert ask(office, inverse=True) == Decimal("7.1428571429")


@pytest.mark.req("M6")
def test_the_key_goes_into_the_address_and_nowhere_else(
    office: RateOffice, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    rate = ask(office, path="data.0.mid", url=office.single_url, key=KEY + "&x")
    assert rate == Decimal("7.1025")
    assert office.asked == [f"/one/USD?app={KEY}%26x"]
    assert KEY not in caplog.text
    assert KEY not in repr(Source("https://x/{key}", "a", KEY))


@pytest.mark.req("M6")
@pytest.mark.parametrize(
    ("instead", "sentence", "kind"),
    [
        ("html", rates.NOT_JSON, Unavailable),
        ("half", rates.HALF, Unavailable),
        ("cut", rates.HALF, Unavailable),
        ("folded", rates.HALF, Unavailable),
        ("busy", rates.BUSY, Unavailable),
        ("key", rates.WRONG_KEY, Refused),
        ("redirect", rates.MOVED, Refused),
    ],
)
def test_what_goes_wrong_has_a_name(
    office: RateOffice, instead: str, sentence: str, kind: type[ShopError]
) -> None:
    office.instead = instead
    with pytest.raises(kind) as error:
        ask(office, key=KEY, url=office.single_url)
    assert error.value.sentence == sentence
    assert KEY not in str(error.value) + repr(error.value.__cause__)


@pytest.mark.req("M6")
def test_a_source_that_drips_is_left(office: RateOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    office.instead = "drip"
    monkeypatch.setattr(rates, "SECONDS", 0.2)
    with pytest.raises(Unavailable) as error:
        ask(office)
    assert error.value.sentence == rates.TOO_SLOW


@pytest.mark.req("M6")
def test_nobody_there_is_said_without_the_key() -> None:
    with pytest.raises(Unavailable) as error:
        fetch_answer(f"http://127.0.0.1:9/latest?app={KEY}")
    assert error.value.sentence == rates.NO_ANSWER
    assert error.value.__cause__ is None


@pytest.mark.req("M6")
@pytest.mark.parametrize(
    ("value", "path", "sentence"),
    [
        (7.1, "rates.XXX", rates.NO_PLACE),
        (7.1, "quotes.0", rates.NO_PLACE),
        (None, "rates.USD", rates.NO_PLACE),
        (-7.1, "rates.USD", rates.NO_RATE),
        (0, "rates.USD", rates.NO_RATE),
        (True, "rates.USD", rates.NO_RATE),
        ("7,1", "rates.USD", rates.NO_RATE),
        ("NaN", "rates.USD", rates.NO_RATE),
        ({"mid": 7}, "rates.USD", rates.NO_RATE),
        (1e300, "rates.USD", rates.NO_RATE),
    ],
)
def test_what_is_no_rate_is_not_taken(office: RateOffice, value: Any, path: str, sentence: str) -> None:
    office.rates["USD"] = value
    with pytest.raises(Refused) as error:
        ask(office, path=path)
    assert error.value.sentence == sentence


@pytest.mark.req("M6")
@pytest.mark.parametrize(
    "url",
    ["ftp://x.com/a", "latest", "http://example.com/latest", "https://{key}.example.com/", "https:///x"],
)
def test_an_address_that_may_not_be_asked_is_refused(url: str) -> None:
    with pytest.raises(ShopError):
        check_url(url)


@pytest.mark.req("M6")
def test_an_encrypted_address_and_the_loopback_are_kept() -> None:
    for url in ("https://api.example.com/{base}?k={key}", "http://127.0.0.1:8080/x", ""):
        assert check_url(f" {url} ") == url
