"""今天先做: everything somebody must do, by the money at stake when it is left until this time tomorrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from desktop.models.people import Permission
from desktop.queries import (
    pay_accounts,
    pay_cases,
    today_after_sales,
    today_bills,
    today_cash,
    today_goods,
    today_house,
    today_orders,
    today_purchases,
)
from desktop.queries.todo import Todo, rank
from desktop.shop.action import question
from desktop.shop.rights import rights_of
from desktop.shop.work import Read

PARTS: tuple[tuple[Permission, Callable[[Read], Iterator[Todo]]], ...] = (
    (Permission.SEE_ORDERS, today_orders.to_ship),
    (Permission.SEE_ORDERS, today_orders.unpaid),
    (Permission.SEE_ORDERS, today_orders.queued),
    (Permission.HANDLE_ORDERS, today_orders.chased),
    (Permission.HANDLE_ORDERS, today_after_sales.cases),
    (Permission.SEE_STOCK, today_goods.goods),
    (Permission.BUY, today_purchases.late_purchases),
    (Permission.SEE_MEMBERS, today_goods.lapsing_points),
    (Permission.SEE_RULES, today_house.clock_doubt),
    (Permission.SEE_RULES, today_house.paused_rules),
    (Permission.EDIT_RULES, today_house.unsent),
    (Permission.AUDIT, today_house.books),
    (Permission.HANDLE_ORDERS, today_house.stuck),
    (Permission.RECONCILE, pay_cases.open_cases),
    (Permission.RECONCILE, today_bills.differences),
    (Permission.RECONCILE, today_bills.missing),
    (Permission.SEE_PAYMENTS, pay_cases.resting_methods),
    (Permission.SETTINGS, pay_accounts.ending_certificates),
    (Permission.CASH, today_cash.forgotten_drawers),
)


@question(permission=Permission.SEE_ORDERS)
def today(read: Read) -> tuple[Todo, ...]:
    """What the person asking may see of it, most money first.

    Every part reads a bounded number of rows by an index; how it reckons the money stands in its own words.
    """
    rights = rights_of(read.connection, read.actor)
    found = [todo for right, part in PARTS if str(right) in rights for todo in part(read)]
    return tuple(sorted(found, key=rank))
