"""The goods tree in a sheet: add, rename, move, remove."""

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _, ngettext
from desktop.queries.categories import CategoryNode, CategoryTree, category_tree
from desktop.services.categories import add_category, move_category, remove_category, rename_category
from desktop.views.common.buttons import Button, icon_button, secondary
from desktop.views.common.cards import NestedCard, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import ErrorLine, Field
from desktop.views.common.inputs import Select, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.theme import theme
from desktop.views.products.words import category_choices

INDENT = 20


class NameInput(TextInput):
    """A name; Enter presses the button beside it instead of closing the sheet."""

    def __init__(self, button: Button) -> None:
        super().__init__(longest=60)
        self._button = button

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._button.click()
            event.accept()
            return
        super().keyPressEvent(event)


class CategoriesSheet(Sheet):
    """Each change is saved at once; the lower part edits the chosen branch or adds a new one."""

    def __init__(self, parent: QWidget, context: Context, tree: CategoryTree) -> None:
        super().__init__(parent, _("Categories"), icon="node-tree", width=560)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._chosen, self._tree = context, 0, tree
        box, inside = NestedCard(), QWidget()
        self._rows = vbox(inside, margins=(8, 8, 8, 8), gap=2)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setFixedHeight(theme.px(300))
        area.setWidget(inside)
        inside.setAutoFillBackground(False)
        box.body.addWidget(area)
        self._trouble = ErrorLine()
        self._save = secondary(_("Add"), "add-line")
        self._save.clicked.connect(self._save_branch)
        self.name = NameInput(self._save)
        self.under = Select()
        self._new = secondary(_("New category"), "add-line", size=30)
        self._new.clicked.connect(partial(self._choose, None))
        self.add(box, self._trouble)
        line = hbox(gap=12)
        line.addWidget(Field(_("Category name"), self.name), 1)
        line.addWidget(Field(_("Under"), self.under), 1)
        line.addWidget(self._save, alignment=Qt.AlignmentFlag.AlignBottom)
        self.body.addLayout(line)
        self.add_left(self._new)
        self._show(tree)

    def _show(self, tree: CategoryTree) -> None:
        self._tree = tree
        clear(self._rows)
        for node in tree.nodes:
            self._rows.addWidget(self._row(node))
        if not tree.nodes:
            self._rows.addWidget(Label(_("No categories yet"), "small", "text3", align="center"))
        self._rows.addStretch(1)
        self._choose(next((node for node in tree.nodes if node.id == self._chosen), None))

    def _row(self, node: CategoryNode) -> QWidget:
        line = QWidget()
        layout = hbox(line, margins=(node.depth * INDENT, 0, 0, 0))
        name = Button(node.name, "plain", size=28)
        name.clicked.connect(partial(self._choose, node))
        count = ngettext("{count} product", "{count} products", node.goods_below)
        layout.addWidget(name)
        layout.addWidget(Label(count.format(count=f"{node.goods_below:,}"), "cap", "text3"))
        layout.addStretch(1)
        if not node.goods_below:
            remove = icon_button("close-line", _("Remove {what}").format(what=node.name), size=28)
            remove.clicked.connect(partial(self._remove, node))
            layout.addWidget(remove)
        return line

    def _choose(self, node: CategoryNode | None) -> None:
        self._chosen = node.id if node else 0
        self._trouble.say("")
        self.name.setText(node.name if node else "")
        self.under.set_options(category_choices(self._tree, _("Top")), (node.parent_id or 0) if node else 0)
        self._save.relabel(_("Save") if node else _("Add"))
        self._save.set_icon("check-line" if node else "add-line")
        self._new.setVisible(node is not None)
        self.name.setFocus()

    def _node(self) -> CategoryNode | None:
        return next((node for node in self._tree.nodes if node.id == self._chosen), None)

    def _save_branch(self) -> None:
        node, name, under = self._node(), self.name.value(), self.under.value() or None
        scope = self._context.of(self)
        if node is None:
            scope.do(add_category, name, under).busy(self._save).then(self._again).otherwise(self._say)
            return
        if name != node.name:
            scope.do(rename_category, node.id, name).then(self._again).otherwise(self._say)
        if under != node.parent_id:
            scope.do(move_category, node.id, under).then(self._again).otherwise(self._say)

    def _remove(self, node: CategoryNode) -> None:
        self._context.of(self).do(remove_category, node.id).then(self._again).otherwise(self._say)

    def _again(self, _result: object) -> None:
        self._context.of(self).ask_latest("tree", category_tree).then(self._show).otherwise(self._say)

    def _say(self, error: ShopError) -> None:
        self._trouble.say(str(error))
