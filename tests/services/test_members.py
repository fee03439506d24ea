"""Members join by phone number alone, are edited, tagged and moved, and their points corrected with a reason."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select

from desktop.basics.errors import NotAllowed, Refused, ShopError
from desktop.models.members import Member, MemberTag, PointsEntry
from desktop.models.settings import POINTS_DAYS, POINTS_WELCOME
from desktop.models.system import AuditEvent
from desktop.services.members import (
    add_tag,
    adjust_points,
    change_phone,
    edit_member,
    remove_tag,
    set_tier,
    sign_up,
)
from desktop.services.settings import set_settings
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.goods import PHONE, Stocked, open_stocked


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


def entries(shop: Shop, member_id: int) -> list[tuple[str, int, int]]:
    """Reason, delta and balance of each ledger entry."""
    with shop.storage.read.connect() as connection:
        columns = (PointsEntry.reason, PointsEntry.delta, PointsEntry.balance)
        rows = connection.execute(
            select(*columns).where(PointsEntry.member_id == member_id).order_by(PointsEntry.id)
        )
        return [tuple(row) for row in rows]


def count(shop: Shop, entity: type) -> int:
    """How many rows a table has."""
    with shop.storage.read.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(entity)).scalar_one())


@pytest.mark.req("C7", "C8")
def test_a_phone_number_is_enough_to_join(stocked: Stocked) -> None:
    made = stocked.cashier.do(sign_up, "+86 139 0571 0001")
    assert (made.is_new, made.points) == (True, POINTS_WELCOME.default)
    assert entries(stocked.shop, made.member_id) == [("welcome", 200, 200)]
    with stocked.shop.storage.read.connect() as connection:
        row = connection.execute(select(Member.__table__).where(Member.id == made.member_id)).one()
        entry = connection.execute(select(PointsEntry.__table__).order_by(PointsEntry.id.desc())).first()
    assert (row.phone, row.phone_tail, row.tier_key, row.origin) == (
        "13905710001",
        "0001",
        "ordinary",
        "desktop",
    )
    assert entry is not None
    assert (entry.expires_at - entry.at).days == POINTS_DAYS.default


@pytest.mark.req("C7")
def test_a_known_number_gives_the_member_it_belongs_to(stocked: Stocked) -> None:
    before = count(stocked.shop, Member), count(stocked.shop, PointsEntry)
    made = stocked.cashier.do(sign_up, PHONE)
    assert (made.member_id, made.is_new, made.name, made.points) == (
        stocked.member_id,
        False,
        "林晓梅",
        12_860,
    )
    assert (count(stocked.shop, Member), count(stocked.shop, PointsEntry)) == before


@pytest.mark.req("C7")
def test_two_tills_signing_one_number_up_at_once_make_one_member(stocked: Stocked) -> None:
    start, made = threading.Barrier(2), []

    def till() -> None:
        start.wait()
        made.append(stocked.cashier.do(sign_up, "13905710002"))

    threads = [threading.Thread(target=till) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 2
    assert len({m.member_id for m in made}) == 1
    assert entries(stocked.shop, made[0].member_id) == [("welcome", 200, 200)]


@pytest.mark.req("C8")
def test_without_a_welcome_gift_no_entry_is_written(stocked: Stocked) -> None:
    stocked.shop.do(set_settings, {"points.welcome": 0})
    made = stocked.cashier.do(sign_up, "13905710003")
    assert (made.points, entries(stocked.shop, made.member_id)) == (0, [])


@pytest.mark.parametrize("text", ["", "abc", "123"])
def test_what_cannot_be_a_number_is_refused_in_words(stocked: Stocked, text: str) -> None:
    with pytest.raises(ShopError) as refused:
        stocked.cashier.do(sign_up, text)
    assert text.strip() in str(refused.value)


@pytest.mark.req("C1")
def test_a_new_name_is_found_by_its_sounds(stocked: Stocked) -> None:
    made = stocked.cashier.do(sign_up, "13905710004")
    stocked.cashier.do(
        edit_member, made.member_id, name=" 周敏 ", gender="f", birthday="1990-12-03", note="爱喝茶"
    )
    with stocked.shop.storage.read.connect() as connection:
        row = connection.execute(select(Member.__table__).where(Member.id == made.member_id)).one()
    assert (row.name, row.pinyin, row.initials, row.note) == ("周敏", "zhoumin", "zm", "爱喝茶")
    assert row.birthday.isoformat() == "1990-12-03"
    stocked.cashier.do(edit_member, made.member_id, birthday="")
    for wrong in ({"birthday": "2999-01-01"}, {"birthday": "3 Dec"}, {"gender": "x"}):
        with pytest.raises(ShopError):
            stocked.cashier.do(edit_member, made.member_id, **wrong)


def test_a_number_is_changed_only_by_who_may_see_it_and_never_to_another_members(stocked: Stocked) -> None:
    made = stocked.shop.do(sign_up, "13905710005")
    with pytest.raises(NotAllowed):
        stocked.cashier.do(change_phone, made.member_id, "13905710006")
    with pytest.raises(Refused, match="M-000318"):
        stocked.shop.do(change_phone, made.member_id, PHONE)
    stocked.shop.do(change_phone, made.member_id, "139 0571 0006")
    assert stocked.shop.do(sign_up, "13905710006").member_id == made.member_id


@pytest.mark.req("C6")
def test_a_tier_is_set_by_hand_only_to_one_that_exists(stocked: Stocked) -> None:
    stocked.cashier.do(set_tier, stocked.member_id, "vip")
    with pytest.raises(ShopError):
        stocked.cashier.do(set_tier, stocked.member_id, "emperor")
    with stocked.shop.storage.read.connect() as connection:
        tier = connection.execute(select(Member.tier_key).where(Member.id == stocked.member_id)).scalar_one()
    assert tier == "vip"


@pytest.mark.req("C3")
def test_a_tag_is_worn_once_and_taken_off(stocked: Stocked) -> None:
    tag = stocked.cashier.do(add_tag, stocked.member_id, " 高价值 ")
    assert stocked.cashier.do(add_tag, stocked.member_id, "高价值") == tag
    assert count(stocked.shop, MemberTag) == 1
    stocked.cashier.do(remove_tag, stocked.member_id, tag)
    stocked.cashier.do(remove_tag, stocked.member_id, tag)
    assert count(stocked.shop, MemberTag) == 0
    for wrong in ("", "x" * 21):
        with pytest.raises(ShopError):
            stocked.cashier.do(add_tag, stocked.member_id, wrong)


@pytest.mark.req("C8", "C10")
def test_a_correction_is_a_ledger_entry_with_who_and_why(stocked: Stocked) -> None:
    owner = stocked.shop.acting_as(actors.staff(1, 1))
    assert owner.do(adjust_points, stocked.member_id, 200, "补发中秋活动", client_key="k1") == 13_060
    assert owner.do(adjust_points, stocked.member_id, -60, "多发", client_key="k2") == 13_000
    assert entries(stocked.shop, stocked.member_id)[1:] == [
        ("correction", 200, 13_060),
        ("correction", -60, 13_000),
    ]
    with stocked.shop.storage.read.connect() as connection:
        row = connection.execute(select(PointsEntry.__table__).where(PointsEntry.client_key == "k1")).one()
        event = connection.execute(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert (row.note, row.actor) == ("补发中秋活动", "staff:1")
    assert event is not None
    assert (event.action, event.actor) == ("members.adjust_points", "staff:1")


@pytest.mark.req("C10")
def test_the_same_correction_sent_twice_counts_once(stocked: Stocked) -> None:
    for _ in range(2):
        assert stocked.shop.do(adjust_points, stocked.member_id, 40, "补发", client_key="once") == 12_900
    with pytest.raises(Refused):
        stocked.shop.do(adjust_points, stocked.member_id, 50, "补发", client_key="once")
    assert len(entries(stocked.shop, stocked.member_id)) == 2
    stocked.shop.do(
        adjust_points, stocked.member_id, 40, "补发", client_key="another"
    )  # control: keys decide
    assert len(entries(stocked.shop, stocked.member_id)) == 3


@pytest.mark.req("C10", "A1")
def test_corrections_that_are_refused_leave_nothing(stocked: Stocked) -> None:
    for delta, reason in ((0, "why"), (10, "  "), (-12_861, "too much"), (1_000_001, "too much")):
        with pytest.raises(ShopError):
            stocked.shop.do(adjust_points, stocked.member_id, delta, reason, client_key="k")
    with pytest.raises(NotAllowed):
        stocked.cashier.do(adjust_points, stocked.member_id, 10, "for me", client_key="k")
    assert len(entries(stocked.shop, stocked.member_id)) == 1
