"""For which campaign something is sold; seen only while a campaign with stock of its own is on."""

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.queries.set_aside import open_campaigns
from desktop.views.common.cards import vbox
from desktop.views.common.context import Context
from desktop.views.common.field import Field
from desktop.views.common.inputs import Select


class CampaignChoice(QWidget):
    """No campaign, or one of those that are on now; their stock is sold to nobody else."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self.choice = Select([(None, _("None: from the free stock"))], None)
        column = vbox(self)
        column.addWidget(Field(_("Sold for the campaign"), self.choice))
        self.hide()

    def ask(self) -> None:
        """Look which campaigns are on."""
        self._context.of(self).ask_latest("campaigns", open_campaigns).then(self._show)

    def _show(self, found: tuple[tuple[int, str], ...]) -> None:
        options: list[tuple[int | None, str]] = [(None, _("None: from the free stock")), *found]
        self.choice.set_options(options, None)
        self.setVisible(bool(found))
        sheet = self.window()
        if found and sheet is not None:
            sheet.adjustSize()

    def set_aside_id(self) -> int | None:
        """The campaign chosen, or None."""
        chosen: int | None = self.choice.value()
        return chosen

    def drop(self) -> None:
        """Go on without a campaign."""
        self.choice.set_value(None)
