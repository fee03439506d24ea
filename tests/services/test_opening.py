"""The first day: what a shop starts with, what is refused, and that a refusal leaves the database empty."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from desktop.basics.errors import Refused, ShopError
from desktop.models import Base
from desktop.models.members import Tier
from desktop.models.payments import PaymentMethod
from desktop.models.people import ROLES, Role, RolePermission, Staff, StaffRole, Till
from desktop.models.products import PriceList
from desktop.models.settings import SHOP_CURRENCY, SHOP_NAME, SHOP_ZONE
from desktop.models.stock import Location
from desktop.services import opening
from desktop.services.opening import NewShop, open_shop
from desktop.services.secrets import matches
from desktop.services.sign_in import anybody, check_pin, sign_in
from desktop.shop import actors
from desktop.shop.action import question
from desktop.shop.shop import Shop
from desktop.shop.work import Read
from desktop.storage.engine import open_storage
from tests.helpers.tills import PATIENCE, gather

GOOD = NewShop(" 青禾杂货铺 ", " 王掌柜 ", " Wang ", "a long password", pin="246810")


def contents(shop: Shop) -> dict[str, int]:
    """How many rows every table has; empty ones left out."""
    with shop.storage.read.connect() as connection:
        counts = {
            name: int(connection.execute(select(func.count()).select_from(table)).scalar_one())
            for name, table in Base.metadata.tables.items()
        }
    return {name: count for name, count in counts.items() if count}


@question(permission=opening.Permission.SETTINGS)
def _said(read: Read) -> tuple[str, str, str]:
    """What the shop calls itself."""
    return read.setting(SHOP_NAME), read.setting(SHOP_CURRENCY), read.setting(SHOP_ZONE)


@pytest.mark.req("A1")
def test_a_new_shop_has_an_owner_roles_tills_and_its_own_currency_and_zone(shop: Shop) -> None:
    assert shop.acting_as(actors.guest()).ask(anybody) is False
    owner = open_shop(shop, replace(GOOD, currency="JPY", zone="Asia/Tokyo"))
    assert shop.ask(_said) == ("青禾杂货铺", "JPY", "Asia/Tokyo")
    assert shop.acting_as(actors.guest()).ask(anybody) is True
    with shop.storage.read.connect() as connection:
        person = connection.execute(select(Staff.__table__).where(Staff.id == owner)).one()
        roles = (
            connection.execute(select(StaffRole.role_key).where(StaffRole.staff_id == owner)).scalars().all()
        )
        rights = connection.execute(select(func.count()).select_from(RolePermission)).scalar_one()
        assert set(connection.execute(select(Role.key)).scalars()) == set(ROLES)
        kinds = connection.execute(select(Till.kind)).scalars().all()
        tables = (Tier, PaymentMethod, PriceList, Location)
        found = [connection.execute(select(func.count()).select_from(t)).scalar_one() for t in tables]
    assert (person.username, person.name, person.active, roles) == ("wang", "王掌柜", True, ["owner"])
    assert rights == sum(len(given) for _name, given in ROLES.values())
    assert sorted(kinds) == ["counter", "kiosk", "online"]
    assert all(found)
    assert matches(person.password_hash, "a long password")
    assert matches(person.pin_hash, "246810")
    assert sign_in(shop, "WANG", "a long password", 1) == actors.staff(owner, 1)
    assert check_pin(shop, 2, "246810") == actors.staff(owner, 2)


@pytest.mark.req("R9")
@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"name": "  \t\u3000"}, {"owner": " "}, {"username": ""}, {"username": "   "},
        {"currency": ""}, {"currency": "cny"}, {"currency": "¥"}, {"currency": "XXXX"}, {"currency": "BTC"},
        {"zone": ""}, {"zone": "Asia/Atlantis"}, {"zone": "../../etc/passwd"}, {"zone": "+08:00"},
        {"password": ""}, {"password": "short12"}, {"pin": "1234"}, {"pin": "111111"}, {"pin": "12345a"},
        {"pin": "123456789"},
    ],
    ids=lambda wrong: "-".join(f"{k}={v!r}" for k, v in wrong.items()),
)  # fmt: skip
def test_what_makes_no_shop_is_refused_and_leaves_the_database_empty(
    sqlite_shop: Shop, wrong: dict[str, str]
) -> None:
    before = contents(sqlite_shop)
    with pytest.raises(ShopError):
        open_shop(sqlite_shop, replace(GOOD, **wrong))
    assert contents(sqlite_shop) == before


@pytest.mark.req("R9")
def test_a_second_opening_is_refused_and_changes_nothing(shop: Shop) -> None:
    open_shop(shop, GOOD)
    before = contents(shop)
    with pytest.raises(Refused, match="already|已"):
        open_shop(shop, replace(GOOD, name="别人的店", username="thief", password="another password"))
    assert contents(shop) == before
    assert shop.ask(_said)[0] == "青禾杂货铺"
    with pytest.raises(ShopError):
        sign_in(shop, "thief", "another password", 1)


def open_together(url: str, together: Any, answers: Any) -> None:
    """Open a shop at the moment others do."""
    mine = Shop(open_storage(url), actor=actors.console())
    together.wait(PATIENCE)
    try:
        answers.put(open_shop(mine, GOOD))
    except Refused as error:
        answers.put(error.sentence)
    mine.storage.close()


@pytest.mark.req("R9")
def test_of_two_programs_opening_the_same_database_one_is_refused(shop_url: str) -> None:
    answers = gather(open_together, 2, shop_url)
    assert sorted(map(str, answers)) == [
        "1",
        "This database already holds a shop. Open it, or choose another file.",
    ]


def test_an_opening_that_fails_half_way_leaves_nothing(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A row the tables refuse comes last: everything before it is gone again, and the next opening works."""
    before = contents(shop)
    with monkeypatch.context() as wrong:
        wrong.setattr(opening, "TILLS", (*opening.TILLS, opening.TILLS[0]))  # a code twice
        with pytest.raises(DBAPIError):
            open_shop(shop, GOOD)
    assert contents(shop) == before
    open_shop(shop, GOOD)
    assert contents(shop)["till"] == len(opening.TILLS)


@pytest.mark.req("R9")
def test_names_with_quotes_and_scripts_are_kept_as_they_were_typed(shop: Shop) -> None:
    name = "O'Reilly; DROP TABLE staff; -- <script>alert(1)</script> {0} %s 😀"
    open_shop(shop, replace(GOOD, name=name, owner=name))
    assert shop.ask(_said)[0] == name
    with shop.storage.read.connect() as connection:
        assert connection.execute(select(Staff.name)).scalar_one() == name
