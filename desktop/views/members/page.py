"""One member's page: profile at left, numbers and history at right."""

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.basics.words import day_text, points_text
from desktop.queries.checkout import shop_card
from desktop.queries.member_history import member_tastes, points_to_export
from desktop.queries.members import MemberDetail, TagRow, TierCount, member_detail, member_tags, tier_counts
from desktop.queries.stored_value import StoredFacts, TopUpSlip, stored_facts, top_up_slip
from desktop.services.member_credit import set_credit
from desktop.services.member_export import export_points
from desktop.services.members import adjust_points, edit_member
from desktop.views.common import shortcuts
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import icon_button, link, secondary
from desktop.views.common.cards import hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.file_dialog import choose_place
from desktop.views.common.kpi import KpiStrip, StripItem
from desktop.views.common.labels import Label
from desktop.views.common.print_sheet import Document, PrintSheet
from desktop.views.common.printing import A4, RECEIPT_58, RECEIPT_80
from desktop.views.common.theme import theme
from desktop.views.members.credit_sheet import CreditSheet
from desktop.views.members.history import History
from desktop.views.members.profile import Profile
from desktop.views.members.sheets import AdjustPointsSheet, EditSheet, TagSheet
from desktop.views.members.stored_paper import slip_lines
from desktop.views.members.stored_sheets import CorrectStoredSheet, PayOutSheet
from desktop.views.members.top_up_sheet import TopUpSheet
from desktop.views.members.words import shown_name, tier_tone

NARROW = 1_150


class MemberPage(QWidget):
    """Shows one member; `back_wanted`, `step_wanted(±1)` and `order_wanted(id)` tell the screen."""

    back_wanted = Signal()
    step_wanted = Signal(int)
    order_wanted = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context, self._background = context, context.of(self)
        self.member_id = 0
        self.member: MemberDetail | None = None
        self._stored: StoredFacts | None = None
        self._tiers: tuple[TierCount, ...] = ()
        self._known_tags: tuple[TagRow, ...] = ()
        column = vbox(self, margins=(24, 20, 24, 20), gap=14)
        column.addLayout(self._head())
        row = hbox(gap=12)
        self.profile = Profile(context)
        self.profile.edit_wanted.connect(self.edit)
        self.profile.tag_wanted.connect(self.add_tag)
        self.profile.stored_wanted.connect(self.open_stored)
        self.profile.changed.connect(self.load)
        row.addWidget(self.profile)
        right = vbox(gap=12)
        self.strip = KpiStrip()
        self.history = History(context)
        self.history.order_wanted.connect(self.order_wanted)
        self.history.export_wanted.connect(self.export)
        right.addWidget(self.strip)
        right.addWidget(self.history, 1)
        row.addLayout(right, 1)
        column.addLayout(row, 1)
        shortcuts.on(self, "Esc", self.back_wanted.emit, _("Back to the list"))

    def _head(self) -> QHBoxLayout:
        row = hbox(gap=8)
        back = icon_button("arrow-left-line", _("Back to the list"))
        back.clicked.connect(self.back_wanted)
        home = link(_("Members"))
        home.clicked.connect(self.back_wanted)
        self.title = Label("", "h1")
        self.badge = Badge("", "points", "vip-crown-fill")
        for widget in (back, home, Label("›", "body", "text3"), self.title, self.badge):
            row.addWidget(widget)
        row.addStretch(1)
        before, after = (
            icon_button("arrow-up-s-line", _("Previous member")),
            icon_button("arrow-down-s-line", _("Next member")),
        )
        before.clicked.connect(lambda: self.step_wanted.emit(-1))
        after.clicked.connect(lambda: self.step_wanted.emit(1))
        edit = secondary(_("Edit"), "edit-line")
        edit.clicked.connect(self.edit)
        if not self._context.may(edit_member):
            edit.hide()
        self.adjust = secondary(_("Correct points"), "copper-coin-line")
        self.adjust.clicked.connect(self.adjust_points)
        if not self._context.may(adjust_points):
            self.adjust.hide()
        credit = icon_button("shield-check-line", _("Credit"), framed=True)
        credit.clicked.connect(self.open_credit)
        if not self._context.may(set_credit):
            credit.hide()
        for widget in (before, after, credit, edit, self.adjust):
            row.addWidget(widget)
        return row

    # Showing

    def open_member(self, member_id: int) -> None:
        """Show this member."""
        if member_id != self.member_id:
            self.member = None
            self._stored = None
        self.member_id = member_id
        self.load()

    def load(self) -> None:
        """Ask for the member again."""
        ask = self._background.ask_latest
        ask("member", member_detail, self.member_id).then(self._show)
        ask("tastes", member_tastes, self.member_id).then(self.profile.show_tastes)
        ask("stored", stored_facts, self.member_id).then(self._show_stored)
        ask("tiers", tier_counts).then(lambda tiers: setattr(self, "_tiers", tiers))
        ask("tags", member_tags).then(lambda tags: setattr(self, "_known_tags", tags))
        if self.member is not None:
            self.history.refresh()

    def _show(self, member: MemberDetail) -> None:
        self.member = member
        self.title.setText(shown_name(member.name, member.code))
        self.badge.show_status(_(member.tier.name), tier_tone(member.tier.key), "vip-crown-fill")
        self.profile.show_member(member)
        self.history.show_member(member)
        self._show_numbers()
        self.history.export.setVisible(
            self._context.may(points_to_export) and self.history.tabs.value() == "points"
        )

    def _show_numbers(self) -> None:
        """The strip; in a narrow window the average moves under the number of orders."""
        if self.member is None:
            return
        items = self._numbers(self.member)
        if self.width() < theme.px(NARROW):
            orders, average = items[1], items.pop(2)
            items[1] = StripItem(orders.label, orders.number, "", f"{average.label} {average.number}")
        self.strip.show_items(items)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_numbers()

    def _numbers(self, member: MemberDetail) -> list[StripItem]:
        def money(minor: int) -> str:
            return str(Money(minor, self._context.currency))

        rhythm = ""
        if member.orders > 1:
            rhythm = _("one every {count} days").format(count=member.days_between_orders)
        last = _("none yet")
        if member.last_order_at:
            last = _("last {day}").format(day=self._day(member.last_order_at))
        worth = _("worth {amount}").format(amount=money(member.points_worth_minor))
        recent = _("last 90 days {amount}").format(amount=money(member.spent_recent_minor))
        ends = _("from {day}").format(day=self._day(member.expiring_at)) if member.expiring_at else ""
        return [
            StripItem(_("Spent"), money(member.spent_minor), "", recent),
            StripItem(_("Orders"), f"{member.orders:,}", "", rhythm),
            StripItem(_("Average order"), money(member.average_minor), "", last),
            StripItem(_("Usable points"), f"{member.points:,}", "", worth, "points"),
            StripItem(
                _("Expire in 30 days"),
                points_text(member.expiring),
                "",
                ends,
                "warn" if member.expiring else "",
            ),
        ]

    def _day(self, moment: object) -> str:
        return day_text(moment, self._context.now(), self._context.zone)  # type: ignore[arg-type]

    # Doing

    def edit(self) -> None:
        """Open the sheet with what is known of the member."""
        if self.member is not None and self._tiers:
            EditSheet(self.window(), self._context, self.member, self._tiers, self.load).open()

    def open_credit(self) -> None:
        """Open the sheet with how far the member is trusted."""
        CreditSheet(self.window(), self._context, self.member_id, self._credited).open()

    def _credited(self) -> None:
        self._context.toast(self, _("Credit saved"))

    def _show_stored(self, facts: StoredFacts) -> None:
        self._stored = facts
        self.profile.show_stored(facts)

    def open_stored(self, what: str) -> None:
        """Open one of the sheets of stored value: `top_up`, `pay_out`, `correct`."""
        if self.member is None or self._stored is None:
            return
        around = (self.window(), self._context, self.member)
        if what == "top_up":
            TopUpSheet(*around, self._stored, self._topped_up).open()
        elif what == "pay_out":
            PayOutSheet(*around, self._stored, self._stored_changed).open()
        else:
            CorrectStoredSheet(*around, self._stored_changed).open()

    def _stored_changed(self) -> None:
        self._context.toast(self, _("Stored value saved"))
        self.load()

    def _topped_up(self, top_up_id: int) -> None:
        self.load()
        self._background.ask(top_up_slip, top_up_id).then(self._offer_slip)

    def _offer_slip(self, slip: TopUpSlip) -> None:
        amount = Money(slip.balance.total_minor, self._context.currency)
        self._context.toast(self, _("Topped up: {amount} now").format(amount=amount))
        self._background.ask(shop_card).then(lambda card: self._print_slip(slip, card[0]))

    def _print_slip(self, slip: TopUpSlip, shop: str) -> None:
        lines = slip_lines(slip, shop, self._context)
        papers = ((RECEIPT_80, _("80 mm")), (RECEIPT_58, _("58 mm")), (A4, _("A4")))
        documents = [Document(words, words, lines, paper) for paper, words in papers]
        title = _("Print the slip of {number}").format(number=slip.number)
        PrintSheet(self.window(), self._context, title, slip.number, documents, self._printed).open()

    def _printed(self, where: str) -> None:
        self._context.toast(self, _("Sent to {name}").format(name=where))

    def add_tag(self) -> None:
        """Open the sheet that adds a tag."""
        if self.member is not None:
            TagSheet(self.window(), self._context, self.member_id, self._known_tags, self.load).open()

    def adjust_points(self) -> None:
        """Open the sheet that corrects points."""
        if self.member is not None:
            AdjustPointsSheet(self.window(), self._context, self.member, self._adjusted).open()

    def _adjusted(self, balance: int) -> None:
        self._context.toast(self, _("Points corrected: {points} now").format(points=points_text(balance)))
        self.load()

    def export(self) -> None:
        """Ask for a file and write the ledger into it."""
        if self.member is None:
            return
        choose_place(
            self,
            _("Export the ledger"),
            f"{self.member.code}.xlsx",
            "Excel (*.xlsx);;CSV (*.csv)",
            lambda name: self.export_to(Path(name)),
        )

    def export_to(self, path: Path) -> None:
        """Write the ledger that is shown into this file."""
        shop, since = self._background.shop, self.history.since()
        task = self._background.device(export_points, shop, self.member_id, path, since=since)
        task.then(lambda count: self._exported(count, path))

    def _exported(self, count: int, path: Path) -> None:
        self._context.toast(self, _("{count} entries written to {file}").format(count=count, file=path.name))
