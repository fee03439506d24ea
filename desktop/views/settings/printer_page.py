"""The receipt printer of this machine."""

from typing import Any

from desktop.basics.i18n import _
from desktop.queries.shell import shop_card
from desktop.services.machine_setup import print_test
from desktop.views.common.buttons import secondary
from desktop.views.common.context import Context
from desktop.views.common.field import ErrorLine
from desktop.views.common.inputs import TextInput
from desktop.views.common.segment import Segment
from desktop.views.settings.form import FormCard, Page

WAYS = ("", "net", "usb", "windows", "file")
HINTS = {"net": "192.168.1.50:9100", "usb": "04b8:0e15", "windows": "Receipt", "file": "/dev/usb/lp0"}


class PrinterPage(Page):
    """Which printer, how wide its paper is, and a page to try it."""

    def __init__(self, context: Context) -> None:
        super().__init__(_("Receipt printer"), _("Of this machine"))
        self._context, self._background = context, context.of(self)
        card = FormCard("")
        words = {
            "": _("None"),
            "net": _("Network"),
            "usb": "USB",
            "windows": _("Windows queue"),
            "file": _("Device file"),
        }
        self.way = Segment([(way, words[way]) for way in WAYS], "")
        self.way.picked.connect(lambda _way: self._touched())
        card.add_row(_("Connection"), self.way)
        self.place = TextInput(longest=200)
        self.place.textChanged.connect(lambda _text: self._touched())
        help_text = _(
            "Network: address and port. USB: vendor and product number; on Linux it needs libusb. "
            "Windows: the queue’s name."
        )
        card.add_row(_("Where"), self.place, help_text)
        self.paper = Segment([(80, "80 mm"), (58, "58 mm")], 80)
        self.paper.picked.connect(lambda _width: self._touched())
        card.add_row(_("Paper"), self.paper)
        self.test = secondary(_("Print a test page"), "printer-line")
        self.test.clicked.connect(self.print_test)
        card.add_row(_("Try it"), self.test, _("Prints with what is typed above, saved or not."))
        self.column.addWidget(card)
        self._error = ErrorLine()
        self.column.addWidget(self._error)
        self.column.addStretch(1)

    def load(self) -> None:
        if not self.dirty():
            self.take_back()

    def address(self) -> str:
        """The printer as one address, empty for none."""
        way, place = self.way.value(), self.place.value()
        return f"{way}://{place}" if way and place else ""

    def _kept(self) -> tuple[str, int]:
        machine = self._context.machine
        return str(machine.get("printer", "")), int(machine.get("paper_mm", 80))

    def _touched(self) -> None:
        self._error.say("")
        way = self.way.value()
        self.place.setEnabled(bool(way))
        self.place.setPlaceholderText(HINTS.get(way, ""))
        self.test.setEnabled(bool(self.address()))
        self.bar.setVisible((self.address(), self.paper.value()) != self._kept())

    def take_back(self) -> None:
        address, width = self._kept()
        way, _sep, place = address.partition("://")
        self.way.set_value(way if way in WAYS else "")
        self.place.setText(place)
        self.paper.set_value(width)
        self._touched()

    def save(self) -> None:
        machine = self._context.machine
        machine.put("printer", self.address() or None)
        machine.put("paper_mm", self.paper.value())
        self._touched()
        self._context.toast(self, _("Printer saved; it counts from the next receipt"))

    def print_test(self) -> None:
        """Print the test page; the answer comes within a few seconds."""
        task = self._background.ask(shop_card)
        task.busy(self.test).then(self._print)

    def _print(self, card: Any) -> None:
        task = self._background.device(print_test, self.address(), self.paper.value(), card.name)
        task.busy(self.test).then(lambda _none: self._printed())
        task.otherwise(lambda error: self._error.say(str(error)))

    def _printed(self) -> None:
        self._context.toast(self, _("Test page sent to the printer"))
