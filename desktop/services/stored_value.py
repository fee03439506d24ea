"""Stored value: topped up, spent, given back, paid out, corrected. A debt of the shop until it is spent, never income."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import bindparam, case, func, select, update

from desktop.basics.clock import shop_day
from desktop.basics.errors import Malformed, Refused, ShopError
from desktop.basics.i18n import N_
from desktop.basics.money import LARGEST, Money
from desktop.models.members import Member
from desktop.models.people import Permission
from desktop.models.settings import STORED_FIRST, STORED_LEAST, STORED_MOST
from desktop.models.stored_value import (
    BONUS,
    DONE,
    DROPPED,
    MONEY,
    OPEN,
    PayOut,
    StoredBalance,
    StoredValueEntry,
    TopUp,
)
from desktop.queries.stored_value import Balance, balance_of, bonus_for, is_offered
from desktop.services import once, pay_letting_go, pay_limits, pay_methods, posting, print_jobs
from desktop.services.cash_sessions import session_of
from desktop.services.stored_room import check_room, too_much
from desktop.shop.action import action
from desktop.shop.work import Work

BY_HAND = ("cash", "card", "other")  # taken, and paid out, by a person
LONGEST = 200

_MINE = StoredBalance.member_id == bindparam("of_member")
_LOCKED = select(StoredBalance.money_minor, StoredBalance.bonus_minor).where(_MINE).with_for_update()
_MONEY, _BONUS = (
    bindparam(name, type_=StoredBalance.__table__.c.money_minor.type) for name in ("money", "bonus")
)
_STEP = (
    update(StoredBalance)
    .where(_MINE, StoredBalance.money_minor + _MONEY >= 0, StoredBalance.bonus_minor + _BONUS >= 0)
    .values(money_minor=StoredBalance.money_minor + _MONEY, bonus_minor=StoredBalance.bonus_minor + _BONUS)
    .returning(StoredBalance.money_minor, StoredBalance.bonus_minor)
)
_OF_ORDER = select(
    StoredValueEntry.member_id,
    func.sum(StoredValueEntry.money_delta).label("money"),
    func.sum(StoredValueEntry.bonus_delta).label("bonus"),
    func.max(case((StoredValueEntry.kind == "spend", StoredValueEntry.first), else_="")).label("first"),
).where(StoredValueEntry.order_id == bindparam("of_order"))
_OF_ORDER = _OF_ORDER.group_by(StoredValueEntry.member_id)


@dataclass(frozen=True, slots=True)
class Step:
    """One entry to be (minor units): what it is, by how much both parts change, and why."""

    kind: str
    money: int
    bonus: int
    source: str
    client_key: str
    order_id: int | None = None
    first: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ToppedUp:
    """A top-up that is done; balances after it, all in minor units."""

    top_up_id: int
    number: str
    amount_minor: int
    bonus_minor: int
    change_minor: int
    money_minor: int
    bonus_balance: int


# -- parts of other verbs -----------------------------------------------------------------------------------------


def post_stored(work: Work, member_id: int, step: Step) -> Balance:
    """Write an entry and the balance together; neither part ever goes below zero. Raises `Refused`."""
    if step.money > 0 or step.bonus > 0:
        fresh = {"member_id": member_id, "money_minor": 0, "bonus_minor": 0}
        work.rows(work.insert(StoredBalance).values(fresh).on_conflict_do_nothing())
    values = {"of_member": member_id, "money": step.money, "bonus": step.bonus}
    row = work.rows(_STEP, values).first()
    if row is None:
        raise _too_little(work, member_id, -step.money - step.bonus)
    after = Balance(int(row.money_minor), int(row.bonus_minor))
    entry = {
        "member_id": member_id, "kind": step.kind, "money_delta": step.money, "bonus_delta": step.bonus,
        "money_balance": after.money_minor, "bonus_balance": after.bonus_minor, "source": step.source,
        "order_id": step.order_id, "first": step.first, "note": step.note[:LONGEST], "client_key": step.client_key,
        "actor": work.actor.key, "at": work.now,
    }  # fmt: skip
    work.post(StoredValueEntry, [entry])
    work.touch("stored_balance", member_id)
    work.touch("member", member_id)
    return after


def spend(work: Work, member_id: int | None, amount_minor: int, order_id: int, client_key: str) -> Balance:
    """Pay a part of an order from a member's stored value, inside the transaction of the sale.

    Which part goes first is a setting. Raises `Refused` when there is not enough, whoever spent it meanwhile.
    """
    if member_id is None:
        raise Refused(N_("Stored value belongs to a member. Type the member’s phone number first."))
    row = work.rows(_LOCKED, {"of_member": member_id}).first()
    have = Balance(int(row.money_minor), int(row.bonus_minor)) if row else Balance()
    if amount_minor > have.total_minor:
        raise _too_little(work, member_id, amount_minor)
    first = work.setting(STORED_FIRST)
    money, bonus = have.parts(amount_minor, first)
    step = Step("spend", -money, -bonus, f"order:{order_id}", client_key, order_id, first)
    return post_stored(work, member_id, step)


def check_there(work: Work, member_id: int | None, amount_minor: int) -> None:
    """Whether a member has so much now; it may be gone again before it is spent. Raises `Refused`."""
    if amount_minor and amount_minor > balance_of(work, member_id).total_minor:
        raise _too_little(work, member_id, amount_minor)


def _too_little(work: Work, member_id: int | None, wanted: int) -> Refused:
    have = balance_of(work, member_id).total_minor
    return Refused(
        N_("Only {have} of stored value left, {wanted} wanted. Use less of it."),
        next_step="change_stored",
        have=str(Money(have, work.currency)),
        wanted=str(Money(wanted, work.currency)),
    )


def restore(work: Work, order_id: int, amount_minor: int, refund_id: int, client_key: str) -> None:
    """What an order was paid from stored value comes back, the part that was spent last first.

    Raises `Refused` for more than was spent of it.
    """
    row = work.rows(_OF_ORDER, {"of_order": order_id}).first()
    spent = Balance(-int(row.money), -int(row.bonus)) if row else Balance()
    if row is None or amount_minor > spent.total_minor:
        raise Refused(N_("More stored value would go back than was spent. Nothing was changed."))
    last = BONUS if row.first == MONEY else MONEY
    money, bonus = spent.parts(amount_minor, last)
    step = Step("refund", money, bonus, f"refund:{refund_id}", client_key, order_id)
    post_stored(work, int(row.member_id), step)


def credit(work: Work, member_id: int | None, amount_minor: int, refund_id: int, client_key: str) -> None:
    """Money of another way to pay goes back as stored value of the member: another route of a refund."""
    if member_id is None:
        raise Refused(N_("Only a member’s order can be refunded to stored value. Choose another way."))
    post_stored(
        work,
        member_id,
        Step("refund", amount_minor, 0, f"refund:{refund_id}", client_key, note="another route"),
    )


# -- verbs --------------------------------------------------------------------------------------------------------


@action(permission=Permission.TAKE_PAYMENT)
def top_up(
    work: Work,
    member_id: int,
    amount_minor: int,
    method: str,
    *,
    received_minor: int = 0,
    reference: str = "",
    client_key: str,
    approval: int = 0,
) -> ToppedUp:
    """Take money in advance by hand (cash, card, other); the bonus of the moment comes with it.

    A retry with the same key gets the first answer. Raises `Refused` for what no top-up may be and no sale is paid by.
    """
    given = once.claim(
        work, client_key, ["top up", member_id, amount_minor, method, received_minor, reference]
    )
    if given is not None:
        return ToppedUp(**given)
    if method not in BY_HAND:
        raise Refused(N_("This way to pay can’t be recorded by hand. Take cash or card."))
    if method == "cash" and received_minor and received_minor < amount_minor:
        missing = Money(amount_minor - received_minor, work.currency)
        raise Refused(N_("{missing} is still missing."), missing=str(missing))
    row = _begin(work, member_id, amount_minor, f"{client_key}:row")
    pay_limits.check_amount(work, pay_limits.TAKE, amount_minor, approval)
    who: Any = {"member_id": member_id, "amount_minor": amount_minor, "currency": work.currency}
    pay_methods.check_offer(work, method, till_id=row.till_id, **who)
    pay_methods.count_use(work, method, f"top_up:{row.id}", **who)
    row.received_minor = received_minor if method == "cash" else 0
    done = finish(work, row, method, reference=reference)
    if method == "cash":
        print_jobs.open_here(work, work.actor.till_id, f"top_up:{row.id}")
    once.keep(work, client_key, asdict(done))
    return done


@action(permission=Permission.KIOSK)
def begin_top_up(work: Work, member_id: int, amount_minor: int, *, client_key: str) -> int:
    """A top-up that a wallet will pay: kept with the bonus it was promised, so that the money finds it; returns its id.

    It is the subject `top_up:<client key>` of payment attempts.
    """
    there = work.find(select(TopUp).where(TopUp.client_key == client_key))
    if there is not None:
        if (there.member_id, there.amount_minor) != (member_id, amount_minor):
            raise Refused(N_("This request was used for something else. Open the dialog again."))
        return there.id
    return _begin(work, member_id, amount_minor, client_key).id


@action(permission=Permission.KIOSK)
def drop_top_up(work: Work, client_key: str) -> None:
    """Give up a top-up nobody paid: what is under way for it is cancelled, money that still arrives goes back by itself."""
    row = work.find(select(TopUp).where(TopUp.client_key == client_key).with_for_update())
    if row is not None and row.state == OPEN:
        row.state = DROPPED
        pay_letting_go.stop_open(work, f"top_up:{client_key}")


def open_top_up(work: Work, client_key: str) -> TopUp:
    """The top-up with this key, locked, while it waits for its money. Raises `Refused` when it is over."""
    row = work.find(select(TopUp).where(TopUp.client_key == client_key).with_for_update())
    if row is None or row.state != OPEN:
        raise Refused(N_("This top-up was given up or is done already."))
    return row


def _begin(work: Work, member_id: int, amount_minor: int, client_key: str) -> TopUp:
    member = work.get(Member, member_id, lock=True)  # of two top-ups at once the second sees the first
    if member.status != "active":
        raise Refused(N_("This member’s account is closed. Ask the shop."))
    if not is_offered(work):
        raise Refused(N_("Stored value is switched off. Switch it on under Payments first."))
    least, most = work.setting(STORED_LEAST), work.setting(STORED_MOST)
    if not least <= amount_minor <= LARGEST:
        raise Refused(N_("A top-up is at least {least}."), least=str(Money(least, work.currency)))
    bonus = bonus_for(work, amount_minor)
    check_room(work, member_id, amount_minor + bonus, most)
    row = TopUp(
        member_id=member_id, amount_minor=amount_minor, bonus_minor=bonus, currency=work.currency,
        till_id=work.actor.till_id or None, client_key=client_key, actor=work.actor.key, at=work.now,
    )  # fmt: skip
    return work.add(row)


def finish(
    work: Work, row: TopUp, method: str, *, reference: str = "", attempt_id: int | None = None
) -> ToppedUp:
    """The money of a top-up is there: entry, bonus and balance, within the caller's transaction.

    Raises `Refused` when another top-up was faster and both are more than a member may hold.
    """
    if row.state != OPEN:
        raise Refused(N_("This top-up was given up or is done already."))
    day = shop_day(work.now, work.zone)
    number = posting.next_number(work, f"top_up:{day:%Y%m%d}")
    row.number, row.state, row.done_at = f"T{day:%Y%m%d}-{number:04d}", DONE, work.now
    row.method_key, row.reference, row.attempt_id = method, reference.strip()[:64], attempt_id
    if row.till_id is not None:
        row.session_id = session_of(work, row.till_id, cash=method == "cash")
    work.flush()
    source = f"top_up:{row.id}"
    after = post_stored(work, row.member_id, Step("top_up", row.amount_minor, 0, source, f"{source}:m"))
    if row.bonus_minor:
        after = post_stored(work, row.member_id, Step("bonus", 0, row.bonus_minor, source, f"{source}:b"))
    most = work.setting(STORED_MOST)
    if after.total_minor > most:  # seen by the balance's own row, so of two at once the second
        raise too_much(work, after.total_minor - row.amount_minor - row.bonus_minor, most)
    change = max(0, row.received_minor - row.amount_minor)
    return ToppedUp(
        row.id, row.number, row.amount_minor, row.bonus_minor, change, after.money_minor, after.bonus_minor
    )


@action(permission=Permission.PAY_OUT)
def pay_out(
    work: Work,
    member_id: int,
    amount_minor: int,
    method: str,
    reason: str,
    *,
    client_key: str,
    approval: int = 0,
) -> int:
    """Give stored money back to a member, with the reason and, above a limit, an approval.

    The bonus is never paid out; the same share of it is taken back.
    """
    given = once.claim(work, client_key, ["pay out", member_id, amount_minor, method, reason])
    if given is not None:
        return int(given)
    _check_reason(reason)
    if method not in BY_HAND:
        raise Refused(N_("Stored value is paid out by hand: in cash, to a card, or otherwise."))
    if amount_minor <= 0:
        raise Malformed(N_("The amount must be above zero."))
    pay_limits.check_amount(work, pay_limits.REFUND, amount_minor, approval)
    row = work.rows(_LOCKED, {"of_member": member_id}).first()
    if row is None or amount_minor > row.money_minor:
        raise Refused(
            N_("Only {have} of it is the member’s own money. Bonus can be spent, not paid out."),
            have=str(Money(int(row.money_minor) if row else 0, work.currency)),
        )
    made = _paid_out(work, member_id, Balance(*row), amount_minor, method, reason.strip(), client_key)
    once.keep(work, client_key, made)
    return made


def _paid_out(
    work: Work, member_id: int, have: Balance, amount_minor: int, method: str, reason: str, client_key: str
) -> int:
    till_id = work.actor.till_id or None
    session = session_of(work, till_id, cash=method == "cash") if till_id else None
    bonus = have.lapses(amount_minor)
    paid = {
        "member_id": member_id, "amount_minor": amount_minor, "bonus_minor": bonus, "currency": work.currency,
        "method_key": method, "reason": reason[:LONGEST], "session_id": session, "till_id": till_id,
        "client_key": client_key, "actor": work.actor.key, "at": work.now,
    }  # fmt: skip
    made = work.post(PayOut, [paid], ids=True)[0]
    source = f"pay_out:{made}"
    if method == "cash":
        print_jobs.open_here(work, work.actor.till_id, source)
    post_stored(work, member_id, Step("pay_out", -amount_minor, 0, source, source, note=reason))
    if bonus:
        post_stored(work, member_id, Step("bonus_back", 0, -bonus, source, f"{source}:b"))
    return made


@action(permission=Permission.PAY_OUT)
def correct_stored(
    work: Work, member_id: int, money_delta: int, bonus_delta: int, reason: str, *, client_key: str
) -> Balance:
    """Put a balance right by hand, each part for itself, with the reason; returns it. A key counts once."""
    given = once.claim(work, client_key, ["correct stored", member_id, money_delta, bonus_delta, reason])
    if given is not None:
        return Balance(**given)
    _check_reason(reason)
    if not money_delta and not bonus_delta:
        raise Malformed(N_("Type how much to add or take away."))
    if max(abs(money_delta), abs(bonus_delta)) > work.setting(STORED_MOST):
        raise Refused(
            N_("At most {limit} at a time."), limit=str(Money(work.setting(STORED_MOST), work.currency))
        )
    work.get(Member, member_id, lock=True)
    step = Step("correction", money_delta, bonus_delta, work.actor.key, client_key, note=reason.strip())
    after = post_stored(work, member_id, step)
    once.keep(work, client_key, asdict(after))
    return after


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise ShopError(N_("Say why, so that the member and the owner can understand it later."))


__all__ = [
    "ToppedUp", "begin_top_up", "correct_stored", "credit", "drop_top_up", "finish", "open_top_up", "pay_out", "restore",
    "spend", "top_up",
]  # fmt: skip
