"""The providers' bills come by themselves: asked for once a day, again while they are not ready, named when they don't come."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from desktop.basics.clock import HandClock
from desktop.basics.i18n import speaking
from desktop.models.statements import Statement
from desktop.queries import today_words
from desktop.queries.today import today
from desktop.queries.todo import Todo
from desktop.services.pay_accounts import AccountForm, save_account
from desktop.services.reconcile import take_bill
from desktop.services.sending import Gateways, Sent, send_due
from desktop.shop.shop import Shop
from tests.helpers.bills import alipay_zip
from tests.helpers.goods import open_stocked
from tests.helpers.rule_scenes import HOUR, MINUTE, ZONE, with_account
from tests.helpers.rules import clockwork, only, rule_id, runs, waiting
from tests.simulators.control import PayOffice
from tests.simulators.faults import Fault
from tests.simulators.keys import new_key as rsa_key
from tests.simulators.keys import private_pem, public_pem
from tests.simulators.scene import Scene, scene

YESTERDAY = date(2026, 11, 20)
SELLER = "2088000000000001"  # of the simulated bills


def missing(shop: Shop) -> Todo | None:
    """What the to-do list says about bills that did not come."""
    return next((todo for todo in shop.ask(today) if todo.kind == "bills_missing"), None)


def opened(shop: Shop) -> Shop:
    """A shop of which only the daily bills are on; 10:00 in the morning."""
    made = open_stocked(shop).shop
    clockwork(made)
    only(made, "bills")
    return made


def with_keys(shop: Shop, seller: str = SELLER) -> Shop:
    """The same with an account at Alipay, whose keys this machine has."""
    ours, theirs = rsa_key(), rsa_key()
    details = {
        "base_url": "http://127.0.0.1:9", "app_id": "2021000000000001", "seller_id": seller,
        "alipay_public_key": public_pem(theirs),
    }  # fmt: skip
    save_account(opened(shop), AccountForm("alipay", details, {"private_key": private_pem(ours)}))
    return shop


@pytest.mark.req("M12", "R5")
def test_bills_are_asked_for_once_a_day_however_many_clocks_run(shop: Shop, clock: HandClock) -> None:
    with_account(opened(shop), clock)
    clocks, fired = [clockwork(shop), clockwork(shop)], []
    for _look in range(12):
        fired.append(sum(one.look().fired for one in clocks))
        clock.pass_time(4 * HOUR)
    assert fired == [0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]  # at two in the afternoon of both days
    assert [run.due_at.astimezone(ZONE).strftime("%d %H:%M") for run in runs(shop)] == [
        "21 10:10",
        "22 10:10",
    ]
    days = [row["day"] for row in waiting(shop, "bill:wechat")]
    assert days == ["2026-11-20", "2026-11-21"]  # the first still waits, and is not asked for beside it
    assert waiting(shop, "bill:alipay") == []


@pytest.mark.req("M12", "R5")
def test_control_without_an_account_nothing_is_due_until_there_is_one(shop: Shop, clock: HandClock) -> None:
    opened(shop)
    work = clockwork(shop)
    for _look in range(5):
        assert work.look().fired == 0
        clock.pass_time(6 * HOUR)
    assert (runs(shop), waiting(shop, "bill:wechat"), missing(shop)) == ([], [], None)
    with_account(shop, clock, "unionpay")  # its bills can't be read
    assert work.look().fired == 0
    with_account(shop, clock, "alipay")
    assert (work.look().fired, work.look().fired) == (1, 0)
    assert [row["day"] for row in waiting(shop, "bill:alipay")] == ["2026-11-21"]
    assert runs(shop, rule_id(shop, "bills"))[0].state == "done"


def go(shop: Shop, sale: Scene) -> Sent:
    """One look of the program that works off what waits."""
    return send_due(shop, gateways=Gateways(pay=lambda _shop, _name: sale.gateway))


@pytest.mark.req("M12", "R5", "R11")
def test_a_bill_that_is_not_ready_is_tried_again_and_named_when_it_does_not_come(
    sqlite_shop: Shop, pay_office: PayOffice, clock: HandClock
) -> None:
    shop = with_keys(sqlite_shop)
    sale = scene(pay_office, clock, "alipay")
    pay_office.inject(Fault.NOT_READY, 3)
    clock.pass_time(10 * MINUTE)
    assert clockwork(shop).look().fired == 1
    assert (go(shop, sale).later, missing(shop)) == (1, None)  # once is nothing to speak of
    assert go(shop, sale) == Sent(next_at=clock.now() + MINUTE)  # and not again at once
    clock.pass_time(HOUR)
    assert go(shop, sale).later == 1
    clock.pass_time(HOUR)
    assert go(shop, sale).later == 1
    found = missing(shop)
    assert found is not None
    assert (found.count, found.facts["day"], found.step.filters["day"]) == (1, YESTERDAY, YESTERDAY)
    assert "unsent" not in {todo.kind for todo in shop.ask(today)}
    with speaking("en"):
        words = today_words.reason(found, today_words.Here(clock.now(), ZONE))
        assert words.startswith("Alipay, 20 Nov: ")
        assert "{" not in words
    clock.pass_time(HOUR)
    assert (go(shop, sale).done, missing(shop)) == (1, None)
    with shop.storage.read.connect() as connection:
        assert list(connection.execute(select(Statement.day)).scalars()) == [YESTERDAY]


@pytest.mark.req("M12", "R11")
def test_a_bill_of_another_merchant_is_given_up_with_its_reason_until_somebody_sees_to_it(
    sqlite_shop: Shop, pay_office: PayOffice, clock: HandClock
) -> None:
    shop = with_keys(sqlite_shop, "2088000000000999")
    sale = scene(pay_office, clock, "alipay")
    clock.pass_time(10 * MINUTE)
    clockwork(shop).look()
    assert go(shop, sale).failed == 1
    found = missing(shop)
    assert found is not None
    with speaking("en"):
        words = today_words.reason(found, today_words.Here(clock.now(), ZONE))
    assert SELLER in words
    assert "2088000000000999" in words
    assert "unsent" not in {todo.kind for todo in shop.ask(today)}  # not a message that was not sent
    take_bill(shop, alipay_zip([], YESTERDAY), new_account=True)
    assert missing(shop) is None
