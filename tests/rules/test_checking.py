"""What can't be saved: every bad rule is named at its field, in words, and nothing of it is kept."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, func, select

from desktop.basics.errors import Malformed
from desktop.basics.ids import new_key
from desktop.models.members import MemberTag
from desktop.models.products import ProductTag, Tag
from desktop.models.rules import Rule, RuleVersion
from desktop.rules.checking import AtField
from desktop.rules.editing import save_rule
from desktop.rules.spec import Limits, Part, Spec, Step, read, write
from desktop.services.products import NewProduct, create_product
from desktop.services.stock import ReceivedLine, receive_stock
from desktop.shop.shop import Shop
from tests.helpers.goods import Stocked, open_stocked
from tests.helpers.rules import clockwork, new_rule, rule_of, runs, tell_owner

ORDER, STOCK, DAILY = (
    Part("order_is", {"happening": "paid"}),
    Part("stock_alert"),
    Part("daily", {"time": 540}),
)
TAG = Step("tag_order", {"tag": "急"})
TELL = tell_owner()


def state(**values: Any) -> Part:
    """An order in a state for some time."""
    return Part("in_state", {"state": "to_ship", "minutes": 60, **values})


def tell(**values: Any) -> Step:
    """Tell somebody, with something wrong."""
    return Step("tell", {**TELL.values, **values})


def rule(trigger: Part | None = ORDER, *steps: Step, on: tuple[Part, ...] = (), **limits: Any) -> Spec:
    """A rule with one thing wrong."""
    return Spec(trigger, on, steps=steps or (TELL,), limits=Limits(**limits))


def which(key: str, *values: Any) -> Part:
    """A condition on one of several."""
    return Part(key, {"which": list(values)})


BAD = {
    "no trigger": (rule(None), "trigger"),
    "unknown trigger": (rule(Part("full_moon")), "trigger"),
    "no action": (Spec(ORDER), "steps"),
    "unknown action": (rule(ORDER, Step("dance")), "steps.0"),
    "unknown condition": (rule(on=(Part("luck"),)), "conditions.0"),
    "36 h as text": (rule(state(minutes="36 h")), "trigger.minutes"),
    "36 as text": (rule(state(minutes="36")), "trigger.minutes"),
    "half an hour": (rule(state(minutes=0.5)), "trigger.minutes"),
    "true is no number": (rule(state(minutes=True)), "trigger.minutes"),
    "no time at all": (rule(state(minutes=0)), "trigger.minutes"),
    "centuries": (rule(state(minutes=10**9)), "trigger.minutes"),
    "25 o'clock": (rule(Part("daily", {"time": 1500})), "trigger.time"),
    "unknown state": (rule(state(state="lost")), "trigger.state"),
    "no weekday": (rule(Part("weekly", {"time": 1, "weekdays": []})), "trigger.weekdays"),
    "eighth weekday": (rule(Part("weekly", {"time": 1, "weekdays": ["7"]})), "trigger.weekdays"),
    "day 32": (rule(Part("monthly", {"time": 1, "day": 32})), "trigger.day"),
    "condition of another subject": (rule(STOCK, on=(which("order_type", "b2b"),)), "conditions.0"),
    "action of another subject": (rule(STOCK, TAG), "steps.0"),
    "action for orders at nine o'clock": (rule(DAILY, Step("close_order")), "steps.0"),
    "closing a paid order": (rule(Part("unshipped"), Step("close_order")), "steps.0"),
    "receiving what was not sent": (
        rule(Part("in_state", {"state": "to_ship", "minutes": 60}), Step("receive_order")), "steps.0",
    ),
    "retail and b2b": (rule(on=(which("order_type", "retail"), which("order_type", "b2b"))), "conditions.1"),
    "retail trigger, b2b condition": (rule(Part("retail_unpaid"), on=(which("order_type", "b2b"),)), "conditions.0"),
    "unpaid trigger, paid condition": (rule(Part("retail_unpaid"), on=(which("order_status", "done"),)), "conditions.0"),
    "more than 200, less than 100": (
        rule(on=(Part("total_at_least", {"amount": 20_000}), Part("total_at_most", {"amount": 10_000}))), "conditions.1",
    ),
    "member and guest": (rule(on=(Part("order_of_member"), Part("order_of_guest"))), "conditions.1"),
    "a few points and many": (
        rule(Part("points_expiring"), on=(Part("points_at_most", {"points": 5}), Part("points_at_least", {"points": 6}))),
        "conditions.1",
    ),
    "deleted goods": (rule(STOCK, on=(Part("only_goods", {"goods": [999]}),)), "conditions.0.goods"),
    "deleted category": (rule(STOCK, on=(Part("only_categories", {"categories": [9]}),)), "conditions.0.categories"),
    "unknown tier": (rule(on=(Part("buyer_tier", {"tiers": ["platinum"]}),)), "conditions.0.tiers"),
    "unknown tag": (rule(on=(Part("order_tagged", {"tags": ["没有"]}),)), "conditions.0.tags"),
    "empty tag": (rule(ORDER, Step("tag_order", {"tag": "  "})), "steps.0.tag"),
    "negative money": (rule(on=(Part("total_at_least", {"amount": -1}),)), "conditions.0.amount"),
    "nobody to tell": (rule(ORDER, tell(receivers=[])), "steps.0.receivers"),
    "a receiver without address": (rule(ORDER, tell(channels=["email"])), "steps.0.receivers"),
    "a way that reaches nobody": (rule(ORDER, tell(channels=["desktop", "sms"])), "steps.0.receivers"),
    "a role nobody has": (rule(ORDER, tell(receivers=["role:cashier_of_the_moon"])), "steps.0.receivers"),
    "unknown message": (rule(ORDER, tell(template="haiku")), "steps.0.template"),
    "a message of other facts": (rule(DAILY, tell(template="order_paid")), "steps.0.template"),
    "no words of one's own": (rule(ORDER, tell(text=" ")), "steps.0.text"),
    "told some time": (rule(ORDER, tell(when="some time")), "steps.0.when"),
    "wait a negative time": (rule(state(), Step("chase_order", {}, -1)), "steps.0.wait"),
    "wait in words": (rule(state(), Step("chase_order", {}, "1 h")), "steps.0.wait"),  # type: ignore[arg-type]
    "again every minus one": (rule(state(), every_minutes=-1), "limits.every_minutes"),
    "again at nine o'clock": (rule(DAILY, every_minutes=60), "limits.every_minutes"),
    "no times": (rule(state(), every_minutes=60, times=0), "limits.times"),
    "far apart in words": (rule(state(), apart_minutes="24 h"), "limits.apart_minutes"),
    "no try": (rule(retries=0), "limits.retries"),
    "quiet at 24:00": (rule(quiet=(22 * 60, 24 * 60)), "limits.quiet"),
    "21 actions": (rule(ORDER, *[TAG] * 21), "steps"),
}  # fmt: skip


@pytest.fixture
def stocked(sqlite_shop: Shop) -> Stocked:
    """The pictures' shop with its rules."""
    made = open_stocked(sqlite_shop)
    clockwork(sqlite_shop)
    return made


def rows(shop: Shop) -> tuple[int, int]:
    """How many rules and versions there are."""
    with shop.storage.read.connect() as connection:
        counts = [
            connection.execute(select(func.count()).select_from(t)).scalar_one() for t in (Rule, RuleVersion)
        ]
    return counts[0], counts[1]


@pytest.mark.req("O14")
@pytest.mark.parametrize("what", list(BAD))
def test_what_is_wrong_is_named_at_its_field_and_nothing_is_kept(stocked: Stocked, what: str) -> None:
    spec, field = BAD[what]
    before = rows(stocked.shop)
    with pytest.raises(AtField) as caught:
        stocked.shop.do(save_rule, None, "Ours", spec)
    assert caught.value.field == field
    assert str(caught.value)
    assert "{" not in str(caught.value)
    assert rows(stocked.shop) == before


@pytest.mark.req("O14")
@pytest.mark.parametrize("name", ["", "   ", "长" * 81])
def test_a_rule_needs_a_name(stocked: Stocked, name: str) -> None:
    with pytest.raises(AtField) as caught:
        stocked.shop.do(save_rule, None, name, rule())
    assert caught.value.field == "name"


GOOD = {
    "contradicting, but any of them is enough": Spec(
        ORDER, (which("order_type", "retail"), which("order_type", "b2b")), match_all=False, steps=(TELL,)
    ),
    "two that leave something": rule(on=(which("order_type", "retail", "b2b"), which("order_type", "b2b"))),
    "exactly 100": rule(
        on=(Part("total_at_least", {"amount": 10_000}), Part("total_at_most", {"amount": 10_000}))
    ),
    "a buyer by the portal": rule(ORDER, tell(receivers=["member"], channels=["portal"])),
    "no quiet hours": rule(quiet=(480, 480)),
}


@pytest.mark.parametrize("what", list(GOOD))
def test_control_what_only_looks_wrong_is_saved(stocked: Stocked, what: str) -> None:
    number = stocked.shop.do(save_rule, None, "Ours", GOOD[what])
    assert rule_of(stocked.shop, number).version == 1


def test_a_rule_is_read_as_it_was_written_and_rubbish_is_not() -> None:
    for spec in GOOD.values():
        assert write(read(write(spec))) == write(spec)
    for text in ("", "7", "{}", "null", '{"trigger": {}}', write(rule()).replace("steps", "stops")):
        with pytest.raises(Malformed):
            read(text)


@pytest.mark.req("O14", "I3")
def test_a_rule_whose_tag_is_deleted_stops_and_says_so(stocked: Stocked) -> None:
    made = stocked.shop.do(create_product, NewProduct("云片糕", 1_000, tags=("促销",)))
    stocked.shop.do(receive_stock, [ReceivedLine(made.sku_id, 1_000)], client_key=new_key())
    number = new_rule(
        stocked.shop, "stock_below", conditions=(Part("goods_tagged", {"tags": ["促销"]}),), level="alert"
    )
    work = clockwork(stocked.shop)
    work.look()
    assert [run.subject_id for run in runs(stocked.shop, number)] == [made.sku_id]
    with stocked.shop.storage.write.begin() as connection:
        for table in (ProductTag, MemberTag):
            connection.execute(delete(table))
        connection.execute(delete(Tag))
    work.look()
    paused = rule_of(stocked.shop, number)
    assert paused.paused_at == stocked.shop.clock.now()
    assert paused.paused_why
