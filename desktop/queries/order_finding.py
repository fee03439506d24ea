"""Which orders a typed word means: by number, parcel, receipt, customer, goods or note."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, and_, column, func, literal_column, select, table
from sqlalchemy.orm import aliased

from desktop.basics.clock import shop_day
from desktop.basics.search_words import NOTE as NOTE_MARK
from desktop.basics.search_words import Wanted, wanted
from desktop.basics.words import clean_phone
from desktop.models.members import Member
from desktop.models.orders import ORDER_TYPES, Order, Shipment
from desktop.models.search import ID_BITS, ID_MASK, OrderText
from desktop.queries.page import beginning, begins, holds, inside
from desktop.queries.ways import Way, either, one_of
from desktop.shop.work import Read

_CODE = re.compile(r"[A-Z]?(\d{4}-?\d{0,6}|\d{8}-?\d{0,6})")
_RECEIPT = re.compile(r"\d{2,3}-\d{1,9}")
GOODS, NOTE = "goods", "note"  # parts of an order's text; empty: all of it
Condition = ColumnElement[bool]
_NAMED = aliased(Member)
FTS = table("order_fts", column("rowid", BigInteger))
ROWID: ColumnElement[int] = FTS.c.rowid


def named(read: Read, word: str) -> tuple[Way, ...]:
    """The ways a word may name a few orders: by number, parcel or customer."""
    meant = meant_members(read, word)
    return (*numbered(read, word), *_parcels(word), *([] if meant is None else [Way(_of_member, (meant,))]))


def numbered(read: Read, word: str) -> list[Way]:
    """Orders by their number or another system's, whole or its beginning; a short one alone means today's."""
    if not re.search(r"\d", word):
        return []  # no number of ours or of another system is without a digit
    code = word.strip().upper()
    ways = [one_of(Order.external_ref, (word.strip(),))]
    if _RECEIPT.fullmatch(code):
        ways.append(Way(_receipt_begins, beginning(code)))
    if _CODE.fullmatch(code):
        ways.append(Way(begins, beginning(code), (Order.short_code,)))
        if len(code) >= 8:
            ways.append(Way(begins, beginning(code), (Order.code,)))
    if code.isascii() and code.isdigit() and len(code) <= 4:
        today = shop_day(read.now, read.zone)
        ways.append(one_of(Order.short_code, (f"{today:%m%d}-{int(code):04d}",)))
    return ways


def _receipt_begins(*beginning: Any) -> Condition:
    given = Order.receipt_number != literal_column("''")  # its index knows only these
    return and_(given, begins(Order.receipt_number, *beginning))


def any_days(number: str) -> Way:
    """Orders with this number on whatever day: `0096` finds 1121-0096 and 0315-0096."""
    first = date(2024, 1, 1)  # a leap year
    days = [first + timedelta(days=i) for i in range(366)]
    codes = [f"{kind.prefix}{day:%m%d}-{int(number):04d}" for kind in ORDER_TYPES.values() for day in days]
    return one_of(Order.short_code, tuple(codes))


def _parcels(word: str) -> list[Way]:
    typed = word.strip()
    if not re.search(r"\d", typed):
        return []
    ways = [Way(of_parcel, (one_of(Shipment.tracking, (typed,)),))]
    code = typed.upper()
    if len(typed) >= 8 and typed.isascii() and typed.isalnum() and not _CODE.fullmatch(code):
        ways.append(parcel_begins(code))
    return ways


def parcel_begins(tracking: str) -> Way:
    """Orders with a parcel whose number begins so."""
    return Way(of_parcel, (Way(begins, beginning(tracking), (Shipment.tracking,)),))


def of_parcel(parcel: Condition) -> Condition:
    """Orders with such a parcel."""
    return Order.id.in_(select(Shipment.order_id).where(parcel))


def _of_member(member: Condition) -> Condition:
    return Order.member_id.in_(select(Member.id).where(member))


def meant_members(read: Read, text: str) -> Way | None:
    """The members meant: by phone (whole or its last four), by the beginning of name, pinyin or initials.

    A part from the middle of a Chinese name is looked for only when nothing begins with it.
    """
    digits = clean_phone(text)
    if digits and digits == re.sub(r"[\s+-]", "", text).removeprefix("86"):
        if len(digits) == 4:
            return one_of(Member.phone_tail, (digits,))
        return Way(begins, beginning(digits), (Member.phone,)) if len(digits) >= 7 else None
    if text.upper().startswith("M-"):
        return one_of(Member.code, (text.upper(),))
    if not text.isascii():
        begun = beginning(text, by_code_point=read.is_sqlite)
        if read.is_sqlite and text.lower() == text.upper():
            return Way(_called_plainly, (text, *begun))
        return Way(_called, (inside(text), *begun))
    keys = re.sub(r"[^0-9a-z]", "", text.lower())
    if not re.search("[a-z]", keys):
        return None
    lettered = [Way(begins, beginning(keys), (key,)) for key in (Member.pinyin, Member.initials)]
    return Way(either, (*lettered, Way(begins, beginning(text), (Member.name,))))


def _called(part: Any, *beginning: Any) -> Condition:
    return _by_name(holds(_NAMED.name, part), beginning)


def _called_plainly(part: Any, *beginning: Any) -> Condition:
    """Letters without cases: SQLite needs no small copy of each name, PostgreSQL would expect a third of all."""
    return _by_name(func.instr(_NAMED.name, part) > literal_column("0"), beginning)


def _by_name(held: Condition, beginning: tuple[Any, ...]) -> Condition:
    first = select(_NAMED.id).where(begins(_NAMED.name, *beginning))
    return Member.id.in_(first.union_all(select(_NAMED.id).where(~first.exists(), held)))


# Full text


Sought = tuple[Wanted, str]  # a word and the part of the text it stands in


def in_texts(read: Read, words: tuple[Sought, ...]) -> Way:
    """The orders whose text holds all these words, each in its part."""
    if not read.is_sqlite:
        return Way(_read_all, tuple(reads(read, *word) for word in words))
    parted = (reads(read, *word) for word in words if word[1])
    return Way(_looked_up, (fts(words), *parted))


def said(read: Read, word: str, part: str) -> Way | None:
    """The orders whose text holds this word, or None when it holds nothing to look for."""
    sought = wanted(word)
    return None if sought is None else in_texts(read, ((sought, part),))


def _read_all(*words: Condition) -> Condition:
    return Order.id.in_(select(OrderText.order_id).where(*words))


def _looked_up(indexed: Condition, *parted: Condition) -> Condition:
    if not parted:
        return Order.id.in_(select(ROWID.op("&")(ID_MASK)).where(indexed))
    found = select(OrderText.order_id).select_from(FTS).join(OrderText, OrderText.place == ROWID)
    return Order.id.in_(found.where(indexed, *parted))


def fts(words: tuple[Sought, ...]) -> Way:
    """SQLite's index holds all these words; which part they stand in, it does not know."""
    return Way(_matches, (" AND ".join(sought.phrase for sought, _part in words),))


def _matches(phrases: Any) -> Condition:
    return literal_column("order_fts").op("MATCH", is_comparison=True)(phrases)


def reads(read: Read, sought: Wanted, part: str) -> Way:
    """The text of the row at hand holds this word, compared by reading it."""
    return Way(_like, (sought.pattern,), (part, read.is_sqlite))


def _like(part: str, sqlite: bool, pattern: Any) -> Condition:
    words: Any = OrderText.words
    if part:
        place = func.instr if sqlite else func.strpos
        words = OrderText.words + NOTE_MARK
        mark = place(words, NOTE_MARK)
        if part == GOODS:
            words = func.substr(words, 1, mark - 1)
        else:
            words = func.substr(OrderText.words, mark + 1)
    found: Condition = words.like(pattern)
    if part and not sqlite:
        found = OrderText.words.like(pattern) & found  # the index knows whole texts
    return found


@cache
def place(sqlite: bool) -> ColumnElement[int]:
    """`models/search.place_of` of an order, reckoned by the database."""
    second: Any
    if sqlite:
        second = func.unixepoch(func.substr(Order.placed_at, 1, 19))  # never rounded up
    else:
        second = func.floor(func.extract("epoch", Order.placed_at)).cast(BigInteger)
    found: ColumnElement[int] = second.op("<<")(literal_column(str(ID_BITS))).op("|")(Order.id)
    return found
