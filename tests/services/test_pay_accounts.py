"""Accounts with payment providers: what fits is kept, keys only in the keyring, and each program makes its gateway."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import keyring
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from desktop.basics.clock import HandClock
from desktop.basics.errors import NotFound, ShopError, Unavailable
from desktop.basics.i18n import speaking
from desktop.gateways import pay_secrets
from desktop.gateways.pay_secrets import get_secret
from desktop.gateways.payment import Reason
from desktop.queries import today_words
from desktop.queries.pay_accounts import payment_accounts
from desktop.queries.today import today
from desktop.services.pay_accounts import (
    AccountForm,
    accounts_here,
    forget_account,
    gateway_for,
    save_account,
    try_account,
)
from desktop.shop.shop import Shop
from tests.helpers.goods import open_stocked
from tests.simulators.keys import certificate, private_pem, public_pem
from tests.simulators.keys import new_key as rsa_key

pytestmark = pytest.mark.req("M1", "M11", "I3")
OURS, THEIRS = rsa_key(), rsa_key()
DETAILS = {
    "base_url": "http://127.0.0.1:9", "app_id": "2021000000000001", "seller_id": "2088000000000001",
    "alipay_public_key": public_pem(THEIRS),
}  # fmt: skip


def form(**more: str) -> AccountForm:
    """What the owner typed about Alipay."""
    return AccountForm("alipay", DETAILS | more, {"private_key": private_pem(OURS)})


def wechat(**more: str) -> AccountForm:
    """The same about WeChat Pay, by platform certificates."""
    cert = certificate(OURS, "1900000109").public_bytes(serialization.Encoding.PEM).decode()
    details = {
        "base_url": "http://127.0.0.1:9", "mchid": "1900000109", "app_id": "wx8888888888888888",
        "merchant_cert": cert, "notify_url": "https://shop.example.com/pay",
    }  # fmt: skip
    secrets = {"private_key": private_pem(OURS), "api_v3_key": "a7cde1ZJB1kG2e7VfTs3jQzaWizur8Gb"}
    return AccountForm("wechat", details | more, secrets)


def test_an_account_is_kept_with_its_keys_in_the_keyring_alone(shop: Shop) -> None:
    shop = open_stocked(shop).shop
    assert gateway_for(shop, "alipay") is None
    save_account(shop, form())
    known = shop.ask(payment_accounts)
    row = known.of("alipay")
    assert row is not None
    assert row.merchant == "2088…001"
    secret = get_secret(known.shop_key, "alipay", "private_key")
    assert len(secret) > 1_280  # longer than one name of a Windows keyring holds
    assert max(len(part) for part in pay_secrets._parts(known.shop_key, "alipay", "private_key")) <= 1_280
    assert secret[:40] not in str(row.details)
    assert "BEGIN" not in repr(row)
    assert "2021000000000001" not in repr(row)
    made = gateway_for(shop, "alipay")
    assert made is not None
    assert gateway_for(shop, "alipay") is made  # made once …
    save_account(
        shop, AccountForm("alipay", DETAILS | {"store_id": "9"})
    )  # … until it is saved, keys as they are
    assert gateway_for(shop, "alipay") not in (None, made)
    here = {one.gateway: one for one in accounts_here(shop)}
    assert (here["alipay"].ready, here["alipay"].by_certificates, here["wechat"].set_up) == (
        True,
        False,
        False,
    )
    assert here["unionpay"].experimental


def test_a_machine_without_the_keys_says_which_are_missing(sqlite_shop: Shop) -> None:
    shop = open_stocked(sqlite_shop).shop
    save_account(shop, wechat())
    save_account(shop, form())
    pay_secrets.put_secrets(shop.ask(payment_accounts).shop_key, "wechat", {"api_v3_key": ""})
    here = {one.gateway: one for one in accounts_here(shop)}
    assert (here["wechat"].ready, here["wechat"].missing) == (False, ("api_v3_key",))
    assert here["wechat"].by_certificates
    assert here["wechat"].expires_at == datetime(2045, 1, 1, tzinfo=UTC)
    assert gateway_for(shop, "alipay") is not None
    with pytest.raises(Unavailable, match="doesn’t have the keys|没有"):
        pay_secrets_gone(shop)


def pay_secrets_gone(shop: Shop) -> None:
    """Another machine with this shop: its keyring is empty."""
    save = keyring.get_keyring()
    keyring.set_keyring(type(save)())
    try:
        from desktop.services import pay_accounts

        pay_accounts._made.clear()
        assert gateway_for(shop, "alipay") is None
        try_account(shop, "alipay")
    finally:
        keyring.set_keyring(save)


def test_what_does_not_fit_is_named_and_nothing_is_saved(sqlite_shop: Shop) -> None:
    shop = open_stocked(sqlite_shop).shop
    small = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    good = form()
    wrong = [
        (replace(good, secrets={"private_key": public_pem(OURS)}), "holds a public key|公钥"),
        (replace(good, secrets={"private_key": "abc"}), "no RSA private key|“应用私钥”不是"),
        (replace(good, secrets={"private_key": private_pem(small)}), "too short|太短"),
        (replace(good, secrets={}), "no RSA private key|不是"),
        (form(alipay_public_key=private_pem(THEIRS)), "holds a private key|私钥"),
        (form(alipay_public_key=public_pem(OURS)), "your own public key|自己"),
        (form(alipay_public_key="MIIB"), "no RSA public key|不是"),
        (form(base_url="http://openapi.alipay.com"), "https"),
        (form(base_url="ftp://x"), "address|地址"),
        (form(app_id=""), "APPID"),
        (wechat(mchid=""), "merchant number|商户号"),
        (wechat(notify_url=""), "WeChat Pay wants|微信支付"),
        (wechat(merchant_cert=private_pem(OURS)), "no certificate|不是证书"),
        (AccountForm("paypal", {}), "no such payment provider|没有"),
    ]
    short = wechat()
    wrong.append((replace(short, secrets=dict(short.secrets) | {"api_v3_key": "short"}), "32"))
    foreign = certificate(THEIRS, "1900000109").public_bytes(serialization.Encoding.PEM).decode()
    wrong.append((wechat(merchant_cert=foreign), "another private key|另一把私钥"))
    for bad, sentence in wrong:
        with pytest.raises(ShopError, match=sentence) as caught:
            save_account(shop, bad)
        assert "MII" not in str(caught.value)
        assert shop.ask(payment_accounts).rows == ()
    save_account(shop, good)  # control


@pytest.mark.req("R11")
def test_a_certificate_that_ends_soon_is_on_the_list(sqlite_shop: Shop, clock: HandClock) -> None:
    stocked = open_stocked(sqlite_shop)
    save_account(stocked.shop, wechat())
    end = datetime(2045, 1, 1, tzinfo=UTC)
    for left, waits in ((15, False), (13, True), (-1, True)):
        clock.pass_time(end - timedelta(days=left) - clock.now())
        found = [one for one in stocked.shop.ask(today) if one.kind == "certificate"]
        assert bool(found) is waits, left
    here = today_words.Here(clock.now(), ZoneInfo("Asia/Shanghai"))
    with speaking("en"):
        assert today_words.title(found[0]) == "The certificate for WeChat Pay has expired"
        assert "Load the new one" in today_words.reason(found[0], here)


def test_trying_names_what_is_wrong_and_forgetting_forgets(sqlite_shop: Shop) -> None:
    shop = open_stocked(sqlite_shop).shop
    save_account(shop, form())
    tried = try_account(shop, "alipay")
    assert (tried.works, tried.reason) == (False, Reason.NO_CONNECTION)  # nothing listens there
    key = shop.ask(payment_accounts).shop_key
    forget_account(shop, "alipay")
    assert get_secret(key, "alipay", "private_key") == ""
    assert gateway_for(shop, "alipay") is None
    with pytest.raises(NotFound):
        forget_account(shop, "alipay")
