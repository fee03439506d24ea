"""Stuck orders and wrong points: made behind the shop's back, found with their proof, repaired once, books whole."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from desktop.basics.clock import HandClock
from desktop.basics.errors import Changed, NotAllowed, OutOfStock, Refused
from desktop.basics.ids import new_key
from desktop.models.members import PointsEntry
from desktop.models.payments import Tender
from desktop.models.stock import StockMovement
from desktop.queries.findings import KINDS, Finding
from desktop.queries.member_history import member_points_page
from desktop.queries.order_check import CHECKS, check_orders_and_points
from desktop.queries.stuck import CHECKS as STUCK
from desktop.queries.stuck import stuck_orders
from desktop.queries.verify import verify
from desktop.queries.wrong_points import wrong_points
from desktop.services.checks import from_findings
from desktop.services.fulfilment import (
    cancel_order,
    cancel_paid_order,
    receive_order,
    ship_order,
    undo_shipment,
)
from desktop.services.refunds import refund_lines
from desktop.services.repairs import REPAIRS, Repaired, repair_order, repair_points
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.back_office import events, order_of, pay, placed
from tests.helpers.broken import (
    balance_off,
    cancelled_holding,
    deducted_twice,
    done_without_movement,
    earned_twice,
    earned_unpaid,
    forgotten_in_the_queue,
    lines_of,
    on_its_way_for_weeks,
    paid_and_taken_along,
    paid_without_step,
    parcel_left,
    points_not_returned,
    points_of_a_part_not_returned,
    post,
    send_money,
    unpaid_for_days,
)
from tests.helpers.goods import MILK, TEA, Stocked, as_role, open_stocked
from tests.helpers.sales import sell


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


# what is broken, the kind that must name it, whether its repair needs nobody's eye, the order's status afterwards
BROKEN: tuple[tuple[Callable[[Stocked, HandClock], int], str, bool, str], ...] = (
    (paid_without_step, "paid", True, "to_ship"),
    (paid_and_taken_along, "paid", True, "done"),
    (parcel_left, "parcel", True, "shipped"),
    (cancelled_holding, "holding", True, "cancelled"),
    (done_without_movement, "not moved", False, "done"),
    (forgotten_in_the_queue, "queue", True, "unpaid"),
    (unpaid_for_days, "unpaid", False, "cancelled"),
    (on_its_way_for_weeks, "shipped", False, "done"),
    (points_not_returned, "kept", True, "done"),
    (points_of_a_part_not_returned, "promised", True, "done"),
    (deducted_twice, "twice", True, "done"),
    (earned_unpaid, "earned", True, "unpaid"),
    (earned_twice, "earned", True, "to_ship"),
    (balance_off, "balance", True, ""),
)


def check(stocked: Stocked) -> tuple[Finding, ...]:
    """What the whole check finds."""
    return stocked.shop.ask(check_orders_and_points)


def mend(stocked: Stocked, finding: Finding, key: str = "") -> Repaired:
    """Repair it as the owner."""
    verb = repair_order if finding.kind in STUCK else repair_points
    return stocked.shop.do(verb, finding.key, key or new_key())


def ledgers(stocked: Stocked) -> dict[str, set[tuple[Any, ...]]]:
    """Every row of the ledgers."""
    with stocked.shop.storage.read.connect() as connection:
        return {
            table.__tablename__: {tuple(row) for row in connection.execute(select(table.__table__))}
            for table in (PointsEntry, StockMovement, Tender)
        }


@pytest.mark.req("O21")
@pytest.mark.parametrize("broken", BROKEN, ids=lambda case: case[0].__name__)
def test_it_is_found_with_its_proof_and_repaired_once(
    stocked: Stocked, clock: HandClock, broken: Any
) -> None:
    breaking, kind, safe, status = broken
    placed(stocked, (TEA, 1), member_id=stocked.member_id)  # the control beside it
    assert check(stocked) == ()
    subject_id = breaking(stocked, clock)
    found = [f for f in check(stocked) if f.subject_id == subject_id and f.kind == kind]
    assert len(found) == 1
    finding = found[0]
    assert (finding.kind, finding.safe) == (kind, safe)
    assert len(finding.proof) >= 2
    assert finding.number in str(finding)
    before = ledgers(stocked)
    key = new_key()
    done = mend(stocked, finding, key)
    assert mend(stocked, finding, key) == done  # a second click
    with pytest.raises(Changed):
        mend(stocked, finding)  # another person, a moment later
    after = ledgers(stocked)
    assert all(before[table] <= after[table] for table in before)  # nothing was rewritten
    assert [f for f in check(stocked) if f.subject_id == subject_id] == []
    assert stocked.shop.ask(verify).faults == ()
    if status:
        assert order_of(stocked, subject_id).status == status
        assert events(stocked, subject_id).count("repaired") == 1


@pytest.mark.req("O21")
def test_control_a_healthy_shop_has_no_findings(stocked: Stocked, clock: HandClock) -> None:
    """Every ordinary road an order can take, walked to its end."""
    unpaid, shipped = placed(stocked, (MILK, 1)), placed(stocked, (MILK, 1), member_id=stocked.member_id)
    taken = placed(stocked, (MILK, 1), address="")
    for order_id in (shipped, taken):
        pay(stocked, order_id)
    stocked.shop.do(ship_order, shipped)
    stocked.shop.do(undo_shipment, shipped)
    stocked.shop.do(ship_order, shipped)
    stocked.shop.do(receive_order, shipped)
    stocked.shop.do(cancel_order, placed(stocked, (TEA, 1)))
    back = placed(stocked, (TEA, 2), member_id=stocked.member_id)
    pay(stocked, back)
    stocked.shop.do(refund_lines, back, [(lines_of(stocked, back)[0][0], 1_000)], "少", new_key())
    stocked.shop.do(cancel_paid_order, back, "不要了", new_key())
    for pieces, part in ((2, 1_000), (1, 1_000)):
        _key, sold = sell(stocked, stocked.cart((TEA, pieces)), points=777)
        stocked.shop.do(
            refund_lines, sold.order_id, [(lines_of(stocked, sold.order_id)[0][0], part)], "退", new_key()
        )
    clock.pass_time(timedelta(hours=40))
    assert check(stocked) == ()
    assert order_of(stocked, unpaid).status == "unpaid"
    assert stocked.shop.ask(verify).faults == ()


@pytest.mark.req("O21")
def test_the_sample_shop_has_no_findings_of_points(sample: Shop) -> None:
    assert sample.ask(wrong_points) == ()
    assert {f.kind for f in sample.ask(stuck_orders)} <= {"unpaid", "to ship", "shipped"}


@pytest.mark.req("O21")
def test_what_needs_a_person_is_shown_without_a_button_of_its_own(stocked: Stocked, clock: HandClock) -> None:
    late, over = placed(stocked, (MILK, 1)), placed(stocked, (TEA, 1))
    pay(stocked, late)
    clock.pass_time(timedelta(days=10))
    send_money(stocked, over, amount=20_000)
    found = {f.subject_id: f for f in check(stocked)}
    assert (found[late].kind, found[over].kind) == ("to ship", "paid")
    assert not found[late].safe
    assert not found[over].safe
    for order_id in (late, over):
        with pytest.raises(Refused):
            mend(stocked, found[order_id])
    assert order_of(stocked, over).status == "unpaid"


@pytest.mark.req("O21")
def test_points_already_spent_elsewhere_wait_for_a_person(stocked: Stocked, clock: HandClock) -> None:
    order_id = earned_unpaid(stocked, clock)
    post(stocked, -12_890, "correction", "staff:1")  # ten are left of the forty
    finding = next(f for f in check(stocked) if f.kind == "earned")
    assert not finding.safe
    with pytest.raises(Refused, match="10"):
        mend(stocked, finding)
    assert [f.subject_id for f in check(stocked)] == [order_id]


@pytest.mark.req("O21")
def test_goods_that_are_gone_can_not_be_booked_out(stocked: Stocked, clock: HandClock) -> None:
    done_without_movement(stocked, clock)
    finding = check(stocked)[0]
    sell(stocked, stocked.cart((MILK, 7)))
    with pytest.raises(OutOfStock):
        mend(stocked, finding)
    assert check(stocked)[0].key == finding.key


@pytest.mark.req("O21")
def test_two_people_repairing_at_once_put_it_right_once(stocked: Stocked, clock: HandClock) -> None:
    deducted_twice(stocked, clock)
    finding = check(stocked)[0]
    meet = threading.Barrier(2)
    outcomes: list[object] = []

    def press() -> None:
        meet.wait(timeout=30)
        try:
            outcomes.append(mend(stocked, finding))
        except Changed as error:
            outcomes.append(error)

    hands = [threading.Thread(target=press) for _ in range(2)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Changed", "Repaired"]
    corrections = [row for row in ledgers(stocked)["points_entry"] if "correction" in row]
    assert len(corrections) == 1
    assert stocked.shop.ask(verify).faults == ()


@pytest.mark.req("O21")
def test_what_grew_worse_since_it_was_shown_is_looked_at_again_first(
    stocked: Stocked, clock: HandClock
) -> None:
    order_id = deducted_twice(stocked, clock)
    shown = check(stocked)[0]
    post(stocked, -500, "spent", f"order:{order_id}")
    before = ledgers(stocked)
    with pytest.raises(Changed):
        mend(stocked, shown)
    assert ledgers(stocked) == before
    mend(stocked, check(stocked)[0])  # the control
    assert check(stocked) == ()


@pytest.mark.req("O21")
def test_a_correction_names_the_order_it_puts_right(stocked: Stocked, clock: HandClock) -> None:
    order_id = deducted_twice(stocked, clock)
    mend(stocked, check(stocked)[0])
    newest = stocked.shop.ask(member_points_page, stocked.member_id).rows[0]
    assert (newest.reason, newest.delta, newest.order_id) == ("correction", 1_000, order_id)
    assert newest.note == KINDS["twice"].title


@pytest.mark.req("O21", "A1")
def test_rights_the_clock_and_a_wrong_kind(stocked: Stocked, clock: HandClock) -> None:
    order_id = deducted_twice(stocked, clock)
    finding = next(f for f in check(stocked) if f.subject_id == order_id)
    with pytest.raises(NotAllowed):
        as_role(stocked.shop, "merchant").do(repair_points, finding.key, new_key())
    with pytest.raises(Refused):
        stocked.shop.do(repair_order, finding.key, new_key())
    by_clock = stocked.shop.acting_as(actors.clock())
    assert by_clock.ask(check_orders_and_points) == (finding,)
    by_clock.do(repair_points, finding.key, new_key())
    assert check(stocked) == ()


@pytest.mark.req("O21")
def test_the_record_keeps_the_sentence_and_what_it_is_about(stocked: Stocked, clock: HandClock) -> None:
    order_id = paid_without_step(stocked, clock)
    kept = from_findings(check(stocked))
    assert [(k.subject, k.money_minor) for k in kept] == [(f"order:{order_id}", 3380)]
    assert order_of(stocked, order_id).code in kept[0].words.format(**kept[0].fields)


def test_every_kind_has_its_check_and_every_repair_its_words() -> None:
    assert set(CHECKS) == set(KINDS)
    assert {key for key, kind in KINDS.items() if kind.repair} == set(REPAIRS)
    assert all(bool(kind.repair) == bool(kind.undo) for kind in KINDS.values())
