"""Draws pages made of the kit's larger parts, for looking at beside the design's pictures."""

from PySide6.QtWidgets import QWidget

from desktop.views.common.avatar import Avatar
from desktop.views.common.bulk_bar import BulkBar
from desktop.views.common.buttons import link, plain, primary, secondary
from desktop.views.common.cards import Card, CardHead, Divider, Facts, IconTile, TwoLines, hbox, vbox
from desktop.views.common.charts import (
    ChartCard,
    DailyBars,
    DayBar,
    Forecast,
    ForecastLine,
    MonthLine,
    MonthPoint,
)
from desktop.views.common.empty import EmptyState
from desktop.views.common.kpi import KpiCard, KpiStrip, StripItem
from desktop.views.common.labels import Label
from desktop.views.common.product_picture import ProductPicture, keys
from desktop.views.common.progress_panel import ProgressPanel
from desktop.views.common.seal import Seal
from desktop.views.common.skeleton import Skeleton
from desktop.views.common.timeline import Step, Timeline

STORE = (64, 52, 49, 55, 58, 70, 88, 83, 57, 66, 62, 70, 68, 58)
ONLINE = (38, 31, 35, 29, 36, 44, 53, 49, 33, 41, 38, 44, 54, 38)
THIS = (1520, 1780, 2160, 1430, 1510, 1690, 1840, 1720, 1680, 1950, 2090, 2090)
LAST = (1310, 1500, 1890, 1260, 1390, 1480, 1610, 1590, 1520, 1700, 1830, 1810)


def daily() -> ChartCard:
    """The daily orders of the design."""
    chart = DailyBars()
    days = [
        DayBar(f"11/{8 + n}", f"11 月 {8 + n} 日", (a, b), f"合计 {a + b} 单 · ¥10,318.20")
        for n, (a, b) in enumerate(zip(STORE, ONLINE, strict=True))
    ]
    chart.show_days(days, [("门店", "c1"), ("微商城", "c1_soft")])
    card = ChartCard("每日订单", chart, "近 14 天")
    card.refresh_legend()
    return card


def monthly() -> ChartCard:
    """The monthly amounts of the design."""
    chart = MonthLine()
    months = [12, *range(1, 12)]
    points = [
        MonthPoint(
            f"{month}月",
            THIS[n],
            LAST[n],
            "春节 21.6" if n == 2 else "11 月预计 20.9 · 至今 14.6" if n == 11 else "",
            n == 11,
        )
        for n, month in enumerate(months)
    ]
    chart.show_months(
        points,
        ("本年", "去年同期"),
        axis=lambda value: f"{value // 100}",
        write=lambda value: f"{value // 100}.{value % 100 // 10} 万",
    )
    card = ChartCard("每月订单金额", chart, "万元 · 近 12 个月")
    card.refresh_legend()
    return card


def forecast() -> ChartCard:
    """The stock forecast of the design."""
    chart = ForecastLine()
    labels = tuple(f"11/{14 + n}" for n in range(15))
    past = (50000, 44000, 38000, 31000, 26000, 20000, 14000, 8000, *[None] * 7)
    ahead = (*[None] * 7, 8000, 2000, 0, *[None] * 5)
    ordered = (*[None] * 8, 57000, 51000, 45000, 39000, 33000, 27000, 20000)
    chart.show_forecast(Forecast(labels, past, ahead, ordered, 7, 10000, 20000, "预计明晚售完", "补 55 件后"))
    return ChartCard("鲜牛奶 950ml", chart, "库存预测")


def dashboard() -> QWidget:
    """KPIs, charts and lists as on the first page."""
    window = QWidget()
    window.resize(1224, 848)
    page = vbox(window, margins=(24, 20, 24, 20), gap=12)
    row = hbox(gap=12)
    trends = ([3, 2, 4, 3, 5, 4, 6, 5, 7, 6, 8], [2, 4, 3, 5, 4, 6, 5, 8], [9, 7, 8, 6, 9, 5, 7, 3, 4])
    for label, number, unit, delta, up, note, trend, token in (
        ("销售额", "¥8,426.50", "", "12.4%", True, "比上周六", trends[0], "c1"),
        ("订单数", "96", "单", "7.9%", True, "比上周六", trends[1], "c1"),
        ("客单价", "¥87.78", "", "4.2%", True, "比上周六", trends[1], "c1"),
        ("积分抵扣", "¥612.40", "", "3.1%", True, "占销售额 7.3%", trends[0], "points"),
        ("新增会员", "14", "人", "17.6%", False, "比上周六", trends[2], "c4"),
    ):
        card = KpiCard(label)
        card.show_number(number, unit, delta=delta, up=up, note=note, trend=trend, token=token)
        row.addWidget(card)
    page.addLayout(row)
    middle = hbox(gap=12)
    charts = vbox(gap=12)
    window.daily = daily()
    charts.addWidget(window.daily, 1)
    charts.addWidget(monthly(), 1)
    middle.addLayout(charts, 742)
    side = vbox(gap=12)
    todo = Card(margins=(16, 12, 16, 12), gap=0)
    head = CardHead("待办", "5 项")
    head.add(link("全部"))
    todo.body.addWidget(head)
    for icon, tone, title, caption, verb in (
        ("truck-line", "danger", "12 单待发货", "最早一单已等 37 小时，已自动催单", "去发货"),
        ("refund-2-line", "warn", "3 笔退款待审核", "合计 ¥214.60 · 最早 2 小时前申请", "去审核"),
        ("archive-line", "info", "3 张补货单待确认", "3 家供应商 · 预计 ¥3,268.00", "查看"),
        ("customer-service-2-line", "primary", "3 位顾客待回复", "等待最久 18 分钟", "去回复"),
        ("scales-3-line", "neutral", "1 笔对账差异待处理", "微信支付 11/20 · 差 ¥0.60", "去核对"),
    ):
        line = hbox(margins=(0, 7, 0, 7), gap=12)
        line.addWidget(IconTile(icon, tone))
        line.addWidget(TwoLines(title, caption, style="small_b"), 1)
        line.addWidget(primary(verb, size=30) if verb == "去发货" else secondary(verb, size=30))
        todo.body.addLayout(line)
        todo.body.addWidget(Divider())
    todo.body.addStretch(1)
    side.addWidget(todo, 1)
    side.addWidget(forecast(), 1)
    middle.addLayout(side, 420)
    page.addLayout(middle, 1)
    return window


def parts() -> QWidget:
    """Timeline, facts, progress, empty states, skeleton, pictures, bulk bar."""
    window = QWidget()
    window.resize(1224, 848)
    page = vbox(window, margins=(24, 20, 24, 20), gap=12)
    page.addWidget(
        KpiStrip(
            [
                StripItem("在售商品", "426", "个", "本周新增 6 个"),
                StripItem("低于安全库存", "9", "个", "其中 5 个已有建议", "warn"),
                StripItem("缺货", "2", "个", "昨日错过约 ¥96 销售", "danger"),
                StripItem("30 天内到期", "4", "个", "成本 ¥312.00"),
                StripItem("可用积分", "12,860", "", "可抵 ¥128.60", "points"),
            ]
        )
    )
    row = hbox(gap=12)
    detail = Card(margins=(16, 16, 16, 16), gap=12)
    steps = [
        Step("下单", "微商城 · 15:12", "past"),
        Step("已付款", "微信支付 ¥168.40 · 15:13", "past"),
        Step("待发货", "请在 11/23 03:12 前发出", "now", "info"),
        Step("运输", "发货后自动通知顾客"),
        Step("完成", "签收后 7 天自动完成"),
    ]
    detail.body.addWidget(Timeline(steps))
    detail.body.addWidget(Divider())
    facts = Facts()
    facts.show_rows(
        [
            ("商品小计", "¥208.40", ""),
            ("优惠券 满 200 减 10", "−¥10.00", "success"),
            ("积分抵扣 3,000 分", "−¥30.00", "points"),
            ("实付", "¥168.40", "strong"),
        ]
    )
    detail.body.addWidget(facts)
    person = hbox(gap=12)
    person.addWidget(Avatar("林晓梅", 34))
    person.addWidget(TwoLines("林晓梅", "138****6621 · 第 118 单", style="small_b"), 1)
    person.addWidget(plain("查看", size=28))
    person.addWidget(Seal(30))
    detail.body.addLayout(person)
    detail.body.addStretch(1)
    row.addWidget(detail, 1)
    middle = vbox(gap=12)
    work = Card()
    panel = ProgressPanel("正在导入商品", "桂花路店商品表.xlsx · 第 268 行，共 426 行")
    panel._began -= 30
    panel.show_progress(268, 426)
    work.body.addWidget(panel)
    middle.addWidget(work)
    tiles = Card()
    line = hbox(gap=8)
    for key in keys():
        line.addWidget(ProductPicture(key, 38))
    line.addStretch(1)
    tiles.body.addLayout(line)
    line = hbox(gap=8)
    for key in keys()[:5]:
        line.addWidget(ProductPicture(key, 96))
    line.addStretch(1)
    tiles.body.addLayout(line)
    middle.addWidget(tiles)
    bones = Card(margins=(1, 1, 1, 2))
    bones.body.addWidget(Skeleton("table"))
    bones.setMinimumHeight(150)
    middle.addWidget(bones, 1)
    row.addLayout(middle, 2)
    page.addLayout(row)
    row = hbox(gap=12)
    for state in (
        EmptyState(
            "还没有优惠券活动",
            "发一张满减券，通常一周带回 8% 的老顾客",
            primary=primary("新建优惠券", "add-line"),
            second=secondary("用模板"),
        ),
        EmptyState(
            "没有符合条件的订单",
            "当前筛选：近 7 天、待发货、金额 ≥ ¥500",
            why="nothing_found",
            primary=secondary("清除筛选", "filter-off-line"),
        ),
    ):
        card = Card()
        card.body.addWidget(state)
        row.addWidget(card)
    page.addLayout(row)
    bar = BulkBar()
    bar.add("发货", "truck-line", key="S")
    bar.add("打印小票", "printer-line", key="P")
    bar.add("更多", "more-line")
    bar.say("已选 3 单", "¥451.20")
    page.addWidget(bar)
    page.addWidget(Label("", "cap"))
    return window
