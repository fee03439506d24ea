"""How Alipay writes money, times and refusals."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from cryptography import x509
from cryptography.x509.oid import NameOID, SignatureAlgorithmOID

BEIJING = ZoneInfo("Asia/Shanghai")
AMOUNT = re.compile(r"(0|[1-9]\d{0,8})(\.\d{1,2})?")
Body = dict[str, Any]
SHORT = {
    NameOID.COMMON_NAME: "CN", NameOID.ORGANIZATIONAL_UNIT_NAME: "OU", NameOID.ORGANIZATION_NAME: "O",
    NameOID.COUNTRY_NAME: "C", NameOID.STATE_OR_PROVINCE_NAME: "ST", NameOID.LOCALITY_NAME: "L",
}  # fmt: skip
RSA_SIGNED = {SignatureAlgorithmOID.RSA_WITH_SHA1, SignatureAlgorithmOID.RSA_WITH_SHA256}


class Refusal(Exception):
    """An answer that is not a success."""

    def __init__(self, sub_code: str, code: str = "40004", msg: str = "Business Failed") -> None:
        super().__init__(sub_code)
        self.body: Body = {"code": code, "msg": msg, "sub_code": sub_code, "sub_msg": sub_code}


def invalid(sub_code: str) -> Refusal:
    """A request that is not well formed."""
    return Refusal(sub_code, "40002", "Invalid Arguments")


def yuan(minor: int) -> str:
    """Minor units as Alipay writes money."""
    return f"{minor // 100}.{minor % 100:02d}"


def fen(text: object) -> int:
    """Money as Alipay writes it, in minor units."""
    if not isinstance(text, str) or not AMOUNT.fullmatch(text):
        raise invalid("isv.invalid-parameter")
    whole, _dot, part = text.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0") or 0)


def moment(at: datetime) -> str:
    """A time as Alipay writes it."""
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def cert_sn(cert: x509.Certificate) -> str:
    """What Alipay knows a certificate by: a digest of its issuer, innermost name first, and its number."""
    issuer = ",".join(f"{SHORT[part.oid]}={part.value!s}" for part in reversed(list(cert.issuer)))
    return hashlib.md5(f"{issuer}{cert.serial_number}".encode()).hexdigest()


def root_sn(pems: Iterable[str]) -> str:
    """The same of a bundle of roots: only those signed by RSA count, and what can't be read is none of them."""
    found = []
    for pem in pems:
        try:
            cert = x509.load_pem_x509_certificate(pem.encode())
        except ValueError:
            continue
        if cert.signature_algorithm_oid in RSA_SIGNED:
            found.append(cert_sn(cert))
    return "_".join(found)
