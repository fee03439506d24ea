"""Stored value on a member's page: what is there, and the buttons that change it."""

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu

from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.queries.stored_value import StoredEntry, StoredFacts, kind_word
from desktop.services.stored_value import correct_stored, pay_out, top_up
from desktop.views.common import icons
from desktop.views.common.buttons import icon_button, primary
from desktop.views.common.cards import NestedCard, hbox, vbox
from desktop.views.common.cells import Toned, TwoLine
from desktop.views.common.context import Context
from desktop.views.common.labels import Label

LOOKS = {  # icon and tone of an entry
    "top_up": ("wallet-3-line", "success"),
    "bonus": ("gift-line", "points"),
    "spend": ("shopping-bag-3-line", "neutral"),
    "refund": ("arrow-go-back-line", "info"),
    "correction": ("edit-line", "info"),
    "pay_out": ("hand-coin-line", "warn"),
    "bonus_back": ("gift-line", "neutral"),
}


def parts_words(money_minor: int, bonus_minor: int, currency: str) -> str:
    """“¥500.00 own money, ¥50.00 bonus”; one of them alone when the other is nothing."""
    money, bonus = Money(money_minor, currency), Money(bonus_minor, currency)
    if money_minor and bonus_minor:
        return _("{money} own money, {bonus} bonus").format(money=money, bonus=bonus)
    return (_("{bonus} bonus") if bonus_minor else _("{money} own money")).format(money=money, bonus=bonus)


def entry_cell(entry: StoredEntry, currency: str) -> TwoLine:
    """What happened, with the order or the reason under it."""
    icon, tone = LOOKS.get(entry.kind, ("wallet-3-line", "neutral"))
    words = kind_word(entry.kind)
    more = entry.order_code or ("" if entry.note == "another route" else entry.note)
    if entry.kind == "spend" and entry.bonus_delta:
        bonus = _("{bonus} of it bonus").format(bonus=Money(-entry.bonus_delta, currency))
        more = f"{more} · {bonus}"
    return TwoLine(words, more, icon=icon, tone=tone)


def change_cell(minor: int, currency: str) -> Toned:
    """`+500.00` or `−39.90`."""
    text = Money(abs(minor), currency).plain()
    return Toned(f"+{text}", "success", strong=True) if minor > 0 else Toned(f"−{text}", "text", strong=True)


class StoredBlock(NestedCard):
    """Balance and buttons; `wanted` tells which sheet: `top_up`, `pay_out`, `correct`."""

    wanted = Signal(str)

    def __init__(self, context: Context, facts: StoredFacts) -> None:
        super().__init__()
        self._context = context
        row = hbox(gap=8)
        words = vbox(gap=2)
        balance, currency = facts.balance, context.currency
        words.addWidget(Label(_("Stored value"), "cap", "text2"))
        self.total = Label(str(Money(balance.total_minor, currency)), "number_s")
        words.addWidget(self.total)
        row.addLayout(words, 1)
        if facts.enabled and context.may(top_up):
            self.add_money = primary(_("Top up"), size=30)
            self.add_money.clicked.connect(lambda: self.wanted.emit("top_up"))
            row.addWidget(self.add_money)
        if context.may(pay_out) or context.may(correct_stored):
            self.more = icon_button("more-line", _("Pay out or correct stored value"), size=30)
            self.more.clicked.connect(self._menu)
            row.addWidget(self.more)
        self.body.addLayout(row)
        if balance.total_minor:
            parts = parts_words(balance.money_minor, balance.bonus_minor, currency)
            self.body.addWidget(Label(parts, "cap", "text2", wrap=True))

    def _menu(self) -> None:
        menu = QMenu(self)
        for key, words, icon in (
            ("pay_out", _("Pay out …"), "hand-coin-line"),
            ("correct", _("Correct …"), "edit-line"),
        ):
            menu.addAction(icons.icon(icon), words, self._asks(key))
        menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft()))

    def _asks(self, key: str) -> Any:
        return lambda: self.wanted.emit(key)
