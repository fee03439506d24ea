"""The bell and its inbox: a dot while something is unread, a toast once, one's own messages only."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from desktop.basics.clock import Clock
from desktop.services.notices import Wanted
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.storage.engine import open_storage
from desktop.views.common.toast import host_of
from tests.helpers.desk import Desk
from tests.services.test_notices import tell


@pytest.fixture
def workspace(desk: Desk, sample_file: str) -> Any:
    """Signed in to the sample shop as its owner."""
    made = desk.sign_in(desk.open(sample_file))
    desk.until(lambda: made.inbox._newest is not None)
    return made


class Other:
    """Another program on the same database, acting as the clock."""

    def __init__(self, address: str, clock: Clock) -> None:
        self._lane = ThreadPoolExecutor(1)
        self._shop = Shop(open_storage(address), actor=actors.clock(), clock=clock)

    def tell(self, *messages: Wanted) -> None:
        """Write messages; not on the GUI thread."""
        for message in messages:
            self._lane.submit(self._shop.do, tell, message).result()

    def close(self) -> None:
        """End it."""
        self._shop.news.close()
        self._shop.storage.close()
        self._lane.shutdown()


@pytest.fixture
def other(workspace: Any, sample_file: str) -> Iterator[Other]:
    """The shop's clock in a program of its own."""
    made = Other(sample_file, workspace.context.shop.clock)
    yield made
    made.close()


def wanted(key: str, subject: str = "", receiver: str = "staff:1") -> Wanted:
    """A message to the owner."""
    fields = {"number": "1120-0017", "amount": "¥76.90", "customer": "刘婷婷", "hours": 37}
    return Wanted(key, "order_chased", (receiver,), fields=fields, subject=subject)


@pytest.mark.req("I3", "R6")
def test_a_message_from_another_program_shows_within_three_seconds_once(
    desk: Desk, workspace: Any, other: Other
) -> None:
    bell, field = workspace.top.bell, workspace.top.field
    field.setFocus()
    other.tell(wanted("a"))
    desk.qtbot.waitUntil(lambda: bell.unread == 1, timeout=3_000)
    toasts = host_of(workspace).toasts
    assert [toast.accessibleName() for toast in toasts] == ["订单 1120-0017 已等 37 小时"]
    assert QApplication.focusWidget() is field
    assert bell.accessibleName() == "消息：1 条未读"
    toasts[0].leave()
    other.tell(wanted("b", receiver="staff:2"))  # somebody else's
    other.tell(wanted("c"))
    desk.until(lambda: bell.unread == 2)
    assert len(host_of(workspace).toasts) == 1


@pytest.mark.req("I3")
def test_the_inbox_opens_the_order_and_marks_it_read(desk: Desk, workspace: Any, other: Other) -> None:
    other.tell(wanted("a", "order:12"))
    other.tell(wanted("b", "rubbish"))
    desk.until(lambda: workspace.top.bell.unread == 2)
    desk.qtbot.mouseClick(workspace.top.bell, Qt.MouseButton.LeftButton)
    panel = workspace.inbox
    desk.until(lambda: panel.isVisible() and len(panel.list.rows) == 2)
    assert QApplication.focusWidget() is panel.list
    desk.qtbot.keyClick(panel.list, Qt.Key.Key_Down)
    assert panel.list.rows[panel.list.index].subject == "order:12"
    desk.qtbot.keyClick(panel.list, Qt.Key.Key_Return)
    desk.until(lambda: workspace.top.bell.unread == 1)
    assert (workspace.key, panel.closed) == ("orders", True)
    desk.quiet(desk.programs[0])


@pytest.mark.req("I3")
def test_all_can_be_marked_read_and_esc_and_a_click_beside_close(
    desk: Desk, workspace: Any, other: Other
) -> None:
    panel = workspace.inbox
    desk.qtbot.mouseClick(workspace.top.bell, Qt.MouseButton.LeftButton)
    assert panel._empty.isVisible()
    for number in range(35):
        other.tell(wanted(f"k{number}"))
    desk.until(lambda: workspace.top.bell.unread == 35)
    assert host_of(workspace).toasts == []  # who has the list before the eyes needs no toast
    assert (len(panel.list.rows), panel.older.isVisible()) == (30, True)
    desk.qtbot.mouseClick(panel.older, Qt.MouseButton.LeftButton)
    desk.until(lambda: len(panel.list.rows) == 35)
    assert not panel.older.isVisible()
    desk.qtbot.mouseClick(panel.read_all, Qt.MouseButton.LeftButton)
    desk.until(lambda: workspace.top.bell.unread == 0)
    assert not panel.read_all.isVisible()
    desk.qtbot.keyClick(panel, Qt.Key.Key_Escape)
    assert panel.closed
    panel.open()
    desk.qtbot.mouseClick(panel, Qt.MouseButton.LeftButton, pos=QPoint(20, 400))
    assert panel.closed
    desk.quiet(desk.programs[0])
