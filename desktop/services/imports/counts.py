"""Import counted stock: each difference is a movement, as if it had been typed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from desktop.basics.i18n import _
from desktop.basics.money import quantity_text
from desktop.models.people import Permission
from desktop.models.stock import Stock
from desktop.services.imports.entries import Run
from desktop.services.imports.finding import Found, Shelf, places
from desktop.services.imports.report import CHANGED, REFUSED, SAME, Verdict
from desktop.services.posting import StockStep, post_movements, step_stock
from desktop.shop.work import Read, Work

RIGHT = Permission.EDIT_STOCK
STOCKED = ("goods", "weighed")
Row = dict[str, Any]
Place = tuple[int, int]  # SKU, location


def judge(read: Read, rows: Sequence[Row]) -> list[Verdict]:
    """Which counts differ from what is on hand."""
    meant = _meant(read, rows)
    lying = _lying(read, [place for place in meant if not isinstance(place, str)])
    verdicts, after = [], {place: on_hand for place, (on_hand, _held) in lying.items()}
    for row, place in zip(rows, meant, strict=True):
        if isinstance(place, str):
            verdicts.append(Verdict(REFUSED, place))
            continue
        on_hand, held = after.get(place, 0), lying.get(place, (0, 0))[1]
        if row["counted"] < held:
            said = _("{count} are reserved or set aside; fewer can’t lie here.").format(
                count=quantity_text(held)
            )
            verdicts.append(Verdict(REFUSED, said))
            continue
        verdicts.append(Verdict(SAME if row["counted"] == on_hand else CHANGED))
        after[place] = row["counted"]
    return verdicts


def write(work: Work, run: Run, rows: Sequence[Row], verdicts: Sequence[Verdict]) -> None:
    """Bring what is on hand to what was counted; the last count of the same goods holds."""
    meant = _meant(work, rows)
    pairs = zip(rows, meant, verdicts, strict=True)
    wanted = {
        place: row["counted"]
        for row, place, v in pairs
        if not isinstance(place, str) and v.deed in (CHANGED, SAME)
    }
    lying = _lying(work, list(wanted), lock=True)
    moves: dict[int, list[tuple[int, int, int]]] = {}
    for (sku_id, location), counted in sorted(wanted.items()):
        before = lying.get((sku_id, location), (0, 0))[0]
        if counted != before:
            moves.setdefault(location, []).append((sku_id, counted - before, 0))
            run.note("stock", sku_id, made=False, location=location, before=before, after=counted)
    for location, deltas in moves.items():
        steps = [StockStep("put" if delta > 0 else "take", sku, abs(delta)) for sku, delta, _cost in deltas]
        step_stock(work, steps, location)
        post_movements(work, location, "adjust", run.source, f"{run.key}:{location}", deltas, "count")


def _meant(read: Read, rows: Sequence[Row]) -> list[Place | str]:
    shelf, (floor, named) = Shelf(read, rows), places(read)
    return [_place(row, shelf.find(row), floor, named) for row in rows]


def _place(row: Row, found: Found | str, floor: int, named: dict[str, int]) -> Place | str:
    if isinstance(found, str):
        return found
    if found.kind not in STOCKED:
        return _("“{name}” has no stock: it is a service or virtual.").format(name=found.name)
    if not row.get("location"):
        return found.sku_id, floor
    if row["location"] not in named:
        return _("The shop has no place “{text}”.").format(text=row["location"])
    return found.sku_id, named[row["location"]]


def _lying(read: Read, places_of: Sequence[Place], *, lock: bool = False) -> dict[Place, tuple[int, int]]:
    """What is on hand, and the part of it nobody may take."""
    skus = sorted({sku for sku, _location in places_of})
    statement = select(Stock).where(Stock.sku_id.in_(skus)).order_by(Stock.sku_id, Stock.location_id)
    held = Stock.reserved_milli + Stock.set_aside_milli
    columns = statement.with_only_columns(
        Stock.sku_id, Stock.location_id, Stock.on_hand_milli, held.label("held")
    )
    found = read.rows(columns.with_for_update() if lock else columns)
    return {(row.sku_id, row.location_id): (row.on_hand_milli, row.held) for row in found}
