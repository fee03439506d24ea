"""How the program speaks up: toasts, refusals with their next step, and the crash window."""

import platform
import traceback
from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.views.common.background import place
from desktop.views.common.buttons import secondary
from desktop.views.common.dialogs import Sheet
from desktop.views.common.inputs import TextArea
from desktop.views.common.next_steps import step_of, teach
from desktop.views.common.toast import Toast, host_of

_crash: list[Sheet] = []


def toast(
    widget: QWidget,
    text: str,
    *,
    undo: Callable[[], None] | None = None,
    action: str = "",
    tone: str = "success",
) -> Toast:
    """Say that something happened, with undo when given (`action` renames the button)."""
    return host_of(widget).add(text, undo=undo, action=action, tone=tone)


def offer_step(key: str, label: str, go: Callable[[], object]) -> None:
    """Teach what a `ShopError.next_step` key is called and does."""
    teach(key, label, go)


def error(widget: QWidget | None, problem: ShopError) -> Toast | None:
    """Show a refusal as a toast with its next step as a button."""
    window = widget if widget is not None and isValid(widget) else QApplication.activeWindow()
    if window is None:
        return None
    label, go = step_of(problem) or ("", None)
    return host_of(window).add(str(problem), tone="danger", undo=go, action=label)


def crash(problem: BaseException, parent: QWidget | None = None) -> Sheet:
    """Show the window for our own bugs: what still works, and details to copy without personal data."""
    while _crash:
        old = _crash.pop()
        if isValid(old):
            old.close()
    sheet = Sheet(
        parent if parent is not None else QApplication.activeWindow(),
        _("Something went wrong in the program"),
        text=_(
            "What was saved before is safe. Go on working; if it happens again, send the details to support."
        ),
        icon="bug-line",
        width=520,
    )
    details = details_of(problem)
    box = TextArea(details, lines=7)
    box.setReadOnly(True)
    box.setAccessibleName(_("Details"))
    copy = secondary(_("Copy details"), "file-copy-line")
    copy.clicked.connect(partial(_copy, details))
    sheet.add(box)
    sheet.add_left(copy)
    _crash.append(sheet)
    sheet.open()
    return sheet


def _copy(text: str) -> None:
    QApplication.clipboard().setText(text)


def details_of(problem: BaseException) -> str:
    """Return where an error arose: kind, files and lines, never the values that were worked on."""
    frames = traceback.extract_tb(problem.__traceback__)
    lines = [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]
    head = f"{type(problem).__name__} at {place(problem)}"
    return "\n".join(
        [head, f"{platform.system()} {platform.release()}, Python {platform.python_version()}", *lines]
    )
