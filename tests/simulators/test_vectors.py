"""The simulators' own signing agrees with what the providers published."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.simulators import alipay, alipay_words, unionpay, wechat, wechat_v2
from tests.simulators.keys import sign, verifies

VECTORS = Path(__file__).parents[3] / "shared" / "protocols" / "vectors"
pytestmark = [
    pytest.mark.req("M11"),
    pytest.mark.skipif(not VECTORS.is_dir(), reason="the published vectors are not beside the project"),
]


def cases(name: str) -> list[Any]:
    if not VECTORS.is_dir():
        return []
    content = json.loads((VECTORS / f"{name}.json").read_text(encoding="utf-8"))
    return [pytest.param(case | {"keys": content.get("keys")}, id=case["id"]) for case in content["cases"]]


def public(case: dict[str, Any]) -> rsa.RSAPublicKey:
    key: object
    if "certificate" in case:
        key = x509.load_pem_x509_certificate(case["certificate"].encode()).public_key()
    else:
        key = serialization.load_pem_public_key(case["public_key"].encode())
    assert isinstance(key, rsa.RSAPublicKey)
    return key


@pytest.mark.parametrize("case", cases("wechatpay_v3_sign"))
def test_wechat_requests(case: dict[str, Any]) -> None:
    der = base64.b64decode(case["keys"][case["key"]].rpartition(" ")[2])
    key = serialization.load_der_private_key(der, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    message = case["message"].encode()
    if case["kind"] == "request_sign":
        parts = (case["method"], case["url"], case["timestamp"], case["nonce"])
        assert wechat.request_message(*parts, case["body"].encode()) == message
        header = wechat.authorization(case["authorization"])
        assert header["signature"] == case["signature"]
        assert header["serial_no"] == case["serial_no"]
    assert sign(key, message) == case["signature"]
    assert not verifies(key.public_key(), message + b" ", case["signature"])


def test_wechat_messages_of_every_kind_of_request() -> None:
    content = json.loads((VECTORS / "wechatpay_v3_sign.json").read_text(encoding="utf-8"))
    for case in content["canonical_only"]:
        parts = (case["method"], case["url"], case["timestamp"], case["nonce"])
        assert wechat.request_message(*parts, case["body"].encode()).decode() == case["message"]


@pytest.mark.parametrize("case", cases("wechatpay_v3_verify_notify"))
def test_wechat_notices(case: dict[str, Any]) -> None:
    if "headers" not in case:
        assert verifies(public(case), case["message"].encode(), case["signature"]) is case["expect"]
        return
    headers = case["headers"]
    stamp, nonce = headers["Wechatpay-Timestamp"], headers["Wechatpay-Nonce"]
    message = wechat.answer_message(stamp, nonce, case["body"].encode())
    if "message" in case:
        assert message.decode() == case["message"]
    fresh = abs(case["now"] - int(stamp)) <= wechat.SKEW.total_seconds()
    known = f"{x509.load_pem_x509_certificate(case['certificate'].encode()).serial_number:X}"
    named = headers["Wechatpay-Serial"] == known
    right = fresh and named and verifies(public(case), message, headers["Wechatpay-Signature"])
    assert right is case["expect"]


@pytest.mark.parametrize("case", cases("wechatpay_v3_aead_gcm"))
def test_wechat_encryption(case: dict[str, Any]) -> None:
    parts = (case["key"], case["nonce"], case["aad"])
    if case["plaintext"] is None:
        with pytest.raises((InvalidTag, ValueError)):
            wechat.decrypted(*parts, case["ciphertext"])
        return
    assert wechat.decrypted(*parts, case["ciphertext"]).decode() == case["plaintext"]
    assert wechat.encrypted(*parts, case["plaintext"].encode()) == case["ciphertext"]


@pytest.mark.parametrize("case", cases("wechatpay_v2_sign"))
def test_the_older_calls(case: dict[str, Any]) -> None:
    assert wechat_v2.signature(case["params"], case["key"], case["sign_type"]) == case["sign"]
    assert wechat_v2.signature(case["params"], case["key"] + "0", case["sign_type"]) != case["sign"]


@pytest.mark.parametrize("case", cases("alipay_notify_verify"))
def test_alipay_messages(case: dict[str, Any]) -> None:
    """Messages of trades drop the `sign_type`, those of the service market keep it, as requests do."""
    params = case["params"]
    kept = {name: value for name, value in params.items() if name != "sign_type"}
    without = verifies(public(case), alipay.signed_content(kept), params["sign"])
    whole = verifies(public(case), alipay.signed_content({"sign_type": "RSA2"} | params), params["sign"])
    if "verifies_with_sign_type" in case:
        assert (without, whole) == (case["verifies_without_sign_type"], case["verifies_with_sign_type"])
    assert (without or whole) is case["expect"]


@pytest.mark.parametrize("case", cases("alipay_cert_sn"))
def test_alipay_numbers_of_certificates(case: dict[str, Any]) -> None:
    end = "-----END CERTIFICATE-----"
    pems = [part + end for part in case["pem"].split(end) if "BEGIN" in part]
    assert alipay_words.root_sn(part.strip() for part in pems) == case["expect"]


@pytest.mark.parametrize("case", cases("unionpay_510_notify"))
def test_unionpay_messages(case: dict[str, Any]) -> None:
    params = case["params"]
    key = x509.load_pem_x509_certificate(params["signPubKeyCert"].encode()).public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    assert verifies(key, unionpay.digest(params), case["signature"]) is case["expect"]
