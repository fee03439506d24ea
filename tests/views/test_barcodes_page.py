"""The layouts of scale codes on their page: tried, added, turned off, removed and back; variants at the kiosk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.basics.scale_codes import encode
from desktop.queries.checkout import Goods
from desktop.queries.scale_codes import scale_layouts
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.views.kiosk.overlays import Choose, Offered, Search
from desktop.views.settings.barcodes_page import BarcodesPage, LayoutSheet
from tests.helpers.goods import open_stocked
from tests.helpers.screens import Surroundings, sheet_of, surroundings, undo


@pytest.fixture
def around(shop: Shop, qapp: QApplication, tmp_path: Path) -> Iterator[Surroundings]:
    """The owner's screens."""
    stocked = open_stocked(shop)
    with surroundings(qapp, stocked.shop.acting_as(actors.console()), tmp_path) as made:
        yield made


@pytest.mark.req("P6")
def test_a_layout_is_tried_added_turned_off_and_brought_back(
    around: Surroundings, qtbot: QtBot, qapp: QApplication
) -> None:
    shop = around.context.shop
    page = BarcodesPage(around.context)
    qtbot.addWidget(page)
    around.window(page, 900)
    page.load()
    page.add()
    sheet = sheet_of(qapp, LayoutSheet)
    sheet.sample.setText(encode("21CCCCCWWWWWK", "00123", 756))
    assert sheet.read.text() == "goods 00123 · 756 g"
    sheet.sample.setText("6901234567892")
    assert "another layout" in sheet.read.text()
    sheet.pattern.setText("69CCCCCWWWWWK")
    sheet.submit()
    qtbot.waitUntil(lambda: sheet._error.isVisible())
    assert shop.ask(scale_layouts) == ()
    sheet.pattern.setText("21CCCCCWWWWWK")
    sheet.submit()
    qtbot.waitUntil(lambda: [row.active for row in shop.ask(scale_layouts)] == [True])
    [layout] = shop.ask(scale_layouts)
    page._use(layout.id, False)
    qtbot.waitUntil(lambda: [row.active for row in shop.ask(scale_layouts)] == [False])
    page.remove(layout)
    qtbot.waitUntil(lambda: shop.ask(scale_layouts) == ())
    qtbot.waitUntil(lambda: undo(page))
    qtbot.waitUntil(lambda: [row.pattern for row in shop.ask(scale_layouts)] == ["21CCCCCWWWWWK"])


def variant(sku: int, product: int, name: str, kind: str, price: int) -> Goods:
    """One thing the kiosk may offer."""
    whole = f"{name} {kind}".rstrip()
    facts = (sku, "", "件", whole, "", f"C{sku}", "goods", "box", price, 9_000, True)
    return Goods(*facts, product_id=product, product=name, variant=kind)


@pytest.mark.req("P6")
def test_the_kiosk_asks_which_variant_when_a_product_is_chosen_by_name(
    qtbot: QtBot, around: Surroundings
) -> None:
    around_it = QWidget()
    around_it.resize(1_080, 1_920)
    qtbot.addWidget(around_it)
    window = Search(around_it, "CNY")
    bags = tuple(variant(n, 7, "帆布袋", kind, 3_900 + n) for n, kind in enumerate(("红", "蓝", "绿"), 1))
    tea = variant(9, 8, "龙井", "", 12_800)
    chosen, several = [], []
    window.chosen.connect(chosen.append)
    window.several.connect(several.append)
    window.show_goods([*bags, tea])
    shown = [window._list.itemAt(n).widget() for n in range(window._list.count())]
    offers = [widget for widget in shown if isinstance(widget, Offered)]
    assert [offer.accessibleName() for offer in offers] == ["帆布袋 from ¥39.01", "龙井 ¥128.00"]
    offers[0].click()
    offers[1].click()
    assert (several, chosen) == ([bags], [tea])
    chooser = Choose(around_it, bags * 3, "CNY")  # more than fit at once: the list scrolls, none is left out
    assert len(chooser.findChildren(Offered)) == 9
