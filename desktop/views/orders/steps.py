"""An order's story as a timeline: what happened, what is next and by when."""

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.basics.words import when_text
from desktop.queries.order_detail import EventRow, OrderDetail
from desktop.queries.order_words import channel_word, event_word, method_word, said
from desktop.views.common.timeline import Step

ROAD = ("placed", "paid", "shipped", "done")
MOST_REMARKS = 6
WORDED = ("cancelled", "repaired")  # their notes are sentences of the program, or a person's own words


def steps_of(order: OrderDetail, zone: ZoneInfo, now: datetime) -> list[Step]:
    """Past, present and next steps."""

    def when(moment: datetime) -> str:
        local = moment.astimezone(zone)
        same_day = local.date() == order.placed_at.astimezone(zone).date()
        return f"{local:%H:%M}" if same_day else when_text(moment, now, zone)

    past = [_past(order, event, when) for event in _shown(order.events)]
    if order.status == "cancelled":
        return [*past[:-1], Step(past[-1].title, past[-1].caption, "stopped")] if past else []
    return past + _ahead(order, zone, now)


def _shown(events: tuple[EventRow, ...]) -> list[EventRow]:
    """The road itself always; of remarks, changes and prints only the newest."""
    side = [
        event
        for event in events
        if event.kind not in (*ROAD, "cancelled", "to_ship", "approved", "refunded", "imported")
    ]
    left_out = set(map(id, side[:-MOST_REMARKS])) if len(side) > MOST_REMARKS else set()
    return [event for event in events if id(event) not in left_out]


def _past(order: OrderDetail, event: EventRow, when: Callable[[datetime], str]) -> Step:
    parts = [when(event.at)]
    if event.kind == "placed":
        parts.insert(0, channel_word(order.channel))
    elif event.kind == "paid" and order.tenders:
        paid = [
            f"{method_word(t.method)} {Money(t.amount_minor, order.currency)}"
            for t in order.tenders
            if not t.points
        ]
        parts = [*(paid or [method_word("points")]), *parts]
    elif event.kind == "queued":
        parts.insert(0, _("until {time}").format(time=event.note))
    elif event.note:
        parts.insert(0, said(event.note) if event.kind in WORDED else event.note)
    if event.who and event.kind not in ("placed", "paid"):
        parts.append(event.who)
    return Step(event_word(event.kind), " · ".join(parts), "past")


def _ahead(order: OrderDetail, zone: ZoneInfo, now: datetime) -> list[Step]:
    tone = "danger" if order.late else "info"
    if order.status == "unpaid":
        text = _("No deadline")
        if order.pay_deadline is not None:
            text = _("Pay before {time}").format(time=when_text(order.pay_deadline, now, zone))
        following = Step(_("Ship"), "")
        if not order.has_address:
            taken = Step(_("Done"), _("Goods are handed over when paid"))
            following = Step(_("To be fetched")) if order.collect else taken
        return [Step(_("Unpaid"), text, "now", tone if order.late else "warn"), following]
    if order.status == "to_ship" and order.collect:
        return [
            Step(_("To be fetched"), _("Waits for the customer and the code"), "now", "info"),
            Step(_("Done")),
        ]
    if order.status == "to_ship":
        text = _("The rest is not shipped yet") if order.part_shipped else _("Not shipped yet")
        if order.ship_deadline is not None:
            text = _("Ship before {time}").format(time=when_text(order.ship_deadline, now, zone))
        return [Step(_("To ship"), text, "now", tone), Step(_("On the way")), Step(_("Done"))]
    if order.status == "shipped":
        parcel = order.parcels[-1] if order.parcels else None
        words = " ".join(part for part in (parcel.carrier, parcel.tracking) if part) if parcel else ""
        return [Step(_("On the way"), words or _("No tracking number"), "now", "info"), Step(_("Done"))]
    return []
