"""Ways to pay: offered by place, within their limits, counted once and released; a method that is down rests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from sqlalchemy import delete, insert, select, update

from desktop.basics.clock import HandClock
from desktop.basics.errors import Refused, ShopError
from desktop.basics.i18n import speaking
from desktop.gateways.payment import Reason
from desktop.models.pay_offers import MethodUse
from desktop.models.payment_accounts import PaymentAccount
from desktop.models.people import Permission, Till
from desktop.queries.pay_offer import OfferedMethod, offered
from desktop.services.pay_methods import (
    MethodTerms,
    check_offer,
    clear_offer,
    count_use,
    edit_method,
    release_use,
    set_offer,
    switch_method,
    trust_method,
)
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from tests.helpers.goods import Stocked, open_stocked
from tests.helpers.payments import attempt, change, terms

ALL = ("cash", "card", "wechat", "alipay", "unionpay", "stored_value", "points", "other")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are compared in English."""
    with speaking("en"):
        yield


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """An open shop on each kind of database, with an account at each provider."""
    made = open_stocked(shop)
    rows = [
        {"gateway": key, "details": {}, "saved_at": shop.clock.now()}
        for key in ("wechat", "alipay", "unionpay")
    ]
    with shop.storage.write.begin() as connection:
        connection.execute(insert(PaymentAccount), rows)
    return made


@action(permission=Permission.KIOSK)
def begin(
    work: Work, method: str, amount: int, source: str = "", till_id: int = 2, member_id: int | None = None,
    currency: str = "CNY",
) -> None:  # fmt: skip
    """What a payment does first."""
    check_offer(work, method, till_id=till_id, member_id=member_id, amount_minor=amount, currency=currency)
    if source:
        count_use(work, method, source, member_id=member_id, amount_minor=amount, currency=currency)


@action(permission=Permission.KIOSK)
def end(work: Work, source: str) -> None:
    """What a payment that came to nothing does last."""
    release_use(work, source)


def by_key(found: tuple[OfferedMethod, ...]) -> dict[str, OfferedMethod]:
    """The methods by their key."""
    return {one.key: one for one in found}


def used(shop: Shop, method: str) -> list[tuple[int, int, int]]:
    """(member, count, sum) of today."""
    with shop.storage.read.connect() as connection:
        rows = connection.execute(
            select(MethodUse.member_id, MethodUse.count, MethodUse.sum_minor)
            .where(MethodUse.method_key == method)
            .order_by(MethodUse.member_id)
        )
        return [tuple(row) for row in rows]  # type: ignore[misc]


@pytest.mark.req("M8")
def test_each_limit_refuses_with_its_reason_and_lets_the_rest_through(stocked: Stocked) -> None:
    kiosk, owner = stocked.kiosk, stocked.shop
    kiosk.do(begin, "wechat", 1_000)  # the control: without limits it is taken
    for limits, amount, words in (
        (MethodTerms(least_minor=2_000), 1_999, "20.00"),
        (MethodTerms(most_minor=2_000), 2_001, "20.00"),
        (MethodTerms(channels=("store", "online")), 1_000, "not offered here"),
        (MethodTerms(regions=("杭州",)), 1_000, "not offered here"),
        (MethodTerms(currencies=("USD",)), 1_000, "CNY"),
    ):
        owner.do(edit_method, "wechat", limits)
        with pytest.raises(Refused, match=words):
            kiosk.do(begin, "wechat", amount)
        assert not by_key(kiosk.ask(offered, 2, None, amount))["wechat"].offered
    owner.do(edit_method, "wechat", MethodTerms(least_minor=2_000, most_minor=2_000, channels=("kiosk",)))
    kiosk.do(begin, "wechat", 2_000)
    with owner.storage.write.begin() as connection:
        connection.execute(update(Till).where(Till.id == 2).values(region="杭州"))
    owner.do(edit_method, "wechat", MethodTerms(regions=("上海", "杭州")))
    kiosk.do(begin, "wechat", 1_000)
    owner.do(switch_method, "wechat", False)
    with pytest.raises(Refused, match="switched off"):
        kiosk.do(begin, "wechat", 1_000)
    with pytest.raises(Refused, match="not known"):
        kiosk.do(begin, "bitcoin", 1_000)


@pytest.mark.req("M8")
def test_uses_per_member_and_sum_per_day_are_counted_once_and_released(
    stocked: Stocked, clock: HandClock
) -> None:
    kiosk, member = stocked.kiosk, stocked.member_id
    stocked.shop.do(edit_method, "alipay", MethodTerms(member_day_count=2, day_sum_minor=5_000))
    kiosk.do(begin, "alipay", 1_000, "a1", member_id=member)
    kiosk.do(begin, "alipay", 1_000, "a1", member_id=member)  # the same payment once more
    assert used(stocked.shop, "alipay") == [(0, 1, 1_000), (member, 1, 1_000)]
    kiosk.do(begin, "alipay", 1_500, "a2", member_id=member)
    with pytest.raises(Refused, match="2 times"):
        kiosk.do(begin, "alipay", 100, "a3", member_id=member)
    kiosk.do(begin, "alipay", 2_500, "a4")  # somebody else
    with pytest.raises(Refused, match="0.00 left"):
        kiosk.do(begin, "alipay", 1, "a5")
    assert used(stocked.shop, "alipay") == [(0, 3, 5_000), (member, 2, 2_500)]
    kiosk.do(end, "a2")
    kiosk.do(end, "a2")
    kiosk.do(end, "never counted")
    assert used(stocked.shop, "alipay") == [(0, 2, 3_500), (member, 1, 1_000)]
    kiosk.do(begin, "alipay", 1_500, "a6", member_id=member)
    clock.pass_time(timedelta(days=1))
    kiosk.do(begin, "alipay", 5_000, "a7", member_id=member)  # a new day


@pytest.mark.req("M8")
def test_two_tills_cannot_both_take_the_last_of_the_day(stocked: Stocked) -> None:
    stocked.shop.do(edit_method, "wechat", MethodTerms(day_sum_minor=1_000))
    start, refused = Barrier(4), []

    def take(number: int) -> None:
        start.wait()
        try:
            stocked.kiosk.do(begin, "wechat", 1_000, f"till {number}")
        except Refused as error:
            refused.append(error)

    threads = [Thread(target=take, args=(i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3
    assert used(stocked.shop, "wechat") == [(0, 1, 1_000)]


@pytest.mark.req("M7", "M8")
@pytest.mark.parametrize(
    "wrong",
    [
        MethodTerms(discount_bp=5_001), MethodTerms(discount_bp=-1), MethodTerms(fee_bp=10_001),
        MethodTerms(least_minor=-1), MethodTerms(least_minor=2, most_minor=1), MethodTerms(member_day_count=-1),
        MethodTerms(day_sum_minor=10**16), MethodTerms(channels=("moon",)), MethodTerms(currencies=("XXX",)),
        MethodTerms(regions=("a,b",)), MethodTerms(regions=("长" * 300,)),
    ],
)  # fmt: skip
def test_terms_that_cannot_be_are_refused(sqlite_shop: Shop, wrong: MethodTerms) -> None:
    shop = open_stocked(sqlite_shop).shop
    with pytest.raises(ShopError):
        shop.do(edit_method, "wechat", wrong)
    shop.do(edit_method, "wechat", MethodTerms(discount_bp=200))
    with pytest.raises(Refused):
        shop.do(edit_method, "points", MethodTerms(discount_bp=200))


@pytest.mark.req("M2")
def test_the_narrowest_place_says_what_is_offered_and_the_default_comes_first(stocked: Stocked) -> None:
    shop, kiosk = stocked.shop, stocked.kiosk
    rest = [(key, "offered") for key in ALL if key not in ("alipay", "wechat", "cash")]
    shop.do(set_offer, "shop", [("alipay", "default"), ("wechat", "fallback"), ("cash", "offered"), *rest])
    first = kiosk.ask(offered, 2)
    assert [one.key for one in first][:3] == ["alipay", "wechat", "cash"]
    assert (first[0].use, first[0].proposed, first[1].use) == ("default", True, "fallback")
    shop.do(
        set_offer, "channel:kiosk", [("wechat", "default"), ("alipay", "fallback"), ("cash", "off"), *rest]
    )
    shown = kiosk.ask(offered, 2)
    assert shown[0].key == "wechat"
    assert not by_key(shown)["cash"].offered
    with pytest.raises(Refused, match="not offered here"):
        kiosk.do(begin, "cash", 1_000)
    assert by_key(kiosk.ask(offered, 1))["cash"].offered  # the control: the counter goes by the shop's
    shop.do(set_offer, "till:2", [("cash", "default"), ("wechat", "offered"), ("alipay", "offered"), *rest])
    assert kiosk.ask(offered, 2)[0].key == "cash"
    shop.do(clear_offer, "till:2")
    assert kiosk.ask(offered, 2)[0].key == "wechat"
    for scope, wanted in (
        ("shop", [("cash", "default")]),
        ("shop", [(key, "offered") for key in ALL]),
        ("shop", [(key, "default") for key in ALL]),
        ("till:99", [(key, "default" if key == "cash" else "offered") for key in ALL]),
    ):
        with pytest.raises(ShopError):
            shop.do(set_offer, scope, wanted)


@pytest.mark.req("M2")
def test_a_method_that_fails_rests_and_comes_back_by_itself_with_a_pause_that_doubles(
    stocked: Stocked, clock: HandClock
) -> None:
    shop, kiosk = stocked.shop, stocked.kiosk
    rest = [(key, "offered") for key in ALL if key not in ("wechat", "alipay")]
    shop.do(set_offer, "shop", [("wechat", "default"), ("alipay", "fallback"), *rest])
    for _try in range(2):
        attempt(shop, "wechat", "failed", Reason.NO_CONNECTION)
    attempt(shop, "wechat", "sent")  # nothing is known of it yet: neither good nor bad
    assert kiosk.ask(offered, 2)[0].key == "wechat"  # the control: two are not three
    attempt(shop, "wechat", "cancelling", Reason.NO_ANSWER)
    shown = kiosk.ask(offered, 2)
    assert (shown[0].key, shown[0].proposed) == ("alipay", True)
    down = by_key(shown)["wechat"].down
    assert down is not None
    assert (down.failures, down.reason, down.until - clock.now()) == (
        3,
        Reason.NO_ANSWER,
        timedelta(minutes=2),
    )
    with pytest.raises(Refused, match="did not answer"):
        kiosk.do(begin, "wechat", 1_000)
    clock.pass_time(timedelta(minutes=2))
    assert kiosk.ask(offered, 2)[0].key == "wechat"  # one more try
    attempt(shop, "wechat", "closed", Reason.NO_CONNECTION)
    again = by_key(kiosk.ask(offered, 2))["wechat"].down
    assert again is not None
    assert again.until - clock.now() == timedelta(minutes=4)
    shop.do(trust_method, "wechat")
    clock.pass_time(timedelta(seconds=1))
    assert kiosk.ask(offered, 2)[0].key == "wechat"


@pytest.mark.req("M2")
def test_what_customers_do_is_no_failure_of_the_method_and_wrong_keys_are_at_once(stocked: Stocked) -> None:
    shop, kiosk = stocked.shop, stocked.kiosk
    for _try in range(5):
        attempt(shop, "wechat", "closed", Reason.CANCELLED)
    attempt(shop, "alipay", "failed", Reason.NO_CONNECTION)
    attempt(shop, "alipay", "failed", Reason.NO_CONNECTION)
    attempt(shop, "alipay", "succeeded", paid_minor=1_000)
    attempt(shop, "alipay", "failed", Reason.NO_CONNECTION)
    attempt(shop, "unionpay", "failed", Reason.KEYS)
    shown = by_key(kiosk.ask(offered, 2))
    assert (shown["wechat"].offered, shown["alipay"].offered) == (True, True)
    assert not shown["unionpay"].offered


@pytest.mark.req("M2")
def test_a_fallback_is_offered_only_once_the_running_payment_is_over(stocked: Stocked) -> None:
    shop, kiosk = stocked.shop, stocked.kiosk
    rest = [(key, "offered") for key in ALL if key not in ("wechat", "alipay")]
    shop.do(set_offer, "shop", [("wechat", "default"), ("alipay", "fallback"), *rest])
    running = attempt(shop, "wechat", "unknown", Reason.NO_ANSWER, subject="sale:s1")
    assert not any(one.offered for one in kiosk.ask(offered, 2, subject="sale:s1"))
    assert kiosk.ask(offered, 2, subject="sale:another")[0].offered  # the control
    change(shop, running, state="closed")
    shown = kiosk.ask(offered, 2, subject="sale:s1")
    assert (shown[0].key, shown[0].proposed) == ("alipay", True)
    assert by_key(shown)["wechat"].offered  # may be tried again, but is not proposed


@pytest.mark.req("M7")
def test_the_offer_says_what_each_method_takes_off(stocked: Stocked) -> None:
    terms(stocked.shop, "unionpay", discount_bp=200, discount_cap_minor=150)
    shown = by_key(stocked.kiosk.ask(offered, 2, None, 10_000))
    assert (shown["unionpay"].discount_minor, shown["unionpay"].pays_minor) == (150, 9_850)
    assert (shown["wechat"].discount_minor, shown["wechat"].pays_minor) == (0, 10_000)


@pytest.mark.req("M2")
def test_a_wallet_without_an_account_is_offered_to_nobody(stocked: Stocked) -> None:
    assert by_key(stocked.kiosk.ask(offered, 2))["alipay"].offered  # the control
    with stocked.shop.storage.write.begin() as connection:
        connection.execute(delete(PaymentAccount).where(PaymentAccount.gateway == "alipay"))
    shown = by_key(stocked.kiosk.ask(offered, 2))
    assert not shown["alipay"].offered
    assert str(shown["alipay"].why) == "Alipay is not connected yet."
    assert shown["cash"].offered


@pytest.mark.req("M7")
def test_stored_value_takes_no_discount(sqlite_shop: Shop) -> None:
    shop = open_stocked(sqlite_shop).shop
    for key in ("stored_value", "points"):
        with pytest.raises(Refused, match="value of their own"):
            shop.do(edit_method, key, MethodTerms(discount_bp=100))
