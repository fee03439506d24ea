"""Printing the receipt of a settled sale, away from the screen."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from desktop.basics.paper import PaperLine
from desktop.queries.receipt_paper import receipt_lines
from desktop.queries.receipts import Receipt, receipt
from desktop.views.common.background import Background


class Printer(Protocol):
    """The receipt printer, handed in by the program."""

    @property
    def columns(self) -> int:
        """Columns of its paper."""

    def print(self, lines: Sequence[PaperLine], *, open_drawer: bool = False) -> None:
        """Send one job."""


class Paper:
    """Asks for the receipt, lays it out for the paper and hands it to the printer."""

    def __init__(self, background: Background, printer: Printer) -> None:
        self._background, self._printer = background, printer

    def print(self, order_id: int, then: Callable[..., object], otherwise: Callable[..., object]) -> None:
        """Print the receipt of an order."""
        task = self._background.ask(receipt, order_id)
        task.then(partial(self._send, then, otherwise)).otherwise(otherwise)

    def _send(self, then: Callable[..., object], otherwise: Callable[..., object], found: Receipt) -> None:
        lines = receipt_lines(found, self._printer.columns)
        self._background.device(self._printer.print, lines).then(then).otherwise(otherwise)
