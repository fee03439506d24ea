"""The sheet of an account with a payment provider: numbers, keys and certificates; keys are typed and never shown again."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.basics.words import day_text
from desktop.queries.order_words import method_word
from desktop.services.pay_accounts import (
    AccountForm,
    AccountHere,
    Trial,
    certificate_end,
    save_account,
    try_account,
)
from desktop.services.pay_key_files import PASSWORD, KeyFile, load_key_file
from desktop.views.common.cards import hbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field
from desktop.views.common.inputs import SecretInput, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.segment import Segment
from desktop.views.settings.account_blanks import (
    BLANKS,
    CERTS,
    ENDING,
    KEY,
    NEWER,
    OLDER,
    OWN_CERTIFICATE,
    SECRETS,
    Blank,
    KeyField,
)


class AccountSheet(Sheet):
    """A new account, or one to change: a key left empty stays as it is. Saving tries it at once."""

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
        title = _("Account with {name}").format(name=name)
        super().__init__(parent, title, verb=_("Save and try it"), icon="key-2-line", width=620, text=text)
        self._context, self._here, self._then = context, here, done
        self._scope, self._details = context.of(self), details
        self.boxes: dict[str, TextInput | KeyField] = {}
        self.secrets: dict[str, SecretInput | KeyField] = {}
        self._ways: list[tuple[str, QWidget]] = []
        self._waiting: tuple[str, str] = ("", "")  # the file that wants a password, and the field it is for
        self._segments()
        self._numbers()
        self._keys()
        self._ends()
        self.submitted.connect(self._go)
        self._switch()

    # -- the fields --------------------------------------------------------------------------------------------

    def _segments(self) -> None:
        """How messages are signed, and by which calls WeChat Pay charges codes."""
        self.way: Segment | None = None
        self.code_api: Segment | None = None
        if self._here.gateway == "unionpay":
            return
        words = _("Certificates") if self._here.gateway == "alipay" else _("Platform certificates")
        self.way = Segment(
            [(KEY, _("Public key")), (CERTS, words)], CERTS if self._here.by_certificates else KEY
        )
        self.way.picked.connect(lambda _way: self._switch())
        self._line(_("The provider signs by"), self.way)
        if self._here.gateway == "wechat":
            options = [(NEWER, _("New calls")), (OLDER, _("Older calls"))]
            self.code_api = Segment(options, self._details.get("code_api", NEWER))
            self.code_api.picked.connect(lambda _calls: self._switch())
            self._line(_("Customers’ codes are charged by"), self.code_api)

    def _line(self, words: str, control: QWidget) -> None:
        row = hbox(gap=12)
        row.addWidget(Label(words, "small", "text2"), 1)
        row.addWidget(control)
        self.body.addLayout(row)

    def _numbers(self) -> None:
        made: list[tuple[Blank, QWidget]] = []
        for blank in BLANKS[self._here.gateway]:
            if not blank.long:
                box = self.boxes[blank.name] = TextInput(self._details.get(blank.name, ""), longest=500)
                made.append((blank, Field(_(blank.words), box, _(blank.help) if blank.help else "")))
        self._two_by_two(made)

    def _keys(self) -> None:
        made: list[tuple[Blank, QWidget]] = []
        for blank in BLANKS[self._here.gateway]:
            if blank.long:
                field = KeyField(
                    _(blank.words),
                    self._details.get(blank.name, ""),
                    "-----BEGIN",
                    partial(self.load, blank.name),
                )
                self.boxes[blank.name] = field
                field.area.textChanged.connect(partial(self._end_of, blank.name))
                made.append((blank, field))
        for blank in SECRETS[self._here.gateway]:
            made.append((blank, self._secret(blank)))
        self._two_by_two(made)

    def _secret(self, blank: Blank) -> QWidget:
        saved = self._here.set_up and blank.name not in self._here.missing
        hint = _("saved, not shown") if saved else ""
        if blank.long:
            field = KeyField(_(blank.words), "", hint or "-----BEGIN", partial(self.load, blank.name))
            self.secrets[blank.name] = field
            return field
        box = self.secrets[blank.name] = SecretInput()
        box.setPlaceholderText(hint)
        return Field(_(blank.words), box, _(blank.help) if blank.help else "")

    def _two_by_two(self, made: list[tuple[Blank, QWidget]]) -> None:
        """Rows of two, those of one way of signing together, so that hiding them leaves no hole."""
        for way in dict.fromkeys(blank.way for blank, _field in made):
            fields = [field for blank, field in made if blank.way == way]
            for at in range(0, len(fields), 2):
                row = hbox(gap=12)
                for field in fields[at : at + 2]:
                    row.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
                self.body.addLayout(row)
            self._ways += [(way, field) for field in fields if way]

    def _ends(self) -> None:
        """The password of a bundle that asks for one, and the address of the provider."""
        self.password = SecretInput()
        self.password_field = Field(_("Password of the file"), self.password, _("Press Enter to open it"))
        self.password.returnPressed.connect(lambda: self.load(*self._waiting))
        self.password_field.hide()
        hint = _("The provider’s own")
        self.address = TextInput(self._details.get("base_url", ""), hint=hint, longest=300)
        words = _("Leave it empty unless the provider told you another one")
        self.add(self.password_field, Field(_("Address"), self.address, words))
        for name in ENDING & self.boxes.keys():
            self._end_of(name)

    def _switch(self) -> None:
        """Show the fields of what is chosen above."""
        chosen = {segment.value() for segment in (self.way, self.code_api) if segment is not None}
        for one, widget in self._ways:
            widget.setVisible(one in chosen)
        if self.isVisible():
            self._fit()

    # -- files -------------------------------------------------------------------------------------------------

    def load(self, name: str, path: str) -> None:
        """Read a file into a field; a bundle fills the private key and the certificate."""
        self._waiting = (name, path)
        number = self.boxes.get("mchid")
        guesses = [self.password.value(), number.value() if number is not None else ""]
        task = self._scope.device(load_key_file, path, guesses)
        task.then(partial(self._loaded, name)).otherwise(self._not_loaded)

    def _loaded(self, name: str, file: KeyFile) -> None:
        self.password_field.hide()
        self._error.say("")
        if file.text:
            found = {name: file.text}
        else:
            found = {"private_key": file.private_key, OWN_CERTIFICATE[self._here.gateway]: file.certificate}
        for one, text in found.items():
            field = self.secrets.get(one) or self.boxes.get(one)
            if isinstance(field, KeyField):
                field.put(text)
        self._fit()

    def _not_loaded(self, error: ShopError) -> None:
        if error.next_step == PASSWORD:
            self.password_field.show()
            self.password.setFocus()
            if not self.password.value():
                self._fit()
                return
        self.show_error(error)

    def _end_of(self, name: str) -> None:
        field = self.boxes[name]
        if name not in ENDING or not isinstance(field, KeyField):
            return
        field.say("")
        if field.value():
            asked = self._scope.device(certificate_end, field.value())
            asked.then(partial(self._say_end, field)).otherwise(lambda _error: None)

    def _say_end(self, field: KeyField, end: datetime) -> None:
        now = self._context.now()
        words = _("certificate expired {day}") if end <= now else _("certificate until {day}")
        field.say(words.format(day=day_text(end, now, self._context.zone)))
        if self.isVisible():
            self._fit()

    # -- saving ------------------------------------------------------------------------------------------------

    def form(self) -> AccountForm:
        """What was typed; keys left empty stay as they are, fields of the other way of signing are emptied."""
        details = {name: box.value() for name, box in self.boxes.items()}
        if self.way is not None:
            unused = {
                blank.name for blank in BLANKS[self._here.gateway] if blank.way not in ("", self.way.value())
            }
            details |= dict.fromkeys(unused, "")
        details["base_url"] = self.address.value()
        if self.code_api is not None:
            details["code_api"] = self.code_api.value()
        secrets = {name: box.value() or None for name, box in self.secrets.items()}
        return AccountForm(self._here.gateway, details, secrets)

    def _go(self) -> None:
        task = self._scope.device(save_account, self._context.shop, self.form())
        task.busy(self.primary).then(self._saved).otherwise(self.show_error)

    def _saved(self, _none: Any) -> None:
        self._then()
        task = self._scope.device(try_account, self._context.shop, self._here.gateway)
        task.busy(self.primary).then(self._tried).otherwise(self.show_error)

    def _tried(self, trial: Trial) -> None:
        if trial.works:
            self._context.toast(self.parentWidget() or self, _(trial.sentence))
            self.accept()
        else:
            self.show_error(_("Saved, but it doesn’t work yet. {why}").format(why=_(trial.sentence)))
