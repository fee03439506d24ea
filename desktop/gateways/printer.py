"""Receipt printers: bytes for ESC/POS machines, and the ways to them (network, USB, Windows queue, file).

An address says which: `net://192.168.1.50:9100`, `usb://04b8:0e15`, `windows://Receipt`, `file:///dev/usb/lp0`.
A printer rarely answers, so a job that went out is "sent", not "printed".
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from desktop.basics.errors import ShopError, Unavailable
from desktop.basics.i18n import N_
from desktop.basics.paper import COLUMNS, PaperLine
from desktop.gateways.escpos_bytes import job

CONNECT_SECONDS = 3.0
PORT = 9100
Send = Callable[[bytes], None]


class Printer(Protocol):
    """Whatever can put lines on paper."""

    @property
    def columns(self) -> int:
        """Half-width columns of its paper."""

    def print(self, lines: Sequence[PaperLine], *, open_drawer: bool = False) -> None:
        """Send one job and let go of the printer. Raises `Unavailable` with the next step."""


@dataclass(frozen=True)
class EscposPrinter:
    """An ESC/POS printer behind some way of sending bytes."""

    send: Send
    columns: int
    encoding: str

    def print(self, lines: Sequence[PaperLine], *, open_drawer: bool = False) -> None:
        """Send one job and let go of the printer. Raises `Unavailable` with the next step."""
        self.send(job(lines, self.columns, encoding=self.encoding, open_drawer=open_drawer))


def printer_at(address: str, *, paper_mm: int = 80, encoding: str = "gb18030") -> Printer | None:
    """The printer at an address, None for the empty one. Raises `ShopError` for an address it can't read."""
    if not address.strip():
        return None
    if paper_mm not in COLUMNS:
        raise ShopError(N_("Receipt paper is 58 or 80 mm wide."))
    if encoding not in ("gb18030", "image"):
        raise ShopError(N_("A receipt printer is sent GB18030 letters or pictures."))
    return EscposPrinter(_way_to(address.strip()), COLUMNS[paper_mm], encoding)


def _way_to(address: str) -> Send:
    scheme, _sep, rest = address.partition("://")
    if scheme == "net" and (found := re.fullmatch(r"\[?([^\[\]/]+?)\]?(?::(\d{1,5}))?", rest)):
        host, port = found[1], int(found[2] or PORT)
        if 0 < port < 65_536:
            return lambda data: _to_network(host, port, data)
    if scheme == "usb" and (found := re.fullmatch(r"([0-9a-fA-F]{4}):([0-9a-fA-F]{4})", rest)):
        vendor, product = int(found[1], 16), int(found[2], 16)
        return lambda data: _to_usb(vendor, product, data)
    if scheme == "windows" and rest:
        return lambda data: _to_windows_queue(rest, data)
    if scheme == "file" and rest:
        return lambda data: _to_file(Path(rest), data)
    raise ShopError(
        N_(
            "“{address}” is not a printer. "
            "Use net://address:9100, usb://vendor:product, windows://queue or file:///path."
        ),
        address=address[:80],
    )


def _to_network(host: str, port: int, data: bytes) -> None:
    try:
        with socket.create_connection((host, port), timeout=CONNECT_SECONDS) as line:
            line.sendall(data)
            line.shutdown(socket.SHUT_WR)
    except OSError as error:
        raise Unavailable(
            N_(
                "The receipt printer at {host} doesn’t answer. "
                "Check that it is on, has paper and its cable is in, then print again."
            ),
            host=host,
            next_step="print again",
        ) from error


def _to_file(path: Path, data: bytes) -> None:
    try:
        with path.open("ab") as file:
            file.write(data)
    except OSError as error:
        raise Unavailable(
            N_(
                "The receipt can’t be written to {path}. "
                "Check that the printer is plugged in and may be written to, then print again."
            ),
            path=str(path),
            next_step="print again",
        ) from error


def _to_usb(vendor: int, product: int, data: bytes) -> None:
    from escpos.printer import Usb

    if not Usb.is_usable():
        raise Unavailable(
            N_(
                "This computer can’t speak to USB printers directly. "
                "Use its Windows queue, or file:///dev/usb/lp0 on Linux."
            )
        )
    milliseconds = int(CONNECT_SECONDS * 1_000)
    _by_library(lambda: Usb(vendor, product, timeout=milliseconds), f"{vendor:04x}:{product:04x}", data)


def _to_windows_queue(queue: str, data: bytes) -> None:
    from escpos.printer import Win32Raw

    if not Win32Raw.is_usable():
        raise Unavailable(
            N_("There is no Windows printer queue “{queue}” here. Choose another printer in Settings."),
            queue=queue,
        )
    _by_library(lambda: Win32Raw(queue), queue, data)


def _by_library(opened: Callable[[], _Device], name: str, data: bytes) -> None:
    """Send by a transport of the library; it raises errors of many kinds for a printer that is not there."""
    device: _Device | None = None
    try:
        device = opened()
        device.open()
        device._raw(data)
    except Exception as error:
        raise Unavailable(
            N_("The printer “{name}” can’t be found. Check that it is on and connected, then print again."),
            name=name,
            next_step="print again",
        ) from error
    finally:
        if device is not None:
            device.close()


class _Device(Protocol):
    def open(self) -> None: ...
    def _raw(self, msg: bytes) -> None: ...
    def close(self) -> None: ...
