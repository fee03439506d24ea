"""The panel beside the list: one case, what happened, what it is about, and its next step as the one primary button."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLayout, QMenu, QScrollArea, QWidget

from desktop.basics.i18n import _
from desktop.basics.money import Money, quantity_text
from desktop.basics.words import when_text
from desktop.queries.after_sale_detail import CaseDetail, CaseEvent, CaseLine, NewGoods, case_photo
from desktop.queries.after_sale_words import condition_word, event_note, event_word, kind_word
from desktop.queries.order_words import status_word
from desktop.services.after_sale_goods import receive_goods, undo_receipt
from desktop.services.after_sale_settling import settle_case
from desktop.services.after_sales import (
    add_case_photos,
    approve_case,
    close_case,
    note_on_case,
    refuse_case,
    withdraw_case,
)
from desktop.views.aftersales.table import state_badge
from desktop.views.common import icons
from desktop.views.common.after_sale_sheet import MOST_PHOTOS
from desktop.views.common.avatar import Avatar
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import Button, icon_button, primary, secondary
from desktop.views.common.cards import Card, Divider, Facts, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.labels import Label
from desktop.views.common.photo_strip import PhotoStrip
from desktop.views.common.product_picture import ProductPicture
from desktop.views.common.theme import theme
from desktop.views.common.timeline import Step, Timeline

WIDTH, MARGIN = 360, 16
ENDED = ("closed", "refused", "cancelled")
RIGHTS = {
    "approve": approve_case, "refuse": refuse_case, "arrive": receive_goods, "unarrive": undo_receipt,
    "settle": settle_case, "close": close_case, "withdraw": withdraw_case, "note": note_on_case,
}  # fmt: skip
NEXT = {
    "asked": "approve", "approved": "settle", "awaited": "arrive", "received": "settle", "settled": "close",
}  # fmt: skip


def can(case: CaseDetail) -> set[str]:
    """What may be done to a case in this state."""
    found = {"note", "print"}
    if case.state in NEXT:
        found.add(NEXT[case.state])
    if case.state in ("asked", "received"):
        found.add("refuse")
    if case.state in ("asked", "approved", "awaited"):
        found.add("withdraw")
    if case.state == "received":
        found.add("unarrive")
    return found


class CasePanel(Card):
    """Shows a case; `wanted(verb)` says what the person wants done."""

    wanted = Signal(str)
    dismissed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(margins=(1, 0, 1, 2), parent=parent)
        self.context, self.case = context, None
        self.setFixedWidth(theme.px(WIDTH))
        hint = _("Choose a case in the list to see what it is about.")
        self._empty = EmptyState(_("No case selected"), hint, why="all_done")
        self._sheet = QWidget()
        column = vbox(self._sheet)
        column.addLayout(self._head())
        column.addWidget(Divider())
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        inner = QWidget()
        self._inner = vbox(inner)
        self._scroll.setWidget(inner)
        for part in (self._scroll.viewport(), inner):  # setWidget switches it on
            part.setAutoFillBackground(False)
        column.addWidget(self._scroll, 1)
        self.body.addWidget(self._empty, 1)
        self.body.addWidget(self._sheet, 1)
        self._sheet.hide()
        self.setAccessibleName(_("Case details"))

    case: CaseDetail | None

    def _head(self) -> QLayout:
        column = vbox(margins=(MARGIN, 12, MARGIN, 14), gap=8)
        top = hbox(gap=8)
        self.number, self.badge = Label("", "h2"), Badge("")
        top.addWidget(self.number)
        top.addWidget(self.badge)
        top.addStretch(1)
        self._close = icon_button("close-line", _("Close"), size=28)
        self._close.clicked.connect(self.dismissed.emit)
        self._close.hide()
        top.addWidget(self._close)
        self.caption = Label("", "cap", "text2", wrap=True)
        self.deeds = hbox(gap=6)
        column.addLayout(top)
        column.addWidget(self.caption)
        column.addLayout(self.deeds)
        return column

    def show_close(self, on: bool) -> None:
        """Whether the panel can be closed: it then lies over the list."""
        self._close.setVisible(on)

    def show_nothing(self) -> None:
        """No case is chosen."""
        self.case = None
        self._sheet.hide()
        self._empty.show()

    def show_case(self, case: CaseDetail) -> None:
        """Show another case, or the same one anew at the same place."""
        same = self.case is not None and self.case.id == case.id
        place = self._scroll.verticalScrollBar().value() if same else 0
        self.case = case
        self._empty.hide()
        self._sheet.show()
        self.number.setText(case.code)
        self.badge.show_status(*state_badge(case.state))
        when = when_text(case.opened_at, self.context.now(), self.context.zone)
        self.caption.setText(" · ".join((kind_word(case.kind), _(case.reason), when)))
        self._show_deeds(case)
        clear(self._inner)
        self._tell(case)
        self._inner.addStretch(1)
        self._scroll.verticalScrollBar().setValue(place)

    # What can be done

    def _show_deeds(self, case: CaseDetail) -> None:
        clear(self.deeds)
        main = NEXT.get(case.state, "")
        looks = {
            "approve": (_("Approve"), "check-line"), "settle": (_("Settle"), "check-double-line"),
            "arrive": (_("Goods arrived"), "inbox-archive-line"), "close": (_("Close case"), "check-line"),
        }  # fmt: skip
        if main:
            self.primary = self._button(primary(*looks[main], size=30), main)
            self.deeds.addWidget(self.primary)
        if case.state == "asked":
            self.deeds.addWidget(self._button(secondary(_("Refuse"), "close-line", size=30), "refuse"))
        self.deeds.addWidget(self._button(secondary(_("Return slip"), "printer-line", size=30), "print"))
        self.deeds.addStretch(1)
        more = icon_button("more-line", _("More"), size=30, framed=True)
        more.clicked.connect(partial(self._more, more))
        self.deeds.addWidget(more)

    def _button(self, button: Button, verb: str) -> Button:
        button.clicked.connect(partial(self.wanted.emit, verb))
        if verb in RIGHTS and not self.context.may(RIGHTS[verb]):
            button.setEnabled(False)
            button.setToolTip(_("Your role may not do this."))
        return button

    def _more(self, button: Button) -> None:
        assert self.case is not None
        ways = can(self.case)
        menu = QMenu(button)
        for verb, text, icon in (
            ("unarrive", _("Take the arrival back…"), "arrow-go-back-line"),
            ("refuse", _("Refuse…"), "close-line"),
            ("note", _("Add note…"), "chat-1-line"),
            ("withdraw", _("Withdraw case…"), "close-circle-line"),
        ):
            if verb in ways:
                entry = menu.addAction(icons.icon(icon, "text2"), text)
                entry.setEnabled(self.context.may(RIGHTS[verb]))
                entry.triggered.connect(partial(self.wanted.emit, verb))
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    # What it says

    def _tell(self, case: CaseDetail) -> None:
        self._section(
            Timeline([self._step(case, place) for place in range(len(case.events))] + _coming(case))
        )
        goods = QWidget()
        column = vbox(goods, gap=8)
        for line in case.lines:
            column.addLayout(self._line(line, case))
        if case.goods:
            column.addWidget(Label(_("Sent instead"), "cap_m", "text2"))
            for one in case.goods:
                column.addLayout(self._sent(one))
        self._section(goods)
        if case.note:
            self._section(Label(_("“{text}”").format(text=case.note), "small", "text", wrap=True))
        if case.photos or self.context.may(add_case_photos):
            self._section(self._photos(case))
        facts = Facts()
        facts.show_rows(facts_of(case))
        self._section(facts)
        self._section(self._order(case))

    def _step(self, case: CaseDetail, place: int) -> Step:
        event: CaseEvent = case.events[place]
        when = when_text(event.at, self.context.now(), self.context.zone)
        note = event_note(event.kind, event.note)
        words = " · ".join(part for part in (when, event.who, note) if part)
        last = place + 1 == len(case.events)
        stopped = event.kind in ("refused", "cancelled")
        state = "stopped" if stopped else "now" if last and case.state not in ENDED else "past"
        return Step(event_word(event.kind), words, state)  # type: ignore[arg-type]

    def _section(self, widget: QWidget) -> None:
        holder = QWidget()
        vbox(holder, margins=(MARGIN, 10, MARGIN, 10)).addWidget(widget)
        if self._inner.count():
            self._inner.addWidget(Divider())
        self._inner.addWidget(holder)

    def _line(self, line: CaseLine, case: CaseDetail) -> QLayout:
        row, words = hbox(gap=10), vbox()
        row.addWidget(ProductPicture(line.picture, 38, name=line.name))
        words.addWidget(Label(line.name, "small_m"))
        words.addWidget(Label(" · ".join(p for p in (line.pack, line.code) if p), "cap", "text2"))
        row.addLayout(words, 1)
        amount = vbox()
        if line.amount_minor:
            amount.addWidget(Label(str(Money(line.amount_minor, case.currency)), "small_m", align="right"))
            amount.addWidget(Label(_("without goods"), "cap", "text2", align="right"))
        else:
            count = _("× {quantity}").format(quantity=quantity_text(line.qty_milli))
            amount.addWidget(Label(count, "small_m", align="right"))
            amount.addWidget(Label(_condition(line, case), "cap", "text2", align="right"))
        row.addLayout(amount)
        return row

    def _sent(self, one: NewGoods) -> QLayout:
        row = hbox(gap=10)
        row.addWidget(ProductPicture(one.picture, 34, name=one.name))
        row.addWidget(Label(one.name, "small_m"), 1)
        row.addWidget(
            Label(_("× {quantity}").format(quantity=quantity_text(one.qty_milli)), "small_m", align="right")
        )
        return row

    def _photos(self, case: CaseDetail) -> QWidget:
        may = self.context.may(add_case_photos) and case.state not in ENDED
        strip = PhotoStrip(self.context, MOST_PHOTOS, may)
        found: dict[int, bytes] = {}
        scope = self.context.of(strip)

        def have(photo_id: int, data: bytes) -> None:
            found[photo_id] = data
            if len(found) == len(case.photos):
                strip.show_photos([found[key] for key in case.photos], can_remove=False)

        for photo_id in case.photos:
            scope.ask(case_photo, photo_id).then(partial(have, photo_id)).otherwise(lambda _e: None)
        strip.added.connect(lambda data: scope.do(add_case_photos, case.id, (data,)))
        strip.show_photos([], can_remove=False)
        return strip

    def _order(self, case: CaseDetail) -> QWidget:
        widget = QWidget()
        column = vbox(widget, gap=8)
        row, words = hbox(gap=10), vbox()
        row.addWidget(Avatar(case.member_name, 34, guest=not case.member_name))
        words.addWidget(Label(case.member_name or _("Walk-in"), "small_b"))
        order = _("Order {number}").format(number=case.order_short)
        words.addWidget(Label(f"{order} · {status_word(case.order_status)}", "cap", "text2"))
        row.addLayout(words, 1)
        row.addWidget(self._go_to(_("Order"), case.order_id))
        column.addLayout(row)
        if case.replacement_id is not None:
            line = hbox(gap=10)
            new = _("New order {number}").format(number=case.replacement_short)
            line.addWidget(Label(f"{new} · {status_word(case.replacement_status)}", "small_m"), 1)
            line.addWidget(self._go_to(_("Order"), case.replacement_id))
            column.addLayout(line)
        return widget

    def _go_to(self, words: str, order_id: int) -> Button:
        view = Button(words, "plain", "arrow-right-line", size=28)
        view.clicked.connect(lambda: self.context.navigate("orders", order_id))
        return view


def _condition(line: CaseLine, case: CaseDetail) -> str:
    if case.kind in ("refund", "reship"):
        return ""
    if not line.received_milli:
        return condition_word(line.condition)
    if line.damaged_milli:
        return _("{count} arrived, {bad} of them damaged").format(
            count=quantity_text(line.received_milli), bad=quantity_text(line.damaged_milli)
        )
    return _("{count} arrived").format(count=quantity_text(line.received_milli))


def _coming(case: CaseDetail) -> list[Step]:
    """What is still to come of a case that goes on."""
    words = {
        "refund": _("Money goes back"), "return": _("Money goes back"), "exchange": _("New order, difference settled"),
        "reship": _("Parcel leaves again"),
    }[case.kind]  # fmt: skip
    goods = case.kind in ("return", "exchange")
    found = []
    if case.state == "asked":
        found.append(Step(_("Approval")))
    if case.state in ("asked", "awaited") and goods:
        found.append(Step(_("Goods arrive")))
    if case.state in ("asked", "awaited", "approved", "received"):
        found.append(Step(words))
    return found


def facts_of(case: CaseDetail) -> list[tuple[str, str, str]]:
    """The money of a case: what it is worth, what came of it."""

    def money(minor: int) -> str:
        return str(Money(minor, case.currency))

    rows = [(_("Worth when asked"), money(case.worth_minor), "")] if case.kind != "reship" else []
    if case.with_freight:
        rows.append((_("Freight"), _("goes back, too"), ""))
    if case.tracking:
        rows.append((_("Parcel that comes back"), case.tracking, ""))
    if case.parcel:
        rows.append((_("Sent again by"), case.parcel, ""))
    if case.difference_minor > 0:
        rows.append((_("To be collected"), money(case.difference_minor), "strong"))
    if case.refunded_minor or (case.state == "closed" and case.kind in ("refund", "return")):
        rows.append((_("Money back"), money(case.refunded_minor), "strong"))
    if case.points_returned:
        rows.append((_("Points back"), f"+{case.points_returned:,}", "points"))
    if case.points_taken_back:
        rows.append((_("Earned points taken back"), f"−{case.points_taken_back:,}", "danger"))
    return rows or [(_("Costs the customer"), _("nothing"), "")]


__all__ = ["NEXT", "RIGHTS", "CasePanel", "can", "facts_of"]
