"""What the sample shop's product room shows: variants, a weekend list, shelves of channels, scale codes, reviews."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from sqlalchemy import select

from desktop.basics.money import BASIS, half_up
from desktop.models.orders import DONE, Order, OrderLine
from desktop.models.products import Price, PriceList, Product, Sku
from desktop.models.shelves import Review, ScaleCode, Shelf
from desktop.services.products import NewProduct, create_product, set_on_shelf
from desktop.services.variants import Variant, make_variants
from desktop.shop.work import Work

WEEKEND, OFF = "周末特价", 8_800  # basis points of the shelf price
ON_SALE = ("每日坚果", "手工云片糕", "抽纸", "原味酸奶", "龙井茶饼", "蜂蜜")
SAID = (
    (5, "包装很仔细，味道和店里买的一样。", "shown", "谢谢您常来！"),
    (4, "新鲜，就是份量再多一点就好了。", "shown", ""),
    (5, "回购第三次了，孩子爱吃。", "shown", ""),
    (2, "送到的时候盒子压扁了。", "shown", "抱歉，已为您补发，之后会加厚外箱。"),
    (5, "", "shown", ""),
    (4, "价格比超市划算。", "new", ""),
    (1, "加微信领优惠券 zx88", "hidden", ""),
    (5, "送礼很体面。", "new", ""),
    (3, "一般，没有想象中香。", "new", ""),
    (5, "下单当天就发货了。", "new", ""),
)


def write_goods_room(work: Work) -> None:
    """Fill the rooms under “Products”; none of it changes a figure of the rest."""
    _bags(work)
    _weekend(work)
    _shelves(work)
    for name, pattern in (("条码秤重量码", "21CCCCCWWWWWK"), ("条码秤金额码", "22CCCCCPPPPPK")):
        work.add(ScaleCode(name=name, pattern=pattern))
    _reviews(work)


def _bags(work: Work) -> None:
    """A bag in three colours and two sizes that comes onto the shelf next season."""
    new = NewProduct("青禾帆布袋", 3_900, code="ZH-8001", pack="棉麻", picture="pouch")
    bag = create_product.run(work, new)
    colours = [(colour, size) for colour in ("本色", "墨绿", "藏青") for size in ("小号", "大号")]
    grid = [
        Variant(values, f"ZH-80{n:02d}" if n > 1 else "", price_minor=4_900 if values[1] == "大号" else None)
        for n, values in enumerate(colours, 1)
    ]
    make_variants.run(work, bag.product_id, ["颜色", "尺寸"], grid)
    set_on_shelf.run(work, [bag.product_id], False)


def _weekend(work: Work) -> None:
    """A list that holds next Saturday and Sunday."""
    today = work.now.astimezone(work.zone).date()
    saturday = today + timedelta(days=(5 - today.weekday()) % 7 or 7)
    begins = datetime.combine(saturday, time(), work.zone)
    made = work.add(
        PriceList(
            key="weekend",
            name=WEEKEND,
            order_type="retail",
            valid_from=begins,
            valid_until=begins + timedelta(days=2),
        )
    )
    base = select(Price.sku_id, Price.amount_minor).join(PriceList, PriceList.id == Price.list_id)
    prices = base.join(Sku, Sku.id == Price.sku_id).join(Product, Product.id == Sku.product_id)
    wanted = prices.where(PriceList.key == "retail", Price.unit == "", Product.on_shelf).order_by(
        Price.sku_id
    )
    rows = [
        {
            "list_id": made.id,
            "sku_id": r.sku_id,
            "amount_minor": half_up(r.amount_minor * OFF, BASIS) // 10 * 10,
        }
        for r in list(work.rows(wanted))[: 2 * len(ON_SALE)]
    ]
    work.post(Price, [{**row, "unit": "", "min_qty_milli": 0} for row in rows])


def _shelves(work: Work) -> None:
    """The last goods are not at the self-checkout; one is online for a fortnight only."""
    ids = [
        r.id
        for r in work.rows(select(Product.id).where(Product.on_shelf).order_by(Product.id.desc()).limit(2))
    ]
    start = datetime.combine(work.now.astimezone(work.zone).date(), time(), work.zone)
    work.add(Shelf(product_id=ids[0], channel="kiosk", is_open=False))
    times = {"from_at": start, "until_at": start + timedelta(days=14)}
    work.add(Shelf(product_id=ids[1], channel="online", is_open=True, **times))


def _reviews(work: Work) -> None:
    """What members said about goods of their finished orders."""
    statement = (
        select(Order.id, Order.member_id, Order.done_at, Sku.product_id)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Sku, Sku.id == OrderLine.sku_id)
        .where(
            Order.status == DONE, Order.member_id.is_not(None), Order.done_at < work.now - timedelta(days=2)
        )
        .order_by(Order.id.desc(), OrderLine.id)
        .limit(6 * len(SAID))
    )
    found = work.rows(statement).all()
    favourite = found[0].product_id
    mine = [r for r in found if r.product_id == favourite][:4] + [
        r for r in found if r.product_id != favourite
    ]
    rows = [
        {
            "product_id": r.product_id, "order_id": r.id, "member_id": r.member_id, "score": score, "message": text,
            "state": state, "answer": answer, "source": f"sample:{n}", "at": r.done_at + timedelta(hours=5 + n),
            "judged_by": "",
        }
        for n, (r, (score, text, state, answer)) in enumerate(zip(mine, SAID, strict=False))
    ]  # fmt: skip
    work.post(Review, rows)
