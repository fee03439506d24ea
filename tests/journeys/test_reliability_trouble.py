"""The database is held, full, gone, locked away or of another kind: a sentence, nothing changed, and it works again."""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import signal
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from desktop.basics.clock import SystemClock
from desktop.basics.errors import ShopError, Unavailable
from desktop.basics.ids import new_key
from desktop.commands.places import connect
from desktop.models.members import Member
from desktop.models.people import Permission
from desktop.queries.members import members_page
from desktop.services.members import adjust_points
from desktop.shop import actors, trouble
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from desktop.storage.engine import open_storage
from desktop.storage.schema import current, ensure, newest
from tests.helpers.books import check_books, orders_by_key
from tests.helpers.databases import migrate
from tests.helpers.goods import NUTS, Stocked, open_stocked
from tests.helpers.logs import Logs
from tests.helpers.postgres import Cluster
from tests.helpers.sales import sell
from tests.helpers.tills import CONTEXT, PATIENCE, enter, finish, ids_of, leave, start

MESSAGE_SECONDS = 8.0  # a person at the till hears within this time; most of it is waiting for the lock
HELD = "Another program is holding the database. Nothing was changed; try again in a moment."
FULL = "The disk is full or failing. Nothing was changed; free some space, then try again."
ONLY_READ = "The database can only be read, not written. Check the file’s permissions or the server."
OTHER = "{file} is not a shop’s database. Choose another file."
GONE = "The database can’t be reached. Check the network or the file, then try again; nothing is saved twice."


@pytest.fixture
def stocked(shop_url: str, logs: Logs) -> Iterator[Stocked]:
    """The pictures' shop on each kind of database, by the machine's own clock."""
    logs.allow("database trouble")
    opened = open_stocked(Shop(open_storage(shop_url), actor=actors.console(), clock=SystemClock()))
    yield opened
    leave(opened)


def points(stocked: Stocked) -> int:
    """The member's balance."""
    with stocked.shop.storage.read.connect() as connection:
        return int(connection.execute(select(Member.points)).scalar_one())


def give_points(stocked: Stocked) -> int:
    """A verb that needs the member's row."""
    return stocked.shop.do(adjust_points, stocked.member_id, 1, "补发", client_key=new_key())


# -- held by a frozen process ----------------------------------------------------------------------------------


def hold(url: str, ids: Stocked, held: Any) -> None:
    """Take the lock a sale would take, and never give it back."""
    mine = enter(url, ids)
    with mine.shop.storage.write.begin() as connection:
        connection.execute(update(Member).values(note="held"))
        held.set()
        CONTEXT.Event().wait()


@pytest.mark.req("R9")
def test_a_frozen_program_holding_the_database_is_named_in_time_and_harms_nothing(
    stocked: Stocked, shop_url: str
) -> None:
    held = CONTEXT.Event()
    frozen = start(hold, shop_url, ids_of(stocked), held)
    assert held.wait(PATIENCE)
    os.kill(frozen.pid or 0, signal.SIGSTOP)
    began = time.monotonic()
    with pytest.raises(Unavailable) as told:
        give_points(stocked)
    waited = time.monotonic() - began
    assert (told.value.sentence, told.value.next_step) == (HELD, "retry")
    assert waited < MESSAGE_SECONDS
    assert points(stocked) == 12_860  # reading went on meanwhile
    assert stocked.cashier.ask(members_page).rows
    frozen.kill()
    frozen.join(PATIENCE)
    assert give_points(stocked) == 12_861
    check_books(stocked.shop)


# -- a server that goes away -----------------------------------------------------------------------------------


@pytest.fixture
def own_server(postgres: Cluster) -> Iterator[Cluster]:
    """A server this test may stop."""
    cluster = Cluster(postgres.programs)
    yield cluster
    cluster.stop()


@action(permission=Permission.EDIT_MEMBERS)
def _halfway(work: Work, member_id: int, halt: Callable[[], None]) -> None:
    """Change a row, lose the server, try to go on."""
    work.update(Member, member_id, {"points": Member.points + 5})
    halt()
    work.update(Member, member_id, {"note": "never"})


@pytest.mark.req("R9")
def test_a_server_stopped_in_the_middle_and_started_again(own_server: Cluster, logs: Logs) -> None:
    logs.allow("database trouble")
    url = own_server.create("shop")
    migrate(url)
    stocked = open_stocked(Shop(open_storage(url), actor=actors.console(), clock=SystemClock()))
    reached: dict[bool, threading.Event] = {False: threading.Event(), True: threading.Event()}
    stocked.shop.news.on_reach = lambda well: reached[well].set()
    stocked.shop.news.follow()
    with pytest.raises(Unavailable) as told:
        stocked.shop.do(_halfway, stocked.member_id, own_server.halt)
    assert told.value.sentence == GONE
    for attempt in (lambda: give_points(stocked), lambda: stocked.cashier.ask(members_page)):
        with pytest.raises(Unavailable) as told:
            attempt()
        assert told.value.sentence == GONE
    assert reached[False].wait(PATIENCE)  # the bar at the top of the window says so by itself
    own_server.start()
    assert reached[True].wait(PATIENCE)
    assert points(stocked) == 12_860
    assert give_points(stocked) == 12_861
    check_books(stocked.shop)
    leave(stocked)


# -- a full disk, a file that can only be read --------------------------------------------------------------------


def sell_on_a_full_disk(url: str, ids: Stocked, answers: Any) -> None:
    """Sell until the disk is full (here: until files may not grow), look around, make room, sell again."""
    mine = enter(url, ids)
    sell(mine, mine.cart((NUTS, 1)))
    size = Path(f"{mine.shop.storage.url.database}-wal").stat().st_size
    _soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 60_000, hard))
    sold, sentence = 1, ""
    while not sentence:
        try:
            sell(mine, mine.cart((NUTS, 1)))
            sold += 1
        except Unavailable as error:
            sentence = error.sentence
    with mine.shop.storage.read.connect() as connection:
        there = len(orders_by_key(connection))
    seen = len(mine.shop.ask(members_page).rows)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    sell(mine, mine.cart((NUTS, 1)))
    check_books(mine.shop)
    answers.put((sentence, there - sold, seen))
    leave(mine)


@pytest.mark.req("R9", "O4")
def test_a_full_disk_stops_selling_politely_and_goes_on_once_there_is_room(sqlite_url: str) -> None:
    stocked = open_stocked(Shop(open_storage(sqlite_url), actor=actors.console(), clock=SystemClock()))
    leave(stocked)
    answers = CONTEXT.Queue()
    till = start(sell_on_a_full_disk, sqlite_url, ids_of(stocked), answers)
    assert answers.get(timeout=PATIENCE) == (FULL, 0, 1)
    finish(till)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder everybody may enter, for a process without rights."""
    folder = Path(tempfile.mkdtemp(prefix="zhanggui-"))
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


def try_without_rights(url: str, ids: Stocked, answers: Any) -> None:
    """Read and write as somebody who may only read the file."""
    if os.geteuid() == 0:  # to whom every file is writable
        os.seteuid(65534)
    mine = enter(url, ids)
    seen = len(mine.shop.ask(members_page).rows)
    try:
        give_points(mine)
    except Unavailable as error:
        answers.put((seen, error.sentence))
    else:
        answers.put((seen, "written"))


@pytest.mark.parametrize("mode, said", [(0o444, ONLY_READ), (0o666, "written")], ids=["read-only", "control"])
def test_a_file_that_can_only_be_read_is_read_and_says_so(
    open_folder: Path, sqlite_template: Path, mode: int, said: str
) -> None:
    file = open_folder / "shop.db"
    shutil.copyfile(sqlite_template, file)
    stocked = open_stocked(
        Shop(open_storage(f"sqlite:///{file}"), actor=actors.console(), clock=SystemClock())
    )
    leave(stocked)
    file.chmod(mode)
    answers = CONTEXT.Queue()
    start(try_without_rights, f"sqlite:///{file}", ids_of(stocked), answers)
    assert answers.get(timeout=PATIENCE) == (1, said)


# -- files of another kind ----------------------------------------------------------------------------------------


def content(file: Path) -> str:
    """What is in the file."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.mark.req("R9", "O19")
@pytest.mark.parametrize(
    "content_",
    [b"name,price\nmilk,16.9\n" * 200, b"PK\x03\x04" + bytes(5000), b"x"],
    ids=["csv", "xlsx", "short"],
)
@pytest.mark.parametrize("make", [False, True], ids=["open", "make"])
def test_a_file_that_is_no_database_is_refused_and_left_alone(
    tmp_path: Path, content_: bytes, make: bool
) -> None:
    file = tmp_path / "goods.csv"
    file.write_bytes(content_)
    with pytest.raises(ShopError) as told:
        connect(f"sqlite:///{file}", make=make)
    assert told.value.sentence == OTHER
    assert file.read_bytes() == content_
    assert list(tmp_path.iterdir()) == [file]


def test_control_an_empty_file_becomes_a_shop(tmp_path: Path) -> None:
    (tmp_path / "shop.db").touch()
    storage = connect(f"sqlite:///{tmp_path / 'shop.db'}", make=True)
    assert current(storage) == newest()
    storage.close()


def test_a_shop_behind_a_damaged_file_says_so_at_the_door(sqlite_url: str, logs: Logs) -> None:
    logs.allow("database trouble")
    stocked = open_stocked(Shop(open_storage(sqlite_url), actor=actors.console(), clock=SystemClock()))
    leave(stocked)
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    file.write_bytes(b"\0" * 4096 + file.read_bytes()[4096:])
    broken = enter(sqlite_url, ids_of(stocked))
    for attempt in (lambda: broken.shop.ask(members_page), lambda: give_points(broken)):
        with pytest.raises(Unavailable) as told:
            attempt()
        assert told.value.sentence == GONE
    leave(broken)


@pytest.mark.req("R9")
def test_a_database_of_a_newer_program_is_refused_untouched(sqlite_url: str) -> None:
    file = Path(sqlite_url.removeprefix("sqlite:///"))
    with sqlite3.connect(file) as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9876'")
    raw.close()
    before = content(file)
    for opening in (lambda: connect(sqlite_url), lambda: ensure_only(sqlite_url)):
        with pytest.raises(ShopError) as told:
            opening()
        assert "9876" in str(told.value)
        assert newest() in str(told.value)
    assert content(file) == before


def ensure_only(url: str) -> None:
    """Bring the tables up to date as every front does."""
    storage = open_storage(url)
    try:
        ensure(storage)
    finally:
        storage.close()


def test_a_newer_server_is_refused_too(postgres_url: str) -> None:
    storage = open_storage(postgres_url)
    with storage.write.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9876'"))
    storage.close()
    with pytest.raises(ShopError, match="9876"):
        connect(postgres_url)


# -- what is no trouble of the database ---------------------------------------------------------------------------


@action(permission=Permission.EDIT_MEMBERS)
def _same_number_twice(work: Work, note: str) -> None:
    """A bug: two members with one code; PostgreSQL's complaint quotes the row."""
    for _ in range(2):
        work.add(Member(code=note, created_at=work.now))


@pytest.mark.parametrize("words", ["the full connection timeout", "disk I/O error", "readonly"])
def test_control_what_was_typed_never_passes_for_trouble_of_the_disk(stocked: Stocked, words: str) -> None:
    with pytest.raises(Exception) as told:
        stocked.shop.do(_same_number_twice, words)
    assert not isinstance(told.value, Unavailable)
    error = IntegrityError("INSERT", {}, Exception(f"duplicate key ({words})"))
    assert trouble.sentence_for(error) is None
