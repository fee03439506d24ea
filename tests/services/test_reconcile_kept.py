"""What a person was told or handed over about a bill stays true when bills come again and are taken back."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from desktop.basics.clock import HandClock, shop_day
from desktop.basics.errors import Changed
from desktop.basics.ids import new_key
from desktop.models.pay_offers import PaymentCase
from desktop.models.people import Permission
from desktop.models.statements import StatementRow
from desktop.queries.reconciliation import reconciled_day
from desktop.queries.verify import verify
from desktop.services import opening, reconcile
from desktop.services import reconcile_fixes as fixes
from desktop.services.members import sign_up
from desktop.services.pay_cases import find_cases, reopen_case
from desktop.services.pay_methods import switch_method
from desktop.services.reconcile import take_back_statement, take_bill
from desktop.services.statements.bill import Halted
from desktop.services.stored_value import pay_out, top_up
from desktop.shop import actors
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from tests.helpers.bills import DAY, Line, wechat
from tests.services.test_reconcile import BEFORE_MIDNIGHT, attempt, rows


@pytest.fixture(autouse=True)
def opened(shop: Shop) -> None:
    """A shop that is open, with its ways to pay."""
    opening.open_shop(shop, opening.NewShop("青禾杂货铺", "王掌柜", "owner", "a long password"))


def open_cases(shop: Shop) -> list[str]:
    """The cases nobody has closed, after the machine has looked at them."""
    shop.acting_as(actors.clock()).do(find_cases)
    with shop.storage.read.connect() as connection:
        open_ones = select(PaymentCase.source).where(PaymentCase.done_at.is_(None))
        return list(connection.execute(open_ones).scalars())


@pytest.mark.req("M12")
def test_what_was_handed_over_stays_so_when_another_file_of_the_day_comes(shop: Shop) -> None:
    attempt(shop, "SHOP01AA01", 500)
    attempt(shop, "SHOP01AA02", 600)
    take_bill(shop, wechat([Line("SHOP01AA01", "42SHOP01AA01", 500)], variant="pay"))
    missing = rows(shop, StatementRow.id)[-1][0]
    shop.do(fixes.hand_over, missing)
    assert open_cases(shop) == [f"bill:{missing}"]
    take_bill(shop, wechat([Line("SHOP01AA01", "42SHOP01AA01", 500), Line("X", "42X", 9)]))
    assert (missing, "ours_only", 600) in rows(
        shop, StatementRow.id, StatementRow.state, StatementRow.ours_minor
    )
    assert open_cases(shop) == [f"bill:{missing}"]
    late = [Line("SHOP01AA01", "42SHOP01AA01", 500), Line("SHOP01AA02", "42SHOP01AA02", 600)]
    take_bill(shop, wechat(late))  # the control: told after all
    assert open_cases(shop) == []


@pytest.mark.req("M12")
def test_a_case_ends_with_its_difference_and_opens_again_with_it(shop: Shop) -> None:
    take_bill(shop, wechat([Line("X", "42X", 700)]))
    row = rows(shop, StatementRow.id)[0][0]
    case = shop.do(fixes.hand_over, row)
    assert open_cases(shop) == [f"bill:{row}"]  # the control: while it waits
    shop.do(fixes.ignore_row, row, "another shop's terminal")
    assert open_cases(shop) == []
    with pytest.raises(Changed):
        shop.do(fixes.hand_over, row)
    shop.do(fixes.undo_fix, row)
    assert shop.do(fixes.hand_over, row) == case
    assert open_cases(shop) == [f"bill:{row}"]


@pytest.mark.req("M12")
def test_a_new_difference_is_never_taken_for_an_old_one(shop: Shop) -> None:
    first = take_bill(shop, wechat([Line("X", "42X", 700)]))
    old = shop.do(fixes.hand_over, rows(shop, StatementRow.id)[0][0])
    shop.do(take_back_statement, first.statement_id)
    assert open_cases(shop) == []
    shop.do(reopen_case, old)
    assert open_cases(shop) == []  # there is nothing left to see to
    take_bill(shop, wechat([Line("Y", "42Y", 900)]))
    fresh = shop.do(fixes.hand_over, rows(shop, StatementRow.id)[0][0])
    assert fresh != old
    assert len(open_cases(shop)) == 1


@pytest.mark.req("M12")
def test_taking_a_second_file_back_hides_nothing_the_first_does_not_tell(shop: Shop) -> None:
    attempt(shop, "SHOP01AA01", 500)
    attempt(shop, "SHOP01AA02", 600)
    take_bill(shop, wechat([Line("SHOP01AA01", "42SHOP01AA01", 500)]))
    before = rows(shop)
    second = take_bill(shop, wechat([Line("SHOP01AA01", "42SHOP01AA01", 500), Line("X", "42X", 9)]))
    assert len(rows(shop)) == len(before) + 1  # the control: it told something
    shop.do(take_back_statement, second.statement_id)
    assert sorted(rows(shop)) == sorted(before)


@pytest.mark.req("M12")
def test_taking_the_next_days_bill_back_holds_what_it_told_of_midnight_again(shop: Shop) -> None:
    attempt(shop, "SHOP01AA01", 500, at=BEFORE_MIDNIGHT)
    next_day = DAY + timedelta(days=1)
    take_bill(shop, wechat([]), day=DAY)
    second = take_bill(shop, wechat([Line("SHOP01AA01", "42SHOP01AA01", 500, at="00:00:02")], next_day))
    assert [row[0] for row in rows(shop)] == ["matched", "matched"]  # the control
    shop.do(take_back_statement, second.statement_id)
    assert [row[0] for row in rows(shop)] == ["crossed_midnight"]
    take_bill(shop, wechat([], next_day), day=next_day)
    assert [row[0] for row in rows(shop)] == ["ours_only"]


@pytest.mark.req("M12", "C14")
def test_a_terminals_slip_holds_what_members_paid_in_advance(shop: Shop, clock: HandClock) -> None:
    member = shop.do(sign_up, "13800006688").member_id
    shop.do(switch_method, "stored_value", True)
    day = shop_day(clock.now(), ZoneInfo("Asia/Shanghai"))
    assert card_of(shop, day) == 0  # the control
    shop.do(top_up, member, 50_000, "card", client_key=new_key())
    shop.do(pay_out, member, 20_000, "card", "moves away", client_key=new_key())
    assert card_of(shop, day) == 30_000


def card_of(shop: Shop, day: date) -> int:
    """What the books say of the card terminal on a day."""
    return sum(one.system_minor for one in shop.ask(reconciled_day, day).channels if one.method == "card")


@pytest.mark.req("M12")
def test_rows_of_a_bill_left_half_way_count_nowhere(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    take_bill(shop, wechat([Line("X", "42X", 700)]))
    before = shop.ask(reconciled_day, DAY)
    with monkeypatch.context() as dying:  # killed: nobody takes away what has arrived
        dying.setattr(reconcile, "discard_statement", discard_statement_never)
        with pytest.raises(Halted):
            take_bill(shop, wechat([Line("Y", "42Y", 900)]), progress=lambda _done, all_rows: not all_rows)
    assert len(rows(shop)) == 2  # the control: they did arrive
    assert shop.ask(reconciled_day, DAY) == before


@action(permission=Permission.TAKE_BILLS)
def discard_statement_never(_work: Work, _statement_id: int) -> None:
    """As if the program had ended."""


TOLD = [Line("SHOP01AA01", "42SHOP01AA01", 500, fee=2), Line("SHOP01AA02", "42SHOP01AA02", 600, fee=2)]
BACK = Line("SHOP01AA01", "42SHOP01AA01", 160, refund="RF1")


def seen(shop: Shop) -> list[tuple[int, int, int, str]]:
    """(bill, line, amount, state) of every row a bill told."""
    return rows(
        shop, StatementRow.statement_id, StatementRow.line, StatementRow.amount_minor, StatementRow.state
    )


@pytest.mark.req("M12")
def test_a_bill_taken_back_leaves_what_another_one_of_the_day_tells_too(shop: Shop) -> None:
    attempt(shop, "SHOP01AA01", 500)
    attempt(shop, "SHOP01AA02", 600)
    first = take_bill(shop, wechat([*TOLD, Line("ALONE00001", "42ALONE", 9)], variant="pay"))
    second = take_bill(shop, wechat([BACK, *TOLD]))
    third = take_bill(shop, wechat([*TOLD, BACK]))
    assert (second.rows, third.rows) == (1, 0)  # what is told again stands once
    shop.do(fixes.hand_over, rows(shop, StatementRow.id)[2][0])
    shop.do(take_back_statement, first.statement_id)
    assert seen(shop) == [
        (second.statement_id, 3, 500, "matched"), (second.statement_id, 4, 600, "matched"),
        (second.statement_id, 2, 160, "provider_only"),
    ]  # fmt: skip
    wechat_day = shop.ask(reconciled_day, DAY).channels[0]
    assert (wechat_day.told_minor, wechat_day.fee_minor, wechat_day.rows) == (940, 4, 3)
    assert not [fault for fault in shop.ask(verify).faults if fault.kind.startswith("bill")]
    shop.do(take_back_statement, second.statement_id)
    assert [row[:3] for row in seen(shop)] == [
        (third.statement_id, 2, 500), (third.statement_id, 3, 600), (third.statement_id, 4, 160),
    ]  # fmt: skip
    assert not [fault for fault in shop.ask(verify).faults if fault.kind.startswith("bill")]
    shop.do(take_back_statement, third.statement_id)
    assert seen(shop) == []


@pytest.mark.req("M12")
def test_control_a_bill_that_is_told_by_no_other_goes_with_all_its_rows(shop: Shop) -> None:
    attempt(shop, "SHOP01AA01", 500)
    first = take_bill(shop, wechat(TOLD, variant="pay"))
    second = take_bill(shop, wechat([*TOLD, BACK]))
    shop.do(take_back_statement, second.statement_id)  # it told them after the first, and passes nothing on
    assert [row[0] for row in seen(shop)] == [first.statement_id] * 2
    shop.do(take_back_statement, first.statement_id)
    assert seen(shop) == []
    assert take_bill(shop, wechat(TOLD, variant="pay")).rows == 2  # and can be read again
