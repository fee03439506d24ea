"""Settings: a list of pages at left, the page at right."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QStackedWidget, QWidget

from desktop.basics.i18n import N_, _
from desktop.queries.audit import audit_page
from desktop.queries.health import health
from desktop.queries.notices import templates_list
from desktop.queries.places import places_list
from desktop.queries.scale_codes import scale_layouts
from desktop.queries.settings import database_facts, settings_list
from desktop.queries.staff import permission_matrix
from desktop.queries.tills import tills_list
from desktop.views.common import icons, remember
from desktop.views.common.buttons import plain
from desktop.views.common.cards import Divider, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.focus_ring import ring_on_focus
from desktop.views.common.labels import Label
from desktop.views.common.paint import box, draw_text, painting, repaint_on_change
from desktop.views.common.theme import theme
from desktop.views.settings.audit_page import AuditPage
from desktop.views.settings.barcodes_page import BarcodesPage
from desktop.views.settings.carriers_page import CarriersPage
from desktop.views.settings.currencies_page import CurrenciesPage
from desktop.views.settings.database_page import DatabasePage
from desktop.views.settings.form import Page
from desktop.views.settings.health_page import HealthPage
from desktop.views.settings.locations_page import LocationsPage
from desktop.views.settings.look_page import LookPage
from desktop.views.settings.notices_page import NoticesPage
from desktop.views.settings.order_types_page import OrderTypesPage
from desktop.views.settings.payments_page import PaymentsPage
from desktop.views.settings.printer_page import PrinterPage
from desktop.views.settings.receipts_page import ReceiptsPage
from desktop.views.settings.registry_page import CASH, ORDERS, POINTS, SHOP, RegistryPage
from desktop.views.settings.roles_page import RolesPage
from desktop.views.settings.staff_page import StaffPage
from desktop.views.settings.stored_page import StoredPage
from desktop.views.settings.texts_page import TextsPage
from desktop.views.settings.tills_page import TillsPage


@dataclass(frozen=True)
class Entry:
    """One page: its words, icon, group, the question it lives on, and how it is made."""

    key: str
    words: str
    icon: str
    group: str
    question: Any
    make: Callable[[Context], Page]


def _shop(context: Context) -> Page:
    return RegistryPage(context, _("The shop"), SHOP)


def _points(context: Context) -> Page:
    return RegistryPage(
        context, _("Members and points"), POINTS, _("New orders follow at once; old ones stay")
    )


def _cash(context: Context) -> Page:
    return RegistryPage(context, _("Cash"), CASH)


def _orders(context: Context) -> Page:
    return RegistryPage(context, _("Orders, stock and kiosk"), ORDERS)


ENTRIES = (
    Entry("shop", N_("The shop"), "store-2-line", N_("The shop"), settings_list, _shop),
    Entry("points", N_("Members and points"), "copper-coin-line", N_("The shop"), settings_list, _points),
    Entry(
        "orders", N_("Orders, stock and kiosk"), "file-list-3-line", N_("The shop"), settings_list, _orders
    ),
    Entry(
        "order_types",
        N_("Types of orders"),
        "file-settings-line",
        N_("The shop"),
        settings_list,
        OrderTypesPage,
    ),
    Entry("carriers", N_("Carriers"), "truck-line", N_("The shop"), settings_list, CarriersPage),
    Entry("notices", N_("Notifications"), "notification-3-line", N_("The shop"), settings_list, NoticesPage),
    Entry("texts", N_("Message texts"), "chat-quote-line", N_("The shop"), templates_list, TextsPage),
    Entry("payments", N_("Payments"), "wallet-3-line", N_("The shop"), settings_list, PaymentsPage),
    Entry("tills", N_("Tills"), "computer-line", N_("The shop"), tills_list, TillsPage),
    Entry("currencies", N_("Currencies"), "exchange-line", N_("The shop"), settings_list, CurrenciesPage),
    Entry("stored_value", N_("Stored value"), "hand-coin-line", N_("The shop"), settings_list, StoredPage),
    Entry("cash", N_("Cash"), "safe-2-line", N_("The shop"), settings_list, _cash),
    Entry("receipts", N_("Receipts"), "bill-line", N_("The shop"), settings_list, ReceiptsPage),
    Entry("barcodes", N_("Barcodes"), "barcode-line", N_("The shop"), scale_layouts, BarcodesPage),
    Entry("locations", N_("Locations"), "map-pin-line", N_("The shop"), places_list, LocationsPage),
    Entry("staff", N_("Staff"), "team-line", N_("People"), permission_matrix, StaffPage),
    Entry("roles", N_("Roles and rights"), "shield-user-line", N_("People"), permission_matrix, RolesPage),
    Entry("audit", N_("Audit trail"), "history-line", N_("People"), audit_page, AuditPage),
    Entry("health", N_("Health"), "heart-pulse-line", N_("This machine"), health, HealthPage),
    Entry("look", N_("Language and look"), "palette-line", N_("This machine"), None, LookPage),
    Entry("printer", N_("Receipt printer"), "printer-line", N_("This machine"), None, PrinterPage),
    Entry("database", N_("Database"), "database-2-line", N_("This machine"), database_facts, DatabasePage),
)


class NavItem(QWidget):
    """A line of the list at left."""

    pressed = Signal()

    def __init__(self, words: str, icon: str) -> None:
        super().__init__()
        self._words, self._icon, self.chosen, self._hover = words, icon, False, False
        self.setAccessibleName(words)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        repaint_on_change(self)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(190), theme.px(34))

    def choose(self, on: bool) -> None:
        """Show whether this page is open."""
        self.chosen = on
        self.setAccessibleDescription(_("Open") if on else "")
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit()
        elif event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: object) -> None:
        self._hover = True
        self.update()

    def leaveEvent(self, event: object) -> None:
        self._hover = False
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        ring_on_focus(self, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        px = theme.px
        with painting(self) as painter:
            area = QRectF(self.rect())
            if self.chosen or self._hover:
                box(painter, area, 8, theme.color("selected" if self.chosen else "hover"))
            token = "primary_text" if self.chosen else "text2"
            icons.draw(painter, QRectF(px(10), 0, px(20), area.height()), self._icon, token, px(16))
            words = QRectF(px(38), 0, area.width() - px(44), area.height())
            style = "small_b" if self.chosen else "small"
            draw_text(painter, words, self._words, style, theme.color("text"))


class SettingsScreen(QWidget):
    """The screen in the side bar."""

    key = "settings"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._habit = f"user/{context.username}/settings"
        self.entries = {e.key: e for e in ENTRIES if e.question is None or context.may(e.question)}
        self.pages: dict[str, Page] = {}
        self.items: dict[str, NavItem] = {}
        self.open_key = ""
        row = hbox(self, gap=0)
        row.addWidget(self._rail())
        row.addWidget(Divider(vertical=True, token="border"))
        self.stack = QStackedWidget()
        row.addWidget(self.stack, 1)

    def _rail(self) -> QWidget:
        inner = QWidget()
        column = vbox(inner, margins=(12, 20, 12, 20), gap=2)
        head = Label(_("Settings"), "h1")
        head.setContentsMargins(10, 0, 0, 8)
        column.addWidget(head)
        group = ""
        for entry in self.entries.values():
            if entry.group != group:
                group = entry.group
                word = Label(_(group), "micro", "text3")
                word.setContentsMargins(10, 10, 0, 2)
                column.addWidget(word)
            item = self.items[entry.key] = NavItem(_(entry.words), entry.icon)
            item.pressed.connect(lambda key=entry.key: self.go(key))
            column.addWidget(item)
        column.addStretch(1)
        rail = QScrollArea()
        rail.setWidgetResizable(True)
        rail.setFrameShape(QFrame.Shape.NoFrame)
        rail.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rail.setFixedWidth(theme.px(228))
        rail.setWidget(inner)
        rail.viewport().setAutoFillBackground(False)
        inner.setAutoFillBackground(False)  # setWidget switches it on
        self._rail_area = rail
        return rail

    def title(self) -> str:
        """The name in the window's title and the palette."""
        return _("Settings")

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self.open_key:
            last = remember.get(self._habit, "")
            self.go(last if last in self.entries else next(iter(self.entries)))

    def open_filters(self, *, page: str = "", **_more: Any) -> None:
        """Open one of the pages by its key."""
        if page in self.entries:
            self.go(page)

    def go(self, key: str) -> None:
        """Open a page; what is typed and not saved on the one before is asked about once."""
        before = self.pages.get(self.open_key)
        if before is not None and before.dirty() and key != self.open_key:
            self._ask_first(before, partial(self.go, key))
            return
        page = self.pages.get(key)
        if page is None:
            page = self.pages[key] = self.entries[key].make(self._context)
            self.stack.addWidget(page)
        self.open_key = key
        remember.put(self._habit, key)
        self.stack.setCurrentWidget(page)
        for name, item in self.items.items():
            item.choose(name == key)
        self._rail_area.ensureWidgetVisible(self.items[key])
        page.load()

    def may_leave(self, go_on: Callable[[], object]) -> bool:
        """Whether nothing typed waits here; else it is asked about, and `go_on` follows the answer."""
        page = self.pages.get(self.open_key)
        if page is None or not page.dirty():
            return True
        self._ask_first(page, go_on)
        return False

    def _ask_first(self, page: Page, go_on: Callable[[], object]) -> None:
        sheet = Sheet(
            self.window(),
            _("Leave without saving?"),
            text=_("What you changed on this page is not saved yet."),
            verb=_("Save"),
            icon="save-line",
        )
        drop = plain(_("Take back and leave"))

        def leave() -> None:
            sheet.accept()
            page.take_back()
            go_on()

        def save() -> None:
            sheet.accept()
            page.save()

        drop.clicked.connect(leave)
        sheet.add_left(drop)
        sheet.submitted.connect(save)
        sheet.open()
