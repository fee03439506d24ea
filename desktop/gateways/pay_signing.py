"""Keys, certificates, signatures and sealed messages, in every form in which providers hand them out.

RSA (PKCS #1 v1.5) with SHA-256 and nothing older. What a key is good for is never in an error's words.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from datetime import datetime
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_, _

SHORTEST_KEY = 2048
_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----(.+?)-----END \1-----", re.DOTALL)
_RSA_SIGNED = "1.2.840.113549.1.1."

NO_PRIVATE = N_(
    "“{label}” is no RSA private key. Paste the whole file with the private key, or its one long line."
)
NO_PUBLIC = N_("“{label}” is no RSA public key or certificate. Copy it from the provider’s site once more.")
NO_CERTIFICATE = N_("“{label}” is no certificate. Choose the file that ends in .crt, .cer or .pem.")
PUBLIC_FOR_PRIVATE = N_("“{label}” holds a public key or certificate. The private key is wanted here.")
PRIVATE_FOR_PUBLIC = N_("“{label}” holds a private key. The provider’s public key is wanted here.")
TOO_SHORT = N_("“{label}” is too short a key. Make one of 2048 bits (RSA2).")
LOCKED = N_("“{label}” is locked with a password. Save it without one, or choose the .p12 or .pfx file.")
OTHER_KEY = N_("“{label}” belongs to another private key. Load the pair that was made together.")
WRONG_PASSWORD = N_("The file does not open with this password.")


def _ders(given: str | bytes) -> list[tuple[str, bytes]]:
    """The kinds and bytes of what was given: PEM blocks, one line of base64, or DER as it is."""
    if isinstance(given, bytes):
        if given[:1] == b"\x30":
            return [("", given)]
        given = given.decode("utf-8", "replace")
    blocks = [(kind, _unbase(body)) for kind, body in _PEM.findall(given)]
    return blocks or [("", _unbase(given))]


def _unbase(text: str) -> bytes:
    try:
        return base64.b64decode(re.sub(r"\s+", "", text.lstrip("\ufeff")), validate=True)
    except (binascii.Error, ValueError):
        return b""


def private_key(given: str | bytes, label: str, shortest: int = SHORTEST_KEY) -> rsa.RSAPrivateKey:
    """An RSA private key from PKCS #1 or PKCS #8, PEM, one line of base64 or DER. Raises `Refused`."""
    text = given if isinstance(given, str) else given.decode("latin-1")
    if "ENCRYPTED" in text:
        raise Refused(LOCKED, label=_(label))
    key: Any = None
    for kind, der in _ders(given):
        if "PUBLIC" in kind or kind == "CERTIFICATE":
            continue
        try:
            key = serialization.load_der_private_key(der, None)
            break
        except (ValueError, TypeError, binascii.Error):
            continue
    if key is None and _load_public(given) is not None:
        raise Refused(PUBLIC_FOR_PRIVATE, label=_(label))
    if not isinstance(key, rsa.RSAPrivateKey):
        raise Refused(NO_PRIVATE, label=_(label))
    if key.key_size < shortest:
        raise Refused(TOO_SHORT, label=_(label))
    return key


def one_line(key: rsa.RSAPrivateKey) -> str:
    """A private key (PKCS #8) as one line of base64."""
    encoding, form = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8
    return base64.b64encode(key.private_bytes(encoding, form, serialization.NoEncryption())).decode()


def public_key(given: str | bytes, label: str) -> rsa.RSAPublicKey:
    """An RSA public key from its own PEM, base64 or DER, or out of a certificate. Raises `Refused`."""
    key = _load_public(given)
    if key is not None:
        return key
    try:
        private_key(given, label, 0)
    except Refused:
        raise Refused(NO_PUBLIC, label=_(label)) from None
    raise Refused(PRIVATE_FOR_PUBLIC, label=_(label))


def _load_public(given: str | bytes) -> rsa.RSAPublicKey | None:
    for _kind, der in _ders(given):
        for load in (serialization.load_der_public_key, _certified_key):
            try:
                key = load(der)
            except (ValueError, TypeError):
                continue
            if isinstance(key, rsa.RSAPublicKey):
                return key
    return None


def _certified_key(der: bytes) -> Any:
    return x509.load_der_x509_certificate(der).public_key()


def certificates(given: str | bytes, label: str) -> list[x509.Certificate]:
    """All readable certificates of a file, the leaf first as it stands. Raises `Refused` when there is none.

    Each block is read alone: a bundle of roots may hold one for an algorithm nobody here knows.
    """
    found = []
    for _kind, der in _ders(given):
        try:
            one = x509.load_der_x509_certificate(der)
            one.public_key()
        except Exception:  # noqa: S112 - the library tells unknown algorithms by several kinds of errors
            continue
        found.append(one)
    if not found:
        raise Refused(NO_CERTIFICATE, label=_(label))
    return found


def open_bundle(data: bytes, password: str) -> tuple[str, str]:
    """Private key and certificate of a .p12 or .pfx file, as PEM. Raises `Refused`."""
    try:
        key, certificate, _more = pkcs12.load_key_and_certificates(data, password.encode())
    except (ValueError, TypeError):
        raise Refused(WRONG_PASSWORD) from None
    if not isinstance(key, rsa.RSAPrivateKey) or certificate is None:
        raise Refused(NO_PRIVATE, label=".p12")
    form = serialization.PrivateFormat.PKCS8
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, form, serialization.NoEncryption()).decode()
    return private, certificate.public_bytes(pem).decode()


def own_certificate(given: str | bytes, key: rsa.RSAPrivateKey, label: str) -> x509.Certificate:
    """The one certificate of a file that is about this key. Raises `Refused`."""
    for one in certificates(given, label):
        if one.public_key() == key.public_key():
            return one
    raise Refused(OTHER_KEY, label=_(label))


def sign(key: rsa.RSAPrivateKey, message: bytes) -> str:
    """The signature in base64."""
    return base64.b64encode(key.sign(message, padding.PKCS1v15(), hashes.SHA256())).decode()


def verifies(key: rsa.RSAPublicKey, message: bytes, signature: str) -> bool:
    """Whether a signature in base64 is this key's; anything unreadable is not."""
    try:
        raw = base64.b64decode(signature.encode(), validate=True)
        key.verify(raw, message, padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def unseal(key: str, nonce: str, about: str, sealed: str) -> bytes:
    """Open AES-GCM (base64 of text and tag). Raises `ValueError` for whatever was not sealed with this key."""
    try:
        return AESGCM(key.encode()).decrypt(
            nonce.encode(), base64.b64decode(sealed.encode(), validate=True), about.encode()
        )
    except (InvalidTag, ValueError):
        raise ValueError("not sealed with this key") from None


# -- certificates ------------------------------------------------------------------------------------------------


def serial_of(certificate: x509.Certificate) -> str:
    """Its serial number in capital hex, as headers name it."""
    return f"{certificate.serial_number:X}"


def in_date(certificate: x509.Certificate, now: datetime) -> bool:
    """Whether it has begun and not ended."""
    return certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc


def certificate_sn(certificate: x509.Certificate) -> str:
    """What Alipay calls a certificate: MD5 of its issuer, read backwards, and its decimal serial number."""
    names = {
        NameOID.COUNTRY_NAME: "C", NameOID.ORGANIZATION_NAME: "O", NameOID.ORGANIZATIONAL_UNIT_NAME: "OU",
        NameOID.COMMON_NAME: "CN", NameOID.LOCALITY_NAME: "L", NameOID.STATE_OR_PROVINCE_NAME: "ST",
    }  # fmt: skip
    parts = [f"{names.get(one.oid, one.oid.dotted_string)}={one.value!s}" for one in certificate.issuer]
    text = ",".join(reversed(parts)) + str(certificate.serial_number)
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def root_sn(roots: list[x509.Certificate]) -> str:
    """The same of a bundle of roots: those signed with RSA, joined."""
    signed = [one for one in roots if one.signature_algorithm_oid.dotted_string.startswith(_RSA_SIGNED)]
    return "_".join(certificate_sn(one) for one in signed)


def chained(leaf: x509.Certificate, anchors: list[x509.Certificate], now: datetime) -> bool:
    """Whether a certificate comes from one of ours, through others of ours; all of them in date."""
    current, left = leaf, list(anchors)
    while in_date(current, now):
        if any(current == one for one in anchors):
            return True
        issuer = next((one for one in left if _issued(current, one)), None)
        if issuer is None:
            return False
        left.remove(issuer)
        current = issuer
    return False


def _issued(child: x509.Certificate, parent: x509.Certificate) -> bool:
    try:
        child.verify_directly_issued_by(parent)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
