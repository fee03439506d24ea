"""Chat groups and text-message services: a list with switches, and the sheet that adds or changes one."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, _
from desktop.queries.notices import ChannelRow
from desktop.services.ways_out import (
    KeptHere,
    forget_channel,
    save_channel,
    send_test_chat,
    switch_channel,
)
from desktop.views.common import icons, say
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import icon_button, secondary
from desktop.views.common.cards import Card, CardHead, Divider, IconTile, TwoLines, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet, confirm
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import TextInput
from desktop.views.common.labels import Label
from desktop.views.common.toggle import Toggle

SERVICES = {
    "wecombot": N_("WeCom"), "dingtalk": N_("DingTalk"), "feishu": N_("Feishu"), "lark": "Lark", "slack": "Slack",
    "tgram": "Telegram", "twilio": "Twilio", "discord": "Discord", "json": N_("Web address"), "jsons": N_("Web address"),
}  # fmt: skip


def service_words(kind: str) -> str:
    """What a service is called."""
    return _(SERVICES[kind]) if kind in SERVICES else kind


class ChannelSheet(Sheet):
    """A service to add, or one to change; its address is typed and never shown again."""

    def __init__(
        self, parent: QWidget, context: Context, row: ChannelRow | None, done: Callable[[], Any]
    ) -> None:
        title = _("Change {name}").format(name=row.name) if row else _("Add a chat or text-message service")
        super().__init__(
            parent, title, verb=_("Save") if row else _("Add"), icon="chat-settings-line", width=480
        )
        self._background, self._row, self._then = context.of(self), row, done
        self.name_box = TextInput(row.name if row else "", longest=40, required=True)
        self.name = Field(_("Name of the service"), self.name_box)
        hint = _("saved, not shown") if row else "https://open.feishu.cn/open-apis/bot/v2/hook/…"
        self.address_box = TextInput(hint=hint, longest=2_000, required=row is None)
        self.address = Field(
            _("Address"),
            self.address_box,
            _(
                "As the group’s robot shows it, or in the form service://token. It is kept in this machine’s keyring."
            ),
        )
        self.add(self.name, self.address)
        text = _("Text messages: an address with {field} where the receiver’s number goes, like {example}.")
        example = "twilio://SID:TOKEN@FROM/{phone}"
        self.add(Label(text.format(field="{phone}", example=example), "cap", "text3", wrap=True))
        self.submitted.connect(self._go)
        self.name_box.setFocus()

    def ready(self) -> bool:
        return check_all([self.name, self.address])

    def _go(self) -> None:
        number = self._row.id if self._row else None
        name, address = self.name_box.value(), self.address_box.value() or None
        task = self._background.device(save_channel, self._background.shop, number, name, address)
        task.busy(self.primary).then(lambda _id: self._saved()).otherwise(self._refused)

    def _refused(self, error: ShopError) -> None:
        wrong = self.name if error.next_step == "change_name" else self.address
        wrong.error(str(error))
        wrong.control.setFocus()

    def _saved(self) -> None:
        self.accept()
        self._then()


class PhoneSheet(Sheet):
    """The number a test text message goes to."""

    def __init__(self, parent: QWidget, name: str, send: Callable[[str], Any]) -> None:
        super().__init__(parent, _("Try {name}").format(name=name), verb=_("Send"), icon="chat-check-line")
        self._send = send
        self.phone_box = TextInput(longest=30, required=True)
        self.phone = Field(_("Phone number"), self.phone_box)
        self.add(self.phone)
        self.submitted.connect(self._go)
        self.phone_box.setFocus()

    def ready(self) -> bool:
        return check_all([self.phone])

    def _go(self) -> None:
        self.accept()
        self._send(self.phone_box.value())


class ChannelCard(Card):
    """The list; `changed` is called when it has to be read again."""

    def __init__(self, context: Context, changed: Callable[[], Any]) -> None:
        super().__init__(margins=(18, 14, 18, 8), gap=4)
        self._context, self._background, self._changed = context, context.of(self), changed
        head = CardHead(_("Chat and text messages"))
        self.add_button = secondary(_("Add a service"), "add-line", size=30)
        self.add_button.clicked.connect(lambda: self.open_sheet(None))
        head.add(self.add_button)
        self.body.addWidget(head)
        self._list = vbox()
        self.body.addLayout(self._list)
        self.rows: dict[int, QWidget] = {}

    def show_rows(self, rows: tuple[ChannelRow, ...], here: KeptHere) -> None:
        """Show the services; says where this machine lacks an address."""
        clear(self._list)
        self.rows = {}
        if not rows:
            hint = _(
                "No service yet. A rule can tell a group in WeCom, DingTalk or Feishu, or send text messages."
            )
            self._list.addWidget(Label(hint, "small", "text2", wrap=True))
            self._list.addSpacing(8)
        for number, row in enumerate(rows):
            if number:
                self._list.addWidget(Divider())
            self.rows[row.id] = self._row(row, row.id in here.channels)
            self._list.addWidget(self.rows[row.id])

    def _row(self, row: ChannelRow, here: bool) -> QWidget:
        widget = QWidget()
        line = hbox(widget, margins=(0, 8, 0, 8), gap=12)
        icon = "message-2-line" if row.by_phone else "chat-3-line"
        kind = _("Text messages") if row.by_phone else _("Chat group")
        line.addWidget(IconTile(icon, "primary" if row.active else "neutral", 34))
        line.addWidget(TwoLines(row.name, f"{service_words(row.kind)} · {kind}"), 1)
        if not here:
            line.addWidget(Badge(_("Address not on this machine"), "warn", "alert", small=True))
        toggle = Toggle(_("Messages leave by {name}").format(name=row.name))
        toggle.put(row.active)
        toggle.clicked.connect(lambda: self._switch(row, toggle))
        line.addWidget(toggle)
        test = secondary(_("Try"), size=30)
        test.setAccessibleName(_("Try {name}").format(name=row.name))
        test.setEnabled(here)
        test.clicked.connect(lambda: self._try(row, test))
        line.addWidget(test)
        more = icon_button("more-line", _("More for {name}").format(name=row.name))
        more.clicked.connect(lambda: self._menu(row, more))
        line.addWidget(more)
        return widget

    def open_sheet(self, row: ChannelRow | None) -> None:
        """Open the sheet for a new service or this one."""
        ChannelSheet(self.window(), self._context, row, self._saved).open()

    def _saved(self) -> None:
        self._context.toast(self, _("Service saved; try it now"))
        self._changed()

    def _switch(self, row: ChannelRow, toggle: Toggle) -> None:
        def refused(error: Any) -> None:
            toggle.put(row.active)
            say.error(self, error)

        self._background.do(switch_channel, row.id, not row.active).otherwise(refused)

    def _try(self, row: ChannelRow, button: Any) -> None:
        if row.by_phone:
            PhoneSheet(self.window(), row.name, lambda phone: self._send(row, button, phone)).open()
        else:
            self._send(row, button, "")

    def _send(self, row: ChannelRow, button: Any, phone: str) -> None:
        task = self._background.device(send_test_chat, self._background.shop, row.id, phone).busy(button)
        task.then(
            lambda _none: self._context.toast(self, _("Test message sent to {name}").format(name=row.name))
        )

    def _menu(self, row: ChannelRow, button: QWidget) -> None:
        menu = QMenu(self)
        for words, icon, run in (
            (_("Edit"), "edit-line", lambda: self.open_sheet(row)),
            (_("Remove"), "delete-bin-line", lambda: self.remove(row)),
        ):
            action = menu.addAction(icons.icon(icon, "text2", 16), words)
            action.triggered.connect(lambda _checked=False, go=run: go())
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    def remove(self, row: ChannelRow) -> None:
        """Ask, then take the service away with its address."""

        def go() -> None:
            self._background.device(forget_channel, self._background.shop, row.id).then(
                lambda _n: self._changed()
            )

        text = _("Rules that use it say that they can’t reach it. The address leaves this machine’s keyring.")
        confirm(self.window(), _("Remove {name}?").format(name=row.name), text, verb=_("Remove"), yes=go)
