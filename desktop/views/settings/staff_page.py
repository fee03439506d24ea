"""People: who works here, with which roles; add, edit, switch off, give a password or a PIN."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu, QWidget

from desktop.basics.i18n import _
from desktop.queries.staff import Matrix, RoleRow, StaffRow, permission_matrix, staff_list
from desktop.services.staff import set_active
from desktop.views.common import icons, say, shortcuts
from desktop.views.common.avatar import Avatar
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import icon_button, primary
from desktop.views.common.cards import Card, Divider, TwoLines, clear, hbox
from desktop.views.common.context import Context
from desktop.views.common.labels import Label
from desktop.views.common.theme import theme
from desktop.views.common.toggle import Toggle
from desktop.views.settings.form import Page
from desktop.views.settings.staff_sheets import PersonSheet, SecretSheet

ROLE_TONES = {"owner": "points", "merchant": "primary", "senior_agent": "info"}


class StaffPage(Page):
    """The list of people."""

    def __init__(self, context: Context) -> None:
        super().__init__(_("Staff"))
        self._context, self._background = context, context.of(self)
        self._roles: tuple[RoleRow, ...] = ()
        add = primary(_("Add a person"), "user-add-line", key="N")
        add.clicked.connect(self.add)
        shortcuts.on(self, "N", self.add, _("Add a person"))
        self.head.addWidget(add)
        self._card = Card(margins=(0, 4, 0, 6))
        self.column.addWidget(self._card)
        note = _("Everybody signs in with an own password; the PIN opens the kiosk’s staff menu.")
        self.column.addWidget(Label(note, "cap", "text2", wrap=True))
        self.column.addStretch(1)
        context.stale_when(self, {"staff", "staff_role", "role_permission"}, lambda _touched: self.load())

    def load(self) -> None:
        self._background.ask_latest("roles", permission_matrix).then(self._know_roles)

    def _know_roles(self, matrix: Matrix) -> None:
        self._roles = tuple(role for role in matrix.roles if role.key != "guest")
        self._background.ask_latest("list", staff_list).then(self._show)

    def _show(self, people: tuple[StaffRow, ...]) -> None:
        with self.same_place():
            clear(self._card.body)
            for number, person in enumerate(people):
                if number:
                    self._card.body.addWidget(Divider())
                self._card.body.addWidget(self._row(person))

    def _row(self, person: StaffRow) -> QWidget:
        widget = QWidget()
        row = hbox(widget, margins=(18, 8, 12, 8), gap=12)
        row.addWidget(Avatar(person.name, 36, guest=not person.active))
        facts = [f"@{person.username}", person.phone, _("PIN set") if person.has_pin else _("no PIN")]
        words = TwoLines(person.name, " · ".join(fact for fact in facts if fact), style="small_b")
        row.addWidget(words, 1)
        names = {role.key: _(role.name) for role in self._roles}
        for key in person.roles:
            row.addWidget(Badge(names.get(key, key), ROLE_TONES.get(key, "neutral"), small=True))
        state = Label(_("Active") if person.active else _("Switched off"), "cap", "text2", align="right")
        state.setFixedWidth(theme.px(80))
        row.addWidget(state)
        toggle = Toggle(_("{name} may sign in").format(name=person.name))
        toggle.put(person.active)
        toggle.setEnabled(person.id != self._context.user_id)
        toggle.clicked.connect(lambda: self._switch(person, toggle))
        row.addWidget(toggle)
        more = icon_button("more-line", _("More for {name}").format(name=person.name))
        more.clicked.connect(lambda: self._menu(person, more))
        row.addWidget(more)
        return widget

    def _switch(self, person: StaffRow, toggle: Toggle) -> None:
        on = not person.active

        def refused(error: Any) -> None:
            toggle.put(person.active)
            say.error(self, error)

        def undo() -> None:
            self._background.do(set_active, person.id, not on)

        def done(_none: object) -> None:
            words = _("{name} can sign in again") if on else _("{name} is switched off")
            self._context.toast(self, words.format(name=person.name), undo=undo)

        self._background.do(set_active, person.id, on).then(done).otherwise(refused)

    def _menu(self, person: StaffRow, button: QWidget) -> None:
        menu = QMenu(self)
        entries: list[tuple[str, str, Callable[[], object]]] = [
            (_("Edit"), "edit-line", lambda: self.edit(person)),
            (_("Set a password"), "lock-password-line", lambda: self.secret(person, "password")),
            (_("Set a PIN"), "key-2-line", lambda: self.secret(person, "pin")),
        ]
        for words, icon, run in entries:
            action = menu.addAction(icons.icon(icon, "text2", 16), words)
            action.triggered.connect(lambda _checked=False, go=run: go())
        menu.popup(button.mapToGlobal(QPoint(0, button.height())))

    def add(self) -> None:
        """Open the sheet for a new person."""
        if self._roles:
            PersonSheet(self.window(), self._context, self._roles, None, self._added).open()

    def edit(self, person: StaffRow) -> None:
        """Open the sheet with what is known of a person."""
        PersonSheet(self.window(), self._context, self._roles, person, lambda _name: self.load()).open()

    def secret(self, person: StaffRow, kind: str) -> None:
        """Open the sheet for a new password or PIN."""
        SecretSheet(self.window(), self._context, person, kind, self._kept).open()

    def _added(self, name: str) -> None:
        self._context.toast(self, _("{name} can sign in now").format(name=name))
        self.load()

    def _kept(self, words: str) -> None:
        self._context.toast(self, words)
        self.load()
