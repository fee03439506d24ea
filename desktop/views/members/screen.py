"""Members: the list, and the page of the one that was opened."""

from typing import Any

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.basics.i18n import _
from desktop.services.members import sign_up
from desktop.views.common.cards import vbox
from desktop.views.common.commands import Command
from desktop.views.common.context import Context
from desktop.views.members.list_page import ListPage
from desktop.views.members.page import MemberPage

TABLES = {"member", "member_tag", "tag", "points_entry", "sale_order", "tier"}


class MembersScreen(QWidget):
    """The screen in the side bar."""

    key = "members"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self.stack = QStackedWidget()
        vbox(self).addWidget(self.stack)
        self.list = ListPage(context)
        self.page = MemberPage(context)
        for page in (self.list, self.page):
            self.stack.addWidget(page)
        self.list.opened.connect(self.open_item)
        self.page.back_wanted.connect(self.back)
        self.page.step_wanted.connect(self._step)
        self.page.order_wanted.connect(lambda order_id: context.navigate("orders", order_id))
        self._seen = False
        context.stale_when(self, TABLES, self._refresh)

    def title(self) -> str:
        """The name in the window's title and the palette."""
        return _("Members and points")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._seen:
            self._seen = True
            self.list.view.setFocus()
            self.list.ask()

    def open_item(self, item_id: int) -> None:
        """Show one member's page."""
        self.stack.setCurrentWidget(self.page)
        self.page.open_member(item_id)
        self.page.history.views["points"].setFocus()

    def open_filters(self, **filters: str | int) -> None:
        """Show the list with these filters (text, tier, tag_id)."""
        self._seen = True
        self.back()
        self.list.show_filters(**filters)  # type: ignore[arg-type]

    def state(self) -> tuple[Any, ...]:
        """The list's filters and the open member, for a screen made anew."""
        return self.list.state(), self.page.member_id if self.stack.currentWidget() is self.page else 0

    def restore(self, state: tuple[Any, ...]) -> None:
        """Stand where another one stood."""
        where, member_id = state
        self._seen = True
        self.list.restore(where)
        if member_id:
            self.open_item(member_id)

    def back(self) -> None:
        """Return to the list, at the member that was open."""
        self.stack.setCurrentWidget(self.list)
        if self.page.member_id:
            self.list.view.go_to(self.page.member_id)
        self.list.view.setFocus()

    def commands(self) -> list[Command]:
        """What the palette offers here."""
        found = []
        if self._context.may(sign_up):
            found.append(Command(_("Sign up a member"), self.list.sign_up, icon="user-add-line", keys=("N",)))
        if self.stack.currentWidget() is self.page and self.page.adjust.isVisible():
            found.append(Command(_("Correct points"), self.page.adjust_points, icon="copper-coin-line"))
        return found

    def _step(self, by: int) -> None:
        neighbour = self.list.neighbour(self.page.member_id, by)
        if neighbour is not None:
            self.page.open_member(neighbour)

    def _refresh(self, touched: dict[str, frozenset[int]]) -> None:
        self.list.refresh(touched)
        if self.page.member_id and self.stack.currentWidget() is self.page:
            self.page.load()
