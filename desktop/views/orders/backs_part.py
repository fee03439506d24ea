"""The part of an order's panel about money that goes back through a provider: how much, where it stands, what to do."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.queries.order_backs import BackRow, back_words
from desktop.queries.order_words import method_word
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import secondary
from desktop.views.common.cards import hbox, vbox
from desktop.views.common.labels import Label


class BackPart(QWidget):
    """One refund; one that needs somebody leads to the list where it is seen to."""

    def __init__(self, back: BackRow, see_to: Callable[[], object] | None) -> None:
        super().__init__()
        word, tone, pip, more = back_words(back)
        column, top = vbox(self, gap=4), hbox(gap=8)
        words = _("{amount} back by {method}").format(
            amount=Money(back.amount_minor, back.currency), method=method_word(back.method)
        )
        top.addWidget(Label(words, "small_m"), 1)
        top.addWidget(Badge(word, tone, pip, small=True))
        column.addLayout(top)
        column.addWidget(Label(f"{back.number} · {more}", "cap", "text2", wrap=True))
        if back.trouble and see_to is not None:
            row, self.step = hbox(), secondary(_("To do"), "arrow-right-line", size=28)
            self.step.clicked.connect(see_to)
            row.addWidget(self.step)
            row.addStretch(1)
            column.addLayout(row)
