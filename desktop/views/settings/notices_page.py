"""Notifications: the mail server, chat and text-message services, and when messages leave."""

from typing import Any

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _, ngettext
from desktop.queries.notices import ChannelRow, MailServer, Stuck, channels_list, mail_server, stuck_notices
from desktop.queries.settings import SettingRow, settings_list
from desktop.services.settings import set_settings
from desktop.services.ways_out import KeptHere, MailForm, kept_here, save_mail_server, send_test_letter
from desktop.views.common.banner import Banner
from desktop.views.common.context import Context
from desktop.views.common.field import ErrorLine
from desktop.views.common.inputs import mark_bad
from desktop.views.settings.channel_card import ChannelCard
from desktop.views.settings.controls import control_for
from desktop.views.settings.form import Control, FormCard, Page
from desktop.views.settings.mail_card import MailCard

KEYS = ("notices.language", "notices.digest_minute", "notices.tries", "notices.longest_wait")


class NoticesPage(Page):
    """One bar saves the mail server and the figures; services are saved in their own sheet."""

    def __init__(self, context: Context) -> None:
        super().__init__(_("Notifications"), _("How messages reach people"))
        self._context, self._background = context, context.of(self)
        self.keyless = Banner(
            _("No keyring on this machine: passwords and addresses with tokens can’t be kept here."), "warn"
        )
        self.keyless.hide()
        self.stuck = Banner("", "warn")
        self.stuck.acted.connect(lambda: context.navigate("settings", page="health"))
        self.stuck.hide()
        self.mail = MailCard(self._touched, self.test)
        self.error = ErrorLine()
        self.channels = ChannelCard(context, self.load)
        self.figures = FormCard(_("Messages"))
        self.controls: dict[str, Control] = {}
        self._kept: dict[str, Any] = {}
        self._server: MailServer | None = None
        self._here = KeptHere("", False, frozenset())
        for part in (self.keyless, self.stuck, self.mail, self.error, self.channels, self.figures):
            self.column.addWidget(part)
        self.column.addStretch(1)
        context.stale_when(
            self, {"setting", "notice_channel"}, lambda _touched: self.load(), editing=self.dirty
        )

    # What is there

    def load(self) -> None:
        self._background.device(kept_here, self._background.shop).then(self._know_here)

    def _know_here(self, here: KeptHere) -> None:
        self._here = here
        self.keyless.setVisible(not here.keeper)
        self._background.ask_latest("channels", channels_list).then(self._show_channels)
        self._ask_stuck()
        if not self.dirty():
            self._background.ask_latest("server", mail_server).then(self._show_server)
            self._background.ask_latest("figures", settings_list).then(self._show_figures)

    def _ask_stuck(self) -> None:
        self._background.ask_latest("stuck", stuck_notices).then(self._show_stuck)

    def _show_stuck(self, stuck: Stuck) -> None:
        late = ngettext(
            "{count} message has waited over 10 minutes",
            "{count} messages have waited over 10 minutes",
            stuck.late,
        )
        failed = ngettext(
            "{count} message could not be sent", "{count} messages could not be sent", stuck.failed
        )
        told = [words.format(count=n) for words, n in ((late, stuck.late), (failed, stuck.failed)) if n]
        self.stuck.say(" · ".join(told), action=_("Show Health"))
        self.stuck.setVisible(bool(told))

    def _show_channels(self, rows: tuple[ChannelRow, ...]) -> None:
        with self.same_place():
            self.channels.show_rows(rows, self._here)

    def _show_server(self, server: MailServer) -> None:
        if self.dirty():  # typed while it was on its way: what was typed stays
            return
        self._server = server
        self.mail.show_server(server, self._here)
        self._touched()

    def _show_figures(self, rows: tuple[SettingRow, ...]) -> None:
        found = {row.key: row for row in rows if row.key in KEYS}
        for key in KEYS if not self.controls else ():
            control = self.controls[key] = control_for(found[key])
            control.changed.connect(lambda *_args: self._touched())
            help_text = _(found[key].help) if found[key].help else ""
            self.figures.add_row(_(found[key].label), control.widget, help_text)
        if not self.dirty():
            self._put({key: row.value for key, row in found.items()})

    def _put(self, values: dict[str, Any]) -> None:
        self._kept = values
        for key, value in values.items():
            self.controls[key].show(value)
        self._touched()

    def _touched(self) -> None:
        self.error.say("")
        mail = self._server is not None and self.mail.differs(self._server)
        self.bar.setVisible(mail or bool(self._changed_figures(strict=False)))

    def _changed_figures(self, *, strict: bool) -> dict[str, Any]:
        """What differs; a field that can't be read counts as changed, or raises when `strict`."""
        changed = {}
        for key, control in self.controls.items():
            try:
                value = control.read()
                mark_bad(control.widget, False)
            except ShopError:
                if strict:
                    control.widget.setFocus()
                    mark_bad(control.widget, True)
                    raise
                value = None
            if key in self._kept and value != self._kept[key]:
                changed[key] = value
        return changed

    # Saving

    def save(self) -> None:
        form = self.mail.form()
        if form is None:
            return
        try:
            figures = self._changed_figures(strict=True)
        except ShopError as error:
            self.error.say(str(error))
            return
        differs = self._server is not None and self.mail.differs(self._server)
        task = self._background.device(self._write, form if differs else None, figures).busy(self.bar.button)
        task.then(lambda _none: self._saved()).otherwise(lambda error: self.error.say(str(error)))

    def _write(self, form: MailForm | None, figures: dict[str, Any]) -> None:
        """Save both, away from the GUI thread, since the keyring may take its time."""
        shop = self._background.shop
        if form is not None:
            save_mail_server(shop, form)
        if figures:
            shop.do(set_settings, figures)

    def _saved(self) -> None:
        self._server = None  # until what was saved is read back, nothing typed differs from it
        self.bar.hide()
        self.load()
        self._context.toast(self, _("Settings saved"))

    def take_back(self) -> None:
        if self._server is not None:
            self.mail.show_server(self._server, self._here)
        self._put(dict(self._kept))

    def test(self) -> None:
        """Send a letter with what is typed; the answer comes within seconds."""
        form = self.mail.form()
        to = self.mail.receiver() if form is not None else ""
        if form is None or not to:
            return
        if not form.host:
            self.mail.say("host", _("Type the mail server first."))
            return
        self.error.say("")
        task = self._background.device(send_test_letter, self._background.shop, form, to).busy(self.mail.test)
        task.then(lambda _none: self._context.toast(self, _("Test message sent to {name}").format(name=to)))
        task.otherwise(lambda error: self.mail.say("to", str(error)))
