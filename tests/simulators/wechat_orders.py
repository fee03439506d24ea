"""WeChat's orders: codes shown, codes scanned, asked after, closed, reversed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.simulators.faults import Fault
from tests.simulators.keys import letters
from tests.simulators.ledger import CODE_LIVES, CodeOutcome, Order, RefundStage, Stage
from tests.simulators.wechat_words import BEIJING, Body, Refusal, matches, moment, parsed

if TYPE_CHECKING:
    from tests.simulators.wechat import WeChat

NUMBER = re.compile(r"[0-9A-Za-z_\-|*]{6,32}")
PAYER_CODE = re.compile(r"1[0-5]\d{16}")
UNPAID_LIVES = timedelta(days=7)
REVERSE_WITHIN = timedelta(days=7)
NOT_BEFORE = timedelta(seconds=15)
Found = tuple[int, Body | None]


def native(office: WeChat, _found: str, sent: Body, fault: Fault) -> Found:
    """A code to be scanned; ordered again the same, it is replaced by a fresh one."""
    notify = sent.get("notify_url")
    if not isinstance(notify, str) or not notify.startswith("https://") or "?" in notify:
        raise Refusal(400, "PARAM_ERROR", "notify_url")
    order = _reordered(office, sent)
    if order is None:
        order = _new(office, sent, "shown")
    office.notify_urls[order.number] = notify
    order.code = f"weixin://wxpay/bizpayurl?pr={letters(9)}"
    order.code_until = office.ledger.clock.now() + CODE_LIVES
    return 200, {"code_url": order.code}


def codepay(office: WeChat, _found: str, sent: Body, fault: Fault) -> Found:
    """Charge the code the customer shows: 200 paid, 202 while the password is awaited."""
    if not office.codepay_allowed:
        raise Refusal(403, "NO_AUTH", "商户未开通付款码支付")
    store = (sent.get("scene_info") or {}).get("store_info") or {}
    if not (store.get("id") or store.get("out_id")):
        raise Refusal(400, "PARAM_ERROR", "scene_info.store_info")
    code = str((sent.get("payer") or {}).get("auth_code", ""))
    if not PAYER_CODE.fullmatch(code):
        raise Refusal(400, "PARAM_ERROR", "payer.auth_code")
    order = _reordered(office, sent)
    if order is None:
        order = _new(office, sent, "scanned")
        outcome = office.ledger.take_code(order, code)
        if outcome in REFUSED_CODES:
            raise Refusal(*REFUSED_CODES[outcome])
        if fault is Fault.DISCOUNT and order.stage is Stage.PAID:
            order.buyer_minor = order.minor - order.minor // 10
    if order.stage is not Stage.PAID:
        return 202, {"trade_state": "USERPAYING"} if fault is Fault.BARE_202 else transaction(office, order)
    return 200, transaction(office, order)


def query(office: WeChat, number: str, sent: Body, fault: Fault) -> Found:
    """How an order stands."""
    matches(sent, mchid=office.mchid)
    order = wanted(office, number)
    office.ledger.polled(order)
    if fault is Fault.DISCOUNT and order.stage is Stage.PAID:
        order.buyer_minor = order.minor - order.minor // 10
    return 200, transaction(office, order)


def close(office: WeChat, number: str, sent: Body, fault: Fault) -> Found:
    """Close an unpaid order; may be repeated; scanned codes are reversed instead."""
    matches(sent, mchid=office.mchid)
    order = wanted(office, number)
    if order.way == "scanned":
        raise Refusal(400, "INVALID_REQUEST", "268449641: 付款码支付订单请调用撤销")
    if order.stage is Stage.PAID:
        raise Refusal(400, "ORDER_PAID")
    if fault is not Fault.NO_TOMBSTONE:
        order.stage, order.dead = Stage.CLOSED, True
    return 204, None


def reverse(office: WeChat, number: str, sent: Body, fault: Fault) -> Found:
    """Undo a scanned payment: unpaid closes, paid goes back."""
    matches(sent, appid=office.appid, mchid=office.mchid)
    order, now = wanted(office, number), office.ledger.clock.now()
    if order.way != "scanned":
        raise Refusal(400, "INVALID_REQUEST", "请调用关闭订单")
    if now - order.created > REVERSE_WITHIN:
        raise Refusal(400, "REVERSE_EXPIRE", "订单无法撤销")
    if order.stage is not Stage.REVOKED and now - order.created < NOT_BEFORE:
        raise Refusal(400, "INVALID_REQUEST", "支付提交后15秒内请勿撤销")
    if order.stage is Stage.ASKING and now < order.until and not order.dead:
        order.dead = True  # the next call may close it
        raise Refusal(400, "USERPAYING", "用户支付中，暂不能撤销")
    if order.stage is Stage.PAID and order.returned < order.paid_minor:
        if order.refunds:
            raise Refusal(400, "TRADE_ERROR", "订单已有退款")
        reference = office.ledger.next_reference("503", 28)
        office.ledger.refund(order, f"REVERSE{number}", order.paid_minor, RefundStage.SUCCESS, reference)
    order.stage = Stage.REVOKED
    return 200, {"appid": office.appid, "mchid": office.mchid, "out_trade_no": number}


def wanted(office: WeChat, number: str) -> Order:
    """The order of this number. Raises `Refusal`."""
    order = office.ledger.get("wechat", number)
    if order is None:
        raise Refusal(404, "ORDER_NOT_EXIST")
    return order


REFUSED_CODES = {  # v3's own list was not seen; these are the names of v2
    CodeOutcome.EXPIRED: (400, "AUTHCODEEXPIRE"),
    CodeOutcome.INVALID: (400, "AUTH_CODE_INVALID"),
    CodeOutcome.MONEY: (403, "NOTENOUGH"),
    CodeOutcome.LIMIT: (403, "RULE_LIMIT"),
    CodeOutcome.RISK: (403, "TRADE_ERROR"),
}


def state(order: Order) -> str:
    """The order's state as WeChat calls it."""
    if order.paid_minor and order.refunds and order.stage is not Stage.REVOKED:
        return "REFUND"
    return {
        Stage.PAID: "SUCCESS", Stage.CLOSED: "CLOSED", Stage.REVOKED: "REVOKED", Stage.ASKING: "USERPAYING",
        Stage.FAILED: "PAYERROR",
    }.get(order.stage, "NOTPAY")  # fmt: skip


def transaction(office: WeChat, order: Order) -> Body:
    """An order in full."""
    kind = "NATIVE" if order.way == "shown" else "MICROPAY"
    body: Body = {
        "appid": office.appid, "mchid": office.mchid, "out_trade_no": order.number, "trade_type": kind,
        "trade_state": state(order), "trade_state_desc": order.why or state(order),
        "amount": {"total": order.minor, "currency": "CNY"},
    }  # fmt: skip
    if order.paid_at is not None:
        body |= {
            "transaction_id": order.reference, "bank_type": "OTHERS", "success_time": moment(order.paid_at),
            "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"}, "attach": "",
        }  # fmt: skip
        body["amount"] |= {"payer_total": order.buyer_minor, "payer_currency": "CNY"}
        if order.buyer_minor < order.paid_minor:
            given = order.paid_minor - order.buyer_minor
            body["promotion_detail"] = [{"coupon_id": "109519", "amount": given, "scope": "GLOBAL"}]
    return body


def twisted(body: Body, fault: Fault) -> Body:
    """An answer that is signed rightly and says the wrong thing."""
    if fault is Fault.WRONG_AMOUNT and "amount" in body:
        amount = {name: n + 100 if isinstance(n, int) else n for name, n in body["amount"].items()}
        return body | {"amount": amount}
    if fault is Fault.OTHER_ORDER and "out_trade_no" in body:
        return body | {"out_trade_no": "SOMEBODYELSES0001"}
    if fault is Fault.OTHER_MERCHANT and "mchid" in body:
        return body | {"mchid": "1900000999"}
    return body


def _reordered(office: WeChat, sent: Body) -> Order | None:
    """The open order of the same number and content. Raises `Refusal` for anything else of that number."""
    order = office.ledger.get("wechat", str(sent.get("out_trade_no", "")))
    if order is None:
        return None
    if order.stage is Stage.PAID:
        raise Refusal(400, "ORDER_PAID")
    if order.stage in (Stage.CLOSED, Stage.REVOKED, Stage.FAILED):
        raise Refusal(400, "ORDER_CLOSED")
    if order.fingerprint != _fingerprint(sent):
        raise Refusal(403, "OUT_TRADE_NO_USED")
    return order


def _new(office: WeChat, sent: Mapping[str, Any], way: str) -> Order:
    matches(sent, appid=office.appid, mchid=office.mchid)
    number, subject, amount = sent.get("out_trade_no"), sent.get("description"), sent.get("amount")
    if not isinstance(number, str) or not NUMBER.fullmatch(number):
        raise Refusal(400, "PARAM_ERROR", "out_trade_no")
    if not isinstance(subject, str) or not 0 < len(subject.encode()) <= 381 or len(subject) > 127:
        raise Refusal(400, "PARAM_ERROR", "description")
    total = amount.get("total") if isinstance(amount, dict) else None
    if type(total) is not int or total < 1 or (amount or {}).get("currency", "CNY") != "CNY":
        raise Refusal(400, "PARAM_ERROR", "amount")
    now = office.ledger.clock.now()
    until = parsed(sent["time_expire"]) if sent.get("time_expire") else now + UNPAID_LIVES
    if until <= now:
        raise Refusal(400, "PARAM_ERROR", "time_expire")
    day = now.astimezone(BEIJING).strftime("%Y%m%d")
    return office.ledger.add(
        Order(
            "wechat", number, total, subject, way, now, until, office.ledger.next_reference(f"4200001{day}", 28),
            fingerprint=_fingerprint(sent),
        )
    )  # fmt: skip


def _fingerprint(sent: Mapping[str, Any]) -> str:
    return json.dumps(sent, sort_keys=True, ensure_ascii=False)
