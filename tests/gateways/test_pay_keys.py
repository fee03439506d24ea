"""Keys and certificates in every form providers hand them out in; and Alipay's mode of certificates."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

import pytest
from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12

from desktop.basics.clock import HandClock
from desktop.basics.errors import Refused
from desktop.gateways import pay_signing as signing
from desktop.gateways.alipay_answers import find_answer, yuan
from desktop.gateways.payment import TAKE, Reason, State
from desktop.gateways.providers import AlipayAccount, Secrets, make
from desktop.gateways.wechat_keys import Verifier
from tests.gateways.pay_cases import attempt
from tests.helpers.pay_teller import open_teller
from tests.simulators.keys import cert_pem, certificate, new_key, private_pem, public_pem, sign, verifies

pytestmark = pytest.mark.req("M1", "M11")
OURS, THEIRS, ROOT = new_key(), new_key(), new_key()
PEM, DER = forms.Encoding.PEM, forms.Encoding.DER
PLAIN = forms.NoEncryption()


def test_private_keys_in_every_form() -> None:
    der8 = OURS.private_bytes(DER, forms.PrivateFormat.PKCS8, PLAIN)
    der1 = OURS.private_bytes(DER, forms.PrivateFormat.TraditionalOpenSSL, PLAIN)
    pem1 = OURS.private_bytes(PEM, forms.PrivateFormat.TraditionalOpenSSL, PLAIN).decode()
    line = base64.b64encode(der8).decode()
    every: list[str | bytes] = [
        der8, der1, pem1, private_pem(OURS), private_pem(OURS).encode(), line, base64.b64encode(der1).decode(),
        "\ufeff" + line, f"  {line[:64]}\r\n{line[64:]}\n", "Bag Attributes: 1\n" + private_pem(OURS),
    ]  # fmt: skip
    for given in every:
        assert signing.private_key(given, "key").private_numbers() == OURS.private_numbers()
    assert signing.private_key(signing.one_line(OURS), "key").private_numbers() == OURS.private_numbers()


def test_public_keys_in_every_form() -> None:
    public, cert = THEIRS.public_key(), certificate(THEIRS, "theirs")
    der = public.public_bytes(DER, forms.PublicFormat.SubjectPublicKeyInfo)
    every: list[str | bytes] = [
        der, base64.b64encode(der).decode(), public_pem(THEIRS), cert_pem(cert), cert.public_bytes(DER),
        public.public_bytes(PEM, forms.PublicFormat.PKCS1).decode(),
    ]  # fmt: skip
    for given in every:
        assert signing.public_key(given, "key") == public


def test_what_is_no_key_is_named() -> None:
    elliptic = ec.generate_private_key(ec.SECP256R1())
    other = elliptic.private_bytes(PEM, forms.PrivateFormat.PKCS8, PLAIN).decode()
    locked = OURS.private_bytes(PEM, forms.PrivateFormat.PKCS8, forms.BestAvailableEncryption(b"x")).decode()
    for given, sentence in (
        ("", "no RSA private|不是"), ("abc", "no RSA private|不是"), (other, "no RSA private|不是"),
        (locked, "locked with a password|密码"), (public_pem(OURS), "holds a public key|公钥"),
        (b"\x30\x82", "no RSA private|不是"), (private_pem(OURS)[:800], "no RSA private|不是"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=sentence):
            signing.private_key(given, "key")
    for given in ("", "abc", other, b"\xff\xfe"):
        with pytest.raises(Refused, match="no RSA public|不是"):
            signing.public_key(given, "key")
    with pytest.raises(Refused, match="no certificate|不是证书"):
        signing.certificates(public_pem(OURS), "cert")


def test_bundles_open_with_their_password() -> None:
    cert = certificate(OURS, "1900000109")
    data = pkcs12.serialize_key_and_certificates(
        b"x", OURS, cert, None, forms.BestAvailableEncryption(b"1900000109")
    )
    private, public = signing.open_bundle(data, "1900000109")
    own = signing.own_certificate(
        cert_pem(certificate(THEIRS, "x")) + public, signing.private_key(private, "key"), ""
    )
    assert own == cert  # the one that fits, wherever it stands in the file
    for password, wrong in (("", data), ("no", data), ("1900000109", data[:50])):
        with pytest.raises(Refused, match="password|密码"):
            signing.open_bundle(wrong, password)


def test_certificates_come_from_ours_and_are_in_date() -> None:
    now = datetime(2026, 11, 21, tzinfo=UTC)
    root = certificate(ROOT, "root")
    leaf = certificate(THEIRS, "leaf", (ROOT, root))
    stranger = certificate(OURS, "stranger")
    assert signing.chained(leaf, [root], now)
    assert not signing.chained(leaf, [stranger], now)
    assert not signing.chained(stranger, [root], now)
    assert not signing.chained(leaf, [root], datetime(2050, 1, 1, tzinfo=UTC))


def test_an_answer_signed_by_a_certificate_that_has_ended_is_named() -> None:
    cert = certificate(THEIRS, "platform")
    verifier = Verifier()
    verifier.add_certificate(cert)
    for year, wrong in ((2026, Reason.NONE), (2050, Reason.CERTIFICATE)):
        now = datetime(year, 1, 2, tzinfo=UTC)
        stamp = str(int(now.timestamp()))
        headers = {
            "wechatpay-timestamp": stamp, "wechatpay-nonce": "n", "wechatpay-serial": signing.serial_of(cert).lower(),
            "wechatpay-signature": sign(THEIRS, f"{stamp}\nn\n{{}}\n".encode()),
        }  # fmt: skip
        assert verifier.check(headers, b"{}", now) is wrong


@pytest.mark.parametrize(
    "text, minor", [("88.88", 8888), ("0.01", 1), ("5", 500), ("5.1", 510), ("100000000.00", 10**10)]
)
def test_amounts_in_yuan(text: str, minor: int) -> None:
    assert yuan(text) == minor
    for wrong in ("", "-1", "1.234", "1e2", "1,000", "١", "NaN", " 1", "1."):
        assert yuan(wrong) is None


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b'"x"', b"{", b'{"alipay_trade_query_response":{"code":"10000"}', b"\xff",
        b'{"alipay_trade_query_response":{},"alipay_trade_query_response":{}}', b'{"other_response":{}}',
        b'{"alipay_trade_query_response":{}} {"sign":"x"}', b'{"a":' + b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_answer_of_alipay(body: bytes) -> None:
    assert find_answer("alipay.trade.query", body) is None


class CertificateOffice:
    """Alipay by certificates: which of its certificates it signs with is up to the test."""

    def __init__(self) -> None:
        self.root = certificate(ROOT, "root")
        self.cert = certificate(THEIRS, "alipay", (ROOT, self.root))
        self.named = signing.certificate_sn(self.cert)

    def say(self, _path: str, _headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
        """Check the numbers and the signature of the request, and say that it is paid."""
        form = dict(parse_qsl(body.decode()))
        text = "&".join(f"{k}={form[k]}" for k in sorted(form) if k != "sign")
        assert verifies(OURS.public_key(), text.encode(), form["sign"])
        assert form["alipay_root_cert_sn"] == signing.root_sn([self.root])
        assert form["app_cert_sn"] == signing.certificate_sn(certificate_of_app())
        paid = {"code": "10000", "out_trade_no": json.loads(form["biz_content"])["out_trade_no"]}
        paid |= {"trade_no": "2026", "total_amount": "88.88", "trade_status": "TRADE_SUCCESS"}
        span = json.dumps(paid)
        name = form["method"].replace(".", "_") + "_response"
        tail = f'"alipay_cert_sn":"{self.named}","sign":"{sign(THEIRS, span.encode())}"'
        return 200, {}, f'{{"{name}":{span},{tail}}}'.encode()


_apps = []


def certificate_of_app():
    """The application's own certificate, the same in the whole test."""
    if not _apps:
        _apps.append(certificate(OURS, "2021000000000001", (ROOT, certificate(ROOT, "root"))))
    return _apps[0]


def test_alipay_by_certificates(clock: HandClock) -> None:
    office = CertificateOffice()
    with open_teller(office.say) as teller:
        account = AlipayAccount(
            base_url=teller.base, app_id="2021000000000001", app_cert=cert_pem(certificate_of_app()),
            alipay_cert=cert_pem(office.cert), root_cert="no certificate\n" + cert_pem(office.root),
        )  # fmt: skip
        gateway = make(account, Secrets({"private_key": private_pem(OURS)}), clock)
        assert gateway.query(attempt(clock, TAKE)).state is State.SUCCEEDED
        office.named = "0" * 32  # Alipay has a new one
        answer = gateway.query(attempt(clock, TAKE))
        assert (answer.state, answer.reason, answer.detail) == (
            State.UNKNOWN,
            Reason.SIGNATURE,
            "alipay_cert_sn",
        )
        asked = len(teller.asked)
        clock.pass_time(timedelta(days=365 * 20))  # ours has ended: nothing is sent
        answer = gateway.take_code(attempt(clock, TAKE), "280000000000000001")
        assert (answer.state, answer.reason, len(teller.asked)) == (State.FAILED, Reason.CERTIFICATE, asked)
    with pytest.raises(Refused, match="another private key|另一把私钥"):
        make(account, Secrets({"private_key": private_pem(THEIRS)}), clock)
