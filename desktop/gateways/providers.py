"""The payment providers the shop knows: what an account with each is made of, and the gateway made from it.

An account is plain data that may stand in the database; keys come beside it and are shown nowhere.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop.basics.clock import Clock
from desktop.gateways.payment import Gateway

PROVIDERS = ("alipay", "wechat", "unionpay")
V3, V2 = "v3", "v2"


@dataclass(frozen=True, slots=True)
class AlipayAccount:
    """An application with Alipay: by public key, or by certificates when `app_cert` is there."""

    base_url: str = "https://openapi.alipay.com/gateway.do"
    app_id: str = ""
    seller_id: str = ""  # the merchant's PID, 2088…
    alipay_public_key: str = field(default="", repr=False)
    app_cert: str = field(default="", repr=False)
    alipay_cert: str = field(default="", repr=False)
    root_cert: str = field(default="", repr=False)
    store_id: str = ""
    notify_url: str = ""


@dataclass(frozen=True, slots=True)
class WechatAccount:
    """A merchant with WeChat Pay: by its public key, or by platform certificates when there is no `public_key_id`."""

    base_url: str = "https://api.mch.weixin.qq.com"
    mchid: str = ""
    app_id: str = ""
    serial: str = ""  # of the merchant's own certificate, hex
    public_key_id: str = ""  # PUB_KEY_ID_…
    public_key: str = field(default="", repr=False)
    merchant_cert: str = field(default="", repr=False)
    code_api: str = V3  # V2 scans customers' codes by the older calls
    sign_type: str = "HMAC-SHA256"  # of the older calls
    store_id: str = "1"
    notify_url: str = ""


@dataclass(frozen=True, slots=True)
class UnionpayAccount:
    """A merchant with UnionPay (experimental: its current QR specification is not public)."""

    base_url: str = "https://gateway.95516.com"
    mer_id: str = ""
    term_id: str = "00000001"
    sign_cert: str = field(default="", repr=False)
    roots: str = field(default="", repr=False)  # root and intermediate certificates its answers come from
    signer: str = "中国银联股份有限公司"  # whom the certificate of an answer must name
    notify_url: str = ""


Account = AlipayAccount | WechatAccount | UnionpayAccount
ACCOUNTS: dict[str, type[Account]] = {
    "alipay": AlipayAccount, "wechat": WechatAccount, "unionpay": UnionpayAccount,
}  # fmt: skip
SECRET_NAMES: dict[str, tuple[str, ...]] = {
    "alipay": ("private_key",),
    "wechat": ("private_key", "api_v3_key", "api_v2_key"),
    "unionpay": ("private_key",),
}
EXPERIMENTAL = frozenset({"unionpay"})


@dataclass(frozen=True, slots=True)
class Secrets:
    """Keys on their way from the keyring to a gateway; never shown."""

    values: Mapping[str, str] = field(default_factory=dict, repr=False)

    def get(self, name: str) -> str:
        """One of them; empty when it is not there."""
        return self.values.get(name, "")


def make(
    account: Account,
    secrets: Secrets,
    clock: Clock,
    trust: ssl.SSLContext | None = None,
    seconds: float = 10.0,
) -> Gateway:
    """The gateway of an account. Raises `Refused` naming the key or number that does not fit."""
    from desktop.gateways.pay_http import Line

    line = Line(seconds, trust)
    if isinstance(account, AlipayAccount):
        from desktop.gateways.alipay import Alipay

        return Alipay(account, secrets, clock, line)
    if isinstance(account, WechatAccount):
        from desktop.gateways.wechat import Wechat

        return Wechat(account, secrets, clock, line)
    from desktop.gateways.unionpay import Unionpay

    return Unionpay(account, secrets, clock, line)
