"""What a self-checkout has to know about the shop before the first customer."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from desktop.basics.i18n import _
from desktop.models.payments import PaymentMethod
from desktop.models.people import Permission, Till
from desktop.models.settings import (
    KIOSK_IDLE,
    POINTS_CAP,
    POINTS_PER_UNIT,
    POINTS_PROOF,
    POINTS_WELCOME,
    SHOP_BRANCH,
    SHOP_NAME,
    SHOP_SAMPLE,
)
from desktop.shop.action import question
from desktop.shop.work import Read

BY_HAND = ("card", "cash")  # what a person can take at a kiosk


@dataclass(frozen=True, slots=True)
class KioskFacts:
    """Name of shop and till, and the rules the screens speak of (seconds, basis points, points)."""

    shop_name: str
    branch: str
    till_name: str
    currency: str
    idle_seconds: int
    welcome_points: int
    cap_bp: int
    points_per_unit: int
    proof: bool
    sample: bool
    methods: tuple[str, ...]


@question(permission=Permission.KIOSK)
def kiosk_facts(read: Read, till_id: int) -> KioskFacts:
    """The shop as this kiosk presents it."""
    till = read.value(select(Till.name).where(Till.id == till_id))
    enabled = select(PaymentMethod.key).where(PaymentMethod.enabled, PaymentMethod.key.in_(BY_HAND))
    keys = {row.key for row in read.rows(enabled)}
    return KioskFacts(
        shop_name=read.setting(SHOP_NAME),
        branch=read.setting(SHOP_BRANCH),
        till_name=_(till) if till else "",
        currency=read.currency,
        idle_seconds=read.setting(KIOSK_IDLE),
        welcome_points=read.setting(POINTS_WELCOME),
        cap_bp=read.setting(POINTS_CAP),
        points_per_unit=read.setting(POINTS_PER_UNIT),
        proof=read.setting(POINTS_PROOF),
        sample=read.setting(SHOP_SAMPLE),
        methods=tuple(key for key in BY_HAND if key in keys),
    )
