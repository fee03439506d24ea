"""Real servers for messages on this machine: a post office that can refuse, and a place where chat calls arrive."""

from __future__ import annotations

import json
import logging
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

PEM = Path(__file__).with_name("post_office.pem")  # a certificate of nobody's, for localhost
USER, PASSWORD = "shop@example.com", "Post-0ffice-Passw0rd"


def trust() -> ssl.SSLContext:
    """What believes the post office's own certificate."""
    return ssl.create_default_context(cafile=str(PEM))


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class PostOffice:
    """An SMTP server's memory: what arrived, what it answers next, whether it holds letters back."""

    port: int
    letters: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)  # for the next letters, before "250 OK"
    receivers: list[str] = field(default_factory=list)  # answers to the next receivers
    arrived: threading.Event = field(default_factory=threading.Event)
    hold: threading.Event | None = None
    tried: list[str] = field(default_factory=list)  # user names that knocked

    async def handle_RCPT(  # noqa: N802 - called so by the library
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Take or refuse a receiver."""
        if self.receivers:
            return self.receivers.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take or refuse a letter; while it holds, the answer waits."""
        if self.answers:
            return self.answers.pop(0)
        letter = message_from_bytes(envelope.content, policy=default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.arrived.set()
        if self.hold is not None:
            import asyncio

            await asyncio.get_running_loop().run_in_executor(None, self.hold.wait, 60)
        return "250 OK"

    def check(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        """Whether user and password are right."""
        assert isinstance(given, LoginPassword)
        self.tried.append(given.login.decode())
        right = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    @contextmanager
    def open(self, security: str = "none") -> Iterator[PostOffice]:
        """Serve with starttls and a password, with tls, or in the clear."""
        own = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        own.load_cert_chain(PEM)
        options: dict[str, Any] = {}
        if security == "starttls":
            options = {"tls_context": own, "require_starttls": True}
            options |= {"authenticator": self.check, "auth_required": True}
        elif security == "tls":
            options = {"ssl_context": own}
        logging.getLogger("mail.log").setLevel(logging.CRITICAL + 1)  # the server's own, of what it is sent
        server = _Quiet(self, "127.0.0.1", self.port, **options)
        server.start()
        try:
            yield self
        finally:
            server.stop()


class _Quiet(Controller):
    """Its start would try the port with a certificate check of its own."""

    def _trigger_server(self) -> None:
        with socket.create_connection(("127.0.0.1", self.port), timeout=10):
            pass


@dataclass
class ChatRoom:
    """What arrived over HTTP: paths and bodies."""

    port: int = 0
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    status: int = 200

    @property
    def address(self) -> str:
        """Where the connector sends to, with something like a token in it."""
        return f"json://127.0.0.1:{self.port}/t0ken-{'x' * 8}-secret"


@contextmanager
def chat_room() -> Iterator[ChatRoom]:
    """A local receiver of chat messages."""
    room = ChatRoom()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # noqa: N802 - called so by the library
            raw = self.rfile.read(int(self.headers["content-length"]))
            if room.status == 200:
                room.calls.append((self.path, json.loads(raw)))
            self.send_response(room.status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    room.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield room
    server.shutdown()
    server.server_close()
    thread.join()
