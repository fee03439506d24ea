"""The desktop program: from its first window through first start and sign-in to the workspace, and its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from desktop.app.opening import (
    Opened,
    Signed,
    look_up,
    make_own,
    make_sample,
    open_place,
    sign_in_person,
    start_printing,
    wind_up,
)
from desktop.basics.clock import Clock
from desktop.basics.errors import ShopError
from desktop.basics.i18n import _, language, languages, set_language
from desktop.basics.machine import Machine
from desktop.basics.paths import data_folder
from desktop.commands.places import NoShop, own_place, sample_place
from desktop.views.common.theme import theme
from desktop.views.main_window import MainWindow
from desktop.views.shell.errand import Errand
from desktop.views.shell.opening import OpeningPage, TroublePage

if TYPE_CHECKING:
    from desktop.scheduler.clockwork import Clockwork
    from desktop.scheduler.printing import PrintLane
    from desktop.shop.shop import Shop
    from desktop.views.common.background import Background
    from desktop.views.common.refresh import News
    from desktop.views.shell.first_run import FirstRunPage, OwnShop
    from desktop.views.shell.sign_in import SignInPage
    from desktop.views.shell.workspace import Workspace


class Program(QObject):
    """The desktop program from its first window to its end."""

    ready = Signal()  # a workspace is on screen
    _reached = Signal(bool)

    def __init__(
        self,
        address: str,
        *,
        asked: bool = False,
        clock: Clock | None = None,
        machine: Machine | None = None,
        keep_time: bool = False,
    ) -> None:
        super().__init__()
        from desktop.views.common import remember

        self.machine = machine or Machine()
        remember.use(data_folder() / "habits.json")
        self.address, self._asked, self._clock = address, asked, clock
        self._keep_time = keep_time
        self._clockwork: Clockwork | None = None
        self._printing: PrintLane | None = None
        self.opened: Opened | None = None
        self.signed: Signed | None = None
        self.workspace: Workspace | None = None
        self._background: Background | None = None
        self._news: News | None = None
        self._errand: Errand | None = None
        self._shown: Callable[[], None] = lambda: None
        self._reached.connect(self._show_reach, Qt.ConnectionType.QueuedConnection)
        theme.use(self.machine.get("look", "light"))
        self.window = MainWindow()
        self.window.closing.connect(self.stop)

    # Opening

    def start(self) -> None:
        """Show the window, then open the shop behind it."""
        self.window.show_page(OpeningPage())
        self.window.show()
        QTimer.singleShot(0, self, self.open)

    def open(self) -> None:
        """Open the database on a thread; the window stays alive."""
        self.window.set_seal()
        errand = self._begin(lambda _tell: open_place(self.address, self._clock), "open")
        errand.done.connect(self._opened)
        errand.failed.connect(self._not_opened)

    def _begin(self, job: Callable[[Callable[[int, int, str], None]], Any], name: str) -> Errand:
        if self._errand is not None:
            self._errand.drop()
        self._errand = Errand(self, job, name)
        return self._errand.start()

    def _opened(self, opened: Opened) -> None:
        from desktop.shop.shop import forbid_this_thread

        forbid_this_thread()
        self._errand = None
        self.opened = opened
        opened.shop.news.on_reach = self._reached.emit
        if self._keep_time:
            self._clockwork = wind_up(opened.shop)
            self._printing = start_printing(opened.shop, opened.till_id, self.machine)
        self.window.say_title(opened.card.name)
        self.show_sign_in()

    def _not_opened(self, error: BaseException) -> None:
        self._errand = None
        if isinstance(error, NoShop):
            self.show_first_run()
        elif isinstance(error, ShopError):
            page = TroublePage(str(error), self.address.rpartition("@")[2])
            page.again.connect(self.start)
            self._show(page, lambda: self._not_opened(error))
        else:
            raise error

    def _show(self, page: Any, again: Callable[[], None]) -> None:
        """Show a page and remember how to make it anew in another language."""
        self._shown = again
        for signal, slot in (("language_wanted", self.next_language), ("mode_wanted", self.switch_mode)):
            if hasattr(page, signal):
                getattr(page, signal).connect(slot)
        self.window.show_page(page)

    # First start

    def show_first_run(self, *, only_own: bool = False) -> None:
        """Ask: the sample shop, or your own?"""
        from desktop.views.shell.first_run import FirstRunPage

        page = FirstRunPage(only_own=only_own, may_leave=only_own)
        page.sample_wanted.connect(lambda: self._make_sample(page))
        page.own_wanted.connect(lambda wanted: self._make_own(page, wanted))
        page.left.connect(self.show_sign_in)
        self._show(page, lambda: self.show_first_run(only_own=only_own))

    def _make_sample(self, page: FirstRunPage) -> None:
        address = self.address if self._asked else sample_place()
        errand = self._begin(lambda _tell: make_sample(address, self._clock), "sample")
        errand.done.connect(lambda _none: self._made(address))
        errand.failed.connect(lambda error: self._not_made(page, error))

    def _make_own(self, page: FirstRunPage, wanted: OwnShop) -> None:
        address = self.address if self._asked or self.opened is None else own_place()
        if not self._asked:
            address = own_place()
        errand = self._begin(lambda _tell: make_own(address, wanted, self._clock), "own")
        errand.done.connect(lambda _none: self._made(address, (wanted.username, wanted.password)))
        errand.failed.connect(lambda error: self._not_made(page, error))

    def _made(self, address: str, who: tuple[str, str] | None = None) -> None:
        self._close_shop()
        self.address = address
        self._errand = None
        errand = self._begin(lambda _tell: open_place(address, self._clock), "open")
        errand.done.connect(lambda opened: self._enter_made(opened, who))
        errand.failed.connect(self._not_opened)

    def _enter_made(self, opened: Opened, who: tuple[str, str] | None) -> None:
        self._opened(opened)
        page = self.window.page
        if who is not None and page is not None:
            self._sign_in(page, *who)

    def _not_made(self, page: FirstRunPage, error: BaseException) -> None:
        self._errand = None
        if not isinstance(error, ShopError):
            page.show_failed(_("Something unexpected happened; nothing was kept."))
            raise error
        if page.fields:
            page.refused(error)
        else:
            page.show_failed(str(error))

    # Signing in and out

    def show_sign_in(self) -> None:
        """Ask who is there."""
        from desktop.views.shell.sign_in import SignInPage

        if self.opened is None:
            self.open()
            return
        card = self.opened.card
        last = "" if card.sample else self.machine.get("last_user", "")
        page = SignInPage(
            card.name, card.branch, sample=card.sample, username=last, may_open_own=self._may_open_own()
        )
        page.entered.connect(lambda name, password: self._sign_in(page, name, password))
        page.own_shop_wanted.connect(lambda: self.show_first_run(only_own=True))
        self._show(page, self.show_sign_in)
        page.start()

    def _may_open_own(self) -> bool:
        return not self._asked and self.opened is not None and self.opened.card.sample

    def _sign_in(self, page: SignInPage | Any, name: str, password: str) -> None:
        opened = self.opened
        assert opened is not None
        errand = self._begin(lambda _tell: sign_in_person(opened, name, password), "sign-in")
        errand.done.connect(self._signed)
        errand.failed.connect(lambda error: self._refused(page, error))

    def _refused(self, page: SignInPage, error: BaseException) -> None:
        self._errand = None
        if not isinstance(error, ShopError):
            page.button.busy(False)
            raise error
        page.refused(error)

    def _signed(self, signed: Signed) -> None:
        from desktop.views.common import remember

        self._errand = None
        self.signed = signed
        name = signed.person.username
        self.machine.put("last_user", name)
        self.window.place_for(name)
        wanted = remember.get(f"user/{name}/language", "")
        if wanted in languages():
            set_language(wanted)
        theme.use(
            remember.get(f"user/{name}/look", theme.choice),
            remember.get(f"user/{name}/text_size", theme.text_size),
            gains_red=self.opened is not None and self.opened.card.gain_red,
        )
        theme.changed.connect(self._keep_look)
        self._join(signed.shop)
        self.show_workspace()
        self.ready.emit()

    def _join(self, shop: Shop) -> None:
        from desktop.views.common import say
        from desktop.views.common.background import Background
        from desktop.views.common.refresh import News

        self._background = Background(shop, self)
        self._background.refused.connect(say.error)
        self._background.bug.connect(lambda problem: say.crash(problem, self.window))
        self._news = News(shop.listen, self)

    def show_workspace(self, key: str = "", left: dict[str, Any] | None = None) -> None:
        """Build the bars and screens for whoever is signed in; `left` says where screens stood before."""
        from zoneinfo import ZoneInfo

        from desktop.views.common.context import Context
        from desktop.views.common.simulated import SimulatedMark
        from desktop.views.shell.workspace import Workspace

        opened, signed, background, news = self.opened, self.signed, self._background, self._news
        if opened is None or signed is None or background is None or news is None:
            return
        context = Context(
            shop=signed.shop,
            background=background,
            news=news,
            navigate=self.navigate,
            zone=ZoneInfo(opened.card.zone),
            currency=opened.card.currency,
            machine=self.machine,
            set_language=self.use_language,
            user_id=signed.person.id,
            user_name=signed.person.name,
            username=signed.person.username,
            till_id=opened.till_id,
            sample=opened.card.sample,
        )
        workspace = Workspace(
            context, signed.person, opened.card, may_open_own=self._may_open_own(), left=left
        )
        workspace.sign_out_wanted.connect(self.sign_out)
        workspace.own_shop_wanted.connect(self._leave_for_own)
        workspace.full_screen_wanted.connect(self.window.toggle_full_screen)
        workspace.rights_changed.connect(self._learn_again)
        self.workspace = workspace
        SimulatedMark(workspace, context)
        self._show(workspace, self._rebuild)
        workspace.navigate(key) if key in workspace.entries else workspace.start()

    def navigate(self, key: str, item_id: int | None = None, **filters: Any) -> None:
        """Go to a screen of the workspace."""
        if self.workspace is not None:
            self.workspace.navigate(key, item_id, **filters)

    def _rebuild(self) -> None:
        before = self.workspace
        if before is not None:
            self.show_workspace(before.key, before.states())

    def _learn_again(self) -> None:
        opened, signed = self.opened, self.signed
        if opened is None or signed is None:
            return
        errand = self._begin(lambda _tell: look_up(opened, signed.actor), "rights")
        errand.done.connect(self._learned_again)

    def _learned_again(self, signed: Signed) -> None:
        self._errand = None
        if self.signed is not None:
            self.signed.person = signed.person
            self._rebuild()

    def sign_out(self) -> None:
        """Forget who was signed in and ask again."""
        self._leave()
        self.show_sign_in()

    def _leave_for_own(self) -> None:
        self._leave()
        self.show_first_run(only_own=True)

    def _leave(self) -> None:
        if self.signed is None:
            return
        self.window.keep_place(self.signed.person.username)
        theme.changed.disconnect(self._keep_look)
        if self._news is not None:
            self._news.close()
        if self._background is not None:
            self._background.shutdown()
        self.signed = self.workspace = self._background = self._news = None

    # Look and language

    def next_language(self) -> None:
        """Switch to the next language there is."""
        known = languages()
        here = known.index(language()) if language() in known else -1
        self.use_language(known[(here + 1) % len(known)])

    def use_language(self, code: str) -> None:
        """Speak this language from now on; the page on screen is made anew."""
        from desktop.views.common import remember

        if code == language():
            return
        set_language(code)
        self.machine.put("language", code)
        if self.signed is not None:
            remember.put(f"user/{self.signed.person.username}/language", code)
        if self.opened is not None:
            self.window.say_title(self.opened.card.name)
        QTimer.singleShot(0, self, self._shown)

    def switch_mode(self) -> None:
        """Light to dark and back."""
        theme.use("light" if theme.mode == "dark" else "dark")
        self.machine.put("look", theme.choice)
        page = self.window.page
        if page is not None and hasattr(page, "show_mode"):
            page.show_mode()

    def _keep_look(self) -> None:
        from desktop.views.common import remember

        if self.signed is not None:
            remember.put(f"user/{self.signed.person.username}/look", theme.choice)
            remember.put(f"user/{self.signed.person.username}/text_size", theme.text_size)
            self.machine.put("look", theme.choice)

    def _show_reach(self, well: bool) -> None:
        if self.workspace is not None:
            self.workspace.show_reach(well)

    # Ending

    def stop(self) -> None:
        """End in the order in which things lean on each other."""
        if self._errand is not None:
            self._errand.drop()
            self._errand = None
        self._leave()
        self._close_shop()

    def _close_shop(self) -> None:
        opened, self.opened = self.opened, None
        if opened is not None:
            from desktop.shop.shop import allow_every_thread

            allow_every_thread()
            printing, self._printing = self._printing, None
            if printing is not None:
                printing.stop()
            clockwork, self._clockwork = self._clockwork, None
            if clockwork is not None:
                clockwork.stop()
            opened.shop.news.on_reach = None
            opened.shop.news.close()
            opened.storage.close()
