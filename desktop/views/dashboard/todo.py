"""The to-do list's rows: each says what, why and how much, and its one button does it or goes exactly there."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import _, ngettext
from desktop.queries.stuck import stuck_orders
from desktop.queries.today_words import Here, button, reason, stake, title
from desktop.queries.todo import Todo
from desktop.rules.editing import resume_rule
from desktop.services.checks import ORDERS, QUESTIONS, record_check, to_keep
from desktop.services.outbox import retry_outbox
from desktop.services.replenishment import Drafted, draft_now
from desktop.views.common.buttons import Button
from desktop.views.common.check_sheet import CheckSheet
from desktop.views.common.context import Context
from desktop.views.dashboard.lists import Entry
from desktop.views.dashboard.words import amount

LOOKS = {
    "clock_doubt": ("time-line", "danger"),
    "books": ("scales-3-line", "danger"),
    "payment_case": ("wallet-3-line", "danger"),
    "bills": ("scales-3-line", "warn"),
    "bills_missing": ("scales-3-line", "warn"),
    "method_down": ("wallet-3-line", "warn"),
    "certificate": ("key-2-line", "warn"),
    "cash_open": ("safe-2-line", "warn"),
    "stuck": ("tools-line", "danger"),
    "rule_paused": ("flashlight-line", "danger"),
    "unsent": ("mail-close-line", "warn"),
    "late": ("truck-line", "danger"),
    "chased": ("question-answer-line", "warn"),
    "aftersales": ("customer-service-2-line", "warn"),
    "out": ("close-circle-line", "danger"),
    "to_ship": ("truck-line", "info"),
    "unpaid": ("time-line", "warn"),
    "queued": ("time-line", "neutral"),
    "purchase_late": ("truck-line", "warn"),
    "restock": ("shopping-cart-2-line", "info"),
    "low": ("archive-line", "info"),
    "lapsing": ("copper-coin-line", "points"),
}
DEEDS: dict[str, Any] = {
    "resume": resume_rule,
    "retry": retry_outbox,
    "draft": draft_now,
    "repair": stuck_orders,  # opens a sheet that repairs one by one
}


class ToDo:
    """Turns what was found into rows, and does what their buttons say on behalf of a screen."""

    def __init__(self, context: Context, screen: QWidget) -> None:
        self._context, self._screen, self._scope = context, screen, context.of(screen)

    def rows(self, found: Sequence[Todo]) -> list[Entry]:
        """A row for each, in the order given."""
        here = Here(self._context.now(), self._context.zone)
        return [self._row(todo, here) for todo in found]

    def _row(self, todo: Todo, here: Here) -> Entry:
        icon, tone = LOOKS[todo.kind]
        verb = todo.step.verb
        if verb != "show" and not self._context.may(DEEDS[verb]):
            verb = "show"
        money = amount(todo.money_minor, self._context.currency) if todo.money_minor else ""
        go = partial(self._show, todo) if verb == "show" else partial(self._do, todo, verb)
        return Entry(
            icon, tone, title(todo), reason(todo, here), button(todo, verb), go, money=money, tip=stake(todo),
            leads=verb not in ("resume", "retry"),
        )  # fmt: skip

    def _show(self, todo: Todo, _pressed: Button | None = None) -> None:
        step = todo.step
        self._context.navigate(step.screen, step.target, **step.filters)

    def _do(self, todo: Todo, verb: str, pressed: Button | None = None) -> None:
        """Do it at once; the list itself follows by the news."""
        if verb == "repair":
            self._repair()
            return
        target = () if todo.step.target is None else (todo.step.target,)
        task = self._scope.do(DEEDS[verb], *target)
        if pressed is not None:
            task.busy(pressed)
        task.then(partial(getattr(self, f"_{verb}_done"), todo))

    def _repair(self) -> None:
        sheet = CheckSheet(self._screen.window(), self._context)
        sheet.finished.connect(lambda _how: self._check_again())
        sheet.open()

    def _check_again(self) -> None:
        """What was repaired is off the list, what was not stays on it."""
        if self._context.may(record_check):
            self._scope.ask(QUESTIONS[ORDERS]).then(
                lambda answer: self._scope.do(record_check, ORDERS, *to_keep(ORDERS, answer))
            )

    def _resume_done(self, _todo: Todo, _nothing: None) -> None:
        self._context.toast(self._screen, _("The rule goes on; what came due meanwhile is done now"))

    def _retry_done(self, _todo: Todo, count: int) -> None:
        text = ngettext("{count} message is sent again", "{count} messages are sent again", count)
        self._context.toast(self._screen, text.format(count=f"{count:,}"))

    def _draft_done(self, todo: Todo, made: Drafted) -> None:
        if made.id is None:
            self._context.toast(self._screen, _("Nothing has to be bought now"), tone="info")
            return
        text = ngettext("{count} product listed", "{count} products listed", made.lines)
        self._context.toast(self._screen, text.format(count=f"{made.lines:,}"))
        self._context.navigate("inventory", view="restock")
