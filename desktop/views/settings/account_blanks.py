"""The fields of accounts with payment providers, and the one that takes a key by typing, pasting, dropping or choosing."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import N_, _
from desktop.views.common.buttons import icon_button
from desktop.views.common.cards import hbox, vbox
from desktop.views.common.field import Field
from desktop.views.common.file_dialog import choose_files
from desktop.views.common.inputs import TextArea

KEY, CERTS = "key", "certs"  # the two ways of signing: by public keys, or by certificates
NEWER, OLDER = "v3", "v2"  # WeChat Pay's calls that charge a customer's code


@dataclass(frozen=True)
class Blank:
    """One field: its name, its words, whether it holds lines of a key or certificate, and the way it belongs to."""

    name: str
    words: str
    long: bool = False
    way: str = ""
    help: str = ""


BLANKS: dict[str, tuple[Blank, ...]] = {
    "wechat": (
        Blank("mchid", N_("Merchant number")),
        Blank("app_id", N_("APPID")),
        Blank(
            "serial", N_("Serial number of the merchant’s certificate"), help=N_("Not needed with its file")
        ),
        Blank("notify_url", N_("Address for messages (https)"), help=N_("Any address of yours")),
        Blank("public_key_id", N_("Number of WeChat Pay’s public key"), way=KEY),
        Blank("public_key", N_("WeChat Pay’s public key"), True, KEY),
        Blank("merchant_cert", N_("The merchant’s certificate"), True),
    ),
    "alipay": (
        Blank("app_id", N_("APPID")),
        Blank("seller_id", N_("Merchant’s PID (2088…)")),
        Blank("alipay_public_key", N_("Alipay’s public key"), True, KEY),
        Blank("app_cert", N_("The application’s certificate"), True, CERTS),
        Blank("alipay_cert", N_("Alipay’s certificate"), True, CERTS),
        Blank("root_cert", N_("Alipay’s root certificate"), True, CERTS),
    ),
    "unionpay": (
        Blank("mer_id", N_("Merchant number")),
        Blank("term_id", N_("Terminal number")),
        Blank("sign_cert", N_("The merchant’s certificate"), True),
        Blank("roots", N_("UnionPay’s root certificates"), True),
    ),
}
SECRETS: dict[str, tuple[Blank, ...]] = {
    "wechat": (
        Blank("private_key", N_("Private key"), True),
        Blank("api_v3_key", N_("APIv3 key")),
        Blank("api_v2_key", N_("API key of the older calls"), way=OLDER),
    ),
    "alipay": (Blank("private_key", N_("Private key"), True),),
    "unionpay": (Blank("private_key", N_("Private key"), True),),
}
LABEL = 22  # pixels of a field's words, so that the button stands beside the field itself
OWN_CERTIFICATE = {"wechat": "merchant_cert", "alipay": "app_cert", "unionpay": "sign_cert"}
ENDING = frozenset({"merchant_cert", "app_cert", "alipay_cert", "sign_cert"})  # whose end is shown


class KeyArea(TextArea):
    """Lines of a key; a file dropped or pasted here is read, not named."""

    file_given = Signal(str)

    def insertFromMimeData(self, source: QMimeData) -> None:
        files = [url.toLocalFile() for url in source.urls() if url.isLocalFile()]
        if files:
            self.file_given.emit(files[0])
        else:
            super().insertFromMimeData(source)


class KeyField(QWidget):
    """A field for a key or certificate, with the button that chooses its file."""

    def __init__(self, words: str, text: str, hint: str, take: Callable[[str], Any]) -> None:
        super().__init__()
        self.area = KeyArea(text, hint=hint, lines=2)
        self.field = Field(words, self.area)
        self._take, self._words = take, words
        self.area.file_given.connect(take)
        self.choose = icon_button(
            "folder-open-line", _("Choose the file: {name}").format(name=words), size=30, framed=True
        )
        self.choose.clicked.connect(self._choose)
        row, side = hbox(self, gap=6), vbox(margins=(0, LABEL, 0, 0))
        side.addWidget(self.choose)
        side.addStretch(1)
        row.addWidget(self.field, 1)
        row.addLayout(side)

    def value(self) -> str:
        """What stands there."""
        return self.area.value()

    def put(self, text: str) -> None:
        """Put what a file held."""
        self.area.setPlainText(text)

    def say(self, words: str) -> None:
        """Say something under it, such as when a certificate ends."""
        self.field.help.setText(words)
        self.field.help.setVisible(bool(words))

    def _choose(self) -> None:
        kinds = _("Keys and certificates") + " (*.pem *.crt *.cer *.key *.txt *.der *.p12 *.pfx)"
        choose_files(self.window(), self._words, kinds, lambda paths: self._take(paths[0]))
