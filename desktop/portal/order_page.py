"""An order on the member's phone: a thin front of `services/order_looks.py`."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request

from desktop.basics.errors import NotFound
from desktop.basics.i18n import _
from desktop.basics.money import Money, quantity_text
from desktop.basics.words import day_text, when_text
from desktop.portal.answers import text_of
from desktop.portal.own_page import Call, OwnPage
from desktop.queries.checkout import shop_card
from desktop.queries.order_looks import OrderSeen, hint_of, tidy_number
from desktop.queries.order_parcels import ENDED, ParcelRow, parcel_word
from desktop.queries.order_words import said, status_word
from desktop.services import order_looks
from desktop.services.order_messages import LONGEST
from desktop.shop.shop import Shop

_SIGNED_OUT: dict[str, Any] = {"signed_in": False}


class OrderPage(OwnPage):
    """The page at /order; how long it shows what a phone has proved the shop decides."""

    name, cookie = "order", "zhanggui_order"

    def calls(self) -> dict[str, Call]:
        return {"look": _look, "ask": _ask, "leave": _leave}

    def seen(self, device: str) -> dict[str, Any]:
        _name, _branch, _currency, zone = self._shop.ask(shop_card)
        try:
            seen = self._shop.ask(order_looks.order_on_phone, device)
        except NotFound:
            return _SIGNED_OUT
        return order_json(seen, self._shop.clock.now(), ZoneInfo(zone))

    def filled(self, request: Request) -> dict[str, Any]:
        number = tidy_number(request.query_params.get("n", ""))
        return {"number": number, "longest": LONGEST, "minutes": order_looks.MINUTES}

    def words(self) -> dict[str, str]:
        return {
            "offline": _(
                "No connection to the shop. This page works on the shop’s Wi-Fi and tries again by itself."
            ),
            "me": _("You"),
            "shop": _("From the shop"),
            "sent": _("Sent. The answer appears here."),
            "refunded": _("{amount} refunded"),
            "paid": _("Paid in money"),
            "to_pay": _("To pay"),
        }


def _look(shop: Shop, device: str, place: str, body: dict[str, Any]) -> None:
    order_looks.look_up_on_phone(shop, device, place, text_of(body, "number"), text_of(body, "proof"))


def _ask(shop: Shop, device: str, _place: str, body: dict[str, Any]) -> None:
    order_looks.ask_on_phone(shop, device, message_of(body), text_of(body, "key"))


def _leave(shop: Shop, device: str, _place: str, _body: dict[str, Any]) -> None:
    shop.do(order_looks.leave_order, device)


def message_of(body: dict[str, Any]) -> str:
    """What the member wrote, long enough for the shop to say that it is too long."""
    value = body.get("text")
    return value[: LONGEST + 1] if isinstance(value, str) else ""


def order_json(seen: OrderSeen, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    """Everything the page shows of an order, as words."""

    def when(at: datetime | None) -> str:
        return when_text(at, now, zone) if at is not None else ""

    return {
        "signed_in": True,
        "numbers": [seen.short_code, seen.code],
        "number": seen.short_code,
        "name": seen.name,
        "status": status_word(seen.status),
        "hint": hint_of(seen, now, zone),
        "steps": [{"words": said(s.words), "when": when(s.at), "state": s.state} for s in seen.steps],
        "lines": [
            {"name": line.name, "qty": f"× {quantity_text(line.qty_milli)} {said(line.unit)}"}
            for line in seen.lines
        ],
        "to_pay": seen.unpaid,
        "total": str(Money(seen.total_minor, seen.currency)),
        "refunded": str(Money(seen.refunded_minor, seen.currency)) if seen.refunded_minor else "",
        "parcels": [_parcel(parcel, now, zone) for parcel in seen.parcels],
        "may_ask": seen.member_id is not None,
        "talk": [{"mine": s.mine, "text": s.text, "when": when(s.at)} for s in seen.talk],
    }  # fmt: skip


def _parcel(parcel: ParcelRow, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    coming = parcel.eta is not None and parcel.state not in ENDED
    return {
        "carrier": parcel.carrier or _("Parcel"),
        "number": parcel.tracking,
        "state": parcel_word(parcel.state),
        "there": parcel.state == "delivered",
        "eta": _("Expected {day}").format(day=day_text(parcel.eta, now, zone))
        if coming and parcel.eta
        else "",
        "inside": " · ".join(f"{part.name} × {quantity_text(part.qty_milli)}" for part in parcel.parts),
        "trail": [
            {"when": when_text(seen.at, now, zone), "text": seen.text, "place": seen.place}
            for seen in parcel.trail
        ],
    }
