"""The bill as a phone is told it: words ready to show, numbers for the slider."""

from __future__ import annotations

from typing import Any

from desktop.basics.i18n import _
from desktop.basics.money import Money, quantity_text
from desktop.basics.words import points_text
from desktop.pricing.cart import quick_steps
from desktop.queries.checkout import CheckoutView


def bill_json(view: CheckoutView) -> dict[str, Any]:
    """Everything the page shows of an open or finished sale."""
    bill = view.bill

    def money(amount: int) -> str:
        return str(Money(amount, bill.currency))

    return {
        "state": view.state,
        "version": view.version,
        "signed_in": view.signed_in,
        "agreed": view.agreed and view.agreed_by in ("phone", "code"),
        "code_sent": view.code_sent,
        "member": _member(view),
        "lines": [
            {
                "name": line.offer.name,
                "pack": line.offer.pack,
                "qty": f"× {quantity_text(line.qty_milli)}",
                "total": money(line.list_total_minor),
            }
            for line in bill.lines
        ],
        "goods": money(bill.goods_minor),
        "discount": money(-bill.discount_minor) if bill.discount_minor else "",
        "due": money(bill.total_minor),
        "half": money(bill.half_minor),
        "points": bill.points,
        "points_words": points_text(bill.points),
        "points_money": money(-bill.points_minor),
        "cap": bill.cap_points,
        "cap_money": money(bill.cap_minor),
        "steps": quick_steps(bill.cap_points),
        "pay": money(bill.to_pay_minor),
        "stored": money(view.stored_minor) if view.stored_minor else "",
        "rest": money(bill.to_pay_minor - view.stored_minor)
        if 0 < view.stored_minor < bill.to_pay_minor
        else "",
        "earns": _("You will earn {points}").format(points=points_text(bill.earns)),
    }


def _member(view: CheckoutView) -> dict[str, str] | None:
    if view.member is None or not view.signed_in:
        return None
    member = view.member
    return {
        "name": member.shown_name,
        "initial": member.initial or "#",
        "tail": _("Ending in {tail}").format(tail=member.phone_tail),
        "tier": member.tier_name,
        "points": points_text(member.points),
    }
