"""What staff does at a till after their PIN: park a sale, take one back, sell what has no code, leave the kiosk."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _, ngettext
from desktop.basics.ids import new_key
from desktop.basics.money import MILLI, Money
from desktop.queries.checkout import CheckoutView, checkout_view
from desktop.queries.page import Page
from desktop.queries.parking import ParkedSale, parked_sales
from desktop.queries.print_jobs import JobRow, print_jobs
from desktop.services.parking import drop_parked, park_sale, sell_without_code, take_parked
from desktop.services.print_jobs import cancel_job, open_drawer, print_again, settle_doubt
from desktop.services.sign_in import check_pin
from desktop.views.kiosk.cart import BASKET, BEFORE_PAYMENT
from desktop.views.kiosk.goods import scrolling
from desktop.views.kiosk.look import look
from desktop.views.kiosk.overlays import Notice, Overlay
from desktop.views.kiosk.staff_cash import CashDesk
from desktop.views.kiosk.staff_papers import AGAIN, CAME_OUT, CANCEL, NOT_OUT, Papers, WhyDrawer
from desktop.views.kiosk.typed_sum import TypedSum
from desktop.views.kiosk.widgets import Button, Text, column, row, wide

if TYPE_CHECKING:
    from desktop.views.kiosk.window import KioskWindow


class StaffDesk:
    """Opens the menu after a PIN and carries out what is chosen there, as the person whose PIN it was."""

    def __init__(
        self, window: "KioskWindow", background: Any, till_id: int, leave: Callable[[], object]
    ) -> None:
        self._window, self._background, self._till, self._leave = window, background, till_id, leave
        self._door: Any = None
        self._drawer: CashDesk | None = None  # kept while its sheets are open

    def ask_pin(self) -> None:
        """Ask who is there."""
        self._window.ask_pin(_("For staff"), self._entered)

    def ask_pin_to_leave(self) -> None:
        """Ask who wants to close the kiosk."""
        self._window.ask_pin(_("Staff: leave the kiosk"), partial(self._check, lambda _actor: self._leave()))

    def ask_manager(self) -> None:
        """A payment is above somebody's amount: who may take more types the PIN."""
        sale = self._window.sale
        if sale is not None:
            amount = Money(sale.yes_for, sale.facts.currency)
            self._window.ask_pin(_("Payment of {amount}: who approves?").format(amount=amount), sale.approve)

    def _entered(self, pin: str) -> None:
        self._check(self._known, pin)

    def _check(self, then: Callable[[Any], object], pin: str) -> None:
        task = self._background.device(check_pin, self._background.shop, self._till, pin)
        task.then(then).otherwise(self._refused)

    def _known(self, actor: Any) -> None:
        self._door = self._background.shop.acting_as(actor)
        sale = self._window.sale
        assert sale is not None
        deeds: list[tuple[str, str, Callable[[], object]]] = []
        if sale.page in BEFORE_PAYMENT:
            if sale.lines:
                deeds.append((_("Park this sale"), "pause-circle-line", self._park))
            else:
                deeds.append((_("Parked sales"), "play-circle-line", self._ask_parked))
            deeds.append((_("Goods without a code"), "price-tag-3-line", self._ask_price))
        deeds.append((_("Papers for the printer"), "printer-line", self._ask_papers))
        if sale.facts.drawer:
            deeds.append((_("Open drawer"), "safe-2-line", self._ask_why))
        deeds.append((_("Cash session"), "coins-line", self._cash))
        deeds.append((_("Leave the kiosk"), "logout-box-r-line", self._leave))
        self._window.open_overlay(StaffMenu(self._window, deeds))

    def _cash(self) -> None:
        self._drawer = CashDesk(self._window, self._background, self._till, self._door, self._refused)
        self._drawer.begin()

    def _do(self, then: Callable[[Any], object], action: Any, *args: Any) -> None:
        self._background.device(self._door.do, action, *args).then(then).otherwise(self._refused)

    def _refused(self, error: ShopError) -> None:
        self._window.say(str(error), error.next_step)

    # -- parking ----------------------------------------------------------------------------------------------

    def _park(self) -> None:
        sale = self._window.sale
        assert sale is not None
        sale.when_saved(lambda: self._do(self._parked, park_sale, sale.key))

    def _parked(self, ticket: int) -> None:
        assert self._window.sale is not None
        self._window.sale.let_go()
        told = _("Parked as number {number}. “Parked sales” brings it back at any till.").format(
            number=ticket
        )
        self._window.open_overlay(Notice(self._window, told))

    def _ask_parked(self) -> None:
        self._background.device(self._door.ask, parked_sales).then(self._show_parked).otherwise(self._refused)

    def _show_parked(self, sales: Sequence[ParkedSale]) -> None:
        assert self._window.sale is not None
        found = ParkedSales(self._window, sales, self._zone)
        found.taken.connect(lambda number: self._do(self._came_back, take_parked, number))
        found.dropped.connect(
            lambda number: self._do(lambda _nothing: self._ask_parked(), drop_parked, number)
        )
        self._window.open_overlay(found)

    @property
    def _zone(self) -> ZoneInfo:
        assert self._window.sale is not None
        return ZoneInfo(self._window.sale.facts.zone)

    def _came_back(self, key: str) -> None:
        self._background.ask(checkout_view, key).then(self._bring_back).otherwise(self._refused)

    def _bring_back(self, view: CheckoutView) -> None:
        assert self._window.sale is not None
        self._window.close_overlay()
        self._window.sale.bring_back(view)

    # -- goods without a code ---------------------------------------------------------------------------------

    def _ask_price(self) -> None:
        assert self._window.sale is not None
        asked = OpenPrice(self._window, self._window.sale.facts.currency)
        asked.typed_sum.connect(self._sell)
        self._window.open_overlay(asked)

    def _sell(self, minor: int) -> None:
        sale = self._window.sale
        assert sale is not None
        sale.when_saved(lambda: self._do(partial(self._sold, sale.key), sell_without_code, sale.key, minor))

    def _sold(self, key: str, _version: int) -> None:
        sale = self._window.sale
        if sale is None or sale.key != key:
            return
        self._window.close_overlay()
        if sale.page not in BEFORE_PAYMENT[1:]:
            sale.go(BASKET)
        sale.look_again()

    # -- papers and drawer ------------------------------------------------------------------------------------

    def _ask_papers(self) -> None:
        task = self._background.device(self._door.ask, print_jobs, till_id=self._till, size=30)
        task.then(self._show_papers).otherwise(self._refused)

    def _show_papers(self, page: Page[JobRow]) -> None:
        papers = Papers(self._window, page.rows, self._zone)
        papers.asked.connect(self._with_paper)
        self._window.open_overlay(papers)

    def _with_paper(self, deed: str, job_id: int) -> None:
        deeds: dict[str, tuple[Any, ...]] = {
            AGAIN: (print_again, job_id, new_key(), self._till),
            CANCEL: (cancel_job, job_id),
            CAME_OUT: (settle_doubt, job_id, True, new_key()),
            NOT_OUT: (settle_doubt, job_id, False, new_key()),
        }
        self._do(lambda _answer: self._ask_papers(), *deeds[deed])

    def _ask_why(self) -> None:
        self._window.open_overlay(WhyDrawer(self._window, self._open_drawer))

    def _open_drawer(self, reason: str) -> None:
        self._do(self._opened, open_drawer, self._till, reason, new_key())

    def _opened(self, _job: int) -> None:
        self._window.open_overlay(Notice(self._window, _("The drawer opens")))


class StaffMenu(Overlay):
    """What staff may do here, one large button each."""

    def __init__(self, window: QWidget, deeds: Sequence[tuple[str, str, Callable[[], object]]]) -> None:
        super().__init__(window, 760)
        self.fill(Text(_("For staff"), 40, 600, align="center"))
        for words, icon, on in deeds:
            self.fill(Button(words, "secondary", icon, height=108, size=32, radius=20, grow=True, on=on))
        self.fill(wide(_("Back"), self.close_now, "primary", height=104, size=32))


class ParkedSales(Overlay):
    """The parked sales: one touch brings one back, the bin throws it away."""

    taken = Signal(int)
    dropped = Signal(int)

    def __init__(self, window: QWidget, sales: Sequence[ParkedSale], zone: ZoneInfo) -> None:
        super().__init__(window, 1_000)
        self.fill(Text(_("Parked sales"), 40, 600, align="center"))
        holder = QWidget()
        lines = column(space=12)
        holder.setLayout(lines)
        for sale in sales:
            lines.addLayout(row(self._line(sale, zone), self._bin(sale), space=12))
        if not sales:
            lines.addWidget(Text(_("No sale is parked."), 30, token="text2", align="center"))
        lines.addStretch(1)
        area = scrolling(holder)
        area.setMinimumHeight(look.px(560 if look.portrait else 380))
        self.card.body.addWidget(area, 1)
        self.fill(wide(_("Back"), self.close_now, "primary", height=104, size=32))

    def _line(self, sale: ParkedSale, zone: ZoneInfo) -> Button:
        count = sale.pieces_milli // MILLI
        items = ngettext("{count} item", "{count} items", count).format(count=count)
        total = Money(sale.total_minor, sale.currency) if sale.total_minor is not None else "—"
        words = f"{sale.ticket}   {sale.at.astimezone(zone):%H:%M}   {items}   {total}   {sale.first}"
        return Button(words, height=104, size=28, radius=20, grow=True, on=partial(self.taken.emit, sale.id))

    def _bin(self, sale: ParkedSale) -> Button:
        button = Button(
            "", icon="delete-bin-line", height=104, size=34, radius=20, on=partial(self.dropped.emit, sale.id)
        )
        button.setAccessibleName(_("Throw away parked sale {number}").format(number=sale.ticket))
        return button


class OpenPrice(TypedSum):
    """The price of something without a code."""

    def __init__(self, window: QWidget, currency: str) -> None:
        super().__init__(window, currency, _("Goods without a code"), _("Price"), _("Add to the sale"))
