"""WeChat Pay's signatures, version 3: ours over each request, and theirs by the serial number each message names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from desktop.gateways import pay_signing as signing
from desktop.gateways.pay_http import SKEW
from desktop.gateways.payment import Reason

SCHEME = "WECHATPAY2-SHA256-RSA2048"
PROBE = "WECHATPAY/SIGNTEST/"
NAMES = ("wechatpay-timestamp", "wechatpay-nonce", "wechatpay-signature", "wechatpay-serial")


def request_message(method: str, target: str, stamp: str, nonce: str, body: bytes) -> bytes:
    """What is signed of a request: the target as it is sent, the body to the byte."""
    return f"{method}\n{target}\n{stamp}\n{nonce}\n".encode() + body + b"\n"


def authorization(mchid: str, serial: str, key: rsa.RSAPrivateKey, message: bytes) -> str:
    """The header with the signature of a request's message."""
    stamp, nonce = message.split(b"\n", 4)[2:4]
    parts = {
        "mchid": mchid, "nonce_str": nonce.decode(), "signature": signing.sign(key, message),
        "timestamp": stamp.decode(), "serial_no": serial,
    }  # fmt: skip
    return f"{SCHEME} " + ",".join(f'{name}="{value}"' for name, value in parts.items())


@dataclass(frozen=True, slots=True)
class Theirs:
    """One of WeChat Pay's keys; a certificate's has an end."""

    key: rsa.RSAPublicKey = field(repr=False)
    until: datetime | None = None


@dataclass(slots=True)
class Verifier:
    """Their keys by serial number: both kinds arrive while a merchant changes from certificates to the public key."""

    keys: dict[str, Theirs] = field(default_factory=dict)

    def add_certificate(self, certificate: x509.Certificate) -> None:
        """Trust a platform certificate from now on."""
        key = certificate.public_key()
        if isinstance(key, rsa.RSAPublicKey):
            serial = signing.serial_of(certificate)
            self.keys[serial] = Theirs(key, certificate.not_valid_after_utc)

    def knows(self, headers: Mapping[str, str]) -> bool:
        """Whether the key a message names is here."""
        return _serial(headers) in self.keys

    def check(self, headers: Mapping[str, str], body: bytes, now: datetime) -> Reason:
        """What is wrong with a message (names of headers in lower case); nothing when it is theirs and fresh."""
        stamp, nonce, signature, _name = (headers.get(name, "") for name in NAMES)
        theirs = self.keys.get(_serial(headers))
        if theirs is None or not signature or signature.startswith(PROBE) or not _whole(stamp):
            return Reason.SIGNATURE
        message = f"{stamp}\n{nonce}\n".encode() + body + b"\n"
        if not signing.verifies(theirs.key, message, signature):
            return Reason.SIGNATURE
        if abs(now.timestamp() - int(stamp)) >= SKEW:
            return Reason.CLOCK
        return Reason.CERTIFICATE if theirs.until is not None and theirs.until < now else Reason.NONE


def _serial(headers: Mapping[str, str]) -> str:
    named = headers.get("wechatpay-serial", "").strip()
    return named if named.startswith("PUB_KEY_ID_") else named.upper().lstrip("0")


def _whole(stamp: str) -> bool:
    return stamp.isascii() and stamp.isdigit() and len(stamp) <= 12


def platform_certificates(body: bytes, api_v3_key: str) -> list[x509.Certificate]:
    """The certificates in an answer of `/v3/certificates`, opened. Raises `ValueError` for anything else."""
    said = json.loads(body)
    rows = said.get("data") if isinstance(said, dict) else None
    found = []
    for row in rows if isinstance(rows, list) else ():
        sealed = row["encrypt_certificate"] if isinstance(row, dict) else None
        if not isinstance(sealed, dict):
            raise ValueError("no certificate")
        plain = signing.unseal(api_v3_key, *(str(sealed.get(name, "")) for name in _SEALED))
        found.append(x509.load_pem_x509_certificate(plain))
    return found


_SEALED = ("nonce", "associated_data", "ciphertext")
