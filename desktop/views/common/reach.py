"""How somebody is reached by messages: an e-mail address and a language, the same for staff and members."""

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _, languages
from desktop.services.receivers import LONGEST_EMAIL, TAKE_AWAY, checked_email
from desktop.views.common.field import Field
from desktop.views.common.inputs import Select, TextInput

NAMES = {"zh_CN": "中文", "en": "English"}  # each in itself


class EmailInput(TextInput):
    """An address; the kept one is never shown whole, and stays while the field is empty."""

    def __init__(self, masked: str = "") -> None:
        super().__init__(hint=masked or "name@example.com", longest=LONGEST_EMAIL)
        self._masked = masked

    def problem(self) -> str:
        """Return the sentence of what is wrong, or nothing."""
        if self._masked and self.value() == TAKE_AWAY:
            return ""
        try:
            checked_email(self.value())
        except ShopError as error:
            return str(error)
        return super().problem()


class Reach:
    """The two fields of a sheet."""

    def __init__(self, email: str = "", language: str = "") -> None:
        keep = _("Leave empty to keep {email}, type - to take it away.").format(email=email) if email else ""
        self.email = EmailInput(email)
        spoken = [(code, NAMES.get(code, code)) for code in sorted(languages(), reverse=True)]
        self.language = Select([("", _("The shop’s language")), *spoken], language)
        self.email_field = Field(_("E-mail"), self.email, keep)
        self.language_field = Field(_("Language of messages"), self.language)
