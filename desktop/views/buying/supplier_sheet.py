"""A supplier as it is typed."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.queries.suppliers import SupplierCard
from desktop.rules.parameters import WEEKDAYS
from desktop.services.suppliers import LONGEST, SupplierForm, save_supplier
from desktop.views.common.cards import hbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import Select, TextInput
from desktop.views.common.number_inputs import IntegerInput, MoneyInput, TimeInput
from desktop.views.common.toggle import CheckBox


class SupplierSheet(Sheet):
    """A new supplier, or one that changes."""

    def __init__(self, parent: QWidget, context: Context, card: SupplierCard | None = None) -> None:
        title = _("Supplier {name}").format(name=card.name) if card else _("New supplier")
        super().__init__(parent, title, verb=_("Save"), icon="truck-line", width=620)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._card = context, card
        self.texts: dict[str, TextInput] = {}
        self.lead = IntegerInput(
            card.lead_days if card else 1, least=0, most=365, unit=_("days"), required=True
        )
        self.least = MoneyInput(context.currency, card.least_minor if card and card.least_minor else None)
        self.cut_off = TimeInput(card.cut_off if card else None, most=24 * 60 - 1)
        language = card.language if card else ""
        self.language = Select([("", _("as the shop")), ("zh_CN", "中文"), ("en", "English")], language)
        self.days = [CheckBox(_(day)) for day in WEEKDAYS]
        for place, box in enumerate(self.days):
            box.setChecked(card is not None and place in card.order_days)
        self._fields: list[Field] = []
        self._two(self._text("name", _("Called"), required=True), self._text("code", _("Code")))
        self._two(self._text("contact", _("Contact")), self._text("phone", _("Telephone")))
        self._two(self._text("email", _("E-mail"), 120), self._field(_("Language of letters"), self.language))
        self.add(self._text("address", _("Address")))
        self._two(self._text("terms", _("Payment terms")), self._field(_("Least order value"), self.least))
        self._two(self._field(_("A delivery takes"), self.lead), self._field(_("Orders until"), self.cut_off))
        self.add(self._weekdays(), self._text("note", _("Note")))
        self.submitted.connect(self._save)

    def _text(self, key: str, label: str, longest: int = 0, *, required: bool = False) -> Field:
        value = getattr(self._card, key) if self._card is not None else ""
        self.texts[key] = TextInput(value, longest=longest or LONGEST[key], required=required)
        return self._field(label, self.texts[key])

    def _field(self, label: str, control: QWidget) -> Field:
        field = Field(label, control)
        self._fields.append(field)
        return field

    def _two(self, left: Field, right: Field) -> None:
        both = QWidget()
        row = hbox(both, gap=12)
        row.addWidget(left, 1, Qt.AlignmentFlag.AlignTop)  # a complaint under one moves not the other
        row.addWidget(right, 1, Qt.AlignmentFlag.AlignTop)
        self.add(both)

    def _weekdays(self) -> Field:
        holder = QWidget()
        row = hbox(holder, gap=10)
        for box in self.days:
            row.addWidget(box)
        row.addStretch(1)
        return Field(_("Days orders are taken; none ticked is every day"), holder)

    def ready(self) -> bool:
        return check_all(self._fields)

    def form(self) -> SupplierForm:
        """What is typed. Raises `ShopError`."""
        words = {key: control.value() for key, control in self.texts.items()}
        return SupplierForm(
            **words, lead_days=self.lead.number() or 0, least_minor=self.least.minor() or 0,
            cut_off=self.cut_off.number(), language=self.language.value(),
            order_days=tuple(place for place, box in enumerate(self.days) if box.isChecked()),
        )  # fmt: skip

    def _save(self) -> None:
        try:
            form = self.form()
        except ShopError as error:
            self.show_error(error)
            return
        task = self._context.of(self).do(save_supplier, self._card.id if self._card else None, form)
        task.busy(self.primary).then(self._saved).otherwise(self.show_error)

    def _saved(self, supplier_id: int) -> None:
        self.accept()
        owner = self.parentWidget() or self
        self._context.toast(owner, _("Supplier saved"))
        if self._card is None:
            self._context.navigate("buying", supplier_id, view="suppliers")
