"""The check of the books names whatever does not fit about payments through providers."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from desktop.basics.clock import HandClock
from desktop.queries.verify import verify
from desktop.queries.verify_payments import CHECKS
from desktop.shop.shop import Shop
from desktop.shop.work import Read
from tests.helpers.goods import open_stocked
from tests.helpers.pay_office import PayOffice, drive
from tests.queries.test_verify import unlock
from tests.services.test_provider_refunds import give_back, sold

SABOTAGE = (
    ("booked", "UPDATE payment_attempt SET booked = {false}"),
    ("booked", "UPDATE tender SET amount_minor = amount_minor - 1 WHERE attempt_id IS NOT NULL"),
    ("booked", "UPDATE tender SET attempt_id = NULL"),
    ("held", "UPDATE payment_attempt SET booked = {false}, ended_at = created_at"),
    ("provider refunds", "UPDATE payment_attempt SET refunded_minor = refunded_minor + 1"),
    ("provider refunds", "DELETE FROM provider_refund"),
    ("asked back", "UPDATE provider_refund SET amount_minor = amount_minor - 1"),
    ("asked back", "UPDATE refund_tender SET route = 'cash'"),
)


@pytest.mark.req("A2", "C10", "M1", "M3", "M9", "M12")
def test_every_edit_behind_the_shops_back_is_named(shop: Shop, clock: HandClock) -> None:
    stocked, office = open_stocked(shop), PayOffice()
    order, _attempt = sold(stocked, office, 5_000)
    give_back(stocked, order, 1)
    drive(shop, office, clock)
    missed = []
    for kind, statement in SABOTAGE:
        with shop.storage.write.connect() as connection, connection.begin() as change:
            unlock(connection)
            false = "0" if shop.storage.is_sqlite else "false"
            assert connection.execute(text(statement.replace("{false}", false))).rowcount
            read = Read(connection, shop.actor, shop.clock.now(), {})
            kinds = {fault.kind for check in CHECKS for fault in check(read)}
            change.rollback()
        if kind not in kinds:
            missed.append((kind, statement, kinds))
    assert missed == []
    assert shop.ask(verify).whole  # the control: untouched again, nothing is found
