"""Which database is meant, and opening the shop in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from desktop.basics.errors import ShopError, Unavailable
from desktop.basics.i18n import N_
from desktop.basics.machine import Machine
from desktop.basics.paths import data_folder
from desktop.commands.say import WrongUse

if TYPE_CHECKING:
    from desktop.basics.clock import Clock
    from desktop.shop.shop import Shop
    from desktop.storage.engine import Storage


class NoShop(ShopError):
    """Nothing has been set up at this address yet."""


def hidden(address: str) -> str:
    """The address without a password that stands in it."""
    head, at, tail = address.rpartition("@")
    if not at or "://" not in head:
        return address
    scheme, _sep, who = head.partition("://")
    return f"{scheme}://{who.partition(':')[0]}@{tail}"


def own_place() -> str:
    """Where this user's own shop lives unless told otherwise."""
    return f"sqlite:///{(data_folder() / 'shop.db').as_posix()}"


def sample_place() -> str:
    """Where the sample shop lives when the first start made it."""
    return f"sqlite:///{(data_folder() / 'sample.db').as_posix()}"


def chosen_place(wanted: str | None) -> str:
    """The address asked for, else the one this machine uses, else the own shop, else the sample shop."""
    if wanted:
        scheme = wanted.partition("://")[0] if "://" in wanted else "sqlite"
        if scheme.partition("+")[0] not in ("sqlite", "postgresql"):
            raise WrongUse(
                N_("Databases of the kind “{kind}” are not supported; use SQLite or PostgreSQL."), kind=scheme
            )
        return wanted
    remembered = Machine().get("database", "")
    if remembered:
        from desktop.gateways.database_password import complete

        return complete(str(remembered))
    if not (data_folder() / "shop.db").exists() and (data_folder() / "sample.db").exists():
        return sample_place()
    return own_place()


def connect(address: str, *, make: bool = False) -> Storage:
    """Open the database and bring its tables up to date; `make` also makes them. Raises `ShopError`."""
    from sqlalchemy.exc import DBAPIError

    from desktop.shop.trouble import sentence_for
    from desktop.storage.engine import open_storage, parse_url
    from desktop.storage.schema import current, ensure

    url = parse_url(address)
    file = url.database if url.get_backend_name() == "sqlite" else None
    if file and not make and not Path(file).exists():
        raise NoShop(N_("There is no shop at {place} yet. Set one up with: zhanggui init"), place=file)
    storage = open_storage(url)
    try:
        if not make and current(storage) is None:
            raise NoShop(
                N_("There is no shop at {place} yet. Set one up with: zhanggui init"), place=shown(storage)
            )
        ensure(storage)
    except DBAPIError as error:
        storage.close()
        raise sentence_for(error) or Unavailable(
            N_(
                "The database can’t be reached. Check the network or the file, then try again; nothing is saved twice."
            )
        ) from error
    except ShopError:
        storage.close()
        raise
    return storage


def shown(storage: Storage) -> str:
    """The address as people may see it: a file name, or the server without its password."""
    return (
        str(storage.url.database) if storage.is_sqlite else storage.url.render_as_string(hide_password=True)
    )


def is_set_up(storage: Storage) -> bool:
    """Whether somebody has opened a shop in this database: there is a person who can sign in."""
    from sqlalchemy import select

    from desktop.models.people import Staff

    with storage.read.connect() as connection:
        return connection.execute(select(Staff.id).limit(1)).first() is not None


@contextmanager
def opened(address: str, *, clock: Clock | None = None) -> Iterator[Shop]:
    """The shop at this address, entered from the owner's terminal. Raises `ShopError` without one."""
    from desktop.shop.actors import console
    from desktop.shop.shop import Shop

    storage = connect(address)
    try:
        if not is_set_up(storage):
            raise NoShop(
                N_("There is no shop at {place} yet. Set one up with: zhanggui init"), place=shown(storage)
            )
        yield Shop(storage, actor=console(), clock=clock)
    finally:
        storage.close()


def first_till(storage: Storage, kind: str) -> int:
    """The id of the shop's first till of this kind, 0 when it has none."""
    from sqlalchemy import select

    from desktop.models.people import Till

    with storage.read.connect() as connection:
        return int(
            connection.execute(select(Till.id).where(Till.kind == kind).order_by(Till.id)).scalar() or 0
        )


def kiosk_till(storage: Storage, code: str) -> int:
    """The id of the kiosk with this code, or of the first one when none is named. Raises `WrongUse`."""
    from sqlalchemy import select

    from desktop.models.people import Till

    statement = select(Till.id, Till.code).where(Till.kind == "kiosk").order_by(Till.id)
    with storage.read.connect() as connection:
        known = {row.code: int(row.id) for row in connection.execute(statement)}
    if not known:
        raise WrongUse(N_("This shop has no self-checkout yet. Add a till of that kind in the settings."))
    if code and code not in known:
        raise WrongUse(
            N_("There is no self-checkout “{code}”. Say --till with one of: {known}."),
            code=code,
            known=", ".join(known),
        )
    return known[code] if code else next(iter(known.values()))
