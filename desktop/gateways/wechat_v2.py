"""WeChat Pay's older calls for scanned codes: XML, signed with a shared key; what moves money back needs a certificate."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets as random
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from desktop.basics.clock import Clock
from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.basics.money import Money
from desktop.gateways import pay_signing as signing
from desktop.gateways.pay_http import SKEW, Line, Reply, Trouble, check_base
from desktop.gateways.pay_words import printable, unclear
from desktop.gateways.payment import Answer, Attempt, Back, Reason, RefundState, State
from desktop.gateways.wechat_answers import (
    NOT_DONE,
    NOT_THERE,
    Said,
    back_of,
    not_found,
    refund_state,
    refused_by,
    state_of,
)

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

    from desktop.gateways.providers import Secrets, WechatAccount

CHINA = ZoneInfo("Asia/Shanghai")
MICROPAY, QUERY, REVERSE = "/pay/micropay", "/pay/orderquery", "/secapi/pay/reverse"
REFUND, REFUND_QUERY = "/secapi/pay/refund", "/pay/refundquery"
SUBJECT = 32  # characters; 128 bytes are allowed
HMAC, MD5 = "HMAC-SHA256", "MD5"
HERE = "127.0.0.1"


def signature(params: Mapping[str, str], key: str, kind: str) -> str:
    """The signature over all fields that are not empty, sorted, with the key behind them."""
    named = sorted((name, value) for name, value in params.items() if value and name != "sign")
    text = "&".join(f"{name}={value}" for name, value in named) + f"&key={key}"
    if kind == HMAC:
        return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest().upper()
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()


def to_xml(params: Mapping[str, str]) -> bytes:
    """The flat document both sides send."""
    return ("<xml>" + "".join(f"<{k}>{escape(v)}</{k}>" for k, v in params.items()) + "</xml>").encode()


def from_xml(body: bytes) -> dict[str, str] | None:
    """Its fields; None for anything else."""
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        return None
    fields = {child.tag: child.text or "" for child in root}
    return fields if root.tag == "xml" and len(fields) == len(root) else None


@dataclass
class WechatV2:
    """Scanned codes by the older calls; a part of `wechat.Wechat`."""

    account: WechatAccount
    secrets: Secrets = field(repr=False)
    clock: Clock
    line: Line

    def __post_init__(self) -> None:
        self._url = check_base(self.account.base_url)
        self._key = self.secrets.get("api_v2_key")
        if len(self._key.encode()) != 32:
            from desktop.gateways.wechat import BAD_KEY

            raise Refused(BAD_KEY, label="API (v2)")
        if self.account.sign_type not in (HMAC, MD5):
            raise Refused(N_("There is no such kind of signature."))
        if not self.account.merchant_cert:
            raise Refused(
                N_("The older calls need the merchant’s certificate. Load apiclient_cert.pem as well.")
            )
        label = N_("Merchant’s private key")
        private = signing.private_key(self.secrets.get("private_key"), label)
        whose = N_("Merchant’s certificate")
        certificate = signing.own_certificate(self.account.merchant_cert, private, whose)
        self._cert = certificate
        self._secure = Line(self.line.seconds, client_context(private, certificate, self.line.trust))

    # -- paying ------------------------------------------------------------------------------------------------

    def charge(self, attempt: Attempt, customer_code: str) -> Answer:
        """Charge a scanned code."""
        until = attempt.until.astimezone(CHINA).strftime("%Y%m%d%H%M%S")
        said = self._ask(MICROPAY, {
            "body": printable(attempt.subject)[:SUBJECT] or attempt.number, "out_trade_no": attempt.number,
            "total_fee": str(attempt.amount.amount), "fee_type": attempt.amount.currency,
            "spbill_create_ip": HERE, "auth_code": customer_code, "time_expire": until,
        })  # fmt: skip
        if said.trouble:
            return said.trouble_answer(before=True)
        if said.code:
            return refused_by(said)
        return self._state(attempt, Said({**said.fields, "trade_state": "SUCCESS"}))

    def query(self, attempt: Attempt) -> Answer:
        """What became of it."""
        said = self._ask(QUERY, {"out_trade_no": attempt.number})
        if said.trouble:
            return said.trouble_answer()
        if said.code in NOT_THERE:
            return not_found(attempt, said)
        return unclear(said.why, said.code_text) if said.code else self._state(attempt, said)

    def _state(self, attempt: Attempt, said: Said) -> Answer:
        ours = {"out_trade_no": attempt.number, "mch_id": self.account.mchid, "appid": self.account.app_id}
        for name, value in ours.items():
            if said.text(name) != value:
                return unclear(Reason.UNREADABLE if name == "out_trade_no" else Reason.SETUP, name)
        currency = said.text("fee_type") or "CNY"
        total, buyer = (_whole(said.text(name)) for name in ("total_fee", "cash_fee"))
        paid = None if total is None else Money(total, currency)
        return state_of(attempt, said, paid, None if buyer is None else Money(buyer, currency))

    def cancel(self, attempt: Attempt) -> Answer:
        """Reverse until it answers; whether it was closed or given back tells a look at it."""
        said = self._ask(REVERSE, {"out_trade_no": attempt.number}, secure=True)
        if said.trouble:
            return said.trouble_answer(cancelling=True)
        if said.code in NOT_THERE:
            return Answer(State.CLOSED, reason=Reason.NOT_FOUND)
        if said.text("recall") == "Y" or said.code in ("USERPAYING", "INVALIDREQUEST", "SYSTEMERROR"):
            return Answer(State.CANCELLING, reason=Reason.BUSY, detail=said.code_text or "recall", wait=5)
        if said.code and said.why in NOT_DONE:
            return Answer(State.CANCELLING, reason=said.why, detail=said.code_text)
        now = self.query(attempt)
        over = (State.CLOSED, State.REVERSED) + ((State.SUCCEEDED,) if said.code else ())
        if now.state in over:
            return now
        reason = said.why if said.code else now.reason
        return Answer(State.CANCELLING, now.reference, reason=reason, detail=said.code_text, wait=5)

    # -- giving back -------------------------------------------------------------------------------------------

    def refund(self, attempt: Attempt, number: str, amount: Money, why: str) -> Back:
        """Give back; a success here only means that it was accepted."""
        said = self._ask(REFUND, {
            "out_trade_no": attempt.number, "out_refund_no": number, "total_fee": str(attempt.amount.amount),
            "refund_fee": str(amount.amount), "refund_fee_type": amount.currency, "refund_desc": why[:26],
        }, secure=True)  # fmt: skip
        if said.trouble:
            return said.trouble_back()
        if said.code:
            return back_of(said)
        if said.text("out_refund_no") != number or said.text("out_trade_no") != attempt.number:
            return Back(RefundState.UNKNOWN, reason=Reason.UNREADABLE, detail="out_refund_no")
        if _whole(said.text("refund_fee")) != amount.amount:
            return Back(RefundState.UNKNOWN, reason=Reason.AMOUNT, detail="refund_fee")
        return Back(RefundState.PROCESSING, said.text("refund_id"))

    def query_refund(self, attempt: Attempt, number: str) -> Back:
        """What became of it."""
        said = self._ask(REFUND_QUERY, {"out_refund_no": number})
        if said.trouble:
            return said.trouble_back()
        if said.code:
            reason = Reason.NOT_FOUND if said.code in NOT_THERE else said.why
            return Back(RefundState.UNKNOWN, reason=reason, detail=said.code_text)
        if said.text("out_refund_no_0") != number or said.text("out_trade_no") != attempt.number:
            return Back(RefundState.UNKNOWN, reason=Reason.UNREADABLE, detail="out_refund_no")
        return refund_state(said.text("refund_status_0"), said.text("refund_id_0"))

    # -- the call ----------------------------------------------------------------------------------------------

    def _ask(self, path: str, fields: Mapping[str, str], *, secure: bool = False) -> Said:
        now, kind = self.clock.now(), self.account.sign_type
        if secure and not signing.in_date(self._cert, now):
            return Said(trouble=Reason.CERTIFICATE, detail="merchant_cert", sent=False)
        params = {"appid": self.account.app_id, "mch_id": self.account.mchid, "sign_type": kind}
        params |= {
            "nonce_str": random.token_hex(16),
            **{name: value for name, value in fields.items() if value},
        }
        params["sign"] = signature(params, self._key, kind)
        line = self._secure if secure else self.line
        headers = {"Content-Type": "text/xml; charset=utf-8"}
        try:
            reply = line.call("POST", self._url + path, headers=headers, content=to_xml(params))
        except Trouble as trouble:
            return Said.of(trouble)
        return self._read(reply, now)

    def _read(self, reply: Reply, now: datetime) -> Said:
        """What was said. `return_code` FAIL comes unsigned: nothing was taken on, and it is a hint at most."""
        if reply.status == 429 or reply.status >= 500:
            return Said(trouble=Reason.BUSY, detail=f"HTTP {reply.status}")
        fields = from_xml(reply.body) if reply.status == 200 else None
        if fields is None:
            return Said(trouble=Reason.UNREADABLE, detail=f"HTTP {reply.status}")
        signed, skewed = fields.get("sign", ""), reply.skew(now) > SKEW
        if fields.get("return_code") != "SUCCESS":
            return self._not_taken(fields, skewed)
        expected = signature(fields, self._key, self.account.sign_type)
        if not hmac.compare_digest(expected.encode(), signed.upper().encode()):
            return Said(trouble=Reason.SIGNATURE)
        if fields.get("result_code") != "SUCCESS":
            return Said({**fields, "code": fields.get("err_code") or "UNKNOWN"}, skewed=skewed)
        fields.pop("code", None)
        return Said(fields)

    def _not_taken(self, fields: Mapping[str, str], skewed: bool) -> Said:
        """The door's own refusals have words only; a wrong signature is the one that can be told."""
        about = fields.get("return_msg", "")
        code = "SIGNERROR" if "签名" in about or "sign" in about.lower() else "PARAM_ERROR"
        if fields.get("return_code") != "FAIL" or any(word in about for word in ("系统", "繁忙", "SYSTEM")):
            return Said(trouble=Reason.BUSY, detail="return_code")
        return Said({"code": code}, skewed=skewed)


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None


def client_context(
    key: RSAPrivateKey, certificate: x509.Certificate, trust: ssl.SSLContext | None
) -> ssl.SSLContext:
    """TLS with our certificate. The library reads keys from files only: this one is locked with a password of the
    moment and gone at once.
    """
    from cryptography.hazmat.primitives import serialization as forms

    context = ssl.create_default_context()
    if trust is not None:
        for one in trust.get_ca_certs(binary_form=True):
            context.load_verify_locations(cadata=one)
    password = random.token_bytes(32).hex()
    locked = key.private_bytes(
        forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.BestAvailableEncryption(password.encode())
    )
    handle, name = tempfile.mkstemp(prefix="zhanggui-", suffix=".pem")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(certificate.public_bytes(forms.Encoding.PEM) + locked)
        context.load_cert_chain(name, password=password)
    finally:
        Path(name).unlink()
    return context
