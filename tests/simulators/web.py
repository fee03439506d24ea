"""Requests and answers, and the server that lets the line go wrong."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol
from urllib.parse import parse_qsl, urlsplit

from tests.simulators.faults import NOT_DONE, Fault, FaultBox
from tests.simulators.ledger import SimulatedClock

BODY_LIMIT = 1_000_000


@dataclass(frozen=True)
class Request:
    """What came in, to the byte."""

    method: str
    target: str  # path and query exactly as sent
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    @cached_property
    def path(self) -> str:
        """Without the query."""
        return urlsplit(self.target).path

    @cached_property
    def query(self) -> dict[str, str]:
        """The query, decoded once."""
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))


@dataclass(frozen=True)
class Reply:
    """What goes out."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class Provider(Protocol):
    """One simulated provider behind the server."""

    name: str

    def operation(self, request: Request) -> str:
        """What is asked for, or nothing when it is not this provider's."""

    def answer(self, request: Request, fault: Fault) -> Reply:
        """Check the signature, act, and answer signed."""

    def trouble(self, request: Request, fault: Fault) -> Reply:
        """The provider's own way to say that its system failed."""


class Line:
    """The way from the shop to the providers."""

    def __init__(self, providers: list[Provider], faults: FaultBox, clock: SimulatedClock) -> None:
        self.providers, self.faults, self.clock = providers, faults, clock
        self.let_go = threading.Event()
        self.held: list[tuple[Provider, Request, datetime]] = []
        self.calls: list[str] = []

    def carry(self, request: Request) -> tuple[Reply | None, Fault]:
        """The answer to a request, and how the line treats it; None is a line cut."""
        for provider in self.providers:
            operation = provider.operation(request)
            if operation:
                break
        else:
            return Reply(404, b"", {}), Fault.NONE
        fault = self.faults.take(provider.name, operation)
        self.calls.append(f"{provider.name}.{operation}")
        if fault in NOT_DONE:
            return self._not_done(provider, request, fault), fault
        reply = provider.answer(request, fault)
        if fault is Fault.CUT:
            return None, fault
        if fault is Fault.DONE_BAD_GATEWAY:
            return _page(502), fault
        if fault is Fault.DONE_SYSTEM_ERROR:
            return provider.trouble(request, fault), fault
        if fault is Fault.TRUNCATED:
            return replace(reply, body=reply.body[: len(reply.body) // 2]), fault
        if fault is Fault.NOT_JSON:
            return replace(reply, body=b"\xff\xfe{" + b"[" * 5_000), fault
        return reply, fault

    def _not_done(self, provider: Provider, request: Request, fault: Fault) -> Reply | None:
        if fault is Fault.HELD:
            self.held.append((provider, request, self.clock.signing()))
        if fault in (Fault.LOST, Fault.HELD):
            return None
        if fault is Fault.BAD_GATEWAY:
            return _page(502)
        if fault is Fault.HTML:
            return _page(200)
        if fault is Fault.TOO_MANY:
            return Reply(429, b'{"code":"FREQUENCY_LIMITED","message":"slow down"}')
        return provider.trouble(request, fault)

    def land(self) -> int:
        """What was held back arrives now, late; how many that were."""
        landed, self.held = self.held, []
        for provider, request, came in landed:
            with self.clock.as_of(came):
                provider.answer(request, Fault.NONE)
        return len(landed)


def _page(status: int) -> Reply:
    return Reply(status, b"<html><body>Please wait</body></html>", {"Content-Type": "text/html"})


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    line: Line
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:  # noqa: N802 - called so by the library
        """A question."""
        self._serve()

    def do_POST(self) -> None:  # noqa: N802
        """An order."""
        self._serve()

    def _serve(self) -> None:
        length = min(int(self.headers.get("Content-Length") or 0), BODY_LIMIT)
        request = Request(
            self.command,
            self.path,
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(length),
        )
        reply, fault = self.line.carry(request)
        if fault is Fault.SILENT:
            self.line.let_go.wait(30)
            reply = None
        if reply is None:
            self.close_connection = True
            return
        try:
            self._send(reply, fault)
        except OSError:
            self.close_connection = True  # whoever asked did not wait

    def _send(self, reply: Reply, fault: Fault) -> None:
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 204:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if fault is Fault.DRIP:
            for byte in reply.body:
                self.wfile.write(bytes([byte]))
                if self.line.let_go.wait(0.2):
                    break
            self.close_connection = True
        else:
            self.wfile.write(reply.body)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """The providers' time in the Date header: shops find a wrong clock by it."""
        return super().date_time_string(self.line.clock.signing().timestamp())

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """The loopback server; it does not wait for connections that are still open when it ends."""

    daemon_threads = True
    block_on_close = False


def serve(line: Line, port: int = 0) -> Server:
    """A server on the loopback, running in a thread of its own."""
    server = Server(("127.0.0.1", port), type("LineHandler", (Handler,), {"line": line}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    return server
