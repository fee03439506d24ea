"""Messages become lines: measured on a corpus made by hand, and never sure of what may be something else."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from desktop.basics.chat_words import number_milli, take_apart
from desktop.basics.errors import Malformed, NotFound
from desktop.models.aliases import ProductAlias
from desktop.queries.paste import _line, aliases_of, read_pasted
from desktop.queries.paste_match import CHECK, SURE, UNKNOWN, Shelf
from desktop.services.paste import learn_names, name_goods
from desktop.shop.shop import Shop
from tests.helpers.goods import CAKE, MILK, NUTS, TEA, open_stocked
from tests.helpers.paste import Asked, corpus, score, shelf

LEAST_PRECISION, LEAST_RECALL = 0.99, 0.85


def matched(shelf_of: Shelf) -> list[tuple[Asked, object]]:
    """Every line of the corpus with what was found."""
    pairs = []
    for asked in corpus():
        (said,) = take_apart(asked.text).said
        pairs.append((asked, _line(1, said, shelf_of)))
    return pairs


@pytest.mark.req("R12")
def test_what_is_called_sure_is_right_and_most_lines_are_sure() -> None:
    scores = score(matched(Shelf(shelf())))  # type: ignore[arg-type]
    assert len(corpus()) >= 120
    assert scores.precision >= LEAST_PRECISION, scores.wrong
    assert scores.recall >= LEAST_RECALL
    assert scores.first >= 0.95 * scores.meant


def test_control_taking_the_likeliest_for_sure_would_be_wrong_too_often() -> None:
    pairs = matched(Shelf(shelf()))
    bold = [(asked, line) for asked, line in pairs if line.choices]  # type: ignore[attr-defined]
    wrong = [asked for asked, line in bold if line.choices[0].code != asked.code]  # type: ignore[attr-defined]
    assert 1 - len(wrong) / len(bold) < LEAST_PRECISION


@pytest.mark.req("R12")
def test_the_message_of_the_brief(shop: Shop) -> None:
    stocked = open_stocked(shop)
    text = "龙井2罐，云片糕 一盒、鲜奶*3 送到桂花路18号 13805716621 林小姐\n麻烦放门口快递柜\n口香糖 2条"
    pasted = stocked.shop.ask(read_pasted, text)
    found = [
        (line.choices[0].sku_id if line.choices else 0, line.qty_milli, line.state) for line in pasted.lines
    ]
    tea, cake, milk = (stocked.skus[i] for i in (TEA, CAKE, MILK))
    assert found == [(tea, 2000, CHECK), (cake, 1000, SURE), (milk, 3000, CHECK), (0, 2000, UNKNOWN)]
    assert (pasted.member_id, pasted.address, pasted.note) == (
        stocked.member_id,
        "桂花路18号",
        "麻烦放门口快递柜",
    )
    assert all(line.reason for line in pasted.lines if line.state != SURE)


@pytest.mark.req("R12")
def test_rows_of_a_spreadsheet(shop: Shop) -> None:
    stocked = open_stocked(shop)
    text = (
        "序号\t商品\t条码\t数量\t单位\n1\t鲜牛奶\t6901000020011\t3\t瓶\n2\t每日坚果\t\t2\t盒\n合计\t\t\t5\t\n"
    )
    pasted = stocked.shop.ask(read_pasted, text)
    found = [(line.choices[0].sku_id, line.qty_milli, line.state) for line in pasted.lines]
    assert found == [(stocked.skus[MILK], 3000, SURE), (stocked.skus[NUTS], 2000, SURE)]


@pytest.mark.req("R12")
@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("老板，要3袋龙井茶 2瓶酱油 一箱矿泉水", [("龙井茶", 3), ("酱油", 2), ("矿泉水", 1)]),
        ("给我两箱可乐一打啤酒", [("可乐", 2), ("啤酒", 1)]),
        ("2斤苹果 3斤梨 还有酱油1瓶", [("苹果", 2), ("梨", 3), ("酱油", 1)]),
        ("3 袋 龙井茶 2 瓶 酱油", [("龙井茶", 3), ("酱油", 2)]),
        ("可乐 3瓶 雪碧 2瓶", [("可乐", 3), ("雪碧", 2)]),
        ("500ml酱油 2瓶", [("500ml酱油", 2)]),
        ("2袋三只松鼠", [("三只松鼠", 2)]),
    ],
)
def test_a_quantity_before_the_goods_stays_with_them(text: str, asked: list[tuple[str, int]]) -> None:
    assert [(said.name, said.qty_milli) for said in take_apart(text).said] == [
        (n, q * 1000) for n, q in asked
    ]


@pytest.mark.req("R12")
def test_a_corrected_name_is_learned(shop: Shop) -> None:
    stocked = open_stocked(shop)
    milk = stocked.skus[MILK]
    assert stocked.shop.ask(read_pasted, "早餐奶 2瓶").lines[0].state != SURE
    assert (
        stocked.shop.do(learn_names, ((milk, "早餐奶"), (milk, "早餐奶"), (milk, "2"), (milk, "12345"))) == 1
    )
    (line,) = stocked.shop.ask(read_pasted, "早餐奶 2瓶").lines
    assert (line.choices[0].sku_id, line.state) == (milk, SURE)
    stocked.shop.do(learn_names, ((stocked.skus[CAKE], "早餐奶"),))
    assert stocked.shop.ask(read_pasted, "早餐奶 2瓶").lines[0].state == CHECK, "two goods are called so now"
    with pytest.raises(NotFound):
        stocked.shop.do(learn_names, ((9_999, "早餐奶"),))


def test_other_names_are_said_and_taken_away(shop: Shop) -> None:
    stocked = open_stocked(shop)
    milk = stocked.skus[MILK]
    stocked.shop.do(name_goods, milk, ("早餐奶", "Fresh Milk"))
    stocked.shop.do(name_goods, milk, ("fresh milk",))
    assert [name for _id, name in stocked.shop.ask(aliases_of, milk)] == ["freshmilk"]
    with stocked.shop.storage.read.connect() as connection:
        assert len(connection.execute(select(ProductAlias.id)).all()) == 1


@pytest.mark.req("R12")
def test_an_endless_message_is_refused_with_words(shop: Shop) -> None:
    stocked = open_stocked(shop)
    for text in ("x" * 300_000, "鲜牛奶 2瓶\n" * 3_000):
        with pytest.raises(Malformed):
            stocked.shop.ask(read_pasted, text)
    assert stocked.shop.ask(read_pasted, "").lines == ()


@pytest.mark.parametrize("text, milli", [
    ("3", 3000), ("1.5", 1500), ("十二", 12_000), ("两", 2000), ("半", 500), ("二十五", 25_000), ("一百二十", 120_000),
    ("一千零五", 1_005_000), ("x", None), ("", None),
])  # fmt: skip
def test_numbers_as_people_write_them(text: str, milli: int | None) -> None:
    assert number_milli(text) == milli


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading(text: str) -> None:
    ready = Shelf(shelf())
    for said in take_apart(text).said:
        line = _line(1, said, ready)
        assert line.qty_milli > 0
        assert line.choices or line.state == UNKNOWN
