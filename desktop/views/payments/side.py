"""What stands beside the list: the reconciliation of a day on top, the rules payments follow below."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _, ngettext
from desktop.queries.exchange import RateLine, rate_line
from desktop.queries.pay_cards import PayRules, pay_rules
from desktop.rules.editing import switch_rule
from desktop.services.exchange import float_all
from desktop.services.settings import set_setting
from desktop.views.common.buttons import icon_button, link
from desktop.views.common.cards import Card, CardHead, Divider, TwoLines, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.inputs import Select
from desktop.views.common.paint import painting
from desktop.views.common.theme import theme
from desktop.views.common.toggle import Toggle

WIDTH = 392
ROUTE, SAME, CASH = "refunds.route", "same", "cash"
TABLES = {"rule", "setting", "fx_currency", "fx_rate"}


def minutes_text(minutes: int) -> str:
    """`30 minutes`, `36 hours`."""
    if minutes % 60 or minutes < 120:
        return ngettext("{count} minute", "{count} minutes", minutes).format(count=minutes)
    return ngettext("{count} hour", "{count} hours", minutes // 60).format(count=minutes // 60)


class RulesCard(Card):
    """收款规则: what closes by itself, where refunds go, how foreign money is reckoned; each can be changed here."""

    def __init__(self, context: Context) -> None:
        super().__init__(margins=(16, 8, 16, 6))
        self.context, self.scope = context, context.of(self)
        self.rules: PayRules | None = None
        self.rates: RateLine | None = None
        head = CardHead(_("Payment rules"))
        all_of_them = link(_("All settings"))
        all_of_them.clicked.connect(lambda: context.navigate("settings", page="payments"))
        head.add(all_of_them)
        self.body.addWidget(head)
        self._rows = vbox()
        self.body.addLayout(self._rows)
        self.closing, self.same_way = (
            Toggle(_("Close unpaid orders")),
            Toggle(_("Refunds go back the same way")),
        )
        self.closing.setEnabled(context.may(switch_rule))
        self.same_way.setEnabled(context.may(set_setting))
        self.closing.toggled.connect(self._close_unpaid)
        self.same_way.toggled.connect(self._same_way)
        self.mode = Select([("floating", _("Floating")), ("fixed", _("Fixed"))], "floating")
        self.mode.setFixedWidth(theme.px(96))
        self.mode.setEnabled(context.may(float_all))
        self.mode.picked.connect(self._float)
        self.texts = [TwoLines("", "", wrap=True) for _line in range(3)]
        for number, (words, control) in enumerate(
            zip(self.texts, (self.closing, self.same_way, self.mode), strict=True)
        ):
            if number:
                self._rows.addWidget(Divider())
            row = hbox(margins=(0, 5, 0, 5), gap=12)
            row.addWidget(words, 1)
            row.addWidget(control, alignment=Qt.AlignmentFlag.AlignVCenter)
            self._rows.addLayout(row)
        context.stale_when(self, TABLES, lambda _touched: self.load())

    def load(self) -> None:
        """Ask what holds now."""
        self.scope.ask_latest("rules", pay_rules).then(self._show_rules)
        self.scope.ask_latest("rates", rate_line).then(self._show_rates)

    def _show_rules(self, rules: PayRules) -> None:
        self.rules = rules
        self.closing.put(rules.closing)
        self.closing.setEnabled(bool(rules.rule_ids) and self.context.may(switch_rule))
        self.same_way.put(rules.route == SAME)
        self.texts[0].say(
            _("Not paid within {hours} hours: cancelled by itself").format(hours=rules.trade_hours),
            _("Retail within {time}; stock and points are set free").format(
                time=minutes_text(rules.retail_minutes)
            )
            if rules.rule_ids
            else _(
                "Can be switched as soon as the shop’s rules have been set up, within a minute of the first start"
            ),
        )
        self.texts[1].say(
            _("Refunds go back the way they came, points as points")
            if rules.route == SAME
            else _("Refunds are given back in cash, points as points")
            if rules.route == CASH
            else _("Refunds become stored value, points as points"),
            _("Points are never turned into money"),
        )

    def _show_rates(self, line: RateLine) -> None:
        self.rates = line
        self.mode.setVisible(bool(line.codes))
        if line.mode in ("fixed", "floating"):
            self.mode.set_value(line.mode)
        codes = _(", ").join(line.codes[:4])
        if not line.codes:
            caption = _("Only {currency} is taken").format(currency=self.context.currency)
        elif line.mode == "fixed":
            caption = _("{codes} · as typed in").format(codes=codes)
        else:
            at = f"{line.minute // 60:02d}:{line.minute % 60:02d}"
            caption = _("{codes} · fetched daily at {time}").format(codes=codes, time=at)
        if line.old:
            caption = _("Too old to be taken: {codes}").format(codes=_(", ").join(line.old))
        self.texts[2].say(_("Rates of foreign money"), caption)

    def _close_unpaid(self, on: bool) -> None:
        for rule_id in self.rules.rule_ids if self.rules else ():
            self.scope.do(switch_rule, rule_id, on).otherwise(self._back)

    def _same_way(self, on: bool) -> None:
        self.scope.do(set_setting, ROUTE, SAME if on else CASH).then(partial(self._said, on)).otherwise(
            self._back
        )

    def _said(self, on: bool, _none: Any) -> None:
        words = _("Refunds go back the way they came") if on else _("Refunds are given back in cash")

        def undo() -> None:
            self.scope.do(set_setting, ROUTE, CASH if on else SAME)

        self.context.toast(self, words, undo=undo)

    def _float(self, mode: str) -> None:
        self.scope.do(float_all, mode).otherwise(self._back)

    def _back(self, error: ShopError) -> None:
        """It was refused: show what holds."""
        self.context.toast(self, str(error), tone="danger")
        self.load()


class SideColumn(QScrollArea):
    """The cards beside the list; in a narrow window it lies over the list and can be closed."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFixedWidth(theme.px(WIDTH))
        inner = _Ground()
        self._column = vbox(inner, gap=12)
        self._close_row = QWidget()
        row = hbox(self._close_row, margins=(0, 4, 4, 0))
        row.addStretch(1)
        self.close_button = icon_button("close-line", _("Close"), size=30)
        row.addWidget(self.close_button)
        self._close_row.hide()
        self.rules = RulesCard(context)
        self._column.addWidget(self._close_row)
        self._column.addWidget(self.rules)
        self._column.addStretch(1)
        self.setWidget(inner)
        inner.setAutoFillBackground(False)

    def put_top(self, card: QWidget) -> None:
        """Stand this card above the rules."""
        self._column.insertWidget(1, card)

    def show_close(self, narrow: bool) -> None:
        """Whether it lies over the list now."""
        self._close_row.setVisible(narrow)


class _Ground(QWidget):
    """The page's colour behind the cards, so that nothing shines through where they lie over the list."""

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.fillRect(self.rect(), theme.color("page"))
