"""A member's messages on the own phone: only after the number is proved, only the own ones, told live."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from desktop.basics.clock import HandClock
from desktop.models.members import Member
from desktop.models.notices import PhoneSession
from desktop.services.members import change_phone, sign_up
from desktop.services.notices import Wanted
from desktop.shop import actors
from tests.helpers.counter import Counter
from tests.helpers.goods import PHONE
from tests.services.test_notices import tell

SHIPPED = {"number": "1120-0017", "carrier": "顺丰", "tracking": "SF1234567890", "customer": "林晓梅"}


def post(counter: Counter, key: str, receiver: str = "") -> None:
    """The shop writes to a member."""
    clock = counter.stocked.shop.acting_as(actors.clock())
    receiver = receiver or f"member:{counter.stocked.member_id}"
    clock.do(tell, Wanted(key, "order_shipped", (receiver,), ("portal",), SHIPPED))


@pytest.fixture
def browser(counter: Counter) -> Iterator[httpx.Client]:
    """A phone's browser: keeps its cookie, says where it comes from."""
    headers = {"origin": counter.address, "accept-language": "en"}
    with httpx.Client(base_url=counter.address, headers=headers) as made:
        made.get("/inbox")
        yield made


def sign_in(browser: httpx.Client, counter: Counter) -> httpx.Response:
    """Prove the member's number."""
    assert browser.post("/inbox/code", json={"phone": PHONE}).status_code == 200
    return browser.post("/inbox/sign-in", json={"code": counter.pocket.code})


@pytest.mark.req("O7", "R6", "I3")
def test_the_member_reads_only_after_proving_the_number(browser: httpx.Client, counter: Counter) -> None:
    post(counter, "a")
    assert browser.get("/inbox/state").json() == {"signed_in": False, "unread": 0, "rows": []}
    seen = sign_in(browser, counter).json()
    assert (seen["signed_in"], seen["unread"], seen["rows"][0]["title"]) == (
        True, 1, "青禾杂货铺：订单 1120-0017 已发货",
    )  # fmt: skip
    assert browser.post("/inbox/read").json()["unread"] == 0
    assert not browser.post("/inbox/leave").json()["signed_in"]
    assert not browser.get("/inbox/state").json()["rows"]


@pytest.mark.req("A5")
def test_nobody_reads_anothers_messages(browser: httpx.Client, counter: Counter) -> None:
    other = counter.stocked.cashier.do(sign_up, "13900001234", name="别人").member_id
    post(counter, "a", f"member:{other}")
    assert sign_in(browser, counter).json()["rows"] == []
    stranger = httpx.Client(base_url=counter.address, headers={"origin": counter.address})
    with stranger:
        assert stranger.post("/inbox/read").status_code == 409  # no cookie at all
        stranger.get("/inbox")
        assert stranger.post("/inbox/read").status_code == 404


@pytest.mark.req("A5")
def test_a_phone_whose_number_is_the_members_no_more_reads_nothing(
    browser: httpx.Client, counter: Counter
) -> None:
    post(counter, "a")
    assert sign_in(browser, counter).json()["rows"]
    counter.stocked.shop.do(change_phone, counter.stocked.member_id, "13900001111")
    assert not browser.get("/inbox/state").json()["signed_in"]
    assert browser.post("/inbox/read").status_code == 404


@pytest.mark.req("A5")
def test_a_number_nobody_has_is_answered_alike_and_gets_no_message(
    browser: httpx.Client, counter: Counter
) -> None:
    known = browser.post("/inbox/code", json={"phone": PHONE})
    unknown = browser.post("/inbox/code", json={"phone": "13900009999"})
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert len(counter.pocket.messages) == 1
    assert browser.post("/inbox/sign-in", json={"code": "123456"}).status_code == 409
    with counter.stocked.shop.storage.read.connect() as connection:
        assert len(connection.execute(select(Member.id)).all()) == 1  # and made nobody a member


@pytest.mark.req("A5")
def test_codes_run_out_and_floods_stop(browser: httpx.Client, counter: Counter) -> None:
    browser.post("/inbox/code", json={"phone": PHONE})
    wrong = "000000" if counter.pocket.code != "000000" else "000001"
    said = [browser.post("/inbox/sign-in", json={"code": wrong}).status_code for _ in range(5)]
    assert said == [409] * 5
    assert browser.post("/inbox/sign-in", json={"code": counter.pocket.code}).status_code == 409
    answers = [browser.post("/inbox/code", json={"phone": PHONE}).status_code for _ in range(8)]
    assert answers == [200] * 7 + [409]
    assert browser.post("/inbox/code", json={"phone": "no"}).status_code == 409


def test_a_late_code_is_refused_and_a_phone_is_forgotten_after_half_a_day(
    browser: httpx.Client, counter: Counter, clock: HandClock
) -> None:
    browser.post("/inbox/code", json={"phone": PHONE})
    clock.pass_time(timedelta(minutes=6))
    assert browser.post("/inbox/sign-in", json={"code": counter.pocket.code}).status_code == 409
    assert sign_in(browser, counter).status_code == 200
    clock.pass_time(timedelta(hours=12))
    assert not browser.get("/inbox/state").json()["signed_in"]
    with counter.stocked.shop.storage.read.connect() as connection:
        kept = connection.execute(select(PhoneSession.token_hash)).scalars().all()
    assert browser.cookies["zhanggui_inbox"] not in "".join(kept)  # only its hash


@pytest.mark.req("O7", "R3", "R6")
def test_on_a_phone_a_new_message_appears_by_itself(phone: Page, counter: Counter) -> None:
    phone.goto(f"{counter.address}/inbox")
    phone.locator("#phone").fill(PHONE)
    phone.locator("#send").click()
    phone.locator("#code").wait_for()
    phone.locator("#code").fill(counter.pocket.code)
    phone.locator("#code-form button").click()
    expect(phone.locator("#empty")).to_be_visible()
    post(counter, "a")
    expect(phone.locator("#rows li.unread")).to_have_count(1)
    expect(phone.locator("#unread")).to_have_text("1 条未读")
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    heights = phone.evaluate(
        "[...document.querySelectorAll('button,a.lang')].filter(b => b.offsetParent).map(b => b.offsetHeight)"
    )
    assert min(heights) >= 48
    phone.locator("#read").click()
    expect(phone.locator("#rows li.unread")).to_have_count(0)
    phone.locator("a.lang").first.click()
    expect(phone.locator("#leave")).to_have_text("Sign out")
    phone.locator("#leave").click()
    expect(phone.locator("#sign-in")).to_be_visible()
