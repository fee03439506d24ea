"""What is chosen for this machine: its database from the next start on, and its receipt printer."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from desktop.basics.errors import ShopError, Unavailable
from desktop.basics.i18n import N_, _
from desktop.basics.machine import Machine
from desktop.basics.paper import COLUMNS, PaperLine, rule
from desktop.gateways.database_password import put_away
from desktop.gateways.printer import printer_at
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


def print_test(address: str, paper_mm: int, shop_name: str) -> None:
    """Print a page that shows letters, width and the address. Raises `ShopError` saying what to check."""
    printer = printer_at(address, paper_mm=paper_mm)
    if printer is None:
        raise ShopError(N_("Choose a printer first."))
    columns = COLUMNS[paper_mm]
    lines = [
        PaperLine(shop_name, "center", bold=True, big=True),
        PaperLine(_("Test page"), "center"),
        PaperLine(rule(columns)),
        PaperLine("1234567890" * (columns // 10)),
        PaperLine(_("Paper {width} mm, {columns} letters a line").format(width=paper_mm, columns=columns)),
        PaperLine(address),
        PaperLine(rule(columns)),
    ]
    printer.print(lines)
