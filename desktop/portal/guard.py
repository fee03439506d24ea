"""What every request passes: known host, same origin, small body, not too many, and strict headers on the answer."""

from __future__ import annotations

import ipaddress
import time
from collections import deque
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 16 * 1024
PER_MINUTE = 240  # requests of one phone; a page in use needs a few dozen
MISSES_PER_MINUTE = 10  # unknown tokens and orders: guessing stops here
GUESSED = ("/s/", "/order/look")
HEADERS = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
}


class Rates:
    """How often each address came in the last minute."""

    def __init__(self, limit: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._monotonic = monotonic
        self._seen: dict[str, deque[float]] = {}

    def full(self, who: str) -> bool:
        """Whether this address has used up its minute."""
        now = self._monotonic()
        seen = self._seen.get(who)
        while seen and seen[0] < now - 60:
            seen.popleft()
        if seen is not None and not seen:
            del self._seen[who]
            return False
        return seen is not None and len(seen) >= self._limit

    def count(self, who: str) -> None:
        """One more from this address."""
        self._seen.setdefault(who, deque(maxlen=self._limit + 1)).append(self._monotonic())


class Guard:
    """ASGI middleware around the portal."""

    def __init__(self, app: ASGIApp, hosts: Callable[[], set[str]]) -> None:
        self._app = app
        self._hosts = hosts
        self._rates = Rates(PER_MINUTE)
        self._misses = Rates(MISSES_PER_MINUTE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse what is not ours, count the rest, and dress the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        who = scope["client"][0] if scope.get("client") else "?"
        refusal = self._refusal(scope, who)
        if refusal is not None:
            await refusal(scope, receive, self._dressed(send, who, scope["path"], counted=False))
            return
        self._rates.count(who)
        await self._app(scope, _capped(receive), self._dressed(send, who, scope["path"], counted=True))

    def _refusal(self, scope: Scope, who: str) -> JSONResponse | None:
        headers = Headers(scope=scope)
        if not _near(who):
            return JSONResponse({"error": "network"}, 403)
        if headers.get("host", "") not in self._hosts():
            return JSONResponse({"error": "host"}, 400)
        origin = headers.get("origin")
        signed = scope["path"].startswith(
            "/pay/"
        )  # a provider's own signature stands for where it comes from
        if (
            scope["method"] != "GET"
            and not signed
            and origin not in {f"http://{host}" for host in self._hosts()}
        ):
            return JSONResponse({"error": "origin"}, 403)
        if int(headers.get("content-length") or 0) > LARGEST_BODY:
            return JSONResponse({"error": "size"}, 413)
        if self._rates.full(who) or self._misses.full(who):
            return JSONResponse({"error": "rate"}, 429, {"retry-after": "60"})
        return None

    def _dressed(self, send: Send, who: str, path: str, *, counted: bool) -> Send:
        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                if counted and message["status"] == 404 and path.startswith(GUESSED):
                    self._misses.count(who)
            await send(message)

        return dressed


def _near(who: str) -> bool:
    """Whether the phone is in the shop's own network."""
    try:
        address = ipaddress.ip_address(who)
    except ValueError:
        return False
    return address.is_private or address.is_loopback or address.is_link_local


def _capped(receive: Receive) -> Receive:
    taken = 0

    async def capped() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > LARGEST_BODY:
            return {"type": "http.disconnect"}
        return message

    return capped
