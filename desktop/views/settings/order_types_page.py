"""Types of orders: prices, conditions, hours, and the table of who may cancel what."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.basics.i18n import N_, _
from desktop.queries.order_words import status_word
from desktop.queries.settings import SettingRow
from desktop.views.common.context import Context
from desktop.views.common.inputs import Select
from desktop.views.common.labels import Label
from desktop.views.common.theme import theme
from desktop.views.settings.controls import word_of
from desktop.views.settings.form import Control, FormCard
from desktop.views.settings.registry_page import Group, RegistryPage

TERMS = (
    "prefix", "prices", "who", "minimum_milli", "need_stock", "need_member", "score", "credit_limit", "pay_hours",
)  # fmt: skip
HOURS = ("from", "until", "outside", "online.hours", "online.from", "online.until", "online.outside")


def _keys(kind: str, parts: tuple[str, ...]) -> tuple[str, ...]:
    older = {("b2b", "score"): "orders.b2b_credit"}  # its key is older than the others'
    return tuple(older.get((kind, part), f"orders.{kind}.{part}") for part in parts)


GROUPS = (
    Group(N_("For all types"), "", ("orders.default_type", "orders.credit_minor", "orders.pick_up_days")),
    *(
        group
        for kind, title, hours in (
            ("retail", N_("Retail"), N_("Hours of retail orders")),
            ("distribution", N_("Distribution"), N_("Hours of distribution orders")),
            ("b2b", N_("B2B"), N_("Hours of B2B orders")),
        )
        for group in (
            Group(title, N_("What an order must fulfil before it is made"), _keys(kind, TERMS)),
            Group(hours, N_("By the shop’s clock; may reach over midnight"), _keys(kind, HOURS)),
        )
    ),
)
STATUSES = ("unpaid", "to_ship", "part_shipped", "shipped", "done")
ASKERS = (("member", N_("The member")), ("staff", N_("The staff")), ("clock", N_("The clock")))
CELL = 150


class OrderTypesPage(RegistryPage):
    """The registry's cards, and the table of cancelling under them."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, _("Types of orders"), GROUPS, _("New orders follow at once; old ones stay"))

    def extras(self, found: dict[str, SettingRow]) -> list[QWidget]:
        """The table of who may cancel what, saved by the same bar."""
        card = FormCard(
            _("Cancelling"), _("What happens when somebody asks to cancel, by state and who asks")
        )
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 6, 0, 8)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        for column, (_key, words) in enumerate(ASKERS, 1):
            grid.addWidget(Label(_(words), "cap_m", "text2"), 0, column)
        for line, status in enumerate(STATUSES, 1):
            title = _("Partly sent") if status == "part_shipped" else status_word(status)
            words_of_state = Label(title, "small_b")
            words_of_state.setMinimumWidth(words_of_state.sizeHint().width())
            grid.addWidget(words_of_state, line, 0, Qt.AlignmentFlag.AlignVCenter)
            for column, (asker, words) in enumerate(ASKERS, 1):
                row = found[f"orders.cancel.{status}.{asker}"]
                cell = Select([(choice, word_of(choice)) for choice in row.choices], str(row.value))
                cell.setMinimumWidth(theme.px(CELL))
                cell.setAccessibleName(f"{title}, {_(words)}")
                self.take(row, Control(cell, cell.value, cell.set_value, cell.picked))
                grid.addWidget(cell, line, column)
            grid.setRowMinimumHeight(line, theme.px(34))
        for column in range(1, len(ASKERS) + 1):
            grid.setColumnStretch(column, 1)
        card.add_widget(holder)
        return [card]
