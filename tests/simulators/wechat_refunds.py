"""WeChat's money on its way back, and its bills."""

from __future__ import annotations

import gzip
import hashlib
import re
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.simulators.faults import Fault
from tests.simulators.keys import letters
from tests.simulators.ledger import Order, Refund, RefundStage, Stage
from tests.simulators.web import Reply, Request
from tests.simulators.wechat_orders import wanted
from tests.simulators.wechat_words import Body, Refusal, moment

if TYPE_CHECKING:
    from tests.simulators.wechat import WeChat

NUMBER = re.compile(r"[0-9A-Za-z_\-|*@]{1,64}")
A_YEAR = timedelta(days=365)
MOST = 50
ENDS = {Fault.REFUND_ABNORMAL: RefundStage.ABNORMAL, Fault.REFUND_CLOSED: RefundStage.CLOSED}


def refund(office: WeChat, _found: str, sent: Body, fault: Fault) -> tuple[int, Body]:
    """Accept a refund; what becomes of it is asked for later. The same number gives back once."""
    order = _order(office, sent)
    number, amount = str(sent.get("out_refund_no", "")), sent.get("amount") or {}
    if not NUMBER.fullmatch(number) or amount.get("currency") != "CNY":
        raise Refusal(400, "PARAM_ERROR", "out_refund_no")
    minor = amount.get("refund")
    if type(minor) is not int or minor < 1 or amount.get("total") != order.minor:
        raise Refusal(400, "PARAM_ERROR", "amount")
    known = order.refunds.get(number)
    if known and known.minor != minor:
        raise Refusal(400, "INVALID_REQUEST", "订单信息不一致")
    if known is None:
        if order.stage is not Stage.PAID:
            raise Refusal(403, "INVALID_REQUEST", "订单状态不允许退款")
        if order.returned + minor > order.paid_minor:
            raise Refusal(403, "INVALID_REQUEST", "申请退款金额大于可退金额")
        now = office.ledger.clock.now()
        if len(order.refunds) >= MOST or now - order.created > A_YEAR:
            raise Refusal(403, "INVALID_REQUEST", "超过退款次数或期限")
        reference = office.ledger.next_reference("50000", 28)
        known = office.ledger.refund(order, number, minor, RefundStage.PROCESSING, reference)
        known.ends = ENDS.get(fault, RefundStage.SUCCESS)
    return 200, view(order, known)


def query(office: WeChat, number: str, sent: Body, fault: Fault) -> tuple[int, Body]:
    """What became of a refund."""
    for order in office.ledger:
        if order.provider == "wechat" and number in order.refunds:
            office.ledger.refund_polled(order.refunds[number])
            return 200, view(order, order.refunds[number])
    raise Refusal(404, "RESOURCE_NOT_EXISTS")


def view(order: Order, known: Refund) -> Body:
    """A refund in full."""
    body = {
        "refund_id": known.reference, "out_refund_no": known.number, "transaction_id": order.reference,
        "out_trade_no": order.number, "channel": "ORIGINAL", "user_received_account": "支付用户零钱",
        "create_time": moment(known.at), "status": known.stage, "funds_account": "AVAILABLE",
        "amount": {
            "total": order.minor, "refund": known.minor, "payer_total": order.buyer_minor,
            "payer_refund": known.minor, "settlement_refund": known.minor, "settlement_total": order.minor,
            "discount_refund": 0, "currency": "CNY",
        },
    }  # fmt: skip
    if known.stage is RefundStage.SUCCESS:
        body["success_time"] = moment(known.at)
    return body


def _order(office: WeChat, sent: Body) -> Order:
    reference = sent.get("transaction_id")
    if reference:
        for order in office.ledger:
            if order.provider == "wechat" and order.reference == reference:
                return order
        raise Refusal(404, "RESOURCE_NOT_EXISTS")
    return wanted(office, str(sent.get("out_trade_no", "")))


def bill(office: WeChat, _found: str, sent: Body, fault: Fault) -> tuple[int, Body]:
    """Where a day's bill is and what its unpacked bytes hash to; it comes with the next morning."""
    if sent.get("bill_type", "ALL") != "ALL" or sent.get("tar_type", "GZIP") != "GZIP":
        raise Refusal(400, "PARAM_ERROR")
    plain = None if fault is Fault.NOT_READY else office.bill(str(sent.get("bill_date")))
    if plain is None:
        raise Refusal(400, "STATEMENT_CREATING", "账单正在生成")
    if not plain:
        raise Refusal(400, "NO_STATEMENT_EXIST", "账单文件不存在")
    token = letters(40)
    office.downloads[token] = plain
    digest = hashlib.sha1(plain if fault is not Fault.WRONG_HASH else plain + b" ").hexdigest()
    zipped = "&tartype=gzip" if sent.get("tar_type") else ""
    address = f"{office.base()}/v3/billdownload/file?token={token}{zipped}"
    return 200, {"download_url": address, "hash_type": "SHA1", "hash_value": digest}


def download(office: WeChat, request: Request) -> Reply:
    """The bill; the request is signed as any, the answer is not."""
    plain = office.downloads.get(request.query.get("token", ""))
    if plain is None:
        raise Refusal(404, "RESOURCE_NOT_EXISTS")
    sent = gzip.compress(plain) if request.query.get("tartype") == "gzip" else plain
    return Reply(200, sent, {"Content-Type": "application/octet-stream"})
