"""What customers call the shown goods: typed here, or learned from pasted orders."""

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.queries.paste import aliases_of
from desktop.services.paste import name_goods
from desktop.views.common.buttons import secondary
from desktop.views.common.cards import hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.inputs import TextInput
from desktop.views.common.labels import Label


class OtherNames(QWidget):
    """One field with all other names, parted by spaces; pasted orders find the goods by them."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._sku = context, 0
        column = vbox(self, gap=6)
        column.addWidget(Label(_("Other names"), "h3"))
        row = hbox(gap=8)
        self.names = TextInput(hint=_("What customers call it, parted by spaces"), longest=400)
        self.names.setAccessibleName(_("Other names"))
        self.save = secondary(_("Save names"), size=30)
        self.save.clicked.connect(self._save)
        may = context.may(name_goods)
        self.names.setReadOnly(not may)
        self.save.setEnabled(may)
        row.addWidget(self.names, 1)
        row.addWidget(self.save)
        column.addLayout(row)

    def show_goods(self, sku_id: int) -> None:
        """Show the names of this SKU."""
        self._sku = sku_id
        self._context.of(self).ask_latest("names", aliases_of, sku_id).then(self._show)

    def _show(self, names: tuple[tuple[int, str], ...]) -> None:
        if not self.names.hasFocus():
            self.names.setText(" ".join(name for _id, name in names))

    def _save(self) -> None:
        task = self._context.of(self).do(name_goods, self._sku, tuple(self.names.value().split()))
        task.busy(self.save).then(lambda _none: self._context.toast(self, _("Other names saved")))
