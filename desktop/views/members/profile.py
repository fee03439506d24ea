"""The left card of a member's page: who it is, tier, contact, tags, tastes, note."""

from datetime import timedelta
from typing import Any

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.basics.words import percent_text
from desktop.queries.member_history import Taste
from desktop.queries.members import MemberDetail, member_phone
from desktop.queries.stored_value import StoredFacts
from desktop.services.members import add_tag, edit_member, remove_tag
from desktop.views.common import icons
from desktop.views.common.avatar import Avatar
from desktop.views.common.badges import Badge, Tag
from desktop.views.common.buttons import icon_button, link
from desktop.views.common.cards import Card, CardHead, Divider, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.labels import Label
from desktop.views.common.paint import painting
from desktop.views.common.progress_panel import ProgressBar
from desktop.views.common.theme import theme
from desktop.views.members.stored import StoredBlock
from desktop.views.members.tier_card import TierCard
from desktop.views.members.words import ORIGINS, birthday_text, days_until, shown_name

SHOWN_MS = 30_000  # an uncovered number is covered again after this


class _Icon(QWidget):
    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(18), theme.px(20))

    def paintEvent(self, event: QPaintEvent) -> None:
        with painting(self) as painter:
            icons.draw(painter, QRectF(self.rect()), self._name, "text2", theme.px(16))


class ContactRow(QWidget):
    """An icon, a word, its value, and perhaps something at the right."""

    def __init__(self, icon: str, word: str, value: str = "", trailing: QWidget | None = None) -> None:
        super().__init__()
        self.setFixedHeight(theme.px(28))
        row = hbox(self, gap=8)
        row.addWidget(_Icon(icon))
        label = Label(word, "small", "text2")
        label.setFixedWidth(theme.px(66))
        row.addWidget(label)
        self.value = Label(value, "small")
        row.addWidget(self.value, 1)
        if trailing is not None:
            row.addWidget(trailing)


class PhoneRow(ContactRow):
    """The masked number; the eye uncovers it for 30 s and leaves a row in the audit trail."""

    def __init__(self, context: Context, member: MemberDetail) -> None:
        self.eye = icon_button("eye-line", _("Show the number for 30 seconds (recorded)"), size=26)
        super().__init__("smartphone-line", _("Phone"), member.phone, self.eye)
        self._background, self._member = context.of(self), member
        self.eye.setVisible(context.may(member_phone))
        self.eye.clicked.connect(self._press)
        self._cover = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._cover.timeout.connect(self.cover)

    def _press(self) -> None:
        if self._cover.isActive():
            self.cover()
        else:
            self._background.ask(member_phone, self._member.id).then(self._show)

    def _show(self, phone: str) -> None:
        self.value.setText(phone)
        self.eye.set_icon("eye-off-line")
        self._cover.start()

    def cover(self) -> None:
        """Mask the number again."""
        self._cover.stop()
        self.value.setText(self._member.phone)
        self.eye.set_icon("eye-line")


class TasteRow(QWidget):
    """A branch of the goods and its share of the money."""

    def __init__(self, taste: Taste) -> None:
        super().__init__()
        row = hbox(self, gap=10)
        name = Label(taste.name or _("Other"), "small")
        name.setFixedWidth(theme.px(56))
        bar = ProgressBar("primary" if taste.name else "c1_soft")
        bar.show_part(taste.share_bp, 10_000)
        share = Label(percent_text(round_to_hundred(taste.share_bp)), "small", "text2", align="right")
        share.setFixedWidth(theme.px(40))
        row.addWidget(name)
        row.addWidget(bar, 1)
        row.addWidget(share)


def round_to_hundred(basis_points: int) -> int:
    """Whole percents, half up."""
    return (basis_points + 50) // 100 * 100


class Profile(Card):
    """Everything known of one member; `edit_wanted`, `tag_wanted`, `stored_wanted` and `changed` tell the page."""

    edit_wanted = Signal()
    tag_wanted = Signal()
    stored_wanted = Signal(str)
    changed = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__(margins=(1, 1, 1, 2))
        self._context, self._background = context, context.of(self)
        self.setFixedWidth(theme.px(292))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.viewport().setAutoFillBackground(False)
        inner = QWidget()
        self._column = vbox(inner, margins=(15, 15, 15, 15), gap=12)
        area.setWidget(inner)
        inner.setAutoFillBackground(False)  # setWidget switches it on
        self.body.addWidget(area)
        self.phone_row: PhoneRow | None = None
        self._tastes: tuple[Taste, ...] = ()
        self._stored: StoredFacts | None = None
        self._member: MemberDetail | None = None
        theme.changed.connect(self._rescale)

    def _rescale(self) -> None:
        """Another text size: the width and every row follow."""
        self.setFixedWidth(theme.px(292))
        self._build()

    def show_member(self, member: MemberDetail) -> None:
        """Show this member."""
        self._member = member
        self._build()

    def show_tastes(self, tastes: tuple[Taste, ...]) -> None:
        """Show what the money went to."""
        self._tastes = tastes
        self._build()

    def show_stored(self, facts: StoredFacts) -> None:
        """Show what the member has paid in advance."""
        self._stored = facts
        self._build()

    def _build(self) -> None:
        member = self._member
        if member is None:
            return
        clear(self._column)
        column = self._column
        column.addLayout(self._head(member))
        card = TierCard()
        card.show_tier(member.tier, Money(member.spent_minor, self._context.currency))
        column.addWidget(card)
        if self._stored is not None and self._stored.shown:
            block = StoredBlock(self._context, self._stored)
            block.wanted.connect(self.stored_wanted)
            column.addWidget(block)
        column.addLayout(self._contact(member))
        column.addWidget(Divider())
        self._tags(column, member)
        if self._tastes:
            column.addWidget(Divider())
            column.addWidget(CardHead(_("Likes to buy"), _("last 12 months")))
            tastes = vbox(gap=8)
            for taste in self._tastes:
                tastes.addWidget(TasteRow(taste))
            column.addLayout(tastes)
        column.addWidget(Divider())
        self._note(column, member)
        column.addStretch(1)

    def _head(self, member: MemberDetail) -> Any:
        row = hbox(gap=14)
        row.addWidget(Avatar(member.name, 56, guest=not member.name))
        words = vbox(gap=4)
        words.addStretch(1)
        words.addWidget(Label(shown_name(member.name, member.code), "h2"))
        joined = member.created_at.astimezone(self._context.zone).date().isoformat()
        since = _("{code} · joined {day}").format(code=member.code, day=joined)
        words.addWidget(Label(since, "cap", "text2", wrap=True))
        words.addStretch(1)
        row.addLayout(words, 1)
        return row

    def _contact(self, member: MemberDetail) -> QVBoxLayout:
        column = vbox()
        self.phone_row = PhoneRow(self._context, member)
        column.addWidget(self.phone_row)
        if member.birthday:
            column.addWidget(self._birthday(member))
        if member.usual_till:
            column.addWidget(ContactRow("map-pin-line", _("Buys at"), _(member.usual_till)))
        if member.origin in ORIGINS:
            column.addWidget(ContactRow("qr-code-line", _("Came by"), _(ORIGINS[member.origin])))
        if member.referred_by or member.brought:
            brought = _("brought {count}").format(count=member.brought) if member.brought else ""
            words = " · ".join(part for part in (member.referred_by, brought) if part)
            column.addWidget(ContactRow("user-shared-line", _("Friends"), words))
        return column

    def _birthday(self, member: MemberDetail) -> ContactRow:
        assert member.birthday is not None
        today = self._context.now().astimezone(self._context.zone).date()
        days = days_until(member.birthday, today)
        soon = None
        if timedelta(days=days) <= timedelta(days=14):
            words = _("Today") if days == 0 else _("in {count} days").format(count=days)
            soon = Badge(words, "warn", small=True)
        return ContactRow("cake-2-line", _("Birthday"), birthday_text(member.birthday), soon)

    def _tags(self, column: QVBoxLayout, member: MemberDetail) -> None:
        head = CardHead(_("Tags"))
        if self._context.may(add_tag):
            add = link(_("Add"))
            add.clicked.connect(self.tag_wanted)
            head.add(add)
        column.addWidget(head)
        flow = vbox(gap=6)
        row, used = hbox(gap=6), 0
        for tag in member.tags:
            chip = Tag(tag.name, removable=self._context.may(remove_tag))
            chip.removed.connect(lambda tag_id=tag.id: self._remove(tag_id))
            width = chip.sizeHint().width() + 6
            if used and used + width > theme.px(256):
                row.addStretch(1)
                flow.addLayout(row)
                row, used = hbox(gap=6), 0
            row.addWidget(chip)
            used += width
        row.addStretch(1)
        flow.addLayout(row)
        if member.tags:
            column.addLayout(flow)
        else:
            column.addWidget(Label(_("No tags yet"), "small", "text3"))

    def _remove(self, tag_id: int) -> None:
        assert self._member is not None
        member_id, name = self._member.id, next(t.name for t in self._member.tags if t.id == tag_id)

        def undo() -> None:
            self._background.do(add_tag, member_id, name).then(lambda _id: self.changed.emit())

        def removed(_none: object) -> None:
            self._context.toast(self, _("Tag “{name}” removed").format(name=name), undo=undo)
            self.changed.emit()

        self._background.do(remove_tag, member_id, tag_id).then(removed)

    def _note(self, column: QVBoxLayout, member: MemberDetail) -> None:
        head = CardHead(_("Note"))
        if self._context.may(edit_member):
            edit = link(_("Edit"))
            edit.clicked.connect(self.edit_wanted)
            head.add(edit)
        column.addWidget(head)
        tone = "text2" if member.note else "text3"
        column.addWidget(Label(member.note or _("Nothing noted yet"), "small", tone, wrap=True))
