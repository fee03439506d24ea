"""What every screen is handed: the door, the news, the way around, and the shop's zone and currency."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QWidget

from desktop.basics.machine import Machine
from desktop.views.common import say
from desktop.views.common.background import Background, Scope
from desktop.views.common.refresh import News, Stale, stale_when
from desktop.views.common.theme import Theme, theme
from desktop.views.common.thumbs import thumbs


class Navigate(Protocol):
    """Go to a screen: `navigate("orders", 12)` opens an order there, keywords are its filters."""

    def __call__(self, key: str, item_id: int | None = None, **filters: Any) -> None:
        """Show the screen, open the item, set the filters."""


@dataclass
class Context:
    """The surroundings of a screen, for one signed-in person.

    `shop` answers `may(action)` on the GUI thread; all else goes through `background` or `of(widget)`.
    """

    shop: Any
    background: Background
    news: News
    navigate: Navigate
    zone: ZoneInfo
    currency: str
    machine: Machine
    set_language: Callable[[str], None]
    user_id: int = 0
    user_name: str = ""
    username: str = ""
    till_id: int = 0
    sample: bool = False

    def __post_init__(self) -> None:
        thumbs.use(self.background, self.news)  # photos in lists come through this person's door

    def of(self, widget: QWidget) -> Scope:
        """ask, do and device on behalf of a widget; answers are dropped once it is gone."""
        return self.background.of(widget)

    def now(self) -> datetime:
        """The shop's present moment, aware, in UTC."""
        moment: datetime = self.shop.clock.now()
        return moment

    def may(self, deed: Any) -> bool:
        """Whether this person has the right; the door checks again."""
        return bool(self.shop.may(deed))

    def stale_when(
        self,
        widget: QWidget,
        tables: set[str] | None,
        refresh: Callable[[dict[str, frozenset[int]]], Any],
        editing: Callable[[], bool] | None = None,
    ) -> Stale:
        """Call `refresh(touched)` when one of these tables (None: any) changed and the widget is seen."""
        return stale_when(widget, self.news, tables, refresh, editing)

    def toast(
        self,
        widget: QWidget,
        text: str,
        *,
        undo: Callable[[], None] | None = None,
        action: str = "",
        tone: str = "success",
    ) -> None:
        """Say that something happened, with undo when given."""
        say.toast(widget, text, undo=undo, action=action, tone=tone)

    @property
    def theme(self) -> Theme:
        """Colours, fonts and sizes of the moment."""
        return theme

    @property
    def refresh(self) -> News:
        """The shop's news on the GUI thread."""
        return self.news
