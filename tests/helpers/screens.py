"""What a screen stands in while it is tested: a themed application, lanes to a real shop, a remembered way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QApplication, QWidget

from desktop.basics.i18n import set_language
from desktop.basics.machine import Machine
from desktop.shop.shop import Shop
from desktop.views.common import remember
from desktop.views.common.background import Background
from desktop.views.common.context import Context
from desktop.views.common.refresh import News
from desktop.views.common.theme import theme
from desktop.views.common.toast import host_of


@dataclass
class Surroundings:
    """A context, where it was asked to go, and what went wrong behind it."""

    context: Context
    went: list[tuple[str, int | None, dict[str, Any]]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    bugs: list[BaseException] = field(default_factory=list)

    def window(self, screen: QWidget, width: int = 1_224, height: int = 848) -> QWidget:
        """Show a screen at this size."""
        screen.resize(width, height)
        screen.show()
        return screen


@contextmanager
def surroundings(app: QApplication, shop: Shop, folder: Path) -> Iterator[Surroundings]:
    """Everything a screen needs, in English; ended afterwards, with no bug left unseen."""
    set_language("en")
    remember.use(folder / "habits.json")
    theme.install(app)
    theme.use("light", 100, gains_red=False, reduce_motion=True)
    shop.learn_rights()
    background, news = Background(shop), News(shop.listen)
    went: list[tuple[str, int | None, dict[str, Any]]] = []
    context = Context(
        shop=shop, background=background, news=news,
        navigate=lambda key, item_id=None, **filters: went.append((key, item_id, filters)),
        zone=ZoneInfo("Asia/Shanghai"), currency="CNY", machine=Machine(folder / "machine.json"),
        set_language=lambda language: None,
    )  # fmt: skip
    made = Surroundings(context, went)
    background.refused.connect(lambda _owner, error: made.refused.append(str(error)))
    background.bug.connect(made.bugs.append)
    yield made
    assert background.shutdown()
    news.close()
    assert not made.bugs


def sheet_of(app: QApplication, kind: type) -> Any:
    """The open sheet of this kind."""
    return next(w for w in app.topLevelWidgets() if isinstance(w, kind) and w.isVisible())


def undo(widget: QWidget) -> bool:
    """Press the newest toast's undo."""
    return host_of(widget).undo_newest()
