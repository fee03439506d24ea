"""Asking where a parcel is, of a server on this machine: the answers read, and every way it goes wrong named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from desktop.basics.errors import NotFound, Refused, ShopError, Unavailable
from desktop.gateways import carriers
from desktop.gateways.carriers import Asked, ask_carrier, check_url, moment
from desktop.models.parcels import DELIVERED, OUT, PLAIN, SIGNED, UNDER_WAY
from tests.helpers.carrier_office import CUSTOMER, KEY, CarrierOffice

STEPS = [
    ("2026-11-21 18:20:00", "【杭州市】快件已到达 西湖网点"),
    ("2026-11-21 09:05:00", "【嘉兴市】已揽收"),
]
PATHS = {
    "events": "result.steps", "time": "when", "text": "what", "place": "where", "state": "result.status",
    "delivered": "delivered, signed", "eta": "result.due",
}  # fmt: skip


@pytest.fixture
def signed(office: CarrierOffice) -> Asked:
    """A parcel the signed service knows."""
    office.trails["SF100"] = STEPS
    return Asked(SIGNED, office.signed_url, "shunfeng", "SF100", CUSTOMER, key=KEY, phone_tail="6621")


@pytest.fixture
def plain(office: CarrierOffice) -> Asked:
    """A parcel the other service knows."""
    office.trails["YT 1/2"] = [("2026-11-21T10:20:00+00:00", "Arrived"), ("2026-11-21 09:05", "Picked up")]
    zone = ZoneInfo("Asia/Shanghai")
    return Asked(PLAIN, office.plain_url, "yt", "YT 1/2", header="X-Api-Key", key=KEY, paths=PATHS, zone=zone)


@pytest.mark.req("O13")
def test_a_signed_answer_is_read_with_its_state_and_when_it_arrives(
    office: CarrierOffice, signed: Asked
) -> None:
    trail = ask_carrier(signed)
    assert (trail.state, trail.eta) == (UNDER_WAY, datetime(2026, 11, 24, 10, tzinfo=UTC))
    assert [(one.at, one.text, one.place) for one in trail.seen] == [
        (datetime(2026, 11, 21, 10, 20, tzinfo=UTC), STEPS[0][1], "浙江,杭州市"),
        (datetime(2026, 11, 21, 1, 5, tzinfo=UTC), STEPS[1][1], "浙江,杭州市"),
    ]
    assert office.asked[0]["phone"] == "6621"
    for said, state in (("3", DELIVERED), ("5", OUT), ("99", UNDER_WAY)):
        office.states["SF100"] = said
        assert ask_carrier(signed).state == state
    ask_carrier(replace(signed, code="yunda"))  # whose carrier does not need it, is not told the number
    assert "phone" not in office.asked[-1]


@pytest.mark.req("O13")
def test_any_json_is_read_by_the_paths_that_were_typed(office: CarrierOffice, plain: Asked) -> None:
    trail = ask_carrier(plain)
    assert office.asked == [{"com": "yt", "num": "YT 1/2"}]  # put into the address as one part each
    assert office.headers == [KEY]
    assert [(one.at.hour, one.text, one.place) for one in trail.seen] == [
        (10, "Arrived", "Hangzhou"), (1, "Picked up", "Hangzhou")
    ]  # fmt: skip
    assert (trail.state, trail.eta) == (UNDER_WAY, datetime(2026, 11, 24, 2, tzinfo=UTC))
    office.states["YT 1/2"] = "Signed"
    assert ask_carrier(plain).state == DELIVERED
    with pytest.raises(Unavailable, match="paths|路径"):
        ask_carrier(replace(plain, paths={**PATHS, "events": "result.nothing"}))
    with pytest.raises(Unavailable, match="paths|路径"):
        ask_carrier(replace(plain, paths={**PATHS, "time": "nothing"}))


@pytest.mark.req("O13", "O19")
@pytest.mark.parametrize(
    "instead, kind, sentence",
    [
        ("html", Unavailable, carriers.NOT_JSON),
        ("busy", Unavailable, carriers.BUSY),
        ("redirect", Unavailable, carriers.NO_ANSWER),
        ("cut", Unavailable, carriers.NO_ANSWER),
        ("slow", Unavailable, carriers.TOO_SLOW),
        ("drip", Unavailable, carriers.TOO_SLOW),
    ],
)
def test_what_goes_wrong_has_its_name(
    office: CarrierOffice, signed: Asked, plain: Asked, monkeypatch: pytest.MonkeyPatch,
    instead: str, kind: type[ShopError], sentence: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(carriers, "SECONDS", 0.3)
    office.instead = instead
    for asked in (signed, plain):
        with pytest.raises(kind) as said:
            ask_carrier(asked)
        assert said.value.sentence == sentence
    office.instead = ""
    office.let_go.set()
    assert ask_carrier(signed).seen  # control: the same question is answered


@pytest.mark.req("O13", "M11")
def test_wrong_keys_unknown_numbers_and_used_up_accounts_are_told_apart(
    office: CarrierOffice, signed: Asked, plain: Asked
) -> None:
    for asked, kind, sentence in (
        (replace(signed, key="wrong"), Refused, carriers.WRONG_KEY),
        (replace(signed, customer="wrong"), Refused, carriers.WRONG_KEY),
        (replace(signed, number="SF404"), NotFound, carriers.UNKNOWN),
        (replace(plain, number="404"), NotFound, carriers.UNKNOWN),
    ):
        with pytest.raises(kind) as said:
            ask_carrier(asked)
        assert said.value.sentence == sentence
    office.instead = "used up"
    with pytest.raises(Refused) as said:
        ask_carrier(signed)
    assert said.value.sentence == carriers.NO_CREDIT
    assert KEY not in repr(signed)
    assert "SF100" not in repr(signed)


@pytest.mark.req("M11")
def test_a_key_never_goes_out_in_the_clear() -> None:
    assert check_url(" https://api.example.com/{number} ", True) == "https://api.example.com/{number}"
    assert check_url("http://127.0.0.1:80/{number}", True)
    assert check_url("http://api.example.com/{number}", False)
    for wrong in ("http://api.example.com/{number}", "ftp://api.example.com", "api.example.com", ""):
        with pytest.raises(ShopError):
            check_url(wrong, True)


def test_moments_are_read_as_services_write_them() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    for text, wanted in (
        ("2026-11-21 18:20:00", datetime(2026, 11, 21, 10, 20, tzinfo=UTC)),
        ("2026-11-21 18", datetime(2026, 11, 21, 10, tzinfo=UTC)),
        ("2026-11-21", datetime(2026, 11, 21, 15, 59, tzinfo=UTC)),
        ("2026-11-21T10:20:00Z", datetime(2026, 11, 21, 10, 20, tzinfo=UTC)),
        (1_795_256_400, datetime.fromtimestamp(1_795_256_400, UTC)),
        (1_795_256_400_000, datetime.fromtimestamp(1_795_256_400, UTC)),
        ("soon", None), (None, None), (True, None), (10**30, None),
    ):  # fmt: skip
        assert moment(text, zone) == wanted


@pytest.mark.req("O6")
def test_what_no_database_keeps_is_left_out_of_an_answer(office: CarrierOffice, signed: Asked) -> None:
    office.trails["SF100"] = [("2026-11-21 09:05:00", "已\x00揽收\ud800\n")]
    assert [seen.text for seen in ask_carrier(signed).seen] == ["已揽收"]


@pytest.mark.req("O6")
def test_an_answer_folded_without_end_has_its_name(office: CarrierOffice, signed: Asked) -> None:
    office.instead = "folded"
    with pytest.raises(Unavailable):
        ask_carrier(signed)
