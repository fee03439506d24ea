"""The kiosk's one window: pages and overlays, idle time, staff exit, and nothing that leads out."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QPaintEvent, QPixmapCache, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _, language, set_language
from desktop.queries.checkout import Goods
from desktop.queries.kiosk import KioskFacts, kiosk_facts, search_rated
from desktop.services.pay_limits import ASK_MANAGER
from desktop.views.common.context import Context
from desktop.views.common.paint import painting
from desktop.views.kiosk.cart import FIND, IDLE, RECEIPT, STAFF, WAIT, Notify
from desktop.views.kiosk.lock import Lock
from desktop.views.kiosk.look import color, look
from desktop.views.kiosk.overlays import (
    Calling,
    Choose,
    Notice,
    Overlay,
    Pin,
    Search,
    SignUp,
    StillThere,
    Trouble,
)
from desktop.views.kiosk.page import Page, Surroundings
from desktop.views.kiosk.page_receipt import ReceiptPage
from desktop.views.kiosk.pages import page_of
from desktop.views.kiosk.parts import Header
from desktop.views.kiosk.pay import DESPITE
from desktop.views.kiosk.receipt_job import ReceiptJob
from desktop.views.kiosk.sale import KioskSale
from desktop.views.kiosk.scanner import Scanner
from desktop.views.kiosk.staff import StaffDesk
from desktop.views.kiosk.widgets import column

WARNING_SECONDS = 30
RETRY_MS = 3_000
STAFF_SECONDS = 120
FIND_SECONDS = 30  # an order somebody looked up is not left on the screen


class KioskWindow(QWidget):
    """Full screen, frameless; leaves only by the hidden gesture and a staff PIN (then `left` is emitted)."""

    left = Signal()

    def __init__(
        self,
        context: Context,
        till_id: int,
        portal_address: Callable[[], str | None],
        has_printer: bool,
        notify: Notify | None,
        landscape: bool | None = None,
    ) -> None:
        super().__init__(None, Qt.WindowType.FramelessWindowHint | Qt.WindowType.Window)
        self._context, self._till, self._landscape = context, till_id, landscape
        self._portal, self._notify = portal_address, notify
        self._paper = ReceiptJob(context.background, context.news, self) if has_printer else None
        self._home_language = language()
        self._may_leave = False
        self._idle = 0
        self.sale: KioskSale | None = None
        self.page: Page | None = None
        self.overlay: Overlay | None = None
        self._trouble: Trouble | None = None
        self._around: Surroundings | None = None
        self._header: QWidget | None = None
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self.setAcceptDrops(False)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setWindowTitle("掌柜")
        self._layout = column(space=0)
        self._layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)  # the screen is what it is
        self.setLayout(self._layout)
        self.scanner = Scanner(self.windowHandle, self)
        self.scanner.scanned.connect(self._scan)
        self._lock = Lock(self)
        self._lock.lively.connect(self._lively)
        self._staff = StaffDesk(self, context.background, till_id, self._left)
        self._seconds = QTimer(self, interval=1_000)
        self._seconds.timeout.connect(self.tick)
        context.background.bug.connect(self._bug)
        self._load()

    # -- coming up --------------------------------------------------------------------------------------------

    def fill_screen(self) -> None:
        """Cover the screen, also where no window manager makes windows full screen."""
        screen = self.screen()
        if screen is not None:
            self.setGeometry(screen.geometry())
        self.showFullScreen()
        if screen is not None and self.size() != screen.geometry().size():
            self.showNormal()
            self.setGeometry(screen.geometry())

    def _load(self) -> None:
        task = self._context.background.ask(kiosk_facts, self._till)
        task.then(self._loaded).otherwise(self._not_loaded)

    def _loaded(self, facts: KioskFacts) -> None:
        if self.sale is not None:
            self.sale.facts = facts
            return
        self.sale = KioskSale(self._context.background, facts, self._till, self._notify, self)
        self._around = Surroundings(
            self.sale, self._address, self._search, self._restart, self._call, self.ask_pin,
            self._paper, self._portal,
        )  # fmt: skip
        if self._paper is not None:
            self._paper.troubled.connect(self._not_printed)
        self.sale.changed.connect(self._refresh)
        self.sale.page_changed.connect(self._turn)
        self.sale.said.connect(self.say)
        self.sale.several.connect(self._choose)
        self.sale.wiped.connect(self._wiped)
        self.sale.facts_changed.connect(self._build)
        self._context.news.changed.connect(self.sale.hear)
        self._seconds.start()
        self._build()
        self.sale.restore()

    def _not_loaded(self, error: ShopError) -> None:
        if self._trouble is None or self._trouble.sentence != str(error):
            self._drop_trouble()
            self._trouble = Trouble(str(error))
            self._layout.addWidget(self._trouble)
        QTimer.singleShot(RETRY_MS, self, self._load)

    def _drop_trouble(self) -> None:
        if self._trouble is not None:
            self._trouble.hide()
            self._trouble.deleteLater()
            self._trouble = None

    def _address(self, token: str) -> str:
        if self._notify is None:  # the phone page could not prove a number
            return ""
        base = self._portal()
        return f"{base.rstrip('/')}/s/{token}" if base else ""

    # -- building ---------------------------------------------------------------------------------------------

    def _build(self) -> None:
        if self.sale is None or self._around is None:
            return
        self._drop_trouble()
        look.fit(self.width(), self.height(), landscape=self._landscape)
        if self._header is not None:
            self._header.hide()
            self._header.setParent(None)
            self._header.deleteLater()
        tools: dict[str, Callable[[], object]] = {
            "staff": self._staff.ask_pin_to_leave, "language": self._switch_language, "large": self._switch_size, "help": self._call,
        }  # fmt: skip
        self._header = Header(self.sale.facts.shop_name, self.sale.facts.till_name, tools)
        self._layout.insertWidget(0, self._header)
        self._turn(self.sale.page)

    def _turn(self, key: str) -> None:
        assert self._around is not None
        if self.page is not None:
            self.page.hide()
            self.page.setParent(None)
            self.page.deleteLater()
        self.close_overlay()
        self._idle = 0
        self.page = page_of(key, self._around)
        self._layout.addWidget(self.page, 1)
        self.page.show()
        self.page.tick(self._limit())

    def _refresh(self) -> None:
        if self.page is not None:
            self.page.refresh()
        sale = self.sale
        if sale is not None and sale.unknown_phone and not isinstance(self.overlay, SignUp):
            phone = sale.unknown_phone
            question = SignUp(self, phone, sale.facts.welcome_points)
            question.joined.connect(partial(sale.join, phone, sign_up=True))
            self.open_overlay(question)
            question.ended.connect(sale.another_number)

    def _switch_language(self) -> None:
        set_language("en" if language().startswith("zh") else "zh_CN")
        self._build()

    def _switch_size(self) -> None:
        look.enlarge(not look.large)
        self._build()

    def _wiped(self) -> None:
        if self._paper is not None:
            self._paper.forget()
        changed = look.large or language() != self._home_language
        look.enlarge(False)
        set_language(self._home_language)
        self.scanner.forget()
        QPixmapCache.clear()
        self._load()  # settings may have changed since the last customer
        if changed:
            QTimer.singleShot(0, self, self._build)

    # -- overlays ---------------------------------------------------------------------------------------------

    def open_overlay(self, overlay: Overlay) -> None:
        """Show this over the page, in place of another one."""
        self.close_overlay()
        self.overlay = overlay
        overlay.ended.connect(self.close_overlay)
        overlay.show()
        overlay.raise_()
        overlay.setFocus()

    def close_overlay(self) -> None:
        """Take the overlay away."""
        self._lock.rest()
        if self.overlay is not None:
            self.overlay.hide()
            self.overlay.setParent(None)
            self.overlay.deleteLater()
            self.overlay = None

    def say(self, sentence: str, next_step: str) -> None:
        """Show a sentence, with its next step as a button."""
        if isinstance(self.overlay, Pin):
            self.overlay.refuse(sentence)
            return
        steps: dict[str, tuple[str, Callable[[], object]]] = {
            "staff": (_("Call staff"), self._call),
            "call staff": (_("Call staff"), self._call),
            "rates": (_("Call staff"), self._call),
            "search": (_("Add by name"), self._search),
            DESPITE: (_("Take payment"), self._take_despite),
            ASK_MANAGER: (_("Manager’s PIN"), self._staff.ask_manager),
        }
        verb, on = steps.get(next_step, ("", None))
        self.open_overlay(Notice(self, sentence, verb, on))

    def _take_despite(self) -> None:
        self.close_overlay()
        if self.sale is not None:
            self.sale.settle_despite()

    def _bug(self, problem: object) -> None:
        self.say(_("Something went wrong here. Your cart is kept; call staff if it happens again."), "staff")

    def _call(self) -> None:
        if self.sale is not None:
            calling = Calling(self, self.sale.facts.till_name)
            calling.staff_here.connect(self._staff.ask_pin)
            self.open_overlay(calling)

    def _choose(self, goods: Sequence[Goods]) -> None:
        assert self.sale is not None
        chooser = Choose(self, goods, self.sale.facts.currency)
        chooser.chosen.connect(self._chosen)
        self.open_overlay(chooser)

    def _chosen(self, goods: Goods) -> None:
        assert self.sale is not None
        self.close_overlay()
        self.sale.add(goods)

    def _search(self) -> None:
        assert self.sale is not None
        search = Search(self, self.sale.facts.currency)
        scope = self._context.background.of(search)
        search.asked.connect(
            lambda text: scope.ask_latest("goods", search_rated, text).then(search.show_rated)
        )
        search.chosen.connect(self._chosen)
        search.several.connect(self._choose)
        self.open_overlay(search)
        scope.ask_latest("goods", search_rated, "").then(search.show_rated)

    def _restart(self) -> None:
        """A touch by mistake must not cost a full cart."""
        if self.sale is None or not self.sale.lines:
            self._clear()
            return
        question, verb = _("Clear the cart and start over?"), _("End and clear the cart")
        self.open_overlay(Notice(self, question, verb, self._clear, back=_("Go on shopping")))

    def _clear(self) -> None:
        if self.sale is not None:
            self.sale.finish()

    def ask_pin(self, title: str, entered: Callable[[str], object]) -> None:
        """Ask for a staff PIN and hand it on."""
        pin = Pin(self, title)
        pin.entered.connect(entered)
        self.open_overlay(pin)

    def _left(self) -> None:
        self._may_leave = True
        self._seconds.stop()
        set_language(self._home_language)
        self.left.emit()
        self.close()

    # -- paper ------------------------------------------------------------------------------------------------

    def _not_printed(self, sentence: str) -> None:
        if isinstance(self.page, ReceiptPage):
            self.say(sentence, "staff")

    # -- time and hands ---------------------------------------------------------------------------------------

    def _limit(self) -> int:
        seconds = self.sale.facts.idle_seconds if self.sale else 60
        if self.sale is not None:
            seconds = {STAFF: STAFF_SECONDS, FIND: FIND_SECONDS}.get(self.sale.page, seconds)
        return seconds * (2 if look.large else 1)

    def tick(self) -> None:
        """A second went by."""
        if self.sale is None or self.page is None:
            return
        if isinstance(self.overlay, StillThere):
            self.overlay.tick()
            return
        self._idle += 1
        left = self._limit() - self._idle
        self.page.tick(max(0, left))
        if left > 0 or self.sale.busy == "settle":
            return
        if self.sale.page in (IDLE, RECEIPT):
            if not isinstance(self.overlay, Calling):
                self.close_overlay()
            if self.sale.page == IDLE and (look.large or language() != self._home_language):
                self._wiped()
        elif self.sale.page == STAFF:
            self.sale.back_to_bill()
        elif self.sale.page != WAIT and not isinstance(self.overlay, Calling):
            self._ask_still_there()

    def _ask_still_there(self) -> None:
        if self.sale is not None and not self.sale.lines:
            self.sale.finish()
            return
        still = StillThere(self, WARNING_SECONDS * (2 if look.large else 1))
        still.ran_out.connect(self._clear)
        still.ended.connect(self._lively)
        self.open_overlay(still)

    def _lively(self) -> None:
        self._idle = 0

    def _scan(self, code: str) -> None:
        self._idle = 0
        if self.sale is None or isinstance(self.overlay, Pin):
            return
        if not isinstance(self.overlay, Notice | None):  # what was said stays to be read
            self.close_overlay()
        if self.page is None or not self.page.scanned(code):
            self.sale.scan(code)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        taker: Any = self.overlay or self.page
        if taker is None or not taker.typed(event):
            event.ignore()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        handle = self.windowHandle()
        if handle is not None:
            for watcher in (self.scanner, self._lock):  # the one installed last sees events first
                handle.removeEventFilter(watcher)
                handle.installEventFilter(watcher)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self.sale is not None and event.size() != event.oldSize():
            self._build()
        if self.overlay is not None:
            self.overlay.setGeometry(self.rect())

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._may_leave:
            event.accept()
        else:
            event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.fillRect(self.rect(), color("page"))
