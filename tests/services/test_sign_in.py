"""Signing in: strong hashes, a brake nothing resets, no hint whether a name exists, and out at once when revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import argon2
import pytest
from sqlalchemy import delete, select

from desktop.basics.clock import HandClock
from desktop.basics.errors import NotAllowed, ShopError
from desktop.models.people import SignInBrake, Staff
from desktop.models.system import AuditEvent
from desktop.queries.members import members_page
from desktop.services.secrets import hashed, matches
from desktop.services.sign_in import Braked, check_pin, count_try, sign_in
from desktop.services.staff import add_staff, record_pin, record_staff, set_active
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.storage.engine import open_storage
from tests.helpers.databases import MORNING
from tests.helpers.goods import set_up
from tests.helpers.tills import PATIENCE, gather

PASSWORD = "zhanggui-2026"  # of the owner “wang”
WAITS = (30, 60, 120, 240, 480, 900, 900)  # seconds after the fifth wrong try and each further one


@pytest.fixture
def opened(shop: Shop) -> Shop:
    """An opened shop on each kind of database."""
    return set_up(shop)


@pytest.fixture
def on_file(sqlite_shop: Shop) -> Shop:
    """An opened shop in a file, for what is not about the database."""
    return set_up(sqlite_shop)


def wrong(shop: Shop, name: str = "wang") -> int:
    """Try a wrong password; the seconds to wait when the brake is on, else 0."""
    try:
        sign_in(shop, name, "not this one", 1)
    except Braked as braked:
        return int(braked.fields["seconds"])
    except ShopError:
        return 0
    raise AssertionError("a wrong password was let in")


def tries_of(shop: Shop, subject: str) -> int:
    """How many wrong tries are counted."""
    with shop.storage.read.connect() as connection:
        row = connection.execute(select(SignInBrake.failures).where(SignInBrake.subject == subject)).first()
    return row.failures if row else 0


# -- hashes ---------------------------------------------------------------------------------------------------------


@pytest.mark.req("A1", "M11")
def test_passwords_and_pins_are_kept_as_salted_argon2id(on_file: Shop) -> None:
    add_staff(on_file, username="chen", name="陈", password=PASSWORD, roles=["cashier"], pin="135790")
    with on_file.storage.read.connect() as connection:
        rows = connection.execute(select(Staff.password_hash, Staff.pin_hash).order_by(Staff.id)).all()
    kept = [text for row in rows for text in row if text]
    assert len(kept) == len(set(kept)) == 3  # the same password twice does not look the same
    for text in kept:
        told = argon2.extract_parameters(text)
        assert told.type is argon2.Type.ID
        assert (told.memory_cost, told.time_cost, told.salt_len) >= (64 * 1024, 3, 16)
    assert matches(kept[0], PASSWORD)
    assert not matches(kept[0], PASSWORD + " ")
    assert not matches("", "")  # nobody without a PIN gets in with none
    assert not matches("no hash at all", "no hash at all")


class Verified:
    """Watches which hashes argon2 is asked to compare; it still compares them."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.hashes: list[str] = []
        verify = argon2.PasswordHasher.verify

        def watched(hasher: Any, stored: str, text: str) -> bool:
            self.hashes.append(stored)
            return bool(verify(hasher, stored, text))

        patch.setattr(argon2.PasswordHasher, "verify", watched)

    def take(self) -> list[Any]:
        """The cost of each comparison since the last time."""
        taken, self.hashes = self.hashes, []
        return [argon2.extract_parameters(text) for text in taken]


@pytest.mark.req("A1")
def test_an_unknown_name_costs_exactly_what_a_known_one_costs(
    on_file: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_staff(on_file, username="gone", name="走", password=PASSWORD, roles=["cashier"])
    on_file.do(set_active, 2, False)
    watch = Verified(monkeypatch)
    said, costs = set(), []
    for name in ("wang", "nobody", "gone", "' OR 1=1 --"):
        with pytest.raises(ShopError) as told:
            sign_in(on_file, name, "not this one", 1)
        said.add(str(told.value))
        costs.append(watch.take())
    assert len(said) == 1  # the same words for all
    assert costs == [costs[0]] * 4
    assert len(costs[0]) == 1
    with pytest.raises(ShopError):  # the right password of somebody switched off costs and says the same
        sign_in(on_file, "gone", PASSWORD, 1)
    assert watch.take() == costs[0]


# -- the brake ------------------------------------------------------------------------------------------------------


@pytest.mark.req("A1", "A5")
def test_five_wrong_tries_are_free_then_the_wait_doubles_to_a_quarter_of_an_hour(
    on_file: Shop, clock: HandClock
) -> None:
    assert [wrong(on_file) for _ in range(5)] == [0] * 5
    for seconds in WAITS:
        assert abs(wrong(on_file) - seconds) <= 1
        with pytest.raises(Braked):  # and the right password does not open it before its time
            sign_in(on_file, "wang", PASSWORD, 1)
        clock.pass_time(timedelta(seconds=seconds - 1))
        assert wrong(on_file) > 0
        clock.pass_time(timedelta(seconds=1))
        assert wrong(on_file) == 0
    clock.pass_time(timedelta(seconds=WAITS[-1]))
    assert sign_in(on_file, " WANG ", PASSWORD, 1).id == 1
    assert tries_of(on_file, "password:wang") == 0  # a right answer opens the brake


def test_the_brake_of_one_name_does_not_stop_another(on_file: Shop) -> None:
    for _ in range(6):
        wrong(on_file, "nobody")
    assert wrong(on_file, "nobody") > 0
    assert wrong(on_file, "NOBODY ") > 0  # however it is written
    assert sign_in(on_file, "wang", PASSWORD, 1).id == 1


@pytest.mark.req("A1", "A5")
def test_a_try_is_counted_before_it_is_checked(on_file: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who kills the program while it hashes gains nothing: the try is on disk by then."""
    seen: list[int] = []
    verify = argon2.PasswordHasher.verify

    def counted(hasher: Any, stored: str, text: str) -> bool:
        seen.append(tries_of(on_file, "password:wang"))
        return bool(verify(hasher, stored, text))

    monkeypatch.setattr(argon2.PasswordHasher, "verify", counted)
    for _ in range(3):
        wrong(on_file)
    assert seen == [1, 2, 3]
    sign_in(on_file, "wang", PASSWORD, 1)
    assert seen == [1, 2, 3, 4]


@pytest.fixture
def braked(on_file: Shop) -> Shop:
    """A shop whose owner's name has had five wrong tries."""
    for _ in range(5):
        on_file.acting_as(actors.guest()).do(count_try, "password:wang")
    return on_file


@pytest.mark.req("A1")
@pytest.mark.parametrize("back", [timedelta(), timedelta(hours=1), timedelta(days=400)])
def test_neither_a_new_program_nor_a_clock_set_back_opens_the_brake(braked: Shop, back: timedelta) -> None:
    storage = open_storage(braked.storage.url)
    clock = HandClock(MORNING - back)
    again = Shop(storage, actor=actors.console(), clock=clock)
    assert abs(wrong(again) - WAITS[0]) <= 1
    assert abs(wrong(again) - WAITS[0]) <= 1
    clock.pass_time(timedelta(seconds=WAITS[0] - 1))
    assert wrong(again) > 0
    clock.pass_time(timedelta(seconds=2))
    assert sign_in(again, "wang", PASSWORD, 1).id == 1  # and it does not lock the owner out for ever
    storage.close()


def test_control_without_the_counted_tries_the_door_is_open(braked: Shop) -> None:
    with braked.storage.write.begin() as connection:
        connection.execute(delete(SignInBrake))
    assert wrong(braked) == 0


def guess(url: str, many: int, together: Any, answers: Any) -> None:
    """Try wrong passwords at the moment others do."""
    mine = Shop(open_storage(url), actor=actors.guest(), clock=HandClock(MORNING))
    together.wait(PATIENCE)
    answers.put([mine.do(count_try, "password:wang") for _ in range(many)])
    mine.storage.close()


@pytest.mark.req("A1", "A5")
def test_guessing_from_several_programs_at_once_gains_no_free_try(opened: Shop, shop_url: str) -> None:
    free = [seconds for said in gather(guess, 4, shop_url, 4) for seconds in said if not seconds]
    assert len(free) == 5
    assert tries_of(opened, "password:wang") == 5


# -- who is in --------------------------------------------------------------------------------------------------------


@pytest.mark.req("A1")
def test_who_is_revoked_is_out_on_the_next_call(opened: Shop) -> None:
    made = add_staff(opened, username="chen", name="陈", password="correct horse", roles=["cashier"])
    chen = opened.acting_as(sign_in(opened, "chen", "correct horse", 1))
    assert chen.ask(members_page).rows == ()  # let in
    assert chen.may(members_page)
    opened.do(set_active, made, False)
    with pytest.raises(NotAllowed):
        chen.ask(members_page)
    with pytest.raises(NotAllowed):
        opened.acting_as(actors.staff(made, 1)).ask(members_page)
    opened.do(set_active, made, True)
    assert chen.ask(members_page).rows == ()  # control: it was the switch


@pytest.mark.req("A2", "M11")
def test_signing_in_leaves_a_row_that_names_the_person_and_no_secret(on_file: Shop) -> None:
    sign_in(on_file, "wang", PASSWORD, 1)
    with on_file.storage.read.connect() as connection:
        rows = connection.execute(select(AuditEvent.action, AuditEvent.touched, AuditEvent.detail)).all()
    last = rows[-1]
    assert (last.action, last.touched) == ("sign_in.record_sign_in", '{"sign_in":[1]}')
    assert "password" in last.detail  # how, not what
    assert not [row for row in rows if PASSWORD in row.detail or "$argon2" in row.detail]


# -- PINs -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def pins(on_file: Shop) -> Shop:
    """Three people: two may take money, one may not."""
    for name, pin, role in (
        ("li", "135790", "cashier"),
        ("chen", "246801", "merchant"),
        ("zhao", "864209", "basic_agent"),
    ):
        person = on_file.do(record_staff, username=name, name=name, password_hash="x", roles=[role])
        on_file.do(record_pin, person, hashed(pin))
    return on_file


@pytest.mark.req("A1", "M10")
def test_a_pin_finds_its_person_and_only_people_who_may_take_money(pins: Shop) -> None:
    assert check_pin(pins, 2, "135790") == actors.staff(2, 2)
    assert check_pin(pins, 2, "246801") == actors.staff(3, 2)
    for pin in ("864209", "", "135791", " 135790"):
        with pytest.raises(ShopError) as told:
            check_pin(pins, 2, pin)
        assert not isinstance(told.value, Braked)
    pins.do(set_active, 2, False)
    with pytest.raises(ShopError):
        check_pin(pins, 2, "135790")


@pytest.mark.req("A1", "A5")
def test_wrong_pins_brake_the_till_they_are_typed_at(pins: Shop, clock: HandClock) -> None:
    for _ in range(4):
        pins.acting_as(actors.guest()).do(count_try, "pin:2")
    with pytest.raises(ShopError) as told:
        check_pin(pins, 2, "000001")
    assert not isinstance(told.value, Braked)
    with pytest.raises(Braked) as braked:
        check_pin(pins, 2, "135790")
    assert abs(int(braked.value.fields["seconds"]) - 30) <= 1
    assert check_pin(pins, 1, "135790").id == 2  # the other till is not held up
    clock.pass_time(timedelta(seconds=31))
    assert check_pin(pins, 2, "135790").id == 2


@pytest.mark.req("A1", "M10")
def test_the_own_pin_between_guesses_at_anothers_opens_no_brake(pins: Shop, clock: HandClock) -> None:
    for guess_no in range(4):
        with pytest.raises(ShopError):
            check_pin(pins, 2, f"00000{guess_no}")
        assert check_pin(pins, 2, "135790").id == 2
    assert tries_of(pins, "pin:2") == 4  # right ones are no guesses, and take none away
    for _ in range(2):
        assert (
            check_pin(pins, 2, "135790").id == 2
        )  # the control: who types the own PIN all day is not held up
    with pytest.raises(ShopError):
        check_pin(pins, 2, "000004")
    with pytest.raises(Braked):
        check_pin(pins, 2, "135790")


@pytest.mark.req("A1", "M10")
def test_wrong_pins_at_a_till_fade_by_time_alone(pins: Shop, clock: HandClock) -> None:
    def wrong_pins(many: int) -> None:
        for _ in range(many):
            with pytest.raises(ShopError):
                check_pin(pins, 2, "000000")

    wrong_pins(4)
    clock.pass_time(timedelta(minutes=14))
    check_pin(pins, 2, "135790")
    assert tries_of(pins, "pin:2") == 4
    clock.pass_time(
        timedelta(minutes=17)
    )  # a right PIN in between takes no time away: 31 minutes, two have faded
    wrong_pins(1)
    assert tries_of(pins, "pin:2") == 3
    wrong_pins(2)
    with pytest.raises(Braked):
        check_pin(pins, 2, "135790")
    clock.pass_time(timedelta(hours=12))
    wrong_pins(1)
    assert tries_of(pins, "pin:2") == 1  # the next morning the till is as it was
