"""The self-checkout program: shop, portal, printer and the one window, put together and taken apart again."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from desktop.app.opening import Opened, open_place, start_printing, wind_up
from desktop.basics.clock import Clock
from desktop.basics.errors import ShopError, Unavailable
from desktop.basics.i18n import N_, _, set_language
from desktop.basics.machine import Machine
from desktop.basics.paths import data_folder
from desktop.commands.places import NoShop, chosen_place, kiosk_till
from desktop.commands.say import WrongUse, failed
from desktop.views.common.background import Background
from desktop.views.common.context import Context
from desktop.views.common.refresh import News
from desktop.views.common.simulated import SimulatedMark
from desktop.views.main_window import MainWindow
from desktop.views.shell.errand import Errand
from desktop.views.shell.opening import OpeningPage, TroublePage

if TYPE_CHECKING:
    from desktop.gateways.notify import Notify
    from desktop.portal.server import PortalServer
    from desktop.scheduler.clockwork import Clockwork
    from desktop.scheduler.printing import PrintLane
    from desktop.shop.shop import Shop
    from desktop.views.kiosk.window import KioskWindow

RETRY_MS = 5_000
log = logging.getLogger("zhanggui.kiosk")


@dataclass
class Parts:
    """Everything the window needs, made on a thread; `portal` is None when no port was free."""

    opened: Opened
    shop: Shop
    till_id: int
    portal: PortalServer | None
    has_printer: bool
    printing: PrintLane
    notify: Notify | None
    clockwork: Clockwork | None = None


class _Nowhere:
    """Stands for the way to phones where none is set up."""

    def send(self, to_phone: str, text: str) -> None:
        """Say that it can't go out."""
        raise Unavailable(
            N_("The code can’t be sent now. Pay without points, or call staff."), next_step="call staff"
        )


def assemble(
    address: str,
    code: str,
    machine: Machine,
    clock: Clock | None = None,
    *,
    host: str = "",
    messages: Path | None = None,
    keep_time: bool = False,
) -> Parts:
    """Open shop, printer and portal for the kiosk with this till code ("" for the only one). Raises `ShopError`.

    With `keep_time` the shop's clock runs here too.
    """
    from desktop.gateways.printer import printer_of, setup_of
    from desktop.shop.actors import kiosk

    opened = open_place(address, clock)
    try:
        till = kiosk_till(opened.storage, code or machine.get("kiosk_till", ""))
        shop = opened.shop.acting_as(kiosk(till))
        shop.learn_rights()
        notify = _way_to_phones(opened, str(machine.get("notify", "")), messages)
        has_printer = printer_of(setup_of(machine)) is not None
    except BaseException:
        opened.shop.news.close()
        opened.storage.close()
        raise
    portal = _serve(shop, notify, host, _ports(shop, int(machine.get("portal_port", 0))))
    printing = start_printing(shop, till, machine)
    return Parts(
        opened, shop, till, portal, has_printer, printing, notify, wind_up(shop) if keep_time else None
    )


def _way_to_phones(opened: Opened, set_to: str, messages: Path | None) -> Notify | None:
    """What this machine is set to, else the shop's text-message service; the sample shop writes to a file instead."""
    from desktop.gateways.notify import FileNotify, notify_at
    from desktop.services.text_messages import TextMessages

    if opened.card.sample and not set_to:
        return FileNotify(messages or data_folder() / "messages.jsonl", opened.shop.clock)
    service = TextMessages(opened.shop)
    return notify_at(set_to, opened.shop.clock) or (service if service.address() else None)


def _ports(shop: Shop, own: int) -> tuple[int, ...]:
    """What to try: this machine's own port, else the one printed on receipts, else any."""
    from desktop.queries.receipt_template import members_page

    if own:
        return (own,)
    printed = urlsplit(shop.ask(members_page)).port
    return (printed, 0) if printed else (0,)


def _serve(shop: Shop, notify: Notify | None, host: str, ports: tuple[int, ...]) -> PortalServer | None:
    """The phone's page; None when every port is taken, then members confirm by code."""
    from desktop.portal.server import PortalServer

    for port in ports:
        portal = PortalServer(shop, notify or _Nowhere(), host=host, port=port)
        try:
            portal.start()
        except (OSError, OverflowError) as error:
            log.warning("the phone page is not served at port %d: %s", port, error)
        else:
            return portal
    return None


class Kiosk(QObject):
    """The window and what stands behind it; `left` when staff closed it, `gave_up` with an error of the command."""

    up = Signal()
    left = Signal()
    gave_up = Signal(object)

    def __init__(
        self, job: Callable[[], Parts], machine: Machine, *, landscape: bool | None, windowed: bool
    ) -> None:
        super().__init__()
        self._job, self._machine, self._landscape, self._windowed = job, machine, landscape, windowed
        self.parts: Parts | None = None
        self.window: KioskWindow | None = None
        self._curtain: MainWindow | None = None
        self._background: Background | None = None
        self._news: News | None = None

    def start(self) -> None:
        """Draw the curtain, then open the shop behind it; tries again by itself when the database is away."""
        if self._curtain is None:
            self._curtain = MainWindow()
            self._curtain.show() if self._windowed else self._curtain.showFullScreen()
        self._curtain.show_page(OpeningPage())
        errand = Errand(self, lambda _tell: self._job(), "kiosk")
        errand.done.connect(self._assembled)
        errand.failed.connect(self._failed)
        errand.start()

    def _failed(self, error: BaseException) -> None:
        if isinstance(error, NoShop | WrongUse) or not isinstance(error, ShopError):
            self.gave_up.emit(error)
            return
        assert self._curtain is not None
        page = TroublePage(str(error), "")
        page.again.connect(self.start)
        self._curtain.show_page(page)
        QTimer.singleShot(RETRY_MS, page, self.start)

    def _assembled(self, parts: Parts) -> None:
        from desktop.shop.shop import forbid_this_thread
        from desktop.views.kiosk.window import KioskWindow

        forbid_this_thread()
        self.parts = parts
        self._background = Background(parts.shop, self)
        self._news = News(parts.shop.listen, self)
        context = Context(
            shop=parts.shop,
            background=self._background,
            news=self._news,
            navigate=_nowhere_to_go,
            zone=ZoneInfo(parts.opened.card.zone),
            currency=parts.opened.card.currency,
            machine=self._machine,
            set_language=set_language,
            till_id=parts.till_id,
            sample=parts.opened.card.sample,
        )
        portal = parts.portal
        self.window = KioskWindow(
            context,
            parts.till_id,
            portal.address if portal is not None else lambda: None,
            parts.has_printer,
            parts.notify,
            landscape=self._landscape,
        )
        SimulatedMark(self.window, context, "h1", above=True)
        self.window.left.connect(self.left)
        self._uncover(self.window)
        self.up.emit()

    def _uncover(self, window: KioskWindow) -> None:
        if self._windowed:
            window.resize(*((1280, 720) if self._landscape else (540, 960)))
            window.show()
        else:
            window.fill_screen()
        if self._curtain is not None:
            self._curtain.hide()
            self._curtain.deleteLater()
            self._curtain = None

    def stop(self) -> None:
        """End in the order in which things lean on each other."""
        from desktop.shop.shop import allow_every_thread

        if self.window is not None:
            self.window.hide()
        if self._news is not None:
            self._news.close()
        if self._background is not None:
            self._background.shutdown()
        allow_every_thread()
        parts, self.parts = self.parts, None
        if parts is not None:
            if parts.portal is not None:
                parts.portal.stop()
            parts.printing.stop()
            if parts.clockwork is not None:
                parts.clockwork.stop()
            parts.opened.shop.news.close()
            parts.opened.storage.close()
        if self.window is not None:
            self.window.deleteLater()
            self.window = None


def _nowhere_to_go(key: str, item_id: int | None = None, **filters: Any) -> None:
    """A kiosk has no other screens."""


def open_kiosk(arguments: argparse.Namespace, application: QApplication) -> int:
    """`zhanggui kiosk`: run until staff leave it with their PIN."""
    machine = Machine()
    address, code = chosen_place(arguments.database), arguments.till or ""
    landscape = None if arguments.portrait is None else not arguments.portrait
    kiosk = Kiosk(
        lambda: assemble(address, code, machine, keep_time=True),
        machine,
        landscape=landscape,
        windowed=arguments.windowed,
    )
    ended: list[int] = []

    def give_up(error: BaseException) -> None:
        wrong = isinstance(error, WrongUse)
        said = (
            error if isinstance(error, ShopError) else ShopError(_("The kiosk could not start; see the log."))
        )
        ended.append(failed(said, json_wanted=arguments.json, code=2 if wrong else 1))
        application.quit()

    kiosk.gave_up.connect(give_up)
    kiosk.left.connect(application.quit)
    kiosk.start()
    code_of_loop = int(application.exec())
    kiosk.stop()
    return ended[0] if ended else code_of_loop
