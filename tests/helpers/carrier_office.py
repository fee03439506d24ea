"""A real server that answers as tracking services do, or goes wrong in the ways they do."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote

import pytest

CUSTOMER, KEY = "A1B2C3", "k3y-of-the-account"


@dataclass
class CarrierOffice:
    """What it knows by number, what it answers instead, and what it was asked."""

    port: int = 0
    trails: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # (time, words), the newest first
    states: dict[str, str] = field(default_factory=dict)
    instead: str = ""  # html, slow, drip, busy, folded, used up, redirect, cut
    asked: list[dict[str, str]] = field(default_factory=list)
    headers: list[str] = field(default_factory=list)
    let_go: threading.Event = field(default_factory=threading.Event)

    @property
    def signed_url(self) -> str:
        """Where the signed query is."""
        return f"http://127.0.0.1:{self.port}/poll/query.do"

    @property
    def plain_url(self) -> str:
        """Where any JSON is."""
        return f"http://127.0.0.1:{self.port}/track/{{carrier}}/{{number}}"

    def signed(self, form: dict[str, str]) -> tuple[int, str]:
        """The answer to a signed query, in the published form."""
        wanted = json.loads(form["param"])
        self.asked.append(wanted)
        right = hashlib.md5((form["param"] + KEY + CUSTOMER).encode()).hexdigest().upper()
        if form["sign"] != right or form["customer"] != CUSTOMER:
            return 200, _refused("503", "验证签名失败")
        if self.instead == "used up":
            return 200, _refused("601", "KEY已过期")
        if wanted["num"] not in self.trails:
            return 200, _refused("500", "查询无结果，请隔段时间再查")
        rows = [
            {"time": at, "ftime": at, "context": words, "areaName": "浙江,杭州市"}
            for at, words in self.trails[wanted["num"]]
        ]
        answer = {
            "message": "ok", "nu": wanted["num"], "ischeck": "0", "com": wanted["com"], "status": "200",
            "state": self.states.get(wanted["num"], "0"), "data": rows, "arrivalTime": "2026-11-24 18",
        }  # fmt: skip
        return 200, json.dumps(answer)

    def plain(self, path: str) -> tuple[int, str]:
        """The answer of a service of nobody in particular."""
        carrier, number = (unquote(part) for part in path.split("/")[2:4])
        self.asked.append({"com": carrier, "num": number})
        if number not in self.trails:
            return 404, "{}"
        events = [{"when": at, "what": words, "where": "Hangzhou"} for at, words in self.trails[number]]
        status = self.states.get(number, "moving")
        return 200, json.dumps(
            {"result": {"steps": events, "status": status, "due": "2026-11-24T10:00:00+08:00"}}
        )


def _refused(code: str, message: str) -> str:
    return json.dumps({"result": False, "returnCode": code, "message": message}, ensure_ascii=False)


class _Handler(BaseHTTPRequestHandler):
    office: CarrierOffice

    def do_GET(self) -> None:  # noqa: N802 - called so by the library
        """A plain question."""
        self.office.headers.append(self.headers.get("X-Api-Key", ""))
        self._answer(lambda: self.office.plain(self.path))

    def do_POST(self) -> None:  # noqa: N802
        """A signed question."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._answer(lambda: self.office.signed(form))

    def _answer(self, real: object) -> None:
        office = self.office
        kind, status, text = "application/json", 200, ""
        if office.instead == "slow":
            office.let_go.wait(30)
        if office.instead == "html":
            kind, text = "text/html", "<html><body>503 Service Unavailable</body></html>"
        elif office.instead == "folded":
            text = "[" * 100_000
        elif office.instead == "busy":
            status, text = 503, "busy"
        elif office.instead == "redirect":
            status = 302
        elif office.instead == "cut":
            self.connection.close()
            return
        else:
            status, text = real()  # type: ignore[operator]
        sent = text.encode()
        try:
            self.send_response(status)
            if office.instead == "redirect":
                self.send_header("Location", "http://127.0.0.1:9/")
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(sent)))
            self.end_headers()
            for byte in sent if office.instead == "drip" else ():
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                if office.let_go.wait(0.05):
                    return
            self.wfile.write(sent)
        except OSError:
            return  # whoever asked did not wait

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def open_office() -> Iterator[CarrierOffice]:
    """A running office."""
    office = CarrierOffice()
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
def office() -> Iterator[CarrierOffice]:
    """A tracking service on the loopback."""
    with open_office() as made:
        yield made
