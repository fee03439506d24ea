"""Every change of stock is found by place, reason, day, goods or document, and names its document."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from desktop.basics.ids import new_key
from desktop.queries.movement_list import MovementFilter, movements_count, movements_list
from desktop.services.export import Progress
from desktop.services.locations import add_location
from desktop.services.movement_words import export_movements, move_words, screen_of
from desktop.services.stock import AdjustLine, adjust_stock
from desktop.services.transfers import TransferItem, draft_transfer, send_transfer
from desktop.shop.shop import Shop
from tests.helpers.goods import MILK, NUTS, Stocked, open_stocked
from tests.helpers.sales import sell

PIECE = 1_000


@pytest.fixture
def moved(shop: Shop) -> tuple[Stocked, str, str, int]:
    """A sale, a load to a store room, and a day later something broken; codes of order and transfer, the room."""
    stocked = open_stocked(shop)
    _key, sale = sell(stocked, stocked.cart((MILK, 2)))
    room = shop.do(add_location, "store room", "后仓")
    items = [TransferItem(stocked.skus[NUTS], 5 * PIECE)]
    load = shop.do(draft_transfer, stocked.location_id, room, items, client_key=new_key())
    shop.do(send_transfer, load.id, client_key=new_key())
    shop.clock.pass_time(timedelta(days=1))  # type: ignore[attr-defined]
    line = AdjustLine(stocked.skus[MILK], -PIECE)
    shop.do(adjust_stock, [line], reason="damaged", client_key=new_key(), note="掉了")
    return stocked, sale.short_code, load.code, room


def found(stocked: Stocked, **which: object) -> list[tuple[str, int]]:
    """Reason and pieces of what fits."""
    filters = MovementFilter(**which)  # type: ignore[arg-type]
    rows = stocked.shop.ask(movements_list, filters).rows
    assert stocked.shop.ask(movements_count, filters) == len(rows)
    return [(row.move.reason, row.move.delta_milli // PIECE) for row in rows]


@pytest.mark.req("I1")
def test_movements_are_found_by_what_a_person_knows(moved: tuple[Stocked, str, str, int]) -> None:
    stocked, order, load, room = moved
    today = stocked.shop.clock.now().date()
    assert len(found(stocked)) == 8  # control: four goods opened, one sold, two by the load, one broken
    assert found(stocked, text=order) == [("sale", -2)]
    assert found(stocked, text=load) == [("transfer", 5), ("transfer", -5)]
    assert found(stocked, text="鲜牛奶") == [("adjust", -1), ("sale", -2), ("opening", 8)]
    assert found(stocked, reason="transfer", place=stocked.location_id) == [("transfer", -5)]
    assert found(stocked, place=room) == []
    assert found(stocked, since=today) == [("adjust", -1)]
    assert len(found(stocked, until=today - timedelta(days=1))) == 7
    assert found(stocked, text="no such goods") == []


@pytest.mark.req("I1")
def test_each_names_its_document_and_goes_into_a_file(
    moved: tuple[Stocked, str, str, int], tmp_path: Path
) -> None:
    stocked, order, load, _room = moved
    rows = stocked.shop.ask(movements_list, MovementFilter()).rows
    codes = {row.move.reason: row.move.document_code for row in rows}
    assert codes == {"adjust": "", "transfer": load, "sale": order, "opening": ""}
    sale = next(row.move for row in rows if row.move.reason == "sale")
    assert order in move_words(sale)
    assert screen_of(sale.document) == ("orders", int(sale.document.partition(":")[2]))
    assert screen_of("adjust:5") is None
    path = tmp_path / "moves.xlsx"
    assert export_movements(stocked.shop, MovementFilter(text=load), path, Progress()) == 2
    sheet = openpyxl.load_workbook(path).active
    assert [row[6].value for row in sheet.iter_rows(min_row=2)] == [load, load]
