"""What waits for a person – papers, differences of bills – costs the same to find however much was dealt with."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from desktop.queries.print_jobs import print_jobs, print_troubles
from desktop.queries.reconciliation import open_days
from desktop.queries.today import today
from desktop.shop.shop import Shop
from tests.helpers.goods import open_stocked


def plans(shop: Shop, question: Any, **asked: Any) -> list[str]:
    """How SQLite answers a question."""
    said: list[tuple[str, Any]] = []

    def listen(_c: object, _cursor: object, statement: str, values: Any, *_rest: object) -> None:
        if "print_job" in statement or "statement_row" in statement:
            said.append((statement, values))

    event.listen(shop.storage.read, "before_cursor_execute", listen)
    shop.ask(question, **asked)
    event.remove(shop.storage.read, "before_cursor_execute", listen)
    with shop.storage.read.connect() as connection:
        return [
            str(row[-1])
            for statement, values in said
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]


@pytest.mark.req("M4")
def test_papers_that_wait_are_found_by_their_own_index(sqlite_shop: Shop) -> None:
    shop = open_stocked(sqlite_shop).shop
    for question, asked in ((print_troubles, {}), (print_jobs, {"troubled": True})):
        of_jobs = [plan for plan in plans(shop, question, **asked) if "print_job" in plan]
        assert of_jobs
        assert all("ix_print_job_waits" in plan for plan in of_jobs), of_jobs
    every = plans(shop, print_jobs)  # the control: all papers are not in it
    assert not any("ix_print_job_waits" in plan for plan in every)


@pytest.mark.req("M12", "R11")
def test_open_differences_are_found_by_their_own_index(sqlite_shop: Shop) -> None:
    shop = open_stocked(sqlite_shop).shop
    for question in (today, open_days):
        of_rows = [plan for plan in plans(shop, question) if "statement_row" in plan]
        assert of_rows
        assert all("ix_statement_row_open" in plan for plan in of_rows), of_rows
