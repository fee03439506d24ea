"""Purchasing of the sample shop: its suppliers, what they sell, and a purchase order in every state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from desktop.basics.money import MILLI
from desktop.basics.words import pinyin_keys
from desktop.models.purchasing import (
    BY_HAND,
    BY_MAIL,
    CANCELLED,
    CLOSED,
    COMING,
    DRAFT,
    EXPECTED,
    PART,
    SENT,
    GoodsReceipt,
    GoodsReceiptLine,
    PurchaseLine,
    PurchaseOrder,
    Supplier,
    SupplierPrice,
    SupplierReturn,
    SupplierReturnLine,
    SupplierSku,
)
from desktop.models.stock import StockMovement
from desktop.models.system import Counter
from desktop.services.sample.drafts import Calendar, clock
from desktop.services.sample.goods import CURRENCY, by_code
from desktop.services.sample.write_orders import Desk
from desktop.shop.work import Work

BY = "staff:1"
BACK = {"ZH-2001": 2}  # pieces that went back to the dairy


@dataclass(frozen=True)
class Source:
    """One supplier: `goods` are (code, pieces in a pack)."""

    code: str
    name: str
    contact: str
    phone: str
    email: str
    address: str
    terms: str
    lead_days: int
    goods: tuple[tuple[str, int], ...]
    order_days: str = ""
    cut_off: str = ""
    least: int = 0


SOURCES = (
    Source(
        "GM", "光明乳业", "李经理", "021-55550101", "order@guangming.example", "上海市吴中路 578 号", "月结 30 天", 1,
        (("ZH-2001", 5), ("ZH-2003", 4), ("ZH-2002", 12), ("ZH-2004", 6), ("ZH-2018", 10)), "", "18:00", 30_000,
    ),
    Source(
        "LJ", "老街糕点坊", "陈师傅", "0571-55550102", "laojie@example.com", "杭州市河坊街 16 号", "货到付款", 2,
        (("ZH-2017", 20), ("ZH-2029", 10), ("ZH-2031", 10), ("ZH-2032", 10), ("ZH-2039", 10)), "", "", 20_000,
    ),
    Source(
        "JN", "江南茶行", "周女士", "0512-55550103", "tea@jiangnan.example", "苏州市平江路 88 号", "预付 30%", 3,
        (("ZH-1042", 6), ("ZH-1009", 10), ("ZH-1019", 6), ("ZH-1012", 6)), "", "", 100_000,
    ),
    Source(
        "QF", "清风日用品批发", "吴先生", "021-55550104", "", "上海市江桥批发市场 3 区 12 号", "现结", 2,
        (("ZH-5002", 12), ("ZH-5003", 6), ("ZH-5004", 24), ("ZH-5006", 12)), "024",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Bought:
    """One purchase order, days from today; lines are (code, packs, pieces that came)."""

    source: str
    state: str
    made: int
    expected: int
    lines: tuple[tuple[str, int, int], ...]
    came: int | None = None  # day of its delivery
    note: str = ""


BOUGHT = (
    Bought("GM", CLOSED, -13, -12, (("ZH-2001", 8, 40), ("ZH-2003", 6, 24)), -12),
    Bought("JN", CANCELLED, -9, -6, (("ZH-1012", 2, 0),), note="改向另一家问价"),
    Bought("LJ", PART, -3, 1, (("ZH-2029", 2, 20), ("ZH-2031", 2, 10), ("ZH-2032", 1, 0)), -1),
    Bought("JN", SENT, -1, 2, (("ZH-1019", 2, 0),)),
    Bought("QF", SENT, -1, 1, (("ZH-5002", 5, 0),)),
    Bought("QF", DRAFT, 0, 3, (("ZH-5003", 2, 0), ("ZH-5004", 2, 0))),
)


def delivered() -> dict[str, int]:
    """Thousandths that came by purchase orders less what went back, by code: the openings are so much smaller."""
    found: dict[str, int] = {}
    for bought in BOUGHT:
        for code, _packs, pieces in bought.lines:
            found[code] = found.get(code, 0) + pieces * MILLI
    for code, pieces in BACK.items():
        found[code] -= pieces * MILLI
    return {code: milli for code, milli in found.items() if milli}


def write_buying(work: Work, desk: Desk) -> None:
    """Suppliers with prices, orders, deliveries and one return."""
    calendar = desk.calendar
    suppliers = {source.code: _supplier(work, source, calendar) for source in SOURCES}
    for source in SOURCES:
        _prices(work, desk, suppliers[source.code], source)
    numbers: dict[str, int] = {}
    came: dict[str, int] = {}  # receipt line by code, of the dairy
    for bought in BOUGHT:
        order_id = _order(work, desk, suppliers[bought.source], bought, numbers)
        if bought.came is not None:
            came |= _delivery(work, desk, (suppliers[bought.source], order_id), bought, numbers)
    _return(work, desk, suppliers["GM"], came, numbers)
    work.post(Counter, [{"name": name, "value": value} for name, value in sorted(numbers.items())])


def _supplier(work: Work, source: Source, calendar: Calendar) -> int:
    pinyin, initials = pinyin_keys(source.name)
    return work.add(
        Supplier(
            code=source.code, name=source.name, pinyin=pinyin, initials=initials, contact=source.contact,
            email=source.email, phone=source.phone, address=source.address, terms=source.terms,
            lead_days=source.lead_days, order_days=source.order_days,
            cut_off=clock(source.cut_off) // 60 if source.cut_off else None, least_minor=source.least,
            currency=CURRENCY, created_at=calendar.at(-400, clock("10:00")),
        )
    ).id  # fmt: skip


def _prices(work: Work, desk: Desk, supplier_id: int, source: Source) -> None:
    for place, (code, pieces) in enumerate(source.goods):
        price = by_code()[code].cost * pieces
        row = work.add(
            SupplierSku(
                supplier_id=supplier_id, sku_id=desk.skus[code], their_code=f"{source.code}-{place + 1:03d}",
                pack_milli=pieces * MILLI, price_minor=price, preferred=True,
            )
        )  # fmt: skip
        if source.code == "QF":
            better = {"supplier_sku_id": row.id, "from_packs": 10, "price_minor": price * 95 // 100}
            work.post(SupplierPrice, [better])


def _number(numbers: dict[str, int], series: str, prefix: str, calendar: Calendar, day: int) -> str:
    name = f"{series}:{calendar.day(day):%Y%m%d}"
    numbers[name] = numbers.get(name, 0) + 1
    return f"{prefix}-{calendar.day(day):%Y%m%d}-{numbers[name]:03d}"


def _lines(bought: Bought) -> Sequence[tuple[str, int, int, int, int]]:
    """(code, pieces of a pack, packs, price of a pack, pieces that came)."""
    packs_of = {code: pieces for source in SOURCES for code, pieces in source.goods}
    return [(c, packs_of[c], packs, by_code()[c].cost * packs_of[c], came) for c, packs, came in bought.lines]


def _order(work: Work, desk: Desk, supplier_id: int, bought: Bought, numbers: dict[str, int]) -> int:
    calendar, lines = desk.calendar, _lines(bought)
    made = calendar.at(bought.made, clock("09:20"))
    values: dict[str, Any] = {"sent_at": None, "closed_at": None}
    if bought.state in (*COMING, CLOSED):
        how = BY_HAND if bought.source == "QF" else BY_MAIL
        values |= {"sent_at": calendar.at(bought.made, clock("09:32")), "sent_by": BY, "sent_how": how}
    if bought.state in (CLOSED, CANCELLED):
        ended = calendar.at(bought.came or bought.made + 1, clock("08:10"))
        values |= {"closed_at": ended, "closed_by": BY}
    order = work.add(
        PurchaseOrder(
            code=_number(numbers, "purchase", "PO", calendar, bought.made), supplier_id=supplier_id,
            state=bought.state, expected_on=calendar.day(bought.expected), currency=CURRENCY, note=bought.note,
            total_minor=sum(packs * price for _c, _size, packs, price, _came in lines), made_by=BY, made_at=made,
            **values,
        )
    )  # fmt: skip
    work.post(PurchaseLine, [
        {
            "order_id": order.id, "sku_id": desk.skus[code], "pack_milli": size * MILLI, "packs": packs,
            "price_minor": price, "received_milli": came * MILLI, "their_code": "",
        }
        for code, size, packs, price, came in lines
    ])  # fmt: skip
    return order.id


def _delivery(
    work: Work, desk: Desk, of: tuple[int, int], bought: Bought, numbers: dict[str, int]
) -> dict[str, int]:
    calendar, day = desk.calendar, bought.came or 0
    at = calendar.at(day, clock("08:05"))
    receipt = work.add(
        GoodsReceipt(
            code=_number(numbers, "delivery", "GR", calendar, day), supplier_id=of[0], order_id=of[1],
            location_id=desk.location, actor=BY, at=at,
        )
    )  # fmt: skip
    order = work.get(PurchaseOrder, of[1])
    ids = {line.sku_id: line.id for line in _written(work, of[1])}
    found = {}
    for code, size, _packs, price, came in _lines(bought):
        if came:
            sku = desk.skus[code]
            row = GoodsReceiptLine(
                receipt_id=receipt.id, line_id=ids[sku], sku_id=sku, qty_milli=came * MILLI,
                amount_minor=price * came // size,
            )  # fmt: skip
            found[code] = work.add(row).id
            _move(work, desk, ("receive", f"delivery:{receipt.id}", order.code), (code, came), at)
    return found if bought.source == "GM" else {}


def _written(work: Work, order_id: int) -> list[PurchaseLine]:
    return list(work.session.query(PurchaseLine).filter(PurchaseLine.order_id == order_id))


def _move(work: Work, desk: Desk, why: tuple[str, str, str], what: tuple[str, int], at: datetime) -> None:
    reason, source, note = why
    code, pieces = what
    row: dict[str, Any] = {
        "sku_id": desk.skus[code],
        "location_id": desk.location,
        "delta_milli": pieces * MILLI,
    }
    row |= {"unit_cost_minor": by_code()[code].cost, "reason": reason, "source": source, "note": note}
    work.post(StockMovement, [{**row, "client_key": f"sample:{source}:{code}", "actor": BY, "at": at}])


def _return(work: Work, desk: Desk, supplier_id: int, came: dict[str, int], numbers: dict[str, int]) -> None:
    calendar, day = desk.calendar, -11
    at = calendar.at(day, clock("09:00"))
    back = work.add(
        SupplierReturn(
            code=_number(numbers, "supplier return", "RT", calendar, day), supplier_id=supplier_id,
            location_id=desk.location, reason="damaged", note="到货时包装破损", state=EXPECTED, actor=BY, at=at,
            expected_minor=sum(by_code()[code].cost * pieces for code, pieces in BACK.items()),
        )
    )  # fmt: skip
    for code, pieces in BACK.items():
        row = {"return_id": back.id, "receipt_line_id": came[code], "sku_id": desk.skus[code]}
        amount = by_code()[code].cost * pieces
        work.post(SupplierReturnLine, [{**row, "qty_milli": pieces * MILLI, "amount_minor": amount}])
        source = f"supplier return:{back.id}"
        _move(work, desk, ("supplier return", source, back.code), (code, -pieces), at)
