"""A parcel in the panel of an order: number, what is in it, where it is, and what can be done about it."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtWidgets import QApplication, QMenu

from desktop.basics.i18n import _
from desktop.basics.money import quantity_text
from desktop.basics.words import when_text
from desktop.queries.order_parcels import DELIVERED, RETURNED, TROUBLED, ParcelRow, SeenRow, parcel_word
from desktop.views.common import icons
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import Button, icon_button, link
from desktop.views.common.cards import NestedCard, hbox, vbox
from desktop.views.common.labels import Label

FEW = 2  # places that show without asking
LOOKS = {DELIVERED: ("success", "done"), TROUBLED: ("danger", "alert"), RETURNED: ("danger", "alert")}


class ParcelPart(NestedCard):
    """One parcel. `do(verb, parcel)` is called with ask, edit or undo; `may` says which of them this person may."""

    def __init__(
        self,
        parcel: ParcelRow,
        zone: ZoneInfo,
        now: datetime,
        may: set[str],
        do: Callable[[str, ParcelRow], object],
    ) -> None:
        super().__init__(fill="subtle", border="border")
        self.parcel, self._zone, self._now, self._may, self._do = parcel, zone, now, may, do
        self._head()
        if parcel.parts:
            words = " · ".join(f"{part.name} × {quantity_text(part.qty_milli)}" for part in parcel.parts)
            self.body.addWidget(Label(words, "cap", "text2", wrap=True))
        self._state()
        self._trail(parcel.trail[:FEW])
        if len(parcel.trail) > FEW:
            self._all = link(_("All {count} places").format(count=len(parcel.trail)))
            self._all.clicked.connect(self._show_all)
            row = hbox()
            row.addWidget(self._all)
            row.addStretch(1)
            self.body.addLayout(row)

    def _head(self) -> None:
        parcel, row = self.parcel, hbox(gap=6)
        row.addWidget(Label(parcel.carrier or _("Parcel"), "small_b"), 1)
        if parcel.undone:
            row.addWidget(Badge(_("Taken back"), "neutral", "closed", small=True))
        elif parcel.state or parcel.tracked:
            tone, pip = LOOKS.get(parcel.state, ("info", "half"))
            row.addWidget(Badge(parcel_word(parcel.state), tone, pip, small=True))
        self.more = icon_button("more-line", _("More for this parcel"), size=28)
        self.more.clicked.connect(partial(self._menu, self.more))
        row.addWidget(self.more)
        self.body.addLayout(row)
        self.body.addWidget(Label(parcel.tracking or _("No tracking number"), "small", "text2"))

    def _state(self) -> None:
        parcel = self.parcel
        if parcel.undone:
            return
        if parcel.trouble:
            self.body.addWidget(Label(_(parcel.trouble), "cap", "danger_fg", wrap=True))
        elif parcel.eta is not None and parcel.state not in (DELIVERED, RETURNED):
            when = when_text(parcel.eta, self._now, self._zone)
            self.body.addWidget(Label(_("Expected {time}").format(time=when), "small_m"))
        if parcel.asked_at is not None and not parcel.trail and not parcel.trouble:
            self.body.addWidget(Label(_("The carrier has no news yet."), "cap", "text2"))

    def _trail(self, seen: tuple[SeenRow, ...]) -> None:
        for place in seen:
            words = vbox()
            words.addWidget(Label(place.text, "cap", "text", wrap=True))
            when = when_text(place.at, self._now, self._zone)
            below = " · ".join(part for part in (when, place.place) if part)
            words.addWidget(Label(below, "cap", "text3"))
            self.body.addLayout(words)

    def _show_all(self) -> None:
        self._all.hide()
        self._trail(self.parcel.trail[FEW:])

    def _menu(self, button: Button) -> None:
        menu, parcel = QMenu(button), self.parcel
        entries = (
            ("ask", _("Ask the carrier now"), "refresh-line", parcel.tracked and not parcel.undone),
            ("edit", _("Correct carrier or number…"), "edit-line", not parcel.undone),
            ("copy", _("Copy tracking number"), "file-copy-line", bool(parcel.tracking)),
            ("undo", _("Take this parcel back"), "arrow-go-back-line", not parcel.undone),
        )
        for verb, words, icon, shown in entries:
            if not shown or verb not in self._may | {"copy"}:
                continue
            run = (
                partial(QApplication.clipboard().setText, parcel.tracking)
                if verb == "copy"
                else partial(self._do, verb, parcel)
            )
            menu.addAction(icons.icon(icon, "text2"), words).triggered.connect(run)
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))
