"""An order on the member's phone: a thin front of `services/order_looks.py`."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from desktop.basics.errors import NotFound, ShopError
from desktop.basics.i18n import _, speaking
from desktop.basics.money import Money, quantity_text
from desktop.basics.words import day_text, when_text
from desktop.portal.answers import (
    event,
    language_of,
    next_news,
    other_languages,
    read_json,
    refusal,
    text_of,
)
from desktop.portal.listeners import Listeners
from desktop.queries.checkout import shop_card
from desktop.queries.order_looks import OrderSeen, hint_of, tidy_number
from desktop.queries.order_parcels import ENDED, ParcelRow, parcel_word
from desktop.queries.order_words import said, status_word
from desktop.services import order_looks
from desktop.services.order_messages import LONGEST
from desktop.shop.shop import Shop

COOKIE = "zhanggui_order"
SECONDS = 12 * 3600  # of the cookie; how long an order is shown the shop decides
Call = Callable[[Shop, str, str, dict[str, Any]], object]
_SIGNED_OUT: dict[str, Any] = {"signed_in": False}


class OrderPages:
    """The page at /order, its calls and its stream."""

    def __init__(self, shop: Shop, listeners: Listeners, pages: Environment) -> None:
        self._shop, self._listeners, self._pages = shop, listeners, pages

    def routes(self) -> list[Route]:
        """Where they are."""
        calls: dict[str, Call] = {"look": _look, "ask": _ask, "leave": _leave}
        return [
            Route("/order", self._page),
            Route("/order/state", self._state),
            Route("/order/events", self._events),
            *(Route(f"/order/{name}", self._call(call), methods=["POST"]) for name, call in calls.items()),
        ]

    async def _page(self, request: Request) -> Response:
        spoken = language_of(request)
        number = tidy_number(request.query_params.get("n", ""))
        with speaking(spoken):
            name, branch, _currency, _zone = await run_in_threadpool(self._shop.ask, shop_card)
            html = self._pages.get_template("order.html").render(
                shop=name,
                branch=branch,
                lang=spoken.replace("_", "-"),
                words=page_words(),
                others=other_languages(spoken),
                number=number,
                longest=LONGEST,
                minutes=order_looks.MINUTES,
            )
        answer = HTMLResponse(html)
        if not request.cookies.get(COOKIE):
            self._give_cookie(answer)
        return answer

    def _give_cookie(self, answer: Response) -> None:
        answer.set_cookie(
            COOKIE,
            secrets.token_urlsafe(24),
            max_age=SECONDS,
            httponly=True,
            samesite="strict",
            path="/order",
        )

    def _call(self, call: Call) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            device = request.cookies.get(COOKIE, "")
            place = request.client.host if request.client else "?"
            with speaking(language_of(request)):
                try:
                    body = await read_json(request)
                    if not device:
                        raise ShopError(_("Allow cookies for this page, then reload it."))
                    await run_in_threadpool(call, self._shop, device, place, body)
                    return JSONResponse(await run_in_threadpool(self._seen, device))
                except ShopError as error:
                    return refusal(error)

        return endpoint

    def _seen(self, device: str) -> dict[str, Any]:
        """What the page shows; nothing proved is an answer, too."""
        _name, _branch, _currency, zone = self._shop.ask(shop_card)
        try:
            seen = self._shop.ask(order_looks.order_on_phone, device)
        except NotFound:
            return _SIGNED_OUT
        return order_json(seen, self._shop.clock.now(), ZoneInfo(zone))

    async def _state(self, request: Request) -> Response:
        with speaking(language_of(request)):
            try:
                return JSONResponse(await run_in_threadpool(self._seen, request.cookies.get(COOKIE, "")))
            except ShopError as error:
                return refusal(error)

    async def _events(self, request: Request) -> Response:
        stream = self._follow(request.cookies.get(COOKIE, ""), language_of(request))
        return StreamingResponse(stream, media_type="text/event-stream", headers={"x-accel-buffering": "no"})

    async def _follow(self, device: str, spoken: str) -> AsyncIterator[str]:
        told: dict[str, Any] | None = None
        with self._listeners.subscribe() as changed:
            while True:
                with speaking(spoken):
                    seen = await run_in_threadpool(self._seen, device)
                if seen != told:  # most news is of other orders
                    told = seen
                    yield event("order", seen)
                if not await next_news(changed):
                    return


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


def page_words() -> dict[str, str]:
    """The sentences the page's script needs."""
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
