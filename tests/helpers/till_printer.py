"""A receipt printer on the loopback: a real TCP server that prints, or is slow, mute, out of paper, cut in the middle."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

ONLINE, FINE, COVER, NO_PAPER = 0x12, 0x12, 0x16, 0x72
OFFLINE = 0x1A


class TillPrinter:
    """What came out is in `papers`, one entry a connection; everything else is what the test makes it do.

    `state`, `cause` and `sensor` answer DLE EOT 1, 2 and 4; `mute` answers nothing. `cut_after` bytes of a paper the
    line breaks; `ends_in_paper` runs out of paper while printing. `hold` stops reading until it is set again.
    """

    def __init__(self) -> None:
        self.papers: list[bytes] = []
        self.kicks = 0
        self.connections = 0
        self.state, self.cause, self.sensor = ONLINE, FINE, FINE
        self.mute = False
        self.confirms = True
        self.cut_after = 0
        self.ends_in_paper = False
        self.hold = threading.Event()
        self.hold.set()
        self.arrived = threading.Condition()
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """As the printer is set on a machine."""
        return f"net://127.0.0.1:{self.port}"

    def out_of_paper(self) -> None:
        """No paper, until `refill`."""
        self.state, self.cause, self.sensor = OFFLINE, 0x32, NO_PAPER

    def refill(self) -> None:
        """A new roll, the cover closed."""
        self.state, self.cause, self.sensor = ONLINE, FINE, FINE
        self.ends_in_paper = False

    def _serve(self) -> None:
        while True:
            try:
                line, _address = self._socket.accept()
            except OSError:
                return
            self.connections += 1
            with line:
                with suppress(OSError):  # the other side went away
                    self._job(line)
            with self.arrived:
                self.arrived.notify_all()

    def _job(self, line: socket.socket) -> None:
        paper = bytearray()
        try:
            while data := line.recv(4_096):
                self.hold.wait(30)
                for part in _questions(data):
                    if isinstance(part, int):
                        self._answer(line, part)
                    else:
                        paper += part
                        if self.cut_after and len(paper) >= self.cut_after:
                            _reset(line)
                            return
        finally:
            for kick in (b"\x1bp\x0022", b"\x1bp\x0122"):
                self.kicks += paper.count(kick)
                paper = paper.replace(kick, b"")
            if paper:
                self.papers.append(bytes(paper))

    def _answer(self, line: socket.socket, question: int) -> None:
        if self.mute or (question == 0 and not self.confirms):
            return
        if question == 0 and self.ends_in_paper:
            self.out_of_paper()
            line.sendall(b"\x0c")
            return
        answers = {0: 0x00, 1: self.state, 2: self.cause, 4: self.sensor}
        line.sendall(bytes([answers[question]]))

    def off(self) -> None:
        """Switch it off: connections are refused from now on."""
        self.close()

    def close(self) -> None:
        """Take the port away."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
        self._socket.close()
        self._thread.join(5)


def _questions(data: bytes) -> Iterator[bytes | int]:
    """Plain bytes, and the number of each question among them: DLE EOT n as n, GS r as 0."""
    rest = data
    while rest:
        places = [(rest.find(mark), mark) for mark in (b"\x10\x04", b"\x1dr\x01") if mark in rest]
        if not places:
            yield rest
            return
        at, mark = min(places)
        if at:
            yield rest[:at]
        yield 0 if mark == b"\x1dr\x01" else rest[at + 2]
        rest = rest[at + 3 :]


def _reset(line: socket.socket) -> None:
    """Break the line as a pulled cable does."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    line.close()


@pytest.fixture
def till_printer() -> Iterator[TillPrinter]:
    """A printer that is on and has paper."""
    printer = TillPrinter()
    yield printer
    printer.hold.set()
    printer.close()
