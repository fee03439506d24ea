"""The one door: audit and news are derived, retries are harmless, a refusal leaves nothing, looks are recorded."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import DBAPIError

from desktop.basics.clock import HandClock
from desktop.basics.errors import NotAllowed, Refused, ShopError, Unavailable
from desktop.models.members import Member, MemberTag, PointsEntry
from desktop.models.people import Permission, RolePermission
from desktop.models.products import Tag
from desktop.models.system import AuditEvent
from desktop.queries.members import member_phone, members_page
from desktop.services.members import add_tag, adjust_points, remove_tag, sign_up
from desktop.shop import actors, audit_trail
from desktop.shop.action import ACTIONS, QUESTIONS, action, question
from desktop.shop.changes import Changes
from desktop.shop.shop import Shop, forbid_this_thread
from desktop.shop.work import Read, Work
from desktop.storage.engine import Storage, open_storage
from tests.helpers.goods import PHONE, Stocked, open_stocked
from tests.helpers.logs import Logs

NEWS_SECONDS = 3.0


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


def newest(shop: Shop) -> Any:
    """The newest row of the audit trail."""
    with shop.storage.read.connect() as connection:
        return connection.execute(select(AuditEvent.__table__).order_by(AuditEvent.id.desc())).first()


def count(shop: Shop, entity: type = AuditEvent) -> int:
    """How many rows a table has."""
    with shop.storage.read.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(entity)).scalar_one())


# -- what is derived ----------------------------------------------------------------------------------------


def test_news_name_every_touched_row_once_the_commit_is_done(stocked: Stocked) -> None:
    heard: list[Changes] = []
    stop = stocked.shop.listen(heard.append)
    balance = stocked.shop.do(adjust_points, stocked.member_id, 40, "补发", client_key="k")
    assert [(c.action, c.actor, c.here) for c in heard] == [("members.adjust_points", "console", True)]
    assert heard[0].ids("member") == {stocked.member_id}
    assert heard[0].touches("points_entry")
    assert balance == 12_900
    stop()
    stocked.shop.do(adjust_points, stocked.member_id, 40, "补发", client_key="l")
    assert len(heard) == 1


def test_a_listener_that_fails_keeps_the_news_from_nobody(stocked: Stocked, logs: Logs) -> None:
    logs.allow("a listener failed")
    heard: list[Changes] = []

    def broken(changes: Changes) -> None:
        raise RuntimeError("broken screen")

    stocked.shop.listen(broken)
    stocked.shop.listen(heard.append)
    stocked.shop.do(add_tag, stocked.member_id, "熟客")
    assert len(heard) == 1


@question(permission=Permission.SEE_MEMBERS)
def _quiet_look(read: Read, member_id: int) -> str:
    """The same look as `member_phone`, not marked as personal."""
    return str(read.value(select(Member.phone).where(Member.id == member_id)))


@pytest.mark.req("A2")
def test_a_personal_question_leaves_one_row_and_no_value(stocked: Stocked) -> None:
    before = count(stocked.shop)
    stocked.shop.ask(members_page)
    assert count(stocked.shop) == before
    stocked.shop.ask(member_phone, stocked.member_id)
    row = newest(stocked.shop)
    assert count(stocked.shop) == before + 1
    assert (row.action, row.touched) == ("members.member_phone", "{}")
    assert PHONE not in row.detail
    stocked.shop.ask(_quiet_look, stocked.member_id)  # control: the mark makes the row
    assert count(stocked.shop) == before + 1
    with pytest.raises(NotAllowed):
        stocked.cashier.ask(member_phone, stocked.member_id)
    assert count(stocked.shop) == before + 1


# -- all or nothing -----------------------------------------------------------------------------------------


@action(permission=Permission.EDIT_MEMBERS)
def _half(work: Work, member_id: int, then: Callable[[], None]) -> None:
    """Write through every road the work offers, then fail."""
    work.add(Tag(name="half"))
    work.update(Member, member_id, {"points": Member.points + 7})
    row = {"member_id": member_id, "delta": 7, "balance": 7, "reason": "game", "source": "t", "note": ""}
    work.post(PointsEntry, [{**row, "client_key": "half", "actor": "t", "at": work.now}])
    work.send_later("notice", {"to": "nobody"})
    then()


def _refuse() -> None:
    raise Refused("No.")


def _break() -> None:
    raise RuntimeError("a bug")


@pytest.mark.req("O6")
@pytest.mark.parametrize("then, error", [(_refuse, Refused), (_break, RuntimeError)])
def test_a_failing_verb_leaves_nothing_and_tells_nobody(
    stocked: Stocked, then: Callable[[], None], error: type[Exception]
) -> None:
    heard: list[Changes] = []
    stocked.shop.listen(heard.append)
    before = [count(stocked.shop, table) for table in (AuditEvent, Tag, PointsEntry)]
    with pytest.raises(error):
        stocked.shop.do(_half, stocked.member_id, then)
    assert [count(stocked.shop, table) for table in (AuditEvent, Tag, PointsEntry)] == before
    assert heard == []
    assert balance_of(stocked.shop, stocked.member_id) == 12_860
    stocked.shop.do(_half, stocked.member_id, lambda: None)  # control: without the failure all of it is there
    assert balance_of(stocked.shop, stocked.member_id) == 12_867
    assert len(heard) == 1


def balance_of(shop: Shop, member_id: int) -> int:
    """The cached points."""
    with shop.storage.read.connect() as connection:
        return int(connection.execute(select(Member.points).where(Member.id == member_id)).scalar_one())


@pytest.mark.req("C10")
def test_a_broken_rule_of_the_tables_becomes_a_sentence(stocked: Stocked) -> None:
    with pytest.raises(Refused, match="negative|变成负数|负"):
        stocked.shop.do(_overdraw, stocked.member_id)
    assert balance_of(stocked.shop, stocked.member_id) == 12_860


@action(permission=Permission.ADJUST_POINTS)
def _overdraw(work: Work, member_id: int) -> None:
    """Forget the guard."""
    work.update(Member, member_id, {"points": -1})


# -- several at once ----------------------------------------------------------------------------------------


@action(permission=Permission.EDIT_MEMBERS)
def _count_up(work: Work, member_id: int) -> None:
    """Read, then write: right only when nobody comes in between."""
    member = work.get(Member, member_id, lock=True)
    member.orders_count += 1


def together(jobs: int, job: Callable[[], None]) -> None:
    """Run the same job on several threads that start at once."""
    start = threading.Barrier(jobs)
    trouble: list[BaseException] = []

    def run() -> None:
        start.wait()
        try:
            job()
        except BaseException as error:
            trouble.append(error)

    threads = [threading.Thread(target=run) for _ in range(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trouble == []


@pytest.mark.req("O6")
def test_verbs_that_meet_wait_or_run_again_and_all_count(stocked: Stocked, clock: HandClock) -> None:
    second = open_storage(stocked.shop.storage.url)
    doors = [stocked.shop, Shop(second, actor=actors.console(), clock=clock)]

    def job() -> None:
        for door in doors:
            for _ in range(5):
                door.do(_count_up, stocked.member_id)

    together(4, job)
    second.close()
    with stocked.shop.storage.read.connect() as connection:
        total = connection.execute(
            select(Member.orders_count).where(Member.id == stocked.member_id)
        ).scalar_one()
        assert total == 40
        assert list(audit_trail.faults(connection)) == []


@contextmanager
def holding(storage: Storage, seconds: float) -> Iterator[None]:
    """Somebody else holds the member's row (on SQLite: the whole file) for a while."""
    held = threading.Event()
    done = threading.Event()

    def hold() -> None:
        with storage.write.begin() as connection:
            connection.execute(update(Member).values(note="held"))
            held.set()
            done.wait(seconds)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    yield
    done.set()
    thread.join()


def test_a_lock_that_ends_is_waited_for(stocked: Stocked) -> None:
    with holding(stocked.shop.storage, 0.5):
        stocked.shop.do(_count_up, stocked.member_id)
    with stocked.shop.storage.read.connect() as connection:
        assert connection.execute(select(Member.orders_count)).scalar_one() == 1


@pytest.mark.parametrize("how", ["locked", "serialization"])
def test_a_verb_beaten_by_another_runs_again_from_its_start(stocked: Stocked, how: str, logs: Logs) -> None:
    logs.allow("database trouble")
    tries: list[int] = []
    stocked.shop.do(_beaten, stocked.member_id, tries, 3, how)
    assert len(tries) == 4
    with stocked.shop.storage.read.connect() as connection:
        assert connection.execute(select(Member.orders_count)).scalar_one() == 1
    tries.clear()
    with pytest.raises(
        Unavailable
    ) as told:  # and when it never ends, the person is told and nothing is written
        stocked.shop.do(_beaten, stocked.member_id, tries, 10**6, how)
    assert told.value.next_step == "retry"
    with stocked.shop.storage.read.connect() as connection:
        assert connection.execute(select(Member.orders_count)).scalar_one() == 1


class _Beaten(Exception):
    """What a driver raises, with the state PostgreSQL gives."""

    def __init__(self, how: str) -> None:
        super().__init__("database is locked" if how == "locked" else "could not serialize access")
        if how == "serialization":
            self.sqlstate = "40001"


@action(permission=Permission.EDIT_MEMBERS)
def _beaten(work: Work, member_id: int, tries: list[int], times: int, how: str) -> None:
    """Write, and be beaten that many times."""
    work.get(Member, member_id).orders_count += 1
    work.flush()
    tries.append(1)
    if len(tries) <= times:
        raise DBAPIError("UPDATE …", {}, _Beaten(how))


def test_control_another_database_error_is_not_tried_again(stocked: Stocked) -> None:
    tries: list[int] = []
    with pytest.raises(DBAPIError):
        stocked.shop.do(_wrong, tries)
    assert tries == [1]


@action(permission=Permission.EDIT_MEMBERS)
def _wrong(work: Work, tries: list[int]) -> None:
    """A bug in a statement."""
    tries.append(1)
    work.rows(text("SELECT nothing FROM nowhere"))


# -- who, where, and other programs ---------------------------------------------------------------------------


@pytest.mark.req("O6")
def test_the_thread_of_the_window_is_refused(sqlite_shop: Shop) -> None:
    stocked = open_stocked(sqlite_shop)
    forbid_this_thread()
    with pytest.raises(AssertionError, match="GUI thread"):
        stocked.shop.do(add_tag, stocked.member_id, "x")
    with pytest.raises(AssertionError, match="GUI thread"):
        stocked.shop.ask(members_page)
    together(1, lambda: stocked.shop.do(add_tag, stocked.member_id, "x"))  # control: another thread is let in


def listening(shop: Shop) -> tuple[threading.Event, list[Changes]]:
    """Wait for news of members."""
    arrived, heard = threading.Event(), []

    def hear(changes: Changes) -> None:
        heard.append(changes)
        if changes.touches("member"):
            arrived.set()

    shop.listen(hear)
    return arrived, heard


@pytest.mark.req("O6")
def test_another_program_on_the_same_database_hears_within_three_seconds(
    stocked: Stocked, clock: HandClock
) -> None:
    second = open_storage(stocked.shop.storage.url)
    other = Shop(second, actor=actors.console(), clock=clock)
    arrived, heard = listening(other)
    other.news.follow()
    stocked.cashier.do(sign_up, "13911112222")
    assert arrived.wait(NEWS_SECONDS)
    told = next(changes for changes in heard if changes.touches("member"))
    assert (told.action, told.actor, told.here) == ("members.sign_up", f"staff:{stocked.cashier_id}", False)
    other.do(add_tag, stocked.member_id, "x")
    other.news.poll()
    assert [c.here for c in heard if c.action == "members.add_tag"] == [True]  # one's own news come once
    other.news.close()
    second.close()


def test_control_who_does_not_follow_hears_nothing(stocked: Stocked, clock: HandClock) -> None:
    second = open_storage(stocked.shop.storage.url)
    arrived, _heard = listening(Shop(second, actor=actors.console(), clock=clock))
    stocked.cashier.do(sign_up, "13911112222")
    assert not arrived.wait(NEWS_SECONDS / 2)
    second.close()


@pytest.mark.req("A1")
def test_a_right_taken_away_elsewhere_is_gone_within_a_second(stocked: Stocked, clock: HandClock) -> None:
    second = open_storage(stocked.shop.storage.url)
    other = Shop(second, actor=actors.staff(stocked.cashier_id, 1), clock=clock)
    other.do(add_tag, stocked.member_id, "x")
    with stocked.shop.storage.write.begin() as connection:
        connection.execute(RolePermission.__table__.delete().where(RolePermission.role_key == "cashier"))
    allowed = threading.Event()
    refused = threading.Event()

    def keep_trying() -> None:
        while not refused.is_set():
            try:
                other.do(add_tag, stocked.member_id, "x")
            except NotAllowed:
                refused.set()
            allowed.set()

    thread = threading.Thread(target=keep_trying)
    thread.start()
    gone = refused.wait(1.5)  # a remembered right lives for a second
    refused.set()
    thread.join()
    second.close()
    assert gone


def test_nothing_touched_leaves_no_row(stocked: Stocked) -> None:
    before = count(stocked.shop)
    stocked.shop.do(remove_tag, stocked.member_id, 99)
    with suppress(ShopError):
        stocked.shop.do(sign_up, "")
    assert (count(stocked.shop), count(stocked.shop, MemberTag)) == (before, 0)


@pytest.mark.parametrize(("mark", "name"), [(action, "add_tag"), (question, "members_page")])
def test_two_deeds_of_one_name_are_refused(mark: Any, name: str) -> None:
    kept = {**ACTIONS, **QUESTIONS}[f"members.{name}"]

    def another(work: Read) -> None:
        """It would hide behind the one of the members."""

    another.__module__, another.__name__ = "somewhere.members", name
    with pytest.raises(ValueError, match=rf"members\.{name}"):
        mark(permission=Permission.STAFF)(another)
    assert {**ACTIONS, **QUESTIONS}[kept.name] is kept
    again = mark(permission=kept.permission)(kept.run)  # the control: the same function, read once more
    {True: ACTIONS, False: QUESTIONS}[mark is action][kept.name] = kept
    assert again.run is kept.run
