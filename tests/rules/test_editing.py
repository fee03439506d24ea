"""Writing rules: whoever saves one needs the rights it will use, every version is kept, and switching is no repetition."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, insert, select

from desktop.basics.clock import HandClock
from desktop.basics.errors import Changed, NotAllowed, NotFound, Refused, ShopError
from desktop.models.people import Permission, RolePermission
from desktop.models.rules import RuleVersion
from desktop.rules.beat import confirm_clock
from desktop.rules.editing import (
    put_rule_back,
    remove_rule,
    restore_rule,
    resume_rule,
    save_rule,
    switch_rule,
)
from desktop.rules.firing import fire
from desktop.rules.lists import rule_detail, rules_list
from desktop.rules.shipped import SHIPPED, add_shipped_rules, shipped_spec
from desktop.rules.spec import Limits, Part, Spec, Step, read
from desktop.scheduler.clockwork import Clockwork
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.back_office import order_of, pay, placed
from tests.helpers.goods import TEA, Stocked, as_role, open_stocked
from tests.helpers.logs import Logs
from tests.helpers.rules import clockwork, new_rule, only, rule_id, rule_of, runs, tell_owner

MINUTE = timedelta(minutes=1)
PAID = Part("order_is", {"happening": "paid"})
GIFT = Spec(PAID, steps=(Step("give_points", {"points": 100}),))
PLAIN = Spec(PAID, steps=(tell_owner(),))


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop with its rules."""
    made = open_stocked(shop)
    clockwork(shop)
    return made


def versions(shop: Shop, number: int) -> list[int]:
    """The versions kept of a rule."""
    with shop.storage.read.connect() as connection:
        kept = select(RuleVersion.version).where(RuleVersion.rule_id == number).order_by(RuleVersion.version)
        return list(connection.execute(kept).scalars())


@pytest.mark.req("O14")
def test_who_may_not_adjust_points_can_not_let_a_rule_do_it(stocked: Stocked) -> None:
    merchant = as_role(stocked.shop, "merchant")
    before = len(merchant.ask(rules_list))
    with pytest.raises(NotAllowed) as caught:
        merchant.do(save_rule, None, "礼物", GIFT)
    assert caught.value.permission == str(Permission.ADJUST_POINTS)
    assert len(merchant.ask(rules_list)) == before
    plain = merchant.do(save_rule, None, "提醒", PLAIN)  # the control: without the gift it may
    with pytest.raises(NotAllowed):
        merchant.do(save_rule, plain, "提醒", GIFT)
    assert stocked.shop.do(save_rule, None, "礼物", GIFT)


@pytest.mark.req("O14")
@pytest.mark.parametrize("role", ["cashier", "senior_agent", "clock"])
def test_who_may_not_change_rules_changes_none(stocked: Stocked, role: str) -> None:
    number = rule_id(stocked.shop, "paid")
    somebody = (
        stocked.shop.acting_as(Clockwork(stocked.shop).shop.actor)
        if role == "clock"
        else as_role(stocked.shop, role)
    )
    for attempt in (
        lambda: somebody.do(save_rule, None, "x", PLAIN),
        lambda: somebody.do(switch_rule, number, False),
        lambda: somebody.do(resume_rule, number),
        lambda: somebody.do(restore_rule, number),
        lambda: somebody.do(remove_rule, number),
        lambda: somebody.do(confirm_clock),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    if role != "clock":
        with pytest.raises(NotAllowed):
            somebody.do(fire, number, 1)


@pytest.mark.req("O14")
def test_a_merchant_can_not_change_a_figure_that_is_a_setting(stocked: Stocked) -> None:
    merchant, number = as_role(stocked.shop, "merchant"), rule_id(stocked.shop, "books")
    tell = Spec(Part("replenish_time"), steps=(tell_owner(),))
    with pytest.raises(NotAllowed):
        merchant.do(save_rule, None, "补货", tell, figures={"stock.replenish_at": 480})
    same = merchant.do(
        save_rule, None, "补货", tell, figures={"stock.replenish_at": 450}
    )  # as it is: nothing to set
    assert same != number
    stocked.shop.do(save_rule, same, "补货", tell, figures={"stock.replenish_at": 480})
    assert stocked.shop.ask(rule_detail, same).figures["stock.replenish_at"] == 480
    with pytest.raises(ShopError):
        stocked.shop.do(save_rule, same, "别的", tell, figures={"stock.replenish_at": 5_000})
    assert rule_of(stocked.shop, same).name == "补货"  # nothing half


@pytest.mark.req("O14")
def test_every_version_is_kept_and_can_be_the_newest_again(stocked: Stocked) -> None:
    shop, number = stocked.shop, rule_id(stocked.shop, "unshipped")
    name = rule_of(shop, number).name
    faster = Spec(Part("unshipped"), steps=(Step("chase_order"),), limits=Limits(every_minutes=60))
    assert shop.do(save_rule, number, name, faster, version=1) == number
    shop.do(save_rule, number, name, faster, version=2)  # the same again is no version
    assert versions(shop, number) == [1, 2]
    with pytest.raises(Changed):
        shop.do(save_rule, number, name, PLAIN, version=1)
    shop.do(restore_rule, number)
    assert read(rule_of(shop, number).spec) == shipped_spec("unshipped")
    shop.do(restore_rule, number, 2)
    assert (read(rule_of(shop, number).spec), versions(shop, number)) == (faster, [1, 2, 3, 4])
    with pytest.raises(NotFound):
        shop.do(restore_rule, number, 9)


@pytest.mark.req("O14")
def test_ours_can_be_switched_off_and_not_removed(stocked: Stocked) -> None:
    shop, ours = stocked.shop, rule_id(stocked.shop, "paid")
    with pytest.raises(Refused):
        shop.do(remove_rule, ours)
    own = new_rule(shop, "order_is", happening="paid")
    with pytest.raises(Refused):
        shop.do(restore_rule, own)
    shop.do(remove_rule, own)
    assert own not in [line.id for line in shop.ask(rules_list)]
    with pytest.raises(NotFound):
        shop.do(switch_rule, own, True)
    shop.do(put_rule_back, own)
    assert (rule_of(shop, own).enabled, rule_of(shop, own).removed_at) == (False, None)


@pytest.mark.req("O7", "O14")
def test_what_happened_while_it_was_off_stays_past(stocked: Stocked, clock: HandClock) -> None:
    shop = stocked.shop
    only(shop, "paid")
    number, work = rule_id(shop, "paid"), clockwork(shop)
    shop.do(switch_rule, number, False)
    pay(stocked, placed(stocked, (TEA, 1)))
    clock.pass_time(MINUTE)
    shop.do(switch_rule, number, True)
    assert work.look().fired == 0
    clock.pass_time(MINUTE)
    pay(stocked, placed(stocked, (TEA, 1)))
    assert work.look().fired == 1


@pytest.mark.req("O14", "O9")
def test_another_sentence_is_no_second_turn(stocked: Stocked, clock: HandClock) -> None:
    shop = stocked.shop
    only(shop)
    number = new_rule(shop, "in_state", state="unpaid", minutes=10)
    order_id = placed(stocked, (TEA, 1))
    clock.pass_time(10 * MINUTE)
    work = clockwork(shop)
    assert work.look().fired == 1
    later = Spec(
        Part("in_state", {"state": "unpaid", "minutes": 20}),
        steps=(tell_owner(), Step("tag_order", {"tag": "急"})),
    )
    shop.do(save_rule, number, "later", later)
    clock.pass_time(10 * MINUTE)
    assert (work.look().fired, len(runs(shop))) == (0, 1)
    assert order_of(stocked, order_id).status == "unpaid"


@pytest.mark.req("O14", "O6")
def test_the_shipped_rules_come_once_and_what_was_changed_stays(stocked: Stocked) -> None:
    shop = stocked.shop
    number = rule_id(shop, "paid")
    shop.do(switch_rule, number, False)
    assert Clockwork(shop).shop.do(add_shipped_rules) == 0
    assert (len(shop.ask(rules_list)), rule_of(shop, number).enabled) == (len(SHIPPED), False)
    assert all(line.enabled for line in shop.ask(rules_list) if line.id != number)


@pytest.mark.req("O14")
def test_the_clock_does_only_what_its_role_may(stocked: Stocked, clock: HandClock, logs: Logs) -> None:
    logs.allow("rule .* failed")
    only(stocked.shop, "retail_unpaid")
    order_id = placed(stocked, (TEA, 1))
    clock.pass_time(31 * MINUTE)
    lost = {"role_key": "clock", "permission": str(Permission.HANDLE_ORDERS)}
    taken = delete(RolePermission).filter_by(**lost)
    for change, fired in ((taken, 0), (insert(RolePermission).values(lost), 1)):
        with stocked.shop.storage.write.begin() as connection:
            connection.execute(change)
        reopened = Shop(stocked.shop.storage, actor=actors.console(), clock=clock)
        work = clockwork(reopened)
        look = work.look()
        work.stop()  # gives the lease back
        assert (look.fired, look.failed) == (fired, 1 - fired)
        assert order_of(stocked, order_id).status == ("cancelled" if fired else "unpaid")
        if not fired:
            assert str(Permission.HANDLE_ORDERS) in runs(reopened)[0].error
        clock.pass_time(2 * MINUTE)
        reopened.news.close()
