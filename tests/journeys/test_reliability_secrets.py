"""After a whole day no password, PIN, token or code can be read in the database, beside it or in the log."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, update

from desktop.app import start_logging
from desktop.basics.errors import ShopError, Unavailable
from desktop.basics.ids import new_key, new_token
from desktop.basics.paths import data_folder
from desktop.models.people import Staff
from desktop.queries.checkout import checkout_view
from desktop.services.checkout import (
    agree_by_code,
    digest,
    issue_kiosk_code,
    join_by_phone,
    offer_to_phone,
    save_checkout,
    send_kiosk_code,
)
from desktop.services.phone import agree, choose_points, send_phone_code, sign_in_by_code, take_offer
from desktop.services.settlement import TenderIn, settle
from desktop.services.sign_in import check_pin, sign_in
from desktop.services.staff import add_staff, set_password, set_pin
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.storage.engine import open_storage
from tests.helpers.goods import NUTS, PHONE, TEA, Stocked, open_stocked
from tests.helpers.logs import Logs
from tests.helpers.sales import Pocket, sell

OWNERS = "a long password"  # as the stocked shop was opened
TYPED = ("Tr0ub4dor&3 correct", "a-mistyped-passwort", "second-Passw0rt!")
PINS = ("80426915", "57193046", "90817263")


@dataclass
class Day:
    """What was said to people and must not be found."""

    long: list[str] = field(default_factory=list)  # passwords, PINs, tokens: found as they are
    codes: list[str] = field(default_factory=list)  # six digits: may turn up in a hash by chance
    hashes: list[str] = field(default_factory=list)  # where that chance lies


@pytest.fixture
def logged() -> Iterator[Path]:
    """The program's own log, at its chattiest."""
    root, ours, known = logging.getLogger(), logging.getLogger("zhanggui"), logging.getLogger().handlers[:]
    levels = (root.level, ours.level)
    start_logging()
    root.setLevel(logging.INFO)
    ours.setLevel(logging.DEBUG)
    yield data_folder() / "log" / "zhanggui.log"
    for handler in root.handlers[:]:
        if handler not in known:
            root.removeHandler(handler)
            handler.close()
    root.setLevel(levels[0])
    ours.setLevel(levels[1])


def people(shop: Shop, day: Day) -> None:
    """Staff is taken on, signs in, mistypes, changes passwords and PINs."""
    chen = add_staff(shop, username="chen", name="陈", password=TYPED[0], roles=["cashier"], pin=PINS[0])
    sign_in(shop, "wang", OWNERS, 1)
    sign_in(shop, "chen", TYPED[0], 1)
    with pytest.raises(ShopError):
        sign_in(shop, "chen", TYPED[1], 1)
    check_pin(shop, 2, PINS[0])
    with pytest.raises(ShopError):
        check_pin(shop, 2, PINS[1])
    set_password(shop, chen, TYPED[2])
    set_pin(shop, chen, PINS[2])
    sign_in(shop, "chen", TYPED[2], 1)
    check_pin(shop, 2, PINS[2])
    day.long += [OWNERS, *TYPED, *PINS]


def kiosk_sale(stocked: Stocked, day: Day, pocket: Pocket) -> None:
    """A member confirms with a code typed at the kiosk, the first time a wrong one."""
    kiosk, key = stocked.kiosk, new_key()
    cart = stocked.cart((NUTS, 1))
    kiosk.do(save_checkout, key, cart)
    kiosk.do(join_by_phone, key, PHONE)
    version = kiosk.do(save_checkout, key, cart, 500)
    send_kiosk_code(kiosk, pocket, key, version)
    other = "000000" if pocket.code != "000000" else "000001"
    with pytest.raises(ShopError):
        agree_by_code(kiosk, key, other, version)
    agree_by_code(kiosk, key, pocket.code, version)
    due = kiosk.ask(checkout_view, key).bill.to_pay_minor
    stocked.cashier.do(settle, key, [TenderIn("cash", due)], version)
    day.codes.append(pocket.code)
    day.hashes.append(digest(key, PHONE, pocket.code))


def phone_sale(stocked: Stocked, day: Day, pocket: Pocket) -> None:
    """A member takes the offer with the own phone, signs in by code and agrees."""
    kiosk, key, device = stocked.kiosk, new_key(), new_token()
    phone = stocked.shop.acting_as(actors.phone())
    kiosk.do(save_checkout, key, stocked.cart((TEA, 1)))
    token = kiosk.do(offer_to_phone, key).token
    phone.do(take_offer, token, device)
    send_phone_code(phone, pocket, token, device, PHONE)
    sign_in_by_code(phone, token, device, pocket.code)
    phone.do(choose_points, token, device, 300)
    view = kiosk.ask(checkout_view, key)
    phone.do(agree, token, device, view.version)
    stocked.cashier.do(settle, key, [TenderIn("cash", view.bill.to_pay_minor)], view.version)
    day.long += [token, device]
    day.codes.append(pocket.code)
    day.hashes += [digest(token), digest(device), digest(key, PHONE, pocket.code)]


def forgotten_code(stocked: Stocked, day: Day) -> None:
    """A code nobody typed, on a sale that stays open."""
    kiosk, key = stocked.kiosk, new_key()
    kiosk.do(save_checkout, key, stocked.cart((NUTS, 1)))
    kiosk.do(join_by_phone, key, PHONE)
    version = kiosk.do(save_checkout, key, stocked.cart((NUTS, 1)), 500)
    number, code = kiosk.do(issue_kiosk_code, key, version)
    day.codes.append(code)
    day.hashes.append(digest(key, number, code))


def whole_day(stocked: Stocked, day: Day) -> None:
    """Everything that handles a secret, and sales between."""
    pocket = Pocket()
    people(stocked.shop, day)
    for _ in range(3):
        kiosk_sale(stocked, day, pocket)
        phone_sale(stocked, day, pocket)
        sell(stocked, stocked.cart((NUTS, 1)), method="card")
    forgotten_code(stocked, day)


def trouble_while_changing_a_password(shop: Shop) -> None:
    """Even trouble is logged without what was typed."""

    def impatient(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA busy_timeout=20")

    other = open_storage(shop.storage.url)
    event.listen(shop.storage.write, "begin", impatient, insert=True)
    with other.write.begin(), pytest.raises(Unavailable):
        set_password(shop, 1, TYPED[2])
    event.remove(shop.storage.write, "begin", impatient)
    other.close()


HEX = re.compile(rb"[0-9a-f]{32,}")


def found(day: Day, *files: Path) -> list[str]:
    """The secrets that can be read in these files, as UTF-8 or UTF-16."""
    told = []
    for file in files:
        raw = file.read_bytes()
        for secret in day.long:
            told += [f"{secret} in {file.name}" for e in ("utf-8", "utf-16-le") if secret.encode(e) in raw]
        for known in day.hashes:
            raw = raw.replace(known.encode(), b"#")
        rest = HEX.sub(b"#", raw)  # keys and hashes of the trail
        told += [f"{code} in {file.name}" for code in day.codes if code.encode() in rest]
    return told


@pytest.mark.req("M11", "A4")
def test_nothing_secret_can_be_read_after_a_whole_day(sqlite_shop: Shop, logged: Path, logs: Logs) -> None:
    logs.allow("database trouble")
    stocked, day = open_stocked(sqlite_shop), Day()
    whole_day(stocked, day)
    trouble_while_changing_a_password(sqlite_shop)
    database = Path(sqlite_shop.storage.url.database or "")
    beside = [file for file in database.parent.iterdir() if file.is_file()]
    assert {file.name for file in beside} >= {"shop.db", "shop.db-wal"}
    assert "database trouble" in logged.read_text()
    assert found(day, *beside, logged) == []
    sqlite_shop.storage.close()  # and when everything has been brought into the file
    assert found(day, database, logged) == []


def test_control_what_is_there_is_found(sqlite_shop: Shop, logged: Path, logs: Logs) -> None:
    logs.allow(".")
    stocked, day = open_stocked(sqlite_shop), Day()
    kiosk_sale(stocked, day, Pocket())
    database = Path(sqlite_shop.storage.url.database or "")
    logging.getLogger("zhanggui").warning("signed in with %s", OWNERS)
    files = (database.with_name("shop.db-wal"), logged)
    assert found(Day(long=["林晓梅"]), *files) == [
        "林晓梅 in shop.db-wal"
    ]  # a name may be there, and the eye sees it
    with sqlite_shop.storage.write.begin() as connection:
        connection.execute(update(Staff).values(name=f"{day.codes[0]} {PINS[0]}"))
    seen = found(Day(long=[PINS[0], OWNERS], codes=day.codes, hashes=day.hashes), *files)
    assert sorted(seen) == sorted(
        [f"{PINS[0]} in shop.db-wal", f"{day.codes[0]} in shop.db-wal", f"{OWNERS} in zhanggui.log"]
    )
