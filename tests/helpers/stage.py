"""One screen over the pictures' shop: real database, real lanes, no window around it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from desktop.basics.i18n import set_language
from desktop.basics.machine import Machine
from desktop.shop import actors
from desktop.shop.shop import Shop, allow_every_thread, forbid_this_thread
from tests.helpers.goods import Stocked, open_stocked

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication, QWidget
    from pytestqt.qtbot import QtBot

    from desktop.views.common.context import Context

W = TypeVar("W", bound="QWidget")
OWNER = 1
PATIENCE = 10_000  # ms


@dataclass
class Stage:
    """A shop, its context for one person, and what happened around the screen."""

    qtbot: QtBot
    stocked: Stocked
    context: Context
    went: list[tuple[Any, ...]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    bugs: list[BaseException] = field(default_factory=list)

    def show(self, make: Callable[[Context], W], width: int = 1_224, height: int = 848) -> W:
        """Make a screen, show it, wait until it has its data."""
        screen = make(self.context)
        self.qtbot.addWidget(screen)
        screen.resize(width, height)
        screen.show()
        self.settle()
        return screen

    def settle(self) -> None:
        """Wait until nothing is under way."""
        self.qtbot.waitUntil(lambda: self.context.background.running == 0, timeout=PATIENCE)
        self.qtbot.waitUntil(lambda: self.context.background.running == 0, timeout=PATIENCE)

    def until(self, condition: Callable[[], Any]) -> None:
        """Wait for a condition."""
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=PATIENCE)

    def sheet(self, screen: QWidget, kind: type[W]) -> W:
        """The open sheet of this kind."""
        found = [sheet for sheet in screen.findChildren(kind) if sheet.isVisible()]
        assert len(found) == 1, found
        return found[0]

    def outside(self, job: Callable[[], Any]) -> Any:
        """Do something in the shop from the test itself, as another program would."""
        allow_every_thread()
        try:
            return job()
        finally:
            forbid_this_thread()


def open_stage(
    qapp: QApplication,
    qtbot: QtBot,
    shop: Shop,
    folder: Path,
    staff_id: int = OWNER,
    stocked: Stocked | None = None,
) -> Iterator[Stage]:
    """A stage for this person, in a shop that may be `stocked` already.

    Everything ends with it, and a bug on any lane fails the test.
    """
    from desktop.views.common import remember
    from desktop.views.common.background import Background
    from desktop.views.common.context import Context
    from desktop.views.common.refresh import News
    from desktop.views.common.theme import theme

    set_language("en")
    theme.install(qapp)
    theme.use("light", 100, gains_red=False, reduce_motion=True)
    remember.use(folder / "habits.json")
    stocked = stocked or open_stocked(shop)
    person = shop.acting_as(actors.staff(staff_id or stocked.cashier_id, 1))
    person.learn_rights()
    background, news = Background(person), News(shop.listen)
    context = Context(
        shop=person, background=background, news=news, navigate=lambda *_a, **_k: None,
        zone=ZoneInfo("Asia/Shanghai"), currency="CNY", machine=Machine(folder / "machine.json"),
        set_language=set_language, user_id=staff_id or stocked.cashier_id, username="wang", till_id=1,
    )  # fmt: skip
    stage = Stage(qtbot, stocked, context)
    context.navigate = lambda key, item_id=None, **filters: stage.went.append((key, item_id, filters))
    background.refused.connect(lambda _owner, error: stage.refused.append(str(error)))
    background.bug.connect(stage.bugs.append)
    forbid_this_thread()
    yield stage
    stage.settle()
    news.close()
    assert background.shutdown()
    allow_every_thread()
    theme.use("light", 100)
    assert stage.bugs == []
