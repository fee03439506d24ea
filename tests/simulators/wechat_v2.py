"""WeChat Pay's older calls for scanned codes (v2): XML, signed with a shared key; undoing takes a client certificate.

On the loopback there is no TLS, so the certificate itself is not asked for here.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import timedelta
from xml.etree import ElementTree
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from tests.simulators.faults import SPOILS_SIGNATURE, Fault
from tests.simulators.keys import Keys, letters
from tests.simulators.ledger import CodeOutcome, Ledger, Order, RefundStage, Stage
from tests.simulators.web import Reply, Request
from tests.simulators.wechat import WeChat
from tests.simulators.wechat_orders import NOT_BEFORE, NUMBER, PAYER_CODE, REVERSE_WITHIN, state

BEIJING = ZoneInfo("Asia/Shanghai")
LIFE = timedelta(days=1)
PATHS = {
    "/pay/micropay": "codepay", "/pay/orderquery": "query", "/secapi/pay/reverse": "reverse",
    "/secapi/pay/refund": "refund", "/pay/refundquery": "refund query",
}  # fmt: skip
REFUSED_CODES = {
    CodeOutcome.EXPIRED: "AUTHCODEEXPIRE", CodeOutcome.INVALID: "AUTH_CODE_INVALID", CodeOutcome.MONEY: "NOTENOUGH",
    CodeOutcome.LIMIT: "RULELIMIT", CodeOutcome.RISK: "TRADE_ERROR",
}  # fmt: skip
Fields = dict[str, str]


class Refusal(Exception):
    """A call that was understood and did not lead to what was wanted."""

    def __init__(self, code: str, **more: str) -> None:
        super().__init__(code)
        self.fields = {"result_code": "FAIL", "err_code": code, "err_code_des": code} | more


def signature(fields: Mapping[str, str], key: str, kind: str) -> str:
    """The sign of fields: MD5, or HMAC-SHA256 when asked for."""
    kept = sorted((name, value) for name, value in fields.items() if value and name != "sign")
    text = "".join(f"{name}={value}&" for name, value in kept) + f"key={key}"
    if kind == "HMAC-SHA256":
        return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest().upper()
    return hashlib.md5(text.encode()).hexdigest().upper()


class WeChatV2:
    """The older face of the same merchant; orders stand in the same ledger."""

    name = "wechat_v2"

    def __init__(self, ledger: Ledger, keys: Keys) -> None:
        self.ledger, self.keys = ledger, keys

    def operation(self, request: Request) -> str:
        """What is asked for."""
        return PATHS.get(request.path, "")

    def answer(self, request: Request, fault: Fault) -> Reply:
        """Check, act, sign."""
        fields = self._fields(request)
        kind = fields.get("sign_type", "MD5")
        given = fields.get("sign", "")
        if not given or given != signature(fields, self.keys.api_v2_key, kind):
            return _xml({"return_code": "FAIL", "return_msg": "签名错误"})
        if (
            fields.get("appid") != WeChat.appid
            or fields.get("mch_id") != WeChat.mchid
            or not fields.get("nonce_str")
        ):
            return _xml({"return_code": "FAIL", "return_msg": "appid和mch_id不匹配"})
        said = {"result_code": "SUCCESS"}
        steps = {
            "codepay": self.codepay, "query": self.query, "reverse": self.reverse, "refund": self.refund,
            "refund query": self.refund_query,
        }  # fmt: skip
        try:
            with self.ledger.lock:
                said |= steps[self.operation(request)](fields, fault)
        except Refusal as refusal:
            said = refusal.fields
        return self._signed(said, kind, fault)

    def trouble(self, request: Request, fault: Fault) -> Reply:
        """A failure of the system."""
        kind = self._fields(request).get("sign_type", "MD5")
        return self._signed({"result_code": "FAIL", "err_code": "SYSTEMERROR"}, kind, Fault.NONE)

    def _fields(self, request: Request) -> Fields:
        try:
            return {one.tag: one.text or "" for one in ElementTree.fromstring(request.body)}
        except ElementTree.ParseError:
            return {}

    def _signed(self, said: Fields, kind: str, fault: Fault) -> Reply:
        said = {
            "return_code": "SUCCESS", "return_msg": "OK", "appid": WeChat.appid,
            "mch_id": "1900000999" if fault is Fault.OTHER_MERCHANT else WeChat.mchid, "nonce_str": letters(16),
        } | said  # fmt: skip
        if fault is Fault.WRONG_AMOUNT and "total_fee" in said:
            said["total_fee"] = str(int(said["total_fee"]) + 100)
        if fault is Fault.OTHER_ORDER and "out_trade_no" in said:
            said["out_trade_no"] = "SOMEBODYELSES0001"
        sign = signature(said, self.keys.api_v2_key, kind)
        if fault in SPOILS_SIGNATURE:
            sign = sign[::-1]
        return _xml(said if fault is Fault.UNSIGNED else said | {"sign": sign})

    # Orders

    def codepay(self, fields: Fields, fault: Fault) -> Fields:
        """Charge the code the customer shows."""
        number, code = fields.get("out_trade_no", ""), fields.get("auth_code", "")
        if not NUMBER.fullmatch(number) or not fields.get("body") or not fields.get("spbill_create_ip"):
            raise Refusal("PARAM_ERROR")
        if not PAYER_CODE.fullmatch(code):
            raise Refusal("AUTH_CODE_INVALID")
        order = self._reordered(fields)
        if order is None:
            order = self._new(fields, number)
            outcome = self.ledger.take_code(order, code)
            if outcome in REFUSED_CODES:
                raise Refusal(REFUSED_CODES[outcome])
        if order.stage is not Stage.PAID:
            raise Refusal("USERPAYING")
        return _paid(order)

    def query(self, fields: Fields, fault: Fault) -> Fields:
        """How an order stands."""
        order = self._wanted(fields)
        self.ledger.polled(order)
        said = {"out_trade_no": order.number, "trade_state": state(order), "trade_state_desc": state(order)}
        return said | (_paid(order) if order.paid_minor else {"total_fee": str(order.minor)})

    def reverse(self, fields: Fields, fault: Fault) -> Fields:
        """Undo it; `recall` says whether to call again."""
        order, now = self._wanted(fields), self.ledger.clock.now()
        if fault is Fault.RETRY_FLAG:
            raise Refusal("SYSTEMERROR", recall="Y")
        if now - order.created > REVERSE_WITHIN:
            raise Refusal("REVERSE_EXPIRE", recall="N")
        if order.stage is not Stage.REVOKED and now - order.created < NOT_BEFORE:
            raise Refusal("TRADE_STATE_ERROR", recall="Y")
        if order.stage is Stage.ASKING and not order.dead:
            order.dead = True
            raise Refusal("USERPAYING", recall="Y")
        if order.stage is Stage.PAID and order.returned < order.paid_minor:
            if order.refunds:
                raise Refusal("TRADE_ERROR", recall="N")
            reference = self.ledger.next_reference("503", 28)
            self.ledger.refund(
                order, f"REVERSE{order.number}", order.paid_minor, RefundStage.SUCCESS, reference
            )
        order.stage = Stage.REVOKED
        return {"recall": "N", "out_trade_no": order.number}

    def refund(self, fields: Fields, fault: Fault) -> Fields:
        """Accept a refund."""
        order, number = self._wanted(fields), fields.get("out_refund_no", "")
        minor = int(fields.get("refund_fee", "0") or 0)
        if not number or minor < 1 or fields.get("total_fee") != str(order.minor):
            raise Refusal("PARAM_ERROR")
        known = order.refunds.get(number)
        if known and known.minor != minor:
            raise Refusal("INVALID_REQUEST")
        if known is None:
            if order.stage is not Stage.PAID or order.returned + minor > order.paid_minor:
                raise Refusal("INVALID_REQUEST")
            reference = self.ledger.next_reference("50000", 28)
            known = self.ledger.refund(order, number, minor, RefundStage.PROCESSING, reference)
            known.ends = RefundStage.ABNORMAL if fault is Fault.REFUND_ABNORMAL else RefundStage.SUCCESS
        return {
            "out_trade_no": order.number, "transaction_id": order.reference, "out_refund_no": number,
            "refund_id": known.reference, "refund_fee": str(minor), "total_fee": str(order.minor),
            "cash_fee": str(order.buyer_minor),
        }  # fmt: skip

    def refund_query(self, fields: Fields, fault: Fault) -> Fields:
        """What became of a refund."""
        number = fields.get("out_refund_no", "")
        for order in self.ledger:
            known = order.refunds.get(number) if order.provider == "wechat" else None
            if known:
                self.ledger.refund_polled(known)
                status = "CHANGE" if known.stage is RefundStage.ABNORMAL else str(known.stage)
                status = "REFUNDCLOSE" if known.stage is RefundStage.CLOSED else status
                return {
                    "out_trade_no": order.number, "transaction_id": order.reference, "total_fee": str(order.minor),
                    "refund_count": "1", "out_refund_no_0": number, "refund_id_0": known.reference,
                    "refund_fee_0": str(known.minor), "refund_status_0": status,
                }  # fmt: skip
        raise Refusal("REFUNDNOTEXIST")

    def _wanted(self, fields: Fields) -> Order:
        order = self.ledger.get("wechat", fields.get("out_trade_no", ""))
        if order is None:
            raise Refusal("ORDERNOTEXIST")
        return order

    def _reordered(self, fields: Fields) -> Order | None:
        order = self.ledger.get("wechat", fields.get("out_trade_no", ""))
        if order is None:
            return None
        if order.stage is Stage.PAID:
            raise Refusal("ORDERPAID")
        if order.stage in (Stage.CLOSED, Stage.REVOKED, Stage.FAILED):
            raise Refusal("ORDERCLOSED")
        if order.fingerprint != _fingerprint(fields):
            raise Refusal("OUT_TRADE_NO_USED")
        return order

    def _new(self, fields: Fields, number: str) -> Order:
        total, now = fields.get("total_fee", ""), self.ledger.clock.now()
        if not re.fullmatch(r"[1-9]\d{0,9}", total) or fields.get("fee_type", "CNY") != "CNY":
            raise Refusal("PARAM_ERROR")
        reference = self.ledger.next_reference(f"4200001{now.astimezone(BEIJING):%Y%m%d}", 28)
        order = Order(
            "wechat", number, int(total), fields["body"], "scanned", now, now + LIFE, reference,
            fingerprint=_fingerprint(fields),
        )  # fmt: skip
        return self.ledger.add(order)


def _fingerprint(fields: Mapping[str, str]) -> str:
    return repr(sorted((name, value) for name, value in fields.items() if name not in ("sign", "nonce_str")))


def _paid(order: Order) -> Fields:
    assert order.paid_at
    return {
        "out_trade_no": order.number, "transaction_id": order.reference, "trade_type": "MICROPAY",
        "bank_type": "OTHERS", "total_fee": str(order.minor), "fee_type": "CNY", "cash_fee": str(order.buyer_minor),
        "time_end": order.paid_at.astimezone(BEIJING).strftime("%Y%m%d%H%M%S"), "openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
    }  # fmt: skip


def _xml(fields: Mapping[str, str]) -> Reply:
    inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in fields.items())
    return Reply(200, f"<xml>{inner}</xml>".encode(), {"Content-Type": "text/xml; charset=utf-8"})
