"""`zhanggui init`: set up a shop of one's own, or the sample shop."""

from __future__ import annotations

import argparse
import getpass
import sys
from pathlib import Path

from desktop.basics.clock import Clock
from desktop.basics.errors import Refused
from desktop.basics.i18n import N_, _
from desktop.commands.places import connect, hidden, is_set_up, own_place, sample_place, shown
from desktop.commands.say import WrongUse, answer


def run(arguments: argparse.Namespace) -> int:
    """Set up what was asked for; a shop that is already there stays as it is."""
    if arguments.sample:
        _sample(arguments)
    else:
        _own(arguments)
    return 0


def _sample(arguments: argparse.Namespace) -> None:
    from desktop.services.sample import PASSWORD, USERNAME

    address = arguments.database or sample_place()
    fill_sample(address)
    opens = _("User {user}, password {password}. Open it with: zhanggui --database {address}")
    answer(
        arguments,
        {"ok": True, "database": hidden(address), "user": USERNAME, "password": PASSWORD},
        _("The sample shop is ready at {place}.").format(place=_place(address)),
        opens.format(user=USERNAME, password=PASSWORD, address=hidden(address)),
    )


def _own(arguments: argparse.Namespace) -> None:
    from desktop.services.opening import NewShop, open_shop
    from desktop.shop.shop import Shop

    if not arguments.name or not arguments.owner:
        raise WrongUse(
            N_("Say the shop’s name and its owner: zhanggui init --name NAME --owner NAME (or --sample).")
        )
    address = arguments.database or own_place()
    wanted = NewShop(
        arguments.name, arguments.owner, arguments.user, _password(arguments), arguments.currency.upper()
    )
    with _fresh(address):
        storage = connect(address, make=True)
        try:
            open_shop(Shop(storage), wanted)
        finally:
            storage.close()
    answer(
        arguments,
        {"ok": True, "database": hidden(address), "user": wanted.username},
        _("The shop “{name}” is ready at {place}. Sign in as {user}.").format(
            name=wanted.name, place=_place(address), user=wanted.username
        ),
    )


def _password(arguments: argparse.Namespace) -> str:
    if arguments.password_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise WrongUse(
            N_("Nobody can type a password here. Hand it over on standard input with --password-stdin.")
        )
    first = getpass.getpass(_("Password of the owner: "))
    if getpass.getpass(_("The same again: ")) != first:
        raise WrongUse(N_("The two passwords differ. Nothing was set up; try again."))
    return first


def fill_sample(address: str, clock: Clock | None = None) -> None:
    """Make the sample shop at this address. Raises `ShopError`; a half-made file is taken away again."""
    from desktop.rules.sample import fill_runs
    from desktop.services.sample import make_sample
    from desktop.shop.shop import Shop

    with _fresh(address):
        storage = connect(address, make=True)
        try:
            if is_set_up(storage):
                raise Refused(
                    N_("There is already a shop at {place}. Choose another file."), place=shown(storage)
                )
            shop = Shop(storage, clock=clock)
            make_sample(shop)
            fill_runs(shop)
        finally:
            storage.close()


class _fresh:
    """Takes a file away again that did not exist before and was not finished."""

    def __init__(self, address: str) -> None:
        name = _place(address)
        self._file = Path(name) if not address.startswith("postgresql") else None
        self._new = self._file is not None and not self._file.exists()

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if kind is not None and self._new and self._file is not None:
            for path in (
                self._file,
                *(self._file.with_name(self._file.name + tail) for tail in ("-wal", "-shm")),
            ):
                path.unlink(missing_ok=True)


def _place(address: str) -> str:
    """The file of a SQLite address, or the server's part of another."""
    if "://" in address and not address.startswith("sqlite"):
        return hidden(address)
    return address.removeprefix("sqlite:///")
