"""Settings, Currencies and Stored value: added, typed, tried, fetched; tiers with undo."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop.basics.ids import new_key
from desktop.queries.exchange import rate_source
from desktop.queries.stored_value import bonus_tiers
from desktop.services.checkout import save_checkout
from desktop.services.exchange import save_currency, type_rate
from desktop.services.settlement import TenderIn, settle
from desktop.shop.shop import Shop
from desktop.views.common.toast import host_of
from desktop.views.payments.foreign import ForeignList
from desktop.views.settings.currencies_page import CurrenciesPage
from desktop.views.settings.currency_sheets import CurrencySheet, RateSheet, SourceSheet
from desktop.views.settings.stored_page import StoredPage, TierSheet
from tests.helpers.goods import TEA, Stocked
from tests.helpers.rate_office import RateOffice
from tests.helpers.stage import Stage, open_stage


@pytest.fixture
def stage(qapp: QApplication, qtbot: QtBot, sqlite_shop: Shop, tmp_path: Path) -> Iterator[Stage]:
    """The owner."""
    yield from open_stage(qapp, qtbot, sqlite_shop, tmp_path)


def opened(stage: Stage) -> CurrenciesPage:
    """The page with its data."""
    page = stage.show(CurrenciesPage)
    page.load()
    stage.settle()
    return page


def add(stage: Stage, page: CurrenciesPage, code: str, rate: str = "", mode: str = "fixed") -> None:
    """Add a currency by its sheet."""
    page.add()
    sheet = stage.sheet(page, CurrencySheet)
    assert sheet.code is not None
    sheet.code.set_value(code)
    sheet.mode.set_value(mode)
    sheet.rate.setText(rate)
    sheet.primary.click()
    stage.until(lambda: not sheet.isVisible())
    stage.settle()


@pytest.mark.req("M6")
def test_a_currency_is_added_with_its_rate_and_another_is_typed_later(stage: Stage) -> None:
    page = opened(stage)
    add(stage, page, "USD", "7.1")
    assert [(row.code, row.fixed, row.mode) for row in page.rows] == [("USD", "7.1", "fixed")]
    page.type(page.rows[0])
    sheet = stage.sheet(page, RateSheet)
    assert sheet.rate.text() == "7.1"
    sheet.rate.setText("-7")
    sheet.primary.click()
    stage.settle()
    assert sheet.isVisible()  # refused, with the reason in the sheet
    sheet.rate.setText("7.25")
    sheet.primary.click()
    stage.until(lambda: not sheet.isVisible())
    stage.settle()
    assert page.rows[0].fixed == "7.25"
    page.add()
    again = stage.sheet(page, CurrencySheet)
    assert again.code is not None
    assert "USD" not in [again.code.itemData(i) for i in range(again.code.count())]
    again.reject()


@pytest.mark.req("M6")
def test_the_source_is_tried_before_it_is_kept(stage: Stage, rate_office: RateOffice) -> None:
    page = opened(stage)
    add(stage, page, "USD", mode="floating")
    assert [row.quote for row in page.rows] == [None]
    page.open_source()
    sheet = stage.sheet(page, SourceSheet)
    sheet.url.setText(rate_office.url)
    sheet.path.setText("quotes.{currency}")
    sheet.trial.click()
    stage.settle()
    assert "no rate where the path points to" in sheet.said.text()
    sheet.path.setText("rates.{currency}")
    sheet.trial.click()
    stage.settle()
    assert sheet.said.text() == "1 USD = 7.1025 CNY"
    assert stage.outside(lambda: stage.stocked.shop.ask(rate_source)).url == ""
    sheet.primary.click()
    stage.until(lambda: not sheet.isVisible())
    stage.settle()
    assert page.source is not None
    assert page.source.url == rate_office.url
    page.fetching.click()
    stage.settle()
    assert page.rows[0].quote is not None
    assert page.rows[0].quote.text == "7.1025"
    rate_office.rates["USD"] = 9
    page.fetching.click()
    stage.settle()
    assert page.rows[0].quote.text == "7.1025"
    assert page.rows[0].trouble


@pytest.mark.req("C14")
def test_a_tier_is_added_changed_removed_and_put_back(stage: Stage) -> None:
    page = stage.show(StoredPage)
    page.load()
    stage.settle()
    page.open(None)
    sheet = stage.sheet(page, TierSheet)
    sheet.start.setText("500")
    sheet.kind.set_value("share")
    sheet.kind.picked.emit("share")
    sheet.share.setText("10")
    sheet.primary.click()
    stage.until(lambda: not sheet.isVisible())
    stage.settle()
    assert [(t.from_minor, t.bonus_bp) for t in page.tiers] == [(50_000, 1_000)]
    page.open(page.tiers[0])
    sheet = stage.sheet(page, TierSheet)
    sheet.kind.set_value("sum")
    sheet.kind.picked.emit("sum")
    sheet.amount.setText("600")
    sheet.primary.click()
    stage.settle()
    assert sheet.isVisible()  # more than the top-up
    sheet.amount.setText("60")
    sheet.primary.click()
    stage.until(lambda: not sheet.isVisible())
    stage.settle()
    page.remove(page.tiers[0])
    stage.settle()
    assert page.tiers == ()
    host_of(page).undo_newest()
    stage.settle()
    tiers = stage.outside(lambda: stage.stocked.shop.ask(bonus_tiers))
    assert [(t.from_minor, t.bonus_minor, t.bonus_bp) for t in tiers] == [(50_000, 6_000, 0)]


@pytest.mark.req("M6", "M5")
def test_foreign_notes_have_a_tab_of_their_own_on_the_page_of_payments(stage: Stage) -> None:
    shop, stocked = stage.stocked.shop, stage.stocked
    stage.outside(lambda: shop.do(save_currency, "USD"))
    stage.outside(lambda: shop.do(type_rate, "USD", "7"))
    page = stage.show(ForeignList)
    page.load()
    stage.settle()
    assert page.currentWidget() is page.none  # nothing yet: the way to the settings
    stage.outside(lambda: sell_for_notes(stocked))
    page.load()
    stage.settle()
    assert page.currentWidget() is page.table
    (row,) = page.model.rows
    assert (row.currency, row.foreign_minor, row.rate, row.received_minor, row.refund) == (
        "USD",
        2_000,
        "7",
        14_000,
        False,
    )
    page._open(row.id)
    assert stage.went == [("orders", row.order_id, {})]


def sell_for_notes(stocked: Stocked) -> None:
    """Tea for twenty dollars."""
    key = new_key()
    version = stocked.kiosk.do(save_checkout, key, stocked.cart((TEA, 1)))
    tender = TenderIn("cash", 12_800, foreign_currency="USD", foreign_minor=2_000, rate="7")
    stocked.cashier.do(settle, key, [tender], version)
