"""The order's page on a phone: shown after proof, followed live, asked about, closed to guesses and to others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from playwright.sync_api import Page, expect

from desktop.basics.clock import HandClock
from desktop.basics.ids import new_key
from desktop.portal.guard import MISSES_PER_MINUTE
from desktop.queries.order_messages import unread_messages
from desktop.services.fulfilment import ship_order
from desktop.services.order_messages import LONGEST, answer_member
from tests.helpers.back_office import HOME, order_of, pay, placed
from tests.helpers.counter import Counter
from tests.helpers.goods import MILK, PHONE, TEA

TAIL = PHONE[-4:]


def bought(counter: Counter) -> tuple[int, str]:
    """The member's paid order: id and number."""
    order_id = placed(counter.stocked, (TEA, 1), (MILK, 2), member_id=counter.stocked.member_id)
    pay(counter.stocked, order_id)
    return order_id, str(order_of(counter.stocked, order_id).short_code)


@pytest.fixture
def browser(counter: Counter) -> Iterator[httpx.Client]:
    """A phone's browser: keeps its cookie, says where it comes from."""
    headers = {"origin": counter.address, "accept-language": "en"}
    with httpx.Client(base_url=counter.address, headers=headers) as made:
        made.get("/order")
        yield made


def look(browser: httpx.Client, number: str, proof: str = TAIL) -> httpx.Response:
    """Type both and press the button."""
    return browser.post("/order/look", json={"number": number, "proof": proof})


@pytest.mark.req("O13")
def test_the_page_shows_the_order_only_after_its_proof(
    browser: httpx.Client, counter: Counter, clock: HandClock
) -> None:
    order_id, number = bought(counter)
    assert browser.get("/order/state").json() == {"signed_in": False}
    seen = look(browser, number).json()
    assert (seen["number"], seen["status"], seen["name"], seen["total"]) == (
        number,
        "To ship",
        "林**",
        "¥141.80",
    )
    assert [step["words"] for step in seen["steps"]] == ["Order placed", "Paid", "Being packed", "Done"]
    counter.stocked.shop.do(ship_order, order_id, "SF1234567890", "顺丰")
    page = browser.get("/order/state")
    assert page.json()["parcels"][0]["number"] == "SF1234567890"
    assert HOME not in page.text
    assert PHONE not in page.text
    stranger = httpx.Client(base_url=counter.address, headers={"origin": counter.address})
    with stranger:
        assert (
            stranger.post("/order/look", json={"number": number, "proof": TAIL}).status_code == 409
        )  # no cookie
        stranger.get("/order")
        assert stranger.get("/order/state").json() == {"signed_in": False}
    clock.pass_time(timedelta(minutes=31))
    assert browser.get("/order/state").json() == {"signed_in": False}
    assert not look(browser, number).is_error
    assert browser.post("/order/leave").json() == {"signed_in": False}
    unpaid = placed(counter.stocked, (MILK, 1), member_id=counter.stocked.member_id)
    waiting = look(browser, str(order_of(counter.stocked, unpaid).code)).json()
    assert (seen["to_pay"], waiting["to_pay"], waiting["steps"][1]["state"]) == (False, True, "now")


@pytest.mark.req("O13", "A5")
def test_wrong_digits_and_unknown_numbers_look_the_same_and_guessing_ends(
    browser: httpx.Client, counter: Counter
) -> None:
    _order_id, number = bought(counter)
    wrong, nobody = look(browser, number, "0000"), look(browser, "0101-0001", "0000")
    assert (wrong.status_code, wrong.json()) == (nobody.status_code, nobody.json())
    assert (wrong.status_code, set(wrong.headers)) == (404, set(nobody.headers))
    assert not look(browser, number).is_error  # the control: the right ones are answered otherwise
    for guess in range(2, MISSES_PER_MINUTE):
        assert look(browser, f"0101-{guess:04d}", "0000").status_code == 404
    assert look(browser, number).status_code == 429
    from_elsewhere = browser.post("/order/look", json={}, headers={"origin": "http://evil.example"})
    assert from_elsewhere.status_code == 403


@pytest.mark.req("O20")
def test_questions_are_plain_short_and_written_once(browser: httpx.Client, counter: Counter) -> None:
    _order_id, number = bought(counter)
    ask = {"text": "<b>几时到？</b>", "key": "a" * 32}
    assert browser.post("/order/ask", json=ask).status_code == 404  # nothing proved yet
    look(browser, number)
    for _touch in range(2):
        assert browser.post("/order/ask", json=ask).json()["talk"][0]["text"] == "<b>几时到？</b>"
    assert counter.stocked.shop.ask(unread_messages).count == 1
    long = browser.post("/order/ask", json={"text": "长" * (LONGEST + 1), "key": "b" * 32})
    assert long.status_code == 409
    assert browser.post("/order/ask", json={"text": "没有钥匙"}).status_code == 409
    assert browser.post("/order/ask", json={"text": ["no"], "key": "c" * 32}).status_code == 409


def heights(phone: Page) -> int:
    """Of the smallest thing to touch."""
    found = "[...document.querySelectorAll('button,a.lang,input,textarea')].filter(b => b.offsetParent).map(b => b.offsetHeight)"
    return int(min(phone.evaluate(found)))


@pytest.mark.req("O13", "O20")
def test_on_a_phone_the_parcel_and_the_answer_appear_by_themselves(phone: Page, counter: Counter) -> None:
    order_id, number = bought(counter)
    shop = counter.stocked.shop
    phone.goto(f"{counter.address}/order?n={number}")
    expect(phone.locator("#number")).to_have_value(number)
    assert heights(phone) >= 48
    phone.locator("#proof").fill("0000")
    phone.locator("#find").click()
    expect(phone.locator("#banner")).to_be_visible()
    phone.locator("#proof").fill(TAIL)
    phone.locator("#find").click()
    expect(phone.locator("#status")).to_have_text("待发货")
    expect(phone.locator("#banner")).to_be_hidden()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    assert heights(phone) >= 48
    phone.locator("#text").fill("<i>几时到？</i>")
    phone.locator("#send").click()
    expect(phone.locator("#said .mine p")).to_have_text("<i>几时到？</i>")
    shop.do(answer_member, order_id, "明天送到", new_key())
    expect(phone.locator("#said li:not(.mine) p")).to_have_text("明天送到")
    shop.do(ship_order, order_id, "SF1234567890", "顺丰")
    expect(phone.locator("#parcels .tracking")).to_have_text("SF1234567890")
    phone.reload()
    expect(phone.locator("#status")).to_have_text("已发货")
    phone.locator("a.lang").first.click()
    expect(phone.locator("#status")).to_have_text("Shipped")
    phone.locator("#leave").click()
    expect(phone.locator("#look")).to_be_visible()
    assert "SF1234567890" not in phone.content()


@pytest.mark.req("O13")
def test_the_code_of_another_order_asks_anew(phone: Page, counter: Counter) -> None:
    _first, number = bought(counter)
    _second, other = bought(counter)
    phone.goto(f"{counter.address}/order?n={number}")
    phone.locator("#proof").fill(TAIL)
    phone.locator("#find").click()
    expect(phone.locator("#number-seen")).to_have_text(number)
    phone.goto(f"{counter.address}/order?n={other}")
    expect(phone.locator("#look")).to_be_visible()
    expect(phone.locator("#number")).to_have_value(other)
    assert number not in phone.content()
