"""Other processes on the same shop: tills that sell, hold, listen and die. Each is a clean process of its own."""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from collections.abc import Callable
from dataclasses import asdict, replace
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import IO, Any

from desktop.basics.errors import OutOfStock, ShopError, Unavailable
from desktop.basics.ids import new_key
from desktop.models.people import Permission
from desktop.queries.checkout import checkout_view
from desktop.services.checkout import save_checkout
from desktop.services.settlement import Settled, TenderIn, settle
from desktop.shop import actors
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from desktop.storage.engine import open_storage
from tests.helpers.goods import MILK, NUTS, TEA, Stocked
from tests.helpers.sales import member_sale

# A server that has everything imported and nothing opened forks the children: clean, and quick to start.
_START = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
CONTEXT: Any = multiprocessing.get_context(_START)
if _START == "forkserver":
    CONTEXT.set_forkserver_preload(["tests.helpers.tills", "desktop.storage.migrate"])
PATIENCE = 60.0  # seconds: a test that waits longer has failed


def start(job: Callable[..., None], *arguments: Any) -> BaseProcess:
    """Run a job in a process of its own."""
    process: BaseProcess = CONTEXT.Process(target=job, args=arguments, daemon=True)
    process.start()
    return process


def finish(*processes: BaseProcess, patience: float = PATIENCE) -> None:
    """Wait until they ended well."""
    for process in processes:
        process.join(patience)
        assert process.exitcode == 0, f"{process.name} ended with {process.exitcode}"


def gather(job: Callable[..., None], many: int, *arguments: Any) -> list[Any]:
    """Run a job in many processes that begin together; what each of them answered.

    The job gets a barrier and a queue as its last arguments.
    """
    together, answers = CONTEXT.Barrier(many), CONTEXT.Queue()
    processes = [start(job, *arguments, together, answers) for _ in range(many)]
    said = [answers.get(timeout=PATIENCE) for _ in processes]
    finish(*processes)
    return said


def ids_of(stocked: Stocked) -> Stocked:
    """The ids alone, to hand to another process."""
    return replace(stocked, shop=None)  # type: ignore[arg-type]


def enter(url: str, ids: Stocked) -> Stocked:
    """The shop as this process opens it, by the machine's own clock."""
    return replace(ids, shop=Shop(open_storage(url), actor=actors.console()))


def leave(stocked: Stocked) -> None:
    """Close what `enter` opened."""
    stocked.shop.news.close()
    stocked.shop.storage.close()


# -- tills that are killed ------------------------------------------------------------------------------------


def write_down(diary: IO[str], *words: Any) -> None:
    """Put a line on the disk, as a receipt printer puts it on paper."""
    diary.write(json.dumps(words) + "\n")
    diary.flush()
    os.fsync(diary.fileno())


def read_diary(path: Path) -> list[Any]:
    """The lines of a diary; a torn last one was never acknowledged."""
    if not path.exists():
        return []
    lines = path.read_text().split("\n")
    return [json.loads(line) for line in lines[:-1]]


def open_a_sale(stocked: Stocked, number: int) -> tuple[str, int, int]:
    """The next customer: two lines, every second one a member with points; key, version, money due."""
    cart = stocked.cart((NUTS, 1), (TEA, 1 + number % 3))
    if number % 2:
        key, version = member_sale(stocked, cart, 500)
    else:
        key = new_key()
        version = stocked.kiosk.do(save_checkout, key, cart)
    return key, version, stocked.kiosk.ask(checkout_view, key).bill.to_pay_minor


def sell_until_killed(url: str, ids: Stocked, path: Path, selling: Any) -> None:
    """Sell without end; each answer is acknowledged on the disk after `do` returned."""
    stocked = enter(url, ids)
    with path.open("a") as diary:
        while True:
            queue = [open_a_sale(stocked, number) for number in range(4)]  # so that settling fills the time
            selling.set()
            for key, version, due in queue:
                write_down(diary, "try", key, version, due)
                settled = stocked.cashier.do(settle, key, [TenderIn("cash", due)], version)
                write_down(diary, "done", key, asdict(settled))


@action(permission=Permission.TAKE_PAYMENT)
def _tell_then_commit(work: Work, key: str, due: int, version: int, path: Path, told: Any) -> Settled:
    """What must not be done: give the receipt away before the sale is on disk."""
    settled = settle.run(work, key, [TenderIn("cash", due)], version)
    with path.open("a") as diary:
        write_down(diary, "done", key, asdict(settled))
    told.set()
    CONTEXT.Event().wait()
    return settled


def acknowledge_too_early(url: str, ids: Stocked, path: Path, told: Any) -> None:
    """One sale by the wrong way."""
    stocked = enter(url, ids)
    key, version, due = open_a_sale(stocked, 0)
    stocked.cashier.do(_tell_then_commit, key, due, version, path, told)


# -- tills that meet --------------------------------------------------------------------------------------------


def insist(shop: Shop, verb: Any, *arguments: Any) -> Any:
    """Do it again with the same key while the database is busy, as a till does; on a loaded machine eight may wait long."""
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            return shop.do(verb, *arguments)
        except Unavailable:
            if time.monotonic() > ends:
                raise


def sell_pieces(url: str, ids: Stocked, tries: int, together: Any, answers: Any) -> None:
    """Try to sell milk, one piece at a time; the answers are receipt numbers, "out" or another sentence."""
    stocked, said = enter(url, ids), []
    together.wait(PATIENCE)
    for _ in range(tries):
        key = new_key()
        version = insist(stocked.kiosk, save_checkout, key, stocked.cart((MILK, 1)))
        try:
            sold = insist(stocked.cashier, settle, key, [TenderIn("cash", 1690)], version)
            said.append(sold.receipt_number)
        except OutOfStock:
            said.append("out")
        except ShopError as error:
            said.append(str(error))
    answers.put(said)
    leave(stocked)


def settle_together(url: str, ids: Stocked, sales: Any, together: Any, answers: Any) -> None:
    """Settle one of the open sales (key, version, money due) at the moment the others do."""
    stocked = enter(url, ids)
    key, version, due = sales.get(timeout=PATIENCE)
    together.wait(PATIENCE)
    try:
        settled = stocked.cashier.do(settle, key, [TenderIn("cash", due)], version)
        answers.put((settled.receipt_number, settled.points_spent))
    except ShopError as error:
        answers.put(str(error))
    leave(stocked)
