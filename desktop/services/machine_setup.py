"""What is chosen for this machine: its database from the next start on, and its receipt printer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from desktop.basics.errors import ShopError, Unavailable
from desktop.basics.i18n import N_, _
from desktop.basics.machine import Machine
from desktop.basics.paper import PaperLine, rule
from desktop.gateways.database_password import put_away
from desktop.gateways.escpos_bytes import ruler
from desktop.gateways.printer import Setup, printer_of, setup_of
from desktop.models.people import Staff
from desktop.models.settings import SHOP_NAME
from desktop.models.system import Setting
from desktop.shop.trouble import sentence_for
from desktop.storage.engine import Storage, open_storage, parse_url
from desktop.storage.schema import current, newest


@dataclass(frozen=True, slots=True)
class Found:
    """What lies at a database's address: `state` is empty, shop, older (will be upgraded) or newer."""

    address: str
    kind: str
    state: str
    shop_name: str = ""


def try_database(address: str) -> Found:
    """Go and look, changing nothing. Raises `ShopError` when it can't be reached or is no shop's database."""
    url = parse_url(address.strip())
    kind = url.get_backend_name()
    if kind == "sqlite" and not Path(str(url.database)).exists():
        folder = Path(str(url.database)).parent
        if not folder.is_dir():
            raise ShopError(
                N_("The folder {folder} does not exist. Create it first or choose another."),
                folder=str(folder),
            )
        return Found(address.strip(), kind, "empty")
    storage = open_storage(url)
    try:
        return _look(storage, address.strip(), kind)
    except DBAPIError as error:
        raise sentence_for(error) or Unavailable(
            N_(
                "The database can’t be reached. Check the network or the file, then try again; nothing is saved twice."
            )
        ) from error
    finally:
        storage.close()


def _look(storage: Storage, address: str, kind: str) -> Found:
    have = current(storage)
    if have is None:
        return Found(address, kind, "empty")
    if have != newest():
        return Found(address, kind, "newer" if have > newest() else "older")
    with storage.read.connect() as connection:
        name = connection.execute(select(Setting.value).where(Setting.key == SHOP_NAME.key)).scalar()
        somebody = connection.execute(select(Staff.id).limit(1)).first()
    return Found(address, kind, "shop" if somebody else "empty", SHOP_NAME.read(name))


def use_database(machine: Machine, address: str) -> str:
    """Let this machine open that database from its next start on; an empty address goes back to the own file.

    Returns what was written; a password goes to the keyring instead. Raises `ShopError`.
    """
    if not address.strip():
        machine.put("database", None)
        return ""
    parse_url(address.strip())
    kept = put_away(address.strip()) if "://" in address else address.strip()
    machine.put("database", kept)
    return kept


def print_test(setup: Setup, shop_name: str) -> bool:
    """Print a page that shows letters, width, a ruler in dots and the address; whether the printer confirmed it.

    Raises `ShopError` saying what to check.
    """
    printer = printer_of(setup)
    if printer is None:
        raise ShopError(N_("Choose a printer first."))
    return printer.print(_test_page(printer.setup, shop_name))


def _test_page(setup: Setup, shop_name: str) -> list[PaperLine]:
    columns = setup.columns
    across = {"width": setup.paper_mm, "columns": columns}
    return [
        PaperLine(shop_name, "center", bold=True, big=True),
        PaperLine(_("Test page"), "center"),
        PaperLine(rule(columns)),
        PaperLine("1234567890" * (columns // 10) + "12345678"[: columns % 10]),
        PaperLine(_("Paper {width} mm, {columns} letters a line").format(**across)),
        PaperLine("中文 ¥1,234.50 Abc 價格 €"),
        PaperLine(rule(columns)),
        PaperLine(_("The ruler reaches the edge when the dots are right.")),
        PaperLine(picture=ruler(setup.look.dots), align="center"),
        PaperLine(_("{dots} dots").format(dots=setup.look.dots)),
        PaperLine(code="ZHANGGUI", align="center"),
        PaperLine(setup.address),
    ]


__all__ = ["Found", "Setup", "print_test", "setup_of", "try_database", "use_database"]
