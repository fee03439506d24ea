"""The list of members, one member's page, the ledger, and what stays masked."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from desktop.basics.clock import HandClock
from desktop.basics.errors import NotAllowed, NotFound
from desktop.models.members import Member
from desktop.models.people import Permission
from desktop.models.products import Category, Product
from desktop.models.system import AuditEvent
from desktop.queries.audit import member_audit
from desktop.queries.member_history import (
    member_orders_page,
    member_points_page,
    member_tastes,
)
from desktop.queries.members import (
    member_detail,
    member_phone,
    member_tags,
    members_count,
    members_page,
    tier_counts,
)
from desktop.queries.page import PAGE_ROWS
from desktop.services.members import add_tag, adjust_points, edit_member, sign_up
from desktop.services.posting import PointsStep, post_points
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from tests.helpers.goods import PHONE, Stocked, open_stocked
from tests.helpers.sales import sell


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


def found(shop: Shop, text: str) -> list[str]:
    """Names the list gives for a text."""
    page = shop.ask(members_page, text=text)
    assert shop.ask(members_count, text=text) == len(page.rows)
    return [row.name for row in page.rows]


WAYS = ("林", "晓梅", PHONE, "138 0571 6621", "6621", "M-000318", "m-0003", "318", "linxiao", "lxm")
NO_WAYS = ("138", "1380571", "0571", "571662", "%", "_", "\\", "' OR 1=1 --", "M-%", "l%m")


@pytest.mark.req("A4")
def test_a_member_is_found_by_every_way_people_know_but_not_by_parts_of_a_number(stocked: Stocked) -> None:
    stocked.shop.do(edit_member, stocked.member_id, name="林晓梅")
    stocked.shop.do(sign_up, "13911112222", name="周敏")
    for text in WAYS:
        assert found(stocked.cashier, text) == ["林晓梅"], text
    for text in NO_WAYS:
        assert found(stocked.cashier, text) == [], text


@pytest.mark.req("A4")
def test_the_list_and_the_page_hold_no_whole_number(stocked: Stocked) -> None:
    page = stocked.shop.ask(members_page)
    detail = stocked.shop.ask(member_detail, stocked.member_id)
    assert page.rows[0].phone == detail.phone == "138****6621"
    assert PHONE not in f"{page}{detail}"


@pytest.mark.req("A2", "A4")
def test_a_look_at_the_whole_number_leaves_who_looked(stocked: Stocked) -> None:
    assert stocked.shop.ask(member_phone, stocked.member_id) == PHONE
    with stocked.shop.storage.read.connect() as connection:
        event = connection.execute(select(AuditEvent.__table__).order_by(AuditEvent.id.desc())).first()
    assert event is not None
    assert (event.action, event.actor, json.loads(event.detail)) == (
        "members.member_phone",
        "console",
        {"args": [stocked.member_id]},
    )
    with pytest.raises(NotAllowed):
        stocked.cashier.ask(member_phone, stocked.member_id)


def test_filters_and_orders_page_through_everybody_once(stocked: Stocked) -> None:
    stocked.shop.do(_many, PAGE_ROWS + 30)
    for sort in ("joined", "points", "orders", "spent", "last"):
        for descending in (True, False):
            seen, after = [], None
            while True:
                page = stocked.shop.ask(members_page, sort=sort, descending=descending, after=after)
                seen += [row.id for row in page.rows]
                if (after := page.after) is None:
                    break
            assert len(seen) == len(set(seen)) == PAGE_ROWS + 31
    silver = stocked.shop.ask(members_page, tier="silver")
    assert {row.tier_key for row in silver.rows} == {"silver"}
    tiers = {tier.key: tier.members for tier in stocked.shop.ask(tier_counts)}
    assert tiers["silver"] == stocked.shop.ask(members_count, tier="silver") == PAGE_ROWS + 30
    assert (tiers["gold"], tiers["vip"]) == (1, 0)


@action(permission=Permission.IMPORT)
def _many(work: Work, count: int) -> None:
    """Write members in one go, some of them equal in every sort key."""
    rows = [
        {"code": f"T-{i}", "phone": f"1390000{i:04d}", "phone_tail": f"{i:04d}", "name": f"客{i}", "tier_key": "silver",
         "points": i % 3, "orders_count": i % 5, "spent_minor": i % 7, "created_at": work.now,
         "last_order_at": work.now - timedelta(days=i % 4) if i % 2 else None}
        for i in range(count)
    ]  # fmt: skip
    for row in rows:
        work.session.add(Member(**row))


def test_a_tag_filters_the_list(stocked: Stocked) -> None:
    tag = stocked.shop.do(add_tag, stocked.member_id, "爱喝茶")
    stocked.shop.do(sign_up, "13911112222")
    assert [row.id for row in stocked.shop.ask(members_page, tag_id=tag).rows] == [stocked.member_id]
    assert [row.name for row in stocked.shop.ask(member_tags)] == ["爱喝茶"]


@pytest.mark.req("C1")
def test_the_page_adds_up_after_a_sale(stocked: Stocked) -> None:
    sell(stocked, stocked.demo_cart(), points=8_000)
    detail = stocked.shop.ask(member_detail, stocked.member_id)
    assert (detail.orders, detail.spent_minor, detail.average_minor) == (1, 12_370, 12_370)
    assert (detail.points, detail.points_worth_minor) == (5_008, 5_008)
    assert detail.spent_recent_minor == 12_370
    assert (detail.tier.name, detail.tier.next_name) == ("Gold", "VIP")
    assert detail.tier.missing_minor == 2_000_000 - 12_370
    with pytest.raises(NotFound):
        stocked.shop.ask(member_detail, 999)


@pytest.mark.req("C1", "C8")
def test_the_ledger_runs_with_its_balance_and_names_the_order(stocked: Stocked) -> None:
    _key, settled = sell(stocked, stocked.demo_cart(), points=8_000)
    stocked.shop.do(adjust_points, stocked.member_id, 92, "补发", client_key="k")
    page = stocked.cashier.ask(member_points_page, stocked.member_id)
    rows = [(r.reason, r.delta, r.balance, r.order_code) for r in page.rows]
    assert rows == [
        ("correction", 92, 5_100, ""),
        ("purchase", 148, 5_008, settled.short_code),
        ("spent", -8_000, 4_860, settled.short_code),
        ("carried over", 12_860, 12_860, ""),
    ]
    for newer, older in zip(page.rows, page.rows[1:], strict=False):
        assert newer.balance - newer.delta == older.balance
    orders = stocked.cashier.ask(member_orders_page, stocked.member_id).rows
    assert [(o.code, o.money_minor, o.points_minor) for o in orders] == [(settled.short_code, 12_370, 8_000)]


@pytest.mark.req("C12")
def test_what_expires_soon_is_what_spending_has_left_of_the_oldest(
    stocked: Stocked, clock: HandClock
) -> None:
    in_days = [(500, 10), (300, 20), (1_000, 200)]
    member = stocked.shop.do(sign_up, "13911113333").member_id  # 200 welcome points for a year
    stocked.shop.do(_earn, member, in_days)
    assert stocked.shop.ask(member_detail, member).expiring == 800
    stocked.shop.do(adjust_points, member, -600, "spent", client_key="s")
    detail = stocked.shop.ask(member_detail, member)
    assert (detail.points, detail.expiring) == (1_400, 200)
    assert detail.expiring_at == clock.now() + timedelta(days=10)
    stocked.shop.do(adjust_points, member, -300, "spent", client_key="t")
    assert stocked.shop.ask(member_detail, member).expiring == 0  # control: nothing old is left


@action(permission=Permission.ADJUST_POINTS)
def _earn(work: Work, member_id: int, lots: list[tuple[int, int]]) -> None:
    """Give points that expire after so many days."""
    steps = [
        PointsStep(points, "purchase", "test", f"lot:{days}", expires_at=work.now + timedelta(days=days))
        for points, days in lots
    ]
    post_points(work, member_id, steps)


def test_tastes_are_shares_of_a_years_money_by_branch(stocked: Stocked) -> None:
    stocked.shop.do(_branches, stocked)
    sell(stocked, stocked.demo_cart(), points=100)
    tastes = stocked.shop.ask(member_tastes, stocked.member_id)
    assert sum(taste.share_bp for taste in tastes) == 10_000
    assert [taste.name for taste in tastes] == ["茶叶", "奶品", ""]
    assert stocked.shop.ask(member_tastes, stocked.shop.do(sign_up, "13911114444").member_id) == ()


@action(permission=Permission.IMPORT)
def _branches(work: Work, stocked: Stocked) -> None:
    """Put the tea two levels deep and the milk in a branch; the rest has none."""
    tea = work.add(Category(name="茶叶"))
    green = work.add(Category(name="绿茶", parent_id=tea.id))
    milk = work.add(Category(name="奶品"))
    names = {"明前龙井 罐装": green.id, "鲜牛奶": milk.id}
    for product in work.session.scalars(select(Product)):
        product.category_id = names.get(product.name)


@pytest.mark.req("A2")
def test_a_members_trail_shows_deeds_and_looks_and_nobody_elses(stocked: Stocked) -> None:
    other = [stocked.shop.do(sign_up, f"1391111{i:04d}").member_id for i in range(12)]
    stocked.shop.do(edit_member, other[-1], note="x")
    stocked.shop.ask(member_phone, other[-1])
    rows = stocked.shop.ask(member_audit, other[-1]).rows
    assert [row.action for row in rows] == ["members.member_phone", "members.edit_member", "members.sign_up"]
    assert [row.looked for row in rows] == [True, False, False]
    assert str(stocked.member_id) in str(other[-1])  # one id is found inside the other, and yet:
    trail = stocked.shop.ask(member_audit, stocked.member_id).rows
    assert all(row.touched.get("member") == (stocked.member_id,) for row in trail)


@pytest.mark.req("C1", "C6")
def test_the_sample_members_page_says_what_the_pictures_say(sample: Shop) -> None:
    found = sample.ask(members_page, text="林晓梅").rows
    detail = sample.ask(member_detail, found[0].id)
    assert (detail.code, detail.phone, detail.points) == ("M-000318", "138****6621", 12_860)
    assert (detail.spent_minor, detail.orders, detail.average_minor) == (1_684_230, 118, 14_273)
    assert (detail.points_worth_minor, detail.expiring, detail.points_entries) == (12_860, 640, 236)
    assert (detail.tier.key, detail.tier.earn_bp, detail.tier.missing_minor) == ("gold", 12_000, 315_770)
    assert (detail.days_between_orders, detail.spent_recent_minor) == (8, 162_400)
    assert [taste.name for taste in sample.ask(member_tastes, detail.id)] == ["茶叶", "糕点", "零食", ""]
    first = sample.ask(member_points_page, detail.id).rows[0]
    assert (first.delta, first.balance, first.order_code) == (202, 12_860, "1121-0096")
    total, after = 0, None
    while True:
        page = sample.ask(member_points_page, detail.id, after=after)
        total += sum(row.delta for row in page.rows)
        if (after := page.after) is None:
            break
    assert total == detail.points
