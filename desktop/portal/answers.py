"""What the portal's pages share: reading what a phone sends, and answering in its language."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from desktop.basics.errors import NotFound, ShopError
from desktop.basics.i18n import _, best_language, languages


async def next_news(changed: asyncio.Queue[bool]) -> bool:
    """Wait for the next change; False when the server closes. Bursts count once."""
    more = await changed.get()
    while more and not changed.empty():
        more = changed.get_nowait()
    return more


def event(name: str, data: dict[str, Any]) -> str:
    """One server-sent event."""
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def refusal(error: ShopError) -> JSONResponse:
    """A sentence for the phone, with the next step."""
    status = 404 if isinstance(error, NotFound) else 409
    return JSONResponse({"error": str(error), "next": error.next_step}, status)


async def read_json(request: Request) -> dict[str, Any]:
    """The body as an object. Raises `ShopError` for anything else."""
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise ShopError(_("This could not be read. Reload the page."))
    return body


def text_of(body: dict[str, Any], key: str) -> str:
    """A short text of the body; empty for anything else."""
    value = body.get(key)
    return value[:64] if isinstance(value, str) else ""


def number_of(body: dict[str, Any], key: str) -> int:
    """A whole number of the body. Raises `ShopError` for anything else."""
    value = body.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**53:
        raise ShopError(_("This could not be read. Reload the page."))
    return value


def language_of(request: Request) -> str:
    """The language asked for in the address, else the phone's own."""
    wanted = request.query_params.get("lang") or request.headers.get("accept-language", "zh")
    return best_language(wanted.split(",")[0].split(";")[0].strip() or "zh")


def other_languages(spoken: str) -> list[tuple[str, str]]:
    """(code, own name) of the languages the page can switch to."""
    names = {"zh_CN": "中文", "en": "English"}
    return [(code, names.get(code, code)) for code in languages() if code != spoken]
