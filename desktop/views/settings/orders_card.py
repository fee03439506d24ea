"""The check of orders and points, from the settings."""

from desktop.basics.i18n import _
from desktop.queries.stuck import stuck_orders
from desktop.views.common.buttons import secondary
from desktop.views.common.cards import hbox
from desktop.views.common.check_sheet import CheckSheet
from desktop.views.common.context import Context
from desktop.views.common.labels import Label
from desktop.views.settings.form import FormCard


class OrdersCard(FormCard):
    """One button that opens the check."""

    def __init__(self, context: Context) -> None:
        super().__init__(_("Check orders and points"), _("Finds what is stuck or wrong and repairs it"))
        row = hbox(margins=(0, 6, 0, 8), gap=10)
        words = _(
            "Orders paid but still unpaid, closed but holding stock; points deducted twice or never returned."
        )
        row.addWidget(Label(words, "small", "text2", wrap=True), 1)
        self.button = secondary(_("Check now"), "stethoscope-line")
        self.button.clicked.connect(lambda: CheckSheet(self, context).open())
        row.addWidget(self.button)
        self.body.addLayout(row)
        if not context.may(stuck_orders):
            self.hide()
