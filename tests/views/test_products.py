"""The product screen over a real shop: find, edit, photo, codes, categories, new goods."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image as Photo
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.queries.categories import category_tree
from desktop.queries.product_detail import product_detail, product_photo, product_photos
from desktop.queries.products import ProductFilter, products_page
from desktop.services.categories import add_category
from desktop.services.export import Progress
from desktop.services.goods_export import export_goods
from desktop.services.products import ProductChanges, edit_product
from desktop.shop.shop import Shop
from desktop.views.common.dialogs import Sheet
from desktop.views.products.categories import CategoriesSheet
from desktop.views.products.codes import PriceSheet, UnitSheet
from desktop.views.products.new_product import NewProductSheet
from desktop.views.products.screen import ProductsScreen
from desktop.views.products.words import split_tags
from tests.helpers.goods import as_role, new_goods, set_up
from tests.helpers.screens import Surroundings, sheet_of, surroundings, undo


@pytest.fixture
def goods(sqlite_shop: Shop) -> dict[str, int]:
    """A shop with three kinds of goods; their SKUs by name."""
    set_up(sqlite_shop)
    food = sqlite_shop.do(add_category, "食品")
    return {
        "矿泉水": new_goods(sqlite_shop, "矿泉水", 200, pieces=9, category_id=food, tags=("夏天",)),
        "抽纸": new_goods(sqlite_shop, "抽纸", 1_290),
        "送货": new_goods(sqlite_shop, "送货", 500, kind="service"),
    }


@pytest.fixture
def screen(around: Surroundings, qtbot: QtBot) -> ProductsScreen:
    """The product screen, its list, categories and price lists read."""
    made = ProductsScreen(around.context)
    qtbot.addWidget(made)
    around.window(made, 1_400)
    qtbot.waitUntil(lambda: len(made.model.rows) == 3 and made.tag.count() == 2 and bool(made.panel._lists))
    return made


def shown(screen: ProductsScreen, qtbot: QtBot, sku: int) -> None:
    """Select goods and wait until the panel shows them."""
    screen.open_item(sku)
    detail = lambda: screen.panel._detail  # noqa: E731
    qtbot.waitUntil(
        lambda: detail() is not None and detail().row.id == sku and bool(screen.panel.form._prices)
    )


def names(screen: ProductsScreen) -> list[str]:
    """What stands in the list."""
    return [row.name for row in screen.model.rows]


@pytest.mark.req("P1")
def test_initials_find_goods_and_filters_narrow(screen: ProductsScreen, qtbot: QtBot) -> None:
    assert names(screen) == ["抽纸", "矿泉水", "送货"]  # in the order of their pinyin
    screen.search.setText("kqs")
    qtbot.waitUntil(lambda: names(screen) == ["矿泉水"])
    screen.clear_filters()
    qtbot.waitUntil(lambda: len(names(screen)) == 3)
    screen.tag.picked.emit("夏天")
    qtbot.waitUntil(lambda: names(screen) == ["矿泉水"])
    screen.open_filters(shelf="off")
    qtbot.waitUntil(lambda: screen.pages.currentWidget() is screen.nothing)


def test_only_what_was_changed_is_saved(
    screen: ProductsScreen, around: Surroundings, goods: dict[str, int], qtbot: QtBot
) -> None:
    shop, sku = around.context.shop, goods["矿泉水"]
    shown(screen, qtbot, sku)
    form = screen.panel.form
    qtbot.keyClicks(form.pack, "550 ml")
    shop.do(
        edit_product, shop.ask(product_detail, sku).row.product_id, ProductChanges(note="另一台收银机写的")
    )
    retail = next(iter(form._prices))
    form._prices[retail].setText("2.50")
    form._prices[retail].textEdited.emit("2.50")
    assert screen.panel.bar.isVisible()
    assert screen.panel.save_changes()
    qtbot.waitUntil(lambda: shop.ask(product_detail, sku).row.price_minor == 250)
    saved = shop.ask(product_detail, sku)
    assert (saved.row.pack, saved.note, saved.tags) == ("550 ml", "另一台收银机写的", ("夏天",))
    qtbot.waitUntil(lambda: not screen.panel.bar.isVisible())
    qtbot.waitUntil(lambda: undo(screen))
    qtbot.waitUntil(lambda: shop.ask(product_detail, sku).row.price_minor == 200)
    back = shop.ask(product_detail, sku)
    assert (back.row.pack, back.note, back.row.name) == ("", "另一台收银机写的", "矿泉水")


def test_a_price_that_is_none_is_not_saved(
    screen: ProductsScreen, around: Surroundings, goods: dict[str, int], qtbot: QtBot
) -> None:
    shop, sku = around.context.shop, goods["矿泉水"]
    shown(screen, qtbot, sku)
    field = next(iter(screen.panel.form._prices.values()))
    for typed in ("zwei", ""):
        field.setText(typed)
        field.textEdited.emit(typed)
        assert not screen.panel.save_changes()
    assert shop.ask(product_detail, sku).row.price_minor == 200
    screen.panel._discard()
    assert field.text() == "2.00"


def test_leaving_what_is_not_saved_asks_once(
    screen: ProductsScreen, around: Surroundings, goods: dict[str, int], qtbot: QtBot, qapp: QApplication
) -> None:
    shop = around.context.shop
    shown(screen, qtbot, goods["矿泉水"])
    qtbot.keyClicks(screen.panel.form.pack, "1 L")
    screen.table.go_to(goods["抽纸"])
    sheet_of(qapp, Sheet).reject()
    assert screen.table.current_id() == goods["矿泉水"]  # stayed
    screen.table.go_to(goods["抽纸"])
    sheet_of(qapp, Sheet).submit()
    qtbot.waitUntil(lambda: shop.ask(product_detail, goods["矿泉水"]).row.pack == "1 L")
    qtbot.waitUntil(lambda: screen.panel._detail.row.id == goods["抽纸"])


@pytest.mark.req("P2")
def test_off_the_shelf_and_undo(
    screen: ProductsScreen, around: Surroundings, goods: dict[str, int], qtbot: QtBot
) -> None:
    shop, sku = around.context.shop, goods["抽纸"]
    on = lambda: shop.ask(product_detail, sku).row.on_shelf  # noqa: E731
    shown(screen, qtbot, sku)
    screen.panel.shelf.click()
    qtbot.waitUntil(lambda: not on())
    qtbot.waitUntil(lambda: undo(screen))
    qtbot.waitUntil(on)
    screen.model.check(list(goods.values()), True)
    screen._shelve(False)
    qtbot.waitUntil(lambda: shop.ask(products_page, ProductFilter(on_shelf=True)).rows == ())
    qtbot.waitUntil(lambda: undo(screen))
    qtbot.waitUntil(lambda: len(shop.ask(products_page, ProductFilter(on_shelf=True)).rows) == 3)


@pytest.mark.req("P6")
def test_codes_and_units_are_added_marked_and_taken_back(
    screen: ProductsScreen, around: Surroundings, goods: dict[str, int], qtbot: QtBot, qapp: QApplication
) -> None:
    shop, sku = around.context.shop, goods["矿泉水"]
    shown(screen, qtbot, sku)
    codes = screen.panel.codes
    codes.code.setText("6901234567893")  # wrong check digit
    qtbot.keyClick(codes.code, Qt.Key.Key_Return)
    qtbot.waitUntil(
        lambda: (
            [(b.code, b.valid) for b in shop.ask(product_detail, sku).barcodes] == [("6901234567893", False)]
        )
    )
    qtbot.waitUntil(lambda: codes._barcodes.count() == 1)
    qtbot.waitUntil(lambda: undo(screen))
    qtbot.waitUntil(lambda: shop.ask(product_detail, sku).barcodes == ())
    codes.new_unit.click()
    sheet = sheet_of(qapp, UnitSheet)
    sheet.name.setText("箱")
    sheet.factor.setText("0")
    sheet.submit()
    assert sheet.isVisible()  # a case of nothing is refused in its field
    sheet.factor.setText("24")
    sheet.submit()
    qtbot.waitUntil(lambda: [u.factor_milli for u in shop.ask(product_detail, sku).units] == [24_000])
    qtbot.waitUntil(lambda: codes._units.count() == 1)
    codes.new_price.click()
    sheet = sheet_of(qapp, PriceSheet)
    sheet.unit.set_value("箱")
    sheet.amount.setText("43.20")
    sheet.submit()
    qtbot.waitUntil(
        lambda: ("箱", 4_320) in [(p.unit, p.amount_minor) for p in shop.ask(product_detail, sku).prices]
    )


def test_a_photo_is_taken_and_a_bad_one_refused_in_words(
    screen: ProductsScreen, around: Surroundings, goods: dict[str, int], qtbot: QtBot, tmp_path: Path
) -> None:
    shop, sku = around.context.shop, goods["抽纸"]
    product = shop.ask(product_detail, sku).row.product_id
    shown(screen, qtbot, sku)
    bad, good = tmp_path / "bad.png", tmp_path / "good.png"
    bad.write_bytes(b"<html>")
    out = io.BytesIO()
    Photo.new("RGB", (900, 600), "teal").save(out, "PNG")
    good.write_bytes(out.getvalue())
    screen.panel.photos.take(str(bad))
    qtbot.waitUntil(lambda: any("not a picture" in text for text in around.refused))
    screen.panel.photos.take(str(good))
    qtbot.waitUntil(lambda: shop.ask(product_photo, product) is not None)
    qtbot.waitUntil(lambda: len(screen.panel.photos.photos) == 1)
    screen.panel.photos.remove(0)
    qtbot.waitUntil(lambda: screen.panel.photos.photos == ())
    qtbot.waitUntil(lambda: undo(screen))
    qtbot.waitUntil(lambda: shop.ask(product_photo, product) is not None)


@pytest.mark.req("P6")
def test_a_pasted_photo_and_dropped_ones_are_kept_in_order(
    screen: ProductsScreen, around: Surroundings, goods: dict[str, int], qtbot: QtBot, qapp: QApplication
) -> None:
    shop, sku = around.context.shop, goods["抽纸"]
    shown(screen, qtbot, sku)
    photos = screen.panel.photos
    qapp.clipboard().setText("no picture")
    assert not photos.paste()
    image = QImage(300, 200, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    for count in (1, 2):
        qapp.clipboard().setImage(image)
        assert photos.paste()
        qtbot.waitUntil(lambda count=count: len(photos.photos) == count)
    first, second = (photo.id for photo in photos.photos)
    photos.move_photo(1, 0)
    product = shop.ask(product_detail, sku).row.product_id
    qtbot.waitUntil(lambda: [p.id for p in shop.ask(product_photos, product)] == [second, first])


def test_new_goods_from_the_keyboard(
    screen: ProductsScreen, around: Surroundings, qtbot: QtBot, qapp: QApplication
) -> None:
    qtbot.keyClick(screen, Qt.Key.Key_N)
    qtbot.waitUntil(
        lambda: any(isinstance(w, NewProductSheet) and w.isVisible() for w in qapp.topLevelWidgets())
    )
    sheet = sheet_of(qapp, NewProductSheet)
    sheet.submit()
    assert sheet.isVisible()  # name and price are wanted
    sheet.name.setText("酸奶")
    sheet.price.setText("6.50")
    sheet.barcode.setText("6901234567892")
    sheet.submit()
    qtbot.waitUntil(lambda: "酸奶" in names(screen))
    (row,) = around.context.shop.ask(products_page, ProductFilter("suannai")).rows
    assert (row.price_minor, row.barcode, row.unit) == (650, "6901234567892", "pc")
    qtbot.waitUntil(lambda: screen.panel._detail is not None and screen.panel._detail.row.id == row.id)


def test_the_tree_is_edited_in_its_sheet(
    screen: ProductsScreen, around: Surroundings, qtbot: QtBot, qapp: QApplication
) -> None:
    tree = lambda: [(n.name, n.depth) for n in around.context.shop.ask(category_tree).nodes]  # noqa: E731
    screen.open_categories()
    sheet = sheet_of(qapp, CategoriesSheet)
    food = sheet._tree.nodes[0]
    sheet.name.setText("饮料")
    sheet.under.set_value(food.id)
    qtbot.keyClick(sheet.name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: tree() == [("食品", 0), ("饮料", 1)])
    qtbot.waitUntil(lambda: len(sheet._tree.nodes) == 2)
    sheet._choose(sheet._tree.nodes[0])
    sheet.under.set_value(sheet._tree.nodes[1].id)  # under its own branch
    sheet._save.click()
    qtbot.waitUntil(lambda: "under itself" in sheet._trouble.label.text())
    sheet._remove(sheet._tree.nodes[1])
    qtbot.waitUntil(lambda: tree() == [("食品", 0)])
    sheet.reject()


def test_stock_is_one_step_away_and_agents_only_look(
    screen: ProductsScreen,
    around: Surroundings,
    goods: dict[str, int],
    qtbot: QtBot,
    qapp: QApplication,
    sqlite_shop: Shop,
    tmp_path: Path,
) -> None:
    shown(screen, qtbot, goods["矿泉水"])
    screen.panel.stock.click()
    assert around.went == [("inventory", goods["矿泉水"], {})]
    with surroundings(qapp, as_role(sqlite_shop, "cashier"), tmp_path) as looking:
        other = ProductsScreen(looking.context)
        qtbot.addWidget(other)
        looking.window(other, 1_400)
        qtbot.waitUntil(lambda: len(other.model.rows) == 3)
        shown(other, qtbot, goods["矿泉水"])
        assert not other.new.isEnabled()
        assert not other.panel.shelf.isEnabled()
        assert other.panel.form.name.isReadOnly()
        assert looking.refused == []


@pytest.mark.req("A1")
def test_who_may_only_browse_sees_the_list_and_no_sheet_behind_it(
    qtbot: QtBot, qapp: QApplication, sqlite_shop: Shop, goods: dict[str, int], tmp_path: Path
) -> None:
    with surroundings(qapp, as_role(sqlite_shop, "basic_agent"), tmp_path) as looking:
        other = ProductsScreen(looking.context)
        qtbot.addWidget(other)
        looking.window(other, 1_400)
        qtbot.waitUntil(lambda: len(other.model.rows) == 3)
        other.open_item(goods["矿泉水"])
        qtbot.waitUntil(lambda: looking.context.background.running == 0)
        assert "stock" not in [column.key for column in other.model.columns]
        assert other.panel.sku_id == 0
        assert other.panel._detail is None
        assert looking.refused == []


def test_goods_go_into_a_file(around: Surroundings, tmp_path: Path) -> None:
    file = tmp_path / "goods.csv"
    assert export_goods(around.context.shop, ProductFilter(), file, Progress()) == 3
    first = file.read_text("utf-8-sig").splitlines()[1]
    assert first == "ZH-0001,矿泉水,,Goods,食品,,件,2.00,Yes,9,9"


def test_tags_are_parted_by_any_mark() -> None:
    assert split_tags("夏天，冷藏、 早餐,夏天；x") == ("夏天", "冷藏", "早餐", "x")


def test_a_product_read_before_its_choices_is_not_taken_for_changed(
    around: Surroundings, goods: dict[str, int], qtbot: QtBot, sqlite_shop: Shop
) -> None:
    from desktop.queries.categories import category_tree
    from desktop.queries.product_detail import price_lists
    from desktop.views.products.panel import ProductPanel

    panel = ProductPanel(around.context)
    qtbot.addWidget(panel)
    panel.show_sku(goods["矿泉水"])
    qtbot.waitUntil(lambda: panel._came is not None)
    assert not panel.editing()
    panel.use(tree=sqlite_shop.ask(category_tree))
    panel.use(lists=sqlite_shop.ask(price_lists))
    assert panel._detail is not None
    assert not panel.editing()
