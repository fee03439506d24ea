"""The signed-in window: bars, screens built when first opened, palette, help and keys."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, QRectF, QTimer, Signal
from PySide6.QtGui import QPaintEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from desktop.basics.i18n import _
from desktop.queries import shell
from desktop.queries.notices import inbox
from desktop.views.common import remember, say, shortcuts
from desktop.views.common.cards import hbox, vbox
from desktop.views.common.commands import Command
from desktop.views.common.context import Context
from desktop.views.common.paint import painting
from desktop.views.common.theme import theme
from desktop.views.common.toast import host_of
from desktop.views.shell import screens
from desktop.views.shell.family_bar import FamilyBar
from desktop.views.shell.help import ManualSheet
from desktop.views.shell.inbox import InboxPanel
from desktop.views.shell.palette import Palette
from desktop.views.shell.side_bar import SideBar
from desktop.views.shell.stage import paint_sheet
from desktop.views.shell.top_bar import TopBar, person_menu

FOLD_UNDER = 1280
LOOK_AGAIN_MS = 60_000  # kiosks go quiet without telling anybody
log = logging.getLogger("zhanggui.window")


class _Ground(QWidget):
    """The page's ground under the screens."""

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.fillRect(self.rect(), theme.color("canvas"))
            paint_sheet(painter, QRectF(self.rect()))


class Workspace(QWidget):
    """Everything one signed-in person sees; a change of language makes a new one."""

    language_wanted = Signal()
    mode_wanted = Signal()
    sign_out_wanted = Signal()
    own_shop_wanted = Signal()
    full_screen_wanted = Signal()
    rights_changed = Signal()

    def __init__(
        self,
        context: Context,
        person: shell.Person,
        card: shell.ShopCard,
        *,
        may_open_own: bool = False,
        left: dict[str, Any] | None = None,
    ) -> None:
        super().__init__()
        self._left = dict(left or {})  # where screens of an earlier workspace stood
        self.context, self.person, self.card = context, person, card
        self._may_open_own = may_open_own
        self._background = context.of(self)
        self.entries = {entry.key: entry for entry in screens.allowed(person.rights)}
        self.opened: dict[str, QWidget] = {}
        self.key = ""
        self._build()
        self.palette_box = Palette(self, context, self.commands)
        self.inbox: InboxPanel | None = None
        if context.may(inbox):
            self.inbox = InboxPanel(self, context, self.top.bell)
        self.top.bell.setVisible(self.inbox is not None)
        self._keys()
        context.stale_when(self, {"sale_order", "stock", "level", "category", "product", "till"}, self._count)
        context.stale_when(self, {"setting"}, lambda _touched: self._ask_card())
        context.stale_when(self, {"staff", "staff_role", "role_permission"}, lambda _touched: self._ask_me())
        self._again = QTimer(self, interval=LOOK_AGAIN_MS)
        self._again.timeout.connect(self._count)
        self._again.start()
        self._count()

    def _build(self) -> None:
        roles = "、".join(_(role) for role in self.person.roles) if self.person.roles else ""
        column = vbox(self)
        self.top = TopBar(self.person.name, roles)
        self.top.palette_wanted.connect(self.open_palette)
        self.top.language_wanted.connect(self.language_wanted)
        self.top.mode_wanted.connect(self.mode_wanted)
        self.top.menu_wanted.connect(self._open_menu)
        column.addWidget(self.top)
        row = hbox(gap=0)
        self.side = SideBar([entry for entry in self.entries.values() if not entry.under])
        self.side.shop.show_shop(self.card.name, self.card.branch)
        self.side.picked.connect(self.go)
        row.addWidget(self.side)
        ground = _Ground()
        inner = vbox(ground, margins=(1, 1, 0, 0))
        self.family = FamilyBar()
        self.family.picked.connect(self.go)
        inner.addWidget(self.family)
        self.stack = QStackedWidget()
        inner.addWidget(self.stack, 1)
        row.addWidget(ground, 1)
        column.addLayout(row, 1)
        theme.changed.connect(self.top.show_mode)

    # Screens

    def go(self, key: str) -> None:
        """Open a screen without choosing anything in it."""
        self.navigate(key)

    def navigate(self, key: str, item_id: int | None = None, **filters: Any) -> None:
        """Show a screen, set its filters, open an item in it."""
        entry = self.entries.get(key)
        if entry is None:
            say.toast(self, _("Your role may not open this screen."), tone="danger")
            return
        if key != self.key and not self.may_leave(partial(self.navigate, key, item_id, **filters)):
            self._show_place(self.key)
            return
        screen = self.opened.get(key)
        if screen is None:
            screen = self.opened[key] = entry.build(self.context)
            self.stack.addWidget(screen)
            if key in self._left:
                screen.restore(self._left.pop(key))  # type: ignore[attr-defined]
        self.key = key
        self.stack.setCurrentWidget(screen)
        self._show_place(key)
        remember.put(f"user/{self.person.username}/screen", key)
        if filters and hasattr(screen, "open_filters"):
            screen.open_filters(**filters)
        if item_id is not None and hasattr(screen, "open_item"):
            screen.open_item(item_id)
        focus = self.focusWidget() or self
        if focus is not self.family.choice and not screen.isAncestorOf(focus):
            screen.setFocus()

    def _show_place(self, key: str) -> None:
        """Mark the open screen in the side bar and in the bar of its family."""
        self.side.show_screen(self.entries[key].under or key)
        self.family.show_family(screens.family(self.entries, key), key)

    def may_leave(self, go_on: Callable[[], object]) -> bool:
        """Whether nothing typed waits here; else it is asked about, and `go_on` follows the answer."""
        ask = getattr(self.here, "may_leave", None)
        return ask is None or bool(ask(go_on))

    def start(self) -> None:
        """Open the screen this person left last, or the first there is."""
        last = remember.get(f"user/{self.person.username}/screen", "")
        self.navigate(last if last in self.entries else next(iter(self.entries)))

    def states(self) -> dict[str, Any]:
        """Where each screen stands, for a workspace made anew."""
        now = {key: screen.state() for key, screen in self.opened.items() if hasattr(screen, "state")}
        return self._left | now

    def sign_out(self) -> None:
        """Let somebody else sign in."""
        if self.may_leave(self.sign_out):
            self.sign_out_wanted.emit()

    def _open_own(self) -> None:
        if self.may_leave(self._open_own):
            self.own_shop_wanted.emit()

    @property
    def here(self) -> QWidget | None:
        """The screen that is open."""
        return self.opened.get(self.key)

    # Palette

    def open_palette(self, text: str = "") -> None:
        """Open the command palette."""
        self.palette_box.open(text)

    def commands(self) -> list[Command]:
        """What the open screen offers, then the screens, then what is always there."""
        offered = getattr(self.here, "commands", None)
        found: list[Command] = list(offered()) if offered is not None else []
        for entry in self.entries.values():
            keys = ("G", entry.letter) if entry.letter else ()
            found.append(
                Command(
                    _("Open: {screen}").format(screen=_(entry.words)),
                    partial(self.go, entry.key),
                    "",
                    f"{entry.icon}-line",
                    keys,
                )
            )
        return found + self._always()

    def _always(self) -> list[Command]:
        mode = _("Switch to light") if theme.mode == "dark" else _("Switch to dark")
        commands = [
            Command(mode, self.mode_wanted.emit, icon="sun-line" if theme.mode == "dark" else "moon-line"),
            Command(_("Switch the language"), self.language_wanted.emit, "中文 · English", "global-line"),
            Command(_("Manual page of this screen"), self.open_manual, icon="question-line", keys=("F1",)),
            Command(_("Keyboard shortcuts"), self.open_shortcuts, icon="keyboard-box-line", keys=("?",)),
            Command(_("Full screen"), self.full_screen_wanted.emit, icon="fullscreen-line", keys=("F11",)),
        ]
        if self.inbox is not None:
            commands.append(Command(_("Messages"), self.inbox.open, icon="notification-3-line"))
        if self._may_open_own:
            commands.append(Command(_("Open your own shop"), self._open_own, icon="store-2-line"))
        return [*commands, Command(_("Sign out"), self.sign_out, icon="logout-box-r-line")]

    # Keys, menu, help

    def _keys(self) -> None:
        keys: list[tuple[str, Callable[[], object], str]] = [
            ("Ctrl+K", self.open_palette, _("Search and commands")),
            ("F1", self.open_manual, _("Manual page of this screen")),
            ("?", self.open_shortcuts, _("Keyboard shortcuts")),
            ("Ctrl+Z", self.undo, _("Undo")),
        ]
        for entry in self.entries.values():
            if entry.letter:
                words = _("Open: {screen}").format(screen=_(entry.words))
                keys.append((f"G, {entry.letter}", partial(self.go, entry.key), words))
        for sequence, run, title in keys:
            shortcuts.on(self, sequence, run, title)

    def undo(self) -> None:
        """Undo what the newest toast offers."""
        host_of(self).undo_newest()

    def open_manual(self) -> None:
        """Open the manual page of this screen."""
        ManualSheet(self.window(), self.key, _(self.entries[self.key].words) if self.key else "").open()

    def open_shortcuts(self) -> None:
        """List the keys."""
        shortcuts.show_list(self.window())

    def _open_menu(self, corner: QPoint) -> None:
        entries: list[tuple[str, str, object]] = [
            (_("Keyboard shortcuts"), "keyboard-box-line", self.open_shortcuts),
            (_("Manual page of this screen"), "question-line", self.open_manual),
            (_("Full screen"), "fullscreen-line", self.full_screen_wanted.emit),
            ("", "", None),
        ]
        if self._may_open_own:
            entries.append((_("Open your own shop"), "store-2-line", self._open_own))
        entries.append((_("Sign out"), "logout-box-r-line", self.sign_out))
        menu = person_menu(self, entries)
        menu.popup(corner - QPoint(menu.sizeHint().width(), 0))

    # What the bars show

    def show_reach(self, well: bool) -> None:
        """Show whether the database answers."""
        self.top.sync.show_state(well)
        self.top._place()

    def _count(self, _touched: object = None) -> None:
        for question, show in (
            (shell.orders_to_ship, partial(self.side.show_count, "orders")),
            (shell.goods_below_safety, partial(self.side.show_count, "inventory")),
            (shell.kiosks, self._show_kiosks),
        ):
            if self.context.may(question):
                self._background.ask_latest(question.name, question, *()).then(show).otherwise(
                    lambda _error: None
                )

    def _show_kiosks(self, seen: shell.Kiosks) -> None:
        self.side.kiosks.show_kiosks(seen.online, seen.orders)

    def _ask_card(self) -> None:
        self._background.ask_latest("card", shell.shop_card).then(self._show_card)

    def _show_card(self, card: shell.ShopCard) -> None:
        self.card = card
        self.side.shop.show_shop(card.name, card.branch)
        if theme.gains_red != card.gain_red:
            theme.use(gains_red=card.gain_red)

    def _ask_me(self) -> None:
        self._background.ask_latest("me", shell.me).then(self._compare).otherwise(
            lambda _error: self.sign_out_wanted.emit()
        )

    def _compare(self, person: shell.Person) -> None:
        if not person.rights:
            self.sign_out_wanted.emit()
        elif person != self.person:
            self.rights_changed.emit()

    # Size

    def showEvent(self, event: QShowEvent) -> None:
        """Keep what a toast offers in sight when this workspace follows another."""
        super().showEvent(event)
        host_of(self).place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold the side bar in a narrow window."""
        super().resizeEvent(event)
        self.side.fold(self.width() < theme.px(FOLD_UNDER))
        for cover in (self.palette_box, self.inbox):
            if cover is not None and not cover.closed:
                cover.setGeometry(self.rect())
