"""The import wizard and the paste sheet over a real shop."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.queries.imports import import_runs
from desktop.queries.products import ProductFilter, products_page
from desktop.shop.shop import Shop
from desktop.views.common.cards import hbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Confirm
from desktop.views.common.export_sheet import ExportSheet
from desktop.views.imports.screen import ImportsScreen
from desktop.views.imports.wizard import CHECK, COLUMNS, DONE, FILES, TemplateSheet
from desktop.views.orders.order_sheet import OrderSheet
from desktop.views.orders.paste_sheet import PasteSheet, is_order
from tests.helpers.goods import CAKE, MILK, TEA, Stocked, as_role, open_stocked
from tests.helpers.screens import Surroundings, sheet_of, surroundings

GOODS = "商品名称,编码,售价,供货商\n绿豆糕,N1,12.00,青禾\n桂花糕,N2,1x,青禾\n龙须酥,N3,9.90,青禾\n"


@pytest.fixture
def stocked(sqlite_shop: Shop) -> Stocked:
    """The pictures' shop."""
    return open_stocked(sqlite_shop)


@pytest.fixture
def here(stocked: Stocked, qapp: QApplication, tmp_path: Path) -> Iterator[Surroundings]:
    """The owner's surroundings."""
    with surroundings(qapp, stocked.shop, tmp_path) as made:
        yield made


@pytest.fixture
def context(here: Surroundings) -> Context:
    """What the screens are handed."""
    return here.context


def quiet(qtbot: QtBot, context: Context) -> None:
    """Wait until nothing is asked or done any more."""
    qtbot.waitUntil(lambda: context.background.running == 0, timeout=20_000)


@pytest.fixture
def screen(qtbot: QtBot, context: Context) -> ImportsScreen:
    """The screen, shown and loaded."""
    made = ImportsScreen(context)
    qtbot.addWidget(made)
    made.resize(1064, 640)
    made.show()
    quiet(qtbot, context)
    return made


def written(path: Path, text: str = GOODS) -> Path:
    """A file with this text."""
    path.write_text(text, encoding="gb18030")
    return path


def drop(widget: QWidget, *paths: Path) -> None:
    """Drop files on a widget as a file manager would."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    actions, button, keys = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    widget.dropEvent(QDropEvent(QPointF(5, 5), actions, data, button, keys))


@pytest.mark.req("O12")
def test_from_a_dropped_file_to_goods_and_back(
    qtbot: QtBot, context: Context, screen: ImportsScreen, stocked: Stocked, tmp_path: Path
) -> None:
    wizard = screen.wizard
    screen.new.click()
    assert wizard.stack.currentIndex() == FILES
    drop(wizard.files.zone, written(tmp_path / "goods.csv"))
    quiet(qtbot, context)
    assert (wizard.stack.currentIndex(), wizard.desk.kind) == (COLUMNS, "goods")
    assert wizard.columns.given() == {"商品名称": "name", "编码": "code", "售价": "price", "供货商": ""}
    wizard.next.click()
    quiet(qtbot, context)
    assert wizard.stack.currentIndex() == CHECK
    assert [(row.line, row.cells) for row in wizard.check.model.rows] == [(3, "桂花糕 · N2 · 1x · 青禾")]
    assert "2" in wizard.next.text()
    wizard.check.whole.setChecked(True)
    assert not wizard.next.isEnabled(), "one refused row and all or nothing: there is nothing to press"
    wizard.check.good.setChecked(True)
    wizard.next.click()
    quiet(qtbot, context)
    assert wizard.stack.currentIndex() == DONE
    assert names(stocked) >= {"绿豆糕", "龙须酥"}
    wizard.done.undo.click()
    quiet(qtbot, context)
    assert not names(stocked) & {"绿豆糕", "龙须酥"}
    assert [run.state for run in stocked.shop.ask(import_runs).rows] == ["undone"]


def names(stocked: Stocked) -> set[str]:
    """Goods of the shop."""
    return {row.name for row in stocked.shop.ask(products_page, ProductFilter(), None, sort="code").rows}


@pytest.mark.req("O12")
def test_other_columns_are_chosen_by_hand_and_remembered(
    qtbot: QtBot, context: Context, screen: ImportsScreen, tmp_path: Path
) -> None:
    path = written(tmp_path / "x.csv", "Artikel,Preis\nMilch,1.20\n")
    screen.begin("goods")
    for again in (False, True):
        screen.wizard.open_files([path], "goods")
        quiet(qtbot, context)
        assert screen.wizard.next.isEnabled() is again
        if not again:
            assert screen.wizard.columns.problem.isVisible()
            for name, field in (("Artikel", "name"), ("Preis", "price")):
                screen.wizard.columns._choices[0, name].set_value(field)
            screen.wizard.columns.changed.emit()
            quiet(qtbot, context)
        for _step in range(2):
            screen.wizard.next.click()
            quiet(qtbot, context)
        assert screen.wizard.report is not None
        assert (screen.wizard.report.made, screen.wizard.report.same) == ((0, 1) if again else (1, 0))
        screen.begin("goods")


@pytest.mark.req("O12")
def test_the_list_takes_an_import_back_after_asking(
    qtbot: QtBot,
    qapp: QApplication,
    context: Context,
    screen: ImportsScreen,
    stocked: Stocked,
    tmp_path: Path,
) -> None:
    from desktop.services.imports.desk import bring_in

    bring_in(stocked.shop, "goods", [written(tmp_path / "goods.csv")])
    screen.show_list()
    quiet(qtbot, context)
    (run,) = screen.runs.model.rows
    assert (run.file_name, run.made, run.refused) == ("goods.csv", 2, 1)
    screen.runs.view.go_to(run.id)
    screen.runs.undo.click()
    sheet_of(qapp, Confirm).submit()
    quiet(qtbot, context)
    qtbot.waitUntil(lambda: bool(screen.runs.model.rows) and screen.runs.model.rows[0].state == "undone")
    assert not screen.runs.undo.isEnabled()


def test_a_file_that_is_none_says_so_and_the_wizard_stays(
    qtbot: QtBot, here: Surroundings, screen: ImportsScreen, tmp_path: Path
) -> None:
    path = tmp_path / "old.xls"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 50)
    screen.begin()
    screen.wizard.open_files([path])
    quiet(qtbot, here.context)
    assert screen.wizard.stack.currentIndex() == FILES
    assert here.refused
    assert "XLS" in here.refused[0]


def test_templates_and_refused_rows_are_written(
    qtbot: QtBot, qapp: QApplication, context: Context, screen: ImportsScreen, tmp_path: Path
) -> None:
    screen.begin()
    screen.wizard.files.template.emit("members", "xlsx")
    sheet = sheet_of(qapp, TemplateSheet)
    sheet.file.entry.setText(str(tmp_path / "t.xlsx"))
    sheet.submit()
    quiet(qtbot, context)
    assert (tmp_path / "t.xlsx").stat().st_size > 1_000
    screen.wizard.open_files([written(tmp_path / "g.csv")])
    quiet(qtbot, context)
    screen.wizard.next.click()
    quiet(qtbot, context)
    screen.wizard.check.export.click()
    out = sheet_of(qapp, ExportSheet)
    out.file.entry.setText(str(tmp_path / "bad.csv"))
    out.submit()
    quiet(qtbot, context)
    assert "桂花糕" in (tmp_path / "bad.csv").read_text(encoding="utf-8-sig")


def test_who_may_not_import_sees_no_button(qtbot: QtBot, context: Context, stocked: Stocked) -> None:
    from desktop.views.common.import_button import import_button

    holder = QWidget()
    qtbot.addWidget(holder)
    other = as_role(stocked.shop, "cashier")
    other.learn_rights()
    row = hbox(holder)
    for shop, seen in ((stocked.shop, True), (other, False)):
        context.shop = shop
        button = import_button(context, "goods")
        row.addWidget(button)
        assert button.isVisibleTo(holder) is seen


# -- paste to order -------------------------------------------------------------------------------------------


@pytest.mark.req("R12")
def test_a_message_becomes_an_order_and_unsure_lines_wait(
    qtbot: QtBot, qapp: QApplication, context: Context, stocked: Stocked
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1280, 720)
    window.show()
    made: list[int] = []
    order = OrderSheet(window, context, made.append)
    order.open()
    quiet(qtbot, context)
    order.paste.click()
    sheet = sheet_of(qapp, PasteSheet)
    sheet.entry.setPlainText("龙井2罐，云片糕 一盒、口香糖3 送到桂花路18号 13805716621 林小姐")
    qtbot.waitUntil(lambda: len(sheet.rows) == 3)
    quiet(qtbot, context)
    assert [row.sure for row in sheet.rows.values()] == [False, True, False]
    assert sheet.model.checked == {2}, "only the sure line is ticked"
    sheet.model.check([3], True)
    assert 3 not in sheet.model.checked, "what has no goods can't be taken"
    sheet.view.go_to(1)
    sheet.model.check([1], True)
    quiet(qtbot, context)
    sheet.submit()
    quiet(qtbot, context)
    assert [(line.sku_id, line.qty_milli) for line in order.lines] == [
        (stocked.skus[TEA], 2_000), (stocked.skus[CAKE], 1_000)
    ]  # fmt: skip
    assert (order._who.member_id, order.address.value()) == (stocked.member_id, "桂花路18号")
    order.submit()
    quiet(qtbot, context)
    assert len(made) == 1


@pytest.mark.req("R12")
def test_a_thousand_lines_are_taken_without_drawing_them_all(
    qtbot: QtBot, qapp: QApplication, context: Context, stocked: Stocked
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    order = OrderSheet(window, context, lambda _id: None)
    order.open()
    quiet(qtbot, context)
    order.paste.click()
    sheet = sheet_of(qapp, PasteSheet)
    sheet.entry.setPlainText("鲜牛奶 1瓶\n" * 1_000)
    qtbot.waitUntil(lambda: len(sheet.rows) == 1_000, timeout=10_000)
    quiet(qtbot, context)
    assert len(sheet.model.checked) == 1_000
    sheet.submit()
    quiet(qtbot, context)
    (line,) = order.lines
    assert (line.sku_id, line.qty_milli) == (stocked.skus[MILK], 1_000_000)
    order.reject()


@pytest.mark.parametrize(
    ("text", "order"),
    [("龙井", False), ("龙井2罐，云片糕一盒", True), ("a\tb", True), ("6901000010036", False)],
)
def test_what_looks_like_an_order(text: str, order: bool) -> None:
    assert is_order(text) is order


@pytest.mark.req("R12")
def test_other_names_are_typed_at_the_goods(qtbot: QtBot, context: Context, stocked: Stocked) -> None:
    from desktop.queries.paste import aliases_of
    from desktop.views.products.other_names import OtherNames

    part = OtherNames(context)
    qtbot.addWidget(part)
    part.show()
    part.show_goods(stocked.skus[MILK])
    quiet(qtbot, context)
    part.names.setText("早餐奶 牛奶")
    part.save.click()
    quiet(qtbot, context)
    assert [name for _id, name in stocked.shop.ask(aliases_of, stocked.skus[MILK])] == ["早餐奶", "牛奶"]
