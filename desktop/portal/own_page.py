"""What the portal's pages are made of: a template in the phone's language, calls, the state and a stream of it."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from jinja2 import Environment
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _, speaking
from desktop.portal.answers import event, language_of, next_news, other_languages, read_json, refusal
from desktop.portal.listeners import Listeners
from desktop.queries.checkout import shop_card
from desktop.shop.shop import Shop

# What a page's button does: on the shop, for this phone, at this network address, with what it sent.
Call = Callable[[Shop, str, str, dict[str, Any]], object]
HALF_A_DAY = 12 * 3600


async def paper(
    request: Request, shop: Shop, pages: Environment, template: str, words: dict[str, str], **more: Any
) -> HTMLResponse:
    """A page with the shop's name on it; the caller speaks the request's language."""
    name, branch, _currency, _zone = await run_in_threadpool(shop.ask, shop_card)
    spoken = language_of(request)
    html = pages.get_template(template).render(
        shop=name,
        branch=branch,
        lang=spoken.replace("_", "-"),
        words=words,
        others=other_languages(spoken),
        **more,
    )
    return HTMLResponse(html)


def remember_phone(request: Request, answer: Response, cookie: str, path: str, seconds: int) -> None:
    """Let this phone be known by a random name, if it is not yet: here only, and to no script."""
    if not request.cookies.get(cookie):
        answer.set_cookie(
            cookie,
            secrets.token_urlsafe(24),
            max_age=seconds,
            httponly=True,
            samesite="strict",
            path=path,
        )


def streamed(stream: AsyncIterator[str]) -> StreamingResponse:
    """Server-sent events that no relay holds back."""
    return StreamingResponse(stream, media_type="text/event-stream", headers={"x-accel-buffering": "no"})


class OwnPage:
    """A page at one address, for whoever opens it: the phone is known by the page's own cookie."""

    name: str  # of the address, the template and the stream's event
    cookie: str

    def __init__(self, shop: Shop, listeners: Listeners, pages: Environment) -> None:
        self._shop, self._listeners, self._pages = shop, listeners, pages

    def routes(self) -> list[Route]:
        """Where it is."""
        at, calls = f"/{self.name}", self.calls()
        return [
            Route(at, self._page),
            Route(f"{at}/state", self._state),
            Route(f"{at}/events", self._events),
            *(Route(f"{at}/{name}", self._call(call), methods=["POST"]) for name, call in calls.items()),
        ]

    def calls(self) -> dict[str, Call]:
        """Its buttons by name."""
        raise NotImplementedError

    def seen(self, device: str) -> dict[str, Any]:
        """What it shows this phone; somebody unknown is an answer, too."""
        raise NotImplementedError

    def words(self) -> dict[str, str]:
        """The sentences its script needs."""
        raise NotImplementedError

    def filled(self, request: Request) -> dict[str, Any]:
        """What else its template is told."""
        return {}

    async def _page(self, request: Request) -> Response:
        with speaking(language_of(request)):
            more = self.filled(request)
            answer = await paper(request, self._shop, self._pages, f"{self.name}.html", self.words(), **more)
        remember_phone(request, answer, self.cookie, f"/{self.name}", HALF_A_DAY)
        return answer

    def _call(self, call: Call) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            device = request.cookies.get(self.cookie, "")
            place = request.client.host if request.client else "?"
            with speaking(language_of(request)):
                try:
                    body = await read_json(request)
                    if not device:
                        raise ShopError(_("Allow cookies for this page, then reload it."))
                    await run_in_threadpool(call, self._shop, device, place, body)
                    return JSONResponse(await run_in_threadpool(self.seen, device))
                except ShopError as error:
                    return refusal(error)

        return endpoint

    async def _state(self, request: Request) -> Response:
        with speaking(language_of(request)):
            try:
                return JSONResponse(await run_in_threadpool(self.seen, request.cookies.get(self.cookie, "")))
            except ShopError as error:
                return refusal(error)

    async def _events(self, request: Request) -> Response:
        return streamed(self._follow(request.cookies.get(self.cookie, ""), language_of(request)))

    async def _follow(self, device: str, spoken: str) -> AsyncIterator[str]:
        told: dict[str, Any] | None = None
        with self._listeners.subscribe() as changed:
            while True:
                with speaking(spoken):
                    seen = await run_in_threadpool(self.seen, device)
                if seen != told:  # most news is about others
                    told = seen
                    yield event(self.name, seen)
                if not await next_news(changed):
                    return
