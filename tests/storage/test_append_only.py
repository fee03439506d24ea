"""Ledgers, tenders, refunds and the audit trail stay as they were written, whoever asks, on either database."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, MetaData, Table, insert, text
from sqlalchemy.exc import DBAPIError

from desktop.basics.ids import new_key
from desktop.models import Base
from desktop.models.after_sales import AfterSale, AfterSaleEvent, RefundExtra
from desktop.models.exchange import FxRate
from desktop.models.orders import Shipment
from desktop.models.parcels import ShipmentLine, ShipmentTrail
from desktop.models.payment_attempts import PaymentAttempt, PaymentEvent
from desktop.models.print_jobs import DrawerKick, PrintJob
from desktop.models.purchasing import (
    GoodsReceipt,
    GoodsReceiptLine,
    PurchaseLine,
    PurchaseOrder,
    Supplier,
    SupplierReturn,
    SupplierReturnLine,
)
from desktop.models.rules import Rule, RuleVersion
from desktop.models.shelves import PriceChanged
from desktop.models.statements import Statement, StatementEntry, StatementRow
from desktop.models.stocktakes import Stocktake, StocktakeScan
from desktop.models.stored_value import PayOut, StoredValueEntry
from desktop.services.batches import track_batches
from desktop.services.cash_sessions import open_session
from desktop.services.refunds import refund_lines
from desktop.services.set_aside import AsideLine, set_aside
from desktop.shop.shop import Shop
from desktop.storage.engine import Storage
from desktop.storage.migrations.append_only import APPEND_ONLY
from tests.helpers.goods import NUTS, Stocked, open_stocked
from tests.helpers.sales import sell

LEDGERS = {
    "audit_event", "stock_movement", "points_entry", "order_event", "tender", "refund", "refund_line", "refund_tender",
    "rule_version", "price_changed", "shipment_line", "shipment_trail", "stocktake_scan",
    "goods_receipt", "goods_receipt_line", "supplier_return_line", "after_sale_event", "refund_extra",
    "batch_movement", "set_aside_entry", "payment_event",
    "cash_count", "cash_foreign", "cash_movement", "cash_tally", "drawer_kick", "stored_value_entry", "pay_out",
    "fx_rate", "statement_entry",
}  # fmt: skip


@pytest.fixture
def full(shop: Shop) -> Storage:
    """A shop with a row in every ledger: one sale with points, refunded."""
    stocked = open_stocked(shop)
    _key, settled = sell(stocked, stocked.cart((NUTS, 2)), points=500)
    with shop.storage.read.connect() as connection:
        line = connection.execute(text("SELECT id FROM order_line")).scalar_one()
    shop.do(refund_lines, settled.order_id, [(line, 1_000)], "坏了", new_key())
    _one_batch(stocked)
    shop.do(open_session, stocked.kiosk_till, [(100, 5)], client_key=new_key(), foreign=[("USD", [(100, 1)])])
    with shop.storage.write.begin() as connection:
        moment = {"at": shop.clock.now(), "name": "x", "spec": "{}"}
        rule = {
            **moment,
            "topic": "orders",
            "since": moment["at"],
            "edited_at": moment["at"],
            "edited_by": "x",
        }
        del rule["at"]
        made = connection.execute(insert(Rule).returning(Rule.id), [rule]).scalar_one()
        version = {**moment, "rule_id": made, "version": 1, "actor": "x"}
        connection.execute(insert(RuleVersion), [version])
        _one_scan(connection, moment["at"])
        _one_parcel(connection, moment["at"])
        _one_delivery(connection, moment["at"])
        _one_price(connection, moment["at"])
        _one_case(connection, moment["at"])
        _one_drawer(connection, moment["at"])
        _one_payment(connection, moment["at"])
        _one_advance(connection, moment["at"])
        _one_difference(connection, moment["at"])
    return shop.storage


def _one_batch(stocked: Stocked) -> None:
    """Goods told apart by batch, and some set aside for a campaign."""
    now, goods = stocked.shop.clock.now(), stocked.skus[NUTS]
    stocked.shop.do(track_batches, [goods])
    line, ends = AsideLine(goods, 1_000), now + timedelta(days=1)
    stocked.shop.do(set_aside, "x", [line], starts_at=now, ends_at=ends, client_key=new_key())


def _one_scan(connection: Connection, at: object) -> None:
    place = connection.execute(text("SELECT min(id) FROM location")).scalar_one()
    sku = connection.execute(text("SELECT min(id) FROM sku")).scalar_one()
    count = {
        "code": "x",
        "name": "x",
        "location_id": place,
        "mode": "running",
        "scope": "all",
        "client_key": "x",
    }
    made = connection.execute(
        insert(Stocktake).returning(Stocktake.id), [{**count, "started_by": "x", "started_at": at}]
    )
    scan = {"stocktake_id": made.scalar_one(), "sku_id": sku, "kind": "add", "milli": 1, "client_key": "x"}
    connection.execute(insert(StocktakeScan), [{**scan, "actor": "x", "at": at}])


def _one_price(connection: Connection, at: datetime) -> None:
    """A price that changed."""
    sku = connection.execute(text("SELECT min(id) FROM sku")).scalar_one()
    prices = connection.execute(text("SELECT min(id) FROM price_list")).scalar_one()
    change = {"sku_id": sku, "list_id": prices, "unit": "", "min_qty_milli": 0, "after_minor": 1}
    connection.execute(insert(PriceChanged), [{**change, "actor": "x", "at": at}])


def _one_parcel(connection: Connection, at: datetime) -> None:
    """A parcel with one line and one place it was seen at."""
    line = connection.execute(text("SELECT id, order_id FROM order_line")).one()
    parcel = connection.execute(
        insert(Shipment).returning(Shipment.id), [{"order_id": line.order_id, "at": at}]
    )
    shipment = {"shipment_id": parcel.scalar_one()}
    content = {**shipment, "line_id": line.id, "qty_milli": 1_000, "base_milli": 1_000}
    connection.execute(insert(ShipmentLine), [content])
    connection.execute(
        insert(ShipmentTrail),
        [{**shipment, "number": "x", "mark": "x", "text": "x", "at": at, "heard_at": at}],
    )


def _one_payment(connection: Connection, at: datetime) -> None:
    """A payment through a provider with its first step."""
    row = {"number": "x", "subject": "sale:x", "method_key": "wechat", "gateway": "wechat", "way": "show"}
    row |= {"amount_minor": 1, "currency": "CNY", "request": {}, "client_key": "x", "actor": "x"}
    row |= {"created_at": at, "deadline_at": at}
    made = connection.execute(insert(PaymentAttempt).returning(PaymentAttempt.id), [row]).scalar_one()
    step = {"attempt_id": made, "before": "", "after": "created", "actor": "x", "at": at}
    connection.execute(insert(PaymentEvent), [step])


def _one_difference(connection: Connection, at: datetime) -> None:
    """A row of a bill, and what its difference was booked as."""
    day = at.date()
    bill = {
        "gateway": "wechat",
        "day": day,
        "file_hash": "x",
        "file_name": "x",
        "currency": "CNY",
        "at": at,
        "actor": "x",
    }
    made = connection.execute(insert(Statement).returning(Statement.id), [bill]).scalar_one()
    row = {"statement_id": made, "gateway": "wechat", "day": day, "row_key": "x", "kind": "pay", "at": at}
    told = connection.execute(insert(StatementRow).returning(StatementRow.id), [row]).scalar_one()
    entry = {
        "row_id": told,
        "kind": "subsidy",
        "amount_minor": -60,
        "currency": "CNY",
        "actor": "x",
        "at": at,
    }
    connection.execute(insert(StatementEntry), [entry])


def _one_drawer(connection: Connection, at: datetime) -> None:
    """A drawer that was opened."""
    till = connection.execute(text("SELECT min(id) FROM till")).scalar_one()
    job = {"kind": "drawer", "document": "x", "till_id": till, "client_key": "x", "actor": "x", "at": at}
    made = connection.execute(
        insert(PrintJob).returning(PrintJob.id), [{**job, "queued_at": at, "next_at": at}]
    )
    kick = {"event": "x", "till_id": till, "job_id": made.scalar_one(), "actor": "x", "at": at}
    connection.execute(insert(DrawerKick), [kick])


def _one_case(connection: Connection, at: datetime) -> None:
    """An after-sales case with its first step, and a compensation."""
    line = connection.execute(text("SELECT id, order_id FROM order_line")).one()
    case = {"code": "x", "order_id": line.order_id, "kind": "refund", "reason": "x", "opened_at": at}
    case |= {"moved_at": at, "opened_by": "x", "client_key": "x"}
    made = connection.execute(insert(AfterSale).returning(AfterSale.id), [case]).scalar_one()
    connection.execute(insert(AfterSaleEvent), [{"case_id": made, "kind": "asked", "actor": "x", "at": at}])
    refund = connection.execute(text("SELECT id FROM refund")).scalar_one()
    connection.execute(insert(RefundExtra), [{"refund_id": refund, "line_id": line.id, "amount_minor": 1}])


def _one_advance(connection: Connection, at: datetime) -> None:
    """Stored value that came and went, and a rate."""
    who = {
        "member_id": connection.execute(text("SELECT min(id) FROM member")).scalar_one(),
        "actor": "x",
        "at": at,
    }
    entry = {
        **who,
        "kind": "top_up",
        "money_delta": 1,
        "bonus_delta": 0,
        "money_balance": 1,
        "bonus_balance": 0,
    }
    connection.execute(insert(StoredValueEntry), [{**entry, "source": "x", "client_key": "x"}])
    out = {
        **who,
        "amount_minor": 1,
        "currency": "CNY",
        "method_key": "cash",
        "reason": "x",
        "client_key": "x",
    }
    connection.execute(insert(PayOut), [out])
    rate = {"base_code": "CNY", "foreign_code": "USD", "rate": "7.1", "mode": "fixed", "spread_bp": 0}
    connection.execute(insert(FxRate), [{**rate, "source": "x", "fetched_at": at, "actor": "x"}])


def _one_delivery(connection: Connection, at: datetime) -> None:
    """A purchase order that came, and goods that went back."""

    def made(model: type[Base], **values: object) -> int:
        column = table_of(model.__tablename__).c.id
        return int(connection.execute(insert(model).returning(column), [values]).scalar_one())

    sku = connection.execute(text("SELECT min(id) FROM sku")).scalar_one()
    place = connection.execute(text("SELECT min(id) FROM location")).scalar_one()
    supplier = made(Supplier, code="x", name="x", currency="CNY", created_at=at)
    order = made(PurchaseOrder, code="x", supplier_id=supplier, currency="CNY", made_by="x", made_at=at)
    line = made(PurchaseLine, order_id=order, sku_id=sku, pack_milli=1, packs=1, price_minor=1)
    both = {"supplier_id": supplier, "location_id": place, "code": "x", "actor": "x", "at": at}
    receipt = made(GoodsReceipt, order_id=order, **both)
    came = {"sku_id": sku, "qty_milli": 1, "amount_minor": 1}
    made(GoodsReceiptLine, receipt_id=receipt, line_id=line, **came)
    back = made(SupplierReturn, reason="x", **both)
    made(SupplierReturnLine, return_id=back, **came)


def table_of(name: str) -> Table:
    """A table of the models."""
    metadata: MetaData = Base.metadata
    return metadata.tables[name]


def rows(connection: Connection, name: str) -> list[tuple[object, ...]]:
    """Everything in it."""
    return [tuple(row) for row in connection.execute(text(f"SELECT * FROM {name} ORDER BY 1"))]


def expect_refused(storage: Storage, name: str, statement: str) -> None:
    """The statement fails, saying why, and the table is as before."""
    with storage.read.connect() as connection:
        before = rows(connection, name)
    assert before
    with pytest.raises(DBAPIError, match="append-only"):
        with storage.write.begin() as connection:
            connection.execute(text(statement))
    with storage.read.connect() as connection:
        assert rows(connection, name) == before


def test_the_list_of_ledgers_is_whole() -> None:
    assert set(APPEND_ONLY) == LEDGERS


@pytest.mark.req("A2", "I1", "C10", "M5")
def test_no_row_of_any_ledger_is_changed_or_deleted(full: Storage) -> None:
    for name in sorted(LEDGERS):
        expect_nothing_changes(full, name)


def expect_nothing_changes(full: Storage, name: str) -> None:
    """Try every way to change this table."""
    changeable = next(c.name for c in table_of(name).columns if not c.primary_key)
    expect_refused(full, name, f"UPDATE {name} SET {changeable} = {changeable}")
    expect_refused(full, name, f"DELETE FROM {name}")
    columns = ", ".join(c.name for c in table_of(name).columns)
    copy = f"SELECT {columns} FROM {name} WHERE true"
    expect_refused(
        full,
        name,
        f"INSERT INTO {name} ({columns}) {copy} ON CONFLICT (id) DO UPDATE SET {changeable} = excluded.{changeable}",
    )
    if full.is_sqlite:
        expect_refused(full, name, f"INSERT OR REPLACE INTO {name} ({columns}) {copy}")
        expect_refused(full, name, f"UPDATE OR REPLACE {name} SET id = id")
    else:
        expect_refused(full, name, f"TRUNCATE {name} CASCADE")


@pytest.mark.req("A2")
def test_a_row_of_the_trail_is_not_replaced_through_its_second_key(full: Storage) -> None:
    """INSERT OR REPLACE deletes whatever a UNIQUE column meets; SQLite's triggers see it only when told to."""
    columns = [c.name for c in table_of("audit_event").columns]
    values = ", ".join("id + 100000" if name == "id" else name for name in columns)
    into, copy = f"INTO audit_event ({', '.join(columns)})", f"SELECT {values} FROM audit_event WHERE true"
    upsert = "ON CONFLICT (chain, number) DO UPDATE SET detail = excluded.detail"
    expect_refused(full, "audit_event", f"INSERT {into} {copy} {upsert}")
    if full.is_sqlite:
        replace = f"INSERT OR REPLACE {into} {copy}"
        expect_refused(full, "audit_event", replace)
        with full.write.connect() as connection:  # control: the setting is what stops it
            connection.exec_driver_sql("PRAGMA recursive_triggers=OFF")
            connection.execute(text(replace))
            connection.rollback()
            connection.exec_driver_sql("PRAGMA recursive_triggers=ON")


def test_control_rows_are_added_and_other_tables_change(full: Storage) -> None:
    with full.write.begin() as connection:
        event = {"order_id": 1, "kind": "note", "note": "x", "actor": "console"}
        at = connection.execute(text("SELECT at FROM order_event")).scalar()
        assert at
        row = {**event, "at": connection.execute(table_of("order_event").select()).mappings().first()["at"]}  # type: ignore[index]
        connection.execute(insert(table_of("order_event")), row)
        assert connection.execute(text("UPDATE member SET note = 'x'")).rowcount == 1
        assert connection.execute(text("DELETE FROM idempotency")).rowcount > 0
