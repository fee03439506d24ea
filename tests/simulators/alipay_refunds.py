"""Alipay's money on its way back, and its bills."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.simulators.alipay_words import Body, Refusal, fen, invalid, yuan
from tests.simulators.faults import Fault
from tests.simulators.keys import letters
from tests.simulators.ledger import Order, Refund, RefundStage, Stage
from tests.simulators.web import Reply, Request

if TYPE_CHECKING:
    from tests.simulators.alipay import Alipay

BETWEEN = timedelta(seconds=3)
URL_LIVES = timedelta(seconds=30)


def refund(office: Alipay, biz: Mapping[str, Any], fault: Fault) -> Body:
    """Give back a part or all; the same number gives back once, and says so with `fund_change` N."""
    order = office.wanted(biz)
    number, minor = str(biz.get("out_request_no") or order.number), fen(biz.get("refund_amount"))
    if order.stage is not Stage.PAID:
        raise Refusal("ACQ.TRADE_STATUS_ERROR")
    if not minor >= 1:
        raise invalid("isv.invalid-parameter")
    if not biz.get("out_request_no") and minor != order.paid_minor:
        raise Refusal("ACQ.REFUND_AMT_NOT_EQUAL_TOTAL")
    known = order.refunds.get(number)
    if known and known.minor != minor:
        raise Refusal("ACQ.DISCORDANT_REPEAT_REQUEST")
    answer = {"trade_no": order.reference, "out_trade_no": order.number, "buyer_logon_id": "159****5620"}
    if known is None:
        if order.returned + minor > order.paid_minor:
            raise Refusal("ACQ.REASON_TRADE_REFUND_FEE_ERR")
        now = office.ledger.clock.now()
        if any(now - one.at < BETWEEN for one in order.refunds.values()):
            raise Refusal("ACQ.REFUND_TOO_FREQUENT")  # the wait is documented, the code is not
        give_back(office, order, number, minor)
    changed = "N" if known or fault is Fault.NO_FUND_CHANGE else "Y"
    return answer | {"refund_fee": yuan(order.returned), "fund_change": changed}


def give_back(office: Alipay, order: Order, number: str, minor: int) -> Refund:
    """The money moves at once."""
    reference = office.ledger.next_reference("R", 20)
    return office.ledger.refund(order, number, minor, RefundStage.SUCCESS, reference)


def query(office: Alipay, biz: Mapping[str, Any], fault: Fault) -> Body:
    """A refund that is not known answers without a status, as a success."""
    order = office.wanted(biz)
    known = order.refunds.get(str(biz.get("out_request_no", "")))
    if known is None:
        return {}
    return {
        "trade_no": order.reference, "out_trade_no": order.number, "out_request_no": known.number,
        "refund_amount": yuan(known.minor), "total_amount": yuan(order.minor), "refund_status": "REFUND_SUCCESS",
    }  # fmt: skip


def bill_url(office: Alipay, biz: Mapping[str, Any], fault: Fault) -> Body:
    """The address of a day's bill, good for thirty seconds; the bill comes with the next morning."""
    kind, day = str(biz.get("bill_type")), str(biz.get("bill_date"))
    if kind not in ("trade", "signcustomer") or not re.fullmatch(r"\d{4}-\d\d(-\d\d)?", day):
        raise invalid("isv.invalid-parameter")
    made = None if fault is Fault.NOT_READY else office.bill(kind, day)
    if made is None:
        raise Refusal("isp.bill_not_exist")
    token = letters(24)
    office.downloads[token] = (office.ledger.clock.now() + URL_LIVES, made)
    return {"bill_download_url": f"{office.base()}/alipay/bill?token={token}"}


def download(office: Alipay, request: Request) -> Reply:
    """The bill itself, for whoever has the address in time."""
    until, made = office.downloads.get(request.query.get("token", ""), (None, b""))
    if until is None or office.ledger.clock.now() >= until:
        return Reply(403, b"<html>expired</html>", {"Content-Type": "text/html"})
    return Reply(200, made, {"Content-Type": "application/zip"})
