"""The sheets of the payments page: the terms of a way to pay, and what is done about a reason it fails for."""

import re
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.queries.order_words import method_word
from desktop.queries.pay_cases import Plan
from desktop.queries.pay_settings import MethodLine
from desktop.queries.pay_words import reason_word, way_word
from desktop.services.pay_cases import plan_reason
from desktop.services.pay_methods import MethodTerms, edit_method
from desktop.views.common.cards import hbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import Select, TextArea, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import IntegerInput, MoneyInput, PercentInput
from desktop.views.common.toggle import CheckBox

WAYS = ("retry", "other", "refund", "negotiate")


class TermsSheet(Sheet):
    """Limits, discount and fee; an empty field is no limit."""

    def __init__(self, parent: QWidget, context: Context, line: MethodLine, done: Callable[[], Any]) -> None:
        title = _("Terms of {name}").format(name=method_word(line.key))
        super().__init__(
            parent, title, verb=_("Save"), icon="equalizer-line", width=560, text=_("Empty: no limit.")
        )
        self._scope, self._line, self._then = context.of(self), line, done
        terms, money = line.terms, context.currency
        self.discount = PercentInput(terms["discount_bp"] or None, least=0, most=5_000)
        self.cap = MoneyInput(money, terms["discount_cap_minor"] or None, least=0)
        self.least = MoneyInput(money, terms["least_minor"] or None, least=0)
        self.most = MoneyInput(money, terms["most_minor"] or None, least=0)
        self.count = IntegerInput(terms["member_day_count"] or None, least=0, most=10_000)
        self.sum = MoneyInput(money, terms["day_sum_minor"] or None, least=0)
        self.fee = PercentInput(terms["fee_bp"] or None, least=0, most=10_000)
        self.currencies = TextInput(", ".join(line.lists["currencies"]), hint=money, longest=80)
        self.regions = TextInput(", ".join(line.lists["regions"]), longest=200)
        self._fields = [
            Field(_("Discount"), self.discount, _("Shown as its own line; spread over the goods")),
            Field(_("Discount at most"), self.cap),
            Field(_("Smallest amount"), self.least),
            Field(_("Largest amount"), self.most),
            Field(_("Uses per member and day"), self.count, _("Counted from when it is set")),
            Field(_("Sum per day"), self.sum, _("Counted from when it is set")),
            Field(_("Fee of the provider"), self.fee, _("For the figures only; the bill says the true one")),
            Field(_("Currencies"), self.currencies, _("Separate them with commas")),
        ]
        for at in range(0, len(self._fields), 2):
            row = hbox(gap=12)
            for field in self._fields[at : at + 2]:
                row.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
            self.body.addLayout(row)
        if line.kind in ("points", "stored_value"):
            for field in self._fields[:2]:
                field.hide()
        self._channels(line)
        regions = Field(_("Only at tills in"), self.regions, _("Regions of tills, separated with commas"))
        self._fields.append(regions)
        self.add(regions)
        self.submitted.connect(self._go)

    def _channels(self, line: MethodLine) -> None:
        words = {"store": _("Counter"), "kiosk": _("Self-checkout"), "online": _("Online shop")}
        self.channels: dict[str, CheckBox] = {}
        row = hbox(gap=16)
        row.addWidget(Label(_("Taken at"), "small", "text2"))
        chosen = line.lists["channels"] or tuple(words)
        for key, word in words.items():
            box = self.channels[key] = CheckBox(word)
            box.setChecked(key in chosen)
            row.addWidget(box)
        row.addStretch(1)
        self.body.addLayout(row)

    def ready(self) -> bool:
        return check_all(self._fields)

    def terms(self) -> MethodTerms:
        """What the fields say."""
        chosen = tuple(key for key, box in self.channels.items() if box.isChecked())
        return MethodTerms(
            fee_bp=self.fee.basis_points() or 0,
            discount_bp=self.discount.basis_points() or 0,
            discount_cap_minor=self.cap.minor() or 0,
            least_minor=self.least.minor() or 0,
            most_minor=self.most.minor() or 0,
            member_day_count=self.count.number() or 0,
            day_sum_minor=self.sum.minor() or 0,
            channels=() if len(chosen) == len(self.channels) else chosen,
            regions=_parts(self.regions.value()),
            currencies=tuple(part.upper() for part in _parts(self.currencies.value())),
        )

    def _go(self) -> None:
        if not any(box.isChecked() for box in self.channels.values()):
            self.show_error(_("Choose at least one place, or switch the way to pay off."))
            return
        task = self._scope.do(edit_method, self._line.key, self.terms())
        task.busy(self.primary).then(self._saved).otherwise(self.show_error)

    def _saved(self, _none: Any) -> None:
        self.accept()
        self._then()


def _parts(text: str) -> tuple[str, ...]:
    """What stands between commas of either width, each once."""
    return tuple(dict.fromkeys(part.strip() for part in re.split(r"[,，、;；]", text) if part.strip()))


class PlanSheet(Sheet):
    """What is done when a payment fails for a reason, and who sees to it."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        plan: Plan,
        owners: tuple[tuple[int, str], ...],
        done: Callable[[], Any],
    ) -> None:
        super().__init__(parent, reason_word(plan.reason), verb=_("Save"), icon="route-line", width=440)
        self._scope, self._plan, self._then = context.of(self), plan, done
        self.way = Select([(way, way_word(way)) for way in WAYS], plan.way)
        self.owner = Select([(None, _("Nobody in particular")), *owners], plan.owner_id)
        self.note = TextArea(plan.note, hint=_("Such as whom to call"), lines=3)
        self.add(
            Field(_("What to do"), self.way),
            Field(_("Who sees to it"), self.owner),
            Field(_("Note"), self.note),
        )
        self.submitted.connect(self._go)

    def _go(self) -> None:
        task = self._scope.do(
            plan_reason, self._plan.reason, self.way.value(), self.owner.value(), self.note.value()
        )
        task.busy(self.primary).then(self._saved).otherwise(self.show_error)

    def _saved(self, _none: Any) -> None:
        self.accept()
        self._then()
