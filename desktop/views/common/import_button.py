"""The button that opens the import wizard for what a screen shows."""

from desktop.basics.i18n import _
from desktop.queries.imports import import_runs
from desktop.views.common.buttons import Button, secondary
from desktop.views.common.context import Context


def import_button(context: Context, kind: str) -> Button:
    """“Import”, hidden from who may not."""
    button = secondary(_("Import"), "upload-2-line")
    button.clicked.connect(lambda: context.navigate("imports", None, kind=kind))
    if not context.may(import_runs):
        button.hide()
    return button
