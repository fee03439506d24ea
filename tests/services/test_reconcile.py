"""A provider's bill against what the shop wrote down: every kind of difference, again and again, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from desktop.basics.errors import Changed, Malformed, Refused
from desktop.basics.ids import new_key
from desktop.models.payment_attempts import PaymentAttempt, ProviderRefund
from desktop.models.payments import PaymentMethod, Tender
from desktop.models.statements import Statement, StatementEntry, StatementRow
from desktop.services import opening
from desktop.services import reconcile_fixes as fixes
from desktop.services.reconcile import take_back_statement, take_bill
from desktop.services.statements.bill import Halted
from desktop.shop.shop import Shop
from tests.helpers.bills import DAY, Line, alipay_zip, wechat
from tests.helpers.goods import NUTS, Stocked, open_stocked
from tests.helpers.sales import sell

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
BEFORE_MIDNIGHT = datetime(2026, 11, 20, 15, 59, 50, tzinfo=UTC)


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """A shop with goods."""
    return open_stocked(shop)


@pytest.fixture(autouse=True)
def opened(request: pytest.FixtureRequest, shop: Shop) -> None:
    """A shop that is open, with its ways to pay."""
    if "stocked" not in request.fixturenames:
        opening.open_shop(shop, opening.NewShop("青禾杂货铺", "王掌柜", "owner", "a long password"))


def rows(shop: Shop, *columns: Any) -> list[Any]:
    """The rows of all bills, in the order they were written."""
    with shop.storage.read.connect() as connection:
        wanted = columns or (StatementRow.state, StatementRow.amount_minor, StatementRow.ours_minor)
        return [tuple(row) for row in connection.execute(select(*wanted).order_by(StatementRow.id))]


def attempt(shop: Shop, number: str, minor: int, **more: Any) -> int:
    """A payment through WeChat as the machine leaves it, paid unless said otherwise."""
    at = more.pop("at", NOON)
    row = {
        "number": number, "subject": f"sale:{number}", "method_key": "wechat", "gateway": "wechat", "way": "take",
        "amount_minor": minor, "currency": "CNY", "request": {"words": "x"}, "state": "succeeded", "paid_minor": minor,
        "next_at": at, "deadline_at": at + timedelta(minutes=2), "created_at": at, "ended_at": at, "version": 0,
        "client_key": f"key-{number}", "actor": "kiosk:1", "booked": True, "reference": f"42{number}", **more,
    }  # fmt: skip
    with shop.storage.write.begin() as connection:
        return int(
            connection.execute(insert(PaymentAttempt).returning(PaymentAttempt.id), [row]).scalar_one()
        )


def typed(
    shop: Shop, stocked: Stocked, reference: str, minor: int, at: datetime = NOON, method: str = "wechat"
) -> int:
    """A payment somebody typed in with the wallet's own number."""
    _key, settled = sell(stocked, stocked.cart((NUTS, 1)))
    row = {
        "order_id": settled.order_id, "method_key": method, "amount_minor": minor, "currency": "CNY",
        "reference": reference, "client_key": new_key(), "actor": "staff:1", "at": at,
    }  # fmt: skip
    with shop.storage.write.begin() as connection:
        return int(connection.execute(insert(Tender).returning(Tender.id), [row]).scalar_one())


# -- fits -------------------------------------------------------------------------------------------------------


@pytest.mark.req("M12")
def test_a_bill_that_fits_leaves_nothing_open(shop: Shop, stocked: Stocked) -> None:
    attempt(shop, "SHOP01AA01", 8660)
    typed(shop, stocked, "42HAND", 1200)
    done = take_bill(shop, wechat([Line("SHOP01AA01", "42SHOP01AA01", 8660), Line("", "42HAND", 1200)]))
    assert (done.rows, done.paid_minor, done.open, done.states) == (2, 9860, 0, {"matched": 2})
    assert rows(shop, StatementRow.tender_id.is_not(None)) == [(False,), (True,)]


@pytest.mark.req("M12")
def test_the_same_file_changes_nothing_and_another_of_the_day_adds_what_is_new(shop: Shop) -> None:
    attempt(shop, "SHOP01AA01", 8660)
    lines = [Line("SHOP01AA01", "42SHOP01AA01", 8660), Line("SHOP01AA01", "42SHOP01AA01", 160, refund="RF1")]
    payments = wechat(lines, variant="pay")
    first = take_bill(shop, payments)
    assert (first.rows, first.same) == (1, False)
    before = rows(shop)
    again = take_bill(shop, payments)
    assert again.same
    assert again.statement_id == first.statement_id
    assert rows(shop) == before
    whole = take_bill(shop, wechat(lines))
    assert whole.rows == 1
    assert [row[0] for row in rows(shop)] == ["matched", "provider_only"]


@pytest.mark.req("M12")
def test_every_difference_is_named_by_its_kind(shop: Shop, stocked: Stocked) -> None:
    attempt(shop, "SHOP01AA01", 8660)
    attempt(shop, "SHOP01AA02", 1000, state="closed", paid_minor=0, booked=False)
    attempt(shop, "SHOP01AA03", 2000)
    typed(shop, stocked, "", 700)
    with shop.storage.write.begin() as connection:
        connection.execute(update(PaymentMethod).where(PaymentMethod.key == "wechat").values(fee_bp=38))
    attempt(shop, "SHOP01AA04", 10_000)
    done = take_bill(
        shop,
        wechat([
            Line("SHOP01AA01", "42SHOP01AA01", 8600, fee=33, order=8660, remark="微信立减0.60"),
            Line("SHOP01AA02", "42SHOP01AA02", 1000, fee=4),
            Line("SHOP01AA04", "42SHOP01AA04", 10_000, fee=60),
            Line("SHOP01AA04", "42SHOP01AA04", 10_000, fee=38),
            Line("OTHER00001", "42OTHER00001", 300, fee=1),
        ]),
    )  # fmt: skip
    assert done.states == {"amount": 1, "provider_only": 2, "fee": 1, "duplicate": 1, "ours_only": 2}
    assert done.open == 7
    found = rows(shop, StatementRow.number, StatementRow.state, StatementRow.attempt_id.is_not(None))
    assert ("SHOP01AA02", "provider_only", True) in found
    assert ("OTHER00001", "provider_only", False) in found


@pytest.mark.req("M12")
def test_what_crosses_midnight_waits_for_the_next_bill(shop: Shop) -> None:
    attempt(shop, "SHOP01AA01", 500, at=BEFORE_MIDNIGHT)
    attempt(shop, "SHOP01AA02", 600, at=BEFORE_MIDNIGHT)
    first = take_bill(shop, wechat([]), day=DAY)
    assert first.states == {"crossed_midnight": 2}
    assert first.open == 0
    next_day = DAY + timedelta(days=1)
    take_bill(shop, wechat([Line("SHOP01AA01", "42SHOP01AA01", 500, at="00:00:02")], next_day))
    told = rows(shop, StatementRow.number, StatementRow.state, StatementRow.resolution)
    assert ("SHOP01AA01", "matched", "crossed") in told
    assert ("SHOP01AA02", "ours_only", "") in told


@pytest.mark.req("M12")
def test_refunds_fit_by_their_own_number_and_reversals_cancel_out(shop: Shop) -> None:
    paid = attempt(shop, "SHOP01AA01", 8660, state="partly refunded", refunded_minor=160)
    attempt(shop, "SHOP01AA02", 500, state="reversed", paid_minor=0, booked=False)
    refund = {
        "number": "RF00000001", "attempt_id": paid, "amount_minor": 160, "currency": "CNY", "state": "succeeded",
        "next_at": NOON, "created_at": NOON, "ended_at": NOON, "client_key": "rf1", "actor": "staff:1",
    }  # fmt: skip
    with shop.storage.write.begin() as connection:
        connection.execute(insert(ProviderRefund), [refund])
    done = take_bill(
        shop,
        wechat([
            Line("SHOP01AA01", "42SHOP01AA01", 8660),
            Line("SHOP01AA01", "42SHOP01AA01", 160, refund="RF00000001"),
            Line("SHOP01AA02", "42SHOP01AA02", 500),
            Line("SHOP01AA02", "42SHOP01AA02", 500, refund="RV", state="REVOKED"),
        ]),
    )  # fmt: skip
    assert done.states == {"matched": 4}, rows(shop)
    alone = take_bill(shop, wechat([Line("SHOP01AA02", "42SHOP01AA02X", 500)], DAY + timedelta(days=1)))
    assert alone.states == {"provider_only": 1}, "a reversed payment that came alone is money nobody knows of"


# -- refused ----------------------------------------------------------------------------------------------------


def _another_day(shop: Shop) -> None:
    take_bill(shop, wechat([Line("A", "42A", 100)]), day=DAY + timedelta(days=1))


def _another_merchant(shop: Shop) -> None:
    take_bill(shop, wechat([Line("A", "42A", 100)], DAY - timedelta(days=1)))
    take_bill(shop, wechat([Line("A", "42A", 100)], merchant="1600000001"))


def _another_provider(shop: Shop) -> None:
    take_bill(shop, wechat([Line("A", "42A", 100)]), gateway="alipay")


def _other_sums(shop: Shop) -> None:
    take_bill(shop, wechat([Line("A", "42A", 100)]))
    take_bill(shop, wechat([Line("A", "42A", 101)]))


@pytest.mark.req("M12")
@pytest.mark.parametrize("wrong", [_another_day, _another_merchant, _another_provider, _other_sums])
def test_a_bill_that_does_not_belong_here_is_named_and_changes_nothing(
    shop: Shop, wrong: Callable[[Shop], None]
) -> None:
    kept: list[Any] = []
    with pytest.raises(Refused) as refused:
        wrong(shop)
    with shop.storage.read.connect() as connection:
        kept = list(connection.execute(select(Statement.state, Statement.file_name)))
    assert all(row.state == "done" for row in kept)
    assert len(rows(shop)) == len(kept)
    assert "{" not in str(refused.value)


@pytest.mark.req("M12")
def test_another_merchant_number_is_taken_when_the_owner_says_it_is_theirs(shop: Shop) -> None:
    take_bill(shop, wechat([Line("A", "42A", 100)], DAY - timedelta(days=1)))
    done = take_bill(shop, wechat([Line("B", "42B", 100)], merchant="1600000001"), new_account=True)
    assert done.account == "1600000001"


@pytest.mark.req("M12")
def test_a_trial_and_a_stopped_reading_leave_nothing(shop: Shop) -> None:
    bill = wechat([Line(f"A{i}", f"42A{i}", 100) for i in range(30)])
    tried = take_bill(shop, bill, dry=True)
    assert tried.dry
    assert tried.states == {"provider_only": 30}
    assert rows(shop) == []
    with pytest.raises(Halted):
        take_bill(shop, bill, progress=lambda _done, _all: False)
    assert rows(shop) == []
    assert take_bill(shop, bill).rows == 30


@pytest.mark.req("M12")
def test_a_bill_left_half_way_is_taken_away_by_the_next_program(shop: Shop, clock: Any) -> None:
    from desktop.services.reconcile import Head, begin_statement

    head = Head("wechat", "1", DAY, "all", "x", "x", "CNY")
    shop.do(begin_statement, head)
    bill = wechat([Line("A", "42A", 100)])
    with pytest.raises(Changed):
        take_bill(shop, bill)  # the other program may still be at it
    clock.pass_time(timedelta(minutes=11))
    assert take_bill(shop, bill).rows == 1


# -- decided ----------------------------------------------------------------------------------------------------


@pytest.mark.req("M12")
def test_a_subsidy_is_booked_beside_the_sale_and_taken_back_by_a_counter_entry(shop: Shop) -> None:
    attempt(shop, "SHOP01AA01", 8660)
    take_bill(shop, wechat([Line("SHOP01AA01", "42SHOP01AA01", 8600, order=8660)]))
    (row_id,) = rows(shop, StatementRow.id)[0]
    shop.do(fixes.book_subsidy, row_id)
    shop.do(fixes.book_subsidy, row_id)  # a second press books nothing more
    assert rows(shop, StatementRow.state, StatementRow.resolution) == [("resolved", "subsidy")]
    assert rows_of(shop, StatementEntry) == [("subsidy", -60)]
    shop.do(fixes.undo_fix, row_id)
    assert rows(shop, StatementRow.state, StatementRow.resolution) == [("amount", "")]
    assert rows_of(shop, StatementEntry) == [("subsidy", -60), ("subsidy", 60)]
    shop.do(fixes.correct_ours, row_id, "typed wrongly")
    assert rows_of(shop, StatementEntry)[-1] == ("correction", -60)


def rows_of(shop: Shop, _entity: Any) -> list[tuple[str, int]]:
    """The booked entries."""
    with shop.storage.read.connect() as connection:
        statement = select(StatementEntry.kind, StatementEntry.amount_minor).order_by(StatementEntry.id)
        return [(row.kind, row.amount_minor) for row in connection.execute(statement)]


@pytest.mark.req("M12")
def test_a_late_success_goes_back_by_itself_when_its_sale_is_gone(shop: Shop) -> None:
    attempt(shop, "SHOP01AA01", 1000, state="closed", paid_minor=0, booked=False, sent_at=NOON)
    take_bill(shop, wechat([Line("SHOP01AA01", "42SHOP01AA01", 1000)]))
    (row_id,) = rows(shop, StatementRow.id)[0]
    shop.do(fixes.attach_row, row_id)
    shop.do(fixes.attach_row, row_id)
    with shop.storage.read.connect() as connection:
        assert connection.execute(select(PaymentAttempt.paid_minor)).scalar_one() == 1000
        assert connection.execute(select(ProviderRefund.amount_minor)).scalars().all() == [1000]
    with pytest.raises(Refused):
        shop.do(fixes.undo_fix, row_id)


@pytest.mark.req("M12")
def test_a_payment_without_a_number_is_paired_with_the_bill_by_hand(shop: Shop, stocked: Stocked) -> None:
    typed(shop, stocked, "", 700)
    typed(shop, stocked, "", 900)
    take_bill(shop, wechat([Line("X", "42X", 700)]))
    theirs, one, two = (row[0] for row in rows(shop, StatementRow.id))
    with pytest.raises(Refused):
        shop.do(fixes.pair_rows, theirs, two)  # another amount
    shop.do(fixes.pair_rows, theirs, one)
    assert [row[0] for row in rows(shop)] == ["resolved", "resolved", "ours_only"]
    shop.do(fixes.undo_fix, theirs)
    assert [row[0] for row in rows(shop)] == ["provider_only", "ours_only", "ours_only"]


@pytest.mark.req("M12")
def test_reasons_cases_fees_and_taking_a_bill_back(shop: Shop) -> None:
    with shop.storage.write.begin() as connection:
        connection.execute(update(PaymentMethod).where(PaymentMethod.key == "wechat").values(fee_bp=38))
    attempt(shop, "SHOP01AA01", 10_000)
    bill = wechat([Line("SHOP01AA01", "42SHOP01AA01", 10_000, fee=60), Line("X", "42X", 700)])
    done = take_bill(shop, bill)
    first, second = (row[0] for row in rows(shop, StatementRow.id))
    with pytest.raises(Refused):
        shop.do(fixes.ignore_row, second, "  ")
    case = shop.do(fixes.hand_over, second)
    assert shop.do(fixes.hand_over, second) == case
    shop.do(fixes.ignore_row, second, "another shop's terminal")
    assert shop.do(fixes.accept_fees, done.statement_id) == 1
    assert rows_of(shop, StatementEntry) == [("fee", 22)]
    with pytest.raises(Changed):
        shop.do(fixes.book_subsidy, first)
    with pytest.raises(Refused):
        shop.do(take_back_statement, done.statement_id)
    shop.do(fixes.undo_fix, second)
    fresh = take_bill(shop, wechat([Line("Y", "42Y", 5)], DAY + timedelta(days=1)))
    shop.do(take_back_statement, fresh.statement_id)
    assert len(rows(shop)) == 2


@pytest.mark.req("M12")
def test_alipay_is_matched_by_the_same_rules(shop: Shop, stocked: Stocked) -> None:
    typed(shop, stocked, "2026112022001", 3680, method="alipay")
    done = take_bill(shop, alipay_zip([Line("", "2026112022001", 3680, fee=14)]))
    assert (done.gateway, done.states, done.fee_minor) == ("alipay", {"matched": 1}, 14)
    with pytest.raises(Malformed):
        take_bill(shop, alipay_zip([Line("", "2026112022002", 3680)], add=1))
