"""The sheets of currencies: which are taken and how, a rate typed in, and where rates come from."""

from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.queries.exchange import CurrencyRow, RateSource
from desktop.services.exchange import (
    FIXED,
    FLOATING,
    KNOWN,
    SourceForm,
    has_key,
    save_currency,
    save_source,
    try_source,
    type_rate,
)
from desktop.views.common.buttons import secondary
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import SecretInput, Select, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import IntegerInput, PercentInput
from desktop.views.common.segment import Segment
from desktop.views.common.toggle import CheckBox

EXAMPLE = "https://api.example.com/latest?base={base}&app={key}"


class CurrencySheet(Sheet):
    """A further currency, or another way to take one."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        row: CurrencyRow | None,
        taken: frozenset[str],
        done: Callable[[], Any],
    ) -> None:
        title = _("How {currency} is taken").format(currency=row.code) if row else _("Add a currency")
        super().__init__(parent, title, verb=_("Save") if row else _("Add"), icon="exchange-line", width=440)
        self._context, self._row, self._then = context, row, done
        free = [code for code in KNOWN if code not in taken and code != context.currency]
        self.code = Select([(code, code) for code in free], free[0]) if row is None else None
        self.mode = Segment([(FIXED, _("Fixed")), (FLOATING, _("Floating"))], row.mode if row else FIXED)
        self.spread = PercentInput(row.spread_bp if row else 0, least=0, most=5_000, required=True)
        self.rate = TextInput(hint="7.1025", longest=24)
        self.on = CheckBox(_("Taken at the tills"))
        self.on.setChecked(row.enabled if row else True)
        if self.code is not None:
            self.add(Field(_("Currency"), self.code))
        hint = _("Fixed: the shop’s own rate. Floating: the source’s, fetched every day.")
        self._spread = Field(_("Spread"), self.spread, _("The shop gives so much less than the rate."))
        self.add(Field(_("Rate"), self.mode, hint), self._spread)
        if row is None:
            worth = _("What one unit is worth in {currency}; can follow later.").format(
                currency=context.currency
            )
            self.add(Field(_("Fixed rate"), self.rate, worth))
        else:
            self.add(self.on)
        self.submitted.connect(self._go)

    def ready(self) -> bool:
        return check_all([self._spread])

    def _go(self) -> None:
        code = self._row.code if self._row else str(self.code.value() if self.code else "")
        task = self._context.of(self).do(
            save_currency, code, enabled=self.on.isChecked(), mode=self.mode.value(),
            spread_bp=self.spread.basis_points() or 0,
        )  # fmt: skip
        task.busy(self.primary).then(lambda _id: self._saved(code)).otherwise(self.show_error)

    def _saved(self, code: str) -> None:
        if self._row is None and self.rate.value():
            task = self._context.of(self).do(type_rate, code, self.rate.value())
            task.busy(self.primary).then(lambda _rate: self._end()).otherwise(self.show_error)
        else:
            self._end()

    def _end(self) -> None:
        self.accept()
        self._then()


class RateSheet(Sheet):
    """A rate typed in: the shop's own, or the market's in place of the source."""

    def __init__(self, parent: QWidget, context: Context, row: CurrencyRow, done: Callable[[], Any]) -> None:
        title = _("Rate of {currency}").format(currency=row.code)
        super().__init__(parent, title, verb=_("Keep"), icon="exchange-line", width=420)
        self._context, self._row, self._then = context, row, done
        modes = [(FIXED, _("Fixed rate")), (FLOATING, _("Rate of the day"))]
        self.mode = Segment(modes, row.mode)
        self.rate = TextInput("", hint="7.1025", longest=24, required=True)
        worth = _("1 {foreign} in {base}").format(foreign=row.code, base=context.currency)
        self._field = Field(worth, self.rate, _("Sales already made keep the rate they were paid at."))
        self.add(self.mode, self._field)
        self.mode.picked.connect(self._show)
        self.submitted.connect(self._go)
        self._show(row.mode)
        self.rate.setFocus()

    def _show(self, mode: str) -> None:
        self.rate.setText(self._row.fixed if mode == FIXED else self._row.floating)

    def ready(self) -> bool:
        return check_all([self._field])

    def _go(self) -> None:
        task = self._context.of(self).do(type_rate, self._row.code, self.rate.value(), self.mode.value())
        task.busy(self.primary).then(self._saved).otherwise(self.show_error)

    def _saved(self, _rate: str) -> None:
        self.accept()
        self._then()


class SourceSheet(Sheet):
    """The address rates are fetched from, where they stand in the answer, and a trial."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        source: RateSource,
        codes: tuple[str, ...],
        done: Callable[[], Any],
    ) -> None:
        text = _("Any service that answers in JSON. {currency}, {base} and {key} are filled in.").format(
            currency="{currency}", base="{base}", key="{key}"
        )
        super().__init__(parent, _("Rate source"), text=text, verb=_("Save"), icon="global-line", width=520)
        self._context, self._then = context, done
        self.url = TextInput(source.url, hint=EXAMPLE, longest=500)
        self.path = TextInput(source.path, hint="rates.{currency}", longest=200)
        self.key = SecretInput(required=False)
        self.units = IntegerInput(source.units, least=1, most=10_000, required=True)
        self.inverse = CheckBox(_("It says how much foreign money one of ours buys"))
        self.inverse.setChecked(source.inverse)
        self.code = Select([(code, code) for code in codes or ("USD",)], (codes or ("USD",))[0])
        self.trial = secondary(_("Try it"), "play-line", size=30)
        self.trial.clicked.connect(self._try)
        self.said = Label("", "small_b", wrap=True)
        self._units = Field(_("Said for so many units"), self.units)
        kept = _("Kept in this machine’s keyring; put {key} into the address.").format(key="{key}")
        self.add(
            Field(_("Address"), self.url, _("Empty: rates are typed in.")),
            Field(_("Where the rate stands"), self.path, _("Such as rates.USD or data.0.mid.")),
            Field(_("Key"), self.key, kept),
            self._units,
            self.inverse,
            Field(_("Try it with"), self.code),
            self.said,
        )
        self.add_left(self.trial)
        self.submitted.connect(self._go)
        shop = self._context.background.shop
        self._context.of(self).device(has_key, shop).then(self._known)

    def _known(self, kept: bool) -> None:
        self.key.setPlaceholderText(_("saved, not shown") if kept else "")

    def form(self) -> SourceForm:
        """What is typed; an empty key leaves the kept one."""
        return SourceForm(
            self.url.value(), self.path.value(), self.inverse.isChecked(), self.units.number() or 1,
            self.key.value() or None,
        )  # fmt: skip

    def ready(self) -> bool:
        return check_all([self._units])

    def _try(self) -> None:
        if not self.ready():
            return
        code = str(self.code.value())
        task = self._context.of(self).device(try_source, self._context.background.shop, code, self.form())
        task.busy(self.trial).then(lambda rate: self._tried(code, rate)).otherwise(self._refused)

    def _tried(self, code: str, rate: str) -> None:
        self.said.look(color="success_fg")
        self.said.setText(f"1 {code} = {rate} {self._context.currency}")

    def _refused(self, error: Any) -> None:
        self.said.look(color="danger_fg")
        self.said.setText(str(error))

    def _go(self) -> None:
        task = self._context.of(self).device(save_source, self._context.background.shop, self.form())
        task.busy(self.primary).then(self._saved).otherwise(self.show_error)

    def _saved(self, _none: Any) -> None:
        self.accept()
        self._then()
