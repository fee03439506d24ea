"""One product beside the list: photo, shelf, the form, its codes and units."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.queries.categories import CategoryTree
from desktop.queries.product_detail import ListRow, ProductDetail, product_cost, product_detail, product_photo
from desktop.services.prices import PriceChange
from desktop.services.products import ProductChanges, edit_product, set_on_shelf, set_prices
from desktop.views.common.background import Scope, Task
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import Button, icon_button, plain, primary, secondary
from desktop.views.common.cards import Card, Divider, TwoLines, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.empty import EmptyState
from desktop.views.common.labels import Label
from desktop.views.common.product_picture import ProductPicture
from desktop.views.common.scrolled import scrolled
from desktop.views.common.theme import theme
from desktop.views.products.codes import Codes
from desktop.views.products.form import ProductForm
from desktop.views.products.other_names import OtherNames
from desktop.views.products.photos import Photos
from desktop.views.products.said import Said
from desktop.views.products.shelves import Shelves
from desktop.views.products.variants import Variants
from desktop.views.products.words import shelf_badge, title_of

WIDTH = 392


class ProductPanel(Card):
    """Shows and edits one SKU's product; `stock_wanted(sku)` asks for its stock."""

    stock_wanted = Signal(int)
    variant_wanted = Signal(int)
    labels_wanted = Signal()
    dismissed = Signal()

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(margins=(1, 0, 1, 2), parent=parent)
        self._context, self._sku = context, 0
        self._detail: ProductDetail | None = None
        self._came: ProductDetail | None = None  # read, perhaps before the categories and price lists
        self._photo_stale = False
        self._tree: CategoryTree | None = None
        self._lists: tuple[ListRow, ...] = ()
        self._may = context.may(edit_product)
        self.setFixedWidth(theme.px(WIDTH))
        self._may_look = context.may(product_detail)
        hint = _("Choose a product in the list to see and change it.")
        if not self._may_look:
            hint = _("Your role may look at the list only.")
        self._empty = EmptyState(_("No product selected"), hint, why="all_done")
        self._sheet = QWidget()
        column = vbox(self._sheet)
        column.addWidget(self._head())
        column.addWidget(Divider())
        column.addWidget(self._middle(), 1)
        column.addWidget(self._save_bar())
        self.body.addWidget(self._empty, 1)
        self.body.addWidget(self._sheet, 1)
        self._sheet.hide()

    def _head(self) -> QWidget:
        head = QWidget()
        column = vbox(head, margins=(16, 14, 16, 14), gap=12)
        line = hbox(gap=12)
        self.picture = ProductPicture("box", 56)
        self.names, self.badge = TwoLines("", ""), Badge("")
        self._close = icon_button("close-line", _("Close"), size=28)
        self._close.clicked.connect(self.dismissed)
        self._close.hide()
        line.addWidget(self.picture)
        line.addWidget(self.names, 1)
        line.addWidget(self.badge, alignment=Qt.AlignmentFlag.AlignTop)
        line.addWidget(self._close, alignment=Qt.AlignmentFlag.AlignTop)
        column.addLayout(line)
        buttons = hbox()
        self.shelf = Button("", icon="store-2-line", size=30)
        self.shelf.clicked.connect(self.toggle_shelf)
        self.stock = plain(_("Stock"), "archive-line", size=30)
        self.stock.clicked.connect(lambda: self.stock_wanted.emit(self._sku))
        self.labels = plain(_("Labels"), "price-tag-3-line", size=30)
        self.labels.clicked.connect(self.labels_wanted)
        for button in (self.shelf, self.stock, self.labels):
            buttons.addWidget(button)
        buttons.addStretch(1)
        self.shelf.setEnabled(self._may)
        self.shelf.setToolTip("" if self._may else _("Your role may not change goods"))
        column.addLayout(buttons)
        return head

    def _middle(self) -> QScrollArea:
        self._scroll, body = scrolled((16, 14, 16, 16), 14)
        self.photos = Photos(self._context, self._may)
        self.photos.changed.connect(self._photos_changed)
        self.form = ProductForm(self._context.currency)
        self.form.edited.connect(self._edited)
        self.cost = Label("", "small", "text2")
        self.codes = Codes(self._context)
        self.variants = Variants(self._context, self._may, self.variant_wanted.emit)
        self.shelves = Shelves(self._context, self._may)
        self.said = Said(self._context)
        self.other_names = OtherNames(self._context)
        parts = (self.variants, self.codes, self.other_names, self.shelves, self.said)
        for widget in (self.photos, self.form, self.cost, Divider(), *parts):
            body.addWidget(widget)
        body.addStretch(1)
        return self._scroll

    def _save_bar(self) -> QWidget:
        self.bar = QWidget()
        column = vbox(self.bar)
        column.addWidget(Divider())
        line = hbox(margins=(16, 10, 16, 10))
        line.addWidget(Label(_("Not saved yet"), "small", "text2"), 1)
        self.discard = secondary(_("Discard"))
        self.discard.clicked.connect(self._discard)
        self.save = primary(_("Save"), key="Ctrl S")
        self.save.clicked.connect(self.save_changes)
        line.addWidget(self.discard)
        line.addWidget(self.save)
        column.addLayout(line)
        self.bar.hide()
        return self.bar

    # What is shown

    def use(self, tree: CategoryTree | None = None, lists: tuple[ListRow, ...] | None = None) -> None:
        """Know the categories and price lists."""
        self._tree = tree or self._tree
        self._lists = lists or self._lists
        if self._came is not None and not self.editing():
            self._show(self._came)

    @property
    def lists(self) -> tuple[ListRow, ...]:
        """The price lists, once they were read."""
        return self._lists

    @property
    def sku_id(self) -> int:
        """The SKU shown, 0 for none."""
        return self._sku

    def editing(self) -> bool:
        """Whether something typed waits to be saved."""
        return self._detail is not None and self.form.is_edited()

    def show_sku(self, sku_id: int | None) -> None:
        """Show another SKU, or none."""
        self._sku = sku_id or 0 if self._may_look else 0
        self._empty.setVisible(not self._sku)
        if not self._sku:
            self._detail = self._came = None
            self._sheet.hide()
        else:
            self.refresh()

    def refresh(self) -> None:
        """Read the shown product again."""
        if self._sku:
            self._context.of(self).ask_latest("detail", product_detail, self._sku).then(self._read)

    def _read(self, detail: ProductDetail) -> None:
        """Show what came, unless something typed about it waits to be saved."""
        if not (self.editing() and self._detail is not None and self._detail.row.id == detail.row.id):
            self._show(detail)

    def _show(self, detail: ProductDetail) -> None:
        self._came = detail
        if self._tree is None or not self._lists:
            return  # without its choices the form would take the product for changed
        row = detail.row
        fresh = self._detail is None or self._detail.row.id != row.id
        photo_changed = (
            self._photo_stale or self._detail is None or self._detail.row.has_photo != row.has_photo
        )
        self._photo_stale = False
        self._detail = detail
        caption = " · ".join(part for part in (row.code, row.category, row.unit) if part)
        self.names.say(title_of(row), caption)
        self.badge.show_status(*shelf_badge(row.on_shelf))
        self.shelf.relabel(_("Take off the shelf") if row.on_shelf else _("Put on the shelf"))
        self.stock.setVisible(row.kind in ("goods", "weighed"))
        self.photos.show_product(row.product_id)
        self.form.show_product(detail, self._tree, self._lists)
        self.form.set_editable(self._may)
        self.codes.show_product(detail, self._lists)
        self.variants.show_product(detail)
        self.shelves.show_product(detail)
        self.said.show_product(row.product_id)
        self.other_names.show_goods(self._sku)
        self.bar.hide()
        if fresh:
            self._scroll.verticalScrollBar().setValue(0)
        if fresh or photo_changed:
            self._show_picture(row.has_photo)
        self._ask_cost()
        self._sheet.show()

    def _show_picture(self, has_photo: bool) -> None:
        assert self._detail is not None
        row = self._detail.row
        self.picture.show_key(row.picture or "box")
        if has_photo:
            task = self._context.of(self).ask_latest("photo", product_photo, row.product_id)
            task.then(lambda data: data is not None and self.picture.show_image(data))

    def _ask_cost(self) -> None:
        self.cost.setVisible(self._context.may(product_cost))
        if self._context.may(product_cost):
            self._context.of(self).ask_latest("cost", product_cost, self._sku).then(self._show_cost)

    def _show_cost(self, minor: int) -> None:
        amount = str(Money(minor, self._context.currency)) if minor else "—"
        self.cost.setText(_("Average cost {amount}").format(amount=amount))

    def show_close(self, on: bool) -> None:
        """Whether the panel can be closed: it then lies over the list."""
        self._close.setVisible(on)

    # Saving

    def _edited(self) -> None:
        self.bar.setVisible(self.form.is_edited())

    def _discard(self) -> None:
        if self._detail is not None:
            self._show(self._detail)
            self.refresh()  # what others changed meanwhile

    def ask_before_leaving(self, *, then: Callable[[], object], stay: Callable[[], object]) -> Sheet:
        """Ask once what becomes of what was typed, then go on or stay."""
        assert self._detail is not None
        title = _("{name} isn’t saved yet").format(name=title_of(self._detail.row))
        sheet = Sheet(
            self.window(),
            title,
            verb=_("Save"),
            icon="save-3-line",
            text=_("Save the changes before moving on?"),
        )
        sheet.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        drop = plain(_("Discard"))
        sheet.add_left(drop)

        def go(saved: bool) -> None:
            sheet.accept()
            if saved and not self.save_changes():
                stay()
                return
            self.bar.hide()
            then()

        drop.clicked.connect(partial(go, False))
        sheet.submitted.connect(partial(go, True))
        sheet.rejected.connect(stay)
        sheet.open()
        return sheet

    def save_changes(self) -> bool:
        """Save what differs from what was read; False when something typed is wrong."""
        if self._detail is None or not self.bar.isVisible() or not self.form.ready():
            return False
        changes, prices = self.form.changes(), self.form.price_changes()
        back, prices_back = self.form.way_back()
        product, sku, window = self._detail.row.product_id, self._sku, self.window()
        task = _write(self._context.of(self), product, sku, changes, prices)

        def undo() -> None:
            _write(self._context.of(window), product, sku, back, prices_back)

        if task is not None:
            task.busy(self.save).then(lambda _none: self._saved(undo))
        return True

    def _saved(self, undo: Callable[[], None]) -> None:
        self._context.toast(self, _("Saved"), undo=undo)
        self._context.of(self).ask_latest("detail", product_detail, self._sku).then(self._show)

    # Deeds

    def toggle_shelf(self) -> None:
        """Take the product off the shelf or put it back; the toast takes it back."""
        if self._detail is None or not self._may:
            return
        row, scope = self._detail.row, self._context.of(self.window())
        on = not row.on_shelf

        def undo() -> None:
            scope.do(set_on_shelf, [row.product_id], not on)

        words = _("{name} is on the shelf") if on else _("{name} is off the shelf")
        task = scope.do(set_on_shelf, [row.product_id], on).busy(self.shelf)
        task.then(lambda _n: self._context.toast(self, words.format(name=title_of(row)), undo=undo))

    def _photos_changed(self) -> None:
        self._photo_stale = True  # another photo may have taken the place of the main one
        self.refresh()


def _write(
    scope: Scope, product_id: int, sku_id: int, changes: ProductChanges | None, prices: list[PriceChange]
) -> Task | None:
    """Save fields, then prices; deeds of one window keep their order, so the last one ends both."""
    task = None
    if changes is not None:
        task = scope.do(edit_product, product_id, changes)
    if prices:
        task = scope.do(set_prices, sku_id, prices)
    return task
