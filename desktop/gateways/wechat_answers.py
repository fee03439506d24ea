"""What WeChat Pay's codes and states mean, those of version 3 and the older ones alike."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from desktop.basics.errors import Unavailable
from desktop.basics.money import Money
from desktop.gateways.pay_http import LARGEST_BILL
from desktop.gateways.pay_words import BAD_BILL, Heard, plain_code, unclear
from desktop.gateways.payment import SHOW, Answer, Attempt, Back, Reason, RefundState, State

# The same word is written with and without marks in different texts: all are read without.
DOOR = {
    "SIGNERROR": Reason.KEYS, "SIGNATUREERROR": Reason.KEYS, "CERTERROR": Reason.CERTIFICATE,
    "NOAUTH": Reason.SETUP, "MCHNOTEXISTS": Reason.SETUP, "MCHIDNOTEXIST": Reason.SETUP,
    "APPIDNOTEXIST": Reason.SETUP, "APPIDMCHIDNOTMATCH": Reason.SETUP, "PARAMERROR": Reason.SETUP,
    "INVALIDREQUEST": Reason.SETUP, "ACCOUNTERROR": Reason.SETUP, "LACKPARAMS": Reason.SETUP,
    "NOTUTF8": Reason.SETUP, "XMLFORMATERROR": Reason.SETUP, "REQUIREPOSTMETHOD": Reason.SETUP,
    "POSTDATAEMPTY": Reason.SETUP, "NOTENABLED": Reason.SETUP, "CONTRACTERROR": Reason.SETUP,
}  # fmt: skip
DECLINED = {
    "AUTHCODEEXPIRE": Reason.CODE, "AUTHCODEERROR": Reason.CODE, "AUTHCODEINVALID": Reason.CODE,
    "BUYERMISMATCH": Reason.CODE, "NOTENOUGH": Reason.MONEY, "NOTSUPORTCARD": Reason.MONEY,
    "NOTSUPPORTCARD": Reason.MONEY, "RULELIMIT": Reason.LIMIT, "TRADEERROR": Reason.RISK,
    "USERACCOUNTABNORMAL": Reason.RISK, "ORDERCLOSED": Reason.EXPIRED, "ORDERREVERSED": Reason.CANCELLED,
    "OPENIDMISMATCH": Reason.RISK, "RISKCONTROL": Reason.RISK,
}  # fmt: skip
BUSY = {
    "SYSTEMERROR",
    "BANKERROR",
    "FREQUENCYLIMITED",
    "FREQUENCYLIMITEXCEED",
    "RATELIMITEXCEEDED",
    "BIZERRNEEDRETRY",
}
ASK = {"ORDERPAID", "OUTTRADENOUSED", "USERPAYING"}  # something stands under this number
NOT_DONE = (
    Reason.BUSY,
    Reason.KEYS,
    Reason.CLOCK,
    Reason.CERTIFICATE,
)  # whatever was asked for is to be asked again
NOT_THERE = {"ORDERNOTEXIST", "ORDERNOTEXISTS", "RESOURCENOTEXISTS", "REFUNDNOTEXIST"}
WAITING = ("NOTPAY", "USERPAYING", "ACCEPT")
REFUNDS = {
    "SUCCESS": RefundState.SUCCEEDED, "PROCESSING": RefundState.PROCESSING, "ABNORMAL": RefundState.ABNORMAL,
    "CHANGE": RefundState.ABNORMAL, "CLOSED": RefundState.REFUSED, "REFUNDCLOSE": RefundState.REFUSED,
}  # fmt: skip


class Said(Heard):
    """What WeChat Pay said, or why it can't be known; an answer without `code` is a success."""

    __slots__ = ()

    @property
    def code(self) -> str:
        """Its code without marks."""
        return self.text("code").replace("_", "").upper()

    @property
    def code_text(self) -> str:
        """For the log."""
        return plain_code(self.text("code"))

    @property
    def why(self) -> Reason:
        """The reason behind a code nobody waited for."""
        if self.code in BUSY:
            return Reason.BUSY
        reason = DOOR.get(self.code) or DECLINED.get(self.code, Reason.UNREADABLE)
        return Reason.CLOCK if self.skewed and reason is Reason.KEYS else reason

    def number(self, name: str) -> int | None:
        """A whole number of minor units, at `amount.total` or plain; None for anything else."""
        value: Any = self.fields
        for part in name.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return value if type(value) is int and value >= 0 else None


def refused_by(said: Said) -> Answer:
    """An attempt that was not taken: at the door (final), by wallet or bank (to be cancelled), or nobody knows."""
    if said.code == "USERPAYING":
        return Answer(State.PENDING)
    if said.code in ASK:
        return Answer(State.UNKNOWN, detail=said.code_text)
    if said.code in DOOR:
        return Answer(State.FAILED, reason=said.why, detail=said.code_text)
    if said.code in DECLINED:
        return Answer(State.CANCELLING, reason=said.why, detail=said.code_text)
    return unclear(said.why, said.code_text)


def state_of(attempt: Attempt, said: Said, paid: Money | None, buyer: Money | None) -> Answer:
    """An order as it stands; whose order it is has been checked."""
    state, reference = said.text("trade_state"), said.text("transaction_id")
    if state == "SUCCESS":
        if paid is None:
            return unclear(Reason.UNREADABLE, "amount")
        reason = Reason.NONE if paid == attempt.amount else Reason.AMOUNT
        return Answer(State.SUCCEEDED, reference, paid=paid, buyer_paid=buyer, reason=reason)
    if state in WAITING:
        return Answer(State.PENDING, reference)
    if state == "REFUND":
        return Answer(State.REVERSED, reference)
    if state == "REVOKED":
        return Answer(State.REVERSED if reference else State.CLOSED, reference)
    if state == "CLOSED":
        return Answer(State.CLOSED, reference, reason=Reason.EXPIRED)
    if state == "PAYERROR":
        return Answer(State.CANCELLING, reference, reason=Reason.RISK, detail=state)
    return unclear(Reason.UNREADABLE, "trade_state")


def not_found(attempt: Attempt, said: Said) -> Answer:
    """An order WeChat Pay does not know: the request that was to make it never arrived, or not yet."""
    where = "native" if attempt.way == SHOW else "code"
    return unclear(Reason.NOT_FOUND, f"{said.code_text} {where}".strip())


def back_of(said: Said) -> Back:
    """A refund that was not taken."""
    if said.code == "NOTENOUGH":
        return Back(RefundState.REFUSED, reason=Reason.MONEY, detail=said.code_text)
    if said.code == "USERACCOUNTABNORMAL":
        return Back(RefundState.ABNORMAL, reason=Reason.REFUND_REFUSED, detail=said.code_text)
    final = said.code in NOT_THERE | {
        "INVALIDREQUEST",
        "TRADEOVERDUE",
        "REFUNDFEEMISMATCH",
        "ERROR",
        "PARAMERROR",
    }
    if final:
        return Back(RefundState.REFUSED, reason=Reason.REFUND_REFUSED, detail=said.code_text)
    return Back(RefundState.UNKNOWN, reason=said.why, detail=said.code_text)


def refund_state(status: str, reference: str) -> Back:
    """A refund as it stands."""
    state = REFUNDS.get(status)
    if state is None:
        return Back(RefundState.UNKNOWN, reason=Reason.UNREADABLE, detail="status")
    bad = state in (RefundState.ABNORMAL, RefundState.REFUSED)
    return Back(state, reference, Reason.REFUND_REFUSED if bad else Reason.NONE, status if bad else "")


def unpacked(body: bytes) -> bytes:
    """A bill as text; what is not packed is taken as it is. Raises `Unavailable`."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        with gzip.GzipFile(fileobj=BytesIO(body)) as file:
            return file.read(LARGEST_BILL)
    except (OSError, EOFError, zlib.error):
        raise Unavailable(BAD_BILL) from None
