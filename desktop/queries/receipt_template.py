"""What the shop wants on its receipts: lines at head and foot, logo, code, and which facts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from desktop.models.people import Permission
from desktop.models.print_jobs import ReceiptLogo
from desktop.models.receipt_settings import (
    RECEIPT_BRANCH,
    RECEIPT_CODE,
    RECEIPT_HEAD,
    RECEIPT_PAGE,
    RECEIPT_PHONE,
    RECEIPT_POINTS,
    RECEIPT_REFERENCE,
    RECEIPT_TAX,
    RECEIPT_TILL,
)
from desktop.models.settings import RECEIPT_FOOTER, SHOP_PHONE, SHOP_TAX_NUMBER, SettingSpec
from desktop.shop.action import question
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class Template:
    """A receipt's own parts; `logo` is a PNG of black dots, empty for none."""

    head: tuple[str, ...] = ()
    foot: tuple[str, ...] = ()
    phone: str = ""
    tax_number: str = ""
    code: bool = True
    page: str = ""  # where a phone opens the order; empty: the code is its number
    branch: bool = True
    till: bool = True
    reference: bool = True
    points: bool = True
    logo: bytes = b""


def read_template(read: Read, typed: Mapping[str, Any] | None = None) -> Template:
    """The shop's template; `typed` stands for settings not yet saved."""

    def value(spec: SettingSpec[Any]) -> Any:
        given = (typed or {}).get(spec.key)
        return read.setting(spec) if given is None else spec.check(given)

    return Template(
        head=lines_of(value(RECEIPT_HEAD)),
        foot=lines_of(value(RECEIPT_FOOTER)),
        phone=read.setting(SHOP_PHONE) if value(RECEIPT_PHONE) else "",
        tax_number=read.setting(SHOP_TAX_NUMBER) if value(RECEIPT_TAX) else "",
        code=value(RECEIPT_CODE) == "order",
        page=value(RECEIPT_PAGE),
        branch=value(RECEIPT_BRANCH),
        till=value(RECEIPT_TILL),
        reference=value(RECEIPT_REFERENCE),
        points=value(RECEIPT_POINTS),
        logo=read.value(select(ReceiptLogo.png).order_by(ReceiptLogo.id.desc()).limit(1)) or b"",
    )


@question(permission=Permission.KIOSK)
def receipt_logo(read: Read) -> bytes:
    """The logo as a PNG, empty for none."""
    return read_template(read).logo


@question(permission=Permission.KIOSK)
def members_page(read: Read) -> str:
    """The address printed for members' phones, empty for none: the self-checkout serves its pages there."""
    return read.setting(RECEIPT_PAGE)


def lines_of(text: str) -> tuple[str, ...]:
    """The lines of a setting that parts them with semicolons."""
    return tuple(part.strip() for part in re.split(r"[;；\n]", text) if part.strip())
