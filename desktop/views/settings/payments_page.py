"""Payments: which ways to pay are offered where and on what terms, accounts, deadlines, amounts by role, failures."""

from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import N_, _
from desktop.queries.order_words import method_word
from desktop.queries.pay_settings import MethodLine, PaySettings, pay_settings
from desktop.queries.settings import SettingRow
from desktop.views.common.cards import Divider, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.handle import Handle
from desktop.views.common.labels import Label
from desktop.views.settings.form import Control, FormCard
from desktop.views.settings.pay_cards import AccountsCard, AmountsCard, ReasonsCard
from desktop.views.settings.pay_list import MethodList
from desktop.views.settings.pay_sheets import TermsSheet
from desktop.views.settings.registry_page import Group, RegistryPage

PROVIDERS = ("wechat", "alipay", "unionpay")
GROUPS = (
    Group(
        N_("While a payment runs"),
        "",
        ("pay.code_minutes", "pay.part_minutes", "pay.cancel_every", "pay.look_back", "pay.cash_after"),
    ),
    Group(
        N_("How often providers are asked"),
        N_("What they tell by themselves is only a hint"),
        tuple(f"pay.{name}.{part}" for name in PROVIDERS for part in ("first", "every", "patience")),
    ),
    Group(
        N_("When a way to pay is down"),
        N_("It comes back by itself"),
        ("pay.down_after", "pay.pause_minutes"),
    ),
    Group(N_("Manager’s PIN"), "", ("pay.approval_minutes",)),
)
TABLES = {
    "payment_method", "method_offer", "role_amount", "role_permission", "till", "payment_account", "reason_plan",
    "payment_attempt",
}  # fmt: skip


class OrderControl(QWidget):
    """A list of ways to pay that is put in order by dragging or keys; its value is their keys with commas between."""

    def __init__(self, changed: Any) -> None:
        super().__init__()
        self._changed, self.keys = changed, ""
        self._column = vbox(self)

    def value(self) -> str:
        """The keys in order."""
        return self.keys

    def put(self, keys: str) -> None:
        """Show this order."""
        self.keys = keys
        clear(self._column)
        for number, key in enumerate(keys.split(",")):
            if number:
                self._column.addWidget(Divider())
            holder = QWidget()
            row = hbox(holder, margins=(0, 4, 0, 4), gap=10)
            handle = Handle()
            handle.setAccessibleName(_("Move {name}").format(name=method_word(key)))
            handle.moved.connect(lambda by, key=key: self.move_key(key, by))
            row.addWidget(handle)
            row.addWidget(Label(f"{number + 1}", "small", "text3"))
            row.addWidget(Label(method_word(key), "small_m"), 1)
            self._column.addWidget(holder)

    def move_key(self, key: str, by: int) -> None:
        """Move one up or down."""
        keys = self.keys.split(",")
        old = keys.index(key)
        keys.insert(max(0, min(len(keys) - 1, old + by)), keys.pop(old))
        self.put(",".join(keys))
        self._changed()
        for handle in self.findChildren(Handle):
            if handle.accessibleName() == _("Move {name}").format(
                name=method_word(key)
            ) and handle.isVisibleTo(self):
                handle.setFocus()


class PaymentsPage(RegistryPage):
    """Lists and sheets are kept at once; deadlines and the order of refunds by the bar."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            context, _("Payments"), GROUPS, _("What is under way goes on by what held when it began")
        )
        self.methods = MethodList(context, self._edit, self._ask)
        self.accounts = AccountsCard(context)
        self.amounts = AmountsCard(context, self._ask)
        self.reasons = ReasonsCard(context)
        context.stale_when(self, TABLES, lambda _touched: self._ask())

    def extras(self, found: dict[str, SettingRow]) -> list[QWidget]:
        """The lists; those an owner needs most are put above the settings by `_build`."""
        refunds = FormCard(_("Refunds"), _("Points always go back as points"))
        self._add(refunds, found["refunds.route"])
        self._add(refunds, found["refunds.choose"])
        row = found["refunds.order"]
        refunds.add_widget(Divider())
        title = Label(_(row.label), "small_b")
        title.setContentsMargins(0, 10, 0, 2)
        refunds.add_widget(title)
        refunds.add_widget(Label(_(row.help), "cap", "text2", wrap=True))
        self.order = OrderControl(self._touched)
        refunds.add_widget(self.order)
        self.controls[row.key] = Control(self.order, self.order.value, self.order.put, None)
        self.order.put(str(row.value))
        self._kept[row.key] = row.value
        self._ask()
        return [refunds, self.reasons]

    def _build(self, rows: tuple[SettingRow, ...]) -> None:
        fresh = not self.controls
        super()._build(rows)
        if fresh and self.controls:
            for place, card in enumerate((self.methods, self.accounts, self.amounts)):
                self.column.insertWidget(place, card)

    def _ask(self) -> None:
        self._background.ask_latest("pay", pay_settings).then(self._show_lists)
        self.accounts.load()
        self.reasons.load()

    def _show_lists(self, found: PaySettings) -> None:
        with self.same_place():
            self.methods.show_settings(found)
            self.amounts.show_roles(found.roles)

    def _edit(self, line: MethodLine) -> None:
        TermsSheet(self.window(), self._context, line, self._ask).open()
