"""Which orders a typed word means: by number, parcel, receipt, customer, goods or note."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    and_,
    bindparam,
    column,
    func,
    literal_column,
    or_,
    select,
    table,
    text,
)
from sqlalchemy.orm import aliased

from desktop.basics.clock import shop_day
from desktop.basics.search_words import NOTE as NOTE_MARK
from desktop.basics.search_words import Wanted, wanted
from desktop.basics.words import clean_phone
from desktop.models.members import Member
from desktop.models.orders import ORDER_TYPES, Order, Shipment
from desktop.models.search import ID_BITS, ID_MASK, OrderText
from desktop.queries.page import contains, starts_with
from desktop.shop.work import Read

_CODE = re.compile(r"[A-Z]?(\d{4}-?\d{0,6}|\d{8}-?\d{0,6})")
_RECEIPT = re.compile(r"\d{2,3}-\d{1,9}")
GOODS, NOTE = "goods", "note"  # parts of an order's text; empty: all of it
Condition = ColumnElement[bool]
_NAMED = aliased(Member)
FTS = table("order_fts", column("rowid", BigInteger))
ROWID: ColumnElement[int] = FTS.c.rowid


def named(read: Read, word: str) -> list[Condition]:
    """The ways a word may name a few orders: by number, parcel or customer."""
    return [*numbered(read, word), *_parcels(word), *_of_members(read, word)]


def numbered(read: Read, word: str) -> list[Condition]:
    """Orders by their number or another system's, whole or its beginning; a short one alone means today's."""
    if not re.search(r"\d", word):
        return []  # no number of ours or of another system is without a digit
    code = word.strip().upper()
    ways: list[Condition] = [Order.external_ref == word.strip()]
    if _RECEIPT.fullmatch(code):
        given = Order.receipt_number != literal_column("''")  # its index knows only these
        ways.append(and_(given, starts_with(Order.receipt_number, code)))
    if _CODE.fullmatch(code):
        ways.append(starts_with(Order.short_code, code))
        if len(code) >= 8:
            ways.append(starts_with(Order.code, code))
    if code.isascii() and code.isdigit() and len(code) <= 4:
        today = shop_day(read.now, read.zone)
        ways.append(Order.short_code == f"{today:%m%d}-{int(code):04d}")
    return ways


def any_days(number: str) -> Condition:
    """Orders with this number on whatever day: `0096` finds 1121-0096 and 0315-0096."""
    first = date(2024, 1, 1)  # a leap year
    days = [first + timedelta(days=i) for i in range(366)]
    codes = [f"{kind.prefix}{day:%m%d}-{int(number):04d}" for kind in ORDER_TYPES.values() for day in days]
    return Order.short_code.in_(codes)


def _parcels(word: str) -> list[Condition]:
    typed = word.strip()
    if not re.search(r"\d", typed):
        return []
    ways: list[Condition] = [Order.id.in_(select(Shipment.order_id).where(Shipment.tracking == typed))]
    code = typed.upper()
    if len(typed) >= 8 and typed.isascii() and typed.isalnum() and not _CODE.fullmatch(code):
        begins = select(Shipment.order_id).where(starts_with(Shipment.tracking, code))
        ways.append(Order.id.in_(begins))
    return ways


def _of_members(read: Read, word: str) -> list[Condition]:
    meant = meant_members(read, word)
    return [] if meant is None else [Order.member_id.in_(select(Member.id).where(meant))]


def meant_members(read: Read, text: str) -> ColumnElement[bool] | None:
    """The members meant: by phone (whole or its last four), by the beginning of name, pinyin or initials.

    A part from the middle of a Chinese name is looked for only when nothing begins with it.
    """
    digits = clean_phone(text)
    if digits and digits == re.sub(r"[\s+-]", "", text).removeprefix("86"):
        if len(digits) == 4:
            return Member.phone_tail == digits
        return starts_with(Member.phone, digits) if len(digits) >= 7 else None
    if text.upper().startswith("M-"):
        return Member.code == text.upper()
    if not text.isascii():
        begins = select(_NAMED.id).where(starts_with(_NAMED.name, text, by_code_point=read.is_sqlite))
        inside = select(_NAMED.id).where(~begins.exists(), contains(_NAMED.name, text))
        return Member.id.in_(begins.union_all(inside))
    keys = re.sub(r"[^0-9a-z]", "", text.lower())
    if not re.search("[a-z]", keys):
        return None
    return or_(
        starts_with(Member.pinyin, keys), starts_with(Member.initials, keys), starts_with(Member.name, text)
    )


# Full text


def in_texts(read: Read, word: str, part: str = "") -> Select[int] | None:
    """Ids of the orders whose text holds this word, or None when it holds nothing to look for."""
    sought = wanted(word)
    if sought is None:
        return None
    return matching(read, ((sought, part),))


Sought = tuple[Wanted, str]


def matching(read: Read, words: tuple[Sought, ...]) -> Select[int]:
    """Ids of the orders whose text holds all these words, each in its part."""
    if not read.is_sqlite:
        return select(OrderText.order_id).where(*(reads(read, *word) for word in words))
    parted = [reads(read, *word) for word in words if word[1]]
    found = select(ROWID.op("&")(ID_MASK)).select_from(FTS).where(fts(words))
    if parted:
        found = select(OrderText.order_id).select_from(FTS)
        found = found.join(OrderText, OrderText.place == ROWID).where(fts(words), *parted)
    return found


def fts(words: tuple[Sought, ...]) -> ColumnElement[bool]:
    """SQLite's index holds all these words; which part they stand in, it does not know."""
    phrases = " AND ".join(sought.phrase for sought, _part in words)
    return text("order_fts MATCH :phrases").bindparams(bindparam("phrases", phrases, unique=True))  # type: ignore[return-value]


def reads(read: Read, sought: Wanted, part: str) -> ColumnElement[bool]:
    """The text of the row at hand holds this word, compared by reading it."""
    words: Any = OrderText.words
    if part:
        place = func.instr if read.is_sqlite else func.strpos
        words = OrderText.words + NOTE_MARK
        mark = place(words, NOTE_MARK)
        if part == GOODS:
            words = func.substr(words, 1, mark - 1)
        else:
            words = func.substr(OrderText.words, mark + 1)
    found: ColumnElement[bool] = words.like(sought.pattern)
    if part and not read.is_sqlite:
        found = OrderText.words.like(sought.pattern) & found  # the index knows whole texts
    return found


def place(read: Read) -> ColumnElement[int]:
    """`models/search.place_of` of an order, reckoned by the database."""
    return _place(read.is_sqlite)


@cache
def _place(sqlite: bool) -> ColumnElement[int]:
    second: Any
    if sqlite:
        second = func.unixepoch(func.substr(Order.placed_at, 1, 19))  # never rounded up
    else:
        second = func.floor(func.extract("epoch", Order.placed_at)).cast(BigInteger)
    found: ColumnElement[int] = second.op("<<")(literal_column(str(ID_BITS))).op("|")(Order.id)
    return found
