"""Take a way to pay in the whole shop, or no longer, with undo; the card of payments and the settings have the same switch."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.queries.order_words import method_word
from desktop.services.pay_methods import switch_method
from desktop.views.common.context import Context


def switch(widget: QWidget, context: Context, method: str, on: bool, reload: Callable[[], object]) -> None:
    """Do it at once and offer undo; `reload` shows what holds when it was refused."""
    scope, name = context.of(widget), method_word(method)
    said = _("{method} is taken again") if on else _("{method} is not taken any more")

    def undo() -> None:
        scope.do(switch_method, method, not on)

    def refused(error: object) -> None:
        context.toast(widget, str(error), tone="danger")
        reload()

    task = scope.do(switch_method, method, on)
    task.then(lambda _none: context.toast(widget, said.format(method=name), undo=undo)).otherwise(refused)


__all__ = ["switch", "switch_method"]
