"""对账: one day by channel, the books beside what providers, slips and drawers say, and what waits for a decision."""

from datetime import date, timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from desktop.basics.i18n import _, ngettext
from desktop.basics.money import SYMBOLS, Money
from desktop.basics.words import day_name
from desktop.queries.order_words import method_word
from desktop.queries.reconcile_words import explain, state_word
from desktop.queries.reconciliation import (
    BillRowSeen,
    ChannelDay,
    DaySeen,
    RowFilter,
    bill_rows,
    reconciled_day,
)
from desktop.views.common import icons
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import icon_button, link
from desktop.views.common.cards import Card, Divider, NestedCard, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.fix_desk import FixDesk
from desktop.views.common.labels import Label
from desktop.views.common.method_icons import ICONS
from desktop.views.common.paint import painting, repaint_on_change
from desktop.views.common.theme import theme

TABLES = {"statement", "statement_row", "channel_total", "tender", "refund_tender", "cash_session"}


class Mark(QWidget):
    """A small icon in one colour."""

    def __init__(self, icon: str, token: str, size: int = 16, tip: str = "") -> None:
        super().__init__()
        self._icon, self._token, self._size = icon, token, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setToolTip(tip)
        self.setAccessibleName(tip)
        repaint_on_change(self)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(self._size), theme.px(self._size))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            icons.draw(painter, QRectF(self.rect()), self._icon, self._token)


class DayCard(Card):
    """The sums of a day; with `box`, also its first open difference and its fixes."""

    day_shown = Signal(object)
    total_wanted = Signal(str)

    def __init__(self, context: Context, *, box: bool = True) -> None:
        super().__init__(margins=(16, 12, 16, 14), gap=8)
        self.context, self.scope = context, context.of(self)
        self.seen: DaySeen | None = None
        self._day: date | None = None
        self._fixes = FixDesk(self, context, self.load)
        self._build()
        self._box = box
        context.stale_when(self, TABLES, lambda _touched: self.load())

    def _build(self) -> None:
        head = hbox(gap=6)
        self.name = Label(_("Reconciliation"), "h3")
        self.badge = Badge("")
        self.badge.hide()
        self.earlier, self.later = (
            icon_button("arrow-left-s-line", _("The day before"), size=28),
            icon_button("arrow-right-s-line", _("The day after"), size=28),
        )
        self.earlier.clicked.connect(partial(self._step, -1))
        self.later.clicked.connect(partial(self._step, 1))
        head.addWidget(self.name, 1)
        for widget in (self.badge, self.earlier, self.later):
            head.addWidget(widget)
        self.body.addLayout(head)
        self._sums = QWidget()
        self._grid = QGridLayout(self._sums)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.px(10))
        self._grid.setVerticalSpacing(theme.px(7))
        self._grid.setColumnStretch(1, 1)
        self.body.addWidget(self._sums)
        self._below = vbox(gap=8)
        self.body.addLayout(self._below)

    # Asking

    def show_day(self, day: date | None) -> None:
        """Show a day; None for the newest with a bill."""
        self._day = day
        self.load()

    def load(self) -> None:
        """Ask anew."""
        self.scope.ask_latest("day", reconciled_day, self._day).then(self._show)

    def _step(self, by: int) -> None:
        if self.seen is not None:
            self.show_day(self.seen.day + timedelta(days=by))

    def _show(self, seen: DaySeen) -> None:
        first = self.seen is None or self.seen.day != seen.day
        self.seen = seen
        self._day = seen.day
        self.name.setText(_("Reconciliation · {day}").format(day=day_name(seen.day)))
        self.later.setEnabled(seen.day < seen.newest)
        words = ngettext("{count} difference", "{count} differences", seen.open).format(count=seen.open)
        told = any(c.told_minor is not None for c in seen.channels)
        self.badge.show_status(
            words if seen.open else _("All fits"),
            *(("danger", "alert") if seen.open else ("success", "done")),
        )
        self.badge.setVisible(told)
        self._sums_of(seen)
        if first:
            self.day_shown.emit(seen.day)
        if self._box:
            which = RowFilter(seen.day, which="open")
            self.scope.ask_latest("rows", bill_rows, which).then(self._show_rows)

    # Showing

    def _sums_of(self, seen: DaySeen) -> None:
        clear(self._grid)
        symbol = SYMBOLS.get(seen.currency, seen.currency)
        heads = (
            _("Channel"),
            _("Ours {symbol}").format(symbol=symbol),
            _("Bill {symbol}").format(symbol=symbol),
            _("Gap"),
        )
        for column, text in zip((0, 2, 3, 4), heads, strict=True):
            side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
            span = 2 if column == 0 else 1
            self._grid.addWidget(Label(text, "cap", "text2"), 0, column, 1, span, side)
        line = 1
        for channel in seen.channels:
            self._grid.addWidget(Divider(), line, 0, 1, 5)
            self._channel(line + 1, channel, seen.currency)
            line += 2
        self._grid.addWidget(Divider(), line, 0, 1, 5)
        self._total(line + 1, seen)

    def _channel(self, line: int, channel: ChannelDay, currency: str) -> None:
        icon, token = ICONS.get(channel.method, ICONS["other"])
        self._grid.addWidget(Mark(icon, token), line, 0)
        words = _("Cash count") if channel.source == "count" else method_word(channel.method)
        self._grid.addWidget(Label(words, "small"), line, 1)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self._grid.addWidget(Label(Money(channel.system_minor, currency).plain(), "small"), line, 2, right)
        if channel.told_minor is not None and channel.source != "typed":
            told: QWidget = Label(Money(channel.told_minor, currency).plain(), "small")
        elif channel.source == "typed":
            text = _("Type in") if channel.told_minor is None else Money(channel.told_minor, currency).plain()
            told = link(text)
            told.clicked.connect(partial(self.total_wanted.emit, channel.method))
        else:
            told = Label(_("not counted") if channel.source == "count" else _("no bill yet"), "cap", "text3")
        self._grid.addWidget(told, line, 3, right)
        self._grid.addWidget(self._gap(channel, currency), line, 4, right)

    def _gap(self, channel: ChannelDay, currency: str) -> QWidget:
        if channel.told_minor is None:
            return Label("—", "small", "text3")
        if channel.gap_minor:
            return Badge(Money(channel.gap_minor, currency).plain(), "danger", small=True)
        if channel.open:
            return Badge(str(channel.open), "warn", "alert", small=True)
        tip = _("Fits")
        if channel.settled_minor:
            settled = Money(channel.settled_minor, currency)
            tip = _("Fits; {money} were decided or stand on another day’s bill").format(money=settled)
        return Mark("checkbox-circle-fill", "success", 16, tip)

    def _total(self, line: int, seen: DaySeen) -> None:
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self._grid.addWidget(Label(_("Together"), "small_b"), line, 0, 1, 2)
        for column, minor in ((2, seen.system_minor), (3, seen.told_minor)):
            self._grid.addWidget(Label(Money(minor, seen.currency).plain(), "small_b"), line, column, right)
        tone = "danger" if seen.gap_minor else "text2"
        self._grid.addWidget(
            Label(Money(seen.gap_minor, seen.currency).plain(), "small_b", tone), line, 4, right
        )

    def _show_rows(self, page: Any) -> None:
        clear(self._below)
        rows = [row for row in page.rows if row.state != "crossed_midnight"]
        if rows:
            self._below.addWidget(difference_box(rows[0], self.context, self._fixes, most=2))
        more = link(_("All differences of the day") if len(rows) > 1 else _("Open reconciliation"))
        more.clicked.connect(self._open)
        self._below.addWidget(more, alignment=Qt.AlignmentFlag.AlignLeft)

    def _open(self) -> None:
        if self.seen is not None:
            self.context.navigate("reconcile", day=self.seen.day)


def difference_box(row: BillRowSeen, context: Context, desk: FixDesk, most: int = 9) -> NestedCard:
    """One difference: what it is about, in words, and its fixes."""
    box = NestedCard(margins=(12, 10, 12, 12), gap=8)
    head = hbox(gap=8)
    open_row = row.state not in ("matched", "resolved")
    tone = ("danger", "alert") if open_row else ("success", "done")
    head.addWidget(Badge(_("To decide") if open_row else state_word(row.state), *tone, small=True))
    number = row.order_code or row.reference or row.number
    head.addWidget(Label(f"{number} · {method_word(row.gateway)}", "small_m"), 1)
    gap = row.gap_minor or row.fee_minor - (
        row.ours_fee_minor if row.ours_fee_minor is not None else row.fee_minor
    )
    if gap and open_row:
        money = Money(abs(gap), context.currency)
        head.addWidget(Label(_("Gap {money}").format(money=money), "small_b", "danger"))
    box.body.addLayout(head)
    box.body.addWidget(Label(explain(row, context.currency), "small", "text2", wrap=True))
    if row.note and not row.note.startswith("paired:"):
        box.body.addWidget(Label(row.note, "cap", "text2", wrap=True))
    buttons = desk.buttons(row, most)
    for start in range(0, len(buttons), 2):
        line = hbox(gap=8)
        for button in buttons[start : start + 2]:
            line.addWidget(button)
        line.addStretch(1)
        box.body.addLayout(line)
    return box
