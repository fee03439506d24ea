"""Receipt printers: what they are set to, what they say of themselves, and one job handed over truthfully.

An address says the way: `net://192.168.1.50:9100`, `serial:///dev/ttyUSB0:9600`, `usb://04b8:0e15`, `windows://Receipt`,
`file:///dev/usb/lp0`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from desktop.basics.errors import ShopError, Unavailable
from desktop.basics.i18n import N_
from desktop.basics.machine import Machine
from desktop.basics.paper import COLUMNS, PaperLine
from desktop.gateways.escpos_bytes import DOTS, ENCODINGS, QR_WAYS, Look, drawer, job
from desktop.gateways.printer_lines import (
    CONNECT_SECONDS,
    FileLine,
    Line,
    NetLine,
    Opener,
    queue_line,
    usb_line,
)

PORT = 9100
ANSWER_SECONDS = 0.8  # for questions a printer answers at once, whatever it does
CONFIRM_SECONDS = 6.0  # for the one it answers when all before it is on paper
PRINTER, CAUSE, PAPER = b"\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x04"  # DLE EOT n: answered at once
DONE = b"\x1dr\x01"  # GS r 1: the paper sensor, answered in its turn, so after the job


class PrinterTrouble(Unavailable):
    """Printing failed: `problem` as in the table of print jobs; `begun` once bytes of the paper went out."""

    def __init__(self, problem: str, sentence: str, *, begun: bool = False, **fields: str) -> None:
        super().__init__(sentence, next_step="print again", **fields)
        self.problem, self.begun = problem, begun


@dataclass(frozen=True)
class Setup:
    """A printer as it is set on this machine; `dots` 0 means as usual for its paper, `drawer` 2 or 5 is the pin."""

    address: str
    paper_mm: int = 80
    encoding: str = "gb18030"
    dots: int = 0
    qr: str = "native"
    drawer: int = 2
    asks: bool = True  # whether it is asked how it is; some cheap ones print the question

    @property
    def columns(self) -> int:
        """Half-width columns of its paper."""
        return COLUMNS[self.paper_mm]

    @property
    def look(self) -> Look:
        """How its bytes are made."""
        return Look(self.columns, self.dots or DOTS[self.columns], self.encoding, self.qr)


def setup_of(machine: Machine) -> Setup:
    """The printer this machine is set to; its address is empty for none."""
    usual = Setup("")
    return Setup(
        str(machine.get("printer", "")),
        int(machine.get("paper_mm", 80)),
        str(machine.get("printer_letters", usual.encoding)),
        int(machine.get("printer_dots", 0)),
        str(machine.get("printer_qr", usual.qr)),
        int(machine.get("printer_drawer", usual.drawer)),
        bool(machine.get("printer_asks", True)),
    )


@dataclass(frozen=True)
class Printer:
    """A printer behind some way to it."""

    setup: Setup
    opener: Opener
    absent: ShopError  # what to say when it can't be reached

    def print(self, lines: Sequence[PaperLine]) -> bool:
        """Print lines now; whether the printer confirmed it. Raises `PrinterTrouble`."""
        return self.deliver(job(lines, self.setup.look))

    def deliver(self, paper: bytes, may_kick: Callable[[], bool] | None = None) -> bool:
        """Ask how the printer is, open the drawer if `may_kick` then says yes, hand the paper over, ask whether it is out.

        Returns whether the printer confirmed the paper. Raises `PrinterTrouble`; `begun` tells whether some of it may be out.
        """
        line = self._open()
        begun = False
        try:
            tells = self.setup.asks and _check(line)
            if may_kick is not None and may_kick():
                line.write(drawer(self.setup.drawer))
            begun = bool(paper)
            line.write(paper)
            return tells and begun and _confirmed(line)
        except OSError as error:
            if begun:
                raise PrinterTrouble(
                    "cut_off", N_("The connection broke while printing. Look at what came out."), begun=True
                ) from error
            raise PrinterTrouble("offline", self.absent.sentence, **self.absent.fields) from error
        finally:
            line.close()

    def _open(self) -> Line:
        try:
            return self.opener()
        except OSError as error:
            raise PrinterTrouble("offline", self.absent.sentence, **self.absent.fields) from error


def _check(line: Line) -> bool:
    """Whether it tells how it is; raises `PrinterTrouble` when it says that it can't print now."""
    state = _answer(line, PRINTER)
    if state is None:
        return False
    cause = _answer(line, CAUSE) or 0
    paper = _answer(line, PAPER) or 0
    if cause & 0x04:
        raise PrinterTrouble("cover_open", N_("The printer’s cover is open. Close it."))
    if paper & 0x60 or cause & 0x20:
        raise PrinterTrouble("paper_out", N_("The printer is out of paper. Put in a new roll."))
    if state & 0x08:
        raise PrinterTrouble(
            "not_ready",
            N_("The printer says it isn’t ready. Look at its lights, switch it off and on."),
        )
    return True


def _answer(line: Line, question: bytes) -> int | None:
    """A state byte; what does not look like one (bits 1 and 4 set, 0 and 7 not) is no answer."""
    found = line.ask(question, ANSWER_SECONDS)
    return found if found is not None and found & 0x93 == 0x12 else None


def _confirmed(line: Line) -> bool:
    """Whether it says that everything before this question is on paper."""
    found = line.ask(DONE, CONFIRM_SECONDS)
    done = found is not None and found & 0x90 == 0
    if not done:
        paper = _answer(line, PAPER)
    if (done and found is not None and found & 0x0C) or (not done and paper is not None and paper & 0x60):
        raise PrinterTrouble(
            "ran_out",
            N_("The paper ran out while printing. Put in a new roll and look at what came out."),
            begun=True,
        )
    return done


def printer_at(address: str, *, paper_mm: int = 80, encoding: str = "gb18030") -> Printer | None:
    """The printer at an address, None for the empty one. Raises `ShopError` for an address it can't read."""
    return printer_of(Setup(address, paper_mm, encoding))


def printer_of(setup: Setup) -> Printer | None:
    """The printer of a setup, None without an address. Raises `ShopError` for what can't be."""
    address = setup.address.strip()
    if not address:
        return None
    if setup.paper_mm not in COLUMNS:
        raise ShopError(N_("Receipt paper is 58 or 80 mm wide."))
    if setup.encoding not in ENCODINGS or setup.qr not in QR_WAYS or setup.drawer not in (2, 5):
        raise ShopError(N_("This printer is set to something unknown. Choose it again in Settings."))
    if setup.dots and not 200 <= setup.dots <= 832:
        raise ShopError(N_("A printer’s line has 200 to 832 dots."))
    opener, absent = _way_to(address)
    return Printer(replace(setup, address=address), opener, absent)


def _way_to(address: str) -> tuple[Opener, ShopError]:
    scheme, _sep, rest = address.partition("://")
    if scheme == "net" and (found := re.fullmatch(r"\[?([^\[\]/]+?)\]?(?::(\d{1,5}))?", rest)):
        host, port = found[1], int(found[2] or PORT)
        if 0 < port < 65_536:
            return partial(NetLine, host, port), _no_answer(host)
    if scheme == "usb" and (found := re.fullmatch(r"([0-9a-fA-F]{4}):([0-9a-fA-F]{4})", rest)):
        return partial(_usb, int(found[1], 16), int(found[2], 16)), _not_found(rest)
    if scheme == "windows" and rest:
        return partial(_windows, rest), _not_found(rest)
    if scheme == "serial" and (found := re.fullmatch(r"(/.+?)(?::(\d{3,7}))?", rest)):
        return partial(FileLine, Path(found[1]), int(found[2] or 0)), _not_written(found[1])
    if scheme == "file" and rest:
        return partial(FileLine, Path(rest)), _not_written(rest)
    raise ShopError(
        N_(
            "“{address}” is not a printer. Use net://address:9100, serial:///dev/ttyUSB0:9600, "
            "usb://vendor:product, windows://queue or file:///path."
        ),
        address=address[:80],
    )


def _no_answer(host: str) -> ShopError:
    return ShopError(
        N_(
            "The receipt printer at {host} doesn’t answer. "
            "Check that it is on, has paper and its cable is in, then print again."
        ),
        host=host,
    )


def _not_found(name: str) -> ShopError:
    sentence = N_("The printer “{name}” can’t be found. Check that it is on and connected, then print again.")
    return ShopError(sentence, name=name)


def _not_written(path: str) -> ShopError:
    return ShopError(
        N_(
            "The receipt can’t be written to {path}. "
            "Check that the printer is plugged in and may be written to, then print again."
        ),
        path=path,
    )


def _usb(vendor: int, product: int) -> Line:
    from escpos.printer import Usb

    if not Usb.is_usable():
        raise PrinterTrouble(
            "no_way",
            N_(
                "This computer can’t speak to USB printers directly. "
                "Use its Windows queue, or file:///dev/usb/lp0 on Linux."
            ),
        )
    return usb_line(vendor, product)


def _windows(queue: str) -> Line:
    from escpos.printer import Win32Raw

    if not Win32Raw.is_usable():
        raise PrinterTrouble(
            "no_way",
            N_("There is no Windows printer queue “{queue}” here. Choose another printer in Settings."),
            queue=queue,
        )
    return queue_line(queue)


__all__ = ["CONNECT_SECONDS", "Printer", "PrinterTrouble", "Setup", "printer_at", "printer_of", "setup_of"]
