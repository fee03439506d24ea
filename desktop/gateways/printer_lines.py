"""The ways to a receipt printer: network, serial or other device file, USB, a Windows queue.

Each is opened for one job and closed after it: an unclosed connection keeps other tills out. A line that can hear
answers the printer's state; the others say nothing, and what went out by them is "sent", not "printed".
"""

from __future__ import annotations

import os
import select
import socket
import stat
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

CONNECT_SECONDS = 3.0
SEND_SECONDS = 40.0  # for a whole job; a printer that prints takes what its buffer holds
PIECE = 4_096  # bytes handed over at once


class Line(Protocol):
    """One open way to a printer. Everything raises `OSError` when it breaks."""

    def write(self, data: bytes) -> None:
        """Hand over all of it."""

    def ask(self, question: bytes, seconds: float) -> int | None:
        """The byte the printer answers, None when it can't or doesn't in that time."""

    def close(self) -> None:
        """Let go of the printer."""


Opener = Callable[[], Line]


class NetLine:
    """A network connection, usually port 9100."""

    def __init__(self, host: str, port: int) -> None:
        self._line = socket.create_connection((host, port), timeout=CONNECT_SECONDS)

    def write(self, data: bytes) -> None:
        """Hand over all of it within the time for a job."""
        end = time.monotonic() + SEND_SECONDS
        for start in range(0, len(data), PIECE):
            self._line.settimeout(max(0.05, end - time.monotonic()))
            self._line.sendall(data[start : start + PIECE])

    def ask(self, question: bytes, seconds: float) -> int | None:
        """The newest byte that came after the question."""
        self._drain()
        self._line.settimeout(CONNECT_SECONDS)
        self._line.sendall(question)
        self._line.settimeout(seconds)
        try:
            answer = self._line.recv(1)
        except TimeoutError:
            return None
        if not answer:
            raise ConnectionResetError("the printer hung up")
        return answer[0]

    def _drain(self) -> None:
        """Forget what the printer said unasked; unread bytes would also turn the close into a reset."""
        self._line.setblocking(False)
        with suppress(OSError):
            while self._line.recv(1_024):
                pass

    def close(self) -> None:
        """Say that no more comes, then hang up."""
        with suppress(OSError):
            self._drain()
            self._line.shutdown(socket.SHUT_WR)
        self._line.close()


class FileLine:
    """A file, or a device file the system prints by; serial ports among them (set raw, with `baud` if given)."""

    def __init__(self, path: Path, baud: int = 0) -> None:
        device = path.exists() and stat.S_ISCHR(path.stat().st_mode) and sys.platform != "win32"
        self._hears = False
        if device:
            self._file = self._device(path)
            if os.isatty(self._file):
                _make_raw(self._file, baud)
        else:
            self._file = os.open(
                path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600
            )
        self._waits = device

    def _device(self, path: Path) -> int:
        shared = os.O_NONBLOCK | os.O_NOCTTY
        try:
            found = os.open(path, os.O_RDWR | shared)
        except PermissionError:  # many systems let users only write to it
            return os.open(path, os.O_WRONLY | shared)
        self._hears = True
        return found

    def write(self, data: bytes) -> None:
        """Hand over all of it; a device that is busy for too long counts as broken."""
        end, rest = time.monotonic() + SEND_SECONDS, memoryview(data)
        while rest:
            if self._waits and not select.select([], [self._file], [], max(0.0, end - time.monotonic()))[1]:
                raise TimeoutError("the device takes nothing")
            rest = rest[os.write(self._file, rest[:PIECE]) :]

    def ask(self, question: bytes, seconds: float) -> int | None:
        """The byte that comes back; a file and a device that may only be written to say nothing."""
        if not self._hears:
            return None
        with suppress(BlockingIOError):
            while os.read(self._file, 1_024):
                pass
        self.write(question)
        if not select.select([self._file], [], [], seconds)[0]:
            return None
        with suppress(BlockingIOError):
            answer = os.read(self._file, 1)
            return answer[0] if answer else None
        return None

    def close(self) -> None:
        """Let go of the device."""
        os.close(self._file)


def _make_raw(file: int, baud: int) -> None:
    """No echo, no changed line ends; the speed as set on the system unless one is given."""
    import termios
    import tty

    tty.setraw(file)
    speed = getattr(termios, f"B{baud}", None) if baud else None
    if speed is not None:
        kept = termios.tcgetattr(file)
        kept[4] = kept[5] = speed
        termios.tcsetattr(file, termios.TCSANOW, kept)


class LibraryLine:
    """A way of the printer library (USB, Windows queue); it raises errors of many kinds, all made one here."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._device = None
        try:
            self._device = make()
            self._device.open()
        except Exception as error:
            self.close()
            raise OSError("the printer can't be opened") from error

    def write(self, data: bytes) -> None:
        """Hand over all of it."""
        assert self._device is not None
        try:
            self._device._raw(data)
        except Exception as error:
            raise OSError("the printer takes nothing") from error

    def ask(self, question: bytes, seconds: float) -> int | None:
        """Nothing is heard on these ways."""
        return None

    def close(self) -> None:
        """Let go of the printer."""
        if self._device is not None:
            with suppress(Exception):
                self._device.close()


def usb_line(vendor: int, product: int) -> Line:
    """A USB printer, spoken to directly."""
    from escpos.printer import Usb

    return LibraryLine(lambda: Usb(vendor, product, timeout=int(CONNECT_SECONDS * 1_000)))


def queue_line(queue: str) -> Line:
    """A printer queue of Windows."""
    from escpos.printer import Win32Raw

    return LibraryLine(lambda: Win32Raw(queue))
