"""How goods, price lists and categories are said."""

from desktop.basics.i18n import N_, _
from desktop.basics.money import Money, quantity_text
from desktop.queries.categories import CategoryTree
from desktop.queries.product_detail import ListRow
from desktop.queries.products import ProductRow

TYPES = {"retail": N_("Retail"), "distribution": N_("Distribution"), "b2b": N_("B2B")}
DRAWN = {
    "box": N_("Box"), "jar": N_("Jar"), "bottle": N_("Bottle"), "pouch": N_("Pouch"), "milk": N_("Milk carton"),
    "yogurt": N_("Yogurt pot"), "cake": N_("Pastry"), "cracker": N_("Crackers"), "nuts": N_("Nuts"),
    "tea": N_("Tea tin"), "honey": N_("Honey jar"), "rice": N_("Sack of rice"), "fruit": N_("Fruit"),
    "tissue": N_("Tissues"),
}  # fmt: skip
INDENT = "\u3000"  # an ideographic space: the indent of a branch in a list of choices


def title_of(row: ProductRow) -> str:
    """Name with variant and pack: `鲜牛奶 950 ml`."""
    return " ".join(part for part in (row.name, row.variant, row.pack) if part)


def list_words(row: ListRow) -> str:
    """A price list by order type, tier and channel: `Retail`, `Gold member`."""
    if row.name:
        return row.name
    parts = [_(row.tier)] if row.tier else [_(TYPES.get(row.order_type, row.order_type))]
    if row.channel:
        parts.append(row.channel)
    return " · ".join(parts)


def amount_words(minor: int, currency: str, home: str) -> str:
    """A price of a list; with the code of its currency where that isn't the shop's."""
    money = Money(minor, currency or home)
    return f"{currency} {money.plain()}" if currency and currency != home else str(money)


def shelf_badge(on_shelf: bool) -> tuple[str, str, str]:
    """Words, tone and pip of the shelf state."""
    if on_shelf:
        return _("On the shelf"), "success", "done"
    return _("Off the shelf"), "neutral", "closed"


def unit_words(name: str, factor_milli: int, base: str) -> str:
    """`1 箱 = 12 瓶`."""
    line = _("1 {unit} = {count} {base}")
    return line.format(unit=name, count=quantity_text(factor_milli), base=base)


def category_choices(tree: CategoryTree, nothing: str) -> list[tuple[int, str]]:
    """The tree as choices with indents; 0 stands for `nothing`."""
    return [(0, nothing), *((node.id, INDENT * node.depth + node.name) for node in tree.nodes)]


def split_tags(text: str) -> tuple[str, ...]:
    """Tags as typed, parted by commas of any script or spaces."""
    for mark in "，、,;；":
        text = text.replace(mark, " ")
    return tuple(dict.fromkeys(text.split()))
