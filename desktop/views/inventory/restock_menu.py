"""What else can be done with the restock list: reckon it again, paper, a file."""

from collections.abc import Callable

from PySide6.QtWidgets import QMenu, QWidget

from desktop.basics.i18n import _
from desktop.queries.order_export import export_begins
from desktop.queries.replenishment import RestockList
from desktop.services.goods_export import export_restock
from desktop.views.common import icons
from desktop.views.common.context import Context
from desktop.views.common.export_sheet import ExportSheet
from desktop.views.common.print_sheet import Document, PrintSheet
from desktop.views.inventory.paper import restock_lines


def open_menu(
    button: QWidget, context: Context, draft: Callable[[], None] | None, found: RestockList | None
) -> None:
    """The menu under a button; `draft` None when this person may not reckon the list."""
    menu = QMenu(button)
    entries: tuple[tuple[str, str, Callable[[], None] | None], ...] = (
        (_("Reckon again"), "refresh-line", draft),
        (_("Print…"), "printer-line", lambda: open_print(button, context, found)),
        (
            _("Export…"),
            "download-2-line",
            (lambda: open_export(button, context, found)) if context.may(export_begins) else None,
        ),
    )
    for text, icon, run in entries:
        entry = menu.addAction(icons.icon(icon, "text2"), text)
        entry.setEnabled(run is not None)
        if run is not None:
            entry.triggered.connect(lambda _checked=False, run=run: run())
    menu.popup(button.mapToGlobal(button.rect().bottomLeft()))


def open_export(owner: QWidget, context: Context, found: RestockList | None) -> None:
    """Open the sheet that writes the list to a file."""
    if found is not None:
        title, name = _("Export the restock list"), _file_name(context)
        ExportSheet(owner.window(), context, title, name, len(found.lines), export_restock, found.id).open()


def open_print(owner: QWidget, context: Context, found: RestockList | None) -> None:
    """Open the sheet that prints the list."""
    if found is not None:
        document = Document("list", _("Restock list"), restock_lines(found, context))
        title, name = _("Print the restock list"), _file_name(context)

        def printed(where: str) -> None:
            context.toast(owner, _("Sent to {name}").format(name=where))

        PrintSheet(owner.window(), context, title, name, [document], printed).open()


def _file_name(context: Context) -> str:
    return f"restock-{context.now().astimezone(context.zone):%Y%m%d}"
