"""Points of everybody: what orders took and gave, what was brought along, and what refunds undid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from desktop.basics.money import half_up
from desktop.services.opening import TIERS
from desktop.services.sample.drafts import DAY, Calendar, Draft, Entry, Person
from desktop.services.sample.people import EXPIRING, TIER_RANGES

RATES = {key: rate for key, _name, rate, _start in TIERS}
WELCOME = 200
FIRST_EXPIRING = 101  # index of the first of those whose points lapse soon
LAPSE_IN_DAYS = 9
ORDER_VALUE = 7_800  # minor units an order of before, on average


@dataclass(frozen=True)
class GivenBack:
    """The refund of one whole line: money and value of points in minor units, points."""

    line: int
    amount: int
    money: int
    value: int
    points: int
    taken_back: int


def refund_of(draft: Draft) -> GivenBack | None:
    """What the refund of this order gave back, by the rule every refund follows."""
    if draft.refund_line is None:
        return None
    amount = draft.lines[draft.refund_line].total
    value = half_up(draft.points * amount, draft.total)
    money = amount - value
    earned = draft.earned or 0
    return GivenBack(
        draft.refund_line, amount, money, value, value, earned - earned * (draft.money - money) // draft.money
    )


def placed_at(draft: Draft, calendar: Calendar) -> datetime:
    """When the order was placed."""
    return draft.moment or calendar.at(draft.day, draft.second)


def paid_at(draft: Draft, calendar: Calendar) -> datetime:
    """When it was paid; online a minute or two after it was placed."""
    if draft.moment is None and draft.paid_second is not None:
        return calendar.at(draft.day if draft.paid_day is None else draft.paid_day, draft.paid_second)
    wait = 65 if draft.channel == "online" else 0
    if draft.moment is not None:
        return draft.moment + timedelta(seconds=wait)
    return calendar.at(draft.day, min(draft.second + wait, DAY - 1))


def settle_points(rng: Random, calendar: Calendar, people: list[Person], drafts: list[Draft]) -> None:
    """Fill in what orders earned and give every member a ledger that never falls below zero."""
    for draft in drafts:
        if draft.person is None or not draft.paid:
            continue
        if draft.earned is None:
            draft.earned = draft.money * RATES[draft.person.tier] // 1_000_000
        _entries_of(draft, draft.person, calendar)
    for i, person in enumerate(people):
        if not any(entry.reason == "welcome" for entry in person.entries):
            lapsing = EXPIRING[i - FIRST_EXPIRING] if 0 <= i - FIRST_EXPIRING < len(EXPIRING) else 0
            _bring_along(rng, calendar, person, lapsing)
            _spent_before(rng, person)
        person.entries.sort(key=lambda entry: entry.at)


def _entries_of(draft: Draft, person: Person, calendar: Calendar) -> None:
    if draft not in person.orders:
        person.orders.append(draft)
    paid = paid_at(draft, calendar)
    buyer = "phone" if draft.channel == "online" else "kiosk" if draft.channel == "kiosk" else "staff:2"
    if draft.points:
        at = placed_at(draft, calendar) if draft.paid_day is None and draft.day == 0 else paid
        person.entries.append(Entry(min(at, paid), -draft.points, "spent", draft, actor=buyer))
    if draft.earned:
        person.entries.append(
            Entry(paid, draft.earned, "purchase", draft, draft.points_note, buyer, calendar.expiry(paid))
        )
    back = refund_of(draft)
    if back is not None:
        at = calendar.at(draft.day, draft.refund_second)
        if back.points:
            person.entries.append(
                Entry(at, back.points, "refund returned", draft, actor="staff:1", refund=True)
            )
        person.entries.append(
            Entry(at, -back.taken_back, "refund taken back", draft, actor="staff:1", refund=True)
        )


def _bring_along(rng: Random, calendar: Calendar, person: Person, lapsing: int) -> None:
    """New members got their welcome here, the others' points came from the earlier system."""
    if person.joined >= calendar.at(-31, 0):
        welcome = Entry(
            person.joined, WELCOME, "welcome", actor="kiosk", expires=calendar.expiry(person.joined)
        )
        person.entries.append(welcome)
        return
    at = calendar.at(-31, 600)
    gone = -sum(entry.delta for entry in person.entries if entry.delta < 0)
    later = Entry(
        at, rng.randrange(2, 60) * 20 + (0 if lapsing else gone), "carried over", expires=calendar.expiry(at)
    )
    if lapsing:
        soon = calendar.at(LAPSE_IN_DAYS, DAY - 1)
        person.entries.append(Entry(at, lapsing + gone, "carried over", expires=soon))
        person.expiring = lapsing
    person.entries.append(later)


def _spent_before(rng: Random, person: Person) -> None:
    """Orders and money of before, such that the tier is deserved."""
    low, high = TIER_RANGES[person.tier]
    here = sum(draft.money for draft in person.orders)
    if any(entry.reason == "carried over" for entry in person.entries):
        person.carried_minor = max(0, rng.randrange(low // 10, high // 10) * 10 - here)
        person.carried_orders = -(-person.carried_minor // ORDER_VALUE)
