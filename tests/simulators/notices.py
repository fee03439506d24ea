"""Messages from the providers to the shop: right, twice, late, spoilt, or about somebody else."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from tests.simulators import alipay_words, wechat_refunds
from tests.simulators.alipay import Alipay, signed_content, status
from tests.simulators.faults import Fault
from tests.simulators.keys import letters, sign
from tests.simulators.ledger import Order, Refund
from tests.simulators.unionpay import notice_of
from tests.simulators.wechat import encrypted
from tests.simulators.wechat_orders import transaction, twisted
from tests.simulators.wechat_words import moment

if TYPE_CHECKING:
    from tests.simulators.control import PayOffice


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a message; each by itself."""

    bad_sign: bool = False
    stale: bool = False
    wrong_amount: bool = False
    other_merchant: bool = False
    probe: bool = False
    other_serial: bool = False


@dataclass(frozen=True)
class Message:
    """What is posted to the shop."""

    headers: Mapping[str, str]
    body: bytes


def message(office: PayOffice, order: Order, refund: Refund | None, wrong: Wrong) -> Message:
    """The message about an order, or about one of its refunds."""
    if order.provider == "alipay":
        return _alipay(office, order, refund, wrong)
    if order.provider == "wechat":
        return _wechat(office, order, refund, wrong)
    return Message(
        {"Content-Type": "application/x-www-form-urlencoded"}, notice_of(office.unionpay, order, wrong)
    )


def _alipay(office: PayOffice, order: Order, refund: Refund | None, wrong: Wrong) -> Message:
    now = alipay_words.moment(office.clock.signing())
    total = alipay_words.yuan(order.minor + (100 if wrong.wrong_amount else 0))
    form = {
        "notify_time": now, "notify_type": "trade_status_sync", "notify_id": letters(34), "charset": "utf-8",
        "version": "1.0", "sign_type": "RSA2", "app_id": "2021000000000999" if wrong.other_merchant else Alipay.app_id,
        "auth_app_id": Alipay.app_id, "trade_no": order.reference, "out_trade_no": order.number,
        "seller_id": "2088000000000999" if wrong.other_merchant else Alipay.seller_id, "subject": order.subject,
        "trade_status": status(order), "total_amount": total, "receipt_amount": total,
        "buyer_pay_amount": alipay_words.yuan(order.buyer_minor), "buyer_logon_id": "159****5620",
        "gmt_create": alipay_words.moment(order.created), "body": "",
        "fund_bill_list": json.dumps([{"amount": total, "fundChannel": "ALIPAYACCOUNT"}]),
    }  # fmt: skip
    if order.paid_at:
        form["gmt_payment"] = alipay_words.moment(order.paid_at)
    if refund:
        form |= {
            "refund_fee": alipay_words.yuan(order.returned), "out_biz_no": refund.number,
            "gmt_refund": alipay_words.moment(refund.at),
        }  # fmt: skip
    kept = {name: value for name, value in form.items() if name != "sign_type"}
    signature = sign(office.alipay.platform, signed_content(kept))
    form["sign"] = _spoilt(signature) if wrong.bad_sign else signature
    return Message(
        {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}, urlencode(form).encode()
    )


def _wechat(office: PayOffice, order: Order, refund: Refund | None, wrong: Wrong) -> Message:
    fault = Fault.NONE
    if wrong.other_merchant:
        fault = Fault.OTHER_MERCHANT
    elif wrong.wrong_amount:
        fault = Fault.WRONG_AMOUNT
    plain = transaction(office.wechat, order)
    kind, original = "TRANSACTION.SUCCESS", "transaction"
    if refund:
        kind, original = f"REFUND.{refund.stage}", "refund"
        plain = wechat_refunds.view(order, refund) | {
            "mchid": office.wechat.mchid,
            "refund_status": refund.stage,
        }
        del plain["status"]
    text = json.dumps(twisted(plain, fault), ensure_ascii=False).encode()
    nonce = letters(12)
    sent = json.dumps(
        {
            "id": letters(36), "create_time": moment(office.clock.signing()), "resource_type": "encrypt-resource",
            "event_type": kind, "summary": "支付成功",
            "resource": {
                "original_type": original, "algorithm": "AEAD_AES_256_GCM", "associated_data": original,
                "nonce": nonce, "ciphertext": encrypted(office.keys.api_v3_key, nonce, original, text),
            },
        },
        ensure_ascii=False,
    ).encode()  # fmt: skip
    headers = office.wechat.headers(sent, "PUB_KEY_ID_", _signing_fault(wrong))
    return Message({"Content-Type": "application/json"} | headers, sent)


def _signing_fault(wrong: Wrong) -> Fault:
    for spoilt, fault in (
        (wrong.bad_sign, Fault.BAD_SIGNATURE), (wrong.stale, Fault.STALE), (wrong.probe, Fault.PROBE),
        (wrong.other_serial, Fault.OTHER_SERIAL),
    ):  # fmt: skip
        if spoilt:
            return fault
    return Fault.NONE


def _spoilt(signature: str) -> str:
    raw = bytearray(base64.b64decode(signature))
    raw[9] ^= 1
    return base64.b64encode(raw).decode()
