"""Parked sales and goods without a code: what staff does at a till beside scanning."""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import select, update

from desktop.basics.clock import shop_day
from desktop.basics.errors import Refused
from desktop.basics.i18n import N_, _
from desktop.basics.money import LARGEST, MILLI
from desktop.models.checkout import Checkout
from desktop.models.people import Permission
from desktop.models.products import Price, PriceList, Product, Sku
from desktop.models.settings import KIOSK_PARKED
from desktop.pricing.cart import CartLine
from desktop.queries.offers import BASE_LIST
from desktop.services.checkout import open_sale, touch, written
from desktop.services.posting import next_number
from desktop.shop.action import action
from desktop.shop.work import Work

QUICK_CODE = "QUICK"


@action(permission=Permission.TAKE_PAYMENT)
def park_sale(work: Work, key: str) -> int:
    """Put the open sale aside for the next customer; returns the number it is asked for by, new every day.

    Its phone is out and points have to be confirmed again. Nothing is held for it. Sales parked too long are dropped.
    """
    sale = open_sale(work, key)
    if sale.lines == "[]":
        raise Refused(N_("There is nothing to park yet. Scan the first item."))
    oldest = work.now - timedelta(hours=work.setting(KIOSK_PARKED))
    forgotten = update(Checkout).where(Checkout.state == "parked", Checkout.updated_at < oldest)
    work.rows(forgotten.values(state="dropped", phone=""))
    sale.ticket = next_number(work, f"parked:{shop_day(work.now, work.zone):%Y%m%d}")
    sale.state, sale.token_hash, sale.device_hash, sale.code_hash, sale.phone = "parked", None, "", "", ""
    touch(work, sale)
    return sale.ticket


@action(permission=Permission.TAKE_PAYMENT)
def take_parked(work: Work, checkout_id: int) -> str:
    """Open a parked sale at this person's till; returns its key. Only one till gets it."""
    sale = _parked(work, checkout_id)
    if work.actor.till_id is None:
        raise Refused(N_("This till is not set up. Add it under Settings first."))
    sale.state, sale.till_id = "open", work.actor.till_id
    touch(work, sale)
    return sale.client_key


@action(permission=Permission.TAKE_PAYMENT)
def drop_parked(work: Work, checkout_id: int) -> None:
    """Throw a parked sale away; nothing was taken for it."""
    sale = _parked(work, checkout_id)
    sale.state, sale.phone = "dropped", ""
    touch(work, sale)


@action(permission=Permission.TAKE_PAYMENT)
def sell_without_code(work: Work, key: str, price_minor: int) -> int:
    """Put something without a code on the sale at a price typed by staff (minor units); returns the sale's version."""
    if not 0 < price_minor <= LARGEST:
        raise Refused(N_("Type what it costs."))
    line = CartLine(_quick_sku(work), "", MILLI, price_minor)
    sale = work.find(select(Checkout).where(Checkout.client_key == key).with_for_update())
    if sale is None:
        till_id = work.actor.till_id
        if till_id is None:
            raise Refused(N_("This till is not set up. Add it under Settings first."))
        sale = Checkout(client_key=key, till_id=till_id, lines=written([line]), updated_at=work.now)
        work.session.add(sale)
        return 1
    if sale.state != "open":
        raise Refused(N_("This sale is already finished."))
    sale.lines = written([*(CartLine(*row) for row in json.loads(sale.lines)), line])
    return touch(work, sale)


def _parked(work: Work, checkout_id: int) -> Checkout:
    sale = work.get(Checkout, checkout_id, lock=True)
    if sale.state != "parked":
        raise Refused(N_("This sale is no longer parked: another till took it."))
    return sale


def _quick_sku(work: Work) -> int:
    """The one entry all goods without a code are sold under; it has no stock and is made when first needed."""
    wanted = select(Sku.id).where(Sku.code == QUICK_CODE)
    known = work.value(wanted)
    if known is not None:
        return int(known)
    base = work.value(select(PriceList.id).where(PriceList.key == BASE_LIST).with_for_update())
    known = work.value(wanted)  # another till was first while this one waited
    if known is not None:
        return int(known)
    product = work.add(
        Product(name=_("Goods without a code"), kind="service", on_shelf=False, created_at=work.now)
    )
    sku = work.add(Sku(product_id=product.id, code=QUICK_CODE))
    work.add(Price(list_id=base, sku_id=sku.id, amount_minor=0))
    return sku.id
