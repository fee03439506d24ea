"""Messages: one a receiver and channel, in their language, in the shop's words, read by their receiver only."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update

from desktop.basics.clock import HandClock
from desktop.basics.errors import Malformed, NotFound, ShopError
from desktop.basics.money import Money
from desktop.models.members import Member
from desktop.models.notice_texts import NOTICE_TEXTS
from desktop.models.notices import Notice, NoticeChannel
from desktop.models.people import Permission, Staff
from desktop.models.system import Outbox
from desktop.queries.notices import inbox, next_digest, preview_template, template_view, templates_list
from desktop.services.notices import (
    Told,
    Wanted,
    post_notice,
    read_all_notices,
    read_notice,
    reset_template,
    save_template,
)
from desktop.services.receivers import checked_email
from desktop.services.staff import set_active
from desktop.shop import actors
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from tests.helpers.goods import Stocked, open_stocked

OWNER = 1  # the first person of a new shop


@action(permission=Permission.RUN_RULES)
def tell(work: Work, wanted: Wanted) -> Told:
    """What a rule does in its own transaction."""
    return post_notice(work, wanted)


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


def clock_of(stocked: Stocked) -> Shop:
    """The shop as its clock sees it."""
    return stocked.shop.acting_as(actors.clock())


def owner_of(stocked: Stocked) -> Shop:
    """The shop as its owner sees it."""
    return stocked.shop.acting_as(actors.staff(OWNER, 1))


def notices(shop: Shop) -> list[Notice]:
    """Every message there is."""
    with shop.storage.read.connect() as connection:
        return list(connection.execute(select(Notice.__table__).order_by(Notice.id)))  # type: ignore[arg-type]


def waiting(shop: Shop) -> list[str]:
    """What waits to be sent."""
    with shop.storage.read.connect() as connection:
        return list(connection.execute(select(Outbox.kind).order_by(Outbox.id)).scalars())


def address(shop: Shop, person: type[Staff] | type[Member], row_id: int, **values: str) -> None:
    """Give somebody an address or a language."""
    with shop.storage.write.begin() as connection:
        connection.execute(update(person).where(person.id == row_id).values(values))


CHASED = {"number": "1120-0017", "amount": Money(7690, "CNY"), "customer": "刘婷婷", "hours": 37}


@pytest.mark.req("I3")
def test_a_role_is_told_in_each_ones_language_and_a_key_counts_once(stocked: Stocked) -> None:
    address(stocked.shop, Staff, OWNER, email="wang@shop.example")
    address(stocked.shop, Staff, stocked.cashier_id, language="en")
    wanted = Wanted(
        "rule:3:order:12", "order_chased", ("role:owner", f"staff:{stocked.cashier_id}", f"staff:{OWNER}"),
        ("desktop", "email"), CHASED, "order:12",
    )  # fmt: skip
    told = clock_of(stocked).do(tell, wanted)
    cashier = f"staff:{stocked.cashier_id}"
    assert told.sent_to == ("staff:1 desktop", f"{cashier} desktop", "staff:1 email")
    assert told.without_address == (f"{cashier} email",)
    assert clock_of(stocked).do(tell, wanted).sent_to == told.sent_to  # again: nothing new
    made = notices(stocked.shop)
    assert [(n.receiver, n.channel, n.state) for n in made] == [
        ("staff:1", "desktop", "sent"), (cashier, "desktop", "sent"), ("staff:1", "email", "waiting"),
    ]  # fmt: skip
    assert made[0].title == "订单 1120-0017 已等 37 小时"
    assert made[1].title == "Order 1120-0017 has waited 37 hours"
    assert made[1].body.startswith("刘婷婷 paid ¥76.90")
    assert waiting(stocked.shop) == ["notice:email"]


def test_control_another_key_tells_again(stocked: Stocked) -> None:
    for key in ("a", "b"):
        clock_of(stocked).do(tell, Wanted(key, "plain", ("staff:1",), fields={"text": "x"}))
    assert len(notices(stocked.shop)) == 2


@pytest.mark.req("I3", "R6")
def test_who_cannot_be_told_is_reported(stocked: Stocked) -> None:
    member = f"member:{stocked.member_id}"
    stocked.shop.do(set_active, stocked.cashier_id, False)
    told = clock_of(stocked).do(
        tell,
        Wanted(
            "k", "points_expiring", (member, "role:cashier", "staff:999", "role:nonsense"),
            ("desktop", "portal", "email", "sms", "chat:9"), {"points": 1_280},
        ),
    )  # fmt: skip
    assert told.sent_to == (f"{member} portal", f"{member} sms")
    assert set(told.without_address) == {
        "role:cashier", "staff:999", "role:nonsense", f"{member} desktop", f"{member} email", "chat:9",
    }  # fmt: skip
    assert (
        notices(stocked.shop)[0].title == "青禾杂货铺：1,280 积分将于 到期"
    )  # a field without a value stays empty


def test_a_chat_is_told_once_however_many_receivers(stocked: Stocked) -> None:
    with stocked.shop.storage.write.begin() as connection:
        connection.execute(
            insert(NoticeChannel), {"kind": "json", "name": "店群", "by_phone": False, "active": True}
        )
    told = clock_of(stocked).do(
        tell, Wanted("k", "plain", ("staff:1", f"staff:{stocked.cashier_id}"), ("chat:1",), {"text": "x"})
    )
    assert told == Told(("chat:1 chat:1",))
    assert waiting(stocked.shop) == ["notice:chat:1"]


@pytest.mark.req("I3")
def test_quiet_hours_and_digest_wait(stocked: Stocked, clock: HandClock) -> None:
    later = clock.now() + timedelta(hours=8)
    clock_of(stocked).do(tell, Wanted("a", "plain", ("staff:1",), fields={"text": "x"}, not_before=later))
    clock_of(stocked).do(tell, Wanted("b", "plain", ("staff:1",), fields={"text": "y"}, digest=True))
    made = notices(stocked.shop)
    assert [(n.state, n.after) for n in made] == [
        ("waiting", later), ("waiting", datetime(2026, 11, 22, 1, 0, tzinfo=UTC)),
    ]  # fmt: skip
    assert owner_of(stocked).ask(inbox).rows == ()


@pytest.mark.parametrize(
    "moment, zone, leaves",
    [
        ("2026-11-21T00:59:59+00:00", "Asia/Shanghai", "2026-11-21T01:00:00+00:00"),
        ("2026-11-21T01:01:00+00:00", "Asia/Shanghai", "2026-11-22T01:00:00+00:00"),
        ("2026-03-28T09:00:00+00:00", "Europe/Berlin", "2026-03-29T07:00:00+00:00"),  # clocks go forward
        ("2026-10-24T09:00:00+00:00", "Europe/Berlin", "2026-10-25T08:00:00+00:00"),  # and back
    ],
)
def test_the_digest_leaves_at_nine_by_the_shops_clock(moment: str, zone: str, leaves: str) -> None:
    found = next_digest(datetime.fromisoformat(moment), ZoneInfo(zone), 540)
    assert found == datetime.fromisoformat(leaves)


def test_the_inbox_is_ones_own(stocked: Stocked) -> None:
    for number in range(3):
        clock_of(stocked).do(
            tell,
            Wanted(f"k{number}", "plain", ("staff:1",), fields={"text": str(number)}, subject="order:12"),
        )
    mine = owner_of(stocked).ask(inbox)
    assert ([row.body for row in mine.rows], mine.unread, mine.before) == (["2", "1", "0"], 3, None)
    with pytest.raises(NotFound):
        stocked.cashier.do(read_notice, mine.rows[0].id)
    assert stocked.cashier.do(read_all_notices) == 0
    owner_of(stocked).do(read_notice, mine.rows[0].id)
    owner_of(stocked).do(read_notice, mine.rows[0].id)
    assert owner_of(stocked).ask(inbox).unread == 2
    assert owner_of(stocked).do(read_all_notices) == 2
    assert [row.unread for row in owner_of(stocked).ask(inbox).rows] == [False] * 3
    assert stocked.cashier.ask(inbox).rows == ()


def test_a_long_inbox_is_read_page_by_page(stocked: Stocked) -> None:
    for number in range(35):
        clock_of(stocked).do(tell, Wanted(f"k{number}", "plain", ("staff:1",), fields={"text": str(number)}))
    first = owner_of(stocked).ask(inbox)
    assert first.before is not None
    second = owner_of(stocked).ask(inbox, first.before)
    assert (len(first.rows), len(second.rows), second.before, first.unread) == (30, 5, None, 35)


@pytest.mark.req("R6")
def test_the_shops_own_words_are_used_and_can_be_taken_back(stocked: Stocked) -> None:
    owner = owner_of(stocked)
    owner.do(save_template, "order_chased", "zh_CN", "  催：{number} ", "{{留着}} {customer}\n{shop}")
    clock_of(stocked).do(tell, Wanted("a", "order_chased", ("staff:1",), fields=CHASED))
    assert (notices(stocked.shop)[0].title, notices(stocked.shop)[0].body) == (
        "催：1120-0017", "{留着} 刘婷婷\n青禾杂货铺",
    )  # fmt: skip
    assert owner.ask(template_view, "order_chased", "zh_CN").own
    assert not owner.ask(template_view, "order_chased", "en").own
    assert next(row.own for row in owner.ask(templates_list) if row.key == "order_chased") == ("zh_CN",)
    owner.do(reset_template, "order_chased", "zh_CN")
    assert not owner.ask(template_view, "order_chased", "zh_CN").own


@pytest.mark.req("R6")
@pytest.mark.parametrize(
    "title, body, named",
    [
        ("{nummer}", "x", "{nummer}"),
        ("x", "{number} {passphrase}", "{passphrase}"),
        ("{number.__class__}", "x", "{number}"),
        ("{number!r}", "x", "{number}"),
        ("{}", "x", "{number}"),
        ("{number", "x", "{number}"),
        (" ", "x", "title"),
        ("x" * 121, "x", "120"),
    ],
)
def test_a_field_that_is_not_there_is_named_and_nothing_is_kept(
    stocked: Stocked, title: str, body: str, named: str
) -> None:
    with pytest.raises(ShopError) as refused:
        owner_of(stocked).do(save_template, "order_chased", "en", title, body)
    assert named in str(refused.value.sentence).format(**refused.value.fields)
    assert not owner_of(stocked).ask(template_view, "order_chased", "en").own


def test_the_preview_says_which_part_is_wrong(stocked: Stocked) -> None:
    owner = owner_of(stocked)
    good = owner.ask(preview_template, "order_chased", "en", "Wait {hours}", "{shop}: {number}")
    assert (good.title, good.body, good.title_problem, good.body_problem) == (
        "Wait 37", "青禾杂货铺: 1120-0017", "", "",
    )  # fmt: skip
    bad = owner.ask(preview_template, "order_chased", "en", "ok", "{number} {x}")
    assert bad.title_problem == ""
    assert "{x}" in bad.body_problem
    assert bad.body == "1120-0017 {x}"


def test_every_shipped_text_uses_only_its_fields(stocked: Stocked) -> None:
    for key, text in NOTICE_TEXTS.items():
        for language in ("en", "zh_CN"):
            view = owner_of(stocked).ask(template_view, key, language)
            shown = owner_of(stocked).ask(preview_template, key, language, view.title, view.body)
            assert (shown.title_problem, shown.body_problem) == ("", ""), (key, language)
            assert set(text.sample) == set(text.allowed)


@pytest.mark.parametrize("good", ["", "a@b.cn", " wang@例子.中国 ", "x.y+z@mail.shop-1.example"])
def test_addresses_that_can_be(good: str) -> None:
    assert checked_email(good) == good.strip()


@pytest.mark.parametrize(
    "bad",
    [
        "a",
        "a@b",
        "a@b.c1\r\nBcc: x@y.cn",
        "a b@c.cn",
        "a@b.cn, c@d.cn",
        "@b.cn",
        "王@b.cn",
        "a@b-.cn",
        "a" * 300,
    ],
)
def test_addresses_that_cannot(bad: str) -> None:
    with pytest.raises(ShopError):
        checked_email(bad)


def test_a_field_never_reads_into_a_value(stocked: Stocked) -> None:
    clock_of(stocked).do(tell, Wanted("a", "plain", ("staff:1",), fields={"text": "{shop} {text}\n{0.x}"}))
    assert notices(stocked.shop)[0].body == "{shop} {text}\n{0.x}"
    with pytest.raises(Malformed):
        owner_of(stocked).do(save_template, "plain", "en", "x", "{text[0]}")
