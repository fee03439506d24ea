"""`python -m tests.simulators --port 8900`: the providers for a shop in another process, until the input ends."""

from __future__ import annotations

import argparse
import json
import sys
import threading
from datetime import datetime

from tests.simulators.control import ROOM, PayOffice


def connect_sample(address: str, office: PayOffice) -> None:
    """Give a sample shop accounts here, so that its windows and kiosks on this machine pay by them from now on."""
    from desktop.commands.places import connect
    from desktop.queries.shell import shop_card
    from desktop.services.pay_accounts import AccountForm, save_account
    from desktop.shop.actors import console
    from desktop.shop.shop import Shop

    storage = connect(address)
    try:
        shop = Shop(storage).acting_as(console())
        if not shop.ask(shop_card).sample:
            raise SystemExit("this is a shop of its own; only a sample shop may pay to a simulator")
        for gateway, given in office.account().items():
            save_account(shop, AccountForm(gateway, given["account"], dict(given["secrets"])))
    finally:
        storage.close()


def main() -> int:
    """Open, say where and with which keys in one line of JSON, and stay."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulators", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--clock", help="begin at this moment (ISO 8601), as the shop's clock does")
    parser.add_argument("--with-stdin", action="store_true", help="end when the input ends")
    parser.add_argument(
        "--shop", help="the address of a sample shop that is to pay here, its keys in the keyring"
    )
    arguments = parser.parse_args()
    office = PayOffice().open(arguments.port)
    if arguments.clock:
        office.set_clock(datetime.fromisoformat(arguments.clock))
    if arguments.shop:
        connect_sample(arguments.shop, office)
    print(
        json.dumps({"base": office.base, "control": office.base + ROOM, "account": office.account()}),
        flush=True,
    )
    try:
        if arguments.with_stdin:
            sys.stdin.read()
        else:
            threading.Event().wait()
    except KeyboardInterrupt:
        pass
    office.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
