"""The messages the shop sends, each declared once: its words, the fields it may use, and sample values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from desktop.basics.i18n import N_

SHOP_FIELD = "shop"  # every text may name the shop
LONGEST_TITLE, LONGEST_BODY = 120, 2_000  # characters


@dataclass(frozen=True)
class NoticeText:
    """One message: `title` and `body` are sentence keys, `fields` gives each field its words, `sample` a value."""

    key: str
    name: str
    title: str
    body: str
    fields: Mapping[str, str] = field(default_factory=dict)
    sample: Mapping[str, str] = field(default_factory=dict)

    @property
    def allowed(self) -> tuple[str, ...]:
        """The names of the fields a shop's own words may use."""
        return (*self.fields, SHOP_FIELD)


FIELD_WORDS: dict[str, tuple[str, str]] = {  # field: its words, a sample value
    SHOP_FIELD: (N_("Shop"), "青禾杂货铺"),
    "number": (N_("Order no."), "1120-0017"),
    "replacement": (N_("New order no."), "1121-0031"),
    "amount": (N_("Amount"), "¥76.90"),
    "customer": (N_("Customer"), "刘婷婷"),
    "ship_by": (N_("Ship by"), "11/22 15:20"),
    "carrier": (N_("Carrier"), "顺丰"),
    "tracking": (N_("Tracking number"), "SF1234567890"),
    "hours": (N_("Hours waited"), "37"),
    "days": (N_("Days"), "10"),
    "reason": (N_("Reason"), "30 min"),
    "time": (N_("Time"), "11/22 09:00"),
    "name": (N_("Goods"), "明前龙井 罐装"),
    "code": (N_("SKU code"), "ZH-1003"),
    "left": (N_("Left"), "18"),
    "pick_up": (N_("Pick-up code"), "4071 9925"),
    "level": (N_("Level"), "50"),
    "count": (N_("How many"), "3"),
    "first": (N_("The first of them"), "明前龙井 罐装"),
    "supplier": (N_("Supplier"), "江南茶行"),
    "points": (N_("Points"), "1,280"),
    "day": (N_("Day"), "11/29"),
    "rule": (N_("Rule"), "超 36 小时未发货自动催单"),
    "why": (N_("Why"), "SMTP"),
    "text": (N_("Text"), "……"),
}


def _text(key: str, name: str, title: str, body: str, *fields: str) -> NoticeText:
    words = {known: FIELD_WORDS[known][0] for known in fields}
    sample = {known: FIELD_WORDS[known][1] for known in (*fields, SHOP_FIELD)}
    return NoticeText(key, name, title, body, MappingProxyType(words), MappingProxyType(sample))


_ALL = (
    _text(
        "order_paid", N_("Order paid"), N_("Order {number} is paid: please ship it"),
        N_("{customer} paid {amount}. Ship it before {ship_by}."), "number", "amount", "customer", "ship_by",
    ),
    _text(
        "order_shipped", N_("Order shipped"), N_("{shop}: order {number} is on its way"),
        N_("Sent by {carrier}, tracking number {tracking}."), "number", "customer", "carrier", "tracking",
    ),
    _text(
        "order_chased", N_("Order waits too long"), N_("Order {number} has waited {hours} hours"),
        N_("{customer} paid {amount} and it is not shipped yet. Ship it now or tell the customer why."),
        "number", "amount", "customer", "hours",
    ),
    _text(
        "order_delayed", N_("Order delayed, for the member"), N_("{shop}: order {number} takes longer"),
        N_("It is paid and not on its way yet. We have asked why and will send it as soon as we can."), "number", "customer",
    ),
    _text(
        "order_closed", N_("Order closed"), N_("{shop}: order {number} was closed"),
        N_("It was not paid in time, so nothing is owed. You are welcome to order again."),
        "number", "amount", "customer", "reason",
    ),
    _text(
        "order_received", N_("Order received"), N_("{shop}: order {number} is complete"),
        N_("It was sent {days} days ago and now counts as received. Something wrong? Tell us."),
        "number", "customer", "days",
    ),
    _text(
        "order_released", N_("Order out of the queue"), N_("Order {number} can be handled now"),
        N_("It came outside the hours for its type and waited until {time}."), "number", "amount", "customer", "time",
    ),
    _text(
        "stock_low", N_("Stock runs low"), N_("“{name}” runs low: {left} left"),
        N_("{code} is below its level of {level}."), "name", "code", "left", "level",
    ),
    _text(
        "replenishment_ready", N_("Replenishment suggested"), N_("{count} goods to order again"),
        N_("{first} and others are below their minimum. The suggestion is ready in Inventory."), "count", "first",
    ),
    _text(
        "batch_expires", N_("Goods expire soon"), N_("“{name}” expires on {day}"),
        N_("{code}: {left} are here. Mark it down, or take it off in time."), "name", "code", "left", "day",
    ),
    _text(
        "campaign_over", N_("Campaign over"), N_("{count} campaigns are over"),
        N_("What “{first}” and others had left is free for every sale again."), "count", "first",
    ),
    _text(
        "purchase_late", N_("Purchase order late"), N_("{supplier}: order {number} has not come"),
        N_("It was expected on {day} and is {days} days late. Ask the supplier, or enter the new day in Purchasing."),
        "number", "supplier", "amount", "day", "days",
    ),
    _text(
        "points_expiring", N_("Points expire"), N_("{shop}: {points} points expire on {day}"),
        N_("Use them before they go: they pay up to half of a purchase."), "points", "day", "customer",
    ),
    _text(
        "books_differ", N_("The books differ"), N_("The daily check found {count} differences"),
        N_("The first one: {first}. Look at Settings, Database, Check the books."), "count", "first",
    ),
    _text(
        "rule_paused", N_("Rule paused"), N_("The rule “{rule}” is paused"),
        N_("It failed three times in a row: {why}"), "rule", "why",
    ),
    _text(
        "exchange_made", N_("Exchange made, for the member"), N_("{shop}: your exchange for order {number}"),
        N_("The new order is {replacement}. There is nothing more to pay."), "number", "replacement", "amount",
    ),
    _text(
        "exchange_to_pay", N_("Exchange with a difference, for the member"), N_("{shop}: your exchange for order {number}"),
        N_("The new order is {replacement}. {amount} is left to pay for it."), "number", "replacement", "amount",
    ),
    _text(
        "after_sale_waiting", N_("After-sales case waits too long"), N_("An after-sales case of order {number} waits"),
        N_("{customer} waits for it since {hours} hours. Approve, take the goods in or settle it."),
        "number", "customer", "hours",
    ),
    _text(
        "order_message", N_("Answer on an order, for the member"), N_("{shop} wrote about order {number}"), N_("{text}"),
        "number", "text",
    ),
    _text(
        "order_asked", N_("Member wrote on an order"), N_("A message on order {number}"), N_("{text}"), "number", "text",
    ),
    _text(
        "return_asked", N_("Member wants to return an order"), N_("Order {number}: the customer wants to give it back"),
        N_("{text}"), "number", "text",
    ),
    _text(
        "pick_up_code", N_("Pick-up code, for the member"), N_("{shop}: code for order {number}"),
        N_("Show {pick_up} in the store until {time}."), "number", "pick_up", "time",
    ),
    _text("plain", N_("Words of one’s own"), N_("{shop}"), N_("{text}"), "text"),
)  # fmt: skip
NOTICE_TEXTS: dict[str, NoticeText] = {text.key: text for text in _ALL}
