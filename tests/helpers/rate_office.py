"""A real server that answers as services for exchange rates do, or goes wrong in the ways they do."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass
class RateOffice:
    """Its rates, what it answers instead, and the paths it was asked for."""

    port: int = 0
    rates: dict[str, Any] = field(default_factory=lambda: {"USD": 7.1025, "EUR": 8.2, "JPY": "0.0472"})
    instead: str = ""  # html, half, busy, key, redirect, cut, folded, drip
    asked: list[str] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        """Where one answer holds every currency."""
        return f"http://127.0.0.1:{self.port}/latest?base={{base}}"

    @property
    def single_url(self) -> str:
        """Where each currency is asked for by itself, with a key."""
        return f"http://127.0.0.1:{self.port}/one/{{currency}}?app={{key}}"

    def answer(self, path: str) -> tuple[int, str]:
        """Status and body."""
        if self.instead == "html":
            return 200, "<html><body>502 Bad Gateway</body></html>"
        if self.instead == "half":
            return 200, json.dumps({"rates": self.rates})[:-9]
        if self.instead == "folded":
            return 200, "[" * 100_000
        if self.instead in ("busy", "key", "redirect"):
            return {"busy": 503, "key": 403, "redirect": 302}[self.instead], "no"
        if path.startswith("/one/"):
            return 200, json.dumps({"data": [{"mid": self.rates[path[5:8]]}]})
        return 200, json.dumps({"base": "CNY", "rates": self.rates})


class _Handler(BaseHTTPRequestHandler):
    office: RateOffice

    def do_GET(self) -> None:
        """Answer."""
        self.office.asked.append(self.path)
        if self.office.instead == "cut":
            self.send_response(200)
            self.send_header("Content-Length", "400")
            self.end_headers()
            self.wfile.write(b'{"rates": {')
            self.wfile.flush()
            self.connection.close()
            return
        status, text = self.office.answer(self.path)
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://127.0.0.1:9/")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        try:
            for byte in text.encode() if self.office.instead == "drip" else ():
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                if self.office.let_go.wait(0.02):
                    return
            if self.office.instead != "drip":
                self.wfile.write(text.encode())
        except OSError:
            return  # whoever asked did not wait

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def open_rate_office() -> Iterator[RateOffice]:
    """A running office."""
    office = RateOffice()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"office": office}))
    server.daemon_threads = True
    office.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield office
    finally:
        office.let_go.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def rate_office() -> Iterator[RateOffice]:
    """A source of rates on the loopback."""
    with open_rate_office() as made:
        yield made
