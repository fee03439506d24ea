"""The restock list becomes purchase orders; letters leave with the PDF; late orders set rules off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest

from desktop.basics.clock import HandClock
from desktop.basics.errors import Refused
from desktop.basics.i18n import speaking
from desktop.basics.ids import new_key
from desktop.models.purchasing import arrival
from desktop.models.settings import ALERT_AT, BUY_BY_ITSELF, RESTOCK_DAYS, SEND_UNDER
from desktop.queries.purchasing import LATE, PurchaseFilter, purchase_sheet, purchases_page
from desktop.queries.replenishment import RestockList, open_restock, restock_costs
from desktop.queries.stock import stock_of
from desktop.queries.today import today
from desktop.services.purchase_papers import order_paper, pdf_of
from desktop.services.purchasing import BY_HAND, BY_MAIL, make_order, send_order, set_expected
from desktop.services.replenishment import change_quantity, draft_now
from desktop.services.restock_orders import choose_supplier, order_list, take_list_back
from desktop.services.sending import Gateways, send_due
from desktop.services.settings import set_setting
from desktop.services.stock import Levels, set_levels
from desktop.services.suppliers import (
    PriceForm,
    SupplierForm,
    price_at,
    save_price,
    save_supplier,
    switch_supplier,
)
from desktop.services.ways_out import MailForm, save_mail_server
from desktop.shop.shop import Shop
from tests.helpers.goods import new_goods, set_up
from tests.helpers.post_office import PASSWORD, USER, PostOffice, free_port, trust
from tests.helpers.rules import clockwork, new_rule, only, told
from tests.services.test_purchasing import DAIRY, Bought
from tests.services.test_purchasing import bought as bought  # noqa: PLC0414 - the fixture
from tests.services.test_replenishment import sell

PIECE = 1_000


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are read in English here."""
    with speaking("en"):
        yield


@pytest.fixture
def short(shop: Shop) -> dict[str, int]:
    """Milk, cake and salt under their minimum; the first two have suppliers. SKUs by name."""
    set_up(shop)
    shop.do(set_setting, RESTOCK_DAYS.key, 7)
    shop.do(set_setting, ALERT_AT.key, 0)
    made = {name: new_goods(shop, name, 1_690, pieces=8) for name in ("鲜牛奶", "云片糕", "盐")}
    shop.do(
        set_levels, Levels(minimum_milli=10 * PIECE, safety_milli=20 * PIECE), sku_ids=list(made.values())
    )
    for sku in made.values():
        sell(shop, sku, 61, days=10)
    dairy = shop.do(save_supplier, None, DAIRY)
    bakery = shop.do(save_supplier, None, SupplierForm("糕点坊", lead_days=2, least_minor=100_000))
    shop.do(save_price, dairy, PriceForm(made["鲜牛奶"], 6_200, 5 * PIECE, steps=((20, 6_000),)))
    shop.do(save_price, bakery, PriceForm(made["云片糕"], 29_000, 20 * PIECE))
    return made | {"dairy": dairy, "bakery": bakery}


def found(shop: Shop) -> RestockList:
    """The open list."""
    made = shop.ask(open_restock)
    assert made is not None
    return made


@pytest.mark.req("I4")
def test_quantities_come_in_packs_grouped_by_supplier(shop: Shop, short: dict[str, int]) -> None:
    shop.do(draft_now)
    groups = {
        group.name: [line.wanted_milli // PIECE for line in group.lines] for group in found(shop).groups
    }
    assert groups == {"光明乳业": [55], "糕点坊": [60], "": [55]}  # packs of 5, packs of 20, none
    costs = shop.ask(restock_costs, found(shop).id)
    assert costs.of_sku[short["鲜牛奶"]] == (6_200, 5 * PIECE)
    assert costs.least == {short["bakery"]: 100_000}
    line = next(line for line in found(shop).lines if line.supplier == "光明乳业")
    shop.do(change_quantity, line.id, 96 * PIECE)  # whole packs, and the price of so many
    changed = next(row for row in found(shop).lines if row.id == line.id)
    assert changed.wanted_milli == 100 * PIECE
    assert shop.ask(restock_costs, found(shop).id).of_sku[short["鲜牛奶"]] == (6_000, 5 * PIECE)


@pytest.mark.req("I4")
def test_goods_with_a_long_way_are_bought_before_they_are_short(shop: Shop, short: dict[str, int]) -> None:
    far = new_goods(shop, "茶", 1_690, pieces=14)
    shop.do(set_levels, Levels(minimum_milli=10 * PIECE, safety_milli=24 * PIECE), sku_ids=[far])
    sell(shop, far, 34, days=10)
    shop.do(draft_now)
    assert far not in {line.sku_id for line in found(shop).lines}  # the control: 14 are enough for today
    garden = shop.do(save_supplier, None, SupplierForm("茶行", lead_days=3))
    shop.do(save_price, garden, PriceForm(far, 27_250, 10 * PIECE))
    shop.do(draft_now)
    line = next(line for line in found(shop).lines if line.sku_id == far)
    assert (line.lead_days, line.wanted_milli) == (3, 40 * PIECE)  # 3.4 × 7 + 24 − 14 = 33.8


@pytest.mark.req("I4")
def test_one_press_makes_an_order_for_each_supplier_and_the_rest_waits(
    shop: Shop, short: dict[str, int]
) -> None:
    shop.do(draft_now)
    first = found(shop).id
    made = shop.do(order_list, first, client_key="k")
    assert (len(made.orders), made.left) == (2, 1)
    assert shop.do(order_list, first, client_key="k") == made  # a second press
    sheets = [shop.ask(purchase_sheet, order) for order in made.orders]
    totals = sorted((sheet.supplier, sheet.total_minor, sheet.state) for sheet in sheets if sheet)
    assert totals == sorted([("光明乳业", 68_200, "draft"), ("糕点坊", 87_000, "draft")])
    assert [line.name for line in found(shop).lines] == ["盐"]
    assert shop.ask(stock_of, short["鲜牛奶"]).coming_milli == 0  # drafts are not on their way
    shop.do(take_list_back, first)
    assert found(shop).id == first
    assert len(found(shop).lines) == 3
    assert not shop.ask(purchases_page, PurchaseFilter()).rows
    again = shop.do(order_list, first, client_key=new_key())
    shop.do(send_order, again.orders[0], BY_HAND)
    with pytest.raises(Refused, match="was sent"):
        shop.do(take_list_back, first)
    assert shop.ask(stock_of, short["鲜牛奶"]).coming_milli == 55 * PIECE


@pytest.mark.req("I4")
def test_goods_nobody_sells_get_a_supplier_on_the_list(shop: Shop, short: dict[str, int]) -> None:
    for supplier in ("dairy", "bakery"):
        shop.do(switch_supplier, short[supplier], False)
    shop.do(draft_now)
    with pytest.raises(Refused, match="None of these goods"):
        shop.do(order_list, found(shop).id, client_key=new_key())
    salt = next(line for line in found(shop).lines if line.sku_id == short["盐"])
    sea = shop.do(save_supplier, None, SupplierForm("盐业"))
    price = shop.do(save_price, sea, PriceForm(short["盐"], 1_000, 24 * PIECE))
    shop.do(choose_supplier, salt.id, price)
    line = next(line for line in found(shop).lines if line.id == salt.id)
    assert (line.supplier, line.wanted_milli) == ("盐业", 72 * PIECE)


@pytest.mark.req("I4")
@pytest.mark.parametrize(("how", "states"), [("list", []), ("draft", ["draft", "draft"])])
def test_the_clock_makes_of_the_list_what_the_setting_says(
    shop: Shop, short: dict[str, int], clock: HandClock, how: str, states: list[str]
) -> None:
    shop.do(set_setting, BUY_BY_ITSELF.key, how)
    alarm = clockwork(shop)
    only(shop, "replenishment")
    clock.pass_time(timedelta(days=1))
    alarm.look()
    assert [row.state for row in shop.ask(purchases_page, PurchaseFilter()).rows] == states
    assert told(shop)[0][0] == "staff:1"


@pytest.mark.req("I4")
def test_the_clock_sends_what_is_small_enough_and_large_enough_by_itself(
    shop: Shop, short: dict[str, int], clock: HandClock
) -> None:
    office = PostOffice(free_port())
    save_mail_server(shop, MailForm("127.0.0.1", office.port, "starttls", USER, USER, PASSWORD))
    shop.do(
        save_supplier, short["bakery"], SupplierForm("糕点坊", email="cake@example.com", least_minor=100_000)
    )
    shop.do(set_setting, BUY_BY_ITSELF.key, "send")
    shop.do(set_setting, SEND_UNDER.key, 90_000)
    alarm = clockwork(shop)
    only(shop, "replenishment")
    clock.pass_time(timedelta(days=1))
    alarm.look()
    rows = {row.supplier: row.state for row in shop.ask(purchases_page, PurchaseFilter()).rows}
    assert rows == {"光明乳业": "sent", "糕点坊": "draft"}  # the bakery's is under its least value


@pytest.mark.req("I8")
def test_the_letter_leaves_once_with_the_pdf(bought: Bought, clock: HandClock) -> None:
    shop, office = bought.shop, PostOffice(free_port())
    save_mail_server(shop, MailForm("127.0.0.1", office.port, "starttls", USER, USER, PASSWORD))
    order = shop.do(make_order, bought.supplier, bought.lines(), client_key=new_key())
    nobody = shop.do(save_supplier, None, replace(DAIRY, name="无邮箱", email=""))
    other = shop.do(make_order, nobody, bought.lines(), client_key=new_key())
    with pytest.raises(Refused, match="no e-mail address"):
        shop.do(send_order, other, BY_MAIL)
    shop.do(send_order, order, BY_MAIL)
    assert bought.sheet(order).mail == "waiting"
    with office.open("starttls"):
        assert send_due(shop, gateways=Gateways(trust())).done == 1
        assert send_due(shop, gateways=Gateways(trust())).done == 0
    (letter,) = office.letters
    assert isinstance(letter, EmailMessage)
    assert letter["To"] == "milk@example.com"
    (file,) = letter.iter_attachments()
    assert file.get_content().startswith(b"%PDF-")
    assert file.get_filename() == f"{bought.sheet(order).code}.pdf"
    assert bought.sheet(order).mail == "done"


@pytest.mark.req("I8")
def test_a_late_order_is_a_thing_to_do_and_sets_its_rule_off_once(bought: Bought, clock: HandClock) -> None:
    shop = bought.shop
    alarm = clockwork(shop)
    only(shop)
    new_rule(shop, "purchase_late", days=2)
    order = bought.sent()  # expected tomorrow
    clock.pass_time(timedelta(days=2))
    alarm.look()
    assert not told(shop)  # the control: one day late is not two
    assert [todo.kind for todo in shop.ask(today) if todo.kind == "purchase_late"]
    clock.pass_time(timedelta(days=1))
    alarm.look()
    alarm.look()
    assert [receiver for receiver, _channel, _state in told(shop)] == ["staff:1"]
    day = clock.now().date() + timedelta(days=1)
    shop.do(set_expected, order, day)
    assert not shop.ask(purchases_page, PurchaseFilter(LATE)).rows
    clock.pass_time(timedelta(days=4))
    alarm.look()
    assert len(told(shop)) == 2  # another day was promised, and it passed too


ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("local", "lead", "days", "cut_off", "there"),
    [
        ("2026-11-20 09:00", 1, "", None, "2026-11-21"),
        ("2026-11-20 19:00", 1, "", 18 * 60, "2026-11-22"),  # after the cut-off tomorrow counts
        ("2026-11-20 09:00", 2, "024", None, "2026-11-22"),  # a Friday on which orders are taken
        ("2026-11-20 19:00", 2, "024", 18 * 60, "2026-11-25"),  # … too late: Monday
        ("2026-11-20 09:00", 0, "", None, "2026-11-20"),
    ],
)
def test_when_goods_arrive(local: str, lead: int, days: str, cut_off: int | None, there: str) -> None:
    moment = datetime.fromisoformat(local).replace(tzinfo=ZONE)
    assert arrival(moment, lead, days, cut_off) == date.fromisoformat(there)


@pytest.mark.parametrize(("packs", "price"), [(1, 100), (9, 100), (10, 90), (49, 90), (50, 80)])
def test_the_price_of_more_packs_is_that_of_the_last_step_reached(packs: int, price: int) -> None:
    assert price_at(100, ((10, 90), (50, 80)), packs) == price


@pytest.mark.req("I8")
def test_the_paper_holds_the_order_in_the_suppliers_language(bought: Bought) -> None:
    order = bought.sent()
    bought.shop.do(save_supplier, bought.supplier, replace(DAIRY, language="en"))
    paper = bought.shop.ask(order_paper, order)
    assert paper is not None
    assert (paper.language, paper.email, paper.total_minor) == ("en", "milk@example.com", 25_800)
    data = pdf_of(paper)
    assert data.startswith(b"%PDF-")
    assert len(data) < 200_000  # only the letters it needs
