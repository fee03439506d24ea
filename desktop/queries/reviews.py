"""What buyers say about goods: the list to moderate, and what the shop may show of a product."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from desktop.basics.money import half_up
from desktop.models.members import Member
from desktop.models.orders import Order
from desktop.models.people import Permission
from desktop.models.products import Product
from desktop.models.settings import REVIEWS_FROM
from desktop.models.shelves import Review
from desktop.queries.page import Page, Position, contains, in_order, page_of
from desktop.shop.action import question
from desktop.shop.work import Read


@dataclass(frozen=True, slots=True)
class ReviewFilter:
    """Which reviews: state (empty: all), stars (0: any), words in text or name, one product (0: any)."""

    state: str = ""
    score: int = 0
    text: str = ""
    product_id: int = 0


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One review in the list."""

    id: int
    product_id: int
    product: str
    picture: str
    score: int
    message: str
    state: str
    answer: str
    at: datetime
    order_id: int | None
    order_code: str
    initial: str  # of the member, never the whole name


@dataclass(frozen=True, slots=True)
class Reputation:
    """A product's reviews: how many of each state, the average of the shown ones in tenths, what may be shown."""

    new: int
    shown: int
    hidden: int
    tenths: int
    needed: int
    visible: tuple[ReviewRow, ...]  # empty until `needed` are shown

    @property
    def public(self) -> bool:
        """Whether customers see them."""
        return self.shown >= self.needed


@dataclass(frozen=True, slots=True)
class Stars:
    """What customers see of a product's reviews beside its name: their average in tenths, and how many."""

    tenths: int
    count: int


def _found(statement: Select[*tuple[object, ...]], which: ReviewFilter) -> Select[*tuple[object, ...]]:
    if which.state:
        statement = statement.where(Review.state == which.state)
    if which.score:
        statement = statement.where(Review.score == which.score)
    if which.product_id:
        statement = statement.where(Review.product_id == which.product_id)
    if which.text.strip():
        text = which.text.strip().lower()
        statement = statement.where(contains(Review.message, text) | contains(Product.name, text))
    return statement


_ROWS = (
    select(
        Review.id, Review.product_id, Product.name, Product.picture, Review.score, Review.message, Review.state,
        Review.answer, Review.at, Review.order_id, func.coalesce(Order.short_code, "").label("short_code"),
        func.coalesce(Member.name, "").label("member"),
    )
    .join(Product, Product.id == Review.product_id)
    .join(Order, Order.id == Review.order_id, isouter=True)
    .join(Member, Member.id == Review.member_id, isouter=True)
)  # fmt: skip


@question(permission=Permission.EDIT_GOODS)
def reviews_page(read: Read, which: ReviewFilter, after: Position | None = None) -> Page[ReviewRow]:
    """200 reviews, the newest first."""
    statement = _found(_ROWS, which)
    rows = read.rows(in_order(statement, (Review.at, Review.id), after, descending=True)).all()
    return page_of(rows, _row, lambda row: (row.at, row.id))


@question(permission=Permission.EDIT_GOODS)
def reviews_count(read: Read, which: ReviewFilter) -> int:
    """How many reviews fit."""
    statement = select(func.count()).select_from(Review).join(Product, Product.id == Review.product_id)
    return int(read.value(_found(statement, which)) or 0)


def read_stars(read: Read, product_ids: Collection[int]) -> dict[int, Stars]:
    """The stars of those of these products that have enough shown reviews."""
    many = func.count().label("many")
    statement = (
        select(Review.product_id, many, func.sum(Review.score).label("stars"))
        .where(Review.product_id.in_(sorted(product_ids)), Review.state == "shown")
        .group_by(Review.product_id)
        .having(many >= read.setting(REVIEWS_FROM))
    )
    return {r.product_id: Stars(half_up(int(r.stars) * 10, r.many), r.many) for r in read.rows(statement)}


@question(permission=Permission.BROWSE_GOODS)
def reputation(read: Read, product_id: int) -> Reputation:
    """What is said about a product, shown once enough reviews were allowed."""
    counts = select(Review.state, func.count().label("many"), func.sum(Review.score).label("stars"))
    grouped = read.rows(counts.where(Review.product_id == product_id).group_by(Review.state))
    known = {r.state: (int(r.many), int(r.stars)) for r in grouped}
    many, stars = known.get("shown", (0, 0))
    needed = read.setting(REVIEWS_FROM)
    visible: tuple[ReviewRow, ...] = ()
    if many and many >= needed:
        statement = _found(_ROWS, ReviewFilter("shown", product_id=product_id))
        rows = read.rows(statement.order_by(Review.at.desc(), Review.id.desc()).limit(20))
        visible = tuple(_row(row) for row in rows)
    return Reputation(
        known.get("new", (0, 0))[0], many, known.get("hidden", (0, 0))[0], half_up(stars * 10, many) if many else 0,
        needed, visible,
    )  # fmt: skip


def _row(r: Any) -> ReviewRow:
    *values, name = r
    return ReviewRow(*[*values, name[:1]])
