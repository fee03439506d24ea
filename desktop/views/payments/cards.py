"""One card per way to pay: what it brought in the span, whether it is the usual one, its fee, and its switch."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop.basics.i18n import _, ngettext
from desktop.basics.money import Money
from desktop.queries.order_words import method_word
from desktop.queries.pay_cards import DEFAULT, FALLBACK, OFF, MethodCardFacts
from desktop.queries.pay_words import reason_word
from desktop.views.common.badges import Badge
from desktop.views.common.cards import Card, IconTile, clear, hbox, vbox
from desktop.views.common.focus_ring import ring_on_focus
from desktop.views.common.labels import Label
from desktop.views.common.method_icons import ICONS
from desktop.views.common.toggle import Toggle

ALWAYS = ("wechat", "alipay", "card", "cash", "points")


def percent(basis_points: int) -> str:
    """`0.38%`, `50%`."""
    whole, part = divmod(basis_points, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".") + "%"


class MethodCard(Card):
    """Taken money and count, and whether it is the one the list shows; `picked` on click, `switched` by the toggle."""

    picked = Signal(str)
    switched = Signal(str, bool)

    def __init__(
        self,
        facts: MethodCardFacts,
        words: "CardWords",
        chosen: bool,
        may: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            margins=(13, 13, 13, 13), gap=7, fill="selected" if chosen else "surface", parent=parent
        )
        self.method = facts.sum.method
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        name = method_word(self.method)
        icon, token = ICONS.get(self.method, ICONS["other"])
        row, text = hbox(gap=8), vbox()
        row.addWidget(IconTile(icon, "neutral", 36, brand=token if token.startswith("brand_") else ""))
        text.addWidget(_shrinking(Label(name, "small_b")))
        text.addWidget(_shrinking(Label(words.count(facts), "cap", "text2")))
        row.addLayout(text, 1)
        self.toggle = self._switch(name, facts.sum.enabled, may)
        row.addWidget(self.toggle, alignment=Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(row)
        amount = str(Money(facts.sum.taken_minor, words.currency))
        middle = hbox(gap=6)
        sum_ = Label(amount, "h2")
        sum_.setMinimumWidth(sum_.sizeHint().width())  # a sum is never cut: rather the other cards give way
        middle.addWidget(sum_)
        middle.addStretch(1)
        badge = words.badge(facts)
        if badge:
            middle.addWidget(Badge(badge[0], badge[1], small=True))
        self.body.addLayout(middle)
        caption, tone = words.caption(facts)
        self.body.addWidget(Label(caption, "cap", tone, wrap=True))
        self.body.addStretch(1)
        self.setAccessibleName(f"{name} {amount}")
        self.setAccessibleDescription(caption)

    def _switch(self, name: str, on: bool, may: bool) -> Toggle:
        toggle = Toggle(name)
        toggle.put(on)
        toggle.setEnabled(may)
        if not may:
            toggle.setToolTip(_("Your role may not do this."))
        toggle.toggled.connect(lambda on: self.switched.emit(self.method, on))
        return toggle

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.picked.emit(self.method)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.picked.emit(self.method)
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: object) -> None:
        ring_on_focus(self, event, 10)  # type: ignore[arg-type]


def _shrinking(label: Label) -> Label:
    """A line that gives way to the card's width; the whole of it stands in its tooltip."""
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return label


class CardWords:
    """What the cards say, in the shop's currency and with the rules points go by."""

    def __init__(self, currency: str, zone: ZoneInfo, cap_bp: int, per_unit: int) -> None:
        self.currency, self.zone, self._cap_bp, self._per_unit = currency, zone, cap_bp, per_unit

    def count(self, facts: MethodCardFacts) -> str:
        """`47 payments`."""
        taken = facts.sum.taken
        return (
            ngettext("{count} order", "{count} orders", taken)
            if facts.kind == "points"
            else ngettext("{count} payment", "{count} payments", taken)
        ).format(count=f"{taken:,}")

    def badge(self, facts: MethodCardFacts) -> tuple[str, str] | None:
        """The words and tone of the badge at right."""
        if facts.down is not None and facts.sum.enabled:
            return _("Resting"), "danger"
        if facts.use == OFF:
            return _("Not offered"), "neutral"
        if facts.kind == "points":
            return _("At most {share}").format(share=percent(self._cap_bp)), "points"
        if facts.use == DEFAULT:
            return _("Default"), "primary"
        if facts.use == FALLBACK:
            return _("Fallback {number}").format(number=facts.fallback), "neutral"
        if facts.channels and "online" not in facts.channels:
            return _("Store only"), "neutral"
        return (_("Online only"), "neutral") if facts.channels == ("online",) else None

    def caption(self, facts: MethodCardFacts) -> tuple[str, str]:
        """The line at the foot, or two where the window is narrow, and its colour."""
        if facts.down is not None and facts.sum.enabled:
            return reason_word(facts.down.reason), "danger_fg"
        parts = []
        if facts.waiting:
            waiting = ngettext("{count} under way", "{count} under way", facts.waiting)
            parts.append(waiting.format(count=f"{facts.waiting:,}"))
        if facts.kind == "points":
            unit = Money.parse("1", self.currency)
            parts += [
                _("{points} pts = {money}").format(points=f"{self._per_unit:,}", money=unit),
                _("never paid out"),
            ]
        if facts.kind == "cash":
            parts.append(
                _("No drawer is open")
                if facts.held_minor is None
                else _("In the drawers {money}").format(money=Money(facts.held_minor, self.currency))
            )
        if facts.kind == "stored_value" and facts.held_minor is not None:
            parts.append(_("Members hold {money}").format(money=Money(facts.held_minor, self.currency)))
        if facts.fee_bp:
            parts.append(_("Fee {share}").format(share=percent(facts.fee_bp)))
        if facts.expires_at is not None:
            parts.append(self._expiry(facts))
        elif not facts.connected:
            parts.append(_("not connected yet"))
        if facts.discount_bp:
            parts.append(_("{share} off").format(share=percent(facts.discount_bp)))
        if facts.sum.given and len(parts) < 2:
            back = Money(-facts.sum.given_minor, self.currency)
            parts.append(_("Refunded {money} · {count}×").format(count=f"{facts.sum.given:,}", money=back))
        return " · ".join(parts) or _("Taken by hand"), "warn_fg" if facts.soon else "text2"

    def _expiry(self, facts: MethodCardFacts) -> str:
        """When the account's certificate ends: the day when that is soon."""
        assert facts.expires_at is not None
        local = facts.expires_at.astimezone(self.zone)
        return _("cert. to {day}").format(day=f"{local:%m/%d}" if facts.soon else f"{local:%Y-%m}")


class MethodCards(QWidget):
    """The row of cards; `picked(method)` narrows the list to it, again to all."""

    picked = Signal(str)
    switched = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = hbox(self, gap=12)

    def show_cards(self, cards: Sequence[MethodCardFacts], words: CardWords, chosen: str, may: bool) -> None:
        """Show the usual ways to pay and every other one that was used."""
        clear(self._row)
        for facts in cards:
            if (
                facts.sum.method in ALWAYS
                or facts.sum.taken
                or facts.sum.given
                or facts.waiting
                or facts.use == DEFAULT
            ):
                card = MethodCard(facts, words, facts.sum.method == chosen, may)
                card.picked.connect(self.picked)
                card.switched.connect(self.switched)
                self._row.addWidget(card, 1)
