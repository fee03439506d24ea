"""The column of an invoice adds up to its subtotal; discounts stand below it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from desktop.basics.i18n import set_language
from desktop.queries.order_papers import OrderPaper
from desktop.services.invoices import invoice_papers
from desktop.shop.shop import Shop
from desktop.views.common.printing import PrintLine
from desktop.views.orders.papers import invoice_lines
from tests.helpers.back_office import placed
from tests.helpers.goods import MILK, TEA, open_stocked


def fen(words: str) -> int:
    """The amount at the end, in minor units."""
    found = re.search(r"([-−]?)\D?(\d[\d,]*)\.(\d\d)$", words)
    assert found is not None, words
    amount = int(found[2].replace(",", "") + found[3])
    return -amount if found[1] else amount


def column(lines: list[PrintLine]) -> int:
    """What the last column of the goods adds up to."""
    return sum(fen(line.cells[-1]) for line in lines if line.cells and not line.head)


def below(lines: list[PrintLine]) -> dict[str, int]:
    """The sums under the goods."""
    said = [line.right.split("  ") for line in lines if "  " in line.right]
    return {words[0]: fen(words[1]) for words in said}


@pytest.mark.req("O14")
def test_the_amounts_of_an_invoice_add_up_to_its_subtotal(sqlite_shop: Shop) -> None:
    set_language("en")
    stocked = open_stocked(sqlite_shop)
    order_id = placed(stocked, (TEA, 3), (MILK, 2), member_id=stocked.member_id)  # gold pays less for tea
    papers = invoice_papers(stocked.shop, [order_id])
    lines = invoice_lines(papers)
    sums = below(lines)
    assert sums["Discount"] == -6_000
    assert column(lines) == sums["Goods subtotal"] == 3 * 12_800 + 2 * 1_690
    assert sums["Goods subtotal"] + sums["Discount"] == sums["Total"]
    assert sum(line.total_minor for line in papers.orders[0].lines) != sums["Goods subtotal"], "control"


def test_what_came_back_leaves_the_column_as_it_was_sold(sqlite_shop: Shop) -> None:
    set_language("en")
    stocked = open_stocked(sqlite_shop)
    papers = invoice_papers(stocked.shop, [placed(stocked, (TEA, 3))])
    paper: OrderPaper = papers.orders[0]
    returned = replace(paper, lines=tuple(replace(line, qty_milli=0) for line in paper.lines))
    assert column(invoice_lines(replace(papers, orders=(returned,)))) == 3 * 12_800
