"""Lists written to files: whole, stoppable, and never a formula."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from desktop.basics.errors import ShopError
from desktop.basics.ids import new_key
from desktop.queries.order_search import OrderFilter
from desktop.services.export import Progress, Stopped, export_orders, safe_text, write_table
from desktop.services.fulfilment import pay_order
from desktop.services.orders import OrderDraft, create_order
from desktop.services.settlement import TenderIn
from desktop.shop.shop import Shop
from tests.helpers.goods import TEA, Stocked, open_stocked


@pytest.fixture
def stocked(sqlite_shop: Shop) -> Stocked:
    """The pictures' shop."""
    return open_stocked(sqlite_shop)


def place(stocked: Stocked, *wanted: tuple[int, int], paid: bool = True, **more: Any) -> int:
    """An order to ship, or an unpaid one."""
    draft = OrderDraft(tuple(stocked.cart(*wanted)), **{"address": "文三路 9 号", **more})
    made = stocked.shop.do(create_order, draft, new_key())
    if paid:
        stocked.shop.do(pay_order, made.order_id, TenderIn("card", made.total_minor), new_key())
    return made.order_id


@pytest.mark.req("O12", "S1")
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_an_export_is_whole_and_no_formula(stocked: Stocked, tmp_path: Path, kind: str) -> None:
    for _order in range(3):
        place(stocked, (TEA, 1), member_id=stocked.member_id)
    path = tmp_path / f"orders.{kind}"
    assert export_orders(stocked.shop, OrderFilter(), path, Progress()) == 3
    rows = _read(path)
    assert len(rows) == 4
    assert str(rows[1][0]).endswith("-0003")
    assert [str(rows[1][i]).rstrip("0").rstrip(".") for i in (8, 11)] == ["128", "108"]
    evil = tmp_path / f"evil.{kind}"
    write_table(evil, ["a"], [["=1+1"], ["@x"], ["ok"]], Progress())
    found = [row[0] for row in _read(evil)][1:]
    assert found == (["'=1+1", "'@x", "ok"] if kind == "csv" else ["=1+1", "@x", "ok"])
    if kind == "xlsx":
        assert {cell.data_type for row in load_workbook(evil).active.iter_rows() for cell in row} == {"s"}


def _read(path: Path) -> list[list[Any]]:
    if path.suffix == ".csv":
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(csv.reader(file))
    return [list(row) for row in load_workbook(path).active.iter_rows(values_only=True)]


@pytest.mark.req("M5")
def test_a_stopped_export_leaves_no_file(stocked: Stocked, tmp_path: Path) -> None:
    place(stocked, (TEA, 1))
    progress = Progress()
    progress.stop()
    with pytest.raises(Stopped):
        export_orders(stocked.shop, OrderFilter(), tmp_path / "x.xlsx", progress)
    assert list(tmp_path.glob("*.part")) == list(tmp_path.glob("*.xlsx")) == []
    assert safe_text("-5") == "'-5"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_that_cannot_be_written_is_named(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "nowhere" / f"orders.{kind}"
    with pytest.raises(ShopError, match=path.name):
        write_table(path, ["a"], [["b"]], Progress())
