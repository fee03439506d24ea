"""The whole life of orders: whatever is done in whatever order, money, stock and points reconcile after every step."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from desktop.basics.errors import Refused
from desktop.queries.given_back import Claim
from desktop.queries.verify import verify
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.storage.engine import open_storage
from tests.helpers.after_sales import shipped
from tests.helpers.back_office import order_of, pay
from tests.helpers.databases import migrate
from tests.helpers.goods import MILK, Stocked, open_stocked
from tests.helpers.order_life import DEEDS, OrderLife, fill_shelves
from tests.helpers.tills import ids_of, leave

if TYPE_CHECKING:
    from tests.helpers.postgres import Cluster

QUIET = list(HealthCheck)
LIFE = settings(max_examples=12, stateful_step_count=40, deadline=None, suppress_health_check=QUIET, derandomize=True,
                database=None, phases=(Phase.generate,))  # fmt: skip
SHORT = settings(LIFE, max_examples=3, stateful_step_count=30)


def opened(url: str) -> Stocked:
    """A shop with full shelves; only its ids are kept."""
    stocked = open_stocked(Shop(open_storage(url), actor=actors.console()))
    stocked.shop.do(fill_shelves, stocked.skus, stocked.location_id)
    leave(stocked)
    return ids_of(stocked)


def machine(fresh: Callable[[], tuple[str, Stocked]], done: Callable[[str], None]) -> type[OrderLife]:
    """The machine on shops of this kind."""
    return type(
        "Life", (OrderLife,), {"fresh": staticmethod(fresh), "done": staticmethod(done), "happened": {}}
    )


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> type[OrderLife]:
    """The machine, each run on a file of its own."""
    folder, numbers = tmp_path_factory.mktemp("life"), count(1)
    first = folder / "first.db"
    migrate(f"sqlite:///{first}")
    ids = opened(f"sqlite:///{first}")

    def fresh() -> tuple[str, Stocked]:
        path = folder / f"life{next(numbers)}.db"
        shutil.copyfile(first, path)
        return f"sqlite:///{path}", ids

    return machine(fresh, lambda url: Path(url.removeprefix("sqlite:///")).unlink())


@pytest.mark.req("O4", "O5", "O15", "I1", "C10", "M9")
def test_whatever_is_done_to_orders_the_books_fit_after_every_step(on_sqlite: type[OrderLife]) -> None:
    run_state_machine_as_test(on_sqlite, settings=LIFE)
    wanted = {*DEEDS, "return", "exchange", "reship"} - {"edit", "withdraw", "unarrive", "close", "refuse"}
    assert {deed for deed in wanted if not on_sqlite.happened.get(deed)} == set(), on_sqlite.happened


@pytest.mark.req("O4", "O15", "I1", "C10", "M9")
def test_the_same_on_the_server(postgres: Cluster, postgres_template: str) -> None:
    numbers = count(1)
    first = postgres.create("life_first", postgres_template)
    ids = opened(first)

    def fresh() -> tuple[str, Stocked]:
        name = f"life_{next(numbers)}"
        return postgres.create(name, "life_first"), ids

    life = machine(fresh, lambda url: postgres.drop(url.rsplit("/", 1)[1].split("?")[0]))
    run_state_machine_as_test(life, settings=SHORT)
    assert {deed for deed in ("create", "pay", "ship") if not life.happened.get(deed)} == set(), life.happened


@pytest.mark.req("O5", "M1")
def test_money_for_an_order_that_left_is_refused_as_the_machine_found(sqlite_shop: Shop) -> None:
    """It once stepped back to be shipped and took its money twice."""
    stocked = open_stocked(sqlite_shop)
    order_id = shipped(stocked, (MILK, 1))
    with pytest.raises(Refused):
        pay(stocked, order_id)
    assert order_of(stocked, order_id).status == "shipped"
    assert sqlite_shop.ask(verify).faults == ()


def blind(*_anything: Any) -> Claim:
    """Open cases count for nothing: what must not be."""
    return Claim()


@pytest.mark.parametrize(
    "places",
    [("desktop.queries.after_sale_room", "desktop.services.refunds"), ("desktop.services.leaving",)],
    ids=["what is asked for", "what came back"],
)
def test_control_a_shop_that_forgets_its_open_cases_is_found_out(
    on_sqlite: type[OrderLife], monkeypatch: pytest.MonkeyPatch, places: tuple[str, ...]
) -> None:
    for place in places:
        monkeypatch.setattr(f"{place}.claim_on", blind)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(on_sqlite, settings=settings(LIFE, max_examples=20))
