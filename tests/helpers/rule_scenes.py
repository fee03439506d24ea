"""A scene for each shipped rule: everything up to its last minute, and what makes it due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from desktop.basics.clock import HandClock
from desktop.basics.ids import new_key
from desktop.models.payment_accounts import PaymentAccount
from desktop.models.settings import POINTS_DAYS
from desktop.services.batch_book import BatchIn
from desktop.services.batches import track_batches
from desktop.services.fulfilment import ship_order
from desktop.services.members import adjust_points
from desktop.services.set_aside import AsideLine, set_aside
from desktop.services.settings import set_setting, set_settings
from desktop.services.stock import Levels, ReceivedLine, receive_stock, set_levels
from desktop.shop.shop import Shop
from tests.helpers.back_office import pay, placed
from tests.helpers.goods import CAKE, MILK, NUTS, TEA, Stocked
from tests.helpers.sales import sell

ZONE = ZoneInfo("Asia/Shanghai")
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
Spark = Callable[[], object]


def ordered(stocked: Stocked, *wanted: tuple[int, int], **more: object) -> int:
    """An unpaid order of 林晓梅."""
    return placed(stocked, *(wanted or ((TEA, 2),)), member_id=stocked.member_id, **more)


def until(clock: HandClock, local: datetime) -> None:
    """Turn the clock to a time in the shop."""
    clock.pass_time(local.replace(tzinfo=ZONE) - clock.now())


def in_the_evening(clock: HandClock) -> None:
    """20:30, so that 36 hours later nobody sleeps."""
    until(clock, datetime(2026, 11, 21, 20, 30))


def scene_unshipped(stocked: Stocked, clock: HandClock) -> Spark:
    """A parcel paid on a Saturday evening that did not leave."""
    in_the_evening(clock)
    pay(stocked, ordered(stocked))
    clock.pass_time(36 * HOUR - MINUTE)
    return lambda: clock.pass_time(MINUTE)


def scene_retail_unpaid(stocked: Stocked, clock: HandClock) -> Spark:
    """A retail order nobody pays."""
    ordered(stocked)
    clock.pass_time(29 * MINUTE)
    return lambda: clock.pass_time(MINUTE)


def scene_trade_unpaid(stocked: Stocked, clock: HandClock) -> Spark:
    """A B2B order nobody pays."""
    ordered(stocked, (NUTS, 60), order_type="b2b")
    clock.pass_time(36 * HOUR - MINUTE)
    return lambda: clock.pass_time(MINUTE)


def scene_paid(stocked: Stocked, clock: HandClock) -> Spark:
    """An order that is being paid."""
    order_id = ordered(stocked)
    clock.pass_time(MINUTE)
    return lambda: pay(stocked, order_id)


def scene_shipped(stocked: Stocked, clock: HandClock) -> Spark:
    """An order that is being shipped."""
    order_id = ordered(stocked)
    clock.pass_time(MINUTE)
    pay(stocked, order_id)
    return lambda: stocked.shop.do(ship_order, order_id, "SF1", "顺丰")


def scene_on_the_way(stocked: Stocked, clock: HandClock) -> Spark:
    """A parcel nobody confirms."""
    scene_shipped(stocked, clock)()
    clock.pass_time(10 * DAY - MINUTE)
    return lambda: clock.pass_time(MINUTE)


def scene_window_open(stocked: Stocked, clock: HandClock) -> Spark:
    """An order of the night."""
    hours = {"orders.retail.from": 6 * 60, "orders.retail.until": 22 * 60}
    stocked.shop.do(set_settings, hours)
    until(clock, datetime(2026, 11, 21, 23, 30))
    ordered(stocked)
    until(clock, datetime(2026, 11, 22, 5, 59))
    return lambda: clock.pass_time(MINUTE)


def scene_stock_alert(stocked: Stocked, clock: HandClock) -> Spark:
    """Tea at its level, and one more sold."""
    sell(stocked, stocked.cart((TEA, 80)))  # 50 left: not yet below 50
    return lambda: sell(stocked, stocked.cart((TEA, 1)))


def scene_replenishment(stocked: Stocked, clock: HandClock) -> Spark:
    """Milk and cake below their minimum."""
    levels = Levels(minimum_milli=200_000, safety_milli=300_000)
    stocked.shop.do(set_levels, levels, sku_ids=[stocked.skus[MILK], stocked.skus[CAKE]])
    until(clock, datetime(2026, 11, 22, 7, 29))
    return lambda: clock.pass_time(MINUTE)


def scene_points_expiring(stocked: Stocked, clock: HandClock) -> Spark:
    """500 points that are valid for 30 days."""
    stocked.shop.do(set_setting, POINTS_DAYS.key, 30)
    stocked.shop.do(adjust_points, stocked.member_id, 500, "补发", client_key=new_key())
    clock.pass_time(23 * DAY - MINUTE)
    return lambda: clock.pass_time(MINUTE)


def scene_batch_expires(stocked: Stocked, clock: HandClock) -> Spark:
    """Milk whose last day is 31 days off."""
    stocked.shop.do(track_batches, [stocked.skus[MILK]])
    batch = BatchIn("M7", datetime(2026, 12, 22).date())
    line = ReceivedLine(stocked.skus[MILK], 6_000, None, (batch,))
    stocked.shop.do(receive_stock, [line], client_key=new_key())
    until(clock, datetime(2026, 11, 21, 23, 59))
    return lambda: clock.pass_time(MINUTE)


def scene_campaign_over(stocked: Stocked, clock: HandClock) -> Spark:
    """Milk set aside until noon."""
    now, ends = clock.now(), datetime(2026, 11, 21, 12, 0, tzinfo=ZONE)
    line = AsideLine(stocked.skus[MILK], 5_000)
    stocked.shop.do(set_aside, "午市", [line], starts_at=now, ends_at=ends, client_key=new_key())
    until(clock, datetime(2026, 11, 21, 11, 59))
    return lambda: clock.pass_time(MINUTE)


def scene_at_two(stocked: Stocked, clock: HandClock) -> Spark:
    """The shop asleep."""
    until(clock, datetime(2026, 11, 22, 1, 59))
    return lambda: clock.pass_time(MINUTE)


def scene_bills(stocked: Stocked, clock: HandClock) -> Spark:
    """An account at a provider, and ten past ten not yet there."""
    with_account(stocked.shop, clock)
    until(clock, datetime(2026, 11, 21, 10, 9))
    return lambda: clock.pass_time(MINUTE)


def with_account(shop: Shop, clock: HandClock, gateway: str = "wechat") -> None:
    """An account at a provider, its keys elsewhere."""
    row = {"gateway": gateway, "details": {}, "saved_at": clock.now()}
    with shop.storage.write.begin() as connection:
        connection.execute(insert(PaymentAccount), [row])


SCENES: dict[str, Callable[[Stocked, HandClock], Spark]] = {
    "unshipped": scene_unshipped, "retail_unpaid": scene_retail_unpaid, "trade_unpaid": scene_trade_unpaid, "paid": scene_paid,
    "shipped": scene_shipped, "on_the_way": scene_on_the_way, "window_open": scene_window_open, "stock_alert": scene_stock_alert,
    "replenishment": scene_replenishment, "points_expiring": scene_points_expiring,
    "batch_expires": scene_batch_expires, "campaign_over": scene_campaign_over, "books": scene_at_two, "stuck": scene_at_two,
    "bills": scene_bills,
}  # fmt: skip
MOMENTS = {  # when each is due, where the clock and not a person makes it so
    "unshipped": datetime(2026, 11, 23, 8, 30, tzinfo=ZONE),
    "retail_unpaid": datetime(2026, 11, 21, 10, 30, tzinfo=ZONE),
    "trade_unpaid": datetime(2026, 11, 22, 22, 0, tzinfo=ZONE),
    "on_the_way": datetime(2026, 12, 1, 10, 1, tzinfo=ZONE),
    "window_open": datetime(2026, 11, 22, 6, 0, tzinfo=ZONE),
    "replenishment": datetime(2026, 11, 22, 7, 30, tzinfo=ZONE),
    "points_expiring": datetime(2026, 12, 14, 10, 0, tzinfo=ZONE),
    "batch_expires": datetime(2026, 11, 22, 0, 0, tzinfo=ZONE),
    "campaign_over": datetime(2026, 11, 21, 12, 0, tzinfo=ZONE),
    "books": datetime(2026, 11, 22, 2, 0, tzinfo=ZONE),
    "stuck": datetime(2026, 11, 22, 2, 0, tzinfo=ZONE),
    "bills": datetime(2026, 11, 21, 10, 10, tzinfo=ZONE),
}
