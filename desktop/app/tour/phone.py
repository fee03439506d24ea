"""The member's phone of the tour: opens the code's address over HTTP and confirms, as the page does."""

from __future__ import annotations

import json
import re
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import HTTPCookieProcessor, ProxyHandler, Request, build_opener

from desktop.app.tour.album import Missed

SECONDS = 10


class Phone:
    """One phone with its own cookies; `messages` is where the shop writes what it would send to it."""

    def __init__(self, address: str, messages: Path) -> None:
        parts = urlsplit(address)
        self._origin = f"{parts.scheme}://{parts.netloc}"
        self._address, self._messages = address, messages
        self._opener = build_opener(ProxyHandler({}), HTTPCookieProcessor(CookieJar()))

    def confirm(self, number: str, points: int) -> dict[str, Any]:
        """From scanning the code to the confirmed bill; returns the bill as the phone sees it. Raises `Missed`."""
        page = self._get("")
        if b"<html" not in page:
            raise Missed("the phone got no page")
        self._post("take")
        self._post("code", phone=number)
        bill = self._post("sign-in", code=self._code())
        if points:
            bill = self._post("points", points=points)
        return self._post("agree", version=bill["version"])

    def _code(self) -> str:
        rows = [json.loads(line) for line in self._messages.read_text(encoding="utf-8").splitlines()]
        found = re.search(r"\d{6}", rows[-1].get("text", ""))
        if found is None:
            raise Missed("no six digits came to the phone")
        return found.group()

    def _get(self, path: str) -> bytes:
        with self._opener.open(self._address + path, timeout=SECONDS) as answer:
            body: bytes = answer.read()
        return body

    def _post(self, path: str, **values: Any) -> dict[str, Any]:
        headers = {"Origin": self._origin, "Content-Type": "application/json"}
        request = Request(f"{self._address}/{path}", json.dumps(values).encode(), headers, method="POST")  # noqa: S310
        with self._opener.open(request, timeout=SECONDS) as answer:
            bill: dict[str, Any] = json.loads(answer.read())
        return bill
