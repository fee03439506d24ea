"""Carriers: who carries parcels, and the services that know where these are."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import N_, _, ngettext
from desktop.basics.words import when_text
from desktop.queries.carriers import CarrierRow, ServiceRow, Services, carriers_list, tracking_services
from desktop.queries.order_words import said
from desktop.queries.settings import SettingRow
from desktop.services.carriers import forget_service, save_carrier
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import icon_button, secondary
from desktop.views.common.cards import Card, CardHead, Divider, IconTile, TwoLines, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import confirm
from desktop.views.common.labels import Label
from desktop.views.common.toggle import Toggle
from desktop.views.settings.carrier_sheets import CarrierSheet, ServiceSheet, TrySheet
from desktop.views.settings.registry_page import Group, RegistryPage

GROUPS = (Group(N_("How often"), N_("Only parcels under way are asked about"), ("carriers.poll_minutes",)),)


class _ListCard(Card):
    """A card with a head, an add button and rows."""

    def __init__(self, title: str, hint: str, add: str, run: Callable[[], Any]) -> None:
        super().__init__(margins=(18, 14, 18, 8), gap=4)
        head = CardHead(title, hint)
        self.add_button = secondary(add, "add-line", size=30)
        self.add_button.clicked.connect(run)
        head.add(self.add_button)
        self.body.addWidget(head)
        self.column = vbox()
        self.body.addLayout(self.column)

    def show_rows(self, rows: list[QWidget], empty: str) -> None:
        """Show these rows, or the sentence for none."""
        clear(self.column)
        for number, row in enumerate(rows):
            if number:
                self.column.addWidget(Divider())
            self.column.addWidget(row)
        if not rows:
            self.column.addWidget(Label(empty, "small", "text2", wrap=True))
            self.column.addSpacing(8)


class CarriersPage(RegistryPage):
    """Services and carriers are saved in their own sheets, how often they are asked by the bar."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, _("Carriers"), GROUPS, _("Where parcels are"))
        self.services = Services((), "")
        self.carriers: tuple[CarrierRow, ...] = ()
        tables = {"carrier", "tracking_service"}
        context.stale_when(self, tables, lambda _touched: self._ask())
        self.service_card = _ListCard(
            _("Tracking services"), "", _("Add a service"), lambda: self.open_service(None)
        )
        self.carrier_card = _ListCard(
            _("Carriers"),
            _("As they can be chosen when shipping"),
            _("Add a carrier"),
            lambda: self.open_carrier(None),
        )

    def extras(self, found: dict[str, SettingRow]) -> list[QWidget]:
        """The two lists."""
        self._ask()
        return [self.service_card, self.carrier_card]

    def _ask(self) -> None:
        self._background.ask_latest("services", tracking_services).then(self._show_services)
        self._background.ask_latest("carriers", carriers_list, True).then(self._show_carriers)

    def _show_services(self, services: Services) -> None:
        self.services = services
        empty = _(
            "No service yet. With Kuaidi100, or any service that answers in JSON, orders show where they are."
        )
        with self.same_place():
            self.service_card.show_rows([self._service(row) for row in services.rows], empty)

    def _show_carriers(self, rows: tuple[CarrierRow, ...]) -> None:
        self.carriers = rows
        with self.same_place():
            self.carrier_card.show_rows([self._carrier(row) for row in rows], _("No carrier yet."))

    def _service(self, row: ServiceRow) -> QWidget:
        widget = QWidget()
        line = hbox(widget, margins=(0, 8, 0, 8), gap=12)
        line.addWidget(IconTile("radar-line", "danger" if row.trouble else "primary", 34))
        caption = ngettext("{count} parcel under way", "{count} parcels under way", row.parcels).format(
            count=f"{row.parcels:,}"
        )
        if row.trouble and row.troubled_at is not None:
            when = when_text(row.troubled_at, self._context.now(), self._context.zone)
            caption = f"{when} · {_(row.trouble)}"
        words = TwoLines(row.name, caption)
        words.setToolTip(caption)
        line.addWidget(words, 1)
        if row.trouble:
            line.addWidget(Badge(_("Trouble"), "danger", "alert", small=True))
        attempt = secondary(_("Try it"), size=30)
        attempt.setAccessibleName(_("Ask {name} about a parcel").format(name=row.name))
        attempt.clicked.connect(lambda: TrySheet(self.window(), self._context, row, self.carriers).open())
        edit = icon_button("edit-line", _("Edit {name}").format(name=row.name))
        edit.clicked.connect(lambda: self.open_service(row))
        drop = icon_button("delete-bin-line", _("Remove {name}").format(name=row.name))
        drop.clicked.connect(lambda: self.remove(row))
        for part in (attempt, edit, drop):
            line.addWidget(part)
        return widget

    def _carrier(self, row: CarrierRow) -> QWidget:
        widget = QWidget()
        line = hbox(widget, margins=(0, 8, 0, 8), gap=12)
        name = said(row.name)
        caption = " · ".join(part for part in (row.service or _("Not asked"), row.code) if part)
        line.addWidget(TwoLines(name, caption), 1)
        toggle = Toggle(_("{name} can be chosen").format(name=name))
        toggle.put(row.active)
        toggle.clicked.connect(
            lambda: self._background.do(save_carrier, row.id, name, row.code, row.service_id, not row.active)
        )
        line.addWidget(toggle)
        edit = icon_button("edit-line", _("Edit {name}").format(name=name))
        edit.clicked.connect(lambda: self.open_carrier(row))
        line.addWidget(edit)
        return widget

    def open_service(self, row: ServiceRow | None) -> None:
        """Open the sheet for a new service or this one."""
        ServiceSheet(self.window(), self._context, row, self._saved_service).open()

    def open_carrier(self, row: CarrierRow | None) -> None:
        """Open the sheet for a new carrier or this one."""
        CarrierSheet(self.window(), self._context, row, self.services.rows, self._ask).open()

    def _saved_service(self, _service_id: int) -> None:
        self._context.toast(self, _("Service saved; try it now"))
        self._ask()

    def remove(self, row: ServiceRow) -> None:
        """Ask, then take the service away with its key."""

        def go() -> None:
            self._background.device(forget_service, self._background.shop, row.id).then(
                lambda _n: self._ask()
            )

        text = _(
            "Its parcels are no longer asked about; what is known of them stays. The key leaves this machine’s keyring."
        )
        confirm(self.window(), _("Remove {name}?").format(name=row.name), text, verb=_("Remove"), yes=go)
