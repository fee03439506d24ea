"""Every action and question × every role, tried at the real door; what is not listed fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from desktop.basics.errors import NotAllowed
from desktop.models.people import DEVICE_ROLES, ROLES, Permission
from desktop.queries.audit_words import ACTION_WORDS
from desktop.services.members import add_tag
from desktop.services.staff import record_staff, set_active, set_rights
from desktop.shop import actors
from desktop.shop.action import Action, Question, action
from desktop.shop.actors import Actor
from desktop.shop.rights import Memory
from desktop.shop.shop import Shop
from desktop.shop.work import Work
from tests.helpers.goods import Stocked, open_stocked
from tests.shop.everything import DEVICES, ROLE_KEYS, Deed, declared, deeds, lets_in, rows


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


def people(shop: Shop) -> dict[str, Actor]:
    """Somebody with each role: people in the database, programs by what they are."""
    made = dict(DEVICES)
    for key in ROLE_KEYS:
        if key not in made:
            new = shop.do(record_staff, username=f"a {key}", name=key, password_hash="x", roles=[key])
            made[key] = actors.staff(new, 1)
    return made


def differences(shop: Shop, every: dict[str, Deed]) -> Iterator[str]:
    """Sentences about what the door answers otherwise than the table says."""
    table = rows()
    for role, actor in people(shop).items():
        for name, deed in every.items():
            said = lets_in(shop, actor, deed)
            if said != (table[name][role] == "yes"):
                yield f"{name}: the table says {table[name][role]} for {role}, the door says {'yes' if said else 'no'}"


def unlisted(every: dict[str, Deed]) -> list[str]:
    """What the table does not know."""
    return sorted(set(every) - set(rows()))


@pytest.mark.req("A1")
def test_every_action_and_question_is_listed_and_nothing_else() -> None:
    every, table = deeds(), rows()
    assert unlisted(every) == [], "print the missing rows: python -m tests.shop.everything"
    assert sorted(set(table) - set(every)) == []
    for name, deed in every.items():
        assert table[name]["permission"] == str(deed.permission), name
        assert (table[name]["kind"] == "action") == isinstance(deed, Action), name
        assert (table[name]["kind"] == "personal") == (isinstance(deed, Question) and deed.personal), name
        assert set(table[name].values()) >= {"yes"}, name  # what nobody may do is not needed


@pytest.mark.req("A1")
def test_no_declaration_hides_behind_another_of_the_same_name() -> None:
    every = deeds()
    found = {f"{module.rsplit('.', 1)[-1]}.{name}": module for module, name in declared()}
    assert len(found) == len(list(declared()))
    assert found == {name: deed.run.__module__ for name, deed in every.items()}


@pytest.mark.req("A1", "A4")
def test_the_door_answers_as_the_table_says_for_every_role(stocked: Stocked) -> None:
    assert list(differences(stocked.shop, deeds())) == []


class Ajar(Memory):
    """A door that checks nobody."""

    def rights(self, connection: object, actor: Actor) -> frozenset[str]:
        """Everybody may do everything."""
        return frozenset(str(p) for p in Permission)


def test_control_a_door_without_its_check_is_seen(sqlite_shop: Shop) -> None:
    stocked = open_stocked(sqlite_shop)
    few = {name: deed for name, deed in deeds().items() if name.startswith(("members.", "staff."))}
    assert list(differences(stocked.shop, few)) == []
    ajar = Shop(
        sqlite_shop.storage,
        actor=actors.console(),
        clock=sqlite_shop.clock,
        _shared=(Ajar(), sqlite_shop.news),
    )
    seen = [
        name
        for name, deed in few.items()
        for role, actor in DEVICES.items()
        if lets_in(ajar, actor, deed) != (rows()[name][role] == "yes")
    ]
    assert len(seen) > 20


@action(permission=Permission.STAFF)
def _unlisted(work: Work) -> None:
    """A verb nobody put into the table."""


def test_control_an_unlisted_action_is_seen() -> None:
    assert unlisted({**deeds(), "new.verb": _unlisted}) == ["new.verb"]


# What the owner asked for, in words of its own, apart from the table.
ASKED: dict[str, Callable[[dict[str, str]], bool]] = {
    "a guest only browses and signs in": lambda r: r["guest"] == "no" or r["permission"] in ("browse goods", "sign in"),
    "a basic agent changes nothing but saved views and what was read": lambda r: (
        r["basic_agent"] == "no" or r["kind"] != "action" or r["name"].startswith(("saved_views.", "notices.read_"))
    ),
    "an agent takes no money": lambda r: r["permission"] not in ("take payment", "refund") or "yes" not in (
        r["basic_agent"], r["senior_agent"]
    ),
    "a cashier sees no whole number or address": lambda r: r["kind"] != "personal" or r["cashier"] == "no",
    "of people only the owner corrects points, settings, staff, reads the trail": lambda r: (
        r["permission"] not in ("adjust points", "change settings", "manage staff", "read the audit trail")
        or [key for key in ROLE_KEYS if key != "clock" and r[key] == "yes"] == ["owner"]
    ),
    "the clock changes no setting and no staff": lambda r: (
        r["permission"] not in ("change settings", "manage staff") or r["clock"] == "no"
    ),
    "a member's phone does only its own": lambda r: r["member"] == "no" or r["permission"] in ("confirm own settlement", "browse goods"),
    "a kiosk sees no list of members or orders": lambda r: r["kiosk"] == "no" or r["permission"] in (
        "browse goods", "run the kiosk", "sign in"
    ),
    "the owner may do everything": lambda r: r["owner"] == "yes",
}  # fmt: skip


@pytest.mark.req("A1", "A4")
@pytest.mark.parametrize("rule", ASKED)
def test_the_table_keeps_what_the_owner_asked_for(rule: str) -> None:
    assert [name for name, row in rows().items() if not ASKED[rule](row)] == []


def test_roles_of_programs_are_not_given_more_than_their_task() -> None:
    assert {"kiosk", "member", "clock"} == DEVICE_ROLES
    for key in DEVICE_ROLES:
        assert not ROLES[key][1] & {
            Permission.SEE_PERSONAL,
            Permission.REFUND,
            Permission.SETTINGS,
            Permission.STAFF,
        }


@pytest.mark.req("A1")
def test_what_is_taken_away_is_gone_with_the_next_call(stocked: Stocked) -> None:
    stocked.cashier.do(add_tag, stocked.member_id, "a")
    rights = [str(p) for p in ROLES["cashier"][1] if p != Permission.EDIT_MEMBERS]
    stocked.shop.do(set_rights, {"cashier": rights})
    with pytest.raises(NotAllowed):
        stocked.cashier.do(add_tag, stocked.member_id, "b")
    stocked.shop.do(set_rights, {"cashier": [*rights, str(Permission.EDIT_MEMBERS)]})
    stocked.cashier.do(add_tag, stocked.member_id, "c")
    stocked.shop.do(set_active, stocked.cashier_id, False)
    with pytest.raises(NotAllowed):
        stocked.cashier.do(add_tag, stocked.member_id, "d")
    assert not stocked.cashier.may(add_tag) or _learned(stocked)


def _learned(stocked: Stocked) -> bool:
    """Greying follows when the rights are read again."""
    stocked.cashier.learn_rights()
    return not stocked.cashier.may(add_tag)


@pytest.mark.req("A2")
def test_every_deed_and_every_recorded_look_has_words_in_the_trail() -> None:
    every = deeds()
    recorded = {name for name, deed in every.items() if isinstance(deed, Action) or deed.personal}
    assert sorted(recorded - set(ACTION_WORDS)) == []
    assert sorted(set(ACTION_WORDS) - recorded) == []
