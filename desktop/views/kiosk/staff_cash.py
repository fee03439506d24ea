"""The till's cash session for staff at a kiosk: open it with its float, count it as one sum, close it with its difference."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QWidget

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, _
from desktop.basics.ids import new_key
from desktop.basics.money import Money
from desktop.queries.cash_sessions import TillDrawer, counted_currencies, drawers
from desktop.services.cash_sessions import (
    Closed,
    Foreign,
    Pieces,
    Tallied,
    close_session,
    count_cash,
    open_session,
)
from desktop.views.kiosk.overlays import Notice, Overlay
from desktop.views.kiosk.typed_sum import TypedSum
from desktop.views.kiosk.widgets import Text, row, wide

if TYPE_CHECKING:
    from desktop.views.kiosk.window import KioskWindow

WHY = (N_("Unknown"), N_("Wrong change given"), N_("Sale not recorded"), N_("Small change left away"))


class CashDesk:
    """Walks a member of staff through opening or closing, as the person whose PIN it was."""

    def __init__(
        self,
        window: "KioskWindow",
        background: Any,
        till_id: int,
        door: Any,
        refused: Callable[[ShopError], object],
    ) -> None:
        self._window, self._background, self._till = window, background, till_id
        self._door, self._refused = door, refused

    def begin(self) -> None:
        """Look how the drawer stands."""
        self._background.device(self._door.ask, drawers).then(self._look).otherwise(self._refused)

    def _do(self, then: Callable[..., object], action: Any, *args: Any, **kwargs: Any) -> None:
        task = self._background.device(self._door.do, action, *args, **kwargs, client_key=new_key())
        task.then(then).otherwise(self._refused)

    def _look(self, found: tuple[TillDrawer, ...]) -> None:
        here = next((drawer for drawer in found if drawer.till_id == self._till), None)
        if here is None or here.session is None:
            self._sums(_("Open the drawer"), _("Float in the drawer"), _("Open the drawer"), 0, self._open)
        else:
            self._count(here.session.id)

    def _ask(self, title: str, label: str, verb: str, then: Callable[[int], object], currency: str) -> None:
        asked = TypedSum(self._window, currency, title, label, verb, least=0, icon="safe-2-line")
        asked.typed_sum.connect(then)
        self._window.open_overlay(asked)

    def _sums(
        self, title: str, label: str, verb: str, session_id: int, then: Callable[[dict[str, int]], object]
    ) -> None:
        """Ask for the sum of each currency that may lie in the drawer, one after the other."""
        assert self._window.sale is not None
        own = self._window.sale.facts.currency

        def next_one(left: list[str], found: dict[str, int]) -> None:
            if not left:
                then(found)
                return
            code, *rest = left
            words = label if code == own else _("{currency} notes in the drawer").format(currency=code)
            keep = lambda minor: next_one(rest, {**found, code: minor})  # noqa: E731
            self._ask(title, words, _("Next") if rest else verb, keep, code)

        task = self._background.device(self._door.ask, counted_currencies, session_id)
        task.then(lambda codes: next_one([own, *codes], {})).otherwise(self._refused)

    def _pieces(self, sums: dict[str, int]) -> tuple[Pieces, Foreign]:
        """Sums as a count takes them: the shop's own, and the others apart."""
        own, *others = ((code, [(1, minor)] if minor else []) for code, minor in sums.items())
        return own[1], [other for other in others if other[1]]

    def _open(self, sums: dict[str, int]) -> None:
        pieces, foreign = self._pieces(sums)
        said = lambda _id: self._tell(_("The cash session is open"))  # noqa: E731
        self._do(said, open_session, self._till, pieces, foreign=foreign)

    def _count(self, session_id: int) -> None:
        title, label = _("Count the drawer"), _("All cash in the drawer, float included")
        self._sums(title, label, _("Hand in the count"), session_id, partial(self._hand_in, session_id))

    def _hand_in(self, session_id: int, sums: dict[str, int]) -> None:
        pieces, foreign = self._pieces(sums)
        self._do(partial(self._counted, session_id), count_cash, session_id, pieces, foreign=foreign)

    def _counted(self, session_id: int, told: Tallied) -> None:
        assert self._window.sale is not None
        currency = self._window.sale.facts.currency
        close = partial(self._close, session_id)
        again = partial(self._count, session_id)
        self._window.open_overlay(Verdict(self._window, told, currency, close, again))

    def _close(self, session_id: int, reason: str) -> None:
        self._do(self._closed, close_session, session_id, reason=reason)

    def _closed(self, closed: Closed) -> None:
        words = _("Closed. Z report {number} can be printed at the desk.")
        self._tell(words.format(number=closed.number))

    def _tell(self, words: str) -> None:
        self._window.open_overlay(Notice(self._window, words))


def _said(told: Tallied, currency: str) -> tuple[str, str]:
    """What a count means, and its colour."""
    off = told.difference_minor
    amount = Money(abs(off), currency)
    if told.exact:
        return _("Exact"), "success_fg"
    if not off:
        return _("Other notes differ"), "danger_fg"
    if off < 0:
        return _("{amount} missing").format(amount=amount), "danger_fg"
    return _("{amount} too much").format(amount=amount), "warn_fg"


def _foreign_words(code: str, counted: int, due: int) -> str:
    sums = {"counted": Money(counted, code).plain(), "expected": Money(due, code).plain()}
    return _("{currency}: counted {counted}, {expected} should be there").format(currency=code, **sums)


class Verdict(Overlay):
    """What was counted against what should be there; a touch on the reason closes the session."""

    def __init__(
        self,
        window: QWidget,
        told: Tallied,
        currency: str,
        close: Callable[[str], object],
        again: Callable[[], object],
    ) -> None:
        super().__init__(window, 820)
        words, token = _said(told, currency)
        self.fill(Text(words, 44, 600, token, align="center"))
        sums = _("Counted {counted}, {expected} should be there").format(
            counted=Money(told.counted_minor, currency), expected=Money(told.expected_minor, currency)
        )
        self.fill(Text(sums, 26, token="text2", align="center"))
        for code, counted, due in told.foreign:
            words = _foreign_words(code, counted, due)
            self.fill(Text(words, 26, 500, "text2" if counted == due else "danger_fg", align="center"))
        if not told.exact:
            self.fill(
                Text(_("Close the session. Where does the difference come from?"), 28, 500, align="center")
            )
            whys = [wide(_(why), partial(close, _(why)), height=100, size=28) for why in WHY]
            for left, right in zip(whys[::2], whys[1::2], strict=True):
                self.card.body.addLayout(row(left, right, space=16))
        else:
            self.fill(wide(_("Close the session"), partial(close, ""), "primary", height=104, size=32))
        further = (wide(_("Back"), self.close_now, height=100), wide(_("Count again"), again, height=100))
        self.card.body.addLayout(row(*further, space=16))
