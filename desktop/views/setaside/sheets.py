"""A campaign made, renamed or moved in time, and a line given another quantity."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_, _
from desktop.basics.ids import new_key
from desktop.basics.money import quantity_text
from desktop.queries.places import Place, PlaceStock, stock_by_place
from desktop.queries.products import ProductRow
from desktop.queries.set_aside import CampaignLine, CampaignRow
from desktop.services.set_aside import AsideLine, add_goods, change_campaign, change_quantity, set_aside
from desktop.views.common.buttons import icon_button
from desktop.views.common.cards import Divider, Facts, TwoLines, hbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.goods_scan import GoodsScan, goods_name
from desktop.views.common.inputs import DateInput, Select, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import QuantityInput, Stepper
from desktop.views.common.product_picture import ProductPicture
from desktop.views.common.scrolled import LinesBox
from desktop.views.common.theme import theme
from desktop.views.setaside.words import line_title

MOST = 10**12


class MomentInput(QWidget):
    """A day and a time of the shop's clock."""

    def __init__(self, context: Context, moment: datetime) -> None:
        super().__init__()
        self._zone = context.zone
        local = moment.astimezone(context.zone)
        self.day, self.time = DateInput(local.date()), TextInput(f"{local:%H:%M}", longest=5, required=True)
        self.time.setAccessibleName(_("Time of day"))
        self.time.setFixedWidth(theme.px(72))
        row = hbox(self)
        row.addWidget(self.day, 1)
        row.addWidget(self.time)

    def moment(self) -> datetime:
        """The moment, aware. Raises `Malformed` for a time that is none."""
        hours, _colon, minutes = self.time.value().replace("：", ":").partition(":")
        if not (hours.isdigit() and minutes.isdigit()) or int(hours) > 23 or int(minutes) > 59:
            raise Malformed(N_("“{text}” is no time. Type it as 18:30."), text=self.time.value())
        chosen = self.day.day()
        return datetime(chosen.year, chosen.month, chosen.day, int(hours), int(minutes), tzinfo=self._zone)

    def problem(self) -> str:
        """What is wrong with it, or nothing."""
        try:
            self.moment()
        except Malformed as error:
            return str(error)
        return ""


class Line(QWidget):
    """One kind of goods of a new campaign, with what is free of it."""

    changed = Signal()
    removed = Signal(int)

    def __init__(self, row: ProductRow, milli: int) -> None:
        super().__init__()
        self.sku_id = row.id
        self.free: int | None = None
        line = hbox(self, margins=(0, 6, 0, 6), gap=10)
        line.addWidget(ProductPicture(row.picture or "box", 34))
        line.addWidget(TwoLines(goods_name(row), row.code), 1)
        self.left = Label("", "cap", "text2", align="right")
        words = _("Quantity of {name}").format(name=goods_name(row))
        self.quantity = Stepper(milli, least=1, most=MOST, name=words)
        remove = icon_button("close-line", _("Remove"), size=28)
        remove.clicked.connect(partial(self.removed.emit, row.id))
        for widget in (self.left, self.quantity, Label(row.unit, "cap", "text2"), remove):
            line.addWidget(widget)
        self.quantity.changed.connect(self._show)

    @property
    def short(self) -> bool:
        """Whether more is wanted than is free."""
        return self.free is not None and self.quantity.milli() > self.free

    def show_free(self, milli: int) -> None:
        """Say what is free at the place."""
        self.free = milli
        self._show()

    def _show(self, *_changed: Any) -> None:
        if self.free is not None:
            self.left.setText(_("{quantity} free").format(quantity=quantity_text(self.free)))
            self.left.look(color="danger_fg" if self.short else "text2")
        self.changed.emit()


class CampaignSheet(Sheet):
    """Sets goods aside for a campaign: name, time, place, and scan after scan what it gets."""

    def __init__(
        self, parent: QWidget, context: Context, places: Sequence[Place], done: Callable[[int], Any]
    ) -> None:
        super().__init__(
            parent, _("Set stock aside"), verb=_("Set stock aside"), icon="archive-line", width=680
        )
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._then, self._key = context, done, new_key()
        self.lines: dict[int, Line] = {}
        now = context.now()
        self.name = TextInput(hint=_("For example: weekend sale"), longest=60, required=True)
        self.starts = MomentInput(context, now)
        self.ends = MomentInput(context, now + timedelta(days=3))
        selling = [(place.id, place.name) for place in places if place.sells]
        self.place = Select(selling, selling[0][0] if selling else None)
        self._fields = [
            Field(_("Campaign"), self.name),
            Field(_("From"), self.starts),
            Field(_("Until"), self.ends),
        ]
        times = QWidget()
        row = hbox(times, gap=12)
        row.addWidget(self._fields[1], 1)
        row.addWidget(self._fields[2], 1)
        self.scan = GoodsScan(context)
        self.scan.picked.connect(self.add_goods)
        self.add(self._fields[0], times)
        if len(selling) > 1:
            self.add(Field(_("Place"), self.place))
        hint = _("Held from now on, for this campaign's sales alone; what is left returns when it ends.")
        self.add(self.scan, self._list(), Label(hint, "cap", "text3", wrap=True))
        self.place.picked.connect(self._look_again)
        self.submitted.connect(self._save)
        self._count()

    def _list(self) -> QWidget:
        box = LinesBox(200)
        self._rows = box.rows
        self._hint = Label(_("Nothing scanned yet"), "small", "text3", align="center")
        self._rows.addWidget(self._hint)
        self._rows.addStretch(1)
        return box

    def add_goods(self, row: ProductRow, milli: int) -> None:
        """Add a line, or more of the one there is; the newest stands on top."""
        known = self.lines.get(row.id)
        if known is not None:
            known.quantity.put(known.quantity.milli() + milli)
            self._count()
            return
        line = self.lines[row.id] = Line(row, milli)
        line.changed.connect(self._count)
        line.removed.connect(self._remove)
        self._rows.insertWidget(0, line)
        self._rows.insertWidget(1, Divider())
        self._look_at(line)
        self.order_tabs()
        self._count()

    def _look_again(self, *_place: Any) -> None:
        for line in self.lines.values():
            self._look_at(line)

    def _look_at(self, line: Line) -> None:
        asked = self._context.of(line).ask_latest("free", stock_by_place, line.sku_id)
        asked.then(partial(self._seen, line))

    def _seen(self, line: Line, found: tuple[PlaceStock, ...]) -> None:
        here = [row for row in found if row.location_id == self.place.value()]
        line.show_free(here[0].available_milli if here else 0)

    def _remove(self, sku_id: int) -> None:
        line = self.lines.pop(sku_id)
        divider = self._rows.itemAt(self._rows.indexOf(line) + 1)
        for widget in (line, divider.widget() if divider is not None else None):
            if widget is not None:
                self._rows.removeWidget(widget)
                widget.deleteLater()
        self._count()

    def _count(self, *_changed: Any) -> None:
        self._hint.setVisible(not self.lines)
        short = any(line.short for line in self.lines.values())
        self.primary.setEnabled(bool(self.lines) and not short)

    def ready(self) -> bool:
        return check_all(self._fields)

    def _save(self) -> None:
        lines = [AsideLine(line.sku_id, line.quantity.milli()) for line in self.lines.values()]
        task = self._context.of(self).do(
            set_aside, self.name.value(), lines, starts_at=self.starts.moment(), ends_at=self.ends.moment(),
            client_key=self._key, location_id=self.place.value(),
        )  # fmt: skip
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, set_aside_id: int) -> None:
        self.accept()
        self._then(set_aside_id)


class EditSheet(Sheet):
    """Another name or another time for an open campaign."""

    def __init__(self, parent: QWidget, context: Context, row: CampaignRow) -> None:
        super().__init__(parent, _("Change the campaign"), verb=_("Save"), icon="edit-line", width=460)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._row, self._window = context, row, parent
        self.name = TextInput(row.name, longest=60, required=True)
        self.starts, self.ends = MomentInput(context, row.starts_at), MomentInput(context, row.ends_at)
        self.note = TextInput(row.note, longest=500)
        self._fields = [
            Field(_("Campaign"), self.name),
            Field(_("From"), self.starts),
            Field(_("Until"), self.ends),
        ]
        self.add(*self._fields, Field(_("Note"), self.note))
        self.submitted.connect(self._save)

    def ready(self) -> bool:
        return check_all(self._fields)

    def _save(self) -> None:
        task = self._context.of(self).do(
            change_campaign, self._row.id, name=self.name.value(), starts_at=self.starts.moment(),
            ends_at=self.ends.moment(), note=self.note.value(),
        )  # fmt: skip
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, _nothing: None) -> None:
        self.accept()
        self._context.toast(self._window, _("Campaign changed"))


class QuantitySheet(Sheet):
    """More or less of one kind of goods."""

    def __init__(self, parent: QWidget, context: Context, line: CampaignLine) -> None:
        title = _("Quantity of {name}").format(name=line_title(line))
        super().__init__(parent, title, verb=_("Save"), icon="archive-line", width=420)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._line, self._window = context, line, parent
        most = line.qty_milli + max(0, line.free_milli)
        self.amount = QuantityInput(
            line.qty_milli, unit=line.unit, required=True, least=line.sold_milli, most=most
        )
        self.quantity = Field(_("Set aside in all"), self.amount)
        facts = Facts()
        facts.show_rows(
            [
                (_("Sold by the campaign"), quantity_text(line.sold_milli), ""),
                (_("Free besides"), quantity_text(max(0, line.free_milli)), ""),
            ]
        )
        self.add(facts, self.quantity)
        self.submitted.connect(self._save)

    def ready(self) -> bool:
        return check_all([self.quantity])

    def _save(self) -> None:
        wanted, seen = self.amount.milli() or 0, self._line.qty_milli
        task = self._context.of(self).do(change_quantity, self._line.id, wanted, seen)
        task.busy(self.primary).then(partial(self._done, wanted, seen)).otherwise(self.show_error)

    def _done(self, wanted: int, seen: int, _more: int) -> None:
        self.accept()
        context, window, line_id = self._context, self._window, self._line.id
        text = _("{name}: {old} → {new}").format(
            name=line_title(self._line), old=quantity_text(seen), new=quantity_text(wanted)
        )

        def undo() -> None:
            context.of(window).do(change_quantity, line_id, seen, wanted)

        context.toast(window, text, undo=undo)


class AddGoodsSheet(Sheet):
    """Another kind of goods for an open campaign."""

    def __init__(self, parent: QWidget, context: Context, row: CampaignRow) -> None:
        title = _("Set more goods aside for {name}").format(name=row.name)
        super().__init__(parent, title, verb=_("Set stock aside"), icon="archive-line", width=520)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._row, self._window, self._key = context, row, parent, new_key()
        self.goods: ProductRow | None = None
        self.scan = GoodsScan(context)
        self.scan.picked.connect(self._picked)
        self.said = Label(_("Nothing scanned yet"), "small", "text2")
        self.amount = QuantityInput(1_000, required=True, most=MOST)
        self.quantity = Field(_("Quantity"), self.amount)
        self.add(self.scan, self.said, self.quantity)
        self.primary.setEnabled(False)
        self.submitted.connect(self._save)

    def _picked(self, row: ProductRow, milli: int) -> None:
        self.goods = row
        self.said.setText(f"{goods_name(row)} · {row.code}")
        self.amount.setText(quantity_text(milli))
        self.primary.setEnabled(True)

    def ready(self) -> bool:
        return self.goods is not None and check_all([self.quantity])

    def _save(self) -> None:
        if self.goods is None:
            return
        line = AsideLine(self.goods.id, self.amount.milli() or 0)
        task = self._context.of(self).do(add_goods, self._row.id, line, self._key)
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, _line: int) -> None:
        self.accept()
        self._context.toast(self._window, _("Set aside for {name}").format(name=self._row.name))
