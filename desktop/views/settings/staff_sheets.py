"""The sheets of staff: a person with roles, a new password, a new PIN."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.queries.staff import RoleRow, StaffRow
from desktop.services.staff import add_staff, edit_staff, set_password, set_pin
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import SecretInput, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.reach import Reach
from desktop.views.common.toggle import CheckBox


class PersonSheet(Sheet):
    """A new person, or one to edit; passwords are hashed on a thread of their own, before anything is written."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        roles: Sequence[RoleRow],
        person: StaffRow | None,
        done: Callable[[str], Any],
    ) -> None:
        title = _("Edit {name}").format(name=person.name) if person else _("Add a person")
        super().__init__(parent, title, verb=_("Save") if person else _("Add"), icon="user-add-line")
        self._background, self._person, self._then = context.of(self), person, done
        self.name = TextInput(person.name if person else "", longest=40, required=True)
        self.username = TextInput(longest=40, required=True)
        self.password = SecretInput(hint=_("at least 8 characters"))
        self.phone = TextInput(longest=30, hint=person.phone if person else "")
        self._fields = [Field(_("Name"), self.name)]
        if person is None:
            self._fields += [Field(_("User name"), self.username), Field(_("Password"), self.password)]
        self.reach = Reach(person.email, person.language) if person else Reach()
        self.add(
            *self._fields, Field(_("Phone"), self.phone), self.reach.email_field, self.reach.language_field
        )
        self._fields.append(self.reach.email_field)
        self.add(Label(_("Roles"), "small_m", "text2"))
        self.boxes = {role.key: CheckBox(_(role.name)) for role in roles}
        for key, box in self.boxes.items():
            box.setChecked(key in person.roles if person else key == "cashier")
            self.add(box)
        self.submitted.connect(self._go)
        self.name.setFocus()

    def ready(self) -> bool:
        return check_all(self._fields)

    def _roles(self) -> list[str]:
        return [key for key, box in self.boxes.items() if box.isChecked()]

    def _go(self) -> None:
        name = self.name.value()
        if self._person is None:
            task = self._background.device(
                add_staff,
                self._background.shop,
                username=self.username.value(),
                name=name,
                phone=self.phone.value(),
                password=self.password.value(),
                roles=self._roles(),
                email=self.reach.email.value(),
                language=self.reach.language.value(),
            )
        else:
            task = self._background.do(
                edit_staff,
                self._person.id,
                name=name,
                phone=self.phone.value() or None,
                roles=self._roles(),
                email=self.reach.email.value(),
                language=self.reach.language.value(),
            )
        task.busy(self.primary).then(lambda _result: self._saved(name)).otherwise(self.show_error)

    def _saved(self, name: str) -> None:
        self.accept()
        self._then(name)


class SecretSheet(Sheet):
    """A new password or PIN, typed twice."""

    def __init__(
        self, parent: QWidget, context: Context, person: StaffRow, kind: str, done: Callable[[str], Any]
    ) -> None:
        self._pin = kind == "pin"
        title = _("PIN of {name}") if self._pin else _("Password of {name}")
        text = _("6 to 8 digits; leave empty to take the PIN away.") if self._pin else ""
        super().__init__(
            parent, title.format(name=person.name), text=text, verb=_("Save"), icon="lock-password-line"
        )
        self._background, self._person, self._then = context.of(self), person, done
        hint = "" if self._pin else _("at least 8 characters")
        self.first = SecretInput(hint=hint, required=not self._pin)
        self.second = SecretInput(required=not self._pin)
        self._fields = [
            Field(_("New PIN") if self._pin else _("New password"), self.first),
            Field(_("Once more"), self.second),
        ]
        self.add(*self._fields)
        self.submitted.connect(self._go)
        self.first.setFocus()

    def ready(self) -> bool:
        if not check_all(self._fields):
            return False
        if self.first.value() != self.second.value():
            self._fields[1].error(_("The two are not the same."))
            return False
        return True

    def _go(self) -> None:
        procedure = set_pin if self._pin else set_password
        task = self._background.device(procedure, self._background.shop, self._person.id, self.first.value())
        task.busy(self.primary).then(lambda _none: self._saved()).otherwise(self._refused)

    def _refused(self, error: ShopError) -> None:
        self.show_error(error)
        self.first.setFocus()

    def _saved(self) -> None:
        self.accept()
        words = _("{name} has a new PIN") if self._pin else _("{name} has a new password")
        self._then(words.format(name=self._person.name))
