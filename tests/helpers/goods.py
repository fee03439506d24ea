"""A small real shop for tests: the pictures' four goods, their member, tills and staff."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import insert, select

from desktop.basics.ids import new_key
from desktop.models.members import Member
from desktop.models.people import Permission, Staff, StaffRole, Till
from desktop.models.people import Staff as StaffRow
from desktop.models.products import Barcode, Price, PriceList, Product, Sku
from desktop.models.stock import Location, StockMovement
from desktop.pricing.cart import CartLine
from desktop.services import opening, posting
from desktop.services.posting import PointsStep, StockStep
from desktop.services.products import NewProduct, create_product
from desktop.services.stock import ReceivedLine, receive_stock
from desktop.shop import actors
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work

TEA, MILK, CAKE, NUTS = range(4)
GOODS = (  # name, pack, code, barcode, retail, gold, stock
    ("明前龙井 罐装", "100 g", "ZH-1003", "6901000010036", 12800, 10800, 30),
    ("鲜牛奶", "950 ml", "ZH-2001", "6901000020011", 1690, None, 8),
    ("手工云片糕", "300 g", "ZH-2017", "6901000020172", 2200, None, 6),
    ("每日坚果", "7 袋", "ZH-3005", "6901000030058", 3990, None, 32),
)
PHONE = "13805716621"


@dataclass(frozen=True)
class Stocked:
    """Ids a test needs."""

    shop: Shop
    skus: tuple[int, ...]
    member_id: int
    cashier_id: int
    kiosk_till: int
    location_id: int

    @property
    def kiosk(self) -> Shop:
        """The shop as the kiosk sees it."""
        return self.shop.acting_as(actors.kiosk(self.kiosk_till))

    @property
    def cashier(self) -> Shop:
        """The shop as the cashier at the kiosk's till sees it."""
        return self.shop.acting_as(actors.staff(self.cashier_id, self.kiosk_till))

    def cart(self, *wanted: tuple[int, int]) -> list[CartLine]:
        """A cart of (goods, pieces) pairs."""
        return [CartLine(self.skus[goods], "", pieces * 1000) for goods, pieces in wanted]

    def demo_cart(self) -> list[CartLine]:
        """The pictures' cart: ¥223.70, ¥203.70 at the gold price."""
        return self.cart((TEA, 1), (MILK, 2), (CAKE, 1), (NUTS, 1))


def open_stocked(shop: Shop) -> Stocked:
    """Open a shop and fill it through the door."""
    opening.open_shop(shop, opening.NewShop("青禾杂货铺", "王掌柜", "wang", "a long password"))
    return shop.acting_as(actors.console()).do(_fill, shop)


@action(permission=Permission.IMPORT)
def _fill(work: Work, shop: Shop) -> Stocked:
    lists = {row.key: row.id for row in work.rows(select(PriceList.key, PriceList.id))}
    place = work.value(select(Location.id))
    skus = []
    for name, pack, code, barcode, retail, gold, stock in GOODS:
        product = work.add(Product(name=name, pack=pack, created_at=work.now))
        sku = work.add(Sku(product_id=product.id, code=code, cost_minor=retail * 6 // 10))
        work.add(Barcode(code=barcode, sku_id=sku.id))
        work.add(Price(list_id=lists["retail"], sku_id=sku.id, amount_minor=retail))
        if gold:
            work.add(Price(list_id=lists["retail.gold"], sku_id=sku.id, amount_minor=gold))
        posting.step_stock(work, [StockStep("put", sku.id, stock * 1000)], place)
        deltas = [(sku.id, stock * 1000, sku.cost_minor)]
        posting.post_movements(work, place, "opening", "test", f"open:{code}", deltas)
        skus.append(sku.id)
    lin = work.add(
        Member(
            code="M-000318",
            phone=PHONE,
            phone_tail=PHONE[-4:],
            name="林晓梅",
            gender="f",
            tier_key="gold",
            created_at=work.now,
        )
    )
    posting.post_points(work, lin.id, [PointsStep(12_860, "carried over", "opening", "open:lin")])
    cashier = work.add(StaffRow(username="li", name="李收银", password_hash="x", created_at=work.now))
    work.add(StaffRole(staff_id=cashier.id, role_key="cashier"))
    till = work.value(select(Till.id).where(Till.kind == "kiosk"))
    return Stocked(shop, tuple(skus), lin.id, cashier.id, till, place)


def movements(shop: Shop, sku_id: int) -> int:
    """Σ movements of a SKU, straight from the table."""
    from sqlalchemy import func

    with shop.storage.read.connect() as connection:
        return int(
            connection.execute(
                select(func.sum(StockMovement.delta_milli)).where(StockMovement.sku_id == sku_id)
            ).scalar()
            or 0
        )


def set_up(shop: Shop) -> Shop:
    """Open the empty shop; the same shop comes back."""
    opening.open_shop(shop, opening.NewShop("青禾杂货铺", "王掌柜", "wang", "zhanggui-2026"))
    return shop


def new_goods(shop: Shop, name: str, price_minor: int = 1_000, pieces: int = 0, **more: object) -> int:
    """Put goods on the shelf, with some pieces in stock; returns the id of their SKU."""
    made = shop.do(create_product, NewProduct(name, price_minor, **more))  # type: ignore[arg-type]
    if pieces:
        shop.do(receive_stock, [ReceivedLine(made.sku_id, pieces * 1_000)], client_key=new_key())
    return made.sku_id


def as_role(shop: Shop, role: str) -> Shop:
    """The same shop for a new person with this one role."""
    with shop.storage.write.begin() as connection:
        person = {"username": role, "name": role, "password_hash": "-", "created_at": shop.clock.now()}
        staff_id = connection.execute(insert(Staff).returning(Staff.id), person).scalar_one()
        connection.execute(insert(StaffRole), {"staff_id": staff_id, "role_key": role})
    return shop.acting_as(actors.staff(staff_id, 1))
