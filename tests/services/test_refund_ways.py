"""Where a refund's money leaves: within the person's amount, by the way chosen, out of the own drawer or of none."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from desktop.basics.clock import HandClock
from desktop.basics.errors import Refused, ShopError
from desktop.basics.ids import new_key
from desktop.models.orders import OrderLine
from desktop.models.pay_offers import MethodUse
from desktop.models.pay_times import REFUND_CHOICE, REFUND_ROUTE
from desktop.models.payments import RefundTender
from desktop.models.people import Staff
from desktop.models.system import AuditEvent
from desktop.pricing.cart import CartLine
from desktop.queries.after_sale_offer import settle_preview
from desktop.queries.checkout import checkout_view
from desktop.queries.order_detail import order_detail
from desktop.queries.refund_preview import refund_preview
from desktop.queries.verify import verify
from desktop.services.after_sale_settling import Settling, settle_case
from desktop.services.attempts import begin_attempt
from desktop.services.cash_sessions import open_session
from desktop.services.checkout import save_checkout
from desktop.services.fulfilment import cancel_order, cancel_paid_order, pay_order
from desktop.services.pay_limits import ASK_MANAGER, REFUND, TAKE, approve_by_pin, set_role_amounts
from desktop.services.pay_methods import MethodTerms, edit_method
from desktop.services.refunds import refund_lines
from desktop.services.secrets import hashed
from desktop.services.settings import set_setting
from desktop.services.settlement import TenderIn
from desktop.services.settlement import settle as settle_sale
from desktop.services.staff import add_staff
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.after_sales import approve, arrive, ask, case_of, lines, settle, shipped
from tests.helpers.back_office import order_of, pay, placed
from tests.helpers.goods import MILK, NUTS, Stocked, open_stocked
from tests.helpers.pay_office import PayOffice, drive
from tests.helpers.sales import sell
from tests.helpers.stored import fill, stored_sale, with_tiers

PIN, DESK = "771204", 1
FLOAT = [(10_000, 4)]


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """A shop whose merchants give back ¥10 at most, and whose owner has a PIN."""
    made = open_stocked(shop)
    with shop.storage.write.begin() as connection:
        connection.execute(update(Staff).where(Staff.username == "wang").values(pin_hash=hashed(PIN)))
    made.shop.do(set_role_amounts, "merchant", {REFUND: 1_000})
    return made


@pytest.fixture
def local(sqlite_shop: Shop) -> Stocked:
    """The pictures' shop in one file, where the database makes no difference."""
    return open_stocked(sqlite_shop)


def merchant(stocked: Stocked) -> Shop:
    """A merchant at the desk."""
    more: dict[str, Any] = {"password": "a long password", "roles": ["merchant"]}
    return stocked.shop.acting_as(
        actors.staff(add_staff(stocked.shop, username="sun", name="孙", **more), DESK)
    )


def found(stocked: Stocked, *columns: Any) -> list[Any]:
    """Rows of a table, in their order."""
    with stocked.shop.storage.read.connect() as connection:
        return list(connection.execute(select(*columns).order_by(columns[0].class_.id)))


def limited(deed: Any) -> int:
    """Runs what a limit must stop; for how much a manager's yes is asked."""
    with pytest.raises(Refused) as refused:
        deed()
    assert refused.value.next_step == ASK_MANAGER
    return int(refused.value.fields["amount_minor"])


def returned(stocked: Stocked) -> int:
    """A case about milk that came back and waits to be settled; its id."""
    order_id = shipped(stocked, (MILK, 1))
    case = ask(stocked, order_id, "return", 1)
    approve(stocked, case.case_id)
    arrive(stocked, case.case_id, order_id, (1, 0))
    return case.case_id


# -- M10 ------------------------------------------------------------------------------------------------------------


@pytest.mark.req("M10", "O15")
def test_a_case_above_the_persons_amount_is_settled_with_a_managers_pin(stocked: Stocked) -> None:
    sun, case_id, key = merchant(stocked), returned(stocked), new_key()
    amount = limited(lambda: sun.do(settle_case, case_id, key, Settling()))
    assert amount == 1_690
    assert case_of(stocked, case_id).state == "received"
    yes = approve_by_pin(sun, DESK, PIN, REFUND, amount)
    done = sun.do(settle_case, case_id, key, Settling(approval=yes))
    assert done.money_minor == 1_690
    assert sun.do(settle_case, case_id, key, Settling()) == done  # a second press after a lost answer
    assert sum("approved_by" in row.detail for row in found(stocked, AuditEvent.detail)) == 1
    assert stocked.shop.ask(verify).faults == ()


@pytest.mark.req("M10")
def test_cancelling_holds_to_the_persons_amount_too(stocked: Stocked) -> None:
    sun, order_id, key = merchant(stocked), placed(stocked, (MILK, 1)), new_key()
    pay(stocked, order_id)
    amount = limited(lambda: sun.do(cancel_paid_order, order_id, "x", key))
    yes = approve_by_pin(sun, DESK, PIN, REFUND, amount)
    assert sun.do(cancel_paid_order, order_id, "x", key, yes).money_minor == 1_690
    assert order_of(stocked, order_id).status == "cancelled"


@pytest.mark.req("M10", "O15")
def test_what_an_exchange_had_paid_goes_back_within_the_persons_amount(stocked: Stocked) -> None:
    sun, order_id = merchant(stocked), shipped(stocked, (MILK, 1))
    case = ask(stocked, order_id, "exchange", 1, goods=(CartLine(stocked.skus[NUTS], "", 1_000),))
    approve(stocked, case.case_id)
    arrive(stocked, case.case_id, order_id, (1, 0))
    new = settle(stocked, case.case_id).replacement_id
    amount = limited(lambda: sun.do(cancel_order, new, "x"))
    assert (amount, order_of(stocked, new).status) == (1_690, "unpaid")
    sun.do(cancel_order, new, "x", approve_by_pin(sun, DESK, PIN, REFUND, amount))
    assert order_of(stocked, order_id).refunded_minor == 1_690
    bare = placed(stocked, (MILK, 1))
    sun.do(cancel_order, bare, "x")  # the control: an unpaid order without such money needs no PIN
    assert stocked.shop.ask(verify).faults == ()


def told(stocked: Stocked, order_id: int) -> list[tuple[str, str, str]]:
    """The order's timeline: what, its note, who did it."""
    events = stocked.shop.ask(order_detail, order_id).events
    return [(event.kind, event.note, event.who) for event in events]


@pytest.mark.req("M10", "O15")
def test_the_order_says_whose_pin_let_its_money_pass(stocked: Stocked) -> None:
    sun, case_id = merchant(stocked), returned(stocked)
    order_id = case_of(stocked, case_id).order_id
    before = len(told(stocked, order_id))
    yes = approve_by_pin(sun, DESK, PIN, REFUND, 1_690)
    sun.do(settle_case, case_id, new_key(), Settling(approval=yes))
    assert [kind for kind, _note, _who in told(stocked, order_id)[before:]][:2] == ["approved", "refunded"]
    assert told(stocked, order_id)[before] == ("approved", "王掌柜", "孙")
    gone = placed(stocked, (MILK, 1))
    pay(stocked, gone)
    sun.do(cancel_paid_order, gone, "x", new_key(), approve_by_pin(sun, DESK, PIN, REFUND, 1_690))
    assert told(stocked, gone)[-3:] == [
        ("approved", "王掌柜", "孙"),
        ("refunded", "x", "孙"),
        ("cancelled", "x", "孙"),
    ]
    stocked.shop.do(set_role_amounts, "merchant", {REFUND: 2_000})
    small = placed(stocked, (MILK, 1))
    pay(stocked, small)
    spare = approve_by_pin(sun, DESK, PIN, REFUND, 1_690)
    sun.do(cancel_paid_order, small, "x", new_key(), spare)  # the control: nobody's yes was needed
    assert [kind for kind, _note, _who in told(stocked, small)][-2:] == ["refunded", "cancelled"]


@pytest.mark.req("M10")
def test_the_order_says_whose_pin_let_a_payment_pass(stocked: Stocked) -> None:
    sun, order_id = merchant(stocked), placed(stocked, (MILK, 1))
    stocked.shop.do(set_role_amounts, "merchant", {TAKE: 1_000})
    cash = TenderIn("cash", 1_690)
    assert limited(lambda: sun.do(pay_order, order_id, cash, new_key())) == 1_690
    assert "approved" not in str(told(stocked, order_id))  # the control: nothing of a refused one stays
    yes = approve_by_pin(sun, DESK, PIN, TAKE, 1_690)
    sun.do(pay_order, order_id, cash, new_key(), approval=yes)
    assert told(stocked, order_id)[-2:] == [("approved", "王掌柜", "孙"), ("paid", "cash", "孙")]
    key = new_key()
    version = sun.do(save_checkout, key, stocked.cart((MILK, 1)))
    yes = approve_by_pin(sun, DESK, PIN, TAKE, 1_690)
    sale = sun.do(settle_sale, key, [cash], version, approval=yes)
    assert told(stocked, sale.order_id)[-1] == ("approved", "王掌柜", "孙")


# -- M13 ------------------------------------------------------------------------------------------------------------


@pytest.mark.req("M13")
def test_cash_leaves_the_drawer_of_the_own_till_or_of_none(stocked: Stocked) -> None:
    kiosk = stocked.cashier.do(open_session, stocked.kiosk_till, FLOAT, client_key=new_key())
    desk = stocked.shop.acting_as(actors.staff(1, DESK))
    _key, sale = sell(stocked, stocked.cart((MILK, 3)))
    [line] = [row.id for row in found(stocked, OrderLine.id)]
    one_piece = (sale.order_id, [(line, 1_000)])
    ways = desk.ask(refund_preview, *one_piece).ways
    assert (bool(ways.drawer), ways.in_session) == (True, False)  # and the sheet says so
    desk.do(refund_lines, *one_piece, "x", new_key())  # the only open drawer is another till's
    own = desk.do(open_session, DESK, FLOAT, client_key=new_key())
    assert desk.ask(refund_preview, *one_piece).ways.in_session
    desk.do(refund_lines, *one_piece, "x", new_key())
    at_kiosk = stocked.shop.acting_as(actors.staff(1, stocked.kiosk_till))
    at_kiosk.do(refund_lines, *one_piece, "x", new_key())  # the control: where it stands open
    sessions = [row.session_id for row in found(stocked, RefundTender.session_id)]
    assert sessions == [None, own, kiosk]
    assert stocked.shop.ask(verify).faults == ()


# -- M9 -------------------------------------------------------------------------------------------------------------


@pytest.mark.req("M9", "O15")
def test_a_case_gives_its_money_back_by_the_way_chosen(stocked: Stocked) -> None:
    case_id = returned(stocked)
    usual = stocked.shop.ask(settle_preview, case_id).ways
    assert (usual.parts, usual.route) == ((("card", 1_690),), "same")
    assert "cash" in usual.choices
    assert "stored_value" not in usual.choices  # nobody's
    other = stocked.shop.ask(settle_preview, case_id, route="cash").ways
    assert (other.parts, other.route) == ((("cash", 1_690),), "cash")
    stocked.shop.do(settle_case, case_id, new_key(), Settling(route="cash"))
    assert [row.route for row in found(stocked, RefundTender.route)] == ["cash"]
    assert settle(stocked, returned(stocked)).money_minor == 1_690
    assert [row.route for row in found(stocked, RefundTender.route)] == [
        "cash",
        "",
    ]  # the control: as it came
    assert stocked.shop.ask(verify).faults == ()


@pytest.mark.req("M9")
def test_where_the_shop_allows_no_choice_there_is_none(local: Stocked) -> None:
    case_id, order_id = returned(local), shipped(local, (MILK, 1))
    local.shop.do(set_setting, REFUND_CHOICE.key, False)
    assert local.shop.ask(settle_preview, case_id).ways.choices == ()
    [line] = lines(local, order_id)
    for deed in (
        lambda: local.shop.do(settle_case, case_id, new_key(), Settling(route="cash")),
        lambda: local.shop.do(refund_lines, order_id, [(line.id, 1_000)], "x", new_key(), route="cash"),
        lambda: local.shop.ask(settle_preview, case_id, route="cash"),
    ):
        with pytest.raises(Refused):
            deed()
    local.shop.do(set_setting, REFUND_ROUTE.key, "cash")
    local.shop.do(settle_case, case_id, new_key(), Settling())
    assert [row.route for row in found(local, RefundTender.route)] == ["cash"]  # the shop's own way holds
    local.shop.do(set_setting, REFUND_CHOICE.key, True)
    local.shop.do(refund_lines, order_id, [(line.id, 1_000)], "x", new_key(), route="same")  # the control
    assert [row.route for row in found(local, RefundTender.route)] == ["cash", ""]


# -- M8 -------------------------------------------------------------------------------------------------------------


@pytest.mark.req("M8", "C14")
def test_stored_value_beside_a_wallet_counts_against_its_limits(sqlite_shop: Shop, clock: HandClock) -> None:
    stocked = with_tiers(sqlite_shop)
    stocked.shop.do(edit_method, "stored_value", MethodTerms(member_day_count=1))
    fill(stocked, 10_000)

    def pay_both() -> str:
        key, version = stored_sale(stocked, stocked.cart((NUTS, 1)), 1_000)
        rest = stocked.kiosk.ask(checkout_view, key).bill.to_pay_minor - 1_000
        stocked.kiosk.do(
            begin_attempt, f"sale:{key}", "alipay", rest, way="take", customer_code="285123456789012345",
            version=version, client_key=new_key(),
        )  # fmt: skip
        drive(stocked.shop, PayOffice(), clock)
        return str(stocked.kiosk.ask(checkout_view, key).state)

    assert pay_both() == "done"
    uses = [row for row in found(stocked, MethodUse.method_key, MethodUse.member_id, MethodUse.count)
            if row.method_key == "stored_value"]  # fmt: skip
    assert sorted((row.member_id, row.count) for row in uses) == [(0, 1), (stocked.member_id, 1)]
    with pytest.raises(ShopError):  # one a day, and that one was
        pay_both()
    stocked.shop.do(edit_method, "stored_value", MethodTerms())
    assert pay_both() == "done"  # the control: without a limit
    assert stocked.shop.ask(verify).faults == ()
