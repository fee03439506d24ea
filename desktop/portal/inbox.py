"""A member's messages on the phone: a thin front of `services/phone_inbox.py`."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from desktop.basics.errors import NotFound, ShopError
from desktop.basics.i18n import _, speaking
from desktop.basics.words import when_text
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
from desktop.services import phone_inbox
from desktop.shop.shop import Shop

COOKIE = "zhanggui_inbox"
SECONDS = 12 * 3600  # the shop forgets the phone then, too
Sender = Any  # gateways.notify.Notify; the portal only hands it on
Call = Callable[[Shop, str, dict[str, Any]], object]


class InboxPages:
    """The page at /inbox, its calls and its stream."""

    def __init__(self, shop: Shop, notify: Sender, listeners: Listeners, pages: Environment) -> None:
        self._shop, self._notify, self._listeners, self._pages = shop, notify, listeners, pages

    def routes(self) -> list[Route]:
        """Where they are."""
        calls: dict[str, Call] = {
            "code": lambda shop, device, body: phone_inbox.send_inbox_code(shop, self._notify, device, text_of(body, "phone")),
            "sign-in": lambda shop, device, body: phone_inbox.sign_in_to_inbox(shop, device, text_of(body, "code")),
            "read": lambda shop, device, _b: shop.do(phone_inbox.read_member_inbox, device),
            "leave": lambda shop, device, _b: shop.do(phone_inbox.leave_inbox, device),
        }  # fmt: skip
        return [
            Route("/inbox", self._page),
            Route("/inbox/state", self._state),
            Route("/inbox/events", self._events),
            *(Route(f"/inbox/{name}", self._call(call), methods=["POST"]) for name, call in calls.items()),
        ]

    async def _page(self, request: Request) -> Response:
        spoken = language_of(request)
        with speaking(spoken):
            name, branch, _currency, _zone = await run_in_threadpool(self._shop.ask, shop_card)
            html = self._pages.get_template("inbox.html").render(
                shop=name,
                branch=branch,
                lang=spoken.replace("_", "-"),
                words=page_words(),
                others=other_languages(spoken),
            )
        answer = HTMLResponse(html)
        if not request.cookies.get(COOKIE):
            answer.set_cookie(
                COOKIE,
                secrets.token_urlsafe(24),
                max_age=SECONDS,
                httponly=True,
                samesite="strict",
                path="/inbox",
            )
        return answer

    def _call(self, call: Call) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            device = request.cookies.get(COOKIE, "")
            with speaking(language_of(request)):
                try:
                    body = await read_json(request)
                    if not device:
                        raise ShopError(_("Allow cookies for this page, then reload it."))
                    await run_in_threadpool(call, self._shop, device, body)
                    return JSONResponse(await run_in_threadpool(self._seen, device))
                except ShopError as error:
                    return refusal(error)

        return endpoint

    def _seen(self, device: str) -> dict[str, Any]:
        """What the page shows; signed out is an answer, too."""
        _name, _branch, _currency, zone = self._shop.ask(shop_card)
        try:
            found = self._shop.ask(phone_inbox.member_inbox, device)
        except NotFound:
            return {"signed_in": False, "unread": 0, "rows": []}
        now, place = self._shop.clock.now(), ZoneInfo(zone)
        rows = [
            {
                "title": row.title,
                "body": row.body,
                "when": when_text(row.at, now, place),
                "unread": row.unread,
            }
            for row in found.rows
        ]
        return {"signed_in": True, "unread": found.unread, "rows": rows}

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
        with self._listeners.subscribe() as changed:
            while True:
                with speaking(spoken):
                    seen = await run_in_threadpool(self._seen, device)
                yield event("inbox", seen)
                if not await next_news(changed):
                    return


def page_words() -> dict[str, str]:
    """The sentences the page's script needs."""
    return {
        "offline": _(
            "No connection to the shop. This page works on the shop’s Wi-Fi and tries again by itself."
        ),
        "send": _("Send code"),
        "again": _("Send again ({seconds})"),
        "unread": _("{count} unread"),
        "sent": _("If this number is a member’s, a code is on its way."),
    }
