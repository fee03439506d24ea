"""Draws the order and stock tables of the design with the kit, for looking at."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.views.common.buttons import icon_button, plain
from desktop.views.common.cards import Card, Divider, hbox, vbox
from desktop.views.common.cells import BadgeCell, Column, NameCell, StockCell, Toned, TwoLine
from desktop.views.common.chips import Chip
from desktop.views.common.inputs import SearchInput
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.table_view import TableView
from desktop.views.common.tabs import Tab, Tabs

STATES = {
    "待发货": ("info", "half"),
    "已完成": ("success", "done"),
    "待付款": ("warn", "wait"),
    "退款中": ("danger", "alert"),
    "已发货": ("primary", "half"),
    "已取消": ("neutral", "closed"),
}
ORDERS = (
    ("1121-0096", "今天 15:12", "林晓梅", "金卡", "微商城", "30.00", "168.40", "待发货"),
    ("1121-0095", "今天 15:04", "", "", "门店", "", "36.80", "已完成"),
    ("1121-0094", "今天 14:57", "陈建国", "银卡", "自助收银", "62.15", "124.30", "已完成"),
    ("1121-0093", "今天 14:41", "周敏", "", "微商城", "", "89.00", "待付款"),
    ("1121-0092", "今天 14:38", "赵一鸣", "金卡", "微商城", "50.00", "215.60", "待发货"),
    ("1121-0091", "今天 14:22", "", "", "门店", "", "18.50", "已完成"),
    ("1121-0085", "今天 13:11", "吴倩", "VIP", "微商城", "193.00", "386.00", "退款中"),
    ("1121-0079", "今天 12:15", "黄佳怡", "金卡", "微商城", "20.00", "132.00", "已发货"),
    ("1121-0077", "今天 11:52", "徐文斌", "", "微商城", "", "58.00", "已取消"),
)
TIERS = {"金卡": "points", "银卡": "neutral", "VIP": "danger", "": "neutral"}
GOODS = (
    ("原味酸奶 6 连杯", "ZH-2003 · 乳品", "yogurt", 0, 8, 16, "", "4.0", "0", "缺货", "danger", "closed"),
    ("鲜牛奶 950ml", "ZH-2001 · 乳品", "milk", 8, 10, 20, "", "6.1", "1.3", "低于最低", "danger", "alert"),
    ("手工云片糕 300g", "ZH-2017 · 糕点", "cake", 6, 8, 15, "", "3.1", "1.9", "低于最低", "danger", "alert"),
    ("桂花乌龙 20 包", "ZH-1009 · 茶叶", "tea", 14, 10, 24, "", "3.4", "4.1", "低于安全", "warn", "half"),
    (
        "抽纸 3 层 10 包",
        "ZH-5002 · 日用",
        "tissue",
        58,
        10,
        20,
        "在途 +60",
        "5.1",
        "11.4",
        "充足",
        "success",
        "done",
    ),
    (
        "海盐苏打饼干 400g",
        "ZH-3011 · 零食",
        "cracker",
        47,
        10,
        20,
        "",
        "0.4",
        "118",
        "滞销",
        "neutral",
        "wait",
    ),
)


@dataclass(frozen=True)
class Line:
    """A row with its cells."""

    id: int
    cells: tuple[Any, ...]


def filled(columns: list[Column], lines: list[Line]) -> PagedTable:
    """A model that holds these lines."""
    model = PagedTable(columns)
    model.beginResetModel()
    model.rows = list(lines)
    model._index()
    model.endResetModel()
    return model


def cell(place: int) -> Any:
    """A column's value: the row's cell at a place."""
    return lambda line: line.cells[place]


def orders() -> QWidget:
    """Tabs, filters and orders."""
    columns = [
        Column("tick", "", 45, "tick"),
        Column("number", "订单号", 104, "strong", value=cell(0)),
        Column("at", "下单时间", 98, "text", value=cell(1)),
        Column("who", "顾客", 202, "name", stretch=True, value=cell(2)),
        Column("channel", "渠道", 84, "text", value=cell(3)),
        Column("points", "积分抵扣 ¥", 90, "number", value=cell(4)),
        Column("paid", "实付 ¥", 86, "money", value=cell(5), sortable=True),
        Column("state", "状态", 101, "badge", value=cell(6)),
    ]
    lines = [
        Line(
            n,
            (
                number,
                at,
                NameCell(name or "散客", tier, TIERS[tier], guest=not name),
                channel,
                Toned(points, "points") if points else None,
                paid,
                BadgeCell(state, *STATES[state]),
            ),
        )
        for n, (number, at, name, tier, channel, points, paid, state) in enumerate(ORDERS)
    ]
    model = filled(columns, lines)
    view = TableView(model)
    model.setParent(view)
    model.check([0, 4], True)
    view.hover_row = 2
    card = Card(flush=True)
    bar = hbox(margins=(16, 0, 16, 0))
    tabs = Tabs(
        [
            Tab(1, "全部", 1284),
            Tab(2, "待付款", 6),
            Tab(3, "待发货", 12),
            Tab(4, "超 36 小时", 1),
            Tab(5, "退款中", 3),
        ]
    )
    bar.addWidget(tabs, 1)
    bar.addWidget(plain("保存视图", "add-line", size=30))
    card.body.addLayout(bar)
    card.body.addWidget(Divider())
    bar = hbox(margins=(16, 8, 12, 8), gap=6)
    search = SearchInput("订单号、手机号、商品")
    search.setFixedWidth(196)
    for widget in (
        search,
        Chip("时间", "近 7 天"),
        Chip("金额", "≥ ¥10"),
        plain("添加筛选", "filter-3-line", size=30),
    ):
        bar.addWidget(widget)
    bar.addStretch(1)
    bar.addWidget(icon_button("layout-column-line", "列"))
    bar.addWidget(icon_button("arrow-up-down-line", "排序"))
    card.body.addLayout(bar)
    card.body.addWidget(Divider())
    card.body.addWidget(view)
    return card


def goods() -> QWidget:
    """The stock table."""
    columns = [
        Column("tick", "", 45, "tick"),
        Column("name", "商品", 246, "two_line", value=cell(0), stretch=True),
        Column("stock", "现有库存", 206, "stock", value=cell(1)),
        Column("daily", "日均销量", 76, "number", value=cell(2)),
        Column("days", "可售天数", 84, "number", value=cell(3), sortable=True),
        Column("state", "状态", 120, "badge", value=cell(4)),
    ]
    lines = [
        Line(
            n,
            (
                TwoLine(name, code, picture),
                StockCell(
                    now * 1000,
                    least * 1000,
                    safety * 1000,
                    str(now),
                    "件",
                    way or f"最低 {least} · 安全 {safety}",
                    bool(way),
                ),
                daily,
                Toned(days, tone if tone in ("danger", "warn") else "text", "天", strong=False),
                BadgeCell(state, tone, pip),
            ),
        )
        for n, (name, code, picture, now, least, safety, way, daily, days, state, tone, pip) in enumerate(
            GOODS
        )
    ]
    model = filled(columns, lines)
    model.sort_key, model.descending = "days", False
    view = TableView(model, two_lines=True)
    view.tint_ticks = False
    model.setParent(view)
    model.check([0, 1, 2], True)
    card = Card(flush=True)
    card.body.addWidget(view)
    return card


def tables() -> QWidget:
    """Both tables."""
    window = QWidget()
    window.resize(860, 960)
    page = vbox(window, margins=(24, 20, 24, 20), gap=14)
    page.addWidget(orders(), 12)
    page.addWidget(goods(), 9)
    return window
