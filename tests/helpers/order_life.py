"""A shop whose staff do anything to its orders in any order: hypothesis chooses, the books must fit after each step."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import Connection, text

from desktop.basics.clock import SystemClock
from desktop.basics.errors import ShopError
from desktop.basics.ids import new_key
from desktop.models.people import Permission
from desktop.pricing.cart import CartLine
from desktop.queries.verify import verify
from desktop.services import posting
from desktop.services.after_sale_asking import AskedLine
from desktop.services.after_sale_goods import Arrived, receive_goods, undo_receipt
from desktop.services.after_sale_settling import Settling, settle_case
from desktop.services.after_sales import (
    Asked,
    approve_case,
    close_case,
    open_case,
    refuse_case,
    withdraw_case,
)
from desktop.services.fulfilment import (
    NOT_PAID,
    cancel_order,
    cancel_paid_order,
    pay_order,
    receive_order,
    ship_order,
    undo_shipment,
)
from desktop.services.orders import OrderDraft, create_order, edit_order
from desktop.services.posting import StockStep
from desktop.services.refunds import refund_lines
from desktop.services.settlement import TenderIn
from desktop.shop import actors
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from desktop.storage.engine import open_storage
from tests.helpers.goods import Stocked

ANY = st.integers(0, 11)
FEW = st.integers(1, 4)
HOME = "杭州市西湖区文三路 9 号"
MOST_ORDERS = 6
SHELF = 60  # pieces of each kind

# Each finds rows that do not fit; written apart from the program's own check.
BROKEN = {
    "a line left or came back too often": (
        "SELECT id FROM order_line WHERE shipped_milli + freed_milli > qty_milli OR refunded_milli > qty_milli "
        "OR refunded_milli - freed_milli > shipped_milli OR freed_milli > refunded_milli"
    ),
    "open cases ask for more than was sold": (
        "SELECT l.id FROM order_line l WHERE l.refunded_milli + (SELECT coalesce(sum(CASE a.state WHEN 'received' "
        "THEN c.received_milli ELSE c.qty_milli END), 0) FROM after_sale_line c JOIN after_sale a ON a.id = c.case_id "
        "WHERE c.line_id = l.id AND a.kind <> 'reship' AND a.state IN ('asked', 'approved', 'awaited', 'received')) "
        "> l.qty_milli"
    ),
    "money of an order is not its tenders": (
        "SELECT o.id FROM sale_order o WHERE o.paid_minor - o.refunded_minor <> "
        "(SELECT coalesce(sum(t.amount_minor), 0) FROM tender t WHERE t.order_id = o.id) - "
        "(SELECT coalesce(sum(b.amount_minor), 0) FROM refund_tender b JOIN refund r ON r.id = b.refund_id "
        "WHERE r.order_id = o.id)"
    ),
    "more went back than came in": "SELECT id FROM sale_order WHERE refunded_minor > paid_minor",
    "lines do not add up to the order": (
        "SELECT o.id FROM sale_order o WHERE o.total_minor <> o.freight_minor + o.rounding_minor + "
        "(SELECT coalesce(sum(l.total_minor), 0) FROM order_line l WHERE l.order_id = o.id)"
    ),
    "stock is not its movements": (
        "SELECT s.id FROM stock s WHERE s.on_hand_milli <> (SELECT coalesce(sum(m.delta_milli), 0) FROM stock_movement m "
        "WHERE m.sku_id = s.sku_id AND m.location_id = s.location_id)"
    ),
    "more is held than open reservations": (
        "SELECT s.id FROM stock s WHERE s.reserved_milli <> (SELECT coalesce(sum(r.qty_milli), 0) FROM reservation r "
        "WHERE r.sku_id = s.sku_id AND r.location_id = s.location_id AND r.state = 'open')"
    ),
    "what was sold did not leave": (
        "SELECT 1 WHERE (SELECT coalesce(sum(delta_milli), 0) FROM stock_movement WHERE reason = 'sale') <> "
        "-(SELECT coalesce(sum(shipped_milli), 0) FROM order_line)"
    ),
    "goods came back that were never sold": (
        "SELECT sku_id FROM stock_movement GROUP BY sku_id HAVING sum(CASE reason WHEN 'opening' THEN 0 ELSE "
        "delta_milli END) > 0"
    ),
    "points are not their entries": (
        "SELECT m.id FROM member m WHERE m.points < 0 OR m.points <> "
        "(SELECT coalesce(sum(p.delta), 0) FROM points_entry p WHERE p.member_id = m.id)"
    ),
    "money kept for an exchange is not there": (
        "SELECT o.id FROM sale_order o WHERE o.paid_minor - o.refunded_minor < (SELECT coalesce(sum(c.amount_minor - "
        "c.spent_minor), 0) FROM exchange_credit c WHERE c.order_id = o.id)"
    ),
}


@action(permission=Permission.IMPORT)
def fill_shelves(work: Work, skus: tuple[int, ...], location_id: int) -> None:
    """Enough of everything that stock is seldom what ends a step."""
    for sku in skus:
        posting.step_stock(work, [StockStep("put", sku, SHELF * 1000)], location_id)
        posting.post_movements(
            work, location_id, "opening", "test", f"shelf:{sku}", [(sku, SHELF * 1000, 100)]
        )


def not_fitting(connection: Connection) -> list[str]:
    """What does not fit, in words."""
    return [what for what, statement in BROKEN.items() if connection.execute(text(statement)).first()]


class OrderLife(RuleBasedStateMachine):
    """Orders and cases are chosen by number among all there are; what the shop refuses must change nothing."""

    fresh: Callable[[], tuple[str, Stocked]]  # a shop of its own for each run
    done: Callable[[str], None]
    happened: dict[str, int]  # how often each deed was done, over all runs

    @initialize()
    def begin(self) -> None:
        """A shop of its own."""
        self.url, ids = type(self).fresh()
        self.shop = Shop(open_storage(self.url), actor=actors.console(), clock=SystemClock())
        self.ids = ids
        for number, wanted in enumerate(
            ((1, 3), (3, 3), (0, 3))
        ):  # two are on their way, one waits for its money
            order = self._do("create", self._draft([wanted], (number + 1, 1, 0)), new_key())
            if number < 2:
                self._do("pay", order.order_id, TenderIn("card", order.total_minor), new_key())
                self._do("ship", order.order_id)
        for line, kind, goods in (
            (0, "exchange", 3),
            (1, "return", 9),
            (1, "reship", 9),
        ):  # three cases are under way
            self.ask(line, 1, kind, goods)
            self._do("approve", self._case(0, "asked").id)
        self.pursue(0, 1, 0)

    def teardown(self) -> None:
        """Leave nothing open."""
        if hasattr(self, "shop"):
            self.shop.news.close()
            self.shop.storage.close()
            type(self).done(self.url)

    # Choosing

    def _row(self, statement: str, which: int) -> Any:
        with self.shop.storage.read.connect() as connection:
            rows = connection.execute(text(statement)).all()
        return rows[which % len(rows)] if rows else None

    def _order(self, which: int) -> Any:
        return self._row("SELECT * FROM sale_order ORDER BY id", which)

    def _line(self, which: int) -> Any:
        return self._row(
            "SELECT l.*, o.status FROM order_line l JOIN sale_order o ON o.id = l.order_id ORDER BY l.id",
            which,
        )

    def _case(self, which: int, *states: str) -> Any:
        wanted = ", ".join(f"'{state}'" for state in states)
        return self._row(f"SELECT * FROM after_sale WHERE state IN ({wanted}) ORDER BY id", which)

    def _do(self, name: str, *arguments: Any) -> Any:
        deed = DEEDS[name]
        try:
            answer = self.shop.do(deed, *arguments)
        except ShopError:
            return None
        type(self).happened[name] = type(self).happened.get(name, 0) + 1
        return answer

    # Orders

    @rule(
        goods=st.lists(st.tuples(st.integers(0, 3), FEW), min_size=1, max_size=2),
        more=st.tuples(ANY, ANY, ANY),
    )
    def create(self, goods: list[tuple[int, int]], more: tuple[int, int, int]) -> None:
        """An order, perhaps a member's, perhaps to be sent, perhaps with a discount and freight."""
        with self.shop.storage.read.connect() as connection:
            if connection.execute(text("SELECT count(*) FROM sale_order")).scalar_one() >= MOST_ORDERS:
                return
        self._do("create", self._draft(goods, more), new_key())

    def _draft(self, goods: list[tuple[int, int]], more: tuple[int, int, int]) -> OrderDraft:
        lines = tuple(CartLine(self.ids.skus[which], "", pieces * 1000) for which, pieces in goods)
        return OrderDraft(
            lines, member_id=self.ids.member_id if more[0] % 2 else None, address=HOME if more[1] % 3 else "",
            discount_minor=33 * (more[2] % 3), freight_minor=500 if more[2] % 4 == 1 else 0,
        )  # fmt: skip

    @rule(which=ANY, goods=st.lists(st.tuples(st.integers(0, 3), FEW), min_size=1, max_size=2))
    def edit(self, which: int, goods: list[tuple[int, int]]) -> None:
        """Other goods in an order."""
        if order := self._order(which):
            self._do("edit", order.id, self._draft(goods, (0, 1, which)))

    @rule(which=ANY, pieces=FEW, how=st.integers(0, 3))
    def onward(self, which: int, pieces: int, how: int) -> None:
        """An order goes its way: paid, sent whole or in parts, received."""
        order = self._row(
            "SELECT * FROM sale_order WHERE status IN ('unpaid', 'to_ship', 'shipped') ORDER BY id", which
        )
        if order is None:
            return
        if order.status == "unpaid":
            self._do("pay", order.id, TenderIn("card", order.total_minor), new_key())
        elif order.status == "shipped":
            self._do("receive", order.id)
        else:
            line = self._row(f"SELECT * FROM order_line WHERE order_id = {order.id} ORDER BY id", which)
            self._do("ship", order.id, "SF1", "顺丰", ((line.id, pieces * 1000),) if how == 0 else ())

    @rule(which=ANY)
    def back_out(self, which: int) -> None:
        """An order goes back: its shipment, its money, itself."""
        order = self._row(
            "SELECT * FROM sale_order WHERE status IN ('unpaid', 'to_ship', 'shipped') ORDER BY id", which
        )
        if order is not None and order.status == "unpaid":
            self._do("cancel", order.id, NOT_PAID)
        elif order is not None and order.status == "shipped":
            self._do("undo", order.id)
        elif order is not None:
            self._do("cancel_paid", order.id, "不要了", new_key())

    @rule(which=ANY, deed=st.sampled_from(["undo", "cancel", "cancel_paid", "receive", "pay", "ship"]))
    def anything(self, which: int, deed: str) -> None:
        """Any deed on any order: late money for a cancelled one, a shipment taken back, a cancellation too late."""
        if order := self._order(which):
            more: dict[str, tuple[Any, ...]] = {
                "cancel": (NOT_PAID,), "cancel_paid": ("不要了", new_key()),
                "pay": (TenderIn("card", order.total_minor), new_key()),
            }  # fmt: skip
            self._do(deed, order.id, *more.get(deed, ()))

    @rule(which=ANY, pieces=FEW, freight=st.booleans())
    def refund(self, which: int, pieces: int, freight: bool) -> None:
        """The quick one."""
        if line := self._line(which):
            self._do("refund", line.order_id, [(line.id, pieces * 1000)], "坏了", new_key(), True, freight)

    # After-sales

    @rule(
        which=ANY, pieces=FEW, kind=st.sampled_from(["refund", "return", "exchange", "exchange", "reship"]),
        other=st.integers(0, 7),
    )  # fmt: skip
    def ask(self, which: int, pieces: int, kind: str, other: int) -> None:
        """A case of some pieces of a line, an exchange for the same or for other goods."""
        if line := self._line(which):
            goods = (CartLine(self.ids.skus[other], "", pieces * 1000),) if other < len(self.ids.skus) else ()
            asked = Asked(
                kind, (AskedLine(line.id, min(pieces * 1000, line.qty_milli)),), "坏了", goods=goods
            )
            self._do("ask", line.order_id, asked, new_key())

    @rule(which=ANY, amount=st.integers(1, 9_000))
    def compensate(self, which: int, amount: int) -> None:
        """Money without goods."""
        if line := self._line(which):
            asked = Asked("refund", (AskedLine(line.id, 0, min(amount, line.total_minor)),), "包装破损")
            self._do("compensate", line.order_id, asked, new_key())

    @rule(which=ANY, pieces=FEW, bad=st.integers(0, 2))
    def pursue(self, which: int, pieces: int, bad: int) -> None:
        """A case goes its way: approved, arrived in part or whole, settled, closed."""
        case = self._case(which, "asked", "awaited", "received", "approved", "settled")
        if case is None:
            return
        if case.state == "asked":
            self._do("approve", case.id)
        elif case.state == "awaited":
            line = self._row(f"SELECT * FROM after_sale_line WHERE case_id = {case.id}", 0)
            count = min(pieces * 1000, line.qty_milli)
            self._do("arrive", case.id, [Arrived(line.line_id, count, min(bad * 1000, count))], new_key())
        elif case.state == "settled":
            self._do("close", case.id)
        elif self._do("settle", case.id, new_key(), Settling()) is not None:
            type(self).happened[case.kind] = type(self).happened.get(case.kind, 0) + 1

    @rule(which=ANY, deed=st.sampled_from(["refuse", "unarrive", "withdraw"]))
    def turn_round(self, which: int, deed: str) -> None:
        """Refused, even on sight; taken down by mistake; wanted no longer."""
        if case := self._case(which, "asked", "awaited", "received"):
            more: dict[str, tuple[Any, ...]] = {"refuse": ("不符合", new_key()), "unarrive": (new_key(),)}
            self._do(deed, case.id, *more.get(deed, ()))

    # What must always be so

    @invariant()
    def the_books_fit(self) -> None:
        """Money, stock and points reconcile, counted here and by the program's own check."""
        if not hasattr(self, "shop"):
            return
        with self.shop.storage.read.connect() as connection:
            assert not_fitting(connection) == []
        assert [str(fault) for fault in self.shop.ask(verify).faults] == []


DEEDS: dict[str, Any] = {
    "create": create_order, "edit": edit_order, "pay": pay_order, "ship": ship_order, "undo": undo_shipment,
    "receive": receive_order, "cancel": cancel_order, "cancel_paid": cancel_paid_order, "refund": refund_lines,
    "ask": open_case, "compensate": open_case, "approve": approve_case, "refuse": refuse_case,
    "arrive": receive_goods, "unarrive": undo_receipt, "settle": settle_case, "close": close_case,
    "withdraw": withdraw_case,
}  # fmt: skip
