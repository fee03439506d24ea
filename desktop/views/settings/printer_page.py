"""The receipt printer of this machine."""

from typing import Any

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, _
from desktop.queries.shell import shop_card
from desktop.services.machine_setup import Setup, print_test, setup_of
from desktop.views.common.buttons import secondary
from desktop.views.common.context import Context
from desktop.views.common.field import ErrorLine
from desktop.views.common.inputs import Select, TextInput
from desktop.views.common.number_inputs import IntegerInput
from desktop.views.common.segment import Segment
from desktop.views.common.toggle import Toggle
from desktop.views.settings.form import FormCard, Page

WAYS = ("", "net", "usb", "windows", "serial", "file")
HINTS = {
    "net": "192.168.1.50:9100",
    "usb": "04b8:0e15",
    "windows": "Receipt",
    "serial": "/dev/ttyUSB0:9600",
    "file": "/dev/usb/lp0",
}
LETTERS = ("gb18030", "gbk", "big5", "utf-8", "image")
KEPT_AS = (
    "printer",
    "paper_mm",
    "printer_letters",
    "printer_dots",
    "printer_qr",
    "printer_drawer",
    "printer_asks",
)
WRONG_DOTS = N_("A printer’s line has 200 to 832 dots.")


class PrinterPage(Page):
    """Which printer, how wide its paper is, what it can do, and a page to try it."""

    def __init__(self, context: Context) -> None:
        super().__init__(_("Receipt printer"), _("Of this machine"))
        self._context, self._background = context, context.of(self)
        self._error = ErrorLine()
        self.column.addWidget(self._way_card())
        self.column.addWidget(self._skills_card())
        self.column.addWidget(self._error)
        self.column.addStretch(1)

    def _way_card(self) -> FormCard:
        card = FormCard("")
        words = {
            "": _("None"), "net": _("Network"), "usb": "USB", "windows": _("Windows queue"),
            "serial": _("Serial port"), "file": _("Device file"),
        }  # fmt: skip
        self.way = Select([(way, words[way]) for way in WAYS], "")
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
        return card

    def _skills_card(self) -> FormCard:
        card = FormCard("")
        names = {
            "utf-8": "UTF-8",
            "gb18030": "GB18030",
            "gbk": "GBK",
            "big5": "Big5",
            "image": _("Only pictures"),
        }
        self.letters = Select([(key, names[key]) for key in LETTERS], LETTERS[0])
        help_text = _("What the printer knows. Letters outside it are printed as pictures.")
        card.add_row(_("Letters"), self.letters, help_text)
        self.dots = IntegerInput(0, least=0, most=832, required=True)
        help_text = _("0 means the usual: 384 for 58 mm, 576 for 80 mm. The test page has a ruler.")
        card.add_row(_("Dots across"), self.dots, help_text)
        self.qr = Segment([("native", _("By the printer")), ("image", _("As a picture"))], "native")
        card.add_row(_("QR codes"), self.qr, _("Choose pictures when codes come out as letters."))
        self.drawer = Segment([(pin, _("Pin {number}").format(number=pin)) for pin in (2, 5)], 2)
        card.add_row(_("Cash drawer’s plug"), self.drawer, _("Most drawers open by pin 2."))
        self.asks = Toggle(_("Ask the printer how it is"))
        help_text = _(
            "It then says when paper is out or the cover open. Switch it off if odd signs are printed."
        )
        card.add_row(_("Ask the printer how it is"), self.asks, help_text)
        for control in (self.letters, self.qr, self.drawer):
            control.picked.connect(lambda _value: self._touched())
        self.dots.textChanged.connect(lambda _text: self._touched())
        self.asks.toggled.connect(lambda _on: self._touched())
        return card

    def load(self) -> None:
        if not self.dirty():
            self.take_back()

    def address(self) -> str:
        """The printer as one address, empty for none."""
        way, place = self.way.value(), self.place.value()
        return f"{way}://{place}" if way and place else ""

    def setup(self) -> Setup:
        """The printer as it stands here. Raises `ShopError` for dots that can't be."""
        dots = self.dots.number() or 0
        if dots and dots < 200:
            raise ShopError(WRONG_DOTS)
        return Setup(
            self.address(), self.paper.value(), self.letters.value(), dots, self.qr.value(), self.drawer.value(),
            self.asks.isChecked(),
        )  # fmt: skip

    def _touched(self) -> None:
        self._error.say("")
        way = self.way.value()
        self.place.setEnabled(bool(way))
        self.place.setPlaceholderText(HINTS.get(way, ""))
        self.test.setEnabled(bool(self.address()))
        try:
            differs = self.setup() != setup_of(self._context.machine)
        except ShopError:
            differs = True
        self.bar.setVisible(differs)

    def take_back(self) -> None:
        kept = setup_of(self._context.machine)
        way, _sep, place = kept.address.partition("://")
        self.way.set_value(way if way in WAYS else "")
        self.place.setText(place)
        self.paper.set_value(kept.paper_mm)
        self.letters.set_value(kept.encoding)
        self.dots.put(kept.dots)
        self.qr.set_value(kept.qr)
        self.drawer.set_value(kept.drawer)
        self.asks.put(kept.asks)
        self._touched()

    def save(self) -> None:
        try:
            setup = self.setup()
        except ShopError as error:
            self._error.say(str(error))
            return
        values = (
            setup.address or None, setup.paper_mm, setup.encoding, setup.dots, setup.qr, setup.drawer, setup.asks,
        )  # fmt: skip
        for key, value in zip(KEPT_AS, values, strict=True):
            self._context.machine.put(key, value)
        self._touched()
        self._context.toast(self, _("Printer saved; it counts from the next receipt"))

    def print_test(self) -> None:
        """Print the test page; the answer comes within a few seconds."""
        task = self._background.ask(shop_card)
        task.busy(self.test).then(self._print)

    def _print(self, card: Any) -> None:
        try:
            setup = self.setup()
        except ShopError as error:
            self._error.say(str(error))
            return
        task = self._background.device(print_test, setup, card.name)
        task.busy(self.test).then(self._printed)
        task.otherwise(lambda error: self._error.say(str(error)))

    def _printed(self, confirmed: bool) -> None:
        said = _("Test page printed") if confirmed else _("Test page sent to the printer")
        self._context.toast(self, said)
