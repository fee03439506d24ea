"""Saved views as tabs: show, keep, rename, share, move and remove them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu, QWidget

from desktop.basics.i18n import N_, _
from desktop.queries.order_search import OrderFilter
from desktop.queries.order_words import said
from desktop.queries.orders import BIG_POINTS_MINOR, orders_counts_by_view
from desktop.queries.saved_views import ViewRow, saved_views
from desktop.services.saved_views import (
    LONGEST_NAME,
    order_views,
    remove_view,
    rename_view,
    save_view,
    share_view,
)
from desktop.views.common import icons
from desktop.views.common.buttons import icon_button, plain
from desktop.views.common.cards import hbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import TextInput
from desktop.views.common.tabs import Tab, Tabs
from desktop.views.common.toggle import CheckBox

SCREEN = "orders"
SHIPPED_VIEWS: dict[str, tuple[str, OrderFilter]] = {
    "all": (N_("All"), OrderFilter()),
    "unpaid": (N_("Unpaid"), OrderFilter(statuses=("unpaid",))),
    "to_ship": (N_("To ship"), OrderFilter(statuses=("to_ship",))),
    "late": (N_("Overdue"), OrderFilter(late=True)),
    "refunded": (N_("Refunds"), OrderFilter(refunded=True)),
    "points": (N_("Large points"), OrderFilter(points_from=BIG_POINTS_MINOR)),
}


@dataclass(frozen=True)
class View:
    """A view: a shipped one, or one somebody saved."""

    label: str
    filters: OrderFilter
    saved_id: int = 0
    shared: bool = False
    position: int = 0


class ViewTabs(QWidget):
    """`picked(key)` when a view is to be shown as it was kept; `counted` when the views are read."""

    picked = Signal(object)

    def __init__(
        self, context: Context, filters_now: Callable[[], OrderFilter], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.context, self.scope, self._filters = context, context.of(self), filters_now
        self.views = _shipped()
        row = hbox(self, margins=(16, 0, 8, 0))
        self.tabs = Tabs([Tab(key, view.label) for key, view in self.views.items()], name=_("Saved views"))
        self.tabs.picked.connect(self.picked)
        self.restore = icon_button("arrow-go-back-line", _("Restore"), size=30)
        self.keep = plain(_("Save view"), "add-line", size=30)
        self.more = icon_button("more-line", _("This view"), size=30)
        self.restore.clicked.connect(lambda: self.picked.emit(self.value()))
        self.keep.clicked.connect(self._keep)
        self.more.clicked.connect(self._menu)
        row.addWidget(self.tabs, 1)
        for button in (self.restore, self.more, self.keep):
            row.addWidget(button)

    def value(self) -> str:
        """The key of the view at hand."""
        return str(self.tabs.value() or "all")

    def current(self) -> View:
        """The view at hand."""
        return self.views.get(self.value(), self.views["all"])

    def may_change(self, view: View) -> bool:
        """Whether this person may rename, move or remove it."""
        return bool(view.saved_id) and (not view.shared or self.context.may(share_view))

    def show_changed(self) -> None:
        """Mark the view when the list shows something else than it keeps."""
        view = self.current()
        changed = view.filters != self._filters()
        mine = self.may_change(view)
        self.restore.setVisible(changed)
        self.keep.setVisible(changed or not view.saved_id)
        self.keep.relabel(_("Save changes") if changed and mine else _("Save view"))
        self.more.setVisible(bool(view.saved_id))
        self.more.setEnabled(mine)
        self._show_tabs({tab.key: tab.count for tab in self.tabs._tabs}, changed)

    def _show_tabs(self, counts: dict[str, int | None], changed: bool) -> None:
        here = self.value()
        self.tabs.set_tabs([
            Tab(key, view.label, counts.get(key), changed=changed and key == here and bool(view.saved_id))
            for key, view in self.views.items()
        ])  # fmt: skip

    # Reading

    def ask(self, chosen: object = None) -> None:
        """Read the saved views and their counts anew; `chosen` is the id of one to stand on."""
        self.scope.ask(saved_views, SCREEN).then(partial(self._have, chosen))

    def _have(self, chosen: object, rows: tuple[ViewRow, ...]) -> None:
        self.views = _shipped()
        for row in rows:
            kept = OrderFilter.from_json(row.filters)
            self.views[f"view:{row.id}"] = View(row.name, kept, row.id, row.shared, row.position)
        self._show_tabs({tab.key: tab.count for tab in self.tabs._tabs}, False)
        if isinstance(chosen, int):
            self.tabs.set_value(f"view:{chosen}")
        self.show_changed()
        self.ask_counts()

    def ask_counts(self) -> None:
        """Read how many orders each view holds."""
        wanted = {key: view.filters for key, view in self.views.items()}
        self.scope.ask_latest("counts", orders_counts_by_view, wanted).then(self._show_counts)

    def _show_counts(self, counts: dict[str, int]) -> None:
        for key, count in counts.items():
            self.tabs.set_count(key, count)

    # Changing

    def _keep(self) -> None:
        view, kept = self.current(), self._filters().to_json()
        if self.may_change(view):
            self.scope.do(save_view, SCREEN, view.label, kept, view.saved_id).then(self.ask).busy(self.keep)
            return
        SaveViewSheet(self, self.context, kept, self.ask).open()

    def _menu(self) -> None:
        view = self.current()
        menu = QMenu(self)
        menu.addAction(
            icons.icon("edit-line"), _("Rename …"), lambda: RenameViewSheet(self, self.context, view).open()
        )
        if self.context.may(share_view):
            text = _("Keep to myself") if view.shared else _("Share with everybody")
            icon = "lock-line" if view.shared else "team-line"
            menu.addAction(
                icons.icon(icon), text, partial(self.scope.do, share_view, view.saved_id, not view.shared)
            )
        for step, icon, text in (
            (-1, "arrow-left-s-line", _("Move left")),
            (1, "arrow-right-s-line", _("Move right")),
        ):
            ids = self._moved(view, step)
            if ids:
                menu.addAction(icons.icon(icon), text, partial(self.scope.do, order_views, ids))
        menu.addSeparator()
        menu.addAction(icons.icon("delete-bin-line"), _("Remove view"), self.remove)
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _moved(self, view: View, step: int) -> list[int]:
        """The views of its kind with this one a step further, or nothing at the end."""
        ids = [v.saved_id for v in self.views.values() if v.saved_id and v.shared == view.shared]
        at = ids.index(view.saved_id)
        if not 0 <= at + step < len(ids):
            return []
        ids[at], ids[at + step] = ids[at + step], ids[at]
        return ids

    def remove(self) -> None:
        """Drop the view at hand; it can be taken back."""
        view = self.current()
        self.scope.do(remove_view, view.saved_id).busy(self.more).then(partial(self._removed, view))

    def _removed(self, view: View, _nothing: object) -> None:
        def again() -> None:
            task = self.scope.do(
                save_view, SCREEN, view.label, view.filters.to_json(), shared=view.shared, position=view.position
            )  # fmt: skip
            task.then(self.ask)

        self.tabs.set_value("all")
        self.ask()
        self.picked.emit("all")
        self.context.toast(self, _("View “{name}” removed").format(name=view.label), undo=again)


def _shipped() -> dict[str, View]:
    return {key: View(said(label), kept) for key, (label, kept) in SHIPPED_VIEWS.items()}


class SaveViewSheet(Sheet):
    """Keeps the present filters under a name."""

    def __init__(self, parent: QWidget, context: Context, filters: str, done: Callable[[int], Any]) -> None:
        super().__init__(parent, _("Save this view"), verb=_("Save view"), icon="bookmark-line", width=400)
        self.words = TextInput(hint=_("For example: gift boxes to ship"), longest=LONGEST_NAME, required=True)
        self.name = Field(_("Called"), self.words)
        self.shared = CheckBox(_("Everybody in the shop sees it"))
        self.add(self.name)
        if context.may(share_view):
            self.add(self.shared)
        self._done_with = done
        self.submitted.connect(partial(self._go, context, filters))
        self.words.setFocus()

    def ready(self) -> bool:
        return check_all([self.name])

    def _go(self, context: Context, filters: str) -> None:
        task = context.of(self).do(
            save_view, SCREEN, self.words.value(), filters, shared=self.shared.isChecked()
        )
        task.busy(self.primary).then(self._kept).otherwise(self.show_error)

    def _kept(self, view_id: int) -> None:
        self.accept()
        self._done_with(view_id)


class RenameViewSheet(Sheet):
    """Another name for a view."""

    def __init__(self, parent: QWidget, context: Context, view: View) -> None:
        super().__init__(parent, _("Rename view"), verb=_("Rename"), icon="edit-line", width=400)
        self.words = TextInput(view.label, longest=LONGEST_NAME, required=True)
        self.name = Field(_("Called"), self.words)
        self.add(self.name)
        self.submitted.connect(partial(self._go, context, view))
        self.words.selectAll()
        self.words.setFocus()

    def ready(self) -> bool:
        return check_all([self.name])

    def _go(self, context: Context, view: View) -> None:
        task = context.of(self).do(rename_view, view.saved_id, self.words.value()).busy(self.primary)
        task.then(lambda _n: self.accept()).otherwise(self.show_error)
