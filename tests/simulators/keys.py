"""Keys made anew for each run, and the few ways providers sign with them."""

from __future__ import annotations

import base64
import secrets
import string
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID

BORN, DIES = datetime(2020, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)
UNIONPAY_SIGNER = "中国银联股份有限公司"
LETTERS = string.ascii_letters + string.digits


def new_key() -> rsa.RSAPrivateKey:
    """An RSA key of the size all three providers use."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def sign(key: rsa.RSAPrivateKey, message: bytes, *, sha1: bool = False) -> str:
    """An RSA signature (PKCS #1 v1.5), SHA-256 unless the test is about the old hash."""
    algorithm = hashes.SHA1() if sha1 else hashes.SHA256()  # noqa: S303 - a fault on purpose
    return base64.b64encode(key.sign(message, padding.PKCS1v15(), algorithm)).decode()


def verifies(key: rsa.RSAPublicKey, message: bytes, signature: str) -> bool:
    """Whether this SHA-256 signature is the key's."""
    try:
        key.verify(base64.b64decode(signature, validate=True), message, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def private_pem(key: rsa.RSAPrivateKey) -> str:
    """The key as a merchant downloads it (PKCS #8)."""
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def public_pem(key: rsa.RSAPrivateKey) -> str:
    """The public half."""
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form).decode()


def certificate(
    key: rsa.RSAPrivateKey,
    name: str,
    issuer: tuple[rsa.RSAPrivateKey, x509.Certificate] | None = None,
    *,
    authority: bool = False,
    expired: bool = False,
) -> x509.Certificate:
    """A certificate by itself or by an issuer; an expired one ended in 2021."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    ends = datetime(2021, 1, 1, tzinfo=UTC) if expired else DIES
    signer = issuer[0] if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer[1].subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(BORN)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .add_extension(
            x509.KeyUsage(
                digital_signature=not authority,
                key_cert_sign=authority,
                crl_sign=authority,
                content_commitment=False,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
    )
    return builder.sign(signer, hashes.SHA256())


def cert_pem(cert: x509.Certificate) -> str:
    """A certificate as text."""
    return cert.public_bytes(serialization.Encoding.PEM).decode()


def serial(cert: x509.Certificate) -> str:
    """A certificate's number as WeChat writes it."""
    return f"{cert.serial_number:X}"


def letters(count: int) -> str:
    """Random letters and digits."""
    return "".join(secrets.choice(LETTERS) for _ in range(count))


@dataclass(frozen=True)
class Pair:
    """A private key and the certificate over its public half."""

    key: rsa.RSAPrivateKey
    cert: x509.Certificate

    @property
    def serial(self) -> str:
        """The certificate's number in hex."""
        return serial(self.cert)


def _pair(name: str, issuer: Pair | None = None, *, authority: bool = False, expired: bool = False) -> Pair:
    key, signer = new_key(), (issuer.key, issuer.cert) if issuer else None
    return Pair(key, certificate(key, name, signer, authority=authority, expired=expired))


@dataclass(frozen=True)
class Keys:
    """Everything secret between one merchant and the providers."""

    alipay_merchant: rsa.RSAPrivateKey = field(default_factory=new_key)
    alipay_platform: rsa.RSAPrivateKey = field(default_factory=new_key)
    wechat_merchant: Pair = field(default_factory=lambda: _pair("1900000109"))
    wechat_platform: rsa.RSAPrivateKey = field(default_factory=new_key)
    wechat_platform_id: str = "PUB_KEY_ID_0119000001092026112100000000000001"
    wechat_certificates: tuple[Pair, ...] = field(
        default_factory=lambda: (_pair("Tenpay.com Root"), _pair("Tenpay.com Root"))
    )
    unionpay_root: Pair = field(default_factory=lambda: _pair("Test root of UnionPay", authority=True))
    unionpay_merchant: Pair = field(default_factory=lambda: _pair("777290058110048"))
    stranger: rsa.RSAPrivateKey = field(default_factory=new_key)
    api_v3_key: str = field(default_factory=lambda: letters(32))
    api_v2_key: str = field(default_factory=lambda: letters(32))

    @cached_property
    def alipay_root(self) -> Pair:
        """Whoever vouches for the certificates of an application and of Alipay itself."""
        return _pair("Test root of Alipay", authority=True)

    @cached_property
    def alipay_certificates(self) -> tuple[x509.Certificate, x509.Certificate]:
        """The application's certificate and Alipay's."""
        root = (self.alipay_root.key, self.alipay_root.cert)
        ours = certificate(self.alipay_merchant, "2088000000000001-2021000000000001", root)
        return ours, certificate(self.alipay_platform, "Alipay of the tests", root)

    @cached_property
    def unionpay_signer(self) -> Pair:
        """Whoever signs UnionPay's answers."""
        return _pair(UNIONPAY_SIGNER, self.unionpay_root)

    @cached_property
    def unionpay_expired(self) -> Pair:
        """The same, years ago."""
        return _pair(UNIONPAY_SIGNER, self.unionpay_root, expired=True)

    @cached_property
    def unionpay_stranger(self) -> Pair:
        """Somebody of the same name whom no root vouches for."""
        return _pair(UNIONPAY_SIGNER)


@cache
def keys_of_this_run() -> Keys:
    """One set for the whole process: making them takes a moment."""
    return Keys()
