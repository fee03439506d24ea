"""A cart and the prices that apply in, a bill with its reasons out. Pure; all money in minor units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from desktop.basics.errors import Refused, ShopError
from desktop.basics.i18n import N_
from desktop.basics.money import BASIS, LARGEST, MILLI, digits_of, half_up
from desktop.pricing.foreign_prices import ForeignPrice

MOST_LINES = 1_000
FIXED = "fixed"  # the trace of a line priced by its label or a person
LineKey = tuple[int, str, int | None]  # SKU, unit, price of its own
MOST_QUANTITY = 10**9  # a million pieces; more is a typing mistake


@dataclass(frozen=True, slots=True)
class CartLine:
    """So much of a SKU in one of its units (empty: the base unit), in thousandths.

    `fixed_minor` is what the whole line costs where no list says it: a label of the scale, a price typed by staff.
    """

    sku_id: int
    unit: str
    qty_milli: int
    fixed_minor: int | None = None

    @property
    def key(self) -> LineKey:
        """Lines with the same key are one: more of it goes onto the line that is there."""
        return self.sku_id, self.unit, self.fixed_minor


@dataclass(frozen=True, slots=True)
class ListPrice:
    """The price of one unit in a list, from a quantity on."""

    list_key: str
    amount_minor: int
    min_qty_milli: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """What the shop knows of a SKU unit when it prices a cart; `prices` are those this customer may have."""

    sku_id: int
    unit: str
    unit_name: str
    name: str
    pack: str
    code: str
    kind: str
    picture: str
    factor_milli: int
    cost_minor: int
    list_minor: int
    prices: tuple[ListPrice, ...]
    on_shelf: bool = True  # offered in this channel now
    product_id: int = 0
    product: str = ""  # the name without its variant
    variant: str = ""
    foreign: tuple[ForeignPrice, ...] = ()  # those of lists in other currencies


@dataclass(frozen=True, slots=True)
class Terms:
    """Who buys under which rules: points balance and wish, cap, value and earn rates."""

    currency: str
    points_balance: int = 0
    points_wanted: int = 0
    cap_bp: int = 5_000
    points_per_unit: int = 100
    earn_bp: int = 0  # shop rate × tier rate, in basis points


@dataclass(frozen=True, slots=True)
class BillLine:
    """One priced line; `trace` names the list that gave the price.

    `foreign` is that price where the list is in another currency; `refusal` why a list that counts has no rate now.
    """

    offer: Offer
    qty_milli: int
    base_milli: int
    price_minor: int
    list_total_minor: int
    total_minor: int
    trace: str
    foreign: ForeignPrice | None = None
    refusal: ShopError | None = None

    @property
    def key(self) -> LineKey:
        """The cart line it prices."""
        return self.offer.sku_id, self.offer.unit, self.total_minor if self.trace == FIXED else None

    @property
    def discount_minor(self) -> int:
        """What the customer saves on this line."""
        return self.list_total_minor - self.total_minor


@dataclass(frozen=True, slots=True)
class Bill:
    """The priced cart: total = goods − discount; to_pay = total − the value of the points used."""

    currency: str
    lines: tuple[BillLine, ...]
    goods_minor: int
    discount_minor: int
    total_minor: int
    half_minor: int  # what points may pay at most by the cap alone
    cap_points: int  # what this customer may use: cap and balance
    cap_minor: int
    points: int
    points_minor: int
    to_pay_minor: int
    earns: int
    pay_discount_minor: int = 0  # of the discount: for the way it is paid
    rounding_minor: int = 0  # what paying the rest in cash adds to total and to_pay, mostly below zero

    @property
    def pieces_milli(self) -> int:
        """How many pieces are in the cart; a weighed line counts as one."""
        return sum(MILLI if line.offer.kind == "weighed" else line.qty_milli for line in self.lines)

    @property
    def rates(self) -> tuple[tuple[str, str], ...]:
        """The rates it was reckoned by: currency and decimal text, each once."""
        return tuple(sorted({(one.currency, one.rate) for line in self.lines if (one := line.foreign)}))


def points_value(points: int, terms: Terms) -> int:
    """What points are worth in minor units, rounded down."""
    return int(points * 10 ** digits_of(terms.currency) // terms.points_per_unit)


def points_for(minor: int, terms: Terms) -> int:
    """How many whole points stay within an amount."""
    return int(minor * terms.points_per_unit // 10 ** digits_of(terms.currency))


def price_cart(lines: Sequence[CartLine], offers: Mapping[tuple[int, str], Offer], terms: Terms) -> Bill:
    """Price every line at the best price this customer may have, then apply points within the cap.

    Q3: the cap is a share of the amount after price rules and before freight; rounding always stays within it.
    Raises `Refused` for goods without a price, impossible quantities or a cart that is too long.
    """
    if len(lines) > MOST_LINES:
        raise Refused(N_("A sale can hold at most {most} lines. Split it into two."), most=MOST_LINES)
    priced = tuple(_line(line, offers, terms.currency) for line in lines)
    goods = sum(line.list_total_minor for line in priced)
    total = sum(line.total_minor for line in priced)
    half = total * terms.cap_bp // BASIS
    cap_points = max(0, min(terms.points_balance, points_for(half, terms)))
    points = max(0, min(terms.points_wanted, cap_points))
    value = points_value(points, terms)
    to_pay = total - value
    return Bill(
        currency=terms.currency,
        lines=priced,
        goods_minor=goods,
        discount_minor=goods - total,
        total_minor=total,
        half_minor=half,
        cap_points=cap_points,
        cap_minor=points_value(cap_points, terms),
        points=points,
        points_minor=value,
        to_pay_minor=to_pay,
        earns=earned(to_pay, terms),
    )


def earned(paid_minor: int, terms: Terms) -> int:
    """Whole points earned for money paid; points spent earn nothing."""
    return int(paid_minor * terms.earn_bp // (BASIS * 10 ** digits_of(terms.currency)))


def quick_steps(cap: int) -> list[int]:
    """Two round amounts below the most points that can be used: 10,185 gives 2,000 and 5,000."""
    steps = []
    for share in (cap // 5, cap // 2):
        unit = 10 ** (len(str(share)) - 1)
        if share >= 10:
            steps.append(share // unit * unit)
    return steps


def check_rates(bill: Bill) -> None:
    """Raises what keeps a list in another currency from giving its price now: such goods can't be sold."""
    for line in bill.lines:
        if line.refusal is not None:
            raise line.refusal


def _line(line: CartLine, offers: Mapping[tuple[int, str], Offer], currency: str) -> BillLine:
    offer = offers.get((line.sku_id, line.unit))
    if offer is None:
        raise Refused(N_("One of the goods has no price here any more. Remove it or ask for its price."))
    if not 0 < line.qty_milli <= MOST_QUANTITY:
        raise Refused(N_("The quantity of “{name}” is not possible."), name=offer.name)
    if offer.kind != "weighed" and line.qty_milli % MILLI:
        raise Refused(N_("“{name}” is sold by the piece; the quantity must be whole."), name=offer.name)
    if line.fixed_minor is not None:
        return _fixed(line, line.fixed_minor, offer)
    fitting = [
        p for p in offer.prices if p.min_qty_milli <= line.qty_milli and p.amount_minor <= offer.list_minor
    ]
    best = min(fitting, key=lambda p: p.amount_minor, default=ListPrice("retail", offer.list_minor))
    priced = BillLine(
        offer=offer,
        qty_milli=line.qty_milli,
        base_milli=half_up(line.qty_milli * offer.factor_milli, MILLI),
        price_minor=best.amount_minor,
        list_total_minor=half_up(offer.list_minor * line.qty_milli, MILLI),
        total_minor=half_up(best.amount_minor * line.qty_milli, MILLI),
        trace=best.list_key,
    )
    return _abroad(priced, currency) if offer.foreign else priced


def _abroad(line: BillLine, currency: str) -> BillLine:
    """The line by a list in another currency where that costs the customer less."""
    for price in line.offer.foreign:
        if price.min_qty_milli > line.qty_milli:
            continue
        if price.refusal is not None:
            return replace(line, refusal=price.refusal)
        total = price.total_minor(line.qty_milli, currency)
        if total < line.total_minor:
            unit = price.unit_minor(currency)
            line = replace(line, price_minor=unit, total_minor=total, trace=price.list_key, foreign=price)
    return line


def _fixed(line: CartLine, total_minor: int, offer: Offer) -> BillLine:
    """A line that costs what its label or a person says, whatever the lists hold."""
    if not 0 < total_minor <= LARGEST:
        raise Refused(N_("The price of “{name}” is not possible."), name=offer.name)
    return BillLine(
        offer=offer,
        qty_milli=line.qty_milli,
        base_milli=half_up(line.qty_milli * offer.factor_milli, MILLI),
        price_minor=half_up(total_minor * MILLI, line.qty_milli),
        list_total_minor=total_minor,
        total_minor=total_minor,
        trace=FIXED,
    )
