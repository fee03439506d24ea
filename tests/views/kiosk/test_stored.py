"""Stored value at the kiosk: offered when it is enough, confirmed by its owner, settled without staff, left alone otherwise."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from desktop.basics.ids import new_key
from desktop.models.payments import Tender
from desktop.queries.stored_value import stored_facts
from desktop.queries.verify import verify
from desktop.services.stored_value import pay_out, top_up
from desktop.views.kiosk.bill import PayTiles
from desktop.views.kiosk.pages_pay import ConfirmPage
from desktop.views.kiosk.widgets import Tile
from tests.views.kiosk.conftest import Kiosk, aside
from tests.views.kiosk.test_sale import to_bill

DUE = 20_370  # the pictures' cart at the gold price


def fill(kiosk: Kiosk, minor: int) -> None:
    """The member tops up at the desk."""
    shop, lin = kiosk.stocked.cashier, kiosk.stocked.member_id
    aside(lambda: shop.do(top_up, lin, minor, "card", client_key=new_key()))


def has(kiosk: Kiosk) -> int:
    """What the member has."""
    facts = aside(lambda: kiosk.stocked.shop.ask(stored_facts, kiosk.stocked.member_id))
    return int(facts.balance.total_minor)


def tiles(kiosk: Kiosk) -> list[str]:
    """The ways to pay on the bill."""
    kiosk.settle_down()
    (shown,) = [one for one in kiosk.window.findChildren(PayTiles) if one.isVisible()]
    return [tile.text() for tile in shown.findChildren(Tile) if tile.isVisible()]


def chosen(kiosk: Kiosk) -> ConfirmPage:
    """The customer touched the tile."""
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.stored_offered)
    kiosk.sale.pay("stored_value")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "confirm" and not kiosk.sale.busy)
    kiosk.settle_down()
    page = kiosk.window.page
    assert isinstance(page, ConfirmPage)
    return page


def tenders(kiosk: Kiosk) -> list[tuple[str, int]]:
    """What stands in the books."""
    with kiosk.stocked.shop.storage.read.connect() as connection:
        rows = connection.execute(select(Tender.method_key, Tender.amount_minor))
        return [(row.method_key, row.amount_minor) for row in rows]


@pytest.mark.req("C14", "Q6")
def test_a_member_pays_from_stored_value_with_a_code_and_no_staff(kiosk: Kiosk) -> None:
    fill(kiosk, 30_000)
    kiosk.open()
    to_bill(kiosk)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.stored_offered)
    assert "储值" in tiles(kiosk) or "Stored value" in tiles(kiosk)
    chosen(kiosk)
    assert has(kiosk) == 30_000  # nothing before the word
    kiosk.sale.send_code()
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.code_sent and not kiosk.sale.busy)
    assert kiosk.pocket is not None
    kiosk.sale.type_code(kiosk.pocket.code)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "receipt")
    kiosk.settle_down()
    assert has(kiosk) == 30_000 - DUE
    assert tenders(kiosk) == [("stored_value", DUE)]
    assert aside(lambda: kiosk.stocked.shop.ask(verify)).faults == ()


@pytest.mark.req("C14")
def test_too_little_is_not_offered(kiosk: Kiosk) -> None:
    """The control: a cent less than is due."""
    fill(kiosk, DUE - 1)
    kiosk.open()
    to_bill(kiosk)
    kiosk.qtbot.waitUntil(lambda: bool(kiosk.sale.offers))
    assert not kiosk.sale.stored_offered
    assert not {"储值", "Stored value"} & set(tiles(kiosk))


@pytest.mark.req("C14")
def test_another_way_to_pay_leaves_it_alone(kiosk: Kiosk) -> None:
    fill(kiosk, 30_000)
    kiosk.open()
    to_bill(kiosk)
    page = chosen(kiosk)
    page._without()
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "bill")
    kiosk.sale.pay("card")
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "wait" and not kiosk.sale.busy)
    assert kiosk.sale.stored == 0
    kiosk.settle_down()
    assert has(kiosk) == 30_000


@pytest.mark.req("C14")
def test_what_is_gone_meanwhile_is_said_and_the_bill_stays(kiosk: Kiosk) -> None:
    fill(kiosk, 30_000)
    kiosk.open()
    to_bill(kiosk)
    chosen(kiosk)
    shop, lin = kiosk.stocked.shop, kiosk.stocked.member_id
    aside(lambda: shop.do(pay_out, lin, 29_000, "card", "moves away", client_key=new_key()))
    kiosk.sale.send_code()
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.code_sent and not kiosk.sale.busy)
    assert kiosk.pocket is not None
    kiosk.sale.type_code(kiosk.pocket.code)
    kiosk.qtbot.waitUntil(lambda: kiosk.sale.page == "bill" and not kiosk.sale.busy)
    kiosk.settle_down()
    assert (has(kiosk), tenders(kiosk)) == (1_000, [])
    assert not kiosk.sale.stored_offered
