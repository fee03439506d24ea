"""Bulk edits and labels on the screen; what is printed is read back by a scanner's eyes."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.basics.bars import bars_of
from desktop.basics.unit_price import UnitPrice, unit_price
from desktop.queries.labels import LabelFacts, label_facts
from desktop.queries.product_detail import product_detail
from desktop.queries.products import ProductFilter, products_page
from desktop.services.variants import Variant
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.views.products.bulk import BulkSheet
from desktop.views.products.label_paper import SIZES, Design, preview, spots, to_pdf
from desktop.views.products.label_sheet import LabelSheet
from desktop.views.products.screen import ProductsScreen
from desktop.views.products.shelves import ShelfSheet
from desktop.views.products.variants import VariantsSheet
from tests.helpers.goods import MILK, TEA, Stocked, open_stocked
from tests.helpers.screens import Surroundings, sheet_of, surroundings, undo


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """Four goods."""
    return open_stocked(shop)


@pytest.fixture
def around(stocked: Stocked, qapp: QApplication, tmp_path: Path) -> Iterator[Surroundings]:
    """The owner's screens."""
    with surroundings(qapp, stocked.shop.acting_as(actors.console()), tmp_path) as made:
        yield made


@pytest.fixture
def screen(around: Surroundings, qtbot: QtBot) -> ProductsScreen:
    """The product screen with its four goods."""
    made = ProductsScreen(around.context)
    qtbot.addWidget(made)
    around.window(made, 1_400)
    qtbot.waitUntil(lambda: len(made.model.rows) == 4 and bool(made.panel.lists))
    return made


def prices(shop: Shop) -> list[int | None]:
    """The shelf prices by SKU."""
    return [
        row.price_minor for row in sorted(shop.ask(products_page, ProductFilter()).rows, key=lambda r: r.id)
    ]


@pytest.mark.req("P1", "P5")
def test_many_prices_change_after_a_look_and_go_back(
    screen: ProductsScreen, around: Surroundings, stocked: Stocked, qtbot: QtBot, qapp: QApplication
) -> None:
    shop = around.context.shop
    screen.model.check(stocked.skus[:2], True)
    screen.open_bulk()
    sheet = sheet_of(qapp, BulkSheet)
    qtbot.waitUntil(lambda: len(sheet._rows) == 2)
    assert not sheet.primary.isEnabled()  # nothing would change yet
    sheet.percent.setText("-50")
    sheet.ending.set_value("90")
    qtbot.waitUntil(lambda: sheet.primary.isEnabled() and "2" in sheet.said.text())
    sheet.submit()
    qtbot.waitUntil(lambda: prices(shop) == [6_390, 890, 2_200, 3_990])
    qtbot.waitUntil(lambda: undo(screen))
    qtbot.waitUntil(lambda: prices(shop) == [12_800, 1_690, 2_200, 3_990])


@pytest.mark.req("P2", "P6")
def test_variants_and_channels_are_set_beside_the_list(
    screen: ProductsScreen, around: Surroundings, stocked: Stocked, qtbot: QtBot, qapp: QApplication
) -> None:
    shop, sku = around.context.shop, stocked.skus[TEA]
    screen.open_item(sku)
    qtbot.waitUntil(lambda: screen.panel._detail is not None and screen.panel._detail.row.id == sku)
    screen.panel.variants.open()
    sheet = sheet_of(qapp, VariantsSheet)
    assert not sheet.primary.isEnabled()
    sheet.names[0].setText("规格")
    sheet.values[0].setText("罐装，袋装、礼盒")
    assert sheet.chosen() == (("规格",), [("罐装",), ("袋装",), ("礼盒",)])
    code, _barcode, price = sheet._inputs[("礼盒",)]
    code.setText("ZH-1003L")
    price.setText("268")
    sheet.submit()
    qtbot.waitUntil(lambda: len(shop.ask(product_detail, sku).variants) == 3)
    made = shop.ask(product_detail, sku).variants
    assert [(v.values, v.price_minor) for v in made][2] == (("礼盒",), 26_800)
    screen.panel.shelves.open("kiosk")
    shelf = sheet_of(qapp, ShelfSheet)
    shelf.kind.set_value("timed")
    shelf.submit()  # neither from nor until
    assert shelf.isVisible()
    shelf.kind.set_value("closed")
    shelf.submit()
    qtbot.waitUntil(lambda: [s.offered for s in shop.ask(product_detail, sku).shelves] == [False])
    qtbot.waitUntil(lambda: undo(screen))
    qtbot.waitUntil(lambda: shop.ask(product_detail, sku).shelves == ())
    assert Variant(("礼盒",)).price_minor is None


@pytest.mark.req("P7")
def test_labels_are_printed_from_the_list(
    screen: ProductsScreen, stocked: Stocked, qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    screen.model.check(stocked.skus[:3], True)
    screen.open_labels()
    sheet = sheet_of(qapp, LabelSheet)
    qtbot.waitUntil(lambda: len(sheet._labels) == 3)
    sheet.copies.setText("0")
    assert not sheet.primary.isEnabled()
    sheet.copies.setText("2")
    sheet.sort.set_value("40x30")
    file = tmp_path / "labels.pdf"
    sheet.where.set_value("")
    sheet.file.entry.setText(str(file))
    sheet.submit()
    qtbot.waitUntil(lambda: not any(isinstance(w, LabelSheet) for w in qapp.topLevelWidgets()))
    assert len(re.findall(rb"/Type\s*/Page\b", file.read_bytes())) == 6


def label(code: str, **more: object) -> LabelFacts:
    """A label with this code."""
    facts: dict[str, object] = {
        "sku_id": 1, "name": "明前龙井", "pack": "100 g", "unit": "罐", "code": "ZH-1003", "barcode": code,
        "price_minor": 12_800, "per_unit": UnitPrice(64_000, "500 g"), "shop": "青禾", "day": date(2026, 11, 22),
    }  # fmt: skip
    return LabelFacts(**{**facts, **more})  # type: ignore[arg-type]


def seen(image: QImage) -> list[str]:
    """What a scanner sees in a picture."""
    grey = image.convertToFormat(QImage.Format.Format_Grayscale8)
    data = bytes(grey.constBits())
    picture = Image.frombytes("L", (grey.width(), grey.height()), data, "raw", "L", grey.bytesPerLine())
    return [found.text for found in zxingcpp.read_barcodes(picture)]


@pytest.mark.req("P7")
@pytest.mark.parametrize("size", SIZES[:4], ids=lambda size: size.key)
@pytest.mark.parametrize("code", ["6901234567892", "96385074", "ZH-1003", "6901234567893"])
def test_a_printed_code_is_read_back(qapp: QApplication, size: object, code: str) -> None:
    design = Design(size, day=True, shop=True)  # type: ignore[arg-type]
    assert seen(preview(label(code), design, "CNY", 203)) == [code]
    assert seen(preview(label(code), Design(size, barcode=False), "CNY", 203)) == []  # type: ignore[arg-type]


@pytest.mark.req("P7")
@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="needs pdftoppm to look at the PDF")
def test_a_sheet_of_labels_in_a_pdf_is_read_back(qapp: QApplication, tmp_path: Path) -> None:
    codes = ["6901234567892", "6901000020011", "ZH-2017"]
    file = tmp_path / "sheet.pdf"
    design = Design(SIZES[2])
    pages = to_pdf([label(code) for code in codes] * 8, design, "CNY", file, 2)
    assert pages == 2  # two places were used already
    subprocess.run(["pdftoppm", "-r", "200", "-gray", str(file), str(tmp_path / "page")], check=True)
    paper = [Image.open(page) for page in sorted(tmp_path.glob("page*.pgm"))]
    per_mm = 200 / 25.4
    found = []
    for page, spot in spots(SIZES[2], 24, 2):
        edges = (spot.left(), spot.top(), spot.right(), spot.bottom())
        one = paper[page].crop(tuple(round(edge * per_mm) for edge in edges))
        found += [symbol.text for symbol in zxingcpp.read_barcodes(one)]
    assert found == codes * 8


@pytest.mark.req("P7")
def test_a_code_no_bars_can_hold_is_left_to_its_text() -> None:
    assert bars_of("") is None
    assert bars_of("中文") is None
    assert bars_of("x" * 60) is None
    symbol = bars_of("6901234567892")
    assert symbol is not None
    assert (symbol.kind, len(symbol.modules)) == ("EAN-13", 95)


@pytest.mark.req("P7")
@pytest.mark.parametrize(
    ("price", "pack", "unit", "minor", "per"),
    [
        (12_800, "100 g", "罐", 64_000, "500 g"),
        (1_690, "950 ml", "盒", 178, "100 ml"),
        (3_000, "30 g × 10", "盒", 5_000, "500 g"),
        (1_280, "", "kg", 640, "500 g"),
        (3_200, "", "斤", 3_200, "500 g"),
        (990, "1.5L", "瓶", 66, "100 ml"),
    ],
)
def test_the_price_of_500_g_or_100_ml(price: int, pack: str, unit: str, minor: int, per: str) -> None:
    assert unit_price(price, pack, unit) == UnitPrice(minor, per)
    assert unit_price(price, "7 袋", "盒") is None


@pytest.mark.req("P7")
@given(st.integers(1, 200), st.integers(0, 23))
def test_no_label_leaves_its_sheet_or_covers_another(count: int, skip: int) -> None:
    size = SIZES[2]
    places = [(page, (spot.left(), spot.top())) for page, spot in spots(size, count, skip)]
    assert len(set(places)) == count
    for _page, spot in spots(size, count, skip):
        assert spot.right() <= size.page[0] + 0.01
        assert spot.bottom() <= size.page[1] + 0.01


@pytest.mark.req("P7")
def test_a_label_carries_the_shelf_price_of_now(stocked: Stocked) -> None:
    shop = stocked.shop.acting_as(actors.console())
    milk, tea = shop.ask(label_facts, [stocked.skus[MILK], stocked.skus[TEA], 10**6])
    assert (milk.name, milk.price_minor, milk.barcode) == ("鲜牛奶", 1_690, "6901000020011")
    assert milk.per_unit == UnitPrice(178, "100 ml")
    assert tea.per_unit == UnitPrice(64_000, "500 g")
