"""Import suppliers' price lists: what a pack of goods costs where, with its further prices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import select

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, _
from desktop.models.people import Permission
from desktop.models.purchasing import Supplier, SupplierPrice, SupplierSku
from desktop.services.imports.entries import Run
from desktop.services.imports.finding import Shelf
from desktop.services.imports.report import CHANGED, NEW, REFUSED, SAME, Verdict
from desktop.services.imports.suppliers import Known
from desktop.services.stock import STOCKED_KINDS
from desktop.services.suppliers import PriceForm, check_price, drop_price, prefer, put_price
from desktop.shop.work import Read, Work

RIGHT = Permission.BUY
Row = dict[str, Any]
Place = tuple[int, int]  # supplier, SKU
SUBJECT = "supplier price"


def judge(read: Read, rows: Sequence[Row]) -> list[Verdict]:
    """Which prices are new, other or the same."""
    meant = _meant(read, rows)
    now = _now(read, [place for place in meant if not isinstance(place, str)])
    verdicts = []
    for row, place in zip(rows, meant, strict=True):
        if isinstance(place, str):
            verdicts.append(Verdict(REFUSED, place))
            continue
        before = now.get(place)
        form = _said(row, place, before)
        try:
            check_price(form)
        except ShopError as error:
            verdicts.append(Verdict(REFUSED, str(error)))
            continue
        verdicts.append(Verdict(NEW if before is None else SAME if before == form else CHANGED))
        now[place] = form
    return verdicts


def write(work: Work, run: Run, rows: Sequence[Row], verdicts: Sequence[Verdict]) -> None:
    """Write the prices; the last one of the same goods holds."""
    meant = _meant(work, rows)
    now = _now(work, [place for place in meant if not isinstance(place, str)])
    wanted: dict[Place, PriceForm] = {}
    for row, place, verdict in zip(rows, meant, verdicts, strict=True):
        if not isinstance(place, str) and verdict.deed != REFUSED:
            wanted[place] = _said(row, place, wanted.get(place, now.get(place)))
    for place, form in sorted(wanted.items()):
        before = now.get(place)
        if form == before:
            continue
        elsewhere = _preferred(work, form.sku_id)
        price_id = put_price(work, place[0], form)
        after = replace(form, preferred=_preferred(work, form.sku_id) == price_id)
        run.note(
            SUBJECT, price_id, made=before is None, before=asdict(before) if before else None, after=asdict(after),
            elsewhere=elsewhere if elsewhere != price_id else None,
        )  # fmt: skip


def _said(row: Row, place: Place, before: PriceForm | None) -> PriceForm:
    """What the row makes of the price: a row from so many packs on adds to the further prices.

    A new price of one pack drops further prices that are no longer lower; without one, all packs cost alike.
    """
    form = before or PriceForm(place[1], row["price"])
    more = {"pack_milli": "pack", "their_code": "their_code", "lead_days": "lead_days"}
    form = replace(form, **{key: row[field] for key, field in more.items() if field in row})
    form = replace(
        form, their_code=form.their_code[:40], preferred=form.preferred or row.get("preferred", False)
    )
    packs = row.get("from_packs", 1)
    if packs > 1:
        return replace(form, steps=tuple(sorted({**dict(form.steps), packs: row["price"]}.items())))
    if form.price_minor == row["price"]:
        return form
    lower = tuple(step for step in form.steps if step[1] < row["price"])
    return replace(form, price_minor=row["price"], steps=lower)


def _meant(read: Read, rows: Sequence[Row]) -> list[Place | str]:
    shelf, known = Shelf(read, rows), Known(read, rows, "supplier", "supplier")
    return [_place(row, known.find(row), shelf) for row in rows]


def _place(row: Row, supplier: Any, shelf: Shelf) -> Place | str:
    if supplier is None:
        return _("The shop has no supplier “{text}”.").format(text=row["supplier"])
    if isinstance(supplier, str):
        return supplier
    found = shelf.find(row)
    if isinstance(found, str):
        return found
    if found.kind not in STOCKED_KINDS:
        return _("“{name}” has no stock: it is a service or virtual.").format(name=found.name)
    return supplier.id, found.sku_id


def _now(read: Read, places: Sequence[Place]) -> dict[Place, PriceForm]:
    suppliers, skus = ({place[part] for place in places} for part in (0, 1))
    sold = select(SupplierSku.__table__).where(
        SupplierSku.supplier_id.in_(sorted(suppliers)), SupplierSku.sku_id.in_(sorted(skus))
    )
    rows = read.rows(sold).all()
    steps = steps_of(read, [row.id for row in rows])
    return {(row.supplier_id, row.sku_id): _form(row, steps.get(row.id, ())) for row in rows}


def steps_of(read: Read, price_ids: Sequence[int]) -> dict[int, tuple[tuple[int, int], ...]]:
    """The further prices of each: (from packs, price)."""
    found: dict[int, tuple[tuple[int, int], ...]] = {}
    statement = select(SupplierPrice.__table__).where(SupplierPrice.supplier_sku_id.in_(price_ids))
    for row in read.rows(statement.order_by(SupplierPrice.from_packs)):
        found[row.supplier_sku_id] = (*found.get(row.supplier_sku_id, ()), (row.from_packs, row.price_minor))
    return found


def _form(row: Any, steps: tuple[tuple[int, int], ...]) -> PriceForm:
    return PriceForm(
        row.sku_id, row.price_minor, row.pack_milli, row.their_code, steps, row.lead_days, row.preferred
    )


def _preferred(work: Work, sku_id: int) -> int | None:
    found: int | None = work.value(
        select(SupplierSku.id).where(SupplierSku.sku_id == sku_id, SupplierSku.preferred)
    )
    return found


def take_back(work: Work, _run_id: int, things: Sequence[tuple[int, bool, dict[str, Any]]]) -> list[str]:
    """Forget the prices the import made, put others back as they were; who was preferred before is so again."""
    return [_one(work, price_id, detail) for price_id, _made, detail in things]


def _one(work: Work, price_id: int, detail: dict[str, Any]) -> str:
    row = work.session.get(SupplierSku, price_id, with_for_update=True)
    if row is None:
        return ""
    supplier_id, sku_id = row.supplier_id, row.sku_id
    now = _form(row, steps_of(work, [price_id]).get(price_id, ()))
    if now != _kept(detail["after"]):
        return N_("The price was changed since.")
    work.get(Supplier, supplier_id)
    if detail["before"] is None:
        drop_price(work, row)
        work.touch("sku", sku_id)
    else:
        put_price(work, supplier_id, _kept(detail["before"]))
    before = work.session.get(SupplierSku, detail["elsewhere"]) if detail["elsewhere"] else None
    if before is not None and _preferred(work, sku_id) in (None, price_id):
        prefer(work, before)
    return ""


def _kept(values: dict[str, Any]) -> PriceForm:
    return PriceForm(**values | {"steps": tuple((n, p) for n, p in values["steps"])})
