"""The columns of the stock table."""

from desktop.basics.i18n import _
from desktop.basics.money import quantity_text
from desktop.queries.stock import ENOUGH, OUT, UNDER_MINIMUM, UNDER_SAFETY, StockRow
from desktop.views.common.cells import BadgeCell, Column, StockCell, Toned, TwoLine
from desktop.views.inventory.words import (
    average,
    caption_of,
    days,
    levels_hint,
    signed,
    state_badge,
    title_of,
)

TONES = {OUT: "danger", UNDER_MINIMUM: "danger", UNDER_SAFETY: "warn", ENOUGH: ""}


def columns() -> list[Column]:
    """Goods, stock bar, average, days of cover, state."""
    return [
        Column("tick", "", 45, "tick"),
        Column("name", _("Goods"), 168, "two_line", sortable=True, stretch=True, value=_goods),
        Column("on_hand", _("In stock"), 228, "stock", sortable=True, value=_stock),
        Column("daily", _("Sold a day"), 86, "number", sortable=True, value=_daily),
        Column("cover", _("Days left"), 98, "number", sortable=True, value=_cover),
        Column("state", _("Status"), 136, "badge", value=lambda row: BadgeCell(*state_badge(row))),
    ]


def _goods(row: StockRow) -> TwoLine:
    return TwoLine(title_of(row), caption_of(row), picture=row.picture or "box", product_id=row.product_id)


def _stock(row: StockRow) -> StockCell:
    hint = levels_hint(row)
    if row.coming_milli:
        hint = _("On the way {quantity}").format(quantity=signed(row.coming_milli))
    return StockCell(
        row.available_milli,
        row.minimum_milli,
        row.safety_milli,
        quantity_text(row.on_hand_milli),
        row.unit,
        hint,
        incoming=row.coming_milli > 0,
    )


def _daily(row: StockRow) -> str:
    return average(row.daily_milli) if row.daily_milli else ""


def _cover(row: StockRow) -> Toned | None:
    if row.cover_tenths is None:
        return None
    tone = TONES[row.state]
    return Toned(days(row.cover_tenths), tone or "text", _("days"), strong=bool(tone))
