"""Which page shows which state of the sale."""

from desktop.views.common.wallet import WALLETS
from desktop.views.kiosk.cart import BASKET, BILL, CONFIRM, FIND, IDLE, MEMBER, RECEIPT, STAFF, WAIT
from desktop.views.kiosk.page import Page, Surroundings
from desktop.views.kiosk.page_idle import IdlePage
from desktop.views.kiosk.page_receipt import ReceiptPage
from desktop.views.kiosk.page_track import TrackPage
from desktop.views.kiosk.page_wallet import WalletPage
from desktop.views.kiosk.pages_buy import BasketPage, BillPage, MemberPage
from desktop.views.kiosk.pages_pay import ConfirmPage, StaffPage, WaitPage


def page_of(key: str, around: Surroundings) -> Page:
    """The page of a state; waiting for a provider is another one than waiting for staff."""
    if key == WAIT and around.sale.method in WALLETS:
        return WalletPage(around)
    return PAGES[key](around)


PAGES: dict[str, type[Page]] = {
    IDLE: IdlePage,
    BASKET: BasketPage,
    MEMBER: MemberPage,
    BILL: BillPage,
    CONFIRM: ConfirmPage,
    WAIT: WaitPage,
    STAFF: StaffPage,
    RECEIPT: ReceiptPage,
    FIND: TrackPage,
}
