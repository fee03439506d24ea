"""Which page shows which state of the sale."""

from desktop.views.kiosk.cart import BASKET, BILL, CONFIRM, IDLE, MEMBER, RECEIPT, STAFF, WAIT
from desktop.views.kiosk.page import Page
from desktop.views.kiosk.page_idle import IdlePage
from desktop.views.kiosk.page_receipt import ReceiptPage
from desktop.views.kiosk.pages_buy import BasketPage, BillPage, MemberPage
from desktop.views.kiosk.pages_pay import ConfirmPage, StaffPage, WaitPage

PAGES: dict[str, type[Page]] = {
    IDLE: IdlePage,
    BASKET: BasketPage,
    MEMBER: MemberPage,
    BILL: BillPage,
    CONFIRM: ConfirmPage,
    WAIT: WaitPage,
    STAFF: StaffPage,
    RECEIPT: ReceiptPage,
}
