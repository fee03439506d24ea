"""The mail server: its fields, each with its own error, and a letter to try them."""

from collections.abc import Callable
from typing import Any

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, _
from desktop.queries.notices import MailServer
from desktop.services.receivers import checked_email
from desktop.services.ways_out import KeptHere, MailForm, checked_host
from desktop.views.common.buttons import secondary
from desktop.views.common.field import ErrorLine
from desktop.views.common.inputs import SecretInput, TextInput, mark_bad
from desktop.views.common.number_inputs import IntegerInput
from desktop.views.common.segment import Segment
from desktop.views.settings.form import FormCard

SECURITY = (("starttls", "STARTTLS"), ("tls", "TLS"), ("none", N_("No encryption")))
PORTS = {"starttls": 587, "tls": 465, "none": 25}


class MailCard(FormCard):
    """Reads into a `MailForm`; the password is never shown, an empty field leaves the kept one."""

    def __init__(self, touched: Callable[[], Any], test: Callable[[], Any]) -> None:
        super().__init__(_("E-mail"), _("By the shop’s own mailbox (SMTP)"))
        self._shown = False
        self._touched_outside = touched
        self.host = TextInput(hint="smtp.example.com", longest=253)
        self.security = Segment([(key, _(words)) for key, words in SECURITY], "starttls")
        self.port = IntegerInput(587, least=1, most=65_535, required=True)
        self.user = TextInput(longest=254)
        self.password = SecretInput()
        self.sender_box = TextInput(hint="shop@example.com", longest=254)
        self.to = TextInput(hint="name@example.com", longest=254)
        self.test = secondary(_("Send a test message"), "mail-send-line", size=30)
        self.test.clicked.connect(test)
        self._errors: dict[str, ErrorLine] = {}
        self.controls: dict[str, Any] = {}
        self._row("host", _("Mail server"), self.host, _("Empty: no e-mail leaves the shop."))
        self._row("security", _("Security"), self.security)
        self._row("port", _("Port"), self.port)
        self._row("user", _("User name"), self.user)
        self._row("password", _("Password"), self.password, self._where(""))
        self._row("sender", _("Sender’s address"), self.sender_box)
        self._row("to", _("Try it: send to"), self.to, _("Sends with what is typed above, saved or not."))
        self.add_row("", self.test)
        for control in (self.host, self.port, self.user, self.password, self.sender_box):
            control.textChanged.connect(self._typed)
        self.security.picked.connect(self._switched)

    def _row(self, key: str, label: str, control: Any, help_text: str = "") -> None:
        self.add_row(label, control, help_text)
        self.controls[key] = control
        self._errors[key] = ErrorLine()
        self.add_widget(self._errors[key])

    def _where(self, keeper: str) -> str:
        if not keeper:
            return _(
                "Kept in this machine’s keyring. Many mailboxes want a code for programs here, not the password."
            )
        return _("Kept in {keyring}, on this machine only.").format(keyring=keeper)

    def _typed(self, *_args: Any) -> None:
        if self._shown:
            self._forget_errors()
            self._touched_outside()

    def _forget_errors(self) -> None:
        for key in self._errors:
            self.say(key, "")

    def _switched(self, security: str) -> None:
        if self.port.text() in {str(port) for port in PORTS.values()}:
            self.port.put(PORTS[security])
        self._typed()

    def show_server(self, server: MailServer, here: KeptHere) -> None:
        """Show what is kept."""
        self._shown = False
        self._forget_errors()
        self.host.setText(server.host)
        self.port.put(server.port)
        self.security.set_value(server.security)
        self.user.setText(server.user)
        self.sender_box.setText(server.sender)
        self.password.clear()
        self.password.setPlaceholderText(_("saved, not shown") if here.mail else "")
        self._shown = True

    def differs(self, server: MailServer) -> bool:
        """Whether something other than what is kept stands here."""
        typed = (self.host.value(), self.security.value(), self.user.value(), self.sender_box.value())
        kept = (server.host, server.security, server.user, server.sender)
        return typed != kept or self.port.value() != str(server.port) or bool(self.password.value())

    def form(self) -> MailForm | None:
        """What is typed; None with the error said at its field."""
        wrong = [key for key in ("host", "port", "sender") if not self._check(key)]
        if wrong:
            self.controls[wrong[0]].setFocus()
            return None
        return MailForm(
            self.host.value(), self.port.number() or 0, self.security.value(), self.user.value(),
            self.sender_box.value(), self.password.value() or None,
        )  # fmt: skip

    def receiver(self) -> str:
        """Where the test letter goes; empty with the error said at its field."""
        if self._check("to"):
            return self.to.value()
        self.to.setFocus()
        return ""

    def _check(self, key: str) -> bool:
        try:
            self._read(key)
        except ShopError as error:
            self.say(key, str(error))
            return False
        self.say(key, "")
        return True

    def _read(self, key: str) -> None:
        if key == "host":
            checked_host(self.host.value())
        elif key == "port":
            self.port.number()
        elif not checked_email(self.controls[key].value()) and (key == "to" or self.host.value()):
            raise ShopError(N_("Fill this in"))

    def say(self, key: str, sentence: str) -> None:
        """Say what is wrong under a field, or that nothing is."""
        self._errors[key].say(sentence)
        mark_bad(self.controls[key], bool(sentence))
