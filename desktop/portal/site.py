"""The pages and calls of the phone: a thin front of `services/phone.py`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import (
    FileResponse,
    JSONResponse,
    PlainTextResponse,
    Response,
)
from starlette.routing import Route

from desktop.basics.errors import ShopError, Unavailable
from desktop.basics.i18n import _, speaking
from desktop.basics.paths import resources
from desktop.portal.answers import (
    event,
    language_of,
    next_news,
    number_of,
    read_json,
    refusal,
    text_of,
)
from desktop.portal.bill import bill_json
from desktop.portal.inbox import InboxPage
from desktop.portal.listeners import Listeners
from desktop.portal.order_page import OrderPage
from desktop.portal.own_page import paper, remember_phone, streamed
from desktop.queries.checkout import phone_view
from desktop.services import phone
from desktop.services.pay_notices import take_notice
from desktop.shop.shop import Shop

COOKIE = "zhanggui_phone"
STATIC = {
    "phone.css": "text/css",
    "phone.js": "text/javascript",
    "inbox.js": "text/javascript",
    "order.js": "text/javascript",
}
# What each provider takes for “heard”; anything else makes it send again.
RECEIPTS = {"alipay": "success", "wechat": '{"code":"SUCCESS"}', "unionpay": "ok"}
Sender = Any  # gateways.notify.Notify; the portal only hands it on
Call = Callable[[Shop, str, str, dict[str, Any]], object]


class Site:
    """The portal's pages for one shop; `notify` sends the one-time codes."""

    def __init__(self, shop: Shop, notify: Sender, listeners: Listeners) -> None:
        self._shop = shop
        self._notify = notify
        self._listeners = listeners
        folder = resources() / "portal"
        self._pages = Environment(loader=FileSystemLoader(folder), autoescape=select_autoescape())
        self._pages.globals["_"] = _
        self._folder = folder

    def app(self) -> Starlette:
        """The ASGI application."""
        calls: dict[str, Call] = {
            "take": lambda shop, token, device, _b: shop.do(phone.take_offer, token, device),
            "code": lambda shop, token, device, body: phone.send_phone_code(shop, self._notify, token, device, text_of(body, "phone")),
            "sign-in": lambda shop, token, device, body: phone.sign_in_by_code(shop, token, device, text_of(body, "code")),
            "points": lambda shop, token, device, body: shop.do(phone.choose_points, token, device, number_of(body, "points")),
            "agree": lambda shop, token, device, body: shop.do(phone.agree, token, device, number_of(body, "version")),
            "leave": lambda shop, token, device, _b: shop.do(phone.leave, token, device),
        }  # fmt: skip
        routes = [
            Route("/s/{token}", self._page),
            Route("/s/{token}/state", self._state),
            Route("/s/{token}/events", self._events),
            Route("/static/{name}", self._static),
            *(
                Route(f"/s/{{token}}/{name}", self._call(call), methods=["POST"])
                for name, call in calls.items()
            ),
        ]
        routes.append(Route("/pay/{provider}", self._provider, methods=["POST"]))
        inbox = InboxPage(self._shop, self._listeners, self._pages, self._notify)
        orders = OrderPage(self._shop, self._listeners, self._pages)
        return Starlette(routes=[*routes, *inbox.routes(), *orders.routes()])

    # -- pages --------------------------------------------------------------------------------------------------

    async def _page(self, request: Request) -> Response:
        with speaking(language_of(request)):
            answer = await paper(request, self._shop, self._pages, "phone.html", page_words())
        remember_phone(request, answer, COOKIE, "/s/", 3600)
        return answer

    async def _static(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in STATIC:
            return JSONResponse({"error": _("There is nothing here.")}, 404)
        return FileResponse(self._folder / name, media_type=STATIC[name])

    async def _provider(self, request: Request) -> Response:
        """A payment provider's message, brought here by a relay of the shop: answered in its own words."""
        name = request.path_params["provider"]
        taken = RECEIPTS.get(name)
        if taken is None:
            return JSONResponse({"error": _("There is nothing here.")}, 404)
        body = await request.body()
        try:
            await run_in_threadpool(take_notice, self._shop, name, request.headers, body)
        except Unavailable:
            return PlainTextResponse("fail", 503)
        except ShopError:
            return PlainTextResponse("fail", 400)  # also what a probe of our checking must get
        return PlainTextResponse(taken)

    # -- calls --------------------------------------------------------------------------------------------------

    def _call(self, call: Call) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            token, device = request.path_params["token"], request.cookies.get(COOKIE, "")
            with speaking(language_of(request)):
                try:
                    body = await read_json(request)
                    if not device:
                        raise ShopError(_("Allow cookies for this page, then scan the code again."))
                    await run_in_threadpool(call, self._shop, token, device, body)
                    return JSONResponse(await run_in_threadpool(self._bill, token, device))
                except ShopError as error:
                    return refusal(error)

        return endpoint

    def _bill(self, token: str, device: str) -> dict[str, Any]:
        return bill_json(self._shop.ask(phone_view, token, device))

    async def _state(self, request: Request) -> Response:
        with speaking(language_of(request)):
            try:
                return JSONResponse(
                    await run_in_threadpool(
                        self._bill, request.path_params["token"], request.cookies.get(COOKIE, "")
                    )
                )
            except ShopError as error:
                return refusal(error)

    async def _events(self, request: Request) -> Response:
        token, device, spoken = (
            request.path_params["token"],
            request.cookies.get(COOKIE, ""),
            language_of(request),
        )
        with speaking(spoken):
            try:
                await run_in_threadpool(self._bill, token, device)
            except ShopError as error:
                return refusal(error)
        return streamed(self._follow(token, device, spoken))

    async def _follow(self, token: str, device: str, spoken: str) -> AsyncIterator[str]:
        with self._listeners.subscribe() as changed:
            while True:
                with speaking(spoken):
                    try:
                        bill = await run_in_threadpool(self._bill, token, device)
                    except ShopError as error:
                        yield event("gone", {"error": str(error)})
                        return
                yield event("bill", bill)
                if not await next_news(changed):
                    return


def page_words() -> dict[str, str]:
    """The sentences the page's script needs."""
    return {
        "gone": _("This sale is over. Scan the code on the screen again."),
        "offline": _("No connection to the shop. Stay near the till; this page tries again by itself."),
        "agreed": _("Confirmed. Pay the rest at the till."),
        "done": _("Paid. Thank you."),
        "none": _("No points"),
        "most": _("Most: {points}"),
        "send": _("Send code"),
        "again": _("Send again ({seconds})"),
    }
