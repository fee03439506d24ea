"""UnionPay's QR payments (ACP 5.1.0), as far as public facts go: an accepted order is not a paid one."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from tests.simulators.faults import Fault
from tests.simulators.keys import Keys, cert_pem, letters, sign, verifies
from tests.simulators.ledger import CodeOutcome, Ledger, Order, RefundStage, Stage
from tests.simulators.web import Reply, Request

if TYPE_CHECKING:
    from tests.simulators.notices import Wrong

BEIJING = ZoneInfo("Asia/Shanghai")
LIFE = timedelta(hours=2)
ORDER = re.compile(r"[0-9A-Za-z]{8,40}")
COMMON = {
    "version": "5.1.0", "encoding": "UTF-8", "signMethod": "01", "bizType": "000000", "accessType": "0",
}  # fmt: skip
Fields = dict[str, str]


class Refusal(Exception):
    """An answer that is not “accepted”."""

    def __init__(self, code: str, words: str = "") -> None:
        super().__init__(code)
        self.fields = {"respCode": code, "respMsg": words or code}


def digest(fields: Mapping[str, str]) -> bytes:
    """What is signed: the lower-case hex of SHA-256 over the sorted fields."""
    text = "&".join(f"{name}={fields[name]}" for name in sorted(fields) if name != "signature")
    return hashlib.sha256(text.encode()).hexdigest().encode()


class UnionPay:
    """The gateway of one merchant."""

    name = "unionpay"
    mer_id = "777290058110048"
    path = "/gateway/api/"

    def __init__(self, ledger: Ledger, keys: Keys) -> None:
        self.ledger, self.keys = ledger, keys
        self.times: dict[str, str] = {}
        self.by_query_id: dict[str, Order] = {}

    def operation(self, request: Request) -> str:
        """What is asked for."""
        if not request.path.startswith(self.path):
            return ""
        if request.path.endswith("/queryTrans.do"):
            return "query"
        kind = self._fields(request).get("txnType", "")
        sub = self._fields(request).get("txnSubType", "")
        return {"01/07": "code", "01/06": "pay", "31/00": "void", "04/00": "refund"}.get(
            f"{kind}/{sub}", "nothing"
        )

    def answer(self, request: Request, fault: Fault) -> Reply:
        """Check, act, sign."""
        fields = self._fields(request)
        steps: dict[str, Callable[[Fields, Fault], Fields]] = {
            "code": self.code, "pay": self.pay, "void": self.give_back, "refund": self.give_back, "query": self.query,
        }  # fmt: skip
        kept = ("merId", "orderId", "txnTime", "txnType", "txnSubType", "txnAmt", "currencyCode")
        said = {name: fields[name] for name in kept if name in fields}
        try:
            with self.ledger.lock:
                self._checked(fields)
                step = steps.get(self.operation(request))
                if step is None:
                    raise Refusal("11", "交易类型不支持")
                said |= {"respCode": "00", "respMsg": "成功[0000000]"} | step(fields, fault)
        except Refusal as refusal:
            said |= refusal.fields
        return self._signed(said, fault)

    def trouble(self, request: Request, fault: Fault) -> Reply:
        """Not known whether it was done."""
        return self._signed({"merId": self.mer_id, "respCode": "03", "respMsg": "交易通讯超时"}, Fault.NONE)

    def _fields(self, request: Request) -> Fields:
        try:
            return dict(parse_qsl(request.body.decode(), keep_blank_values=True))
        except UnicodeDecodeError:
            return {}

    def _checked(self, fields: Mapping[str, str]) -> None:
        if any(fields.get(name) != value for name, value in COMMON.items()):
            raise Refusal("10", "报文格式错误")
        if fields.get("merId") != self.mer_id:
            raise Refusal("15", "商户不存在")
        pair = self.keys.unionpay_merchant
        if fields.get("certId") != str(pair.cert.serial_number):
            raise Refusal("11", "certId")
        if not verifies(pair.key.public_key(), digest(fields), fields.get("signature", "")):
            raise Refusal("11", "验证签名失败")
        if not ORDER.fullmatch(fields.get("orderId", "")) or not re.fullmatch(
            r"\d{14}", fields.get("txnTime", "")
        ):
            raise Refusal("10", "orderId")

    def _signed(self, said: Fields, fault: Fault) -> Reply:
        said = sealed(self.keys, said, fault)
        body = "&".join(f"{name}={value}" for name, value in said.items())  # raw, as UnionPay answers
        return Reply(200, body.encode(), {"Content-Type": "text/html;charset=UTF-8"})

    # Orders

    def code(self, fields: Fields, fault: Fault) -> Fields:
        """A code to be scanned."""
        order = self._ordered(fields, "shown")
        order.code = order.code or f"https://qr.95516.com/00010000/{letters(22)}"
        return {"qrCode": order.code}

    def pay(self, fields: Fields, fault: Fault) -> Fields:
        """Charge the code the customer shows: the answer only says that it was accepted."""
        code = fields.get("qrNo", "")
        if not re.fullmatch(r"62\d{17}", code) or not fields.get("termId"):
            raise Refusal("10", "qrNo")
        order = self._ordered(fields, "scanned")
        if order.stage is Stage.WAITING and self.ledger.take_code(order, code) not in (
            CodeOutcome.PAY, CodeOutcome.PASSWORD,
        ):  # fmt: skip
            order.stage = Stage.FAILED  # found out by asking
        return {"queryId": order.reference}

    def query(self, fields: Fields, fault: Fault) -> Fields:
        """What became of an order, a void or a refund."""
        number = fields["orderId"]
        order = self.ledger.get(self.name, number)
        if order is None:
            back = self._back(number)
            if back is None:
                raise Refusal("34", "查无此交易")
            return {"origRespCode": "00", "origRespMsg": "成功", "queryId": back[1], "txnAmt": str(back[0])}
        if self.times[number] != fields["txnTime"]:
            raise Refusal("34", "查无此交易")
        self.ledger.polled(order)
        if order.stage is Stage.OFFERED:
            raise Refusal("34", "查无此交易")
        said = {"queryId": order.reference, "txnAmt": str(order.minor), "txnType": "01"}
        if fault is Fault.WRONG_AMOUNT:
            said["txnAmt"] = str(order.minor + 100)
        if fault is Fault.OTHER_ORDER:
            said["orderId"] = "SOMEBODYELSES0001"
        if fault is Fault.OTHER_MERCHANT:
            said["merId"] = "777290058110999"
        return said | {"origRespCode": _code(order), "origRespMsg": order.why or _code(order)}

    def give_back(self, fields: Fields, fault: Fault) -> Fields:
        """Undo all of it, or refund a part; each is an order of its own number."""
        number, minor = fields["orderId"], _minor(fields)
        order = next((o for o in self.ledger if o.reference == fields.get("origQryId")), None)
        if order is None or order.stage is not Stage.PAID:
            raise Refusal("36", "原交易状态不正确")
        known = order.refunds.get(number)
        if known is not None:
            if known.minor != minor:
                raise Refusal("12", "重复交易")
            return {"queryId": known.reference}
        if order.returned + minor > order.paid_minor or (
            fields["txnType"] == "31" and minor != order.paid_minor
        ):
            raise Refusal("36", "退货金额超限")
        reference = self._reference()
        self.ledger.refund(order, number, minor, RefundStage.SUCCESS, reference)
        return {"queryId": reference}

    def _back(self, number: str) -> tuple[int, str] | None:
        for order in self.ledger:
            if order.provider == self.name and number in order.refunds:
                return order.refunds[number].minor, order.refunds[number].reference
        return None

    def _ordered(self, fields: Fields, way: str) -> Order:
        number, mark = fields["orderId"], json.dumps({k: v for k, v in fields.items() if k != "signature"})
        known = self.ledger.get(self.name, number)
        if known is not None:
            if known.fingerprint != mark:
                raise Refusal("12", "重复交易")
            return known
        if fields.get("currencyCode") != "156":
            raise Refusal("10", "currencyCode")
        now = self.ledger.clock.now()
        stage = Stage.OFFERED if way == "shown" else Stage.WAITING
        until = _until(fields.get("payTimeout", ""), now)
        order = Order(
            self.name, number, _minor(fields), fields.get("orderDesc", ""), way, now, until, self._reference(),
            fingerprint=mark, stage=stage, code_until=until,
        )  # fmt: skip
        self.times[number] = fields["txnTime"]
        return self.ledger.add(order)

    def _reference(self) -> str:
        day = self.ledger.clock.now().astimezone(BEIJING).strftime("%Y%m%d%H%M%S")
        return self.ledger.next_reference(day, 21)


def sealed(keys: Keys, said: Fields, fault: Fault) -> Fields:
    """Fields with UnionPay's certificate and signature, spoilt as wanted."""
    chain = {Fault.OTHER_KEY: keys.unionpay_stranger, Fault.OTHER_SERIAL: keys.unionpay_expired}
    pair = chain.get(fault, keys.unionpay_signer)
    pem = cert_pem(pair.cert).strip().replace("\n", "\r\n")
    said = {"version": "5.1.0", "encoding": "UTF-8", "signMethod": "01"} | said | {"signPubKeyCert": pem}
    if fault is Fault.UNSIGNED:
        return said
    signature = sign(pair.key, digest(said), sha1=fault is Fault.SHA1)
    if fault in (Fault.BAD_SIGNATURE, Fault.PROBE, Fault.STALE):
        raw = bytearray(base64.b64decode(signature))
        raw[5] ^= 1
        signature = base64.b64encode(raw).decode()
    return said | {"signature": signature}


def notice_of(office: UnionPay, order: Order, wrong: Wrong) -> bytes:
    """The message that an order was paid."""
    said = {
        "merId": "777290058110999" if wrong.other_merchant else office.mer_id, "orderId": order.number,
        "txnTime": office.times.get(order.number, ""), "txnType": "01", "respCode": "00", "respMsg": "成功[0000000]",
        "txnAmt": str(order.minor + (100 if wrong.wrong_amount else 0)), "currencyCode": "156",
        "queryId": order.reference, "accessType": "0", "bizType": "000000",
    }  # fmt: skip
    return urlencode(
        sealed(office.keys, said, Fault.BAD_SIGNATURE if wrong.bad_sign else Fault.NONE)
    ).encode()


def _code(order: Order) -> str:
    """The result of the order itself."""
    if order.stage is Stage.PAID:
        return "00"
    if order.stage is Stage.FAILED:
        return {CodeOutcome.MONEY: "64", CodeOutcome.LIMIT: "36"}.get(CodeOutcome(order.why), "61")
    return "33" if order.stage is Stage.CLOSED else "05"


def _minor(fields: Mapping[str, str]) -> int:
    text = fields.get("txnAmt", "")
    if not text.isdigit() or not 0 < int(text) < 10**10:
        raise Refusal("10", "txnAmt")
    return int(text)


def _until(text: str, now: datetime) -> datetime:
    if not text:
        return now + LIFE
    return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=BEIJING)
