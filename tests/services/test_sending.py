"""What waits to leave is sent once, tried again with patience, by any number of programs, and gives nothing away."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import keyring
import pytest
from sqlalchemy import select, update

from desktop.basics.clock import HandClock
from desktop.gateways import mail
from desktop.models.members import Member
from desktop.models.notices import Notice
from desktop.models.people import Staff
from desktop.models.settings import NOTICE_TRIES
from desktop.models.system import Outbox
from desktop.queries.notices import inbox, stuck_notices
from desktop.services import parcels, sending
from desktop.services.notices import Wanted
from desktop.services.outbox import retry_outbox
from desktop.services.sending import Gateways, Sent, Way, send_due
from desktop.services.settings import set_setting
from desktop.services.ways_out import MailForm, save_channel, save_mail_server, switch_channel
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.storage.engine import open_storage
from tests.helpers.databases import MORNING
from tests.helpers.goods import Stocked, open_stocked
from tests.helpers.post_office import PASSWORD, USER, ChatRoom, PostOffice, chat_room, free_port, trust
from tests.helpers.tills import PATIENCE, start
from tests.services.test_notices import clock_of, owner_of, tell

OUTSIDE = Gateways(trust())


@pytest.fixture
def office() -> PostOffice:
    """A post office that is still closed."""
    return PostOffice(free_port())


@pytest.fixture
def room() -> Iterator[ChatRoom]:
    """A chat group."""
    with chat_room() as made:
        yield made


@pytest.fixture
def stocked(shop: Shop, office: PostOffice) -> Stocked:
    """The pictures' shop with a mail server, its owner with an address."""
    made = open_stocked(shop)
    save_mail_server(shop, MailForm("127.0.0.1", office.port, "starttls", USER, USER, PASSWORD))
    with shop.storage.write.begin() as connection:
        connection.execute(update(Staff).where(Staff.id == 1).values(email="wang@example.com"))
    return made


def post(stocked: Stocked, key: str, channel: str = "email", receiver: str = "staff:1", **more: Any) -> None:
    """One message that wants to leave."""
    wanted = Wanted(key, "plain", (receiver,), (channel,), {"text": f"body of {key}"}, **more)
    clock_of(stocked).do(tell, wanted)


def states(shop: Shop) -> list[tuple[str, str, int]]:
    """Each row of the outbox with its message: outbox state, notice state, tries."""
    with shop.storage.read.connect() as connection:
        rows = connection.execute(select(Outbox.state, Outbox.tries).order_by(Outbox.id)).all()
        notices = connection.execute(
            select(Notice.state).where(Notice.channel != "desktop").order_by(Notice.id)
        )
        return [(row.state, state, row.tries) for row, state in zip(rows, notices.scalars(), strict=True)]


def bodies(office: PostOffice) -> list[str]:
    """What arrived."""
    return [letter.get_content().strip() for letter in office.letters]


@pytest.mark.req("I3", "O7")
def test_down_then_up_the_letter_leaves_once_with_patience(
    stocked: Stocked, office: PostOffice, clock: HandClock
) -> None:
    post(stocked, "a")
    first = send_due(stocked.shop, gateways=OUTSIDE)
    assert (first.done, first.failed, first.later) == (0, 0, 1)
    assert first.next_at == clock.now() + timedelta(minutes=1)
    with office.open("starttls"):
        assert send_due(stocked.shop, gateways=OUTSIDE).done == 0  # not yet
        clock.pass_time(timedelta(minutes=1))
        assert send_due(stocked.shop, gateways=OUTSIDE) == Sent(1, 0, 0, None)
        assert send_due(stocked.shop, gateways=OUTSIDE) == Sent()
    assert bodies(office) == ["body of a"]
    assert states(stocked.shop) == [("done", "sent", 2)]


@pytest.mark.req("I3")
def test_waits_double_up_to_an_hour_then_it_is_given_up_and_can_be_sent_again(
    stocked: Stocked, office: PostOffice, clock: HandClock
) -> None:
    stocked.shop.do(set_setting, NOTICE_TRIES.key, 9)
    post(stocked, "a")
    waits = []
    while (went := send_due(stocked.shop, gateways=OUTSIDE)).next_at is not None:
        waits.append(int((went.next_at - clock.now()).total_seconds() // 60))
        clock.pass_time(went.next_at - clock.now())
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]
    assert (went.failed, states(stocked.shop)) == (1, [("failed", "failed", 9)])
    assert owner_of(stocked).ask(stuck_notices).failed == 1
    with stocked.shop.storage.read.connect() as connection:
        assert connection.execute(select(Notice.error)).scalar() == mail.NO_ANSWER
    with office.open("starttls"):
        assert owner_of(stocked).do(retry_outbox) == 1
        assert send_due(stocked.shop, gateways=OUTSIDE).done == 1
    assert owner_of(stocked).ask(stuck_notices).failed == 0
    assert bodies(office) == ["body of a"]


def test_a_refused_receiver_fails_at_once_and_holds_up_nobody(stocked: Stocked, office: PostOffice) -> None:
    office.receivers.append("550 no such user")
    post(stocked, "a")
    post(stocked, "b")
    with office.open("starttls"):
        went = send_due(stocked.shop, gateways=OUTSIDE)
    assert (went.done, went.failed, bodies(office)) == (1, 1, ["body of b"])


@pytest.mark.req("I3", "O7")
def test_a_dead_mail_server_holds_up_no_chat(stocked: Stocked, room: ChatRoom) -> None:
    number = save_channel(stocked.shop, None, "店群", room.address)
    for key in "abc":
        post(stocked, key)
        post(stocked, key, f"chat:{number}")
    went = send_due(stocked.shop, gateways=OUTSIDE)
    assert (went.done, went.later) == (3, 1)  # one letter tried, the other two not even that
    assert sorted(call["message"] for _path, call in room.calls) == ["body of a", "body of b", "body of c"]
    assert sorted(tries for _o, _n, tries in states(stocked.shop)) == [0, 0, 1, 1, 1, 1]


@pytest.mark.req("O7")
def test_a_text_message_reaches_the_number_the_member_has_now(stocked: Stocked, room: ChatRoom) -> None:
    save_channel(stocked.shop, None, "短信", f"{room.address}/{{phone}}")
    post(stocked, "a", "sms", f"member:{stocked.member_id}")
    with stocked.shop.storage.write.begin() as connection:
        connection.execute(update(Member).values(phone="13900001111"))
    assert send_due(stocked.shop).done == 1
    assert room.calls[0][0].endswith("/13900001111")


def test_what_was_switched_off_meanwhile_fails_with_its_reason(stocked: Stocked, room: ChatRoom) -> None:
    number = save_channel(stocked.shop, None, "店群", room.address)
    post(stocked, "a", f"chat:{number}")
    post(stocked, "b", "email")
    stocked.shop.do(switch_channel, number, False)
    with stocked.shop.storage.write.begin() as connection:
        connection.execute(update(Staff).values(email=""))
    assert send_due(stocked.shop).failed == 2
    with stocked.shop.storage.read.connect() as connection:
        errors = set(connection.execute(select(Notice.error)).scalars())
    assert (errors, room.calls) == ({parcels.NO_SERVICE, parcels.NO_ADDRESS}, [])


@pytest.mark.req("I3")
def test_a_machine_without_the_secret_leaves_it_to_one_that_has_it(
    stocked: Stocked, office: PostOffice
) -> None:
    post(stocked, "a")
    own = keyring.get_keyring()
    keyring.set_keyring(type(own)())
    with office.open("starttls"):
        assert send_due(stocked.shop, gateways=OUTSIDE) == Sent()
        assert states(stocked.shop) == [("waiting", "waiting", 0)]
        keyring.set_keyring(own)
        assert send_due(stocked.shop, gateways=OUTSIDE).done == 1


@pytest.mark.req("I3")
def test_quiet_hours_end_on_the_desktop_too(stocked: Stocked, clock: HandClock) -> None:
    post(stocked, "a", "desktop", not_before=clock.now() + timedelta(hours=8))
    assert send_due(stocked.shop).done == 0
    assert owner_of(stocked).ask(inbox).rows == ()
    clock.pass_time(timedelta(hours=8))
    assert send_due(stocked.shop).done == 1
    row = owner_of(stocked).ask(inbox).rows[0]
    assert (row.body, row.at, row.unread) == ("body of a", clock.now(), True)


@pytest.mark.req("I3")
def test_a_digest_is_one_letter_and_one_entry(stocked: Stocked, office: PostOffice, clock: HandClock) -> None:
    for key in "abc":
        post(stocked, key, digest=True)
        post(stocked, key, "desktop", digest=True)
    post(stocked, "alone", "desktop", f"staff:{stocked.cashier_id}", digest=True)
    clock.pass_time(timedelta(hours=23))
    with office.open("starttls"):
        send_due(stocked.shop, gateways=OUTSIDE)
        send_due(stocked.shop, gateways=OUTSIDE)
    (letter,) = office.letters
    assert letter["Subject"] == "青禾杂货铺：3 条消息"
    assert all(f"body of {key}" in letter.get_content() for key in "abc")
    rows = owner_of(stocked).ask(inbox).rows
    assert [row.title for row in rows] == ["青禾杂货铺：3 条消息"]
    assert [row.body for row in stocked.cashier.ask(inbox).rows] == ["body of alone"]


@pytest.mark.req("I3")
def test_a_digest_takes_none_of_tomorrows(stocked: Stocked, office: PostOffice, clock: HandClock) -> None:
    post(stocked, "today", digest=True)
    clock.pass_time(timedelta(days=1))
    post(stocked, "tomorrow", digest=True)
    with office.open("starttls"):
        send_due(stocked.shop, gateways=OUTSIDE)
        assert bodies(office) == ["body of today"]
        clock.pass_time(timedelta(days=1))
        send_due(stocked.shop, gateways=OUTSIDE)
    assert bodies(office) == ["body of today", "body of tomorrow"]


# -- many programs ------------------------------------------------------------------------------------------------


def together(url: str, many: int, job: Any) -> None:
    """Let programs of this machine work at once, each with its own connection to the database."""
    barrier, wrong = threading.Barrier(many), []

    def run() -> None:
        shop = Shop(open_storage(url), actor=actors.console(), clock=HandClock(MORNING))
        try:
            barrier.wait(PATIENCE)
            job(shop)
        except BaseException as error:
            wrong.append(error)
        finally:
            shop.news.close()
            shop.storage.close()

    threads = [threading.Thread(target=run) for _ in range(many)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert wrong == []


@pytest.mark.req("I3", "O7")
def test_two_senders_at_once_send_each_message_once(
    stocked: Stocked, shop_url: str, office: PostOffice, room: ChatRoom
) -> None:
    number = save_channel(stocked.shop, None, "店群", room.address)
    for key in range(12):
        post(stocked, f"k{key}")
        post(stocked, f"k{key}", f"chat:{number}")
    with office.open("starttls"):
        together(shop_url, 2, lambda shop: send_due(shop, gateways=OUTSIDE))
    assert sorted(bodies(office)) == sorted(f"body of k{key}" for key in range(12))
    assert len(room.calls) == 12
    assert {(outbox, notice) for outbox, notice, _t in states(stocked.shop)} == {("done", "sent")}


def test_two_gather_a_digest_once(
    stocked: Stocked, shop_url: str, office: PostOffice, clock: HandClock
) -> None:
    early = clock.now() - timedelta(hours=23)
    for key in range(6):
        post(stocked, f"k{key}", digest=True)
    with stocked.shop.storage.write.begin() as connection:
        connection.execute(update(Notice).values(after=early))
        connection.execute(update(Outbox).values(after=early))
    with office.open("starttls"):
        for _again in range(2):
            together(shop_url, 2, lambda shop: send_due(shop, gateways=OUTSIDE))
    assert len(office.letters) == 1


def test_control_to_read_and_then_send_doubles(stocked: Stocked, shop_url: str, room: ChatRoom) -> None:
    number = save_channel(stocked.shop, None, "店群", room.address)
    post(stocked, "a", f"chat:{number}")
    met = threading.Barrier(2)

    def naive(shop: Shop) -> None:
        clock = shop.acting_as(actors.clock())
        rows = clock.ask(sending.due_rows, f"notice:chat:{number}", 10)
        met.wait(PATIENCE)
        for row in rows:
            parcels.carry(clock, row.payload["notice"], None)

    together(shop_url, 2, naive)
    assert len(room.calls) == 2


def send_and_hang(url: str, secrets: dict[tuple[str, str], str]) -> None:
    """A program whose mail server takes the letter and never answers."""
    from tests.helpers.surroundings import MemoryKeyring

    own = MemoryKeyring()
    own._kept.update(secrets)
    keyring.set_keyring(own)
    shop = Shop(open_storage(url), actor=actors.console(), clock=HandClock(MORNING))
    send_due(shop, gateways=OUTSIDE)


@pytest.mark.req("I3", "O7")
def test_killed_while_sending_the_letter_is_sent_again_after_the_lease_and_recognisable(
    stocked: Stocked, shop_url: str, office: PostOffice, clock: HandClock
) -> None:
    post(stocked, "a")
    office.hold = threading.Event()
    with office.open("starttls"):
        program = start(send_and_hang, shop_url, dict(keyring.get_keyring()._kept))  # type: ignore[attr-defined]
        assert office.arrived.wait(PATIENCE)
        program.kill()
        program.join(PATIENCE)
        assert program.exitcode == -9
        office.hold.set()
        assert send_due(stocked.shop, gateways=OUTSIDE).done == 0  # the lease of the dead one runs
        clock.pass_time(sending.LEASE)
        assert send_due(stocked.shop, gateways=OUTSIDE).done == 1
    assert [letter["Message-ID"] for letter in office.letters] == [office.letters[0]["Message-ID"]] * 2
    assert office.letters[0]["Message-ID"].startswith("<notice.1.")
    assert states(stocked.shop) == [("done", "sent", 2)]


def test_who_lost_the_lease_writes_nothing_over_the_one_that_took_it(
    stocked: Stocked, clock: HandClock
) -> None:
    post(stocked, "a")
    door = clock_of(stocked)
    (seen,) = door.ask(sending.due_rows, "notice:email", 10)
    slow = door.do(sending.claim_row, seen, sending.LEASE)
    assert slow is not None
    assert door.do(sending.claim_row, seen, sending.LEASE) is None
    clock.pass_time(sending.LEASE)
    (again,) = door.ask(sending.due_rows, "notice:email", 10)
    quick = door.do(sending.claim_row, again, sending.LEASE)
    assert quick is not None
    assert not door.do(sending.record_outcome, slow, mail.NO_LETTER, final=True)
    assert states(stocked.shop) == [("waiting", "waiting", 2)]
    door.do(sending.record_outcome, quick)
    assert states(stocked.shop) == [("done", "sent", 2)]


# -- other kinds --------------------------------------------------------------------------------------------------


def test_another_kind_plugs_in_and_a_mistake_of_the_program_is_tried_again(
    stocked: Stocked, monkeypatch: pytest.MonkeyPatch, logs: Any
) -> None:
    logs.allow("sending burst: ZeroDivisionError")
    met: list[dict[str, Any]] = []
    monkeypatch.setitem(sending.WAYS, "count", Way(lambda _shop, job, _out: met.append(job.payload)))
    monkeypatch.setitem(sending.WAYS, "burst", Way(lambda _shop, _job, _out: 1 // 0))  # type: ignore[arg-type]
    with stocked.shop.storage.write.begin() as connection:
        for kind in ("count", "burst", "of a newer program"):
            row = {"kind": kind, "payload": '{"n": 1}', "after": MORNING, "at": MORNING}
            connection.execute(Outbox.__table__.insert(), [row])
    assert send_due(stocked.shop, kinds=["notice"]) == Sent()
    went = send_due(stocked.shop)
    assert (went.done, went.later, met) == (1, 1, [{"n": 1}])


@pytest.mark.req("I3", "M11")
def test_nothing_secret_is_in_the_database_or_the_log(
    sqlite_shop: Shop, tmp_path: Path, room: ChatRoom, office: PostOffice, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    stocked = open_stocked(sqlite_shop)
    save_mail_server(sqlite_shop, MailForm("127.0.0.1", office.port, "starttls", USER, USER, PASSWORD))
    with sqlite_shop.storage.write.begin() as connection:
        connection.execute(update(Staff).where(Staff.id == 1).values(email="wang@example.com"))
    number = save_channel(sqlite_shop, None, "店群", room.address)
    post(stocked, "a")
    post(stocked, "b", f"chat:{number}")
    send_due(sqlite_shop)  # the certificate is nobody's: the letter waits
    with office.open("starttls"):
        send_due(sqlite_shop)
    raw = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    written = raw + caplog.text.encode()
    assert b"body of a" in written  # control: what is there is found
    for secret in (PASSWORD, "t0ken-", "secret"):
        assert secret.encode() not in written, secret
    assert b"wang@example.com" not in caplog.text.encode()
