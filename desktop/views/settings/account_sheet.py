"""The sheet of an account with a payment provider: numbers, keys and certificates; keys are typed and never shown again."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import N_, _
from desktop.queries.order_words import method_word
from desktop.services.pay_accounts import AccountForm, AccountHere, save_account
from desktop.views.common.cards import hbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field
from desktop.views.common.inputs import SecretInput, TextArea, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.segment import Segment


@dataclass(frozen=True)
class Blank:
    """One field of an account: its name, its words, and whether it holds lines of a key or certificate."""

    name: str
    words: str
    long: bool = False


BLANKS: dict[str, tuple[Blank, ...]] = {
    "wechat": (
        Blank("mchid", N_("Merchant number")),
        Blank("app_id", N_("APPID")),
        Blank("serial", N_("Serial number of the merchant’s certificate")),
        Blank("public_key_id", N_("Number of WeChat Pay’s public key")),
        Blank("public_key", N_("WeChat Pay’s public key"), True),
        Blank("merchant_cert", N_("The merchant’s certificate"), True),
        Blank("notify_url", N_("Address for messages (https)")),
    ),
    "alipay": (
        Blank("app_id", N_("APPID")),
        Blank("seller_id", N_("Merchant’s PID (2088…)")),
        Blank("alipay_public_key", N_("Alipay’s public key"), True),
        Blank("app_cert", N_("The application’s certificate"), True),
        Blank("alipay_cert", N_("Alipay’s certificate"), True),
        Blank("root_cert", N_("Alipay’s root certificate"), True),
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
        Blank("api_v2_key", N_("API key of the older calls")),
    ),
    "alipay": (Blank("private_key", N_("Private key"), True),),
    "unionpay": (Blank("private_key", N_("Private key"), True),),
}


class AccountSheet(Sheet):
    """A new account, or one to change: a key left empty stays as it is."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        here: AccountHere,
        details: dict[str, str],
        done: Callable[[], Any],
    ) -> None:
        name = method_word(here.gateway)
        text = _("Keys go into this machine’s keyring and nowhere else.")
        if here.experimental:
            text = _("Experimental: UnionPay’s present specification is not public. {more}").format(more=text)
        super().__init__(
            parent,
            _("Account with {name}").format(name=name),
            verb=_("Save"),
            icon="key-2-line",
            width=620,
            text=text,
        )
        self._context, self._here, self._then = context, here, done
        self._scope = context.of(self)
        self.boxes: dict[str, TextInput | TextArea] = {}
        self.secrets: dict[str, SecretInput | TextArea] = {}
        short = [blank for blank in BLANKS[here.gateway] if not blank.long]
        for at in range(0, len(short), 2):
            row = hbox(gap=12)
            for blank in short[at : at + 2]:
                box = self.boxes[blank.name] = TextInput(details.get(blank.name, ""), longest=500)
                row.addWidget(Field(_(blank.words), box), 1)
            self.body.addLayout(row)
        self._keys(here, details)
        self.code_api: Segment | None = None
        if here.gateway == "wechat":
            self.code_api = Segment(
                [("v3", _("New calls")), ("v2", _("Older calls"))], details.get("code_api", "v3")
            )
            row = hbox(gap=12)
            row.addWidget(Label(_("Customers’ codes are charged by"), "small", "text2"))
            row.addWidget(self.code_api)
            row.addStretch(1)
            self.body.addLayout(row)
        self.address = TextInput(details.get("base_url", ""), hint=_("The provider’s own"), longest=300)
        self.add(
            Field(_("Address"), self.address, _("Leave it empty unless the provider told you another one"))
        )
        self.submitted.connect(self._go)

    def _keys(self, here: AccountHere, details: dict[str, str]) -> None:
        blanks = [(blank, False) for blank in BLANKS[here.gateway] if blank.long]
        blanks += [(blank, True) for blank in SECRETS[here.gateway]]
        for at in range(0, len(blanks), 2):
            row = hbox(gap=12)
            for blank, is_secret in blanks[at : at + 2]:
                row.addWidget(self._key(here, details, blank, is_secret), 1)
            self.body.addLayout(row)

    def _key(self, here: AccountHere, details: dict[str, str], blank: Blank, is_secret: bool) -> Field:
        saved = here.set_up and blank.name not in here.missing
        if not is_secret:
            box = self.boxes[blank.name] = TextArea(details.get(blank.name, ""), lines=2)
            return Field(_(blank.words), box)
        if blank.long:
            area = self.secrets[blank.name] = TextArea(
                "", hint=_("saved, not shown") if saved else "-----BEGIN", lines=2
            )
            return Field(_(blank.words), area)
        secret = self.secrets[blank.name] = SecretInput()
        secret.setPlaceholderText(_("saved, not shown") if saved else "")
        return Field(_(blank.words), secret)

    def form(self) -> AccountForm:
        """What was typed; keys left empty stay as they are."""
        details = {name: box.value() for name, box in self.boxes.items()}
        details["base_url"] = self.address.value()
        if self.code_api is not None:
            details["code_api"] = self.code_api.value()
        secrets = {name: box.value() or None for name, box in self.secrets.items()}
        return AccountForm(self._here.gateway, details, secrets)

    def _go(self) -> None:
        task = self._scope.device(save_account, self._context.shop, self.form())
        task.busy(self.primary).then(self._saved).otherwise(self.show_error)

    def _saved(self, _none: Any) -> None:
        self.accept()
        self._then()
