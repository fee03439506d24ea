"""A provider that says whatever a test wants, on the loopback: the answers no honest provider gives."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Reply = tuple[int, dict[str, str], bytes]


@dataclass
class Teller:
    """Answers each request by `say`, which is given path, headers and body."""

    say: Callable[[str, dict[str, str], bytes], Reply]
    port: int = 0
    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def base(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}"


class _Handler(BaseHTTPRequestHandler):
    teller: Teller

    def do_GET(self) -> None:  # noqa: N802 - called so by the library
        """A question."""
        self._serve()

    def do_POST(self) -> None:  # noqa: N802
        """An order."""
        self._serve()

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.teller.asked.append((self.path, headers, body))
        status, more, sent = self.teller.say(self.path, headers, body)
        try:
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(sent))} | more).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(sent)
        except OSError:
            return  # whoever asked did not wait

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def open_teller(say: Callable[[str, dict[str, str], bytes], Reply]) -> Iterator[Teller]:
    """A running teller."""
    teller = Teller(say)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"teller": teller}))
    server.daemon_threads = True
    teller.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield teller
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
