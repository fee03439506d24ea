"""O13, O20: a member looks up an order by its number and the last digits of their phone, on the phone or at a kiosk.

Four digits are few, so every try is counted before it is looked at: for the place it comes from and for the number that
was typed, whether an order has it or not. Tries fade with time alone; a right one takes back only itself. A number nobody
has, and digits that do not fit, get one and the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select

from desktop.basics.errors import NotFound, Refused
from desktop.basics.i18n import N_
from desktop.models.order_looks import OrderLook
from desktop.models.people import Permission, SignInBrake
from desktop.queries.order_looks import OrderSeen, dashed, find_proved, read_order_seen, tidy_number
from desktop.services.checkout import digest
from desktop.services.order_messages import ask_shop
from desktop.services.pickup import digest as pick_up_digest
from desktop.shop import actors
from desktop.shop.action import action, question
from desktop.shop.shop import Shop
from desktop.shop.work import Read, Work

MINUTES = 30  # a proved order is shown so long
TAIL, PICK_UP = 4, 8  # digits of a phone's end, of a pick-up code
AT_PLACE = (10, timedelta(minutes=3))  # wrong tries at one place, and how fast one is forgiven
OF_NUMBER = (5, timedelta(minutes=15))
OLD = timedelta(hours=3)  # every try has faded by then
_MARK = "order-look:"
NOT_PROVED = N_("No order goes with this number and these digits. Check both.")
SPENT = N_("Too many wrong tries. Wait {minutes} minutes, or ask the shop.")
GONE = N_("Type the order number and the digits again.")


@dataclass(frozen=True, slots=True)
class Tried:
    """How a try did: the order (0: it does not fit), or the minutes to wait (then nothing was counted)."""

    order_id: int = 0
    minutes: int = 0
    seen: OrderSeen | None = None


@action(permission=Permission.CONFIRM_OWN)
def try_order_on_phone(
    work: Work, device: str, place: str, number: str, digits: str, code_hash: str
) -> Tried:
    """Check what was typed on a phone, counting the try; a good one lets this phone see the order for a while."""
    tried = _try(work, f"phone:{place}", number, digits, code_hash)
    _forget_look(work, device)
    work.rows(delete(OrderLook).where(OrderLook.until < work.now))
    if tried.order_id:
        until = work.now + timedelta(minutes=MINUTES)
        work.add(OrderLook(token_hash=digest(device), order_id=tried.order_id, until=until))
    return tried


@action(permission=Permission.KIOSK)
def try_order_at_kiosk(work: Work, number: str, digits: str, code_hash: str) -> Tried:
    """Check what was typed at a kiosk, counting the try; a good one brings the order along, and nothing is kept."""
    tried = _try(work, work.actor.key, number, digits, code_hash)
    if not tried.order_id:
        return tried
    return Tried(tried.order_id, 0, read_order_seen(work, tried.order_id, talk=False))


@question(permission=Permission.CONFIRM_OWN)
def order_on_phone(read: Read, device: str) -> OrderSeen:
    """The order this phone has proved, with its messages. Raises `NotFound` when it has proved none, or too long ago."""
    kept = select(OrderLook.order_id).where(
        OrderLook.token_hash == digest(device), OrderLook.until > read.now
    )
    order_id = read.value(kept) if device else None
    seen = read_order_seen(read, order_id, talk=True) if order_id is not None else None
    if seen is None:
        raise NotFound(GONE)
    return seen


@action(permission=Permission.CONFIRM_OWN)
def leave_order(work: Work, device: str) -> None:
    """Forget what this phone has proved."""
    _forget_look(work, device)


def look_up_on_phone(shop: Shop, device: str, place: str, number: str, proof: str) -> None:
    """Prove an order on a phone at this network address. Raises `NotFound` or `Refused`."""
    _say(shop.do(try_order_on_phone, device, place, *_typed(number, proof)))


def look_up_at_kiosk(shop: Shop, number: str, proof: str) -> OrderSeen:
    """Prove and read an order at a kiosk. Raises `NotFound` or `Refused`."""
    seen = _say(shop.do(try_order_at_kiosk, *_typed(number, proof))).seen
    if seen is None:
        raise NotFound(NOT_PROVED)
    return seen


def ask_on_phone(shop: Shop, device: str, text: str, client_key: str) -> None:
    """The member behind the proved order writes to the shop. Raises `NotFound` or `Refused`."""
    seen = shop.ask(order_on_phone, device)
    if not client_key:
        raise Refused(N_("This could not be read. Reload the page."))
    if seen.member_id is None:
        raise Refused(N_("Nobody of the shop can answer here. Ask at the counter."))
    member = shop.acting_as(actors.member(seen.member_id))
    member.do(ask_shop, seen.order_id, text, f"{seen.order_id}:{client_key}")


def _typed(number: str, proof: str) -> tuple[str, str, str]:
    """Number, last digits and the hash of a pick-up code; the slow hash costs the same whoever's number it is."""
    digits = "".join(ch for ch in proof if ch.isascii() and ch.isdigit())
    if not tidy_number(number) or len(digits) not in (TAIL, PICK_UP):
        raise Refused(N_("Type the order number and the last 4 digits of your phone number."))
    tail, code = (digits, "") if len(digits) == TAIL else ("", pick_up_digest(digits))
    return tidy_number(number), tail, code


def _say(tried: Tried) -> Tried:
    if tried.minutes:
        raise Refused(SPENT, minutes=tried.minutes)
    if not tried.order_id:
        raise NotFound(NOT_PROVED)
    return tried


def _try(work: Work, place: str, number: str, digits: str, code_hash: str) -> Tried:
    _sweep(work)
    at_place = _brake(work, f"{_MARK}{digest(place)[:24]}", AT_PLACE)
    of_number = _brake(work, f"{_MARK}{digest('number', dashed(number))[:24]}", OF_NUMBER)
    wait = max(_wait(work, at_place, AT_PLACE), _wait(work, of_number, OF_NUMBER))
    if wait:
        return Tried(minutes=wait)
    found = find_proved(work, number, digits, code_hash)
    for brake in () if found else (at_place, of_number):
        brake.failures += 1
    work.flush()
    return Tried(found)


def _sweep(work: Work) -> None:
    """Numbers nobody asks for any more leave no row behind."""
    old = select(SignInBrake.subject).where(
        SignInBrake.subject.startswith(_MARK), SignInBrake.last_try < work.now - OLD
    )
    work.rows(
        delete(SignInBrake).where(SignInBrake.subject.in_(old.with_for_update(skip_locked=True))),
    )


def _brake(work: Work, subject: str, pace: tuple[int, timedelta]) -> SignInBrake:
    """The tries of a place or a number, those that faded taken off. Locked, so that two at once count both."""
    first = work.insert(SignInBrake).values(subject=subject, failures=0, last_try=work.now)
    work.rows(first.on_conflict_do_nothing())
    brake = work.get(SignInBrake, subject, lock=True)
    faded = (work.now - brake.last_try) // pace[1]
    if faded < 0 or faded >= brake.failures:  # a clock that was set back starts anew
        brake.failures, brake.last_try = (brake.failures if faded < 0 else 0), work.now
    elif faded:
        brake.failures, brake.last_try = brake.failures - faded, brake.last_try + faded * pace[1]
    return brake


def _wait(work: Work, brake: SignInBrake, pace: tuple[int, timedelta]) -> int:
    """Minutes until the next try, 0 for at once."""
    if brake.failures < pace[0]:
        return 0
    left = brake.last_try + pace[1] - work.now
    return max(1, -(-int(left.total_seconds()) // 60))


def _forget_look(work: Work, device: str) -> None:
    look = work.find(select(OrderLook).where(OrderLook.token_hash == digest(device)).with_for_update())
    if look is not None:
        work.remove(look)
