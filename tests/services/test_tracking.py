"""Carriers asked by the clock: as often as set, never the same parcel twice, trouble named and nothing known lost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

import keyring
import pytest
from keyring.backends import fail
from sqlalchemy import select

from desktop.basics.clock import HandClock
from desktop.basics.errors import NotFound, Refused, ShopError, Unavailable
from desktop.gateways import carriers as gateway
from desktop.gateways.carriers import Seen, Trail
from desktop.models.orders import Shipment
from desktop.models.parcels import PLAIN, SIGNED, ShipmentTrail
from desktop.queries.carriers import carriers_list, tracking_services
from desktop.queries.order_detail import order_detail
from desktop.services.carriers import ServiceForm, forget_service, save_carrier, save_service, try_service
from desktop.services.fulfilment import receive_order, ship_order, undo_shipment
from desktop.services.tracking import (
    ask_now,
    change_parcel,
    claim_parcel,
    poll_carriers,
    record_trail,
    record_trouble,
)
from desktop.shop import actors
from desktop.shop.shop import Shop
from tests.helpers.back_office import events, pay, placed
from tests.helpers.carrier_office import CUSTOMER, KEY, CarrierOffice
from tests.helpers.goods import MILK, Stocked, open_stocked

SEEN = [("2026-11-21 18:20:00", "到达"), ("2026-11-21 09:05:00", "揽收")]


@dataclass
class Desk:
    """A shop with a signed service and a carrier it knows."""

    stocked: Stocked
    shop: Shop
    service: int
    carrier: int


def desk_of(shop: Shop, office: CarrierOffice) -> Desk:
    """The owner sets up Kuaidi100 for SF."""
    stocked = open_stocked(shop)
    service = save_service(shop, None, ServiceForm("快递100", SIGNED, office.signed_url, CUSTOMER, key=KEY))
    sf = next(row for row in shop.ask(carriers_list) if row.code == "shunfeng")
    shop.do(save_carrier, sf.id, sf.name, sf.code, service)
    return Desk(stocked, shop, service, sf.id)


@pytest.fixture
def desk(shop: Shop, office: CarrierOffice) -> Desk:
    """On each kind of database."""
    return desk_of(shop, office)


def sent(desk: Desk, number: str) -> tuple[int, int]:
    """An order on its way by SF under this number, and its parcel."""
    order_id = placed(desk.stocked, (MILK, 1), member_id=desk.stocked.member_id)
    pay(desk.stocked, order_id)
    return order_id, desk.shop.do(ship_order, order_id, number, "", (), "", desk.carrier)


def parcel(desk: Desk, parcel_id: int) -> Shipment:
    """Its row now."""
    with desk.shop.storage.read.connect() as connection:
        return connection.execute(select(Shipment.__table__).where(Shipment.id == parcel_id)).one()  # type: ignore[return-value]


def trail(desk: Desk, parcel_id: int) -> list[str]:
    """What is known of a parcel, the oldest first."""
    with desk.shop.storage.read.connect() as connection:
        rows = select(ShipmentTrail.text).where(ShipmentTrail.shipment_id == parcel_id)
        return list(connection.execute(rows.order_by(ShipmentTrail.at, ShipmentTrail.id)).scalars())


def later(desk: Desk, minutes: int) -> None:
    """Let the shop's clock go on."""
    clock = desk.shop.clock
    assert isinstance(clock, HandClock)
    clock.pass_time(timedelta(minutes=minutes))


@pytest.mark.req("O6", "O13")
def test_a_parcel_is_asked_about_as_often_as_set_until_it_is_there(desk: Desk, office: CarrierOffice) -> None:
    office.trails["SF1"] = SEEN[1:]
    order_id, number = sent(desk, "SF1")
    assert poll_carriers(desk.shop) == 1
    row = parcel(desk, number)
    assert (row.state, row.trouble, trail(desk, number)) == ("under_way", "", ["揽收"])
    assert row.eta is not None
    assert row.next_ask_at
    assert row.asked_at
    assert row.next_ask_at - row.asked_at == timedelta(minutes=30)
    assert poll_carriers(desk.shop) == 0  # not before its turn
    office.trails["SF1"] = SEEN
    later(desk, 31)
    assert poll_carriers(desk.shop) == 1
    assert trail(desk, number) == ["揽收", "到达"]  # what is known already is not added again
    office.states["SF1"] = "3"
    later(desk, 31)
    poll_carriers(desk.shop)
    row = parcel(desk, number)
    assert (row.state, row.next_ask_at, row.delivered_at is not None) == ("delivered", None, True)
    assert events(desk.stocked, order_id)[-1] == "delivered"
    later(desk, 600)
    assert poll_carriers(desk.shop) == 0
    assert len(office.asked) == 3


@pytest.mark.req("O6", "O19")
def test_trouble_is_named_waited_for_longer_each_time_and_loses_nothing(
    desk: Desk, office: CarrierOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gateway, "SECONDS", 0.3)
    office.trails["SF1"] = SEEN[1:]
    _order, number = sent(desk, "SF1")
    poll_carriers(desk.shop)
    waits = []
    for instead in ("html", "slow", "busy"):
        office.instead = instead
        later(desk, 24 * 60)
        poll_carriers(desk.shop)
        row = parcel(desk, number)
        assert row.next_ask_at
        assert row.asked_at
        waits.append(int((row.next_ask_at - row.asked_at).total_seconds() // 60))
        assert row.trouble
        assert (row.state, trail(desk, number)) == ("under_way", ["揽收"])
    assert waits == [30, 60, 120]
    assert desk.shop.ask(tracking_services).rows[0].trouble == gateway.BUSY
    office.instead = ""
    office.let_go.set()
    later(desk, 24 * 60)
    poll_carriers(desk.shop)
    assert (parcel(desk, number).trouble, parcel(desk, number).tries) == ("", 0)
    assert desk.shop.ask(tracking_services).rows[0].trouble == ""


@pytest.mark.req("O6")
def test_a_number_nobody_knows_holds_up_no_other_and_a_service_in_trouble_is_left_alone(
    desk: Desk, office: CarrierOffice
) -> None:
    office.trails["SF2"] = SEEN
    _one, unknown = sent(desk, "SF404")
    _two, known = sent(desk, "SF2")
    assert poll_carriers(desk.shop) == 2
    assert parcel(desk, unknown).trouble == gateway.UNKNOWN
    assert parcel(desk, known).state == "under_way"
    assert desk.shop.ask(tracking_services).rows[0].trouble == ""  # the service itself is well
    office.instead = "busy"
    later(desk, 31)
    assert poll_carriers(desk.shop) == 1  # after the first answer the second is not even asked


@pytest.mark.req("O6")
def test_two_programs_never_ask_about_the_same_parcel(desk: Desk, office: CarrierOffice) -> None:
    office.trails["SF1"] = SEEN
    _order, number = sent(desk, "SF1")
    seen = parcel(desk, number).next_ask_at
    clock = desk.shop.acting_as(actors.clock())
    assert clock.do(claim_parcel, number, seen) is not None
    assert clock.do(claim_parcel, number, seen) is None
    later(desk, 4)  # control: the first program died, its lease is over
    assert poll_carriers(desk.shop) == 1


@pytest.mark.req("O13")
def test_only_parcels_under_way_are_asked_about(desk: Desk, office: CarrierOffice) -> None:
    office.trails.update({"SF1": SEEN, "SF2": SEEN, "SF3": SEEN})
    back, _parcel = sent(desk, "SF1")
    desk.shop.do(undo_shipment, back)
    done, _parcel = sent(desk, "SF2")
    desk.shop.do(receive_order, done)
    _order, nameless = sent(desk, "")
    assert poll_carriers(desk.shop) == 0
    with pytest.raises(Refused):
        ask_now(desk.shop, nameless)
    desk.shop.do(change_parcel, nameless, "SF3", "", desk.carrier)
    assert poll_carriers(desk.shop) == 1
    assert [asked["num"] for asked in office.asked] == ["SF3"]


@pytest.mark.req("O13", "M11")
def test_asking_now_and_a_service_that_moved_or_went(desk: Desk, office: CarrierOffice) -> None:
    office.trails["SF1"] = SEEN
    _order, number = sent(desk, "SF1")
    ask_now(desk.shop, number)
    assert len(trail(desk, number)) == 2
    assert len(try_service(desk.shop, desk.service, "shunfeng", "SF1").seen) == 2
    with pytest.raises(NotFound):
        try_service(desk.shop, desk.service, "shunfeng", "SF404")
    form = ServiceForm("快递100", SIGNED, "https://elsewhere.example.com/q", CUSTOMER)
    with pytest.raises(ShopError, match="another server|密钥"):
        save_service(desk.shop, desk.service, form)
    for wrong in (
        ServiceForm("", SIGNED, office.signed_url, CUSTOMER),
        ServiceForm("x", SIGNED, office.signed_url, ""),
        ServiceForm("x", PLAIN, office.signed_url),
        ServiceForm("快递100", SIGNED, office.signed_url, CUSTOMER),
    ):
        with pytest.raises(ShopError):
            save_service(desk.shop, None, wrong)
    forget_service(desk.shop, desk.service)
    later(desk, 60)
    assert poll_carriers(desk.shop) == 0
    assert len(trail(desk, number)) == 2
    with pytest.raises(Refused):
        ask_now(desk.shop, number)


@pytest.mark.req("O6")
def test_news_of_a_number_that_was_put_right_meanwhile_is_not_the_parcels(
    desk: Desk, office: CarrierOffice
) -> None:
    office.trails["SF6"], office.states["SF6"] = SEEN, "3"  # another parcel, there already
    _order, number = sent(desk, "SF6")
    errand = desk.shop.do(claim_parcel, number, None)
    assert errand is not None
    desk.shop.do(change_parcel, number, "SF7", "", desk.carrier)  # while the carrier is asked
    there = Trail("delivered", (Seen(desk.shop.clock.now(), "签收"),))
    assert desk.shop.do(record_trail, number, errand.number, there) == 0
    desk.shop.do(record_trouble, number, errand.number, "busy")
    row = parcel(desk, number)
    assert (row.state, row.delivered_at, row.trouble, trail(desk, number)) == ("", None, "", [])
    assert row.next_ask_at == desk.shop.clock.now(), "the right number is asked about at once"
    assert desk.shop.do(record_trail, number, "SF7", there) == 1, "control"


@pytest.mark.req("O6")
def test_a_number_put_right_leaves_the_places_of_the_wrong_one_behind(
    desk: Desk, office: CarrierOffice
) -> None:
    office.trails["SF8"], office.trails["SF9"] = SEEN, SEEN[1:]
    order_id, number = sent(desk, "SF8")
    ask_now(desk.shop, number)
    assert shown(desk, order_id) == ["到达", "揽收"]
    desk.shop.do(change_parcel, number, "SF9", "", desk.carrier)
    assert shown(desk, order_id) == []
    ask_now(desk.shop, number)
    assert shown(desk, order_id) == ["揽收"]
    before = len(events(desk.stocked, order_id))
    touched: list[str] = []
    stop = desk.shop.listen(lambda changes: touched.append(changes.action))
    ask_now(desk.shop, number)
    stop()
    assert touched == [], "what is known already is no news"
    assert len(events(desk.stocked, order_id)) == before


def shown(desk: Desk, order_id: int) -> list[str]:
    """The places the order's page names, the newest first."""
    return [seen.text for row in desk.shop.ask(order_detail, order_id).parcels for seen in row.trail]


@pytest.mark.req("O13")
def test_a_service_without_a_key_needs_no_keyring(shop: Shop) -> None:
    """On a machine without one nothing is half saved: a key is refused before, no key is saved whole."""
    open_stocked(shop)
    keyring.set_keyring(fail.Keyring())
    paths = {"events": "data", "time": "time", "text": "text"}
    form = ServiceForm("open", PLAIN, "http://127.0.0.1:9/{number}", paths=paths)
    with pytest.raises(Unavailable):
        save_service(shop, None, replace(form, key=KEY, header="X-Key"))
    assert not shop.ask(tracking_services).rows
    assert save_service(shop, None, replace(form, key=""))
