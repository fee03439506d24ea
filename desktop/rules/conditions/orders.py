"""Conditions on an order."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, select

from desktop.basics.i18n import N_
from desktop.models.members import Member
from desktop.models.orders import CHANNEL_WORDS, ORDER_TYPES, STATUS_WORDS, Order, OrderLine, OrderTag
from desktop.models.products import Product, Sku, Tag
from desktop.rules.catalogue import Condition, declare
from desktop.rules.parameters import Parameter
from desktop.rules.spec import Values
from desktop.shop.work import Read

TYPES = {key: kind.words for key, kind in ORDER_TYPES.items()}


def _has_tag(values: Values) -> ColumnElement[bool]:
    tagged = select(OrderTag.order_id).join(Tag, Tag.id == OrderTag.tag_id)
    return exists(tagged.where(OrderTag.order_id == Order.id, Tag.name.in_(values["tags"])))


def _has_goods(_read: Read, values: Values) -> ColumnElement[bool]:
    lines = select(OrderLine.id).where(OrderLine.order_id == Order.id, OrderLine.sku_id.in_(values["goods"]))
    return exists(lines)


def _has_category(_read: Read, values: Values) -> ColumnElement[bool]:
    lines = select(OrderLine.id).join(Sku, Sku.id == OrderLine.sku_id)
    lines = lines.join(Product, Product.id == Sku.product_id)
    return exists(lines.where(OrderLine.order_id == Order.id, Product.category_id.in_(values["categories"])))


def _buyer_tier(_read: Read, values: Values) -> ColumnElement[bool]:
    return exists(select(Member.id).where(Member.id == Order.member_id, Member.tier_key.in_(values["tiers"])))


def _one_of(key: str, title: str, words: str, label: str, options: dict[str, str], column: str) -> None:
    declare(
        Condition(
            key=key,
            title=title,
            words=words,
            parameters=(
                Parameter("which", "choices", label, default=[next(iter(options))], options=options),
            ),
            subject="order",
            test=lambda _read, v: getattr(Order, column).in_(v["which"]),
            axis=column,
            domain=lambda v: frozenset(v["which"]),
        )
    )


_one_of(
    "order_type", N_("Order type"), N_("the order type is {which}"), N_("Order type"), TYPES, "order_type"
)
_one_of(
    "order_channel", N_("Channel"), N_("it came through {which}"), N_("Channel"), CHANNEL_WORDS, "channel"
)
_one_of(
    "order_status",
    N_("Order status"),
    N_("the order status is {which}"),
    N_("Status"),
    STATUS_WORDS,
    "status",
)

_AMOUNT = Parameter("amount", "money", N_("Amount"), default=10_000)
declare(
    Condition(
        key="total_at_least",
        title=N_("Order total at least"),
        words=N_("the order comes to at least {amount}"),
        parameters=(_AMOUNT,),
        subject="order",
        test=lambda _read, v: Order.total_minor >= v["amount"],
        axis="total",
        domain=lambda v: (v["amount"], None),
    )
)
declare(
    Condition(
        key="total_at_most",
        title=N_("Order total at most"),
        words=N_("the order comes to at most {amount}"),
        parameters=(_AMOUNT,),
        subject="order",
        test=lambda _read, v: Order.total_minor <= v["amount"],
        axis="total",
        domain=lambda v: (None, v["amount"]),
    )
)
_TAGS = Parameter("tags", "tags", N_("Tags"), default=[])
declare(
    Condition(
        key="order_tagged",
        title=N_("Order has a tag"),
        words=N_("the order is tagged {tags}"),
        parameters=(_TAGS,),
        subject="order",
        test=lambda _read, v: _has_tag(v),
    )
)
declare(
    Condition(
        key="order_not_tagged",
        title=N_("Order lacks a tag"),
        words=N_("the order is not tagged {tags}"),
        parameters=(_TAGS,),
        subject="order",
        test=lambda _read, v: ~_has_tag(v),
    )
)
declare(
    Condition(
        key="order_of_member",
        title=N_("A member’s order"),
        words=N_("the buyer is a member"),
        subject="order",
        test=lambda _read, _v: Order.member_id.is_not(None),
        axis="buyer",
        domain=lambda _v: frozenset({"member"}),
    )
)
declare(
    Condition(
        key="order_of_guest",
        title=N_("A guest’s order"),
        words=N_("the buyer is no member"),
        subject="order",
        test=lambda _read, _v: Order.member_id.is_(None),
        axis="buyer",
        domain=lambda _v: frozenset({"guest"}),
    )
)
declare(
    Condition(
        key="buyer_tier",
        title=N_("Tier of the buyer"),
        words=N_("the buyer’s tier is {tiers}"),
        parameters=(Parameter("tiers", "tiers", N_("Tiers"), default=[]),),
        subject="order",
        test=_buyer_tier,
        axis="buyer_tier",
        domain=lambda v: frozenset(v["tiers"]),
    )
)
declare(
    Condition(
        key="order_with_goods",
        title=N_("Only with these goods"),
        words=N_("the order holds {goods}"),
        parameters=(Parameter("goods", "goods", N_("Goods"), default=[]),),
        subject="order",
        test=_has_goods,
    )
)
declare(
    Condition(
        key="order_with_category",
        title=N_("Only with goods of these categories"),
        words=N_("the order holds goods of {categories}"),
        parameters=(Parameter("categories", "categories", N_("Categories"), default=[]),),
        subject="order",
        test=_has_category,
    )
)
