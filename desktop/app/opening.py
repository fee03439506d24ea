"""Opening and making shops, and letting people in: what runs on threads while the window stays alive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from desktop.basics.clock import Clock
from desktop.basics.i18n import N_
from desktop.basics.machine import Machine
from desktop.commands.places import NoShop

if TYPE_CHECKING:
    from desktop.queries.shell import Person, ShopCard
    from desktop.scheduler.clockwork import Clockwork
    from desktop.scheduler.printing import PrintLane
    from desktop.shop.actors import Actor
    from desktop.shop.shop import Shop
    from desktop.storage.engine import Storage
    from desktop.views.shell.first_run import OwnShop


@dataclass
class Opened:
    """A shop that was opened: its storage, its door for nobody yet, what its front shows, and this machine's till."""

    storage: Storage
    shop: Shop
    card: ShopCard
    till_id: int


@dataclass
class Signed:
    """Somebody who signed in."""

    shop: Shop
    actor: Actor
    person: Person


def open_place(address: str, clock: Clock | None) -> Opened:
    """Open the shop at this address. Raises `NoShop` or another `ShopError`."""
    from desktop.commands.places import connect, first_till, is_set_up, shown
    from desktop.queries.shell import shop_card
    from desktop.shop.shop import Shop

    storage = connect(address)
    if not is_set_up(storage):
        storage.close()
        raise NoShop(
            N_("There is no shop at {place} yet. Set one up with: zhanggui init"), place=shown(storage)
        )
    shop = Shop(storage, clock=clock)
    shop.news.follow()
    return Opened(storage, shop, shop.ask(shop_card), first_till(storage, "counter"))


def make_own(address: str, wanted: OwnShop, clock: Clock | None) -> None:
    """Set up an own shop at this address."""
    from desktop.commands.places import connect
    from desktop.services.opening import NewShop, open_shop
    from desktop.shop.shop import Shop

    storage = connect(address, make=True)
    try:
        new = NewShop(wanted.name, wanted.owner, wanted.username, wanted.password, wanted.currency)
        open_shop(Shop(storage, clock=clock), new)
    finally:
        storage.close()


def make_sample(address: str, clock: Clock | None) -> None:
    """Make the sample shop at this address."""
    from desktop.commands.init import fill_sample

    fill_sample(address, clock)


def sign_in_person(opened: Opened, name: str, password: str) -> Signed:
    """Check name and password; learn who it is."""
    from desktop.services.sign_in import sign_in

    return look_up(opened, sign_in(opened.shop, name, password, opened.till_id))


def look_up(opened: Opened, actor: Actor) -> Signed:
    """Name, roles and rights of a person."""
    from desktop.queries.shell import me

    shop = opened.shop.acting_as(actor)
    shop.learn_rights()
    return Signed(shop, actor, shop.ask(me))


def wind_up(shop: Shop) -> Clockwork:
    """Start the shop's clock in this program: its rules act and its messages leave while the program runs."""
    from desktop.rules.trial_copy import forget_trials
    from desktop.scheduler.clockwork import Clockwork
    from desktop.scheduler.payer import Payer
    from desktop.services.exchange import fetch_due_rates
    from desktop.services.sending import Gateways, senders
    from desktop.services.tracking import poll_carriers

    forget_trials()  # of a program that was killed
    sends: list[Callable[[], Any]] = [
        *senders(shop),
        partial(poll_carriers, shop),
        partial(fetch_due_rates, shop),
    ]
    clockwork = Clockwork(shop, sends=sends, payer=Payer(shop, Gateways()))
    clockwork.start()
    return clockwork


def start_printing(shop: Shop, till_id: int, machine: Machine) -> PrintLane:
    """Print this till's papers in this program, on the printer the machine is set to at that moment."""
    from desktop.gateways.printer import setup_of
    from desktop.scheduler.printing import PrintLane

    return PrintLane(shop, till_id, lambda: setup_of(Machine(machine.path))).start()
