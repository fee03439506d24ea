"""Payments somebody must see to: opened once, closed by a person or by themselves, with an owner and a note."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from desktop.basics.clock import HandClock
from desktop.basics.errors import NotAllowed, Refused, ShopError
from desktop.basics.i18n import speaking
from desktop.gateways.payment import Reason
from desktop.models.pay_offers import NEGOTIATE, OTHER, RETRY, WAYS
from desktop.queries import pay_trouble
from desktop.queries.pay_cases import payment_cases, reason_plans, what_to_do
from desktop.queries.pay_words import CASE_HINTS, CASE_WAYS, CASE_WORDS, REASON_WORDS, USUAL_WAYS
from desktop.queries.today import today
from desktop.services.pay_cases import (
    assign_case,
    cases_differ,
    find_cases,
    finish_case,
    note_on_case,
    plan_reason,
    reopen_case,
)
from desktop.services.paying import recover
from desktop.shop.shop import Shop
from tests.helpers.goods import Stocked, as_role, open_stocked
from tests.helpers.payments import attempt, change, provider_refund


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are compared in English."""
    with speaking("en"):
        yield


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """An open shop on each kind of database."""
    return open_stocked(shop)


@pytest.mark.req("M4")
def test_every_reason_has_words_and_a_way_and_the_shop_may_choose_its_own(stocked: Stocked) -> None:
    assert set(REASON_WORDS) == set(USUAL_WAYS) == set(Reason)
    assert set(USUAL_WAYS.values()) <= set(WAYS)
    assert set(CASE_WAYS) <= set(CASE_HINTS) <= set(CASE_WORDS)
    kiosk, owner = stocked.kiosk, stocked.shop
    assert kiosk.ask(what_to_do, Reason.MONEY).way == OTHER
    assert kiosk.ask(what_to_do, Reason.EXPIRED).way == RETRY
    owner.do(plan_reason, Reason.RISK, NEGOTIATE, stocked.cashier_id, "Call the bank together")
    plan = kiosk.ask(what_to_do, Reason.RISK)
    assert (plan.way, plan.owner, plan.note, plan.own) == (
        NEGOTIATE,
        "李收银",
        "Call the bank together",
        True,
    )
    assert len(owner.ask(reason_plans)) == len(Reason) - 1
    for wrong in ((Reason.RISK, "shrug"), ("bad luck", RETRY), ("", RETRY), (Reason.RISK, RETRY, 999)):
        with pytest.raises(ShopError):
            owner.do(plan_reason, *wrong)


@pytest.mark.req("M4", "M9")
def test_whatever_needs_a_person_is_found_once(stocked: Stocked, clock: HandClock) -> None:
    shop = stocked.shop
    paid: dict[str, Any] = {"paid_minor": 1_000, "refunded_minor": 0}
    back = attempt(shop, "wechat", "refund abnormal", paid_minor=1_000, refunded_minor=400)
    provider_refund(shop, back, "abnormal", reason=Reason.REFUND_REFUSED)
    attempt(shop, "alipay", "succeeded", Reason.AMOUNT, mismatch=True, **paid)
    attempt(shop, "alipay", "succeeded", booked=True, **paid)  # as it should be
    attempt(shop, "alipay", "succeeded", **paid)  # a part that waits for the rest
    attempt(shop, "wechat", "cancelling", Reason.NO_ANSWER, tries=3)  # only just
    assert shop.ask(cases_differ)
    assert shop.do(find_cases) == 2
    assert not shop.ask(cases_differ)  # nothing is written for nothing
    assert shop.do(find_cases) == 0
    assert [(c.kind, c.amount_minor, c.way) for c in shop.ask(payment_cases)] == [
        ("abnormal", 400, NEGOTIATE),
        ("mismatch", 1_000, NEGOTIATE),
    ]
    clock.pass_time(timedelta(hours=1))
    assert shop.do(find_cases) == 2  # the part nobody added to, and the cancelling without an answer
    assert {c.kind for c in shop.ask(payment_cases)} == {"abnormal", "mismatch", "unbooked", "stuck"}
    first = next(todo for todo in shop.ask(today) if todo.kind == "payment_case")
    assert (first.count, first.money_minor, first.step.screen) == (4, 3_400, "payments")


@pytest.mark.req("M4")
def test_a_case_has_an_owner_a_note_and_an_end(stocked: Stocked) -> None:
    shop = stocked.shop
    attempt(shop, "alipay", "succeeded", Reason.AMOUNT, mismatch=True, paid_minor=990)
    shop.do(find_cases)
    case = shop.ask(payment_cases)[0]
    cashier = as_role(shop, "cashier")
    with pytest.raises(NotAllowed):
        cashier.do(finish_case, case.id, "looked")
    merchant = as_role(shop, "merchant")
    merchant.do(assign_case, case.id, stocked.cashier_id)
    merchant.do(note_on_case, case.id, "顾客明天来")
    shown = shop.ask(payment_cases)[0]
    assert (shown.owner, shown.note) == ("李收银", "顾客明天来")
    with pytest.raises(Refused, match="what was done"):
        merchant.do(finish_case, case.id, "  ")
    merchant.do(finish_case, case.id, "补了 0.10 元现金")
    assert shop.ask(payment_cases) == ()
    assert shop.ask(payment_cases, True)[0].done_note == "补了 0.10 元现金"
    with pytest.raises(Refused, match="meanwhile"):
        merchant.do(assign_case, case.id, None)
    assert shop.do(find_cases) == 0  # done is done
    with pytest.raises(Refused):  # the money counts as given back
        merchant.do(reopen_case, case.id)


@pytest.mark.req("M4")
def test_a_long_list_is_gone_through_to_its_end(sqlite_shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = open_stocked(sqlite_shop).shop
    monkeypatch.setattr(pay_trouble, "PART", 3)
    wrong = [
        attempt(shop, "alipay", "succeeded", Reason.AMOUNT, mismatch=True, paid_minor=990)
        for _one in range(8)
    ]
    assert shop.do(find_cases) == 3  # the control: one go takes a part
    recover(shop)
    assert len(shop.ask(payment_cases)) == 8
    change(shop, wrong[-1], state="refunded")  # behind more that stay wrong than one part holds
    recover(shop)
    assert len(shop.ask(payment_cases)) == 7
    assert not shop.ask(cases_differ)


@pytest.mark.req("M4", "M9")
def test_a_refund_the_bank_sent_back_counts_as_paid_another_way_once_somebody_says_so(
    stocked: Stocked,
) -> None:
    shop = stocked.shop
    back = attempt(shop, "wechat", "refund abnormal", paid_minor=1_000, refunded_minor=400)
    provider_refund(shop, back, "abnormal", reason=Reason.REFUND_REFUSED)
    recover(shop)  # what runs every minute
    case = shop.ask(payment_cases)[0]
    shop.do(finish_case, case.id, "现金退还")
    assert shop.do(find_cases) == 0
    assert shop.ask(payment_cases) == ()
    with pytest.raises(Refused):
        shop.do(reopen_case, case.id)


@pytest.mark.req("M4")
def test_what_comes_right_by_itself_is_closed_by_itself(stocked: Stocked, clock: HandClock) -> None:
    shop = stocked.shop
    stuck = attempt(shop, "wechat", "cancelling", Reason.NO_ANSWER, tries=5)
    clock.pass_time(timedelta(minutes=11))
    assert shop.do(find_cases) == 1
    shop.do(find_cases)
    assert len(shop.ask(payment_cases)) == 1  # the control: while nothing has changed it stays
    change(shop, stuck, state="closed")
    shop.do(find_cases)
    assert shop.ask(payment_cases) == ()
    assert shop.ask(payment_cases, True)[0].done_note == "Settled by itself"


@pytest.mark.req("M2")
def test_a_method_that_rests_is_named_in_what_to_do_first(stocked: Stocked) -> None:
    for _try in range(3):
        attempt(stocked.shop, "wechat", "failed", Reason.NO_CONNECTION)
    todo = next(todo for todo in stocked.shop.ask(today) if todo.kind == "method_down")
    assert (todo.facts["method"], todo.facts["why"]) == ("wechat", Reason.NO_CONNECTION)
