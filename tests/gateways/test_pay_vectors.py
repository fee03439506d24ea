"""The published examples of the providers: signatures, sealed notices, certificate numbers, signed spans."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from desktop.gateways import pay_signing as signing
from desktop.gateways.alipay import notice_verifies
from desktop.gateways.alipay_answers import find_answer
from desktop.gateways.payment import Reason
from desktop.gateways.unionpay import _form, signed_text
from desktop.gateways.wechat_keys import Verifier, authorization, request_message
from desktop.gateways.wechat_v2 import from_xml, signature, to_xml

VECTORS = Path(__file__).parents[3] / "shared" / "protocols" / "vectors"
pytestmark = pytest.mark.req("M1", "M11")


def load(name: str) -> dict[str, Any]:
    """One file of examples."""
    path = VECTORS / f"{name}.json"
    if not path.exists():
        pytest.skip(
            f"the published examples are not on this machine: ../shared/protocols/vectors/{name}.json"
        )
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def bare(text: str) -> str:
    """A key of the examples as one line of base64."""
    return text.split(": ", 1)[1]


def test_requests_to_wechat_are_signed_as_in_its_own_example() -> None:
    data = load("wechatpay_v3_sign")
    for case in data["cases"]:
        key = signing.private_key(bare(data["keys"][case["key"]]), "key")
        assert signing.sign(key, case["message"].encode()) == case["signature"], case["id"]
        if case["kind"] == "request_sign":
            parts = (case["method"], case["url"], case["timestamp"], case["nonce"], case["body"].encode())
            message = request_message(*parts)
            assert message.decode() == case["message"]
            header = authorization(case["mchid"], case["serial_no"], key, message)
            assert header == case["authorization"]
    for case in data["canonical_only"]:
        parts = (case["method"], case["url"], case["timestamp"], case["nonce"], case["body"].encode())
        assert request_message(*parts).decode() == case["message"], case["id"]


def test_messages_of_wechat_are_theirs_and_fresh_or_thrown_away() -> None:
    seen = set()
    for case in load("wechatpay_v3_verify_notify")["cases"]:
        if "headers" not in case:
            key = signing.public_key(case["public_key"], "key")
            verified = signing.verifies(key, case["message"].encode(), case["signature"])
            assert verified is case["expect"], case["id"]
            continue
        verifier = Verifier()
        verifier.add_certificate(signing.certificates(case["certificate"], "certificate")[0])
        headers = {name.lower(): value for name, value in case["headers"].items()}
        now = datetime.fromtimestamp(case["now"], UTC)
        wrong = verifier.check(headers, case["body"].encode(), now)
        assert (wrong is Reason.NONE) is case["expect"], case["id"]
        seen.add(wrong)
        if "plaintext" in case:
            sealed = json.loads(case["body"])["resource"]
            parts = (sealed["nonce"], sealed["associated_data"], sealed["ciphertext"])
            assert signing.unseal(case["apiv3_key"], *parts).decode() == case["plaintext"]
    assert seen == {Reason.NONE, Reason.SIGNATURE, Reason.CLOCK}


def test_sealed_messages_open_with_their_own_key_only() -> None:
    for case in load("wechatpay_v3_aead_gcm")["cases"]:
        parts = (case["key"], case["nonce"], case["aad"], case["ciphertext"])
        if case["plaintext"] is None:
            with pytest.raises(ValueError, match="not sealed"):
                signing.unseal(*parts)
        else:
            assert signing.unseal(*parts).decode() == case["plaintext"], case["id"]


def test_keys_of_the_examples_open_what_was_locked_for_them() -> None:
    data = load("wechatpay_v3_oaep")
    for case in data["cases"]:
        text = next(value for name, value in case.items() if "key" in name and "MII" in str(value))
        key = signing.private_key(bare(text) if ": " in text else text, "key")
        way = padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None)
        assert key.decrypt(base64.b64decode(case["ciphertext"]), way).decode() == case["plaintext"]


def test_the_older_signatures_of_wechat() -> None:
    for case in load("wechatpay_v2_sign")["cases"]:
        assert signature(case["params"], case["key"], case["sign_type"]) == case["sign"], case["id"]
        sent = case["params"] | {"sign": case["sign"]}
        assert from_xml(to_xml(sent)) == sent
        assert signature(sent, case["key"], case["sign_type"]) == case["sign"]
        assert signature(sent | {"body": "other"}, case["key"], case["sign_type"]) != case["sign"]


def test_the_signed_bytes_of_an_answer_are_its_raw_span() -> None:
    for case in load("alipay_response_sign_content")["cases"]:
        found = find_answer(case["method"], case["response"].encode())
        assert found is not None, case["id"]
        assert found.span.decode() == case["sign_content"], case["id"]
        assert found.signature == case["sign"], case["id"]


def test_captured_answers_of_alipay() -> None:
    for case in load("alipay_response_verify")["cases"]:
        whole = case["response"]  # two of them have lines of a program behind the answer, which we refuse
        answer = whole[: json.JSONDecoder().raw_decode(whole)[1]]
        assert (find_answer(case["method"], whole.encode()) is None) is (answer != whole)
        found = find_answer(case["method"], answer.encode())
        assert found is not None
        key = signing.public_key(case["public_key"], "key")
        assert signing.verifies(key, found.span, found.signature) is case["expect"], case["id"]


def test_notices_of_alipay() -> None:
    for case in load("alipay_notify_verify")["cases"]:
        key = signing.public_key(case.get("public_key") or case["certificate"], "key")
        assert notice_verifies(key, case["params"]) is case["expect"], case["id"]


def test_numbers_of_alipay_certificates() -> None:
    for case in load("alipay_cert_sn")["cases"]:
        found = signing.certificates(case["pem"], "certificate")
        number = signing.root_sn(found) if case.get("root") else signing.certificate_sn(found[0])
        assert number == case["expect"], case["id"]


def test_a_notice_of_unionpay_is_signed_by_the_certificate_it_brings() -> None:
    for case in load("unionpay_510_notify")["cases"]:
        form = case["params"]
        key = signing.public_key(form["signPubKeyCert"], "certificate")
        signed = {name: value for name, value in form.items() if name != "signature"}
        right = signing.verifies(key, signed_text(signed), case["signature"])
        assert right is case["expect"], case["id"]
        if "form_body" in case:
            read = _form(case["form_body"].encode())
            assert read is not None
            assert read["signPubKeyCert"] == form["signPubKeyCert"]
            assert signing.verifies(key, signed_text(read), read["signature"])
