"""The member's own phone in a real browser: from the code on the kiosk to the paid bill."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from desktop.queries.checkout import checkout_view
from desktop.services.checkout import drop_checkout, save_checkout
from desktop.services.settlement import TenderIn, settle
from tests.helpers.counter import Counter
from tests.helpers.goods import MILK, PHONE

NARROW = {"width": 360, "height": 740}


def sign_in(phone: Page, counter: Counter, url: str) -> None:
    """Open the code's address and prove the number."""
    phone.goto(url)
    phone.locator("#phone").fill(PHONE)
    phone.locator("#send").click()
    phone.locator("#code").wait_for()
    phone.locator("#code").fill(counter.pocket.code)
    phone.locator("#code-form button").click()
    phone.locator("#member").wait_for()


@pytest.mark.req("Q1", "Q2", "Q3")
def test_the_member_pays_half_with_points_on_the_own_phone(phone: Page, counter: Counter) -> None:
    key, url = counter.offer()
    sign_in(phone, counter, url)
    expect(phone.locator("#due")).to_have_text("¥203.70")
    phone.locator("#slider").fill("8000")
    expect(phone.locator("#pay")).to_have_text("¥123.70")
    phone.locator("#agree").click()
    expect(phone.locator("#finished")).to_be_visible()
    seen = counter.stocked.kiosk.ask(checkout_view, key)
    assert (seen.agreed, seen.agreed_by, seen.bill.points) == (True, "phone", 8_000)
    counter.stocked.cashier.do(settle, key, [TenderIn("cash", 12370)], seen.version)
    expect(phone.locator("#finished-words")).to_have_text(re.compile("付款成功"))


@pytest.mark.req("Q2")
def test_the_phone_follows_the_kiosk_and_must_confirm_again(phone: Page, counter: Counter) -> None:
    key, url = counter.offer()
    sign_in(phone, counter, url)
    phone.locator("#agree").click()
    expect(phone.locator("#finished")).to_be_visible()
    counter.stocked.kiosk.do(save_checkout, key, counter.stocked.cart((MILK, 1)))
    expect(phone.locator("#pay")).to_have_text("¥16.90")
    expect(phone.locator("#finished")).to_be_hidden()
    expect(phone.locator("#agree")).to_be_visible()
    counter.stocked.kiosk.do(drop_checkout, key)
    expect(phone.locator("#page")).to_be_hidden()
    expect(phone.locator("#banner")).to_be_visible()


@pytest.mark.req("Q2")
def test_a_second_phone_sees_nothing(phone: Page, chromium: Browser, counter: Counter) -> None:
    _key, url = counter.offer()
    sign_in(phone, counter, url)
    other = chromium.new_context(viewport=NARROW).new_page()
    other.goto(url)
    expect(other.locator("#banner")).to_be_visible()
    expect(other.locator("#page")).to_be_hidden()
    assert "鲜牛奶" not in other.content()


@pytest.mark.req("R3")
def test_the_page_fits_and_speaks_both_languages(phone: Page, counter: Counter) -> None:
    _key, url = counter.offer()
    sign_in(phone, counter, url)
    assert phone.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    expect(phone.locator("#agree")).to_contain_text("确认")
    phone.locator("a.lang").first.click()
    expect(phone.locator("#agree")).to_be_visible()
    expect(phone.locator("#agree")).to_contain_text("Confirm")
    assert phone.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    heights = phone.evaluate(
        "[...document.querySelectorAll('button,a.lang')].filter(b => b.offsetParent).map(b => b.offsetHeight)"
    )
    assert heights
    assert min(heights) >= 48
