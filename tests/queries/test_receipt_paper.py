"""A receipt on 58 and 80 mm paper: every line fits, every figure is there, no personal data beyond the tail."""

from __future__ import annotations

import pytest

from desktop.basics.i18n import set_language
from desktop.basics.paper import COLUMNS, width
from desktop.gateways.escpos_bytes import Look, job
from desktop.queries.order_looks import tidy_number
from desktop.queries.receipt_paper import receipt_lines
from desktop.queries.receipt_template import Template
from desktop.queries.receipts import receipt
from desktop.shop.shop import Shop
from tests.helpers.goods import PHONE, open_stocked
from tests.helpers.sales import sell


@pytest.mark.req("Q6")
@pytest.mark.parametrize("millimetres", [58, 80])
@pytest.mark.parametrize("lang", ["zh_CN", "en"])
def test_the_pictures_receipt_fits_the_paper(sqlite_shop: Shop, millimetres: int, lang: str) -> None:
    set_language(lang)
    stocked = open_stocked(sqlite_shop)
    _key, settled = sell(stocked, stocked.demo_cart(), points=8_000)
    columns = COLUMNS[millimetres]
    lines = receipt_lines(stocked.kiosk.ask(receipt, settled.order_id), columns, copy=2)
    assert all(width(line.text) * (2 if line.big else 1) <= columns for line in lines)
    paper = "\n".join(line.text for line in lines)
    for words in (
        "青禾杂货铺",
        "明前龙井 罐装",
        "2 件 x 16.90",
        "33.80",
        "￥223.70",
        "-￥20.00",
        "-￥80.00",
        "￥123.70",
        "148",
        "5,008",
        "6621",
    ):
        assert words in paper, words
    assert "林" not in paper
    assert [line.code for line in lines if line.code] == [settled.code]
    sent = job(lines, Look(columns, 384 if columns == 32 else 576))
    assert "明前龙井 罐装".encode("gbk") in sent
    assert b"\x1dv0" not in sent  # all of it is text a printer knows


@pytest.mark.req("Q6")
def test_a_reprint_says_so(sqlite_shop: Shop) -> None:
    set_language("en")
    stocked = open_stocked(sqlite_shop)
    _key, settled = sell(stocked, stocked.demo_cart())
    found = stocked.kiosk.ask(receipt, settled.order_id)
    assert not any("Reprint" in line.text for line in receipt_lines(found, 32))
    assert any("Reprint 1" in line.text for line in receipt_lines(found, 32, copy=1))


@pytest.mark.req("O13", "Q6")
def test_the_code_opens_the_members_page_without_the_digits_that_prove_it(sqlite_shop: Shop) -> None:
    stocked = open_stocked(sqlite_shop)
    _key, settled = sell(stocked, stocked.demo_cart(), points=8_000)
    found = stocked.kiosk.ask(receipt, settled.order_id)
    plain, opening = (
        receipt_lines(found, 32, template=Template(page=page)) for page in ("", "http://192.168.1.20:8420")
    )
    code = next(line.code for line in opening if line.code)
    assert code == f"http://192.168.1.20:8420/order?n={settled.code}"
    assert tidy_number(code) == settled.code
    assert any(PHONE[-4:] in line.text for line in plain)  # the control
    assert not any(PHONE[-4:] in line.text for line in opening)
