"""The control that fits a setting of the registry, by its type and unit."""

from zoneinfo import available_timezones

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, _
from desktop.basics.money import parse_quantity, quantity_text
from desktop.queries.settings import SettingRow
from desktop.views.common.inputs import Select, TextInput
from desktop.views.common.number_inputs import (
    IntegerInput,
    MoneyInput,
    NumberInput,
    PercentInput,
    QuantityInput,
    TimeInput,
)
from desktop.views.common.segment import Segment
from desktop.views.common.toggle import CheckBox
from desktop.views.settings.form import Control

UNITS = {
    "hours": N_("hours"),
    "minutes": N_("minutes"),
    "seconds": N_("seconds"),
    "days": N_("days"),
    "pts": N_("pts"),
}
CHOICES = {
    "retail": N_("Retail"),
    "distribution": N_("Distribution"),
    "b2b": N_("B2B"),
    "queue": N_("Queue them"),
    "refuse": N_("Refuse them"),
    "block": N_("Don’t sell them"),
    "warn": N_("Sell them last"),
    "list": N_("A list to look at"),
    "draft": N_("Drafts of orders"),
    "send": N_("Orders sent"),
    "always": N_("Always"),
    "above": N_("Above an amount"),
    "never": N_("Never"),
    "handlers": N_("Everybody who handles orders"),
    "approvers": N_("Whoever may approve after-sales"),
    "owners": N_("Whoever may change settings"),
    "type": N_("As the type"),
    "own": N_("Their own"),
    "free": N_("Cancel, free the goods"),
    "refund": N_("Cancel and refund"),
    "rest": N_("Refund what is still here"),
    "return": N_("Ask to return the goods"),
    "no": N_("Refuse"),
    "down": N_("Down"),
    "nearest": N_("To the nearest"),
    "customer": N_("As asked"),
    "order": N_("Order number"),
    "none": N_("No code"),
    "same": N_("The way it came"),
    "cash": N_("As cash"),
    "stored_value": N_("As stored value"),
    "money": N_("The member’s own money"),
    "bonus": N_("The bonus"),
    "stop": N_("Not taken"),
    "fixed": N_("At the fixed rate"),
    "foreign": N_("The same notes"),
    "shop": N_("The shop’s money"),
    "zh_CN": "中文",
    "en": "English",
}
LONGEST = 200
BESIDE = 30  # letters of choices that fit beside each other


def word_of(choice: str) -> str:
    """What a choice is called."""
    return _(CHOICES.get(choice, choice))


def control_for(row: SettingRow, currency: str = "CNY") -> Control:
    """A control that shows and reads this setting."""
    if isinstance(row.value, bool):
        box = CheckBox(_("On"))
        return Control(box, box.isChecked, box.setChecked, box.toggled)
    if row.choices:
        options = [(choice, word_of(choice)) for choice in row.choices]
        if sum(len(words) for _choice, words in options) > BESIDE:
            chosen = Select(options, row.value)
            return Control(chosen, chosen.value, chosen.set_value, chosen.picked)
        segment = Segment(options, row.value)
        return Control(segment, segment.value, segment.set_value, segment.picked)
    if isinstance(row.value, int):
        number = _number(row, currency)
        return Control(number, lambda: _needed(number), number.put, number.textChanged)
    if row.key == "shop.zone":
        zones = sorted(available_timezones())
        select = Select([(zone, zone) for zone in zones], row.value)
        return Control(select, select.value, select.set_value, select.picked)
    text = TextInput(str(row.value), longest=LONGEST)
    return Control(text, text.value, text.setText, text.textChanged)


def _needed(number: NumberInput) -> int:
    value = number.number()
    if value is None:
        raise ShopError(N_("Fill this in"))
    return value


def _number(row: SettingRow, currency: str) -> NumberInput:
    if row.key == "points.earn_bp":  # shown as points for each unit paid
        return NumberInput(
            lambda text: parse_quantity(text) * 10,
            lambda value: quantity_text(value // 10),
            least=row.low,
            most=row.high,
            unit=_("pts"),
        )
    if row.unit == "bp":
        return PercentInput(None, least=row.low or 0, most=row.high)
    if row.unit == "minor":
        return MoneyInput(currency, least=row.low, most=row.high)
    if row.unit == "clock":
        return TimeInput(None, least=row.low, most=row.high)
    if row.unit == "milli":
        return QuantityInput(None, least=row.low, most=row.high)
    return IntegerInput(
        None, least=row.low, most=row.high, unit=_(UNITS[row.unit]) if row.unit in UNITS else ""
    )
