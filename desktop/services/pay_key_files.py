"""Files with keys and certificates, as providers hand them out, read into the fields of an account."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from desktop.basics.errors import Malformed, Refused, Unavailable
from desktop.basics.i18n import N_

LARGEST = 200_000
BUNDLES = (".p12", ".pfx")
PASSWORD = "password"  # the next step of a bundle that stays closed


@dataclass(frozen=True, slots=True)
class KeyFile:
    """What a file holds: text for the field it was chosen for, or both halves of a bundle."""

    text: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    certificate: str = field(default="", repr=False)


def load_key_file(path: str, passwords: Sequence[str] = ()) -> KeyFile:
    """Read a file; a bundle is tried with each password. Raises `ShopError`, with the next step when one is wanted."""
    file = Path(path)
    try:
        with file.open("rb") as stream:
            data = stream.read(LARGEST + 1)
    except OSError:
        raise Unavailable(N_("The file could not be read. Choose it again.")) from None
    if not data or len(data) > LARGEST:
        raise Malformed(N_("This file is no key and no certificate."))
    if file.suffix.lower() in BUNDLES:
        return _opened(data, passwords)
    if data[:1] == b"\x30":  # DER
        return KeyFile(base64.b64encode(data).decode())
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise Malformed(N_("This file is no key and no certificate.")) from None
    return KeyFile(text)


def _opened(data: bytes, passwords: Sequence[str]) -> KeyFile:
    from desktop.gateways.pay_signing import WRONG_PASSWORD, open_bundle

    for password in dict.fromkeys(["", *passwords]):
        try:
            private, certificate = open_bundle(data, password)
        except Refused:
            continue
        return KeyFile("", private, certificate)
    raise Refused(WRONG_PASSWORD, next_step=PASSWORD)
