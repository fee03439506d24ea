"""`zhanggui doctor`: is this machine, and is the database, fit to run a shop?"""

from __future__ import annotations

import argparse
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from desktop.basics.clock import Clock, SystemClock
from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, _
from desktop.basics.machine import Machine
from desktop.basics.paths import data_folder, resources
from desktop.commands.places import chosen_place, is_set_up, shown
from desktop.commands.say import answer
from desktop.queries.health import SLACK
from desktop.services.machine_health import ROOM_NEEDED
from desktop.storage import schema
from desktop.storage.engine import Storage, open_storage, parse_url, sqlite_driver, sqlite_is_current

FONTS = ("Inter-Regular.ttf", "Inter-SemiBold.ttf", "NotoSansSC-Regular.ttf", "NotoSansSC-SemiBold.ttf")


@dataclass(frozen=True)
class Finding:
    """One line: `state` is ok, hint (works, could be better) or problem; `next` says what to do."""

    name: str
    state: str
    found: str
    next: str = ""


def run(arguments: argparse.Namespace) -> int:
    """Print every finding; 1 when one is a problem."""
    findings = list(examine(chosen_place(arguments.database)))
    well = all(finding.state != "problem" for finding in findings)
    marks = {"ok": _("ok"), "hint": _("hint"), "problem": _("PROBLEM")}
    lines = []
    for finding in findings:
        lines.append(f"{marks[finding.state]:<8} {_(finding.name)}: {finding.found}")
        if finding.next:
            lines.append(f"{'':<8} → {finding.next}")
    answer(arguments, {"ok": well, "findings": [asdict(finding) for finding in findings]}, *lines)
    return 0 if well else 1


def examine(address: str, clock: Clock | None = None) -> Iterator[Finding]:
    """Look at the machine, then at the database at this address."""
    yield from _programs()
    yield from _machine()
    yield from _database(address, clock or SystemClock())


def _programs() -> Iterator[Finding]:
    python_fine = sys.version_info >= (3, 11)
    upgrade = _("Install Python 3.11 or newer, then set the program up again.")
    yield _finding(N_("Python"), python_fine, platform.python_version(), upgrade)
    qt = metadata.version("PySide6-Essentials")
    qt_fine = tuple(map(int, qt.split(".")[:2])) < (6, 12) or sys.version_info >= (3, 12)
    yield _finding(
        N_("Qt"),
        qt_fine,
        qt,
        _("Qt {version} ends by itself on this Python. Set the program up again.").format(version=qt),
    )
    driver = sqlite_driver()
    text = f"{driver.sqlite_version} ({driver.__name__.split('.')[0]})"
    old = _(
        "This SQLite may damage a file that several programs write. Set the program up again, so that it brings its own."
    )
    yield _finding(N_("SQLite"), sqlite_is_current(), text, old)


def _machine() -> Iterator[Finding]:
    missing = [name for name in FONTS if not (resources() / "fonts" / name).is_file()]
    fonts = _("all there") if not missing else _("missing: {names}").format(names=", ".join(missing))
    yield _finding(
        N_("Fonts"),
        not missing,
        fonts,
        _("Install the program again; until then the system’s fonts are used."),
    )
    yield _room(data_folder())
    printer = str(Machine().get("printer", ""))
    choose = _("Choose one in Settings › Receipt printer when receipts shall be printed.")
    yield Finding(
        N_("Receipt printer"),
        "ok" if printer else "hint",
        printer or _("none chosen"),
        "" if printer else choose,
    )
    from desktop.gateways.keyring_state import keeper

    name = keeper()
    advice = _(
        "Payment keys will need one later: install gnome-keyring or KWallet and sign in to a desktop session."
    )
    yield Finding(
        N_("Keyring"),
        "ok" if name else "hint",
        name or _("none that keeps secrets safely"),
        "" if name else advice,
    )


def _room(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    text = _("{size} GB free at {folder}").format(size=f"{free / (1 << 30):.1f}", folder=folder)
    return _finding(
        N_("Disk"), free >= ROOM_NEEDED, text, _("Free some space: at least 1 GB should be left.")
    )


def _database(address: str, clock: Clock) -> Iterator[Finding]:
    from sqlalchemy.exc import DBAPIError

    try:
        url = parse_url(address)
        if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).exists():
            make = _("Set one up with: zhanggui init")
            yield Finding(
                N_("Database"),
                "problem",
                _("there is no shop at {place} yet").format(place=url.database),
                make,
            )
            return
        storage = open_storage(url)
    except ShopError as error:
        yield Finding(N_("Database"), "problem", str(error))
        return
    try:
        yield from _inside(storage, clock)
    except DBAPIError as error:
        reach = _(
            "Check that the file is a database of this program and readable, or that the server runs and lets you in."
        )
        yield Finding(
            N_("Database"),
            "problem",
            _("can’t be read ({kind})").format(kind=type(error.orig).__name__),
            reach,
        )
    finally:
        storage.close()


def _inside(storage: Storage, clock: Clock) -> Iterator[Finding]:
    with storage.read.connect():
        yield Finding(N_("Database"), "ok", shown(storage))
    have, wanted = schema.current(storage), schema.newest()
    if have is None or (have == wanted and not is_set_up(storage)):
        yield Finding(
            N_("Shop"), "problem", _("the database holds no shop yet"), _("Set one up with: zhanggui init")
        )
    newer = _("Update this program: another one with a newer schema has been here.")
    older = _("It is brought up to date when the program opens the shop.")
    state = "ok" if have in (wanted, None) else "hint" if have < wanted else "problem"
    yield Finding(
        N_("Schema"), state, f"{have} / {wanted}", {"ok": "", "hint": older, "problem": newer}[state]
    )
    yield from (_sqlite(storage) if storage.is_sqlite else _postgresql(storage, clock))
    if have == wanted:
        yield _no_future(storage, clock)


def _sqlite(storage: Storage) -> Iterator[Finding]:
    with storage.read.connect() as connection:
        ask: Callable[[str], object] = lambda sql: connection.exec_driver_sql(sql).scalar()  # noqa: E731 - one look each
        journal, synchronous = ask("PRAGMA journal_mode"), ask("PRAGMA synchronous")
        whole = ask("PRAGMA quick_check(1)")
    durable = journal == "wal" and synchronous == 2
    local = _("Keep the file on a disk of this machine, not on a network drive.")
    yield _finding(N_("Durable writes"), durable, f"journal {journal}, synchronous {synchronous}", local)
    restore = _("Copy the file away, then restore the last backup.")
    yield _finding(
        N_("File"),
        whole == "ok",
        _("whole") if whole == "ok" else _("damaged: {detail}").format(detail=whole),
        restore,
    )
    if storage.url.database:
        yield _room(Path(storage.url.database).resolve().parent)


def _postgresql(storage: Storage, clock: Clock) -> Iterator[Finding]:
    from sqlalchemy import text

    yield _search(storage)
    with storage.read.connect() as connection:
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            value = str(connection.execute(text(f"SHOW {name}")).scalar())
            switch = _("Switch it on in postgresql.conf, or a power cut may lose sales.")
            yield _finding(name, value != "off", value, switch)
        theirs = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
    apart = abs(theirs - clock.now())
    seconds = f"{apart.total_seconds():.1f}"
    sync = _("Let this machine and the server take the time from the network.")
    yield _finding(
        N_("Clock"), apart <= SLACK, _("{seconds} s from the server’s").format(seconds=seconds), sync
    )


def _search(storage: Storage) -> Finding:
    """Without pg_trgm, or in a database whose locale knows no Chinese letters, searches read every order’s text."""
    from sqlalchemy import text
    from sqlalchemy.exc import DBAPIError

    index = "SELECT count(*) FROM pg_indexes WHERE indexname = 'ix_order_text_words'"
    try:
        with storage.read.connect() as connection:
            letters = bool(connection.execute(text("SELECT show_trgm('龙') <> '{}'")).scalar())
            there = bool(connection.execute(text(index)).scalar())
    except DBAPIError:
        letters = there = False
    if letters and there:
        return Finding(N_("Search"), "ok", _("by index"))
    why = _("slow: the locale knows no Chinese letters") if there else _("slow: pg_trgm is missing")
    advice = _(
        "Searching works, but reads every order. Let the database’s owner install pg_trgm, in a database with the locale C.UTF-8; "
        "then run: zhanggui verify --repair-search"
    )
    return Finding(N_("Search"), "hint", why, advice)


def _no_future(storage: Storage, clock: Clock) -> Finding:
    """A last entry in the future means that the clock was put back: times on receipts would run backwards."""
    from sqlalchemy import func, select

    from desktop.models.system import AuditEvent

    with storage.read.connect() as connection:
        last = connection.execute(select(func.max(AuditEvent.at))).scalar()
    now = clock.now()
    fine = last is None or last <= now + SLACK
    text = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    return _finding(
        N_("Time"), fine, text, _("The last entry lies in the future: check this machine’s date and time.")
    )


def _finding(name: str, fine: bool, found: str, next_step: str) -> Finding:
    return Finding(name, "ok" if fine else "problem", found, "" if fine else next_step)
