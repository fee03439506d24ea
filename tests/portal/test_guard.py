"""The portal on the shop's Wi-Fi: strangers, forgers, guessers and floods get nothing."""

from __future__ import annotations

import httpx
import pytest

from desktop.portal.guard import LARGEST_BODY, MISSES_PER_MINUTE, Rates
from tests.helpers.counter import Counter


def visit(counter: Counter) -> httpx.Client:
    """A phone's browser: keeps its cookie, says where it comes from."""
    return httpx.Client(
        base_url=counter.address, headers={"origin": counter.address, "accept-language": "en"}
    )


@pytest.mark.req("A5")
def test_every_answer_carries_the_strict_headers(counter: Counter) -> None:
    _key, url = counter.offer()
    with visit(counter) as phone:
        for answer in (phone.get(url), phone.get("/static/phone.js"), phone.get("/nowhere")):
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert answer.headers["cache-control"] == "no-store"


def test_the_page_brings_everything_itself(counter: Counter) -> None:
    _key, url = counter.offer()
    with visit(counter) as phone:
        text = phone.get(url).text + phone.get("/static/phone.css").text + phone.get("/static/phone.js").text
    assert "http://" not in text
    assert "https://" not in text
    assert "onclick" not in text


@pytest.mark.req("A5")
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost:1", ""])
def test_another_host_name_is_refused(counter: Counter, host: str) -> None:
    _key, url = counter.offer()
    assert httpx.get(url, headers={"host": host}).status_code == 400


@pytest.mark.parametrize("origin", [None, "http://evil.example", "null"])
def test_a_call_from_another_page_is_refused(counter: Counter, origin: str | None) -> None:
    _key, url = counter.offer()
    headers = {"origin": origin} if origin else {}
    assert httpx.post(f"{url}/take", json={}, headers=headers).status_code == 403


def test_control_the_same_call_from_our_page_is_taken(counter: Counter) -> None:
    _key, url = counter.offer()
    with visit(counter) as phone:
        phone.get(url)
        assert phone.post(f"{url}/take", json={}).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"{",
        b'{"points": -1}',
        b'{"points": "5"}',
        b'{"points": 1e3}',
        b'{"points": 99999999999999999999}',
        b"\xff\xfe",
    ],
)
def test_nonsense_bodies_get_a_sentence(counter: Counter, body: bytes) -> None:
    _key, url = counter.offer()
    with visit(counter) as phone:
        phone.get(url)
        phone.post(f"{url}/take", json={})
        answer = phone.post(f"{url}/points", content=body)
    assert answer.status_code == 409
    assert answer.json()["error"]


def test_a_large_body_is_refused_whether_announced_or_not(counter: Counter) -> None:
    _key, url = counter.offer()
    with visit(counter) as phone:
        phone.get(url)
        assert phone.post(f"{url}/take", content=b"x" * (LARGEST_BODY + 1)).status_code == 413


@pytest.mark.req("Q2", "A5")
def test_guessing_tokens_ends_after_a_few_and_hits_nothing(counter: Counter) -> None:
    with visit(counter) as phone:
        codes = [phone.get(f"/s/guess{i}/state").status_code for i in range(MISSES_PER_MINUTE * 3)]
    assert set(codes) == {404, 429}
    assert codes.count(404) == MISSES_PER_MINUTE


def test_the_brake_opens_after_a_minute() -> None:
    now = [0.0]
    rates = Rates(2, lambda: now[0])
    rates.count("a")
    rates.count("a")
    assert rates.full("a")
    assert not rates.full("b")
    now[0] = 61.0
    assert not rates.full("a")


@pytest.mark.req("Q2")
def test_without_the_phones_cookie_nothing_is_shown(counter: Counter) -> None:
    _key, url = counter.offer()
    with visit(counter) as phone:
        phone.get(url)
        assert phone.post(f"{url}/take", json={}).status_code == 200
    for path in ("state", "events"):
        assert httpx.get(f"{url}/{path}").status_code == 404
    with visit(counter) as other:
        other.get(url)
        assert other.post(f"{url}/take", json={}).status_code == 404
        assert other.get(f"{url}/state").status_code == 404


@pytest.mark.req("A1")
def test_looking_at_the_page_takes_nothing(counter: Counter) -> None:
    """A messenger's link preview opens the page; the sale must still be free for the member."""
    _key, url = counter.offer()
    assert httpx.get(url).status_code == 200
    with visit(counter) as phone:
        phone.get(url)
        assert phone.post(f"{url}/take", json={}).status_code == 200
