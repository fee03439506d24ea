"""A till's queue in tests: its printer, its program, its rows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from desktop.gateways.printer import Setup
from desktop.models.print_jobs import DrawerKick, PrintJob
from desktop.services.print_jobs import set_till_paper
from desktop.services.print_run import run_queue
from tests.helpers.goods import Stocked
from tests.helpers.till_printer import TillPrinter


def at(printer: TillPrinter, **more: Any) -> Setup:
    """A narrow printer there."""
    return Setup(printer.address, paper_mm=58, **more)


def always(stocked: Stocked, *, drawer: bool = False, receipts: str = "always") -> None:
    """Let the kiosk's till print after every sale."""
    stocked.shop.do(set_till_paper, stocked.kiosk_till, receipts, drawer)


def run(stocked: Stocked, setup: Setup, owner: str = "here") -> Any:
    """Work its queue off once, as a program of this name."""
    return run_queue(stocked.kiosk, stocked.kiosk_till, setup, owner)


def only(stocked: Stocked) -> Any:
    """The one job there is."""
    with stocked.shop.storage.read.connect() as connection:
        return connection.execute(select(PrintJob.__table__)).one()


def kicks(stocked: Stocked) -> int:
    """How many drawers were opened."""
    with stocked.shop.storage.read.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(DrawerKick)).scalar_one())
