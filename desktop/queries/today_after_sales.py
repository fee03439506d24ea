"""After-sales cases whose next step is the shop's."""

from __future__ import annotations

from collections.abc import Iterator

from desktop.queries.after_sales import waiting_cases
from desktop.queries.todo import MOST, Step, Todo
from desktop.shop.work import Read


def cases(read: Read) -> Iterator[Todo]:
    """To approve, to settle: all they are worth, for a customer who waits in vain takes the money back."""
    waiting = waiting_cases(read, MOST)
    if waiting.count:
        alone = waiting.count == 1
        step = Step("show", "aftersales", waiting.first) if alone else Step("show", "aftersales")
        count = min(waiting.count, MOST)
        yield Todo("aftersales", count, waiting.worth_minor, waiting.since, step, {}, waiting.count > MOST)
