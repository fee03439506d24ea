"""Pages made straight from the registry of settings: the shop, points, orders, stock, kiosk."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, _
from desktop.basics.money import SYMBOLS
from desktop.queries.settings import SettingRow, settings_list
from desktop.services.settings import set_settings
from desktop.views.common.cards import clear
from desktop.views.common.context import Context
from desktop.views.common.field import ErrorLine
from desktop.views.common.inputs import mark_bad
from desktop.views.common.labels import Label
from desktop.views.common.theme import theme
from desktop.views.settings.controls import control_for
from desktop.views.settings.form import Control, FormCard, Page


@dataclass(frozen=True)
class Group:
    """A card: its title and the settings in it."""

    title: str
    hint: str
    keys: tuple[str, ...]


SHOP = (
    Group(N_("The shop"), "", ("shop.name", "shop.branch", "shop.currency", "shop.zone")),
    Group(N_("Look"), "", ("look.gain_red",)),
    Group(
        N_("Delivery notes and invoices"),
        N_("An invoice of this program is not a tax invoice"),
        ("shop.phone", "shop.tax_number", "shop.invoice_note"),
    ),
)
POINTS = (
    Group(
        N_("Earning"),
        N_("By what was paid in money"),
        ("points.earn_bp", "points.welcome", "points.valid_days", "points.warn_days"),
    ),
    Group(
        N_("Paying with points"),
        N_("Points pay in this shop only; they never become cash"),
        ("points.per_unit", "points.cap_bp", "points.proof"),
    ),
)
ORDERS = (
    Group(
        N_("Orders"),
        "",
        (
            "orders.ship_hours",
            "orders.pay_minutes",
            "orders.trade_pay_hours",
            "orders.receive_days",
        ),
    ),
    Group(
        N_("After-sales"),
        "",
        ("aftersales.approval", "aftersales.approve_above", "aftersales.reasons"),
    ),
    Group(N_("Reviews"), N_("Customers see what was allowed under Products"), ("goods.reviews_from",)),
    Group(N_("Stock"), "", ("stock.alert_milli", "stock.restock_days", "stock.replenish_at")),
    Group(
        N_("Expiry and slow goods"),
        N_("What is listed under Batches and under Slow and surplus goods"),
        (
            "stock.expired_goods",
            "stock.expiry_days",
            "stock.slow_days",
            "stock.slow_cover",
            "stock.surplus_days",
        ),
    ),
    Group(
        N_("Purchasing"),
        N_("What the rule “Draft the restock list every morning” makes of its list"),
        ("purchasing.by_itself", "purchasing.send_under_minor"),
    ),
    Group(N_("Books"), "", ("system.verify_at", "payments.bill_at", "payments.live_days")),
    Group(N_("Kiosk"), "", ("kiosk.idle_seconds", "kiosk.code_seconds", "kiosk.parked_hours")),
)
CASH = (
    Group(
        N_("Cash sessions"),
        N_("Opened, counted and closed under Payments, Cash sessions"),
        ("cash.needs_session",),
    ),
    Group(
        N_("Rounding of cash"),
        N_("A line of its own on the receipt; other ways to pay are never rounded"),
        ("cash.round_to_minor", "cash.round_how"),
    ),
)
FIXED = ("shop.currency",)


class RegistryPage(Page):
    """Shows groups of settings and saves what changed, all or none."""

    def __init__(self, context: Context, title: str, groups: Sequence[Group], hint: str = "") -> None:
        super().__init__(title, hint)
        self._background, self._groups = context.of(self), groups
        self._context = context
        self.controls: dict[str, Control] = {}
        self._kept: dict[str, Any] = {}
        self._error = ErrorLine()
        context.stale_when(self, {"setting"}, lambda _touched: self.load(), editing=self.dirty)

    def load(self) -> None:
        if not self.dirty():
            self._background.ask_latest("list", settings_list).then(self._build)

    def _build(self, rows: tuple[SettingRow, ...]) -> None:
        found = {row.key: row for row in rows}
        if self.dirty():  # typed while it was on its way: what was typed stays
            return
        if self.controls:  # only the values, so that nobody loses the keyboard
            self._show({key: found[key].value for key in self.controls})
            return
        clear(self.column)
        for widget in self.tops():
            self.column.addWidget(widget)
        for group in self._groups:
            card = FormCard(_(group.title), _(group.hint) if group.hint else "")
            for key in group.keys:
                self._add(card, found[key])
            self.column.addWidget(card)
        for widget in self.extras(found):
            self.column.addWidget(widget)
        self._error = ErrorLine()
        self.column.addWidget(self._error)
        self.column.addStretch(1)
        self.bar.setVisible(False)

    def tops(self) -> list[QWidget]:
        """What a page has above its groups."""
        return []

    def extras(self, found: dict[str, SettingRow]) -> list[QWidget]:
        """What a page has under its groups; its own controls are handed to `take`."""
        return []

    def take(self, row: SettingRow, control: Control) -> None:
        """Save and take back this control with the others."""
        self.controls[row.key] = control
        control.show(row.value)
        self._kept[row.key] = row.value
        control.changed.connect(lambda *_args: self._touched())

    def _add(self, card: FormCard, row: SettingRow) -> None:
        help_text = _(row.help) if row.help else ""
        if row.key in FIXED:
            code = str(row.value)
            shown = Label(f"{SYMBOLS.get(code, '')} {code}".strip(), "small_m", align="right")
            card.add_row(
                _(row.label), shown, _("Decided when the shop was set up; amounts already written keep it.")
            )
            return
        control = self.controls[row.key] = control_for(row, self._context.currency)
        control.show(row.value)
        self._kept[row.key] = row.value
        control.changed.connect(lambda *_args: self._touched())
        card.add_row(_(row.label), control.widget, help_text)

    def changes(self) -> dict[str, Any]:
        """What differs from what is kept. Raises `ShopError` at the first control that can't be read."""
        found = {}
        for key, control in self.controls.items():
            try:
                value = control.read()
            except ShopError:
                control.widget.setFocus()
                mark_bad(control.widget, True)
                raise
            mark_bad(control.widget, False)
            if value != self._kept[key]:
                found[key] = value
        return found

    def _touched(self) -> None:
        self._error.say("")
        differs = False
        for key, control in self.controls.items():
            try:
                differs = differs or control.read() != self._kept[key]
            except ShopError:
                differs = True
        self.bar.setVisible(differs)

    def save(self) -> None:
        try:
            values = self.changes()
        except ShopError as error:
            self._error.say(str(error))
            return
        task = self._background.do(set_settings, values).busy(self.bar.button)
        task.then(lambda _none: self._saved(values)).otherwise(lambda error: self._error.say(str(error)))

    def _saved(self, values: dict[str, Any]) -> None:
        before = {key: self._kept[key] for key in values}
        self._kept.update(values)
        self._touched()
        self.load()  # what others changed meanwhile
        if "look.gain_red" in values:
            theme.use(gains_red=values["look.gain_red"])
        self._context.toast(self, _("Settings saved"), undo=lambda: self._undo(before))

    def _undo(self, before: dict[str, Any]) -> None:
        self._background.do(set_settings, before).then(lambda _none: self._show(before))

    def _show(self, values: dict[str, Any]) -> None:
        for key, value in values.items():
            self._kept[key] = value
            self.controls[key].show(value)
        if "look.gain_red" in values:
            theme.use(gains_red=values["look.gain_red"])
        self._touched()

    def take_back(self) -> None:
        self._show(dict(self._kept))
        self.load()
