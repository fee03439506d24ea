"""Draws the component sheet for looking at: `python -m tests.views.common.gallery <folder>`."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

from desktop.basics.i18n import set_language
from desktop.views.common.badges import Badge, Tag
from desktop.views.common.banner import Banner
from desktop.views.common.buttons import Button, danger, plain, primary, secondary
from desktop.views.common.cards import Card, Divider, hbox, vbox
from desktop.views.common.cells import BadgeCell, Column
from desktop.views.common.chart import loading
from desktop.views.common.chips import Chip
from desktop.views.common.field import Field
from desktop.views.common.focus_ring import FocusRing
from desktop.views.common.inputs import SearchInput, Select, TextInput, mark_bad
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import PercentInput
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.segment import Segment
from desktop.views.common.stock_bar import StockBar
from desktop.views.common.table_view import TableView
from desktop.views.common.theme import theme
from desktop.views.common.toast import ToastHost
from desktop.views.common.toggle import CheckBox, Radio, Toggle
from desktop.views.common.tokens import COLORS
from tests.views.common.gallery_screens import dashboard, parts
from tests.views.common.gallery_tables import tables


@dataclass(frozen=True)
class Row:
    """A row of the sample table."""

    id: int
    number: str
    state: str
    paid: str


class Swatch(QWidget):
    """A colour with its edge."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token
        self.setFixedSize(74, 40)

    def paintEvent(self, event: object) -> None:
        from PySide6.QtCore import QRectF

        from desktop.views.common.paint import box, painting

        with painting(self) as painter:
            box(painter, QRectF(self.rect()), 8, theme.color(self._token), theme.color("border"))


SWATCHES = (
    ("canvas", "画布"),
    ("page", "页面"),
    ("surface", "卡片"),
    ("sunken", "凹陷"),
    ("selected", "选中"),
    ("border", "边线"),
    ("border_input", "输入框线"),
    ("text", "正文"),
    ("text2", "次要"),
    ("text3", "辅助"),
    ("primary", "主色"),
    ("primary_subtle", "主色浅"),
    ("seal", "印章"),
    ("points", "积分"),
    ("success", "成功"),
    ("warn", "注意"),
    ("danger", "危险"),
    ("info", "信息"),
    ("c1", "图 1"),
    ("c2", "图 2"),
    ("c3", "图 3"),
)


def left_half() -> QWidget:
    """Colours, type and stock bars."""
    half = QWidget()
    column = vbox(half, gap=0)
    column.addWidget(Label("色彩", "small_m", "text2"))
    column.addSpacing(8)
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(10)
    for place, (token, word) in enumerate(SWATCHES):
        cell = vbox(gap=0)
        cell.addWidget(Swatch(token))
        cell.addSpacing(3)
        cell.addWidget(Label(word, "micro", "text"))
        cell.addWidget(Label(COLORS[token][theme.mode == "dark"], "micro", "text2"))
        grid.addLayout(cell, place // 7, place % 7)
    column.addLayout(grid)
    column.addSpacing(18)
    column.addWidget(Label("字号：字体 Inter + 思源黑体，数字等宽", "small_m", "text2"))
    column.addSpacing(6)
    samples = (
        ("¥8,426.50", "number", "数字 26 / 32 · 600"),
        ("页面标题 Page title", "h1", "20 / 28 · 600"),
        ("卡片标题 Card title", "h3", "14 / 22 · 600"),
        ("正文，用于表单和说明 Body", "body", "14 / 22 · 400"),
        ("表格与按钮 Table and buttons", "small_m", "13 / 20 · 400、500"),
        ("辅助信息 Caption", "cap", "12 / 18 · 400"),
    )
    for text, style, note in samples:
        row = hbox()
        row.addWidget(Label(text, style))
        row.addStretch(1)
        row.addWidget(Label(note, "cap", "text2"))
        column.addLayout(row)
        column.addSpacing(9)
    column.addSpacing(10)
    column.addWidget(Label("库存条：两条刻度是最低与安全库存", "small_m", "text2"))
    for word, now in (("低于最低", 8), ("低于安全", 15), ("充足", 38)):
        row = hbox(margins=(0, 4, 0, 4))
        label = Label(word, "cap", "text")
        label.setFixedWidth(64)
        row.addWidget(label)
        row.addWidget(StockBar(now, 10, 20, 61))
        column.addLayout(row)
    column.addStretch(1)
    return half


def buttons_and_inputs() -> QWidget:
    """Buttons in their states, then fields."""
    part = QWidget()
    column = vbox(part, gap=0)
    column.addWidget(Label("按钮", "small_m", "text2"))
    row = hbox(margins=(0, 8, 0, 8))
    hover, down = primary("保存"), primary("保存")
    hover._hover = True
    down.setDown(True)
    light = secondary("导出")
    light._hover = True
    off = secondary("不可用")
    off.setEnabled(False)
    more = Button("更多", "plain", trailing="arrow-down-s-line")
    for widget in (
        primary("保存", "check-line", key="Ctrl S"),
        hover,
        down,
        secondary("导出", "download-2-line"),
        light,
        more,
        danger("删除"),
        off,
    ):
        row.addWidget(widget)
    row.addStretch(1)
    column.addLayout(row)
    row = hbox(margins=(4, 4, 0, 4), gap=20)
    ringed = secondary("焦点环 2 px，外扩 2 px"), primary("焦点环")
    for widget in ringed:
        row.addWidget(widget)
    row.addWidget(Label("← 键盘焦点始终可见", "cap", "text2"))
    row.addStretch(1)
    column.addLayout(row)
    part.ringed = ringed
    column.addSpacing(18)
    column.addWidget(Label("输入", "small_m", "text2"))
    row = hbox(margins=(0, 8, 0, 0), gap=10)
    search, text, percent, select = (
        SearchInput("占位文字", key=""),
        TextInput("青禾杂货铺"),
        PercentInput(5050),
        Select([(1, "浮动")]),
    )
    for widget, width in ((search, 150), (text, 130), (percent, 96), (select, 92)):
        widget.setFixedWidth(width)
        row.addWidget(widget)
    part.focused = text
    mark_bad(percent, True)
    ticks = CheckBox(), CheckBox(), CheckBox(), Radio(), Radio(), Toggle(), Toggle()
    ticks[0].setChecked(True)
    ticks[2].setTristate(True)
    ticks[2].setCheckState(Qt.CheckState.PartiallyChecked)
    ticks[3].setAutoExclusive(False)
    ticks[3].setChecked(True)
    ticks[5].setChecked(True)
    for widget in ticks:
        row.addWidget(widget)
    row.addStretch(1)
    column.addLayout(row)
    field = Field("", QWidget())
    field.error("每单最多抵扣不能超过 50%")
    column.addWidget(field)
    return part


def badges_and_filters() -> QWidget:
    """Badges, chips, tags and a segment."""
    part = QWidget()
    column = vbox(part, gap=0)
    column.addWidget(Label("状态徽章：颜色 + 形状 + 文字", "small_m", "text2"))
    row = hbox(margins=(0, 8, 0, 16), gap=9)
    for text, tone, pip in (
        ("待付款", "warn", "wait"),
        ("待发货", "info", "half"),
        ("已发货", "primary", "half"),
        ("已完成", "success", "done"),
        ("退款中", "danger", "alert"),
        ("已取消", "neutral", "closed"),
        ("金卡", "points", "vip-crown-fill"),
    ):
        row.addWidget(Badge(text, tone, pip))
    row.addStretch(1)
    column.addLayout(row)
    column.addWidget(Label("筛选、标签与切换", "small_m", "text2"))
    row = hbox(margins=(0, 8, 0, 8))
    row.addWidget(Chip("时间", "近 7 天"))
    row.addWidget(Chip("金额", "≥ ¥10"))
    row.addWidget(plain("添加筛选", "filter-3-line", size=30))
    row.addWidget(Tag("高价值"))
    row.addWidget(Tag("周末到店", removable=True))
    row.addWidget(Segment([(1, "今天"), (7, "近 7 天"), (30, "本月")], 1))
    row.addStretch(1)
    column.addLayout(row)
    return part


def sample_table() -> TableView:
    """Four rows in their four states."""
    columns = [
        Column("tick", "", 39, "tick"),
        Column("number", "", 104, "strong"),
        Column("state", "", 300, "text", stretch=True),
        Column("paid", "", 100, "money"),
        Column("badge", "", 125, "badge", value=lambda row: BadgeCell("待发货", "info", "half")),
    ]
    model = PagedTable(columns)
    model.beginResetModel()
    model.rows = [
        Row(n, "1121-0096", word, "168.40")
        for n, word in enumerate(("默认", "悬停", "选中", "选中 + 键盘焦点"))
    ]
    model._index()
    model.endResetModel()
    view = TableView(model)
    model.setParent(view)
    view.density = "compact"
    view._restyle()
    view.head.hide()
    view.hover_row = 1
    model.check([2, 3], True)
    view.setFixedHeight(36 * 4)
    return view


def sheet() -> QWidget:
    """The whole component sheet."""
    window = QWidget()
    window.resize(1440, 900)
    page = vbox(window, margins=(32, 22, 32, 20))
    head = hbox(gap=12)
    head.addWidget(Label("组件与色彩" + (" · 深色" if theme.mode == "dark" else ""), "h1"))
    head.addWidget(Label("所有文字对比度 ≥ 4.5 : 1，控件边线 ≥ 3 : 1", "small", "text2"))
    head.addStretch(1)
    page.addLayout(head)
    page.addSpacing(20)
    halves = hbox(gap=28)
    halves.addWidget(left_half(), 1)
    halves.addWidget(Divider(vertical=True))
    right = QWidget()
    right.setFixedWidth(720)
    column = vbox(right, gap=0)
    controls = buttons_and_inputs()
    column.addWidget(controls)
    column.addSpacing(14)
    column.addWidget(badges_and_filters())
    column.addSpacing(10)
    column.addWidget(Label("反馈", "small_m", "text2"))
    column.addSpacing(8)
    column.addWidget(Banner("每单最多抵扣已改为 40%，新订单开始生效", "info", action="撤销"))
    column.addSpacing(8)
    column.addWidget(Banner("支付宝证书 17 天后到期", "warn", action="去更新"))
    column.addSpacing(112)
    column.addWidget(Label("表格行：紧凑 34、标准 40、宽松 52", "small_m", "text2"))
    column.addSpacing(8)
    card = Card(flush=True)
    table = sample_table()
    card.body.addWidget(table)
    column.addWidget(card)
    column.addStretch(1)
    halves.addWidget(right)
    page.addLayout(halves, 1)
    window.controls, window.table = controls, table
    return window


def main(folder: Path) -> None:
    """Write the sheet in light, dark, 130 % text and 200 % scale."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    set_language("zh_CN")
    theme.install(app)
    folder.mkdir(parents=True, exist_ok=True)
    loading().finish()
    for mode, size in (("light", 100), ("dark", 100), ("light", 130)):
        theme.use(mode, size)
        window = sheet()
        window.show()
        window.activateWindow()
        app.processEvents()
        for widget in window.controls.ringed:
            FocusRing(window).follow(widget, 8)
        window.table.setCurrentIndex(window.table.paged.index(3, 0))
        window.table.selectionModel().clearSelection()
        window.table.shows_focus = lambda: True
        window.controls.focused.setFocus()
        toasts = ToastHost(window)
        toast = toasts.add("已归档 1 个商品", undo=lambda: None)
        app.processEvents()
        toast.setGeometry(708 - 16, 600 - 16, 680 + 32, 46 + 32)
        app.processEvents()
        window.grab().save(str(folder / f"sheet_{mode}_{size}.png"))
        window.close()
        for name, make in (("dashboard", dashboard), ("parts", parts), ("tables", tables)):
            window = make()
            window.show()
            app.processEvents()
            if name == "dashboard":
                window.daily.chart._mark(12)
            app.processEvents()
            window.grab().save(str(folder / f"{name}_{mode}_{size}.png"))
            window.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
