"""Settings are checked against the registry, kept all or none, and obeyed with the next action."""

from __future__ import annotations

import pytest

from desktop.basics.errors import NotAllowed, ShopError
from desktop.models.settings import POINTS_CAP, POINTS_WELCOME
from desktop.queries.settings import settings_list
from desktop.queries.tills import tills_list
from desktop.services.members import sign_up
from desktop.services.settings import set_setting, set_settings
from desktop.services.tills import add_till, rename_till
from desktop.shop.shop import Shop
from tests.helpers.goods import Stocked, open_stocked


@pytest.fixture
def stocked(shop: Shop) -> Stocked:
    """The pictures' shop on each kind of database."""
    return open_stocked(shop)


def value(shop: Shop, key: str) -> object:
    """The value as the settings page reads it."""
    return next(row.value for row in shop.ask(settings_list) if row.key == key)


def test_a_setting_counts_from_the_next_action_on(stocked: Stocked) -> None:
    assert stocked.cashier.do(sign_up, "13905710001").points == POINTS_WELCOME.default
    stocked.shop.do(set_setting, POINTS_WELCOME.key, 50)
    assert stocked.cashier.do(sign_up, "13905710002").points == 50
    stocked.shop.do(set_setting, POINTS_WELCOME.key, 60)
    assert value(stocked.shop, POINTS_WELCOME.key) == 60


@pytest.mark.req("Q2")
@pytest.mark.parametrize(
    "key, wrong",
    [
        ("points.cap_bp", 5_001),
        ("points.cap_bp", -1),
        ("points.cap_bp", "5000"),
        ("points.cap_bp", True),
        ("orders.default_type", "gift"),
        ("shop.zone", "Mars/Olympus"),
        ("shop.zone", "../etc/passwd"),
        ("shop.name", "  "),
        ("shop.currency", "USD"),
        ("shop.sample", True),
        ("no.such", 1),
    ],
)
def test_what_the_registry_forbids_is_refused_and_the_rest_of_the_form_too(
    stocked: Stocked, key: str, wrong: object
) -> None:
    with pytest.raises(ShopError):
        stocked.shop.do(set_settings, {"kiosk.idle_seconds": 90, key: wrong})
    assert value(stocked.shop, "kiosk.idle_seconds") == 60
    stocked.shop.do(set_settings, {"kiosk.idle_seconds": 90, POINTS_CAP.key: 4_000})  # control
    assert (value(stocked.shop, "kiosk.idle_seconds"), value(stocked.shop, POINTS_CAP.key)) == (90, 4_000)


@pytest.mark.req("A1")
def test_a_cashier_changes_no_setting(stocked: Stocked) -> None:
    with pytest.raises(NotAllowed):
        stocked.cashier.do(set_setting, POINTS_CAP.key, 100)


@pytest.mark.req("A1")
def test_tills_are_added_with_a_code_of_their_own_and_renamed(stocked: Stocked) -> None:
    first, second = (stocked.shop.do(add_till, "kiosk", name) for name in ("自助收银 2 号", "自助收银 3 号"))
    assert (first, second) == ("K2", "K3")  # K1 came with the shop
    assert stocked.shop.do(add_till, "counter", "后门") == "T2"
    row = next(till for till in stocked.shop.ask(tills_list) if till.code == "K2")
    stocked.shop.do(rename_till, row.id, " 门口 自助 ")
    assert next(till.name for till in stocked.shop.ask(tills_list) if till.code == "K2") == "门口 自助"
    for kind, name in (("kiosk", " "), ("kiosk", "x" * 41), ("online", "x")):
        with pytest.raises(ShopError):
            stocked.shop.do(add_till, kind, name)
    with pytest.raises(NotAllowed):
        stocked.cashier.do(add_till, "kiosk", "x")
