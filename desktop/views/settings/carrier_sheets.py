"""The sheets of the carriers page: a service, a carrier, and trying a service with a real number."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.basics.words import when_text
from desktop.queries.carriers import CarrierRow, ServiceRow
from desktop.queries.order_parcels import parcel_word
from desktop.queries.order_words import said
from desktop.services.carriers import (
    EXAMPLE_URL,
    JSON,
    KUAIDI100,
    KUAIDI100_URL,
    ServiceForm,
    save_carrier,
    save_service,
    try_service,
)
from desktop.views.common.cards import hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import SecretInput, Select, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.segment import Segment

PATH_EXAMPLES = (
    ("events", "data.events"), ("time", "time"), ("text", "description"), ("place", "location"), ("state", "data.status"),
    ("delivered", "delivered, signed"), ("eta", "data.eta"),
)  # fmt: skip


def path_word(name: str) -> str:
    """What a path of the answer leads to."""
    return {
        "events": _("List of places"), "time": _("Time"), "text": _("What happened"), "place": _("Where it was"),
        "state": _("State of the parcel"), "delivered": _("Words for delivered"), "eta": _("Expected on"),
    }[name]  # fmt: skip


class ServiceSheet(Sheet):
    """A service to add, or one to change; its key is typed and never shown again."""

    def __init__(
        self, parent: QWidget, context: Context, row: ServiceRow | None, done: Callable[[int], Any]
    ) -> None:
        title = _("Change {name}").format(name=row.name) if row else _("Add a tracking service")
        super().__init__(parent, title, verb=_("Save") if row else _("Add"), icon="radar-line", width=560)
        self._background, self._row, self._then = context.of(self), row, done
        self.kind = Segment(
            [(KUAIDI100, _("Kuaidi100")), (JSON, _("Any JSON service"))], row.kind if row else KUAIDI100
        )
        self.kind.picked.connect(self._kind)
        self.name_box = TextInput(row.name if row else _("Kuaidi100"), longest=40, required=True)
        self.url_box = TextInput(row.url if row else KUAIDI100_URL, longest=500, required=True)
        self.customer_box = TextInput(row.customer if row else "", longest=80)
        self.header_box = TextInput(row.header if row else "", hint="Authorization", longest=80)
        self.key_box = SecretInput()
        self.key_box.setPlaceholderText(_("saved, not shown") if row else "")
        self.name = Field(_("Name of the service"), self.name_box)
        self.url = Field(_("Address"), self.url_box)
        self.customer = Field(_("Customer number"), self.customer_box)
        self.header = Field(
            _("Header that takes the key"), self.header_box, _("Empty: the service asks for no key")
        )
        self.key = Field(_("Key"), self.key_box, _("Kept in this machine’s keyring, nowhere else"))
        self.add(self.kind)
        for left, right in ((self.name, self.key), (self.url, None), (self.customer, self.header)):
            line = hbox(gap=12)
            for field in (left, right):
                if field is not None:
                    line.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
            self.body.addLayout(line)
        self._paths(row)
        self.submitted.connect(self._go)
        self._kind(self.kind.value())

    def _paths(self, row: ServiceRow | None) -> None:
        self.paths: dict[str, TextInput] = {}
        self.path_holder = QWidget()
        column, line = vbox(self.path_holder, gap=8), hbox(gap=12)
        for number, (name, example) in enumerate(PATH_EXAMPLES):
            box = TextInput(row.paths.get(name, "") if row else "", hint=example, longest=120)
            self.paths[name] = box
            if number % 2 == 0:
                line = hbox(gap=12)
                column.addLayout(line)
            line.addWidget(Field(path_word(name), box), 1, Qt.AlignmentFlag.AlignTop)
        self.path_words = Label(
            _("Where things stand in the answer: names with dots between them. {field} in the address is the number.").format(
                field="{number}"
            ),
            "cap", "text2", wrap=True,
        )  # fmt: skip
        self.add(self.path_words, self.path_holder)

    def _kind(self, kind: str) -> None:
        signed = kind == KUAIDI100
        for widget in (self.path_holder, self.path_words, self.header):
            widget.setVisible(not signed)
        self.customer.setVisible(signed)
        if not signed and self.url_box.value() == KUAIDI100_URL:
            self.url_box.setText("")
            self.url_box.setPlaceholderText(EXAMPLE_URL)
        elif signed and not self.url_box.value():
            self.url_box.setText(KUAIDI100_URL)
        if self.isVisible():
            self._fit()

    def ready(self) -> bool:
        return check_all([self.name, self.url])

    def _go(self) -> None:
        key = self.key_box.text() or (None if self._row else "")
        paths = {name: box.value() for name, box in self.paths.items()}
        form = ServiceForm(
            self.name_box.value(), self.kind.value(), self.url_box.value(), self.customer_box.value(),
            self.header_box.value(), paths, key,
        )  # fmt: skip
        number = self._row.id if self._row else None
        task = self._background.device(save_service, self._background.shop, number, form).busy(self.primary)
        task.then(self._saved).otherwise(self._refused)

    def _refused(self, error: ShopError) -> None:
        if error.next_step == "change_name":
            self.name.error(str(error))
            self.name_box.setFocus()
        self.show_error(error)

    def _saved(self, service_id: int) -> None:
        self.accept()
        self._then(service_id)


class CarrierSheet(Sheet):
    """A carrier: its name, what the service calls it, and which service that is."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        row: CarrierRow | None,
        services: Sequence[ServiceRow],
        done: Callable[[], Any],
    ) -> None:
        name = said(row.name) if row else ""
        title = _("Change {name}").format(name=name) if row else _("Add a carrier")
        super().__init__(parent, title, verb=_("Save") if row else _("Add"), icon="truck-line", width=440)
        self._background, self._row, self._then = context.of(self), row, done
        self.name_box = TextInput(name, longest=40, required=True)
        self.name = Field(_("Called"), self.name_box)
        options = [("", _("Nobody is asked")), *((str(s.id), s.name) for s in services)]
        self.service = Select(options, str(row.service_id) if row and row.service_id else "")
        self.code_box = TextInput(row.code if row else "", hint="shunfeng", longest=40)
        self.add(
            self.name,
            Field(_("Asked about its parcels"), self.service),
            Field(_("Code at the service"), self.code_box, _("What the service calls this carrier")),
        )
        self.submitted.connect(self._go)
        self.name_box.setFocus()

    def ready(self) -> bool:
        return check_all([self.name])

    def _go(self) -> None:
        chosen = int(self.service.value()) if self.service.value() else None
        number, active = (self._row.id, self._row.active) if self._row else (None, True)
        task = self._background.do(
            save_carrier, number, self.name_box.value(), self.code_box.value(), chosen, active
        )
        task.busy(self.primary).then(self._saved).otherwise(self._refused)

    def _refused(self, error: ShopError) -> None:
        self.name.error(str(error))
        self.name_box.setFocus()
        self.primary.busy(False)

    def _saved(self, _carrier: int) -> None:
        self.accept()
        self._then()


class TrySheet(Sheet):
    """Ask a service about a real number; nothing is kept."""

    def __init__(
        self, parent: QWidget, context: Context, row: ServiceRow, carriers: Sequence[CarrierRow]
    ) -> None:
        title = _("Ask {name} about a parcel").format(name=row.name)
        super().__init__(parent, title, verb=_("Ask now"), icon="radar-line", width=460)
        self._context, self._background, self._row = context, context.of(self), row
        known = [c for c in carriers if c.code]
        self.carrier = Select([(c.code, said(c.name)) for c in known], known[0].code if known else "")
        self.number_box = TextInput(longest=64, required=True)
        self.number = Field(_("Tracking number"), self.number_box)
        self.answer = Label("", "small", "text2", wrap=True)
        self.add(Field(_("Carrier"), self.carrier), self.number, self.answer)
        self.cancel.relabel(_("Close"))
        self.submitted.connect(self._go)
        self.number_box.setFocus()

    def ready(self) -> bool:
        return check_all([self.number])

    def _go(self) -> None:
        self.answer.setText("")
        shop = self._background.shop
        task = self._background.device(
            try_service, shop, self._row.id, self.carrier.value(), self.number_box.value()
        )
        task.busy(self.primary).then(self._show).otherwise(self.show_error)

    def _show(self, trail: Any) -> None:
        lines = [_("{state}; {count} places").format(state=parcel_word(trail.state), count=len(trail.seen))]
        now, zone = self._context.now(), self._context.zone
        lines += [f"{when_text(seen.at, now, zone)}  {seen.text}" for seen in trail.seen[:3]]
        self.answer.setText("\n".join(lines))
        self._fit()
