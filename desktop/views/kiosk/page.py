"""What every page of the kiosk is handed and may do."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from desktop.basics.money import Money
from desktop.pricing.cart import Terms, points_value
from desktop.views.kiosk.receipt_job import ReceiptJob
from desktop.views.kiosk.sale import KioskSale


@dataclass(frozen=True)
class Surroundings:
    """The sale, and what only the window can do."""

    sale: KioskSale
    phone_address: Callable[[str], str]  # token → address, empty without phone pages
    search: Callable[[], object]
    restart: Callable[[], object]
    help: Callable[[], object]
    ask_pin: Callable[[str, Callable[[str], object]], object]  # what for, and who takes the PIN
    paper: ReceiptJob | None  # the way of the receipt to paper; None without a printer
    phone_pages: Callable[[], str | None]  # where phones find this shop; None while nothing is served

    def money(self, minor: int) -> str:
        """An amount in the shop's currency."""
        return str(Money(minor, self.sale.facts.currency))

    def worth(self, points: int) -> str:
        """What points are worth."""
        facts = self.sale.facts
        terms = Terms(facts.currency, points_per_unit=facts.points_per_unit)
        return self.money(points_value(points, terms))


class Page(QWidget):
    """A page: built for the present language and size, told when the sale changed, ticked every second."""

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self.around = around
        self.sale = around.sale

    def refresh(self) -> None:
        """The sale changed."""

    def tick(self, idle_left: int) -> None:
        """A second went by; so many are left before the kiosk asks whether anybody is there."""

    def scanned(self, code: str) -> bool:
        """A scanned code; whether the page wants it for itself instead of for the cart."""
        return False

    def typed(self, event: QKeyEvent) -> bool:
        """A key of a real keyboard; whether the page used it."""
        return False
