"""Roles: a table of check boxes, rights down, roles across."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from desktop.basics.i18n import _
from desktop.queries.staff import Matrix, RightRow, permission_matrix
from desktop.services.staff import set_rights
from desktop.views.common.cards import Card, Divider, clear
from desktop.views.common.context import Context
from desktop.views.common.field import ErrorLine
from desktop.views.common.labels import Label
from desktop.views.common.theme import theme
from desktop.views.common.toggle import CheckBox
from desktop.views.settings.form import Page

ROLE_WIDTH = 84


class RolesPage(Page):
    """What each role may do; the owner's and the guest's rights are fixed."""

    def __init__(self, context: Context) -> None:
        super().__init__(
            _("Roles and rights"), _("Only an owner can change them; they count from the next click on")
        )
        self._background, self._context = context.of(self), context
        self._matrix: Matrix | None = None
        self.boxes: dict[tuple[str, str], CheckBox] = {}
        self._card = Card(margins=(18, 8, 18, 10))
        self._error = ErrorLine()
        self.column.addWidget(self._card)
        self.column.addWidget(self._error)
        self.column.addStretch(1)
        tables = {"role_permission", "staff_role", "staff", "role"}
        context.stale_when(self, tables, lambda _touched: self.load(), editing=self.dirty)

    def load(self) -> None:
        if not self.dirty():
            self._background.ask_latest("matrix", permission_matrix).then(self._came)

    def _came(self, matrix: Matrix) -> None:
        if not self.dirty():  # ticked while it was on its way: what was ticked stays
            self._show(matrix)

    def _show(self, matrix: Matrix) -> None:
        self._matrix = matrix
        with self.same_place():
            self.boxes.clear()
            clear(self._card.body)
            self._card.body.addWidget(self._grid(matrix))
        self.bar.setVisible(False)

    def _grid(self, matrix: Matrix) -> QWidget:
        holder = QWidget()
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(4)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(0, 1)
        self._heads(grid, matrix)
        line, group = 1, ""
        for right in matrix.rights:
            if right.group != group:
                group = right.group
                head = Label(_(group), "cap_b", "text2")
                head.setFixedHeight(theme.px(34))
                grid.addWidget(head, line, 0)
                line += 1
            self._line(grid, line, right, matrix)
            line += 2
        return holder

    def _heads(self, grid: QGridLayout, matrix: Matrix) -> None:
        for column, role in enumerate(matrix.roles, start=1):
            head = Label(_(role.name), "cap_b", align="center")
            head.setFixedWidth(theme.px(ROLE_WIDTH))
            head.setFixedHeight(theme.px(34))
            head.setToolTip(_("{count} people").format(count=role.people))
            grid.addWidget(head, 0, column)

    def _line(self, grid: QGridLayout, line: int, right: RightRow, matrix: Matrix) -> None:
        words = Label(_(right.words), "small")
        words.setFixedHeight(theme.px(32))
        words.setToolTip(_(right.words))
        grid.addWidget(words, line, 0)
        for column, role in enumerate(matrix.roles, start=1):
            box = CheckBox()
            box.setChecked(role.key in right.roles)
            box.setEnabled(not role.fixed and self._context.may(set_rights))
            box.setAccessibleName(f"{_(role.name)}: {_(right.words)}")
            if role.fixed:
                box.setToolTip(_("What “{role}” may do is fixed.").format(role=_(role.name)))
            box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            box.toggled.connect(lambda _on: self._touched())
            self.boxes[(role.key, right.key)] = box
            grid.addWidget(box, line, column, Qt.AlignmentFlag.AlignCenter)
        grid.addWidget(Divider(), line + 1, 0, 1, len(matrix.roles) + 1)

    def changes(self) -> dict[str, list[str]]:
        """The roles that differ, each with all its rights."""
        assert self._matrix is not None
        found: dict[str, list[str]] = {}
        for role in self._matrix.roles:
            kept = {right.key for right in self._matrix.rights if role.key in right.roles}
            now = {key for (owner, key), box in self.boxes.items() if owner == role.key and box.isChecked()}
            if now != kept:
                found[role.key] = sorted(now)
        return found

    def _touched(self) -> None:
        self._error.say("")
        self.bar.setVisible(bool(self.changes()))

    def save(self) -> None:
        task = self._background.do(set_rights, self.changes()).busy(self.bar.button)
        task.then(lambda _none: self._saved()).otherwise(lambda error: self._error.say(str(error)))

    def _saved(self) -> None:
        self._context.toast(self, _("Rights saved; they count at once"))
        self.bar.setVisible(False)
        self.load()

    def take_back(self) -> None:
        if self._matrix is not None:
            self._show(self._matrix)
