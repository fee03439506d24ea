"""The sample shop: a small grocery with goods, members and 30 days of orders, the same at every making."""

from __future__ import annotations

from datetime import datetime
from random import Random
from typing import TYPE_CHECKING

from sqlalchemy import select

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.models.orders import Order
from desktop.models.people import Permission, Staff, StaffRole
from desktop.models.stock import Location
from desktop.services.opening import NewShop, open_shop
from desktop.services.sample.after_sales import write_after_sales
from desktop.services.sample.baskets import Shelf
from desktop.services.sample.batches import write_batches, write_campaigns
from desktop.services.sample.buying import write_buying
from desktop.services.sample.days import Days
from desktop.services.sample.drafts import Calendar
from desktop.services.sample.goods_room import write_goods_room
from desktop.services.sample.her import Her
from desktop.services.sample.imports import write_imports
from desktop.services.sample.ledger import settle_points
from desktop.services.sample.papers import write_papers
from desktop.services.sample.parcels import write_parcels
from desktop.services.sample.payments import write_payments
from desktop.services.sample.people import HER_NUMBER, make_people
from desktop.services.sample.statements import write_statements
from desktop.services.sample.stockroom import write_stockroom
from desktop.services.sample.stored import write_currencies, write_stored_value
from desktop.services.sample.write import write_goods, write_people, write_settings
from desktop.services.sample.write_orders import Desk, write_orders
from desktop.services.sample.write_sums import write_counters, write_daily, write_ledgers, write_stock
from desktop.services.secrets import hashed
from desktop.shop.action import action
from desktop.shop.actors import console
from desktop.shop.work import Work

if TYPE_CHECKING:
    from desktop.shop.shop import Shop

SHOP_NAME = "青禾杂货铺"
OWNER, USERNAME, PASSWORD, PIN = (
    "王掌柜",
    "wang",
    "zhanggui",
    "246810",
)  # said on the sample shop's sign-in screen
HELPERS = (("zhou", "周小满", "cashier"), ("he", "何一诺", "senior_agent"))
SEED = 20_261_121


def make_sample(shop: Shop, now: datetime | None = None) -> None:
    """Fill an empty database with the sample shop as it would be at `now` (the shop's clock if not given).

    Raises `Refused` when a shop is there already.
    """
    open_shop(shop, NewShop(SHOP_NAME, OWNER, USERNAME, PASSWORD, pin=PIN))
    secret = hashed(PASSWORD)
    shop.acting_as(console()).do(fill, secret, now)


@action(permission=Permission.SETTINGS)
def fill(work: Work, secret: str, now: datetime | None = None) -> None:
    """Write goods, people and orders into a shop that has just been opened; `secret` is the helpers' hash."""
    if work.value(select(Order.id).limit(1)) is not None:
        raise Refused(N_("The sample data needs an empty shop."))
    rng, calendar = Random(SEED), Calendar(now or work.now, work.zone)
    _helpers(work, secret)
    tills = write_settings(work)
    skus, shelved = write_goods(work, rng, calendar)
    people = make_people(rng, calendar)
    shelf = Shelf(rng)
    hers = Her(rng, calendar, people[HER_NUMBER - 1], shelf).make()
    drafts = Days(rng, calendar, people, shelf).make(hers)
    settle_points(rng, calendar, people, drafts)
    write_people(work, people, calendar)
    desk = Desk(tills, int(work.value(select(Location.id).limit(1))), skus, calendar)
    write_orders(work, desk, drafts)
    write_stock(work, desk, drafts, shelved)
    write_ledgers(work, people)
    write_daily(work, rng, calendar, drafts)
    write_counters(work, desk, drafts, len(people))
    write_parcels(work, calendar.now)
    write_buying(work, desk)
    write_stockroom(work, desk)
    write_batches(work, desk)
    write_campaigns(work, desk)
    write_goods_room(work)
    write_after_sales(work, calendar.now)
    write_imports(work, calendar.now)
    write_payments(work, calendar)
    write_stored_value(work, calendar)
    write_statements(work, calendar)
    write_currencies(work, calendar)
    write_papers(work, calendar)


def _helpers(work: Work, secret: str) -> None:
    for username, name, role in HELPERS:
        person = work.add(
            Staff(
                username=username, name=name, phone="", password_hash=secret, pin_hash="", created_at=work.now
            )
        )
        work.post(StaffRole, [{"staff_id": person.id, "role_key": role}])
