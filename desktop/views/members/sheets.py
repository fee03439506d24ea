"""The sheets of members: sign up, edit, tag, correct points."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, _
from desktop.basics.ids import new_key
from desktop.basics.words import points_text
from desktop.queries.members import MemberDetail, TagRow, TierCount
from desktop.services.members import (
    SignedUp,
    add_tag,
    adjust_points,
    change_phone,
    edit_member,
    set_tier,
    sign_up,
)
from desktop.views.common.background import Task
from desktop.views.common.buttons import secondary
from desktop.views.common.cards import hbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import Select, TextArea, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import IntegerInput
from desktop.views.common.reach import Reach
from desktop.views.common.segment import Segment
from desktop.views.members.words import shown_name


class SignUpSheet(Sheet):
    """One field: type the number, press Enter, done."""

    def __init__(self, parent: QWidget, context: Context, done: Callable[[SignedUp], Any]) -> None:
        super().__init__(
            parent,
            _("Sign up a member"),
            text=_("The phone number is enough; the name can follow later."),
            verb=_("Sign up"),
            icon="user-add-line",
            width=400,
        )
        self._background, self._then = context.of(self), done
        self.phone = TextInput(hint="138 0000 0000", longest=30, required=True)
        self._field = Field(_("Phone number"), self.phone)
        self.add(self._field)
        self.submitted.connect(self._go)
        self.phone.setFocus()

    def ready(self) -> bool:
        return check_all([self._field])

    def _go(self) -> None:
        task = self._background.do(sign_up, self.phone.value())
        task.busy(self.primary).then(self._made).otherwise(self._refused)

    def _refused(self, error: ShopError) -> None:
        self.show_error(error)
        self.phone.setFocus()

    def _made(self, made: SignedUp) -> None:
        self.accept()
        self._then(made)


class AdjustPointsSheet(Sheet):
    """Add or take away points, with the reason everybody will read."""

    def __init__(
        self, parent: QWidget, context: Context, member: MemberDetail, done: Callable[[int], Any]
    ) -> None:
        name = shown_name(member.name, member.code)
        super().__init__(
            parent,
            _("Correct the points of {name}").format(name=name),
            verb=_("Correct"),
            icon="copper-coin-line",
        )
        self._background, self._member, self._then, self._key = context.of(self), member, done, new_key()
        self.way = Segment([(1, _("Add")), (-1, _("Take away"))], 1)
        self.points = IntegerInput(None, least=1, most=1_000_000, unit=_("pts"), required=True)
        self.reason = TextInput(longest=120, required=True)
        help_text = _("The member and the audit trail show it.")
        self._fields = [Field(_("Points"), self.points), Field(_("Reason"), self.reason, help_text)]
        self.after = Label("", "small", "text2")
        self.add(self.way, *self._fields, self.after)
        self.way.picked.connect(lambda _way: self._foresee())
        self.points.textChanged.connect(lambda _text: self._foresee())
        self.submitted.connect(self._go)
        self._foresee()

    def _delta(self) -> int:
        try:
            return int(self.way.value()) * (self.points.number() or 0)
        except ShopError:
            return 0

    def _foresee(self) -> None:
        balance = self._member.points + self._delta()
        self.after.setText(
            _("{now} now, {later} after it").format(
                now=points_text(self._member.points), later=points_text(balance)
            )
        )
        self.after.look(color="danger_fg" if balance < 0 else "text2")

    def ready(self) -> bool:
        return check_all(self._fields)

    def _go(self) -> None:
        reason = self.reason.value()
        task = self._background.do(
            adjust_points, self._member.id, self._delta(), reason, client_key=self._key
        )
        task.busy(self.primary).then(self._made).otherwise(self.show_error)

    def _made(self, balance: int) -> None:
        self.accept()
        self._then(balance)


class EditSheet(Sheet):
    """What is known of a member."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        member: MemberDetail,
        tiers: tuple[TierCount, ...],
        done: Callable[[], Any],
    ) -> None:
        super().__init__(
            parent, _("Edit {name}").format(name=shown_name(member.name, member.code)), verb=_("Save")
        )
        self._background, self._member, self._then = context.of(self), member, done
        self._steps: list[Callable[[], Task]] = []
        self.name = TextInput(member.name, longest=60)
        self.gender = Segment([("f", _("Ms")), ("m", _("Mr")), ("", _("Not said"))], member.gender)
        born = member.birthday.isoformat() if member.birthday else ""
        self.birthday = TextInput(born, hint="1990-12-03", longest=10)
        self.tier = Select([(t.key, _(t.name)) for t in tiers], member.tier.key)
        self.note = TextArea(member.note, lines=3)
        self.phone = TextInput(hint=member.phone, longest=30)
        self.add(Field(_("Name"), self.name), Field(_("Form of address"), self.gender))
        self.add(Field(_("Birthday"), self.birthday), Field(_("Tier"), self.tier))
        if context.may(change_phone):
            keep = _("Leave empty to keep {phone}.").format(phone=member.phone)
            self.add(Field(_("New phone number"), self.phone, keep))
        self.reach = Reach(member.email, member.language)
        self.add(self.reach.email_field, self.reach.language_field, Field(_("Note"), self.note))
        self.submitted.connect(self._go)

    def ready(self) -> bool:
        return check_all([self.reach.email_field])

    def _go(self) -> None:
        """The tier and the number are deeds of their own, with rows of their own in the audit trail."""
        member, do = self._member, self._background.do
        facts = {
            "name": self.name.value(),
            "gender": self.gender.value(),
            "birthday": self.birthday.value(),
            "note": self.note.value(),
            "email": self.reach.email.value(),
            "language": self.reach.language.value(),
        }
        tier, phone = self.tier.value(), self.phone.value()
        self._steps = [lambda: do(edit_member, member.id, **facts)]
        if tier != member.tier.key:
            self._steps.append(lambda: do(set_tier, member.id, tier))
        if phone:
            self._steps.append(lambda: do(change_phone, member.id, phone))
        self._next()

    def _next(self) -> None:
        if self._steps:
            task = self._steps.pop(0)()
            task.busy(self.primary).then(lambda _none: self._next()).otherwise(self.show_error)
        else:
            self.accept()
            self._then()


class TagSheet(Sheet):
    """Give a member a tag: a known word or a new one."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        member_id: int,
        known: tuple[TagRow, ...],
        done: Callable[[], Any],
    ) -> None:
        super().__init__(parent, _("Add a tag"), verb=_("Add"), icon="price-tag-3-line", width=380)
        self._background, self._member_id, self._then = context.of(self), member_id, done
        self.word = TextInput(longest=20, required=True)
        self._field = Field(_("Tag"), self.word)
        self.add(self._field)
        row = hbox(gap=6)
        for tag in known[:5]:
            row.addWidget(self._choice(tag.name))
        row.addStretch(1)
        self.body.addLayout(row)
        self.submitted.connect(self._go)
        self.word.setFocus(Qt.FocusReason.OtherFocusReason)

    def _choice(self, word: str) -> QWidget:
        button = secondary(word, size=28)
        button.clicked.connect(lambda: self.word.setText(word))
        return button

    def ready(self) -> bool:
        return check_all([self._field])

    def _go(self) -> None:
        task = self._background.do(add_tag, self._member_id, self.word.value())
        task.busy(self.primary).then(lambda _id: self._made()).otherwise(self.show_error)

    def _made(self) -> None:
        self.accept()
        self._then()


JOINED = N_("{name} joined with {points}.")
KNOWN = N_("This number belongs to {name} already: {points}.")


def sentence_for(made: SignedUp) -> str:
    """What the toast says after signing up."""
    words = JOINED if made.is_new else KNOWN
    return _(words).format(name=shown_name(made.name, made.code), points=points_text(made.points))
