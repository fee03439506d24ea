"""The ways to pay of a place in their order: dragged or moved by keys, each offered as default, fallback or not at all."""

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.basics.words import when_text
from desktop.queries.order_words import method_word
from desktop.queries.pay_settings import MethodLine, PaySettings, PlaceOffer
from desktop.queries.pay_words import reason_word
from desktop.services.pay_methods import clear_offer, set_offer, set_till_region, trust_method
from desktop.views.common.badges import Badge
from desktop.views.common.buttons import plain, secondary
from desktop.views.common.cards import Card, CardHead, Divider, IconTile, TwoLines, clear, hbox, vbox
from desktop.views.common.context import Context
from desktop.views.common.handle import Handle
from desktop.views.common.inputs import Select, TextInput
from desktop.views.common.labels import Label
from desktop.views.common.method_icons import ICONS
from desktop.views.common.switch_method import switch
from desktop.views.common.theme import theme
from desktop.views.common.toggle import Toggle

DEFAULT, FALLBACK, OFFERED, OFF = "default", "fallback", "offered", "off"
Wanted = list[tuple[str, str]]


def use_words() -> list[tuple[str, str]]:
    """How a method may be offered."""
    return [
        (DEFAULT, _("Default")),
        (FALLBACK, _("Fallback")),
        (OFFERED, _("Also offered")),
        (OFF, _("Not offered")),
    ]


def place_name(place: PlaceOffer) -> str:
    """The whole shop, a channel or a till."""
    if place.kind == "shop":
        return _("The whole shop")
    if place.kind == "channel":
        return {"store": _("All counters"), "kiosk": _("All self-checkouts"), "online": _("Online")}[
            place.name
        ]
    return _(place.name)


def share(basis_points: int) -> str:
    """`0.38%`, `2%`."""
    whole, part = divmod(basis_points, 100)
    return f"{whole}.{part:02d}".rstrip("0").rstrip(".") + "%"


def terms_words(line: MethodLine, currency: str) -> str:
    """Fee, discount and limits in one line."""
    terms, money = line.terms, lambda minor: str(Money(minor, currency))
    parts = []
    if terms["fee_bp"]:
        parts.append(_("Fee {share}").format(share=share(terms["fee_bp"])))
    if terms["discount_bp"]:
        off = _("{share} off").format(share=share(terms["discount_bp"]))
        cap = terms["discount_cap_minor"]
        parts.append(_("{off}, at most {money}").format(off=off, money=money(cap)) if cap else off)
    if terms["least_minor"]:
        parts.append(_("from {money}").format(money=money(terms["least_minor"])))
    if terms["most_minor"]:
        parts.append(_("up to {money}").format(money=money(terms["most_minor"])))
    if terms["member_day_count"]:
        parts.append(_("{count}× a day and member").format(count=terms["member_day_count"]))
    if terms["day_sum_minor"]:
        parts.append(_("{money} a day").format(money=money(terms["day_sum_minor"])))
    channels = {"store": _("Counter"), "kiosk": _("Self-checkout"), "online": _("Online shop")}
    parts += [_(", ").join(channels.get(name, name) for name in line.lists["channels"])]
    parts += [_(", ").join(line.lists["regions"]), _(", ").join(line.lists["currencies"])]
    return " · ".join(part for part in parts if part) or _("No limits")


class MethodList(Card):
    """The list of one place; every change is kept at once and can be undone."""

    def __init__(
        self, context: Context, edit: Callable[[MethodLine], Any], reload: Callable[[], Any]
    ) -> None:
        super().__init__(margins=(18, 14, 18, 8), gap=4)
        self.context, self.scope = context, context.of(self)
        self._edit, self._reload = edit, reload
        self.shown: PaySettings | None = None
        self.place = "shop"
        self.wanted: Wanted = []
        head = CardHead(_("Ways to pay"), _("The default is proposed first, then the fallbacks"))
        self.places = Select()
        self.places.setMinimumWidth(theme.px(170))
        self.places.setAccessibleName(_("Where"))
        self.places.picked.connect(self.choose)
        head.add(self.places)
        self.body.addWidget(head)
        self._note = hbox(margins=(0, 4, 0, 4), gap=8)
        self.body.addLayout(self._note)
        self._rows = vbox()
        self.body.addLayout(self._rows)

    def show_settings(self, found: PaySettings) -> None:
        """Show what holds now."""
        self.shown = found
        self.places.set_options([(place.scope, place_name(place)) for place in found.places], self.place)
        self._show()

    def choose(self, scope: str) -> None:
        """Show another place's list."""
        self.place = scope
        self._show()

    def _place(self) -> PlaceOffer:
        assert self.shown is not None
        return next((one for one in self.shown.places if one.scope == self.place), self.shown.places[0])

    def _show(self) -> None:
        assert self.shown is not None
        place, lines = self._place(), {line.key: line for line in self.shown.methods}
        shop = dict(self.shown.places[0].own)
        known = dict(place.own) or shop
        order = [key for key, _use in place.own or self.shown.places[0].own if key in lines]
        order += [key for key in lines if key not in order]
        self.wanted = [(key, known.get(key, OFFERED)) for key in order]
        if not any(use == DEFAULT for _key, use in self.wanted):
            first = next(
                (i for i, (key, use) in enumerate(self.wanted) if use != OFF and lines[key].enabled), 0
            )
            self.wanted[first] = (self.wanted[first][0], DEFAULT)
        own = bool(place.own) or place.kind == "shop"
        self._say(place, own)
        clear(self._rows)
        for number, (key, use) in enumerate(self.wanted):
            if number:
                self._rows.addWidget(Divider())
            self._rows.addWidget(MethodRow(lines[key], use, own, self))

    def _say(self, place: PlaceOffer, own: bool) -> None:
        """Whether the place has its own list, and for a till where it stands."""
        clear(self._note)
        if place.kind == "till":
            self.region = TextInput(place.region, hint=_("Region"), longest=40)
            self.region.setFixedWidth(theme.px(150))
            self.region.setAccessibleName(_("Region of the till"))
            self.region.editingFinished.connect(partial(self._region, place))
            self._note.addWidget(Label(_("Stands in"), "small", "text2"))
            self._note.addWidget(self.region)
        if place.kind == "shop":
            return
        words = _("Has its own list") if own else _("Goes by the wider list")
        self._note.addStretch(1)
        self._note.addWidget(Label(words, "small", "text2"))
        button = plain(_("Go by the wider list"), size=30) if own else secondary(_("Set its own"), size=30)
        button.clicked.connect(self._follow if own else lambda: self._keep(self.wanted))
        self._note.addWidget(button)

    # Doing

    def move_method(self, key: str, by: int) -> None:
        """Move a method up or down the list."""
        keys = [one for one, _use in self.wanted]
        old = keys.index(key)
        new = max(0, min(len(keys) - 1, old + by))
        if new != old:
            wanted = list(self.wanted)
            wanted.insert(new, wanted.pop(old))
            self._keep(wanted)

    def use(self, key: str, use: str) -> None:
        """Offer a method another way; the former default becomes a fallback."""
        wanted = [(one, use if one == key else (FALLBACK if use == DEFAULT and was == DEFAULT else was))
                  for one, was in self.wanted]  # fmt: skip
        if not any(how == DEFAULT for _one, how in wanted):
            self.context.toast(
                self, _("One way to pay must be the default. Choose another one first."), tone="warn"
            )
            self._show()
            return
        self._keep(wanted)

    def _keep(self, wanted: Wanted) -> None:
        before, scope = list(self._place().own), self.place

        def undo() -> None:
            task = self.scope.do(set_offer, scope, before) if before else self.scope.do(clear_offer, scope)
            task.then(lambda _none: self._reload())

        def kept(_none: object) -> None:
            self.context.toast(self, _("Order of ways to pay saved"), undo=undo)
            self._reload()

        task = self.scope.do(set_offer, scope, wanted)
        task.then(kept)
        task.otherwise(self._refused)

    def _follow(self) -> None:
        before, scope = list(self._place().own), self.place

        def undo() -> None:
            self.scope.do(set_offer, scope, before)

        def gone(_none: object) -> None:
            self.context.toast(self, _("It goes by the wider list again"), undo=undo)
            self._reload()

        self.scope.do(clear_offer, scope).then(gone)

    def _region(self, place: PlaceOffer) -> None:
        if self.region.value() != place.region:
            till_id = int(place.scope.partition(":")[2])
            self.scope.do(set_till_region, till_id, self.region.value()).then(lambda _none: self._reload())

    def switch(self, line: MethodLine, on: bool) -> None:
        """Take a method in the whole shop, or no longer."""
        switch(self, self.context, line.key, on, self._reload)

    def trust(self, line: MethodLine) -> None:
        """Offer a method that rests at once."""
        self.scope.do(trust_method, line.key).then(lambda _none: self._reload())

    def edit(self, line: MethodLine) -> None:
        """Open the sheet of its terms."""
        self._edit(line)

    def _refused(self, error: object) -> None:
        self.context.toast(self, str(error), tone="danger")
        self._reload()


class MethodRow(QWidget):
    """One method: handle, name with its terms, how it is offered, whether it is taken at all."""

    def __init__(self, line: MethodLine, use: str, own: bool, owner: MethodList) -> None:
        super().__init__()
        row = hbox(self, margins=(0, 8, 0, 8), gap=10)
        name = method_word(line.key)
        self.handle = Handle()
        self.handle.setAccessibleName(_("Move {name}").format(name=name))
        self.handle.moved.connect(partial(owner.move_method, line.key))
        self.handle.setEnabled(own)
        row.addWidget(self.handle)
        icon, token = ICONS.get(line.key, ICONS["other"])
        row.addWidget(IconTile(icon, "neutral", 34, brand=token if token.startswith("brand_") else ""))
        row.addWidget(TwoLines(name, terms_words(line, owner.context.currency)), 1)
        if line.down is not None:
            again = when_text(line.down.until, owner.context.now(), owner.context.zone)
            badge = Badge(_("Resting"), "danger", "alert", small=True)
            badge.setToolTip(
                _("{why}. It is tried again {when}.").format(why=reason_word(line.down.reason), when=again)
            )
            row.addWidget(badge)
            trust = secondary(_("Offer it again"), size=28)
            trust.clicked.connect(partial(owner.trust, line))
            row.addWidget(trust)
        elif not line.connected:
            row.addWidget(Badge(_("Not connected"), "neutral", "wait", small=True))
        self.use = Select(use_words(), use)
        self.use.setFixedWidth(theme.px(112))
        self.use.setAccessibleName(_("How {name} is offered").format(name=name))
        self.use.setEnabled(own)
        self.use.picked.connect(partial(owner.use, line.key))
        row.addWidget(self.use)
        edit = secondary(_("Terms"), size=30)
        edit.setAccessibleName(_("Terms of {name}").format(name=name))
        edit.clicked.connect(partial(owner.edit, line))
        row.addWidget(edit)
        self.toggle = Toggle(name)
        self.toggle.put(line.enabled)
        self.toggle.toggled.connect(partial(owner.switch, line))
        row.addWidget(self.toggle)
