"""A question nobody waits for any more is stopped in the database, and its connection is fit for the next."""

from __future__ import annotations

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet

import pytest
from sqlalchemy import text

from desktop.basics.stopping import Stop, Stopped, stoppable
from desktop.models.people import Permission
from desktop.queries.orders import orders_count
from desktop.shop.action import Question
from desktop.shop.shop import Shop
from desktop.shop.work import Read

ENDLESS = text(
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000000) SELECT count(*) FROM n"
)
PATIENCE = 10.0  # s, far less than the count takes


class Counting:
    """A question that takes minutes; `begun` once it is in the database."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.question = Question("test.endless", Permission.SEE_ORDERS, self.run)

    def run(self, read: Read) -> int:
        self.begun.set()
        return int(read.rows(ENDLESS).scalar_one())


def asked(shop: Shop, counting: Counting, stop: Stop) -> int:
    with stoppable(stop):
        return shop.ask(counting.question)


@pytest.mark.req("O16")
def test_a_slow_question_ends_when_it_is_stopped(shop: Shop) -> None:
    stop, counting = Stop(), Counting()
    with ThreadPoolExecutor(1) as lane:
        running: Future[int] = lane.submit(asked, shop, counting, stop)
        assert counting.begun.wait(PATIENCE)
        with pytest.raises(NotYet):  # the control: by itself it does not end
            running.result(timeout=0.5)
        stop.now()
        with pytest.raises(Stopped):
            running.result(timeout=PATIENCE)
    for _ in range(20):  # every connection of the pool answers again
        assert shop.ask(orders_count) == 0


@pytest.mark.req("O16")
def test_what_was_stopped_before_it_began_does_not_begin(shop: Shop) -> None:
    stop, counting = Stop(), Counting()
    stop.now()
    with pytest.raises(Stopped):
        asked(shop, counting, stop)
    assert not counting.begun.is_set()


def test_stopping_what_is_over_harms_nobody(shop: Shop) -> None:
    stop = Stop()
    with stoppable(stop):
        assert shop.ask(orders_count) == 0
    stop.now()
    assert shop.ask(orders_count) == 0
