"""The numbers above the stock table."""

from desktop.basics.i18n import _, ngettext
from desktop.basics.money import Money
from desktop.queries.slow_goods import SLOW, SlowWorth
from desktop.queries.stock import StockCounts, StockValue
from desktop.views.common.kpi import StripItem
from desktop.views.common.tabs import Tab
from desktop.views.inventory.words import days


def strip_items(counts: StockCounts, value: StockValue | None, currency: str) -> list[StripItem]:
    """On sale, under safety, out; value and turnover for who may see cost."""
    fresh = _("{count} new this week").format(count=counts.new_this_week)
    under = _("{count} of them under minimum").format(count=counts.under_minimum)
    low, out = "warn" if counts.under_safety else "", "danger" if counts.out else ""
    missed = ""
    if counts.missed_minor:
        amount = Money(counts.missed_minor, currency)
        missed = _("About {amount} missed a day").format(amount=amount)
    items = [
        StripItem(_("Goods on sale"), f"{counts.on_sale:,}", _("goods"), fresh),
        StripItem(_("Under safety stock"), f"{counts.under_safety:,}", _("goods"), under, low),
        StripItem(_("Out of stock"), f"{counts.out:,}", _("goods"), missed, out),
        _expiring(counts, value, currency),
    ]
    if value is not None:
        turnover = days(value.turnover_tenths) or "—"
        items.append(StripItem(_("Average turnover"), turnover, _("days"), _("At the sales of 28 days")))
    return items


def _expiring(counts: StockCounts, value: StockValue | None, currency: str) -> StripItem:
    """Goods that expire soon or have, and what their pieces cost."""
    title = _("Expire within {days} days").format(days=counts.warn_days)
    parts = [_("Cost {money}").format(money=Money(value.expiring_minor, currency))] if value else []
    if counts.expired:
        parts.append(_("{count} have expired").format(count=counts.expired))
    tone = "danger" if counts.expired else ""
    return StripItem(title, f"{counts.expiring:,}", _("goods"), " · ".join(parts), tone)


def tab_list(counts: StockCounts | None) -> list[Tab]:
    """The tabs above the table; those with nothing in them only while there is something."""
    shown = [
        Tab("all", _("All"), counts.on_sale if counts else None),
        Tab("low", _("Under safety"), counts.under_safety if counts else None),
        Tab("out", _("Out of stock"), counts.out if counts else None),
        Tab("expiring", _("Expiring"), counts.expiring if counts else None),
        Tab("slow", _("Slow"), counts.slow if counts else None),
    ]
    if counts and counts.surplus:
        shown.append(Tab("surplus", _("Surplus"), counts.surplus))
    if counts and counts.off_shelf:
        shown.append(Tab("off", _("Off the shelf"), counts.off_shelf))
    return shown


def summary(counts: StockCounts, value: StockValue | None, currency: str) -> str:
    """`426 products · stock value ¥86,420.00`."""
    words = ngettext("{count} product", "{count} products", counts.on_sale).format(
        count=f"{counts.on_sale:,}"
    )
    if value is None:
        return words
    worth = Money(value.value_minor, currency)
    return f"{words} · " + _("stock value {amount}").format(amount=worth)


def tied(worth: SlowWorth, view: str, currency: str) -> str:
    """What slow goods, or the surplus of others, tie up."""
    if view == SLOW:
        return _("{amount} lie in slow goods").format(amount=Money(worth.slow_minor, currency))
    return _("{amount} lie in surplus goods").format(amount=Money(worth.surplus_minor, currency))
