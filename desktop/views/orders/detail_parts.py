"""Pieces of an order's panel that need nothing but the order."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QLayout, QWidget

from desktop.basics.i18n import _
from desktop.basics.money import Money, quantity_text
from desktop.queries.order_detail import LineRow, OrderDetail
from desktop.queries.order_words import discount_lines
from desktop.views.common.badges import Tag
from desktop.views.common.cards import IconTile, hbox, vbox
from desktop.views.common.labels import Label
from desktop.views.common.product_picture import ProductPicture
from desktop.views.common.theme import theme
from desktop.views.orders.table import status_badge

TAGS_WIDTH = 318  # what fits beside each other in the panel


def badge_of(order: OrderDetail, queued: str) -> tuple[str, str, str]:
    """Word, tone and pip of an order's state."""
    more = {"part": order.part_shipped, "collect": order.collect}
    return status_badge(order.status, order.late, order.refunded, queued=queued, **more)


def line_part(line: LineRow, currency: str) -> QLayout:
    """One line of an order: picture, name, what it costs, how much of it left or came back."""
    row = hbox(gap=10)
    row.addWidget(ProductPicture(line.picture, 38, name=line.name))
    words = vbox()
    words.addWidget(Label(line.name, "small_m"))
    words.addWidget(Label(" · ".join(part for part in (line.pack, line.code) if part), "cap", "text2"))
    if line.foreign:
        words.addWidget(Label(line.foreign, "cap", "text2"))
    row.addLayout(words, 1)
    amount = vbox()
    amount.addWidget(
        Label(
            str(Money(line.list_minor, currency).times(line.qty_milli)),
            "small_m",
            align="right",
        )
    )
    count = _("× {quantity}").format(quantity=quantity_text(line.qty_milli))
    if line.left_milli < line.qty_milli:
        back = quantity_text(line.qty_milli - line.left_milli)
        count = _("× {quantity}, {back} refunded").format(quantity=quantity_text(line.qty_milli), back=back)
    if line.shipped_milli > 0 and line.open_milli > 0:
        count += " · " + _("{count} shipped").format(count=quantity_text(line.shipped_milli))
    amount.addWidget(Label(count, "cap", "text2", align="right"))
    row.addLayout(amount)
    return row


def tags_part(order: OrderDetail, removable: bool, take_off: Callable[[int], object]) -> QWidget:
    """The tags of an order, as many beside each other as fit."""
    widget = QWidget()
    rows = vbox(widget, gap=6)
    line, width = hbox(gap=6), 0
    for worn in order.tags:
        tag = Tag(worn.name, removable=removable)
        tag.removed.connect(partial(take_off, worn.id))
        width += tag.sizeHint().width() + 6
        if width > theme.px(TAGS_WIDTH):
            line.addStretch(1)
            rows.addLayout(line)
            line, width = hbox(gap=6), tag.sizeHint().width() + 6
        line.addWidget(tag)
    line.addStretch(1)
    rows.addLayout(line)
    return widget


def noted(icon: str, text: str) -> QWidget:
    """A remark with its icon."""
    widget = QWidget()
    row = hbox(widget, gap=8)
    row.addWidget(IconTile(icon, "neutral", 24))
    row.addWidget(Label(text, "small", wrap=True), 1)
    return widget


def money_rows(order: OrderDetail) -> list[tuple[str, str, str]]:
    """The arithmetic of an order: goods less discount and points, plus freight, is what is paid."""

    def money(minor: int) -> str:
        return str(Money(minor, order.currency))

    rows = [(_("Goods subtotal"), money(order.goods_minor), "")]
    for words, minor in discount_lines(order.discount_minor, order.pay_discount_minor, order.discount_note):
        rows.append((words, money(-minor), "success"))
    if order.points_minor:
        points = _("Points: {points}").format(points=f"{order.points_spent:,}")
        rows.append((points, money(-order.points_minor), "points"))
    if order.freight_minor or order.has_address:
        rows.append((_("Freight"), money(order.freight_minor), ""))
    if order.rounding_minor:
        rows.append((_("Rounding"), money(order.rounding_minor), ""))
    rows.append(
        (_("Total paid") if order.paid_minor else _("Amount to pay"), money(order.due_minor), "strong")
    )
    if order.refunded_minor:
        rows.append((_("Refunded"), money(-order.refunded_minor), "danger"))
    return rows
