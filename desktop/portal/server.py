"""The portal as a part of the program: a uvicorn server in a thread, started and stopped with the kiosk."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from desktop.portal.guard import Guard
from desktop.portal.listeners import Listeners
from desktop.portal.site import Site
from desktop.shop import actors
from desktop.shop.shop import Shop


def lan_address() -> str:
    """This machine's address in the shop's network; the loopback when there is none. Sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # TEST-NET: asks the routing table only
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


class PortalServer:
    """Serves phones while it runs. `host` empty: every interface of the shop's own network."""

    def __init__(self, shop: Shop, notify: Any, *, host: str = "", port: int = 0) -> None:
        self._shop = shop.acting_as(actors.phone())
        self._listeners = Listeners()
        self._site = Site(self._shop, notify, self._listeners)
        self._host = host
        self._port = port
        self._socket: socket.socket | None = None
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None
        self._stop_listening: Callable[[], None] = lambda: None

    def start(self) -> None:
        """Bind and serve; raises `OSError` when the port is taken."""
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind((self._host or "0.0.0.0", self._port))  # noqa: S104 - phones come over the shop's Wi-Fi
            bound.listen(128)  # at once: a phone may come before the thread has started
        except OSError:
            bound.close()
            raise
        self._socket = bound
        self._port = bound.getsockname()[1]
        config = uvicorn.Config(
            self._application(), log_config=None, access_log=False, server_header=False, lifespan="off",
            timeout_graceful_shutdown=2, timeout_keep_alive=10, limit_concurrency=200, h11_max_incomplete_event_size=16_384,
        )  # fmt: skip
        self._server = uvicorn.Server(config)
        self._stop_listening = self._shop.listen(self._listeners.tell)
        self._thread = threading.Thread(target=self._run, name="portal", daemon=True)
        self._thread.start()

    def address(self) -> str | None:
        """What the QR code begins with: `http://192.168.1.20:8420`; None while not serving."""
        if self._socket is None:
            return None
        return f"http://{self._host or lan_address()}:{self._port}"

    def stop(self) -> None:
        """End the streams, then the server."""
        self._stop_listening()
        self._listeners.close()
        if self._server is not None:
            self._server.should_exit = True
        if self._thread is not None:
            self._thread.join(timeout=5)
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _run(self) -> None:
        assert self._server is not None
        assert self._socket is not None
        loop = asyncio.new_event_loop()
        self._listeners.bind(loop)
        with contextlib.closing(loop):
            loop.run_until_complete(self._server.serve(sockets=[self._socket]))

    def _application(self) -> ASGIApp:
        return Guard(self._site.app(), self._hosts)

    def _hosts(self) -> set[str]:
        names = {"127.0.0.1", "localhost", self._host or lan_address()}
        return {f"{name}:{self._port}" for name in names}
