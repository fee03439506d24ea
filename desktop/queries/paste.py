"""A pasted message matched against the shop: which goods each line means, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from desktop.basics.chat_words import MEASURES, Said, take_apart
from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_
from desktop.models.aliases import ProductAlias
from desktop.models.members import Member
from desktop.models.people import Permission
from desktop.models.products import Barcode, Price, PriceList, Product, Sku, SkuUnit
from desktop.queries.offers import BASE_LIST
from desktop.queries.paste_match import CHECK, SURE, UNKNOWN, Goods, Match, Shelf, fold
from desktop.shop.action import question
from desktop.shop.work import Read

LONGEST = 200_000  # characters of one message
MOST_LINES = 2_000
PLAIN_UNITS = {"个", "件", "份", "pc", "pcs", "只", "单"}  # said of anything
SAME_UNITS = ({"kg", "公斤", "千克"}, {"g", "克"}, {"罐", "听", "can", "cans"}, {"瓶", "bottle", "bottles"},
              {"盒", "box", "boxes"}, {"袋", "包", "bag", "bags"}, {"件", "个", "pc", "pcs", "只"})  # fmt: skip
GRAMS = {"kg": 1_000, "公斤": 1_000, "千克": 1_000, "斤": 500, "两": 50, "g": 1, "克": 1}
MUCH = 1_000_000  # thousandths; more of one thing is asked about


@dataclass(frozen=True, slots=True)
class Choice:
    """Goods a line may mean."""

    sku_id: int
    unit: str
    name: str
    pack: str
    code: str
    picture: str
    weighed: bool
    unit_name: str = ""  # the base unit has no name of its own above


@dataclass(frozen=True, slots=True)
class PastedLine:
    """One line: what was said, what it most likely means first, how sure (sure, check, unknown) and why not surer."""

    id: int
    text: str
    said: str  # the words that named the goods, to be learned when somebody corrects them
    qty_milli: int
    state: str
    reason: str  # a sentence key
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class Pasted:
    """A message as an order: lines, whose it is, where to and what was wished."""

    lines: tuple[PastedLine, ...]
    member_id: int | None
    member_name: str
    phone: str
    name: str
    address: str
    note: str


@question(permission=Permission.HANDLE_ORDERS)
def read_pasted(read: Read, text: str) -> Pasted:
    """Match a chat text or spreadsheet rows; nothing unsure is ever taken for sure. Raises `Malformed` when endless."""
    if len(text) > LONGEST:
        raise Malformed(N_("That is more text than one order has. Paste it in parts."))
    message = take_apart(text)
    if len(message.said) > MOST_LINES:
        raise Malformed(N_("At most {limit} lines at a time. Paste it in parts."), limit=MOST_LINES)
    shelf = Shelf(_goods(read)) if message.said else Shelf([])
    lines = tuple(_line(number, said, shelf) for number, said in enumerate(message.said, start=1))
    member = _member(read, message.phones)
    phone = message.phones[0] if message.phones else ""
    notes = list(message.notes)
    if member is None and (message.name or phone):
        notes.append(" ".join(part for part in (message.name, phone) if part))
    member_id, member_name = member or (None, "")
    return Pasted(lines, member_id, member_name, phone, message.name, message.address, "；".join(notes))


def _member(read: Read, phones: Sequence[str]) -> tuple[int, str] | None:
    if not phones:
        return None
    statement = select(Member.id, Member.name, Member.code).where(
        Member.phone.in_(phones), Member.status == "active"
    )
    row = read.first(statement.limit(1))
    return (row.id, row.name or row.code) if row else None


def _goods(read: Read) -> list[Goods]:
    """The whole shelf, as far as matching needs it."""
    priced = (
        select(Price.sku_id).join(PriceList, PriceList.id == Price.list_id).where(PriceList.key == BASE_LIST)
    )
    columns = (
        Sku.id, Sku.code, Sku.variant, Sku.unit, Product.name, Product.pack, Product.kind, Product.picture,
        Product.on_shelf, Product.pinyin, Product.initials, Sku.id.in_(priced).label("priced"),
    )  # fmt: skip
    rows = read.rows(select(*columns).join(Product, Product.id == Sku.product_id).order_by(Sku.id)).all()
    units: dict[int, list[str]] = {}
    for row in read.rows(select(SkuUnit.sku_id, SkuUnit.name)):
        units.setdefault(row.sku_id, []).append(row.name)
    codes: dict[int, list[tuple[str, str]]] = {}
    for row in read.rows(select(Barcode.sku_id, Barcode.code, Barcode.unit)):
        codes.setdefault(row.sku_id, []).append((row.code, row.unit))
    aliases: dict[int, list[str]] = {}
    for row in read.rows(select(ProductAlias.sku_id, ProductAlias.name)):
        aliases.setdefault(row.sku_id, []).append(row.name)
    return [
        Goods(
            row.id, row.code, " ".join(part for part in (row.name, row.variant) if part), row.pack, row.unit, row.kind,
            row.picture, row.on_shelf and bool(row.priced), row.pinyin, row.initials, tuple(units.get(row.id, ())),
            tuple(codes.get(row.id, ())), tuple(aliases.get(row.id, ())),
        )
        for row in rows
    ]  # fmt: skip


def _line(number: int, said: Said, shelf: Shelf) -> PastedLine:
    match = shelf.find(said)
    qty, unit, state, reason = said.qty_milli, said.unit, match.state, match.reason
    if match.whole:  # the number was a part of the name
        qty, unit = None, ""
    first = match.found[0] if match.found else None
    choices = [_choice(goods, _unit(goods, unit) or "") for goods in match.found]
    if first is not None:
        if match.unit and not unit:
            choices[0] = _choice(first, match.unit)
        qty, doubt = _quantity(first, 1_000 if match.by_code and qty is None else qty, unit)
        if state == SURE and doubt:
            state, reason = CHECK, doubt
        elif state == SURE and not first.offered:
            state, reason = CHECK, N_("Off the shelf or without a price")
    return PastedLine(number, said.text, said.name, qty or 1_000, state, reason, tuple(choices))


def _choice(goods: Goods, unit: str) -> Choice:
    weighed = goods.kind == "weighed"
    name = unit or goods.unit
    return Choice(goods.sku_id, unit, goods.name, goods.pack, goods.code, goods.picture, weighed, name)


def _unit(goods: Goods, said: str) -> str | None:
    """The unit of these goods a word means: empty for the base unit, None when they have no such unit."""
    if not said or said in PLAIN_UNITS or _same(said, goods.unit):
        return ""
    return next((unit for unit in goods.units if _same(said, unit)), None)


def _same(one: str, other: str) -> bool:
    one, other = one.lower(), other.lower()
    return one == other or any(one in same and other in same for same in SAME_UNITS)


def _quantity(goods: Goods, qty: int | None, unit: str) -> tuple[int | None, str]:
    """The quantity in the unit of the goods, and what is doubtful about it."""
    if qty is None:
        return None, N_("No quantity was said: taken as one")
    if not 0 < qty <= MUCH:
        return max(1, min(qty, MUCH)), N_("That is a lot: is the quantity right?")
    weighed = goods.kind == "weighed"
    if unit in MEASURES and weighed:
        base = goods.unit.lower()
        if unit in GRAMS and base in GRAMS:
            return qty * GRAMS[unit] // GRAMS[base], ""
        return qty, N_("Sold in another unit")
    if unit in MEASURES and _unit(goods, unit) is None:
        return None, N_("The number may be the size of the pack: taken as one")
    if qty % 1_000 and not weighed:
        return qty, N_("Only a part of a piece?")
    if _unit(goods, unit) is None and goods.unit not in PLAIN_UNITS:
        return qty, N_("Sold in another unit")
    if _unit(goods, unit) is None and unit in ("箱", "打", "提", "筐", "件", "box", "boxes"):
        return qty, N_("Sold in another unit")
    return qty, ""


@question(permission=Permission.BROWSE_GOODS)
def aliases_of(read: Read, sku_id: int) -> tuple[tuple[int, str], ...]:
    """(id, name) of what customers call a SKU."""
    statement = select(ProductAlias.id, ProductAlias.name).where(ProductAlias.sku_id == sku_id)
    return tuple((row.id, row.name) for row in read.rows(statement.order_by(ProductAlias.id)))


@question(permission=Permission.BROWSE_GOODS)
def count_aliases(read: Read) -> int:
    """How many other names the shop knows."""
    return int(read.value(select(func.count()).select_from(ProductAlias)))


__all__ = ["CHECK", "SURE", "UNKNOWN", "Match", "Pasted", "PastedLine", "fold", "read_pasted"]
