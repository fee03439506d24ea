"""Stored value: what a top-up is given, and the terms it is spent on."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import N_, _
from desktop.queries.stored_value import TierRow, bonus_tiers
from desktop.services.bonus_tiers import remove_bonus_tier, save_bonus_tier
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import icon_button, primary, secondary
from desktop.views.common.cards import Card, CardHead, Divider, IconTile, TwoLines, clear, hbox
from desktop.views.common.context import Context
from desktop.views.common.dialogs import Sheet
from desktop.views.common.field import Field, check_all
from desktop.views.common.inputs import DateInput
from desktop.views.common.labels import Label
from desktop.views.common.number_inputs import MoneyInput, PercentInput
from desktop.views.common.segment import Segment
from desktop.views.common.toggle import CheckBox
from desktop.views.common.words_of_stored import tier_words
from desktop.views.settings.registry_page import Group, RegistryPage

GROUPS = (
    Group(
        N_("Spending and limits"),
        N_("What members paid in advance is owed to them until they spend it"),
        ("stored.first", "stored.proof", "stored.least_minor", "stored.most_minor"),
    ),
)


class TierSheet(Sheet):
    """A tier of bonus: from which amount on, what, and until when."""

    def __init__(
        self, parent: QWidget, context: Context, tier: TierRow | None, done: Callable[[], Any]
    ) -> None:
        title = _("Change the bonus") if tier else _("Add a bonus")
        super().__init__(parent, title, verb=_("Save") if tier else _("Add"), icon="gift-line", width=440)
        self._context, self._tier, self._then = context, tier, done
        self.start = MoneyInput(context.currency, tier.from_minor if tier else None, least=1, required=True)
        share = bool(tier and tier.bonus_bp)
        self.kind = Segment(
            [("sum", _("An amount")), ("share", _("A percentage"))], "share" if share else "sum"
        )
        amount = tier.bonus_minor if tier and tier.bonus_minor else None
        self.amount = MoneyInput(context.currency, amount, least=1, required=True)
        self.share = PercentInput(tier.bonus_bp if tier and share else None, least=1, most=10_000)
        self._start = Field(_("From a top-up of"), self.start)
        self._amount, self._share = Field(_("Bonus"), self.amount), Field(_("Bonus"), self.share)
        self.ends = CheckBox(_("Only until a day"))
        today = context.now().astimezone(context.zone).date()
        last = (
            tier.valid_until.astimezone(context.zone).date() - timedelta(days=1)
            if tier and tier.valid_until
            else None
        )
        self.last = DateInput(last or today + timedelta(days=30))
        self._last = Field(_("Last day"), self.last)
        self.ends.setChecked(last is not None)
        self.add(self._start, self.kind, self._amount, self._share, self.ends, self._last)
        self.kind.picked.connect(lambda _kind: self._show())
        self.ends.toggled.connect(lambda _on: self._show())
        self.submitted.connect(self._go)
        self._show()

    def _show(self) -> None:
        self._amount.setVisible(self.kind.value() == "sum")
        self._share.setVisible(self.kind.value() == "share")
        self._last.setVisible(self.ends.isChecked())
        self.adjustSize()

    def ready(self) -> bool:
        return check_all([self._start, self._amount if self.kind.value() == "sum" else self._share])

    def _go(self) -> None:
        share = self.kind.value() == "share"
        until = None
        if self.ends.isChecked():
            day = self.last.day() + timedelta(days=1)
            until = datetime.combine(day, time(), self._context.zone)
        task = self._context.of(self).do(
            save_bonus_tier, self._tier.id if self._tier else None, self.start.minor() or 0,
            bonus_minor=0 if share else self.amount.minor() or 0,
            bonus_bp=(self.share.basis_points() or 0) if share else 0,
            valid_from=self._tier.valid_from if self._tier else None, valid_until=until,
        )  # fmt: skip
        task.busy(self.primary).then(self._saved).otherwise(self.show_error)

    def _saved(self, _id: int) -> None:
        self.accept()
        self._then()


class StoredPage(RegistryPage):
    """The tiers of bonus above the settings."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, _("Stored value"), GROUPS)
        self.tiers: tuple[TierRow, ...] = ()
        self.list = Card(margins=(0, 12, 0, 6))
        context.stale_when(self, {"bonus_tier"}, lambda _touched: self._ask())

    def load(self) -> None:
        super().load()
        self._ask()

    def _ask(self) -> None:
        self._background.ask_latest("tiers", bonus_tiers).then(self._show_tiers)

    def tops(self) -> list[QWidget]:
        return [self.list]

    def _show_tiers(self, tiers: tuple[TierRow, ...]) -> None:
        self.tiers = tiers
        with self.same_place():
            clear(self.list.body)
            head = CardHead(_("Bonus for topping up"), _("The best one counts"))
            add = primary(_("Add a bonus"), "add-line", size=30)
            add.clicked.connect(lambda: self.open(None))
            head.add(add)
            frame = hbox(margins=(18, 0, 12, 6))
            frame.addWidget(head, 1)
            self.list.body.addLayout(frame)
            for tier in tiers:
                self.list.body.addWidget(Divider())
                self.list.body.addWidget(self._row(tier))
            if not tiers:
                note = Label(_("No bonus: a top-up is worth what was paid."), "small", "text2")
                note.setContentsMargins(18, 4, 18, 8)
                self.list.body.addWidget(note)

    def _row(self, tier: TierRow) -> QWidget:
        widget = QWidget()
        row = hbox(widget, margins=(18, 8, 12, 8), gap=10)
        holds = tier.holds(self._context.now())
        row.addWidget(IconTile("gift-line", "points" if holds else "neutral", 34))
        words, until = tier_words(tier, self._context.currency), ""
        if tier.valid_until:
            last = (tier.valid_until - timedelta(seconds=1)).astimezone(self._context.zone).date()
            until = _("until {day}").format(day=last.isoformat())
        row.addWidget(TwoLines(words, until), 1)
        if not holds:
            row.addWidget(Badge(_("Over"), "neutral", "closed", small=True))
        edit = secondary(_("Edit"), size=30)
        edit.setAccessibleName(_("Edit {name}").format(name=words))
        edit.clicked.connect(lambda: self.open(tier))
        drop = icon_button("delete-bin-line", _("Remove {name}").format(name=words), size=30)
        drop.clicked.connect(lambda: self.remove(tier))
        row.addWidget(edit)
        row.addWidget(drop)
        return widget

    def open(self, tier: TierRow | None) -> None:
        """Open the sheet for a tier, or a further one."""
        TierSheet(self.window(), self._context, tier, self._ask).open()

    def remove(self, tier: TierRow) -> None:
        """Take a tier away; it can be put back."""

        def undo() -> None:
            facts = {
                "bonus_minor": tier.bonus_minor, "bonus_bp": tier.bonus_bp, "valid_from": tier.valid_from,
                "valid_until": tier.valid_until,
            }  # fmt: skip
            self._background.do(save_bonus_tier, None, tier.from_minor, **facts).then(lambda _id: self._ask())

        def removed(_none: object) -> None:
            self._context.toast(self, _("Bonus removed"), undo=undo)
            self._ask()

        self._background.do(remove_bonus_tier, tier.id).then(removed)
