"""Why a payment stands where it stands, in words, and what the shop does about each reason."""

from __future__ import annotations

from desktop.basics.i18n import N_, _
from desktop.gateways.payment import Reason
from desktop.models.pay_offers import GIVE_BACK, NEGOTIATE, OTHER, RETRY, WAY_WORDS

REASON_WORDS: dict[str, str] = {
    Reason.NONE: N_("No reason given"),
    Reason.CANCELLED: N_("Cancelled by the customer"),
    Reason.EXPIRED: N_("Not paid in time"),
    Reason.CODE: N_("The payment code is not valid"),
    Reason.MONEY: N_("Not enough money"),
    Reason.LIMIT: N_("Above the customer’s own limit"),
    Reason.RISK: N_("Refused by the provider"),
    Reason.NO_CONNECTION: N_("No connection to the provider"),
    Reason.NO_ANSWER: N_("The provider did not answer in time"),
    Reason.BUSY: N_("The provider is busy"),
    Reason.UNREADABLE: N_("The provider’s answer can’t be read"),
    Reason.SIGNATURE: N_("The answer is not signed by the provider"),
    Reason.CLOCK: N_("This machine’s clock differs from the provider’s"),
    Reason.KEYS: N_("The provider does not accept the keys"),
    Reason.CERTIFICATE: N_("A certificate has expired"),
    Reason.SETUP: N_("Not set up with the provider"),
    Reason.AMOUNT: N_("The provider says another amount"),
    Reason.NOT_FOUND: N_("Not known to the provider"),
    Reason.REFUND_REFUSED: N_("The refund was refused"),
}
USUAL_WAYS: dict[str, str] = {
    Reason.NONE: RETRY,
    Reason.CANCELLED: RETRY,
    Reason.EXPIRED: RETRY,
    Reason.CODE: RETRY,
    Reason.MONEY: OTHER,
    Reason.LIMIT: OTHER,
    Reason.RISK: OTHER,
    Reason.NO_CONNECTION: OTHER,
    Reason.NO_ANSWER: OTHER,
    Reason.BUSY: OTHER,
    Reason.UNREADABLE: OTHER,
    Reason.SIGNATURE: OTHER,
    Reason.CLOCK: OTHER,
    Reason.KEYS: OTHER,
    Reason.CERTIFICATE: OTHER,
    Reason.SETUP: OTHER,
    Reason.AMOUNT: NEGOTIATE,
    Reason.NOT_FOUND: RETRY,
    Reason.REFUND_REFUSED: NEGOTIATE,
}
MISMATCH, UNBOOKED, STUCK, ABNORMAL, REFUSED = "mismatch", "unbooked", "stuck", "abnormal", "refused"
BILL = "bill"  # a difference found by reconciling, handed to a person
CASE_WORDS = {
    MISMATCH: N_("The provider took another amount"),
    UNBOOKED: N_("Paid, but on no order"),
    STUCK: N_("Cancelling without an answer"),
    ABNORMAL: N_("The bank sent the refund back"),
    REFUSED: N_("The refund was refused"),
    BILL: N_("The provider’s bill differs"),
}
CASE_HINTS = {
    MISMATCH: N_("Compare with the provider’s page, then give it back or agree with the customer."),
    UNBOOKED: N_("Put it on an order, or give it back."),
    STUCK: N_("Take cash only after asking the customer to show the phone. Late money goes back by itself."),
    ABNORMAL: N_("Give the money back another way, then mark it done."),
    REFUSED: N_("Give the money back another way, then mark it done."),
    BILL: N_("Find out what happened, then decide in the day’s reconciliation."),
}
MONEY_CASES = (ABNORMAL, REFUSED, MISMATCH, UNBOOKED)  # done: the money counts as given back another way
CASE_WAYS = {MISMATCH: NEGOTIATE, UNBOOKED: GIVE_BACK, STUCK: RETRY, ABNORMAL: NEGOTIATE, REFUSED: NEGOTIATE}


def reason_word(reason: str) -> str:
    """What a reason is called."""
    return _(REASON_WORDS.get(reason, reason))


def case_word(kind: str) -> str:
    """What is wrong, in one line."""
    return _(CASE_WORDS.get(kind, kind))


def way_word(way: str) -> str:
    """What is to be done, in words."""
    return _(WAY_WORDS.get(way, way))
