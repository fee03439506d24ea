"""How much one payment or refund may be by role, and a manager's PIN above it: once, at this till, for a few minutes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from desktop.basics.clock import HandClock
from desktop.basics.errors import NotAllowed, Refused, ShopError
from desktop.basics.i18n import speaking
from desktop.models.pay_offers import PayApproval
from desktop.models.people import Permission, Staff
from desktop.services.pay_limits import (
    ASK_MANAGER,
    REFUND,
    TAKE,
    approve_amount,
    approve_by_pin,
    check_amount,
    set_role_amounts,
)
from desktop.services.secrets import hashed
from desktop.services.sign_in import Braked
from desktop.services.staff import add_staff
from desktop.shop import actors
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from tests.helpers.goods import Stocked, open_stocked

PIN = "771204"


@action(permission=Permission.KIOSK)
def move(work: Work, deed: str, amount: int, approval: int = 0) -> None:
    """What takes or gives money asks first."""
    check_amount(work, deed, amount, approval)


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are compared in English."""
    with speaking("en"):
        yield


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """A shop whose cashiers take ¥500 and give back ¥50 at most, with an owner who has a PIN."""
    made = open_stocked(shop)
    with shop.storage.write.begin() as connection:
        connection.execute(update(Staff).where(Staff.username == "wang").values(pin_hash=hashed(PIN)))
    made.shop.do(set_role_amounts, "cashier", {TAKE: 50_000, REFUND: 5_000})
    return made


@pytest.mark.req("M10")
def test_above_the_roles_amount_nothing_moves_without_a_managers_pin(stocked: Stocked) -> None:
    cashier = stocked.cashier
    cashier.do(move, TAKE, 50_000)
    cashier.do(move, REFUND, 5_000)
    for deed, amount in ((TAKE, 50_001), (REFUND, 5_001)):
        with pytest.raises(Refused) as refused:
            cashier.do(move, deed, amount)
        assert refused.value.next_step == ASK_MANAGER
        approval = approve_by_pin(cashier, 2, PIN, deed, amount)
        cashier.do(move, deed, amount, approval)
        with pytest.raises(Refused, match="was used"):
            cashier.do(move, deed, amount, approval)  # good once
    stocked.shop.do(move, REFUND, 10**9)  # the control: the owner has no limit
    stocked.kiosk.do(move, TAKE, 10**9)  # nor has a machine nobody set one for


@pytest.mark.req("M10")
def test_a_yes_is_for_its_deed_its_amount_its_till_and_its_minutes(
    stocked: Stocked, clock: HandClock
) -> None:
    cashier = stocked.cashier
    approval = approve_by_pin(cashier, 2, PIN, TAKE, 60_000)
    elsewhere = stocked.shop.acting_as(actors.staff(stocked.cashier_id, 1))
    for shop, deed, amount in ((cashier, REFUND, 60_000), (cashier, TAKE, 60_001), (elsewhere, TAKE, 60_000)):
        with pytest.raises(Refused):
            shop.do(move, deed, amount, approval)
    with pytest.raises(Refused):
        cashier.do(move, TAKE, 60_000, approval + 100)
    clock.pass_time(timedelta(minutes=5))
    with pytest.raises(Refused, match="too old"):
        cashier.do(move, TAKE, 60_000, approval)
    fresh = approve_by_pin(cashier, 2, PIN, TAKE, 60_000)
    clock.pass_time(timedelta(minutes=4))
    cashier.do(move, TAKE, 59_000, fresh)  # the control: in time, and for less


@pytest.mark.req("M10")
def test_only_a_manager_says_yes_and_only_within_the_own_limit(stocked: Stocked) -> None:
    shop, cashier = stocked.shop, stocked.cashier
    add_staff(shop, username="zhou", name="周", password="a long password", roles=["cashier"], pin="880316")
    add_staff(shop, username="sun", name="孙", password="a long password", roles=["merchant"], pin="903158")
    shop.do(set_role_amounts, "merchant", {TAKE: 100_000})
    with pytest.raises(NotAllowed):
        approve_by_pin(cashier, 2, "880316", TAKE, 60_000)
    with pytest.raises(Refused):
        approve_by_pin(cashier, 2, "903158", TAKE, 100_001)
    cashier.do(move, TAKE, 100_000, approve_by_pin(cashier, 2, "903158", TAKE, 100_000))
    with pytest.raises(NotAllowed):
        cashier.do(approve_amount, TAKE, 60_000)
    with pytest.raises(ShopError, match="not known"):
        approve_by_pin(cashier, 2, "000111", TAKE, 60_000)


@pytest.mark.req("M10")
def test_wrong_pins_are_braked_and_leave_no_approval(sqlite_shop: Shop) -> None:
    stocked = open_stocked(sqlite_shop)
    for _try in range(5):
        with pytest.raises(ShopError):
            approve_by_pin(stocked.cashier, 2, "000000", TAKE, 60_000)
    with pytest.raises(Braked):
        approve_by_pin(stocked.cashier, 2, "000000", TAKE, 60_000)
    with sqlite_shop.storage.read.connect() as connection:
        assert connection.execute(select(func.count()).select_from(PayApproval)).scalar_one() == 0


@pytest.mark.req("M10")
def test_the_own_pin_between_guesses_opens_no_brake(sqlite_shop: Shop) -> None:
    stocked = open_stocked(sqlite_shop)
    names = {"password": "a long password", "roles": ["cashier"]}
    add_staff(sqlite_shop, username="zhou", name="周", pin="880316", **names)
    add_staff(sqlite_shop, username="sun", name="孙", pin="903158", **{**names, "roles": ["merchant"]})

    def tries(*pins: str) -> type[Exception] | None:
        for pin in pins:
            try:
                approve_by_pin(stocked.cashier, 2, pin, TAKE, 60_000)
            except ShopError as error:
                last: type[Exception] | None = type(error)
            else:
                last = None
        return last

    assert tries("000001", "000002", "903158") is None  # the control: a manager's yes forgets slips
    assert tries("000001", "880316", "000002", "880316", "000003", "903158") is Braked


@pytest.mark.req("M10")
def test_the_largest_of_several_roles_counts_and_a_limit_can_be_lifted(sqlite_shop: Shop) -> None:
    stocked = open_stocked(sqlite_shop)
    shop = stocked.shop
    both = add_staff(
        shop, username="wu", name="吴", password="a long password", roles=["cashier", "merchant"]
    )
    wu = shop.acting_as(actors.staff(both, 2))
    shop.do(set_role_amounts, "cashier", {REFUND: 100})
    wu.do(move, REFUND, 10**6)  # as a merchant without a limit
    shop.do(set_role_amounts, "merchant", {REFUND: 200})
    with pytest.raises(Refused):
        wu.do(move, REFUND, 201)
    wu.do(move, REFUND, 200)
    shop.do(set_role_amounts, "merchant", {REFUND: None})
    wu.do(move, REFUND, 201)
    for role, amounts in (
        ("owner", {TAKE: 1}),
        ("cashier", {TAKE: -1}),
        ("cashier", {"steal": 1}),
        ("nobody", {TAKE: 1}),
    ):
        with pytest.raises(ShopError):
            shop.do(set_role_amounts, role, amounts)
