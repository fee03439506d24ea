"""The after-sales screen: a case from its order to its end by the buttons, what a role may not, papers and files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from desktop.models.after_sales import KINDS, MOST_PHOTOS, STATE_WORDS
from desktop.pricing.cart import CartLine
from desktop.queries.after_sale_detail import case_detail
from desktop.queries.after_sale_offer import case_offer
from desktop.queries.after_sales import TABS, CaseFilter, case_counts, cases_page
from desktop.services.after_sale_export import export_cases
from desktop.services.export import Progress
from desktop.services.fulfilment import cancel_order
from tests.helpers.after_sales import approve, arrive, ask, case_of, shipped
from tests.helpers.back_office import order_of, placed
from tests.helpers.goods import MILK, NUTS, Stocked, open_stocked
from tests.helpers.stage import Stage, open_stage

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication
    from pytestqt.qtbot import QtBot

    from desktop.shop.shop import Shop


@pytest.fixture
def stage(qapp: QApplication, qtbot: QtBot, sqlite_shop: Shop, tmp_path: Path) -> Iterator[Stage]:
    """A shop and its owner."""
    yield from open_stage(qapp, qtbot, sqlite_shop, tmp_path)


def shown(stage: Stage) -> Any:
    """The screen with its data, as wide as the list and its panel need."""
    from desktop.views.aftersales.screen import AftersalesScreen

    return stage.show(AftersalesScreen, 1_400)


@pytest.mark.req("O15")
def test_a_return_goes_from_its_number_to_its_end_by_the_primary_button(stage: Stage) -> None:
    from desktop.views.aftersales.sheets import ArriveSheet, NumberSheet, SettleSheet
    from desktop.views.common.after_sale_sheet import AfterSaleSheet

    order_id = stage.outside(lambda: shipped(stage.stocked, (MILK, 2)))
    screen = shown(stage)
    screen.new.click()
    number = stage.sheet(screen, NumberSheet)
    number.number.setText(stage.outside(lambda: order_of(stage.stocked, order_id)).short_code)
    number.primary.click()
    stage.until(lambda: screen.findChildren(AfterSaleSheet))
    sheet = stage.sheet(screen, AfterSaleSheet)
    sheet.note.setPlainText("盖子裂了")
    sheet.primary.click()
    stage.until(lambda: screen.panel.case is not None and screen.panel.case.state == "asked")
    assert screen.panel.case.lines[0].qty_milli == 2_000  # a single line starts with all of it
    screen.panel.primary.click()
    stage.until(lambda: screen.panel.case.state == "awaited")
    screen.panel.primary.click()
    counting = stage.sheet(screen, ArriveSheet)
    (came, bad), *_rest = counting.counts.values()
    bad.put(3_000)
    counting.primary.click()
    assert counting.isVisible()  # more damaged than arrived
    bad.put(1_000)
    counting.primary.click()
    stage.until(lambda: screen.panel.case.state == "received")
    screen.panel.primary.click()
    settling = stage.sheet(screen, SettleSheet)
    stage.until(settling.primary.isEnabled)
    settling.primary.click()
    stage.until(lambda: screen.panel.case.state == "closed")
    assert screen.panel.case.refunded_minor == 2 * 1690
    assert stage.refused == []


@pytest.mark.req("O15")
def test_an_exchange_shows_its_difference_before_it_is_made(stage: Stage) -> None:
    from desktop.views.aftersales.sheets import SettleSheet

    def prepare() -> int:
        order_id = shipped(stage.stocked, (MILK, 1), member_id=stage.stocked.member_id)
        goods = (CartLine(stage.stocked.skus[NUTS], "", 1_000),)
        case = ask(stage.stocked, order_id, "exchange", 1, goods=goods)
        approve(stage.stocked, case.case_id)
        arrive(stage.stocked, case.case_id, order_id, (1, 0))
        return case.case_id

    case_id = stage.outside(prepare)
    screen = shown(stage)
    screen.open_item(case_id)
    stage.until(lambda: screen.panel.case is not None)
    screen.panel.primary.click()
    sheet = stage.sheet(screen, SettleSheet)
    stage.until(lambda: sheet.preview is not None)
    assert sheet.preview.exchange.difference_minor == 3990 - 1690
    stage.until(sheet.primary.isEnabled)
    sheet.primary.click()
    stage.until(lambda: screen.panel.case.replacement_id is not None)
    assert screen.panel.case.state == "settled"
    screen.panel.primary.click()  # nothing is left to do
    stage.until(lambda: screen.panel.case.state == "closed")


@pytest.mark.req("O15")
def test_the_order_offers_after_sales_and_leads_to_the_case(stage: Stage) -> None:
    from desktop.views.common.after_sale_sheet import MONEY, AfterSaleSheet
    from desktop.views.orders.screen import OrdersScreen

    order_id = stage.outside(lambda: shipped(stage.stocked, (MILK, 2)))
    screen = stage.show(OrdersScreen, 1_400)
    screen.open_item(order_id)
    stage.until(lambda: screen.panel.order is not None and screen.panel.isVisible())
    screen.act("aftersales")
    stage.until(lambda: screen.findChildren(AfterSaleSheet))
    sheet = stage.sheet(screen, AfterSaleSheet)
    sheet.kind.set_value(MONEY)
    sheet._show_kind()
    [amount] = sheet.amounts.values()
    amount.put(99_999)
    sheet.primary.click()
    assert sheet.isVisible()  # more than was paid
    amount.put(500)
    sheet.primary.click()
    stage.until(lambda: stage.outside(lambda: stage.context.shop.ask(case_counts))["approve"] == 1)
    assert not sheet.isVisible()


@pytest.mark.req("O15", "M10")
def test_a_cashier_sees_cases_and_can_do_nothing_about_them(
    qapp: QApplication, qtbot: QtBot, sqlite_shop: Shop, tmp_path: Path
) -> None:
    for stage in open_stage(qapp, qtbot, sqlite_shop, tmp_path, staff_id=0):
        _as_cashier(stage)


def _as_cashier(stage: Stage) -> None:
    stage.outside(lambda: ask(stage.stocked, shipped(stage.stocked, (MILK, 1)), "return", 1))
    screen = shown(stage)
    stage.until(lambda: screen.panel.case is not None)
    assert not screen.panel.primary.isEnabled()
    assert not screen.new.isEnabled()
    screen.act("approve")
    stage.settle()
    assert screen.panel.case.state == "asked"


@pytest.mark.req("O15")
def test_an_order_that_is_not_paid_is_said_to_have_no_after_sales(stage: Stage) -> None:
    from desktop.views.common.after_sale_sheet import AfterSaleSheet

    order_id = stage.outside(lambda: placed(stage.stocked, (MILK, 1)))
    screen = shown(stage)
    screen._offer(order_id)
    stage.settle()
    assert not screen.findChildren(AfterSaleSheet)
    stage.outside(lambda: stage.stocked.shop.do(cancel_order, order_id))
    assert stage.outside(lambda: stage.stocked.shop.ask(case_offer, order_id)).lines == ()


@pytest.mark.req("O15")
def test_slip_and_list_say_what_comes_back_and_the_file_holds_every_case(
    stage: Stage, tmp_path: Path
) -> None:
    from desktop.views.aftersales.paper import list_lines, slip_lines

    def prepare() -> Any:
        case = ask(stage.stocked, shipped(stage.stocked, (MILK, 2)), "return", 2, tracking="SF77")
        shop = stage.stocked.shop
        wrote = export_cases(shop, CaseFilter("all"), tmp_path / "cases.csv", Progress())
        return case, shop.ask(case_detail, case.case_id), shop.ask(cases_page, CaseFilter("all")).rows, wrote

    case, detail, rows, wrote = stage.outside(prepare)
    words = " ".join(f"{line.left} {line.right}" for line in slip_lines(detail, stage.context))
    assert all(part in words for part in (case.code, "鲜牛奶", "SF77", "2"))
    assert case.code in " ".join(line.left for line in list_lines(rows, stage.context))
    assert (wrote, case.code in (tmp_path / "cases.csv").read_text("utf-8-sig")) == (1, True)


def test_a_photo_bomb_is_refused_and_a_photo_is_taken(stage: Stage, tmp_path: Path) -> None:
    from desktop.views.common.photo_strip import PhotoStrip

    bomb, fine = tmp_path / "bomb.png", tmp_path / "fine.png"
    Image.new("1", (9_000, 9_000)).save(bomb)
    Image.new("RGB", (900, 600), "red").save(fine)
    strip = PhotoStrip(stage.context, 2)
    stage.qtbot.addWidget(strip)
    for file in (bomb, fine):
        strip.take(str(file))
        stage.settle()
    stage.until(lambda: len(strip.photos) == 1)
    with Image.open(tmp_path / "fine.png") as kept:
        assert kept.size == (900, 600)


def test_every_state_stands_under_a_tab_and_every_kind_has_its_words(sqlite_shop: Shop) -> None:
    from desktop.views.aftersales.panel import NEXT
    from desktop.views.aftersales.sheets import WHAT
    from desktop.views.aftersales.table import LOOKS
    from desktop.views.common.after_sale_sheet import HINTS, MONEY
    from desktop.views.common.after_sale_sheet import MOST_PHOTOS as SHOWN

    stocked: Stocked = open_stocked(sqlite_shop)
    ended = set(TABS["ended"])
    assert set(STATE_WORDS) == set(LOOKS) == set(TABS["waiting"]) | ended
    assert set(NEXT) == set(STATE_WORDS) - ended
    assert set(WHAT) == set(KINDS) == set(HINTS) - {MONEY}
    assert SHOWN == MOST_PHOTOS
    case = ask(stocked, shipped(stocked, (MILK, 1)), "refund", 1)
    counts = stocked.shop.ask(case_counts)
    assert (counts["approve"], counts["waiting"], counts["ended"], counts["all"]) == (1, 1, 0, 1)
    assert case_of(stocked, case.case_id).state == "asked"


def test_a_photo_is_looked_at_large_and_taken_out_and_a_copied_one_is_taken(stage: Stage) -> None:
    from PySide6.QtGui import QColor, QImage

    from desktop.views.common.buttons import Button
    from desktop.views.common.photo_strip import PhotoSheet, PhotoStrip, from_clipboard

    copied = QImage(300, 200, QImage.Format.Format_RGB32)
    copied.fill(QColor("green"))
    strip = PhotoStrip(stage.context, 2)
    stage.qtbot.addWidget(strip)
    strip.show()
    strip.show_photos([from_clipboard(copied)], can_remove=True)
    strip._look(0)
    sheet = stage.sheet(strip, PhotoSheet)
    out = next(b for b in sheet.findChildren(Button) if "Take this photo out" in b.text())
    out.click()
    assert strip.photos == []
    stage.until(lambda: not sheet.isVisible())
