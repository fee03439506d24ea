"""In which channel, from when and until when a product is offered."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, _
from desktop.queries.product_detail import ProductDetail, ShelfRow
from desktop.services.shelf import ShelfPlan, plan_shelf
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import link
from desktop.views.common.cards import clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field
from desktop.views.common.inputs import DateInput, Select
from desktop.views.common.labels import Label
from desktop.views.common.toggle import CheckBox

CHANNELS = {"store": N_("Store"), "kiosk": N_("Self-checkout"), "online": N_("Online shop")}


def plan_words(row: ShelfRow | ShelfPlan, zone: ZoneInfo) -> str:
    """When a channel offers the product: `from 2026-11-25 until 2026-12-01`."""
    if not row.is_open:
        return _("Not offered")
    start = row.from_at.astimezone(zone).date() if row.from_at else None
    last = (row.until_at - timedelta(seconds=1)).astimezone(zone).date() if row.until_at else None
    if start and last:
        return _("{first} to {last}").format(first=start, last=last)
    if start:
        return _("From {day} on").format(day=start)
    return _("Until {day}").format(day=last) if last else _("As the product")


class Shelves(QWidget):
    """One line a channel, each opens its plan."""

    def __init__(self, context: Context, may: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context, self._may = context, may
        self._detail: ProductDetail | None = None
        column = vbox(self, gap=8)
        column.addWidget(Label(_("Channels"), "h3"))
        self._rows = vbox(gap=2)
        column.addLayout(self._rows)

    def show_product(self, detail: ProductDetail) -> None:
        """Show what was read."""
        self._detail = detail
        clear(self._rows)
        own = {row.channel: row for row in detail.shelves}
        for channel, words in CHANNELS.items():
            self._rows.addWidget(self._row(channel, _(words), own.get(channel), detail.row.on_shelf))

    def _row(self, channel: str, words: str, row: ShelfRow | None, on_shelf: bool) -> QWidget:
        line = QWidget()
        layout = hbox(line, gap=6)
        offered = on_shelf if row is None else row.offered
        layout.addWidget(Label(words, "small_m"))
        layout.addWidget(Label(plan_words(row or ShelfPlan(), self._context.zone), "cap", "text2"))
        layout.addStretch(1)
        mark = (_("Offered"), "success", "done") if offered else (_("Not offered now"), "neutral", "closed")
        layout.addWidget(Badge(*mark, small=True))
        if self._may:
            change = link(_("Change"))
            change.setAccessibleName(_("Change {what}").format(what=words))
            change.clicked.connect(partial(self.open, channel))
            layout.addWidget(change)
        return line

    def open(self, channel: str) -> None:
        """Open the plan of a channel."""
        if self._detail is None or not self._may:
            return
        row = next((row for row in self._detail.shelves if row.channel == channel), None)
        before = ShelfPlan() if row is None else ShelfPlan(row.is_open, row.from_at, row.until_at)
        ShelfSheet(self.window(), self._context, channel, [self._detail.row.product_id], before).open()


class ShelfSheet(Sheet):
    """How one channel offers products; `before` can be put back when it is that of one product."""

    def __init__(
        self,
        parent: QWidget,
        context: Context,
        channel: str,
        product_ids: Sequence[int],
        before: ShelfPlan | None,
    ) -> None:
        super().__init__(parent, _(CHANNELS[channel]), verb=_("Save"), icon="store-2-line", width=420)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._context, self._window, self._channel = context, parent, channel
        self._ids, self._before = product_ids, before
        now = before or ShelfPlan()
        kind = "closed" if not now.is_open else "timed" if now.from_at or now.until_at else "follows"
        options = [
            ("follows", _("As the product: whenever it is on the shelf")),
            ("timed", _("Only from or until a day")),
            ("closed", _("Not offered here")),
        ]
        self.kind = Select(options, kind)
        start, last = self._days(now)
        self.has_from, self.has_until = CheckBox(_("From the beginning of")), CheckBox(_("Until the end of"))
        self.has_from.setChecked(now.from_at is not None)
        self.has_until.setChecked(now.until_at is not None)
        self.first, self.last = DateInput(start), DateInput(last)
        self._times = QWidget()
        column = vbox(self._times, gap=8)
        for check, day in ((self.has_from, self.first), (self.has_until, self.last)):
            line = hbox(gap=12)
            line.addWidget(check, 1)
            line.addWidget(day)
            column.addLayout(line)
            check.toggled.connect(day.setEnabled)
            day.setEnabled(check.isChecked())
        self.add(Field(_("Offered"), self.kind), self._times)
        self.kind.picked.connect(self._show)
        self.submitted.connect(self._save)
        self._show(kind)

    def _days(self, plan: ShelfPlan) -> tuple[date, date]:
        """First and last day of a plan; today where it has none."""
        zone = self._context.zone
        today = self._context.now().astimezone(zone).date()
        last = plan.until_at - timedelta(seconds=1) if plan.until_at else None
        return (
            plan.from_at.astimezone(zone).date() if plan.from_at else today,
            last.astimezone(zone).date() if last else today,
        )

    def _show(self, kind: str) -> None:
        self._times.setVisible(kind == "timed")
        self.adjustSize()

    def plan(self) -> ShelfPlan:
        """What is chosen. Raises `ShopError` for a time without a bound."""
        if self.kind.value() != "timed":
            return ShelfPlan(self.kind.value() == "follows")
        if not (self.has_from.isChecked() or self.has_until.isChecked()):
            raise ShopError(N_("Choose the first day or the last one."))
        zone = self._context.zone
        start = datetime.combine(self.first.day(), time(), zone) if self.has_from.isChecked() else None
        end = datetime.combine(self.last.day() + timedelta(days=1), time(), zone)
        return ShelfPlan(True, start, end if self.has_until.isChecked() else None)

    def _save(self) -> None:
        try:
            plan = self.plan()
        except ShopError as error:
            self.show_error(error)
            return
        task = self._context.of(self).do(plan_shelf, self._ids, self._channel, plan)
        task.busy(self.primary).then(self._done).otherwise(self.show_error)

    def _done(self, changed: int) -> None:
        self.accept()
        window, before = self._window, self._before
        scope = self._context.of(window)

        def undo() -> None:
            scope.do(plan_shelf, self._ids, self._channel, before)

        if changed:
            self._context.toast(window, _("Saved"), undo=undo if before is not None else None)
