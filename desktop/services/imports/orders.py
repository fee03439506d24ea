"""Import orders of an earlier system: history that moves no stock, written in batches, each order once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select, update

from desktop.basics.clock import shop_day
from desktop.basics.i18n import _
from desktop.basics.money import half_up
from desktop.models.members import Member
from desktop.models.orders import CANCELLED, DONE, SHIPPED, UNPAID, Order, OrderEvent, OrderLine, OrderReview
from desktop.models.payments import Tender
from desktop.models.people import Permission, Till
from desktop.models.products import Barcode, Category, Product, Sku
from desktop.services import posting
from desktop.services.imports.drafts import Draft
from desktop.services.imports.entries import Run
from desktop.services.imports.finding import places
from desktop.services.imports.members import next_codes
from desktop.services.imports.report import NEW, SAME, Verdict
from desktop.services.reviews import adopt_order_reviews
from desktop.shop.work import Read, Work

RIGHT = Permission.IMPORT
CHANNEL = "import"
Row = dict[str, Any]


def judge(read: Read, drafts: Sequence[Draft]) -> list[Verdict]:
    """Which orders are new; one already there is left as it is."""
    there = _there(read, [draft.ref for draft in drafts])
    return [Verdict(SAME if draft.ref in there else NEW) for draft in drafts]


def _there(read: Read, refs: Sequence[str]) -> set[str]:
    statement = select(Order.external_ref).where(Order.channel == CHANNEL, Order.external_ref.in_(list(refs)))
    return {row.external_ref for row in read.rows(statement)}


def write(work: Work, run: Run, drafts: Sequence[Draft], verdicts: Sequence[Verdict]) -> None:
    """Write the orders that are not there yet, with their payments, reviews and buyers."""
    fresh = [draft for draft, verdict in zip(drafts, verdicts, strict=True) if verdict.deed == NEW]
    if not fresh:
        return
    skus = _skus(work, run, fresh)
    members = _members(work, run, fresh)
    codes = _codes(work, fresh)
    till = int(work.value(select(Till.id).order_by(Till.id).limit(1)))
    place = places(work)[0]
    rows = [
        _order(work, draft, code, members.get(draft.person), till, place, run.key, i)
        for i, (draft, code) in enumerate(zip(fresh, codes, strict=True))
    ]
    pairs = list(zip(fresh, rows, work.post(Order, rows, ids=True), strict=True))
    work.post(OrderLine, [line for draft, _row, order_id in pairs for line in _lines(draft, order_id, skus)])
    work.post(
        OrderEvent, [event for draft, row, order_id in pairs for event in _events(work, draft, row, order_id)]
    )
    tenders = [tender for draft, row, order_id in pairs for tender in _tenders(work, draft, row, order_id)]
    work.post(Tender, tenders)
    work.post(
        OrderReview,
        [_review(draft, review, order_id) for draft, _row, order_id in pairs for review in draft.reviews],
    )
    adopt_order_reviews(work, [order_id for draft, _row, order_id in pairs if draft.reviews])
    _member_totals(work, pairs)
    _daily(work, rows, tenders, till)
    for _draft, _row, order_id in pairs:
        run.note("order", order_id)


def _codes(work: Work, drafts: Sequence[Draft]) -> list[tuple[str, str]]:
    days = [shop_day(draft.placed, work.zone) for draft in drafts]
    last: dict[Any, int] = {}
    for day, count in sorted(Counter(days).items()):
        last[day] = posting.next_number(work, f"order:{day:%Y%m%d}")
        if count > 1:
            posting.skip_numbers(work, f"order:{day:%Y%m%d}", count - 1)
    codes = []
    for day in days:
        codes.append((f"{day:%Y%m%d}-{last[day]:04d}", f"{day:%m%d}-{last[day]:04d}"))
        last[day] += 1
    return codes


def _order(
    work: Work,
    draft: Draft,
    code: tuple[str, str],
    member_id: int | None,
    till: int,
    place: int,
    run: str,
    number: int,
) -> Row:
    goods = sum(half_up(price * qty, 1000) for _goods, _category, price, qty in draft.lines)
    paid = 0 if draft.status == UNPAID else sum(amount for _method, amount in draft.payments)
    if draft.payments or draft.total is not None:
        total = sum(amount for _m, amount in draft.payments) or draft.total or 0
    else:
        total = goods + draft.freight
    if not draft.payments and draft.status == DONE and draft.total is None:  # till lines: paid, no word how
        paid, draft.payments = total, [("other", total)] if total else []
    return {
        "code": code[0], "short_code": code[1], "order_type": "retail", "channel": CHANNEL, "till_id": till,
        "member_id": member_id, "location_id": place, "status": draft.status, "currency": work.currency,
        "goods_minor": goods, "discount_minor": 0, "discount_note": "", "freight_minor": draft.freight,
        "rounding_minor": total - goods - draft.freight, "total_minor": total, "paid_minor": paid, "points_minor": 0,
        "refunded_minor": 0, "points_spent": 0, "points_earned": 0, "address": "", "note": "", "receipt_number": "",
        "placed_at": draft.placed, "paid_at": (draft.paid_at or draft.placed) if paid else None,
        "shipped_at": draft.shipped_at if draft.status in (SHIPPED, DONE) else None,
        "done_at": (draft.done_at or draft.placed) if draft.status == DONE else None,
        "external_ref": draft.ref, "client_key": f"{run}:{number}",
    }  # fmt: skip


def _lines(draft: Draft, order_id: int, skus: dict[str, tuple[int, str, str]]) -> list[Row]:
    rows = []
    for goods, _category, price, qty in draft.lines:
        sku_id, name, unit = skus[goods]
        rows.append({
            "order_id": order_id, "sku_id": sku_id, "name": name, "unit": unit, "qty_milli": qty, "base_milli": qty,
            "list_minor": price, "price_minor": price, "discount_minor": 0, "total_minor": half_up(price * qty, 1000),
            "cost_minor": 0, "refunded_milli": 0, "shipped_milli": qty if draft.status in (SHIPPED, DONE) else 0,
            "trace": "import",
        })  # fmt: skip
    return rows


def _events(work: Work, draft: Draft, row: Row, order_id: int) -> list[Row]:
    steps = [
        ("placed", row["placed_at"]),
        ("paid", row["paid_at"]),
        ("shipped", row["shipped_at"]),
        ("done", row["done_at"]),
    ]
    if draft.status == CANCELLED:
        steps.append(("cancelled", row["paid_at"] or row["placed_at"]))
    actor = work.actor.key
    return [
        {"order_id": order_id, "kind": kind, "note": "", "actor": actor, "at": at} for kind, at in steps if at
    ] + [{"order_id": order_id, "kind": "imported", "note": draft.ref[:64], "actor": actor, "at": work.now}]


def _tenders(work: Work, draft: Draft, row: Row, order_id: int) -> list[Row]:
    if not row["paid_minor"]:
        return []
    return [
        {
            "order_id": order_id, "method_key": method, "amount_minor": amount, "points": 0, "currency": row["currency"],
            "reference": "", "received_minor": 0, "client_key": f"{row['client_key']}:t{i}", "actor": work.actor.key,
            "at": row["paid_at"],
        }
        for i, (method, amount) in enumerate(draft.payments)
    ]  # fmt: skip


def _review(draft: Draft, review: Row, order_id: int) -> Row:
    return {
        "order_id": order_id, "score": review["score"], "title": review.get("title", ""),
        "message": review.get("message", ""), "external_ref": review["review"], "at": review.get("at", draft.placed),
    }  # fmt: skip


def _skus(work: Work, run: Run, drafts: Sequence[Draft]) -> dict[str, tuple[int, str, str]]:
    wanted = {goods: category for draft in drafts for goods, category, _price, _qty in draft.lines}
    columns = (Sku.id, Product.name, Sku.unit)
    found: dict[str, tuple[int, str, str]] = {}
    by_code = (
        select(Sku.code, *columns)
        .join(Product, Product.id == Sku.product_id)
        .where(Sku.code.in_(list(wanted)))
    )
    by_barcode = (
        select(Barcode.code, *columns)
        .join(Sku, Sku.id == Barcode.sku_id)
        .join(Product, Product.id == Sku.product_id)
    )
    for statement in (by_barcode.where(Barcode.code.in_(list(wanted))), by_code):
        for row in work.rows(statement):
            code, sku_id, name, unit = tuple(row)
            found[code] = (sku_id, name, unit)
    fresh = {goods: category for goods, category in wanted.items() if goods not in found}
    return found | _make_skus(work, run, fresh)


def _make_skus(work: Work, run: Run, wanted: dict[str, str]) -> dict[str, tuple[int, str, str]]:
    """Goods the orders name and the shop never had: made, off the shelf, without a price."""
    if not wanted:
        return {}
    names = {
        goods: _("{category} {code}").format(category=category or _("Goods"), code=goods[:8])
        for goods, category in wanted.items()
    }
    have = {
        r.name: r.id
        for r in work.rows(
            select(Category.name, Category.id).where(Category.name.in_([c for c in wanted.values() if c]))
        )
    }
    fresh = sorted({c for c in wanted.values() if c} - have.keys())
    have |= dict(zip(fresh, work.post(Category, [{"name": name} for name in fresh], ids=True), strict=True))
    shared = {
        "pack": "",
        "pinyin": "",
        "initials": "",
        "kind": "goods",
        "picture": "",
        "on_shelf": False,
        "note": "",
        "created_at": work.now,
    }
    products = work.post(
        Product,
        [{"name": names[g], "category_id": have.get(c), **shared} for g, c in wanted.items()],
        ids=True,
    )
    unit = _("pc")
    rows = [
        {"product_id": p, "code": g, "variant": "", "unit": unit, "cost_minor": 0}
        for p, g in zip(products, wanted, strict=True)
    ]
    skus = work.post(Sku, rows, ids=True)
    for sku in skus:
        run.note("goods", sku)
    return {goods: (sku, names[goods], unit) for goods, sku in zip(wanted, skus, strict=True)}


def _members(work: Work, run: Run, drafts: Sequence[Draft]) -> dict[str, int]:
    wanted = sorted({draft.person for draft in drafts if draft.person})
    found = {
        r.external_ref: r.id
        for r in work.rows(select(Member.external_ref, Member.id).where(Member.external_ref.in_(wanted)))
    }
    fresh = [person for person in wanted if person not in found]
    if not fresh:
        return found
    shared = {"phone": None, "phone_tail": "", "name": "", "pinyin": "", "initials": "", "gender": "", "tier_key": "ordinary",
              "status": "active", "credit_score": 600, "origin": "import", "note": "", "points": 0, "orders_count": 0,
              "spent_minor": 0, "created_at": work.now}  # fmt: skip
    codes = next_codes(work, len(fresh))
    rows = [{"code": code, "external_ref": p, **shared} for code, p in zip(codes, fresh, strict=True)]
    made = work.post(Member, rows, ids=True)
    for member in made:
        run.note("member", member)
    return found | dict(zip(fresh, made, strict=True))


_TOTALS = (
    update(Member)
    .where(Member.id == bindparam("buyer"))
    .values(
        orders_count=Member.orders_count + bindparam("more"),
        spent_minor=Member.spent_minor + bindparam("paid"),
        last_order_at=bindparam("latest"),
    )
)


def _member_totals(work: Work, pairs: Sequence[tuple[Draft, Row, int]]) -> None:
    sums: dict[int, list[Any]] = {}
    for _draft, row, _order_id in pairs:
        if row["member_id"] is not None:
            entry = sums.setdefault(row["member_id"], [0, 0, row["placed_at"]])
            entry[0] += bool(row["paid_minor"])
            entry[1] += row["paid_minor"]
            entry[2] = max(entry[2], row["placed_at"])
    if sums:
        work.rows(
            _TOTALS,
            [{"buyer": m, "more": n, "paid": paid, "latest": at} for m, (n, paid, at) in sums.items()],
        )


def _daily(work: Work, rows: Sequence[Row], tenders: Sequence[Row], till: int) -> None:
    sums: dict[Any, Counter[str]] = {}
    for row in rows:
        sums.setdefault(shop_day(row["placed_at"], work.zone), Counter())["orders"] += 1
    for tender in tenders:
        sums.setdefault(shop_day(tender["at"], work.zone), Counter())["amount_minor"] += tender[
            "amount_minor"
        ]
    for day, counts in sorted(sums.items()):
        posting.add_to_daily(work, till_id=till, channel=CHANNEL, order_type="retail", day=day, **counts)
