"""The product screen: the list with its filters, and the product beside it."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from desktop.basics.i18n import _, ngettext
from desktop.queries.bulk_goods import Scope
from desktop.queries.categories import CategoryTree, category_tree
from desktop.queries.order_export import export_begins
from desktop.queries.product_detail import ListRow, all_tags, price_lists
from desktop.queries.products import ProductFilter, products_count, products_page, products_with_stock
from desktop.services.goods_export import export_goods
from desktop.services.products import Created, create_product, set_on_shelf
from desktop.views.common import shortcuts
from desktop.views.common.bulk_bar import BulkBar
from desktop.views.common.buttons import icon_button, primary, secondary
from desktop.views.common.cards import Card, Divider, hbox, vbox
from desktop.views.common.commands import Command
from desktop.views.common.context import Context
from desktop.views.common.empty import EmptyState
from desktop.views.common.export_sheet import ExportSheet
from desktop.views.common.filtered_list import FilteredList
from desktop.views.common.import_button import import_button
from desktop.views.common.inputs import SearchInput, Select
from desktop.views.common.labels import Label
from desktop.views.common.paged_table import PagedTable
from desktop.views.common.skeleton import Skeleton
from desktop.views.common.table_view import TableView
from desktop.views.common.tabs import Tab, Tabs
from desktop.views.common.theme import theme
from desktop.views.products.bulk import BulkSheet
from desktop.views.products.categories import CategoriesSheet
from desktop.views.products.label_sheet import LabelSheet
from desktop.views.products.new_product import NewProductSheet
from desktop.views.products.panel import ProductPanel
from desktop.views.products.table import columns
from desktop.views.products.words import category_choices

TABLES = {
    "product", "sku", "price", "price_list", "barcode", "category", "tag", "product_tag", "sku_unit", "photo",
    "shelf", "review", "stock",
}  # fmt: skip
SHELVES = {"all": None, "on": True, "off": False}
ANY = -1  # every category


class ProductsScreen(FilteredList):
    """Goods found by name, pinyin, code or barcode, and edited in place."""

    key = "products"

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._scope = context, context.of(self)
        self._filter, self._started, self._wanted = ProductFilter(), False, 0
        self._tree = CategoryTree((), 0)
        self._with_stock = context.may(products_with_stock)
        column = vbox(self, margins=(24, 20, 24, 20), gap=14)
        column.addLayout(self._head())
        self._row = hbox(gap=12)
        self._row.addWidget(self._list(), 1)
        self.panel = ProductPanel(context, self)
        self.panel.stock_wanted.connect(lambda sku: context.navigate("inventory", sku))
        self.panel.variant_wanted.connect(self.open_item)
        self.panel.labels_wanted.connect(self.open_labels)
        self.panel.dismissed.connect(self._dismiss)
        self._row.addWidget(self.panel)
        column.addLayout(self._row, 1)
        self._keys()
        context.stale_when(self, TABLES, self._news)

    def title(self) -> str:
        """What the window is called while this screen is shown."""
        return _("Products")

    # Building

    def _head(self) -> QHBoxLayout:
        line = hbox(gap=8)
        line.addWidget(Label(_("Products"), "h1"))
        self.summary = Label("", "small", "text2")
        line.addSpacing(6)
        line.addWidget(self.summary, 1)
        line.addWidget(import_button(self._context, "goods"))
        self.export = secondary(_("Export"), "download-2-line")
        self.export.clicked.connect(self.open_export)
        if not self._context.may(export_begins):
            self.export.hide()
        line.addWidget(self.export)
        self.categories = secondary(_("Categories"), "node-tree")
        self.categories.clicked.connect(self.open_categories)
        self.many = secondary(_("Edit many"), "edit-2-line")
        self.many.clicked.connect(self.open_bulk)
        self.new = primary(_("New product"), "add-line", key="N")
        self.new.clicked.connect(self.open_new)
        may = self._context.may(create_product)
        for button in (self.many, self.categories, self.new):
            button.setEnabled(may)
            button.setToolTip("" if may else _("Your role may not change goods"))
            line.addWidget(button)
        return line

    def _list(self) -> Card:
        self.model = PagedTable(columns(self._context.currency, self._with_stock), self)
        self.model.sort_key, self.model.descending = "name", False
        self.table = TableView(self.model, name="products", two_lines=True)
        card = Card(margins=(1, 0, 1, 2))
        card.body.addLayout(self._tabs_row())
        card.body.addWidget(Divider())
        card.body.addLayout(self._filter_row())
        self.pages = QStackedWidget()
        clear = secondary(_("Clear filters"), "filter-off-line")
        clear.clicked.connect(self.clear_filters)
        self.nothing = EmptyState(_("No products match"), primary=clear, why="nothing_found")
        first = primary(_("New product"), "add-line")
        first.clicked.connect(self.open_new)
        hint = _("Name and price are enough; barcode, photo and units can follow.")
        self.first = EmptyState(_("No products yet"), hint, why="first", primary=first)
        self.waiting = Skeleton("table")
        for page in (self.table, self.nothing, self.first, self.waiting):
            self.pages.addWidget(page)
        card.body.addWidget(self.pages, 1)
        card.body.addLayout(self._bulk_row())
        self._wire()
        return card

    def _bulk_row(self) -> Any:
        self.bulk = BulkBar()
        self.bulk.add(_("Take off the shelf"), "store-2-line").clicked.connect(lambda: self._shelve(False))
        self.bulk.add(_("Put on the shelf"), "store-2-line").clicked.connect(lambda: self._shelve(True))
        self.bulk.add(_("Edit"), "edit-2-line").clicked.connect(self.open_bulk)
        self.bulk.add(_("Labels"), "price-tag-3-line").clicked.connect(self.open_labels)
        self.bulk.cleared.connect(lambda: self.model.check_all(False))
        self.bulk.hide()
        holder = vbox(margins=(6, 0, 6, 6))
        holder.addWidget(self.bulk)
        return holder

    def _tabs_row(self) -> QHBoxLayout:
        line = hbox(margins=(15, 0, 10, 0), gap=4)
        self.tabs = Tabs(
            [Tab("all", _("All")), Tab("on", _("On the shelf")), Tab("off", _("Off the shelf"))],
            name=_("Which products"),
        )
        self.tabs.picked.connect(lambda shelf: self._set_filter(on_shelf=SHELVES[shelf]))
        self.columns_button = icon_button("layout-column-line", _("Columns"))
        self.columns_button.clicked.connect(self._columns_menu)
        line.addWidget(self.tabs)
        line.addStretch(1)
        line.addWidget(self.columns_button)
        return line

    def _filter_row(self) -> QHBoxLayout:
        line = hbox(margins=(15, 9, 15, 9))
        self.search = SearchInput(_("Name, pinyin, code or barcode"))
        self.search.leads_to = self.table
        self.search.searched.connect(lambda text: self._set_filter(text=text))
        self.search.setMaximumWidth(theme.px(300))
        self.category = Select([(ANY, _("All categories"))], ANY)
        self.category.picked.connect(self._category_picked)
        self.tag = Select([("", _("All tags"))], "")
        self.tag.picked.connect(lambda tag: self._set_filter(tag=tag))
        self.found = Label("", "small", "text2", align="right")
        line.addWidget(self.search, 1)
        line.addWidget(self.category)
        line.addWidget(self.tag)
        line.addStretch(1)
        line.addWidget(self.found)
        return line

    def _keys(self) -> None:
        shortcuts.on(self, "N", self.open_new, _("New product"))
        shortcuts.on(self, "/", self._focus_search, _("Search in this list"))
        shortcuts.on(self, "Ctrl+V", self.panel.photos.paste, _("Paste a photo"))
        shortcuts.on(self, "Ctrl+S", self.panel.save_changes, _("Save"))

    def _focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def commands(self) -> list[Command]:
        """What the command palette offers first here."""
        return [
            Command(_("New product"), self.open_new, icon="add-line", keys=("N",)),
            Command(_("Edit many goods"), self.open_bulk, icon="edit-2-line"),
            Command(_("Print labels"), self.open_labels, icon="price-tag-3-line"),
            Command(_("Categories"), self.open_categories, icon="node-tree"),
        ]

    # Asking

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._started:
            self._started = True
            self.table.setFocus()
            self._ask()
            self._ask_around()

    def _questions(self) -> tuple[Any, Any]:
        return (products_with_stock if self._with_stock else products_page), products_count

    def _ask_around(self) -> None:
        self._scope.ask_latest("tree", category_tree).then(self._show_tree)
        if self._context.may(price_lists):
            self._scope.ask_latest("lists", price_lists).then(self._show_lists)
        self._scope.ask_latest("tags", all_tags).then(self._show_tags)
        for shelf, on_shelf in SHELVES.items():
            task = self._scope.ask_latest(f"count {shelf}", products_count, ProductFilter(on_shelf=on_shelf))
            task.then(partial(self._counted, shelf))

    def _counted(self, shelf: str, count: int) -> None:
        self.tabs.set_count(shelf, count)
        if shelf == "all":
            words = ngettext("{count} product", "{count} products", count)
            self.summary.setText(words.format(count=f"{count:,}"))

    def _show_tree(self, tree: CategoryTree) -> None:
        self._tree = tree
        chosen = self._filter.category_id
        options = [(ANY, _("All categories")), *category_choices(tree, _("No category"))]
        self.category.set_options(options, ANY if chosen is None else chosen)
        self.panel.use(tree=tree)

    def _show_lists(self, lists: tuple[ListRow, ...]) -> None:
        self.panel.use(lists=lists)

    def _show_tags(self, tags: tuple[str, ...]) -> None:
        self.tag.set_options([("", _("All tags")), *((tag, tag) for tag in tags)], self._filter.tag)
        self.tag.setVisible(bool(tags))

    def _news(self, touched: dict[str, frozenset[int]]) -> None:
        self.model.refresh()
        if not self.panel.editing():
            self.panel.refresh()
        if touched.keys() - {"stock", "sku"}:
            self._ask_around()

    # What came

    def _loaded(self, first: bool) -> None:
        self.pages.setCurrentWidget(self._page())
        if not self.model.rows:
            self.panel.show_sku(None)
        else:
            self._choose(first)

    def _page(self) -> QWidget:
        if self.model.rows:
            return self.table
        if self._filter == ProductFilter():
            return self.first
        chosen = self.category.currentText().strip() if self._filter.category_id is not None else ""
        shelf = {True: _("On the shelf"), False: _("Off the shelf"), None: ""}[self._filter.on_shelf]
        what = " · ".join(part for part in (self._filter.text, chosen, self._filter.tag, shelf) if part)
        self.nothing.say(_("No products match"), _("Filtered by {what}").format(what=what))
        return self.nothing

    def _current(self, sku_id: int | None) -> None:
        if sku_id == self.panel.sku_id:
            return
        if self.panel.editing():
            self.panel.ask_before_leaving(
                then=partial(self.panel.show_sku, sku_id), stay=partial(self.table.go_to, self.panel.sku_id)
            )
        else:
            self.panel.show_sku(sku_id)

    def _ticked(self) -> None:
        count = len(self.model.checked)
        self.bulk.setVisible(count >= 2)
        self.bulk.say(_("{count} goods selected").format(count=count))

    # What the person does

    def _category_picked(self, category_id: int) -> None:
        self._set_filter(category_id=None if category_id == ANY else category_id)

    def clear_filters(self) -> None:
        """Show all products again."""
        self.open_filters()

    def open_filters(self, text: str = "", shelf: str = "all", category_id: int | None = None) -> None:
        """Show the products that fit."""
        self.tabs.set_value(shelf)
        self.search.setText(text)
        self.category.set_value(ANY if category_id is None else category_id)
        self.tag.set_value("")
        self._set_filter(text=text, category_id=category_id, tag="", on_shelf=SHELVES[shelf])

    def restore(self, state: tuple[Any, ...]) -> None:
        """Stand where another one stood; categories and tags come with their answers."""
        self._filter, self.model.sort_key, self.model.descending, chosen = state
        self.tabs.set_value(next(key for key, on in SHELVES.items() if on == self._filter.on_shelf))
        self.search.setText(self._filter.text)
        self._wanted = chosen or 0

    def open_item(self, sku_id: int) -> None:
        """Show one product, wherever it stands in the list."""
        if not self.table.go_to(sku_id):
            self._wanted = sku_id
            self.panel.show_sku(sku_id)
        self._open_panel()

    def open_new(self) -> None:
        """Open the sheet for a new product."""
        if self.new.isEnabled():
            NewProductSheet(self.window(), self._context, self._tree, self._created).open()

    def _created(self, created: Created) -> None:
        self._wanted = created.sku_id
        self.panel.show_sku(created.sku_id)

    def open_bulk(self) -> None:
        """Edit what is ticked, else everything the filter finds."""
        if self.new.isEnabled() and self.panel.lists:
            scope = Scope(tuple(sorted(self.model.checked)), self._filter)
            BulkSheet(self.window(), self._context, scope, self._tree, self.panel.lists).open()

    def open_labels(self) -> None:
        """Print labels of what is ticked, else of the chosen product."""
        chosen = [row.id for row in self.model.checked_rows()] or [self.panel.sku_id]
        if chosen[0]:
            LabelSheet(self.window(), self._context, chosen).open()

    def open_categories(self) -> None:
        """Open the sheet with the tree."""
        if self.categories.isEnabled():
            CategoriesSheet(self.window(), self._context, self._tree).open()

    def open_export(self) -> None:
        """Open the sheet that writes this list to a file."""
        name = f"goods-{self._context.now().astimezone(self._context.zone):%Y%m%d}"
        count = self.model.total or 0
        ExportSheet(self, self._context, _("Export products"), name, count, export_goods, self._filter).open()

    def _shelve(self, on: bool) -> None:
        ids = [row.product_id for row in self.model.checked_rows()]

        def undo() -> None:
            self._scope.do(set_on_shelf, ids, not on)

        def done(changed: int) -> None:
            words = (
                _("{count} products put on the shelf") if on else _("{count} products taken off the shelf")
            )
            whole = changed == len(ids)  # a mixed selection has no one way back
            self._context.toast(self, words.format(count=changed), undo=undo if whole else None)

        self._scope.do(set_on_shelf, ids, on).then(done)
        self.model.check_all(False)
