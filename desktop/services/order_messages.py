"""O20: member and staff write to each other on an order; whoever is written to is told."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select, update

from desktop.basics.errors import NotFound, Refused
from desktop.basics.i18n import N_
from desktop.models.order_talk import FROM_MEMBER, FROM_STAFF, OrderMessage
from desktop.models.orders import Order
from desktop.models.people import Permission
from desktop.services import once
from desktop.services.notices import Wanted, post_notice
from desktop.shop.action import action
from desktop.shop.work import Work

LONGEST = 1_000
AN_HOUR = 6  # messages of a member on one order: whoever has more to say, calls
TOLD_BY = ("portal", "email")


@action(permission=Permission.HANDLE_ORDERS)
def answer_member(work: Work, order_id: int, text: str, client_key: str) -> int:
    """Write to the member behind an order; they are told on their phone page and by e-mail. Returns the message's id."""
    order = work.get(Order, order_id)
    given = once.claim(work, client_key, [order_id, "answer", text])
    if given is not None:
        return int(given)
    if order.member_id is None:
        raise Refused(
            N_("Nobody is known behind this order, so nobody can be written to. Add a note instead.")
        )
    made = _write(work, order, FROM_STAFF, text, client_key)
    _seen(work, order_id, FROM_MEMBER)  # who answers has read
    wanted = Wanted(
        key=f"order_message:{made.id}", template="order_message", receivers=(f"member:{order.member_id}",),
        channels=TOLD_BY, fields={"number": order.short_code, "text": made.text}, subject=f"order:{order.id}",
    )  # fmt: skip
    post_notice(work, wanted)
    once.keep(work, client_key, made.id)
    return made.id


@action(permission=Permission.HANDLE_ORDERS)
def note_from_member(work: Work, order_id: int, text: str, client_key: str) -> int:
    """Write down what the customer said about an order, on the phone or at the counter."""
    order = work.get(Order, order_id)
    given = once.claim(work, client_key, [order_id, "said", text])
    if given is not None:
        return int(given)
    made = _write(work, order, FROM_MEMBER, text, client_key)
    made.read_at = work.now  # whoever writes it down knows it
    once.keep(work, client_key, made.id)
    return made.id


@action(permission=Permission.CONFIRM_OWN)
def ask_shop(work: Work, order_id: int, text: str, client_key: str) -> int:
    """A member writes on an order of their own; the people who handle orders are told."""
    order = work.session.get(Order, order_id)
    if order is None or work.actor.kind != "member" or order.member_id != work.actor.id:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    given = once.claim(work, client_key, [order_id, "ask", text])
    if given is not None:
        return int(given)
    _spare(work, order_id)
    made = _write(work, order, FROM_MEMBER, text, client_key)
    wanted = Wanted(
        key=f"order_message:{made.id}", template="order_asked", receivers=("role:owner", "role:merchant"),
        fields={"number": order.short_code, "text": made.text}, subject=f"order:{order.id}",
    )  # fmt: skip
    post_notice(work, wanted)
    once.keep(work, client_key, made.id)
    return made.id


@action(permission=Permission.HANDLE_ORDERS)
def read_messages(work: Work, order_id: int) -> int:
    """The staff have read what the member wrote on this order; returns how much was new."""
    return _seen(work, order_id, FROM_MEMBER)


def _spare(work: Work, order_id: int) -> None:
    """Nobody is flooded. Raises `Refused`."""
    lately = select(func.count(OrderMessage.id)).where(
        OrderMessage.order_id == order_id,
        OrderMessage.sender == FROM_MEMBER,
        OrderMessage.at > work.now - timedelta(hours=1),
    )
    if int(work.value(lately) or 0) >= AN_HOUR:
        raise Refused(N_("That is a lot at once. Wait for the answer, or call the shop."))


def _seen(work: Work, order_id: int, sender: str) -> int:
    unread = update(OrderMessage).where(
        OrderMessage.order_id == order_id, OrderMessage.sender == sender, OrderMessage.read_at.is_(None)
    )
    count = len(work.rows(unread.values(read_at=work.now).returning(OrderMessage.id)).all())
    if count:
        work.touch("order_message", order_id)
        work.touch("sale_order", order_id)
    return count


def _write(work: Work, order: Order, sender: str, text: str, client_key: str) -> OrderMessage:
    cleaned = text.strip()
    if not cleaned:
        raise Refused(N_("Type the message first."))
    if len(cleaned) > LONGEST:
        raise Refused(N_("At most {limit} characters."), limit=f"{LONGEST:,}")
    made = work.add(
        OrderMessage(
            order_id=order.id,
            sender=sender,
            text=cleaned,
            actor=work.actor.key,
            client_key=client_key,
            at=work.now,
        )
    )
    work.touch("sale_order", order.id)
    return made
