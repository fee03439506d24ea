"""Alipay's gateway for paying face to face, v2: one address, RSA2 over sorted fields, answers signed by their raw span."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl

from tests.simulators import alipay_refunds
from tests.simulators.alipay_words import BEIJING, Body, Refusal, cert_sn, fen, invalid, moment, root_sn, yuan
from tests.simulators.faults import SPOILS_SIGNATURE, Fault
from tests.simulators.keys import Keys, cert_pem, letters, sign, verifies
from tests.simulators.ledger import CODE_LIVES, CodeOutcome, Ledger, Order, Stage
from tests.simulators.web import Reply, Request

SKEW = timedelta(minutes=5)
CANCEL_WITHIN = timedelta(hours=24)
DAYS_15 = timedelta(days=15)
DEFAULT_LIFE = timedelta(hours=3)
EXPRESS = re.compile(r"(\d+)([mhd])")
BAR_CODE = re.compile(r"(2[5-9]|30)\d{14,22}")
UNITS = {"m": "minutes", "h": "hours", "d": "days"}
Biz = Mapping[str, Any]


def signed_content(fields: Mapping[str, str]) -> bytes:
    """What a request's signature covers: every field with a value but the signature, sorted, not encoded."""
    kept = sorted((name, value) for name, value in fields.items() if value != "" and name != "sign")
    return "&".join("=".join(pair) for pair in kept).encode()


class Alipay:
    """The gateway of one merchant."""

    name = "alipay"
    path = "/gateway.do"
    app_id = "2021000000000001"
    seller_id = "2088000000000001"

    def __init__(self, ledger: Ledger, keys: Keys, base: Callable[[], str]) -> None:
        self.ledger, self.keys, self.base = ledger, keys, base
        self.platform = keys.alipay_platform
        self.downloads: dict[str, tuple[datetime, bytes]] = {}
        self.bill: Callable[[str, str], bytes | None] = lambda kind, day: None
        self.notify_urls: dict[str, str] = {}
        self.methods: dict[str, Callable[[Biz, Fault], Body]] = {
            "alipay.trade.precreate": self.precreate,
            "alipay.trade.pay": self.pay,
            "alipay.trade.query": self.query,
            "alipay.trade.cancel": self.cancel,
            "alipay.trade.close": self.close,
            "alipay.trade.refund": lambda biz, fault: alipay_refunds.refund(self, biz, fault),
            "alipay.trade.fastpay.refund.query": lambda biz, fault: alipay_refunds.query(self, biz, fault),
            "alipay.data.dataservice.bill.downloadurl.query": lambda biz, fault: alipay_refunds.bill_url(
                self, biz, fault
            ),
        }

    # In and out

    def operation(self, request: Request) -> str:
        """The short name of the method asked for."""
        if request.path == "/alipay/bill":
            return "download"
        if request.path != self.path:
            return ""
        return _short(self._fields(request).get("method", "")) or "nothing"

    def answer(self, request: Request, fault: Fault) -> Reply:
        """Check, act, sign."""
        if request.path == "/alipay/bill":
            return alipay_refunds.download(self, request)
        fields = self._fields(request)
        method = fields.get("method", "")
        try:
            with self.ledger.lock:
                biz = self._checked(request, fields)
                body = {"code": "10000", "msg": "Success"} | self.methods[method](biz, fault)
                if fields.get("notify_url") and body["code"] in ("10000", "10003"):
                    self.notify_urls[str(biz.get("out_trade_no", ""))] = fields["notify_url"]
        except Refusal as refusal:
            body = refusal.body
        return self._signed(method, _twisted(body, fault), fault, "app_cert_sn" in fields)

    def trouble(self, request: Request, fault: Fault) -> Reply:
        """A failure of the system: neither done nor not done."""
        method = self._fields(request).get("method", "")
        body = {"code": "20000", "msg": "Service Currently Unavailable", "sub_code": "isp.unknow-error"}
        if fault is not Fault.UNKNOWN_20000:
            body = {"code": "40004", "msg": "Business Failed", "sub_code": "ACQ.SYSTEM_ERROR"}
        return self._signed(method, body | {"sub_msg": "系统繁忙"}, Fault.NONE)

    def _fields(self, request: Request) -> dict[str, str]:
        try:
            return request.query | dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        except UnicodeDecodeError:
            return {}

    def _checked(self, request: Request, fields: Mapping[str, str]) -> Biz:
        if request.method != "POST" or fields.get("method") not in self.methods:
            raise invalid("isv.invalid-method")
        if fields.get("app_id") != self.app_id:
            raise invalid("isv.invalid-app-id")
        if not fields.get("sign"):
            raise Refusal("isv.missing-signature", "40001", "Missing Required Arguments")
        if fields.get("sign_type") != "RSA2":
            raise invalid("isv.invalid-signature-type")
        if fields.get("charset", "").lower() != "utf-8" or fields.get("version") != "1.0":
            raise invalid("isv.invalid-charset")
        if not verifies(self.keys.alipay_merchant.public_key(), signed_content(fields), fields["sign"]):
            raise invalid("isv.invalid-signature")
        self._on_time(fields.get("timestamp", ""))
        if "app_cert_sn" in fields:  # certificate mode
            ours, root = (
                cert_sn(self.keys.alipay_certificates[0]),
                root_sn([cert_pem(self.keys.alipay_root.cert)]),
            )
            if (fields["app_cert_sn"], fields.get("alipay_root_cert_sn")) != (ours, root):
                raise invalid("isv.invalid-cert-sn")
        try:
            biz = json.loads(fields.get("biz_content", ""))
        except ValueError:
            raise invalid("isv.invalid-parameter") from None
        if not isinstance(biz, dict):
            raise invalid("isv.invalid-parameter")
        return biz

    def _on_time(self, text: str) -> None:
        try:
            at = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
        except ValueError:
            raise invalid("isv.invalid-timestamp") from None
        if abs(at - self.ledger.clock.signing()) > SKEW:
            raise invalid("isv.invalid-timestamp")

    def _signed(self, method: str, body: Body, fault: Fault, certificates: bool = False) -> Reply:
        known = method in self.methods
        span = json.dumps(body, ensure_ascii=False, separators=(",", ":")).replace("/", "\\/")
        name = method.replace(".", "_") + "_response" if known else "error_response"
        key = self.keys.stranger if fault is Fault.OTHER_KEY else self.platform
        signature = sign(key, span.encode(), sha1=fault is Fault.SHA1)
        if fault in SPOILS_SIGNATURE and fault not in (Fault.OTHER_KEY, Fault.SHA1):
            raw = bytearray(base64.b64decode(signature))
            raw[7] ^= 1
            signature = base64.b64encode(raw).decode()
        tail = "" if fault is Fault.UNSIGNED or not known else f',"sign":"{signature}"'
        if certificates and known:
            named = cert_sn(self.keys.alipay_certificates[fault is not Fault.OTHER_SERIAL])
            tail = f',"alipay_cert_sn":"{named}"{tail}'
        text = f'{{"{name}":{span}{tail}}}'
        return Reply(200, text.encode(), {"Content-Type": "application/json;charset=utf-8"})

    # Orders

    def precreate(self, biz: Biz, fault: Fault) -> Body:
        """A code to be scanned; the trade comes into being with the scan."""
        known = self._reordered(biz)
        if known is None:
            known = self._new(biz, "shown", Stage.OFFERED)
            known.code = f"https://qr.alipay.com/bax{letters(20).lower()}"
            life = _span(biz.get("qr_code_timeout_express"), CODE_LIVES)
            known.code_until = known.created + min(life, CODE_LIVES)
        return {"out_trade_no": known.number, "qr_code": known.code}

    def pay(self, biz: Biz, fault: Fault) -> Body:
        """Charge the code the customer shows."""
        code = str(biz.get("auth_code", ""))
        if biz.get("scene") != "bar_code" or not (BAR_CODE.fullmatch(code) or code.startswith("fp")):
            raise Refusal("ACQ.PAYMENT_AUTH_CODE_INVALID")
        known = self._reordered(biz)
        if known is None:
            order = self._new(biz, "scanned", Stage.WAITING)
            outcome = self.ledger.take_code(order, code)
            if outcome in REFUSED_CODES:
                del self.ledger.orders[order.provider, order.number]  # no trade comes of a refused code
                raise Refusal(REFUSED_CODES[outcome])
            known = order
            if fault is Fault.DISCOUNT and order.stage is Stage.PAID:
                order.buyer_minor = order.minor - order.minor // 10
        if known.stage is not Stage.PAID:
            return {"code": "10003", "msg": "order success pay inprocess"} | _trade(known)
        return _trade(known) | _paid(known)

    def query(self, biz: Biz, fault: Fault) -> Body:
        """How a trade stands."""
        order = self.wanted(biz)
        self.ledger.polled(order)
        if order.stage is Stage.OFFERED:
            raise Refusal("ACQ.TRADE_NOT_EXIST")
        if fault is Fault.DISCOUNT and order.stage is Stage.PAID:
            order.buyer_minor = order.minor - order.minor // 10
        paid = _paid(order) if order.paid_minor else {}
        return _trade(order) | {"trade_status": status(order), "total_amount": yuan(order.minor)} | paid

    def cancel(self, biz: Biz, fault: Fault) -> Body:
        """Undo a trade whose outcome is not known: closes it, or pays it back."""
        number = str(biz.get("out_trade_no", ""))
        answer = {"out_trade_no": number, "retry_flag": "N"}
        if fault is Fault.RETRY_FLAG:
            return answer | {"retry_flag": "Y"}
        try:
            order = self.wanted(biz)
        except Refusal:
            return answer
        if order.stage is Stage.OFFERED:
            order.dead = order.dead or fault is not Fault.NO_TOMBSTONE
            return answer
        if self.ledger.clock.now() - order.created > CANCEL_WITHIN:
            raise Refusal("ACQ.TRADE_CANCEL_TIME_OUT")
        if order.stage is Stage.PAID and order.refunds and order.returned < order.paid_minor:
            raise Refusal("ACQ.REASON_TRADE_BEEN_REFUND")
        answer["trade_no"] = order.reference
        if order.stage is Stage.PAID:
            if order.returned < order.paid_minor:
                alipay_refunds.give_back(self, order, f"CANCEL{number}", order.paid_minor)
            return answer | {"action": "refund"}
        order.stage, order.dead = Stage.CLOSED, True
        return answer | {"action": "close"}

    def close(self, biz: Biz, fault: Fault) -> Body:
        """Close an unpaid trade; before the scan there is none, but the code dies all the same."""
        order = self.wanted(biz)
        order.dead = order.dead or fault is not Fault.NO_TOMBSTONE
        if order.stage is Stage.OFFERED:
            raise Refusal("ACQ.TRADE_NOT_EXIST")
        if order.stage is Stage.PAID:
            raise Refusal("ACQ.REASON_TRADE_STATUS_INVALID")
        order.stage = Stage.CLOSED
        return _trade(order)

    def wanted(self, biz: Biz) -> Order:
        """The order a call is about. Raises `Refusal`."""
        number, reference = str(biz.get("out_trade_no", "")), biz.get("trade_no")
        if not number and not reference:
            raise invalid("isv.missing-parameter")
        order = self.ledger.get(self.name, number) if number else None
        if order is None and reference:
            order = next((one for one in self.ledger if one.reference == reference), None)
        if order is None:
            raise Refusal("ACQ.TRADE_NOT_EXIST")
        return order

    def _reordered(self, biz: Biz) -> Order | None:
        """The order of the same number, when the same is ordered again. Raises `Refusal` for anything else."""
        order = self.ledger.get(self.name, str(biz.get("out_trade_no", "")))
        if order is None:
            return None
        if order.stage is Stage.PAID:
            raise Refusal("ACQ.TRADE_HAS_SUCCESS")
        if order.stage is Stage.CLOSED or order.dead:
            raise Refusal("ACQ.TRADE_HAS_CLOSE")
        if order.fingerprint != _fingerprint(biz):
            raise Refusal("ACQ.CONTEXT_INCONSISTENT")
        return order

    def _new(self, biz: Biz, way: str, stage: Stage) -> Order:
        number, subject = biz.get("out_trade_no"), biz.get("subject")
        if not isinstance(number, str) or not re.fullmatch(r"\w{1,64}", number):
            raise invalid("isv.invalid-parameter")
        if not isinstance(subject, str) or not 0 < len(subject) <= 256 or re.search("[/=&]", subject):
            raise invalid("isv.invalid-parameter")
        minor, now = fen(biz.get("total_amount")), self.ledger.clock.now()
        if not 1 <= minor <= 10_000_000_000:
            raise Refusal("ACQ.TOTAL_FEE_EXCEED")
        until = now + _span(biz.get("timeout_express"), DEFAULT_LIFE)
        if biz.get("time_expire"):
            until = _beijing(biz["time_expire"])
        return self.ledger.add(
            Order(
                self.name, number, minor, subject, way, now, until, self._reference(),
                fingerprint=_fingerprint(biz), stage=stage,
            )
        )  # fmt: skip

    def _reference(self) -> str:
        day = self.ledger.clock.now().astimezone(BEIJING).strftime("%Y%m%d")
        return self.ledger.next_reference(f"{day}2200144", 28)


REFUSED_CODES = {
    CodeOutcome.EXPIRED: "ACQ.PAYMENT_AUTH_CODE_INVALID",
    CodeOutcome.INVALID: "ACQ.PAYMENT_AUTH_CODE_INVALID",
    CodeOutcome.MONEY: "ACQ.BUYER_BALANCE_NOT_ENOUGH",
    CodeOutcome.LIMIT: "ACQ.BUYER_PAYMENT_AMOUNT_DAY_LIMIT_ERROR",
    CodeOutcome.RISK: "ACQ.PAYMENT_REQUEST_HAS_RISK",
}


def status(order: Order) -> str:
    """The order's state as Alipay calls it."""
    if order.stage is Stage.PAID:
        return "TRADE_CLOSED" if order.returned == order.paid_minor else "TRADE_SUCCESS"
    return "TRADE_CLOSED" if order.stage in (Stage.CLOSED, Stage.REVOKED) else "WAIT_BUYER_PAY"


def _short(method: str) -> str:
    if "bill" in method:
        return "bill"
    return ".".join(method.split(".")[2:]).replace("fastpay.refund.query", "refund query")


def _fingerprint(biz: Biz) -> str:
    kept = {name: biz[name] for name in sorted(biz) if name not in ("auth_code", "timeout_express")}
    return json.dumps(kept, ensure_ascii=False)


def _trade(order: Order) -> Body:
    return {
        "trade_no": order.reference, "out_trade_no": order.number, "buyer_logon_id": "159****5620",
        "buyer_user_id": "2088102124000001",
    }  # fmt: skip


def _paid(order: Order) -> Body:
    assert order.paid_at
    return {
        "total_amount": yuan(order.minor), "receipt_amount": yuan(order.paid_minor),
        "buyer_pay_amount": yuan(order.buyer_minor), "point_amount": "0.00", "invoice_amount": yuan(order.buyer_minor),
        "gmt_payment": moment(order.paid_at), "send_pay_date": moment(order.paid_at),
        "fund_bill_list": [{"amount": yuan(order.buyer_minor), "fund_channel": "ALIPAYACCOUNT"}],
    }  # fmt: skip


def _twisted(body: Body, fault: Fault) -> Body:
    """An answer that is signed rightly and says the wrong thing."""
    if fault is Fault.WRONG_AMOUNT and "total_amount" in body:
        wrong = yuan(fen(body["total_amount"]) + 100)
        return body | {"total_amount": wrong, "receipt_amount": wrong}
    if fault is Fault.OTHER_ORDER and "out_trade_no" in body:
        return body | {"out_trade_no": "SOMEBODYELSES0001"}
    return body


def _span(text: object, otherwise: timedelta) -> timedelta:
    if text is None:
        return otherwise
    found = EXPRESS.fullmatch(str(text))
    if not found:
        raise invalid("isv.invalid-parameter")
    span = timedelta(**{UNITS[found[2]]: int(found[1])})
    if not timedelta(minutes=1) <= span <= DAYS_15:
        raise invalid("isv.invalid-parameter")
    return span


def _beijing(text: object) -> datetime:
    try:
        return datetime.strptime(str(text), "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
    except ValueError:
        raise invalid("isv.invalid-parameter") from None
