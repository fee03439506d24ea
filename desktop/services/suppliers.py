"""Suppliers and what they sell: kept, switched off, their prices with packs and steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import delete, select

from desktop.basics.errors import Malformed, Refused
from desktop.basics.i18n import N_, languages
from desktop.basics.money import LARGEST
from desktop.basics.words import pinyin_keys
from desktop.models.people import Permission
from desktop.models.products import Product, Sku
from desktop.models.purchasing import COMING, DRAFT, PurchaseOrder, Supplier, SupplierPrice, SupplierSku
from desktop.services.posting import next_number
from desktop.services.receivers import checked_email
from desktop.services.stock import LARGEST_QTY, STOCKED_KINDS
from desktop.shop.action import action
from desktop.shop.work import Work

LONGEST_LEAD = 365  # days
MOST_PACKS = 1_000_000
MOST_STEPS = 9
LONGEST = {"code": 20, "name": 60, "contact": 40, "phone": 40, "address": 200, "terms": 100, "note": 500}


@dataclass(frozen=True, slots=True)
class SupplierForm:
    """What is known of a supplier; `order_days` are weekdays from Monday 0, `cut_off` a minute of the day."""

    name: str
    code: str = ""
    contact: str = field(default="", repr=False)
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    terms: str = ""
    lead_days: int = 1
    order_days: tuple[int, ...] = ()
    cut_off: int | None = None
    least_minor: int = 0
    language: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class PriceForm:
    """What a supplier asks for one pack (minor units) of so many thousandths; `steps` are (from packs, price)."""

    sku_id: int
    price_minor: int
    pack_milli: int = 1_000
    their_code: str = ""
    steps: tuple[tuple[int, int], ...] = ()
    lead_days: int | None = None
    preferred: bool = False


@action(permission=Permission.BUY)
def save_supplier(work: Work, supplier_id: int | None, form: SupplierForm) -> int:
    """Add or change a supplier; returns its id. Raises `ShopError` naming what can't be kept."""
    return put_supplier(work, supplier_id, form)


def put_supplier(work: Work, supplier_id: int | None, form: SupplierForm) -> int:
    """The same for a deed that writes several."""
    values = checked_supplier(form)
    if supplier_id is None:
        values["code"] = values["code"] or _free_code(work)
    elif not values["code"]:
        del values["code"]  # it keeps the one it has
    if "code" in values:
        same = select(Supplier.id).where(Supplier.code == values["code"], Supplier.id != (supplier_id or 0))
        if work.value(same) is not None:
            raise Refused(N_("The code “{code}” belongs to another supplier."), code=values["code"])
    if supplier_id is None:
        return work.add(Supplier(currency=work.currency, created_at=work.now, **values)).id
    row = work.get(Supplier, supplier_id, lock=True)
    for name, value in values.items():
        setattr(row, name, value)
    return row.id


@action(permission=Permission.BUY)
def switch_supplier(work: Work, supplier_id: int, active: bool) -> None:
    """Buy from a supplier again, or no more. Raises `Refused` while orders are open there."""
    row = work.get(Supplier, supplier_id, lock=True)
    open_ones = select(PurchaseOrder.code).where(
        PurchaseOrder.supplier_id == supplier_id, PurchaseOrder.state.in_((DRAFT, *COMING))
    )
    if not active and (code := work.value(open_ones.limit(1))) is not None:
        raise Refused(N_("Order {code} is still open there. Close or cancel it first."), code=code)
    row.active = active


@action(permission=Permission.BUY)
def save_price(work: Work, supplier_id: int, form: PriceForm) -> int:
    """Say what goods cost at a supplier; the first one that sells them becomes the preferred one."""
    work.get(Supplier, supplier_id)
    _check_kind(work, form.sku_id)
    return put_price(work, supplier_id, form)


def put_price(work: Work, supplier_id: int, form: PriceForm) -> int:
    """The same for a deed that has looked at supplier and goods already."""
    check_price(form)
    wanted = select(SupplierSku).where(
        SupplierSku.supplier_id == supplier_id, SupplierSku.sku_id == form.sku_id
    )
    row = work.find(wanted.with_for_update())
    if row is None:
        row = work.add(SupplierSku(supplier_id=supplier_id, sku_id=form.sku_id, price_minor=form.price_minor))
    row.their_code, row.pack_milli, row.price_minor = (
        form.their_code.strip()[:40],
        form.pack_milli,
        form.price_minor,
    )
    row.lead_days = form.lead_days
    work.flush()
    work.rows(delete(SupplierPrice).where(SupplierPrice.supplier_sku_id == row.id))
    steps = [{"supplier_sku_id": row.id, "from_packs": n, "price_minor": p} for n, p in form.steps]
    work.post(SupplierPrice, steps)
    others = select(SupplierSku.id).where(SupplierSku.sku_id == form.sku_id, SupplierSku.preferred)
    if form.preferred or work.value(others) is None:
        prefer(work, row)
    elif row.preferred:
        row.preferred = False
    work.touch("sku", form.sku_id)
    return row.id


@action(permission=Permission.BUY)
def prefer_supplier(work: Work, price_id: int) -> None:
    """Buy these goods here when the restock list is made."""
    prefer(work, work.get(SupplierSku, price_id, lock=True))


@action(permission=Permission.BUY)
def remove_price(work: Work, price_id: int) -> PriceForm:
    """Forget that a supplier sells these goods; returns what `save_price` takes to bring it back."""
    return drop_price(work, work.get(SupplierSku, price_id, lock=True))


def drop_price(work: Work, row: SupplierSku) -> PriceForm:
    """The same for a deed that drops several."""
    price_id = row.id
    steps = work.rows(
        select(SupplierPrice.from_packs, SupplierPrice.price_minor)
        .where(SupplierPrice.supplier_sku_id == price_id)
        .order_by(SupplierPrice.from_packs)
    )
    kept = PriceForm(
        row.sku_id, row.price_minor, row.pack_milli, row.their_code,
        tuple((step.from_packs, step.price_minor) for step in steps), row.lead_days, row.preferred,
    )  # fmt: skip
    work.rows(delete(SupplierPrice).where(SupplierPrice.supplier_sku_id == price_id))
    work.remove(row)
    return kept


def price_at(price_minor: int, steps: Sequence[tuple[int, int]], packs: int) -> int:
    """The price of one pack when so many are bought: that of the last step reached."""
    reached = [step for step in steps if step[0] <= packs]
    return max(reached)[1] if reached else price_minor


# -- shared steps -----------------------------------------------------------------------------------------


def checked_supplier(form: SupplierForm) -> dict[str, object]:
    """The columns of a supplier. Raises `Malformed` naming what can't be kept."""
    texts = {name: " ".join(getattr(form, name).split()) for name in LONGEST}
    if not texts["name"]:
        raise Malformed(N_("A supplier needs a name."))
    for name, longest in LONGEST.items():
        if len(texts[name]) > longest:
            raise Malformed(N_("At most {limit} characters."), limit=longest)
    if not 0 <= form.lead_days <= LONGEST_LEAD:
        raise Malformed(N_("A delivery takes 0 to {limit} days."), limit=LONGEST_LEAD)
    if form.cut_off is not None and not 0 <= form.cut_off < 24 * 60:
        raise Malformed(N_("Type a time of day like 14:30."))
    if any(day not in range(7) for day in form.order_days):
        raise Malformed(N_("Choose days of the week."))
    if not 0 <= form.least_minor <= LARGEST:
        raise Malformed(N_("An amount can’t be below zero."))
    if form.language and form.language not in languages():
        raise Malformed(N_("This language is not there."))
    pinyin, initials = pinyin_keys(texts["name"])
    return {
        **texts, "email": checked_email(form.email), "lead_days": form.lead_days, "cut_off": form.cut_off,
        "order_days": "".join(str(day) for day in sorted(set(form.order_days))), "least_minor": form.least_minor,
        "language": form.language, "pinyin": pinyin, "initials": initials,
    }  # fmt: skip


def _free_code(work: Work) -> str:
    taken = set(work.session.scalars(select(Supplier.code)))
    while (code := f"S{next_number(work, 'supplier'):03d}") in taken:
        pass
    return code


def _check_kind(work: Work, sku_id: int) -> None:
    sku = work.get(Sku, sku_id)
    product = work.get(Product, sku.product_id)
    if product.kind not in STOCKED_KINDS:
        raise Refused(N_("“{name}” has no stock: it is a service or virtual."), name=product.name)


def check_price(form: PriceForm) -> None:
    """Raises `Malformed` naming what of a price can't be kept."""
    if not 0 < form.pack_milli <= LARGEST_QTY:
        raise Malformed(N_("A pack holds more than nothing."))
    if not 0 <= form.price_minor <= LARGEST or any(not 0 <= price <= LARGEST for _n, price in form.steps):
        raise Malformed(N_("A cost can’t be below zero."))
    numbers = [packs for packs, _price in form.steps]
    if len(numbers) > MOST_STEPS or numbers != sorted(set(numbers)) or any(n < 2 for n in numbers):
        raise Malformed(N_("Each further price begins at more packs than the one before, from 2 on."))
    if any(n > MOST_PACKS for n in numbers):
        raise Malformed(N_("That quantity is too large."))
    if form.lead_days is not None and not 0 <= form.lead_days <= LONGEST_LEAD:
        raise Malformed(N_("A delivery takes 0 to {limit} days."), limit=LONGEST_LEAD)


def prefer(work: Work, row: SupplierSku) -> None:
    """The others step back first: the index allows one."""
    others = select(SupplierSku).where(
        SupplierSku.sku_id == row.sku_id, SupplierSku.preferred, SupplierSku.id != row.id
    )
    for other in work.session.scalars(others.with_for_update()):
        other.preferred = False
    work.flush()
    row.preferred = True
    work.flush()
    work.touch("sku", row.sku_id)
