"""UnionPay 云闪付 by ACP 5.1.0 — experimental: built from an old public demo, since the current QR specification is not.

Money taken here should be held against UnionPay's own statement until an acquirer has confirmed the parameters.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from cryptography.x509.oid import NameOID

from desktop.basics.clock import Clock
from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.basics.money import Money
from desktop.gateways import pay_signing as signing
from desktop.gateways import pay_words as words
from desktop.gateways.pay_http import Line, Reply, Trouble, check_base
from desktop.gateways.pay_words import Heard, failed, plain_code, unclear
from desktop.gateways.payment import SHOW, Answer, Attempt, Back, Notice, Reason, RefundState, State

if TYPE_CHECKING:
    from desktop.gateways.providers import Secrets, UnionpayAccount

CHINA = ZoneInfo("Asia/Shanghai")
TRADE, QUERY = "/gateway/api/backTransReq.do", "/gateway/api/queryTrans.do"
NUMBER = re.compile(r"[0-9A-Za-z]{8,32}")
CNY = "156"
OK = "00"  # accepted: for money it has to be asked for
UNKNOWN = ("01", "03", "04", "05", "12", "34", "60")
NOT_THERE = "34"
CODES = {
    "11": Reason.SIGNATURE, "02": Reason.BUSY, "06": Reason.BUSY, "10": Reason.SETUP, "15": Reason.SETUP, "13": Reason.SETUP,
    "20": Reason.SETUP, "21": Reason.SETUP, "22": Reason.SETUP, "31": Reason.SETUP, "33": Reason.EXPIRED,
    "36": Reason.LIMIT, "39": Reason.LIMIT, "61": Reason.CODE, "64": Reason.MONEY, "86": Reason.CODE,
}  # fmt: skip
KEYS_REFUSED = ("11",)  # “signature verification failed”, said of ours
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class Said(Heard):
    """What UnionPay said, or why it can't be known."""

    __slots__ = ()

    @property
    def code(self) -> str:
        """Its answer code."""
        return self.text("respCode")


def signed_text(params: Mapping[str, str]) -> bytes:
    """What is signed: SHA-256 in hex of all fields but the signature, sorted; line ends inside stay as they are."""
    text = "&".join(f"{name}={value}" for name, value in sorted(params.items()) if name != "signature")
    return hashlib.sha256(text.encode()).hexdigest().encode()


@dataclass
class Unionpay:
    """A merchant with UnionPay; made by `providers.make`."""

    account: UnionpayAccount
    secrets: Secrets = field(repr=False)
    clock: Clock
    line: Line

    def __post_init__(self) -> None:
        self._url = check_base(self.account.base_url)
        self._key = signing.private_key(self.secrets.get("private_key"), N_("Merchant’s private key"))
        whose = N_("Merchant’s certificate")
        self._cert = signing.own_certificate(self.account.sign_cert, self._key, whose)
        self._roots = signing.certificates(self.account.roots, N_("UnionPay’s root certificates"))

    # -- paying ------------------------------------------------------------------------------------------------

    def show_code(self, attempt: Attempt) -> Answer:
        """A code the customer scans (主扫)."""
        return self._begin(attempt, {"txnType": "01", "txnSubType": "07", "channelType": "08"})

    def take_code(self, attempt: Attempt, customer_code: str) -> Answer:
        """Charge a scanned code (被扫); accepted is not paid."""
        scanned = {"txnType": "01", "txnSubType": "06", "channelType": "07", "accType": "01"}
        return self._begin(attempt, scanned | {"qrNo": customer_code, "termId": self.account.term_id})

    def _begin(self, attempt: Attempt, fields: Mapping[str, str]) -> Answer:
        if attempt.amount.currency != "CNY" or not NUMBER.fullmatch(attempt.number):
            return failed(Reason.SETUP, "currency" if attempt.amount.currency != "CNY" else "orderId")
        more = {
            "txnAmt": str(attempt.amount.amount),
            "currencyCode": CNY,
            "payTimeout": _china(attempt.until),
        }
        more["backUrl"] = self.account.notify_url or "http://www.specialUrl.com"  # its own word for “none”
        said = self._ask(TRADE, self._order(attempt.number, attempt.created) | more | dict(fields))
        if said.trouble:
            return said.trouble_answer(before=True)
        if said.code != OK:
            return self._refused(said)
        if said.text("orderId") != attempt.number:
            return unclear(Reason.UNREADABLE, "orderId")
        code = said.text("qrCode")
        if "qrNo" not in fields and not code:
            return unclear(Reason.UNREADABLE, "qrCode")
        return Answer(State.PENDING, said.text("queryId"), code=code)

    def _refused(self, said: Said) -> Answer:
        code = plain_code(said.code)
        if said.code in KEYS_REFUSED:
            return failed(Reason.KEYS, code)
        reason = CODES.get(said.code, Reason.RISK)
        if said.code in UNKNOWN or reason is Reason.BUSY:
            return unclear(Reason.BUSY, code)
        state = State.FAILED if reason is Reason.SETUP else State.CANCELLING
        return Answer(state, reason=reason, detail=code)

    def query(self, attempt: Attempt) -> Answer:
        """What became of it; the original's own code decides."""
        said = self._find(attempt.number, attempt.created)
        if said.trouble:
            return said.trouble_answer()
        if said.code == NOT_THERE:
            state = State.PENDING if attempt.way == SHOW else State.UNKNOWN
            return Answer(state, reason=Reason.NOT_FOUND, detail=said.code)
        if said.code != OK:
            return unclear(Reason.KEYS if said.code in KEYS_REFUSED else Reason.BUSY, plain_code(said.code))
        if said.text("orderId") != attempt.number:
            return unclear(Reason.UNREADABLE, "orderId")
        origin, reference = said.text("origRespCode"), said.text("queryId")
        if origin == OK:
            return self._paid(attempt, said)
        if origin in UNKNOWN or not origin:
            return Answer(State.PENDING, reference, detail=plain_code(origin))
        reason = CODES.get(origin, Reason.RISK)
        return Answer(State.CANCELLING, reference, reason=reason, detail=plain_code(origin))

    def _paid(self, attempt: Attempt, said: Said) -> Answer:
        amount, currency = said.text("txnAmt"), said.text("currencyCode")
        if not (amount.isascii() and amount.isdigit()) or len(amount) > 15:
            return unclear(Reason.UNREADABLE, "txnAmt")
        paid = Money(int(amount), "CNY" if currency in (CNY, "") else f"ISO{currency}")
        reason = Reason.NONE if paid == attempt.amount else Reason.AMOUNT
        return Answer(State.SUCCEEDED, said.text("queryId"), paid=paid, reason=reason)

    def cancel(self, attempt: Attempt) -> Answer:
        """There is no call to close a code: one that is paid is voided, one that is not is over at its deadline."""
        now = self.query(attempt)
        if now.state is State.SUCCEEDED and now.reason is Reason.NONE:
            return self._void(attempt, now)
        if now.state is State.SUCCEEDED:
            return now
        if now.state is State.CANCELLING:
            return Answer(State.CLOSED, now.reference, reason=now.reason, detail=now.detail)
        left = (attempt.until - self.clock.now()).total_seconds() + 60
        if now.state is State.UNKNOWN and now.reason is not Reason.NOT_FOUND:
            return Answer(State.CANCELLING, reason=now.reason, detail=now.detail, wait=5)
        if left > 0:
            return Answer(State.CANCELLING, now.reference, reason=now.reason, wait=min(left, 30))
        reason = now.reason if now.reason is Reason.NOT_FOUND else Reason.EXPIRED
        return Answer(State.CLOSED, now.reference, reason=reason)

    def _void(self, attempt: Attempt, paid: Answer) -> Answer:
        number = _second_number(attempt.number)
        known = self._find(number, attempt.created)
        if not known.trouble and known.code == OK and known.text("origRespCode") == OK:
            return Answer(State.REVERSED, paid.reference)
        fields = {"txnType": "31", "txnSubType": "00", "channelType": "07", "origQryId": paid.reference}
        fields |= {"txnAmt": str(attempt.amount.amount), "backUrl": "http://www.specialUrl.com"}
        said = self._ask(TRADE, self._order(number, attempt.created) | fields)
        if not said.trouble and said.code not in (
            OK,
            *UNKNOWN,
        ):  # another day's can't be voided: it is given back
            return paid
        return Answer(State.CANCELLING, paid.reference, reason=said.trouble, wait=5)

    # -- giving back -------------------------------------------------------------------------------------------

    def refund(self, attempt: Attempt, number: str, amount: Money, why: str) -> Back:
        """Give back; accepted is not done."""
        if not attempt.reference:
            return Back(RefundState.UNKNOWN, reason=Reason.NOT_FOUND, detail="origQryId")
        fields = {"txnType": "04", "txnSubType": "00", "channelType": "07", "origQryId": attempt.reference}
        fields |= {"txnAmt": str(amount.amount), "currencyCode": CNY, "backUrl": "http://www.specialUrl.com"}
        said = self._ask(TRADE, self._order(number, _made(number, attempt.created)) | fields)
        if said.trouble:
            return said.trouble_back()
        if said.code == OK:
            return Back(RefundState.PROCESSING, said.text("queryId"))
        if said.code in UNKNOWN or said.code in KEYS_REFUSED or CODES.get(said.code) is Reason.BUSY:
            return Back(RefundState.UNKNOWN, reason=Reason.BUSY, detail=plain_code(said.code))
        return Back(RefundState.REFUSED, reason=Reason.REFUND_REFUSED, detail=plain_code(said.code))

    def query_refund(self, attempt: Attempt, number: str) -> Back:
        """What became of it."""
        said = self._find(number, _made(number, attempt.created))
        if said.trouble:
            return said.trouble_back()
        if said.code == NOT_THERE:
            return Back(RefundState.UNKNOWN, reason=Reason.NOT_FOUND, detail=said.code)
        if said.code != OK or said.text("orderId") != number:
            return Back(RefundState.UNKNOWN, reason=Reason.BUSY, detail=plain_code(said.code))
        origin = said.text("origRespCode")
        if origin == OK:
            return Back(RefundState.SUCCEEDED, said.text("queryId"))
        if origin in UNKNOWN or not origin:
            return Back(RefundState.PROCESSING, said.text("queryId"), detail=plain_code(origin))
        return Back(RefundState.REFUSED, reason=Reason.REFUND_REFUSED, detail=plain_code(origin))

    # -- bill and messages -------------------------------------------------------------------------------------

    def bill(self, day: date) -> bytes:
        """The layout of its files is not public."""
        raise Refused(words.NO_BILL_EVER)

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """A form signed with the certificate it brings along, which has to come from our roots."""
        form = _form(body)
        if form is None or self._check(form):
            raise Refused(words.NOT_SIGNED)
        if form.get("merId") != self.account.mer_id:
            raise Refused(words.NOT_OURS)
        refund = form.get("txnType") == "04"
        return Notice("" if refund else form.get("orderId", ""), form.get("orderId", "") if refund else "")

    # -- the call ----------------------------------------------------------------------------------------------

    def _find(self, number: str, created: datetime) -> Said:
        return self._ask(QUERY, self._order(number, created) | {"txnType": "00", "txnSubType": "00"})

    def _order(self, number: str, created: datetime) -> dict[str, str]:
        return {
            "version": "5.1.0", "encoding": "UTF-8", "signMethod": "01", "bizType": "000000", "accessType": "0",
            "merId": self.account.mer_id, "orderId": number, "txnTime": _china(created),
        }  # fmt: skip

    def _ask(self, path: str, fields: Mapping[str, str]) -> Said:
        now = self.clock.now()
        if not signing.in_date(self._cert, now):
            return Said(trouble=Reason.CERTIFICATE, detail="sign_cert", sent=False)
        params = {**fields, "certId": str(self._cert.serial_number)}
        params["signature"] = signing.sign(self._key, signed_text(params))
        kind = {"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"}
        try:
            reply = self.line.call("POST", self._url + path, headers=kind, content=urlencode(params).encode())
        except Trouble as trouble:
            return Said.of(trouble)
        return self._read(reply)

    def _read(self, reply: Reply) -> Said:
        if reply.status == 429 or reply.status >= 500:
            return Said(trouble=Reason.BUSY, detail=f"HTTP {reply.status}")
        form = _form(reply.body) if reply.status == 200 else None
        if form is None or "respCode" not in form:
            return Said(trouble=Reason.UNREADABLE, detail=f"HTTP {reply.status}")
        if "signature" not in form and form["respCode"] not in (OK, *UNKNOWN):
            return Said({"respCode": form["respCode"]})  # a refusal at the door
        if wrong := self._check(form):
            return Said(trouble=wrong)
        if form.get("merId", self.account.mer_id) != self.account.mer_id:
            return Said(trouble=Reason.SETUP, detail="merId")
        return Said(form)

    def _check(self, form: Mapping[str, str]) -> Reason:
        """What is wrong with a message: where its certificate comes from, whom it names, and the signature."""
        now = self.clock.now()
        try:
            found = signing.certificates(form.get("signPubKeyCert", ""), "")[0]
            key = signing.public_key(form["signPubKeyCert"], "")
        except (Refused, KeyError):
            return Reason.SIGNATURE
        names = [str(one.value) for one in found.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
        named = any(self.account.signer in name.split("@") for name in names)
        if not named or not signing.verifies(key, signed_text(form), form.get("signature", "")):
            return Reason.SIGNATURE
        if not signing.in_date(found, now):
            return Reason.CERTIFICATE
        return Reason.NONE if signing.chained(found, self._roots, now) else Reason.SIGNATURE


def _form(body: bytes) -> dict[str, str] | None:
    """The fields of an answer: a form, encoded or, in old texts, with bare `+` and `/` in its base64."""
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return None
    if "=" not in text or text.lstrip().startswith("<"):
        return None
    if "%" in text:
        pairs = parse_qsl(text, keep_blank_values=True)
    else:
        pairs = [(name, value) for name, _equals, value in (part.partition("=") for part in text.split("&"))]
    form = dict(pairs)
    return form if len(form) == len(pairs) else None


def _china(moment: datetime) -> str:
    return moment.astimezone(CHINA).strftime("%Y%m%d%H%M%S")


def _made(number: str, otherwise: datetime) -> datetime:
    """When a number was made, if its last 26 letters are a ULID: asking needs the time of the request again."""
    tail = number[-26:]
    if len(tail) == 26 and all(ch in _CROCKFORD for ch in tail) and tail[0] <= "7":
        milli = 0
        for ch in tail[:10]:
            milli = milli * 32 + _CROCKFORD.index(ch)
        if abs(milli / 1000 - otherwise.timestamp()) < 5 * 365 * 24 * 3600:
            return datetime.fromtimestamp(milli / 1000, UTC)
    return otherwise


def _second_number(number: str) -> str:
    """The number of the one void an attempt may need: its own with the first letter changed."""
    return ("V" if number[0] != "V" else "W") + number[1:]
