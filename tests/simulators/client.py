"""A small honest shop for the simulators' own tests; it signs with their code, which the vectors have checked."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx

from tests.simulators import alipay, alipay_words, wechat
from tests.simulators.control import PayOffice
from tests.simulators.keys import letters, public_pem, sign, verifies

TRADE = {"out_trade_no": "A1B2C300000000000000000001", "total_amount": "88.88", "subject": "收银 3 件"}
ORDER = {
    "appid": wechat.WeChat.appid, "mchid": wechat.WeChat.mchid, "description": "收银 3 件",
    "out_trade_no": "A1B2C300000000000000000001", "amount": {"total": 8888, "currency": "CNY"},
}  # fmt: skip
NATIVE = ORDER | {"notify_url": "https://shop.example.com/notify"}
CODE = "280000000000000001"


def scanned(code: str = CODE, **more: Any) -> dict[str, Any]:
    """A trade by a code from the customer's phone, for Alipay."""
    return TRADE | {"scene": "bar_code", "auth_code": code} | more


def codepay(code: str = "134567890123456789", **more: Any) -> dict[str, Any]:
    """The same for WeChat."""
    return ORDER | {"payer": {"auth_code": code}, "scene_info": {"store_info": {"out_id": "1"}}} | more


@dataclass
class Shop:
    """Signs as told, and says whether the answer's signature is right."""

    office: PayOffice
    skew: timedelta = timedelta()
    spoil: dict[str, str] = field(default_factory=dict)
    mode: str = "public key"

    def alipay(self, method: str, biz: dict[str, Any], **changed: str) -> dict[str, Any]:
        """What Alipay answers, once its signature is checked over the raw span."""
        at: datetime = self.office.clock.signing() + self.skew
        fields = {
            "app_id": alipay.Alipay.app_id, "method": f"alipay.{method}", "format": "JSON", "charset": "utf-8",
            "sign_type": "RSA2", "timestamp": alipay_words.moment(at), "version": "1.0",
            "biz_content": json.dumps(biz, ensure_ascii=False),
        }  # fmt: skip
        signature = sign(self.office.keys.alipay_merchant, alipay.signed_content(fields | changed))
        sent = urlencode(fields | changed | {"sign": signature} | self.spoil).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded;charset=utf-8"}
        text = httpx.post(self.office.base + "/gateway.do", content=sent, headers=kind, timeout=10).text
        found = json.loads(text)
        name = next(name for name in found if name.endswith("_response"))
        if "sign" in found:
            span = text[text.index(":") + 1 : text.rindex(',"sign"')]
            assert verifies(self.office.alipay.platform.public_key(), span.encode(), found["sign"])
        answer: dict[str, Any] = found[name]
        return answer

    def wechat(self, method: str, target: str, body: dict[str, Any] | None = None) -> httpx.Response:
        """What WeChat answers, once its signature is checked."""
        sent = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
        stamp = str(int((self.office.clock.signing() + self.skew).timestamp()))
        nonce, pair = letters(32), self.office.keys.wechat_merchant
        signature = sign(pair.key, wechat.request_message(method, target, stamp, nonce, sent))
        parts = {
            "mchid": wechat.WeChat.mchid, "nonce_str": nonce, "signature": signature, "timestamp": stamp,
            "serial_no": pair.serial,
        } | self.spoil  # fmt: skip
        inner = ",".join(f'{name}="{value}"' for name, value in parts.items())
        headers = {"Authorization": f"{wechat.SCHEME} {inner}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if self.mode == "public key":
            headers["Wechatpay-Serial"] = self.office.keys.wechat_platform_id
        answer = httpx.request(method, self.office.base + target, content=sent, headers=headers, timeout=10)
        if "wechatpay-signature" in answer.headers:
            assert self._answer_is_signed(answer)
        return answer

    def _answer_is_signed(self, answer: httpx.Response) -> bool:
        name, key = self.office.wechat.signer("PUB_KEY_ID_" if self.mode == "public key" else "")
        message = wechat.answer_message(
            answer.headers["wechatpay-timestamp"], answer.headers["wechatpay-nonce"], answer.content
        )
        signed = verifies(key.public_key(), message, answer.headers["wechatpay-signature"])
        return answer.headers["wechatpay-serial"] == name and signed and bool(public_pem(key))
