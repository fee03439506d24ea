"""Alipay 当面付 (gateway v2): a code shown or scanned, asked about, cancelled, given back, and the day's bill.

Every answer that carries money must be signed over the very bytes it came in; `alipay_answers` reads it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from desktop.basics.clock import Clock
from desktop.basics.errors import Refused, ShopError, Unavailable
from desktop.basics.i18n import N_
from desktop.basics.money import Money
from desktop.gateways import pay_signing as signing
from desktop.gateways.alipay_answers import ALLOWED_BACK, DOOR, Said, back_of, find_answer, refused_by, yuan
from desktop.gateways.pay_http import LARGEST_BILL, Line, Reply, Trouble, check_base, clock_or
from desktop.gateways.pay_words import (
    NO_BILL_NOW,
    NO_BILL_YET,
    NOT_LET_IN,
    NOT_OURS,
    NOT_SIGNED,
    failed,
    printable,
    unclear,
)
from desktop.gateways.payment import SHOW, Answer, Attempt, Back, Notice, Reason, RefundState, State

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    from desktop.gateways.providers import AlipayAccount, Secrets

PATH = "/gateway.do"
CHINA = ZoneInfo("Asia/Shanghai")
CODE_LIVES = timedelta(hours=2)
BETWEEN_REFUNDS = 3  # seconds between two of one trade
PAID = ("TRADE_SUCCESS", "TRADE_FINISHED")
PAY, PRECREATE, QUERY = "alipay.trade.pay", "alipay.trade.precreate", "alipay.trade.query"
CANCEL, CLOSE, REFUND = "alipay.trade.cancel", "alipay.trade.close", "alipay.trade.refund"
REFUND_QUERY = "alipay.trade.fastpay.refund.query"
BILL = "alipay.data.dataservice.bill.downloadurl.query"


@dataclass
class _Certificates:
    """Certificate mode: ours, Alipay's and the roots, known by their numbers."""

    ours: x509.Certificate
    theirs: x509.Certificate
    our_sn: str
    their_sn: str
    root_sn: str


@dataclass
class Alipay:
    """An account with Alipay; made by `providers.make`."""

    account: AlipayAccount
    secrets: Secrets = field(repr=False)
    clock: Clock
    line: Line
    _refunded: dict[str, datetime] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        account = self.account
        self._url = check_base(account.base_url)
        if not self._url.endswith(PATH):
            self._url += PATH
        self._key = signing.private_key(self.secrets.get("private_key"), N_("Application private key"))
        self._certs = self._certificates() if account.app_cert else None
        if self._certs:
            self._public = signing.public_key(account.alipay_cert, N_("Alipay’s certificate"))
        else:
            self._public = signing.public_key(account.alipay_public_key, N_("Alipay’s public key"))
        if self._public == self._key.public_key():
            raise Refused(
                N_("This is your own public key. Copy the one called “Alipay public key” (支付宝公钥).")
            )

    def _certificates(self) -> _Certificates:
        ours = signing.own_certificate(self.account.app_cert, self._key, N_("Application certificate"))
        theirs = signing.certificates(self.account.alipay_cert, N_("Alipay’s certificate"))[0]
        roots = signing.certificates(self.account.root_cert, N_("Alipay’s root certificates"))
        numbers = signing.certificate_sn(ours), signing.certificate_sn(theirs), signing.root_sn(roots)
        return _Certificates(ours, theirs, *numbers)

    # -- paying ------------------------------------------------------------------------------------------------

    def show_code(self, attempt: Attempt) -> Answer:
        """A code the customer scans; the trade exists for Alipay only from that moment on."""
        minutes = _minutes(attempt)
        fields = self._trade(attempt) | {"timeout_express": f"{minutes}m"}
        fields["qr_code_timeout_express"] = f"{min(minutes, CODE_LIVES.seconds // 60)}m"
        if attempt.amount.currency != "CNY":
            return failed(Reason.SETUP, "currency")
        said = self._ask(PRECREATE, fields, notify=True)
        if said.trouble:
            return said.trouble_answer(before=True)
        if not said.ok:
            return refused_by(said)
        code = said.text("qr_code")
        if said.text("out_trade_no") != attempt.number or not code:
            return unclear(Reason.UNREADABLE, "out_trade_no")
        return Answer(State.PENDING, code=code)

    def take_code(self, attempt: Attempt, customer_code: str) -> Answer:
        """Charge a scanned code; a customer who has to type a password answers later."""
        if attempt.amount.currency != "CNY":
            return failed(Reason.SETUP, "currency")
        fields = self._trade(attempt) | {
            "scene": "bar_code",
            "auth_code": customer_code,
            "product_code": "FACE_TO_FACE_PAYMENT",
            "timeout_express": f"{_minutes(attempt)}m",
        }
        said = self._ask(PAY, fields, notify=True)
        if said.trouble:
            return said.trouble_answer(before=True)
        if said.waiting:
            return Answer(State.PENDING, said.text("trade_no"))
        return self._paid(attempt, said) if said.ok else refused_by(said)

    def query(self, attempt: Attempt) -> Answer:
        """What became of it. A code nobody scanned is not known to Alipay."""
        said = self._ask(QUERY, {"out_trade_no": attempt.number})
        if said.trouble:
            return said.trouble_answer()
        if said.sub_code == "ACQ.TRADE_NOT_EXIST":
            state = State.PENDING if attempt.way == SHOW else State.UNKNOWN
            return Answer(state, reason=Reason.NOT_FOUND, detail=said.sub_code)
        if not said.ok:
            return unclear(said.why, said.code_text)
        status, reference = said.text("trade_status"), said.text("trade_no")
        if status in PAID:
            return self._paid(attempt, said)
        if said.text("out_trade_no") != attempt.number:
            return unclear(Reason.UNREADABLE, "out_trade_no")
        if status == "WAIT_BUYER_PAY":
            return Answer(State.PENDING, reference)
        if status == "TRADE_CLOSED":  # timed out or closed, or paid once and given back in full
            was_paid = bool(said.text("send_pay_date"))
            if was_paid:
                return Answer(State.REVERSED, reference)
            return Answer(State.CLOSED, reference, reason=Reason.EXPIRED)
        return unclear(Reason.UNREADABLE, "trade_status")

    def _paid(self, attempt: Attempt, said: Said) -> Answer:
        """A success, held against what was asked for."""
        if said.text("out_trade_no") != attempt.number:
            return unclear(Reason.UNREADABLE, "out_trade_no")
        seller = said.text("seller_id")
        if seller and self.account.seller_id and seller != self.account.seller_id:
            return unclear(Reason.SETUP, "seller_id")
        currency = said.text("trans_currency") or "CNY"
        amount, buyer = yuan(said.text("total_amount")), yuan(said.text("buyer_pay_amount"))
        if amount is None:
            return unclear(Reason.UNREADABLE, "total_amount")
        paid = Money(amount, currency)
        return Answer(
            State.SUCCEEDED,
            said.text("trade_no"),
            paid=paid,
            buyer_paid=None if buyer is None else Money(buyer, currency),
            reason=Reason.NONE if paid == attempt.amount else Reason.AMOUNT,
        )

    def cancel(self, attempt: Attempt) -> Answer:
        """Cancel until it answers; what was paid meanwhile goes back. An unscanned code is closed as well."""
        said = self._ask(CANCEL, {"out_trade_no": attempt.number})
        if said.trouble:
            return said.trouble_answer(cancelling=True)
        if said.sub_code == "ACQ.TRADE_NOT_EXIST":
            return self._close(attempt)
        if not said.ok:
            return self._not_cancelled(attempt, said)
        if said.text("out_trade_no") not in ("", attempt.number):
            return Answer(State.CANCELLING, reason=Reason.UNREADABLE, detail="out_trade_no")
        if said.text("retry_flag") == "Y":
            return Answer(State.CANCELLING, reason=Reason.BUSY, detail="retry_flag", wait=3)
        action = said.text("action")
        if action == "refund":
            return Answer(State.REVERSED, said.text("trade_no"))
        return Answer(State.CLOSED, said.text("trade_no")) if action == "close" else self._close(attempt)

    def _not_cancelled(self, attempt: Attempt, said: Said) -> Answer:
        """After a day, or with a part given back, it can't be cancelled any more: what it is now decides."""
        if said.unknown or said.door():
            return Answer(State.CANCELLING, reason=said.why, detail=said.code_text)
        now = self.query(attempt)
        if now.state in (State.SUCCEEDED, State.CLOSED, State.REVERSED):
            return now
        return Answer(State.CANCELLING, now.reference, reason=said.why, detail=said.code_text, wait=10)

    def _close(self, attempt: Attempt) -> Answer:
        """There was no trade to cancel; closing it keeps a code that is still shown from being paid."""
        never = Answer(State.CLOSED, reason=Reason.NOT_FOUND)
        if attempt.way != SHOW:
            return never
        said = self._ask(CLOSE, {"out_trade_no": attempt.number})
        if said.trouble:
            return said.trouble_answer(cancelling=True)
        if said.ok:
            return Answer(State.CLOSED, said.text("trade_no"))
        if said.sub_code == "ACQ.TRADE_NOT_EXIST":
            return never
        return self._not_cancelled(attempt, said)

    # -- giving back -------------------------------------------------------------------------------------------

    def refund(self, attempt: Attempt, number: str, amount: Money, why: str) -> Back:
        """Give back; only `fund_change=Y` says that money moved now."""
        last, now = self._refunded.get(attempt.number), self.clock.now()
        if last and (now - last).total_seconds() < BETWEEN_REFUNDS:
            return Back(RefundState.CREATED, reason=Reason.BUSY, detail="3 s")  # nothing was sent
        self._refunded = {attempt.number: now}
        fields = {"out_trade_no": attempt.number, "refund_amount": _yuan(amount), "out_request_no": number}
        said = self._ask(REFUND, fields | ({"refund_reason": why[:256]} if why else {}))
        if said.trouble:
            return said.trouble_back()
        if not said.ok:
            return back_of(said)
        if said.text("out_trade_no") != attempt.number:
            return Back(RefundState.UNKNOWN, reason=Reason.UNREADABLE, detail="out_trade_no")
        moved = said.text("fund_change") == "Y"
        return Back(RefundState.SUCCEEDED if moved else RefundState.PROCESSING, said.text("trade_no"))

    def query_refund(self, attempt: Attempt, number: str) -> Back:
        """What became of it; one Alipay does not know is to be repeated with the same number."""
        said = self._ask(REFUND_QUERY, {"out_trade_no": attempt.number, "out_request_no": number})
        if said.trouble:
            return said.trouble_back()
        if not said.ok:
            reason = said.why if said.sub_code != "ACQ.TRADE_NOT_EXIST" else Reason.NOT_FOUND
            return Back(RefundState.UNKNOWN, reason=reason, detail=said.code_text)
        if said.text("refund_status") != "REFUND_SUCCESS":
            return Back(RefundState.UNKNOWN, reason=Reason.NOT_FOUND)
        ours = said.text("out_request_no") == number and said.text("out_trade_no") == attempt.number
        if not ours:
            return Back(RefundState.UNKNOWN, reason=Reason.UNREADABLE, detail="out_request_no")
        return Back(RefundState.SUCCEEDED, said.text("trade_no"))

    # -- bill and messages -------------------------------------------------------------------------------------

    def bill(self, day: date) -> bytes:
        """The zip of a day, as it comes; the address it is fetched from lives half a minute."""
        said = self._ask(BILL, {"bill_type": "trade", "bill_date": day.isoformat()})
        if said.trouble:
            raise Unavailable(NO_BILL_NOW)
        if not said.ok:
            if said.sub_code in DOOR or said.text("code") == "40006":
                raise Refused(NOT_LET_IN)
            raise Unavailable(NO_BILL_NOW) if said.unknown else Refused(NO_BILL_YET)
        try:
            reply = self.line.call("GET", said.text("bill_download_url"), largest=LARGEST_BILL)
        except (Trouble, ShopError):
            raise Unavailable(NO_BILL_NOW) from None
        if reply.status != 200 or not reply.body.startswith(b"PK"):
            raise Unavailable(NO_BILL_NOW)
        return reply.body

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """A form, decoded once. Messages of trades are signed without their `sign_type`."""
        try:
            pairs = parse_qsl(body.decode(), keep_blank_values=True, strict_parsing=True)
        except (ValueError, UnicodeDecodeError):
            raise Refused(NOT_SIGNED) from None
        form = dict(pairs)
        if len(form) != len(pairs) or not notice_verifies(self._public, form):
            raise Refused(NOT_SIGNED)
        seller = self.account.seller_id
        if form.get("app_id") != self.account.app_id or (seller and form.get("seller_id", seller) != seller):
            raise Refused(NOT_OURS)
        return Notice(form.get("out_trade_no", ""), form.get("out_biz_no", ""))

    # -- the call ----------------------------------------------------------------------------------------------

    def _trade(self, attempt: Attempt) -> dict[str, Any]:
        subject = "".join(" " if ch in "/=&" else ch for ch in printable(attempt.subject))[:256].strip()
        fields = {"out_trade_no": attempt.number, "total_amount": _yuan(attempt.amount)}
        fields["subject"] = subject or attempt.number
        return fields | ({"store_id": self.account.store_id} if self.account.store_id else {})

    def _ask(self, method: str, fields: Mapping[str, Any], *, notify: bool = False) -> Said:
        now = self.clock.now()
        if self._certs and not signing.in_date(self._certs.ours, now):
            return Said(trouble=Reason.CERTIFICATE, detail="app_cert", sent=False)
        params = self._params(method, fields, now)
        if notify and self.account.notify_url:
            params["notify_url"] = self.account.notify_url
        params["sign"] = signing.sign(self._key, request_text(params).encode())
        kind = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}
        try:
            reply = self.line.call("POST", self._url, headers=kind, content=urlencode(params).encode())
        except Trouble as trouble:
            return Said.of(trouble)
        return self._read(method, reply, now)

    def _params(self, method: str, fields: Mapping[str, Any], now: datetime) -> dict[str, str]:
        params = {
            "app_id": self.account.app_id, "method": method, "format": "JSON", "charset": "utf-8",
            "sign_type": "RSA2", "timestamp": f"{now.astimezone(CHINA):%Y-%m-%d %H:%M:%S}", "version": "1.0",
            "biz_content": json.dumps(fields, ensure_ascii=False, separators=(",", ":")),
        }  # fmt: skip
        if self._certs:
            params |= {"app_cert_sn": self._certs.our_sn, "alipay_root_cert_sn": self._certs.root_sn}
        return params

    def _read(self, method: str, reply: Reply, now: datetime) -> Said:
        """What was said, once its signature is right; only a refusal may come without one."""
        if reply.status == 429 or reply.status >= 500:
            return Said(trouble=Reason.BUSY, detail=f"HTTP {reply.status}")
        found = find_answer(method, reply.body)
        if reply.status != 200 or found is None:
            return Said(trouble=Reason.UNREADABLE, detail=f"HTTP {reply.status}")
        if not found.signature and found.code not in ALLOWED_BACK:
            return Said(found.fields, skewed=clock_or(Reason.KEYS, reply, now) is Reason.CLOCK)
        certs = self._certs
        if certs and found.certificate and found.certificate != certs.their_sn:
            return Said(trouble=Reason.SIGNATURE, detail="alipay_cert_sn")
        if not signing.verifies(self._public, found.span, found.signature):
            return Said(trouble=Reason.SIGNATURE)
        if certs and not signing.in_date(certs.theirs, now):
            return Said(trouble=Reason.CERTIFICATE, detail="alipay_cert")
        return Said(found.fields, skewed=clock_or(Reason.KEYS, reply, now) is Reason.CLOCK)


def request_text(params: Mapping[str, str], leave_out: tuple[str, ...] = ("sign",)) -> str:
    """What is signed: every parameter that is not empty, sorted, as it is before being encoded."""
    named = sorted((name, value) for name, value in params.items() if value and name not in leave_out)
    return "&".join(f"{name}={value}" for name, value in named)


def notice_verifies(key: RSAPublicKey, form: Mapping[str, str]) -> bool:
    """Whether a message is signed; those of the service market, which have a `method`, sign their `sign_type` too."""
    signature = form.get("sign", "")
    texts = [request_text(form, ("sign", "sign_type"))]
    if "method" in form:
        texts.append(request_text({"sign_type": "RSA2", **form}))
    return any(signing.verifies(key, text.encode(), signature) for text in texts)


def _yuan(amount: Money) -> str:
    return f"{amount.amount // 100}.{amount.amount % 100:02d}"


def _minutes(attempt: Attempt) -> int:
    seconds = (attempt.until - attempt.created).total_seconds()
    return int(min(max(seconds // 60, 1), 15 * 24 * 60))
