"""What Alipay answers: the signed bytes inside an answer, and which of its codes mean what."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop.gateways.pay_words import Heard, plain_code
from desktop.gateways.payment import Answer, Back, Reason, RefundState, State

OK, WAITING, UNKNOWN = "10000", "10003", "20000"
ALLOWED_BACK = (OK, WAITING, UNKNOWN)  # answers that must be signed: an unsigned one of these is refused
_AMOUNT = re.compile(r"([0-9]{1,13})(?:\.([0-9]{1,2}))?")
_DECODER = json.JSONDecoder(parse_float=str, parse_int=str)
_SPACE = re.compile(r"[ \t\r\n]*")

# The gateway's own door: whatever is refused there has not reached the trade.
DOOR = {
    "isv.invalid-signature": Reason.KEYS, "isv.missing-signature": Reason.KEYS, "isv.invalid-encrypt": Reason.KEYS,
    "isv.missing-signature-config": Reason.KEYS, "isv.invalid-signature-type": Reason.KEYS,
    "isv.missing-signature-key": Reason.KEYS, "isv.app-cert-error": Reason.CERTIFICATE,
    "isv.invalid-cert": Reason.CERTIFICATE, "isv.cert-expired": Reason.CERTIFICATE,
    "isv.invalid-timestamp": Reason.CLOCK, "isv.missing-timestamp": Reason.CLOCK,
}  # fmt: skip
DECLINED = {
    "ACQ.PAYMENT_AUTH_CODE_INVALID": Reason.CODE, "ACQ.SOUNDWAVE_PARSER_FAIL": Reason.CODE,
    "ACQ.BUYER_BALANCE_NOT_ENOUGH": Reason.MONEY, "ACQ.BUYER_BANKCARD_BALANCE_NOT_ENOUGH": Reason.MONEY,
    "ACQ.ERROR_BALANCE_PAYMENT_DISABLE": Reason.MONEY, "ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR": Reason.LIMIT,
    "ACQ.BUYER_PAYMENT_AMOUNT_MONTH_LIMIT_ERROR": Reason.LIMIT, "ACQ.TOTAL_FEE_EXCEED": Reason.LIMIT,
    "ACQ.BEYOND_PAY_RESTRICTION": Reason.LIMIT, "ACQ.BEYOND_PER_RECEIPT_RESTRICTION": Reason.LIMIT,
    "ACQ.PAYMENT_REQUEST_HAS_RISK": Reason.RISK, "ACQ.USER_FACE_PAYMENT_SWITCH_OFF": Reason.RISK,
    "ACQ.NO_PAYMENT_INSTRUMENTS_AVAILABLE": Reason.RISK, "ACQ.PAYMENT_FAIL": Reason.RISK,
    "ACQ.BUYER_SELLER_EQUAL": Reason.RISK, "ACQ.TRADE_BUYER_NOT_MATCH": Reason.CODE,
    "ACQ.BUYER_ENABLE_STATUS_FORBID": Reason.RISK, "ACQ.PULL_MOBILE_CASHIER_FAIL": Reason.RISK,
    "ACQ.MOBILE_PAYMENT_SWITCH_OFF": Reason.RISK, "ACQ.TRADE_HAS_CLOSE": Reason.EXPIRED,
}  # fmt: skip
NOT_OUR_TURN = {
    "ACQ.TRADE_HAS_SUCCESS",
    "ACQ.CONTEXT_INCONSISTENT",
}  # something stands under this number: ask
SETUP = {
    "ACQ.ACCESS_FORBIDDEN", "ACQ.PARTNER_ERROR", "ACQ.INVALID_STORE_ID", "ACQ.EXIST_FORBIDDEN_WORD",
    "ACQ.INVALID_PARAMETER", "ACQ.SELLER_BEEN_BLOCKED", "ACQ.PRODUCT_AMOUNT_LIMIT_ERROR",
}  # fmt: skip


_NOT_KNOWN = ("unknow-error", "system-error", "frequent", "too-many")


@dataclass(frozen=True, slots=True)
class Found:
    """An answer taken apart: the bytes that are signed, as they came, and what they say."""

    span: bytes = field(repr=False)
    fields: Mapping[str, Any] = field(repr=False)
    signature: str = field(repr=False)
    certificate: str = ""

    @property
    def code(self) -> str:
        """The gateway's own code; an encrypted answer has none here."""
        return str(self.fields.get("code", ""))


def find_answer(method: str, body: bytes) -> Found | None:
    """The answer to a method inside a body; None for whatever is not one whole JSON object holding it once."""
    try:
        text = body.decode()
        spans = _top_level(text)
    except (ValueError, RecursionError):
        return None
    if spans is None:
        return None
    name = method.replace(".", "_") + "_response"
    inside = spans.get(name) or spans.get("error_response")
    if inside is None:
        return None
    value, start, end = inside
    said = value if isinstance(value, dict) else {}
    signature, certificate = (str(spans.get(key, ("",))[0]) for key in ("sign", "alipay_cert_sn"))
    return Found(text[start:end].encode(), said, signature, certificate)


def _top_level(text: str) -> dict[str, tuple[Any, int, int]] | None:
    """Every value of the outermost object with where it begins and ends; None when a name comes twice."""
    at = _skip(text, 0)
    if text[at : at + 1] != "{":
        return None
    found: dict[str, tuple[Any, int, int]] = {}
    at = _skip(text, at + 1)
    while text[at : at + 1] != "}":
        name, at = _DECODER.raw_decode(text, at)
        at = _skip(text, at)
        if not isinstance(name, str) or name in found or text[at : at + 1] != ":":
            return None
        start = _skip(text, at + 1)
        value, at = _DECODER.raw_decode(text, start)
        found[name] = (value, start, at)
        at = _skip(text, at)
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
        elif text[at : at + 1] != "}":
            return None
    return found if _skip(text, at + 1) == len(text) else None


def _skip(text: str, at: int) -> int:
    space = _SPACE.match(text, at)
    return space.end() if space else at


def yuan(text: str) -> int | None:
    """An amount in 元 as minor units; None for anything else."""
    match = _AMOUNT.fullmatch(text)
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")) if match else None


class Said(Heard):
    """What Alipay said, or why it can't be known."""

    __slots__ = ()

    @property
    def ok(self) -> bool:
        """Done."""
        return self.text("code") == OK

    @property
    def waiting(self) -> bool:
        """The customer has something to do."""
        return self.text("code") == WAITING

    @property
    def sub_code(self) -> str:
        """The trade's own code."""
        return self.text("sub_code")

    @property
    def unknown(self) -> bool:
        """Alipay itself does not know."""
        said = self.sub_code.lower().replace("_", "-")
        return self.text("code") == UNKNOWN or any(word in said for word in _NOT_KNOWN)

    @property
    def code_text(self) -> str:
        """For the log: the codes alone, never the words beside them."""
        return plain_code(self.sub_code or self.text("code"))

    @property
    def why(self) -> Reason:
        """The reason of an answer that is none of the expected ones."""
        return Reason.BUSY if self.unknown else (self.door() or Reason.UNREADABLE)

    def door(self) -> Reason | None:
        """Why the gateway's door let nothing in, if that is what happened."""
        code, sub = self.text("code"), self.sub_code
        if sub in DOOR:
            return Reason.CLOCK if self.skewed and DOOR[sub] is Reason.KEYS else DOOR[sub]
        if sub in SETUP or code in ("40001", "40002", "40006", "20001") or sub.startswith("isv."):
            return Reason.SETUP
        return None


def refused_by(said: Said) -> Answer:
    """An attempt that was not taken: at the door (final), by the trade (to be cancelled), or nobody knows."""
    if said.unknown:
        return Answer(State.UNKNOWN, reason=Reason.BUSY, detail=said.code_text)
    if said.sub_code in NOT_OUR_TURN:
        return Answer(State.UNKNOWN, detail=said.code_text)
    if reason := said.door():
        return Answer(State.FAILED, reason=reason, detail=said.code_text)
    if said.text("code") != "40004":
        return Answer(State.UNKNOWN, reason=Reason.UNREADABLE, detail=said.code_text)
    reason = DECLINED.get(said.sub_code, Reason.RISK)
    return Answer(State.CANCELLING, reason=reason, detail=said.code_text)


def back_of(said: Said) -> Back:
    """A refund that was not taken. Not enough in the merchant's account is for a person, with the same number again."""
    if said.unknown or (said.text("code") != "40004" and said.door() is None):
        return Back(RefundState.UNKNOWN, reason=Reason.BUSY, detail=said.code_text)
    if reason := said.door():
        return Back(RefundState.UNKNOWN, reason=reason, detail=said.code_text)
    poor = said.sub_code == "ACQ.SELLER_BALANCE_NOT_ENOUGH"
    reason = Reason.MONEY if poor else Reason.REFUND_REFUSED
    return Back(RefundState.REFUSED, reason=reason, detail=said.code_text)
