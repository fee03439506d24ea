"""The sentences of the to-do list: what to do, why now, how its money was reckoned, and what the button says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from desktop.basics.i18n import N_, _, ngettext
from desktop.basics.words import day_text, points_text, when_text
from desktop.models.statements import PROVIDER_ZONE, provider_span
from desktop.queries.order_words import method_word, said
from desktop.queries.pay_words import case_word, reason_word
from desktop.queries.todo import Todo

STAKES = {
    "clock_doubt": N_("Every order with a deadline: nothing is closed or chased while the time is in doubt"),
    "books": N_("Today’s takings: their figures can’t be trusted until it is found out"),
    "stuck": N_("What these orders and points come to"),
    "rule_paused": N_("The orders it stopped at"),
    "unsent": N_("The orders these messages are about"),
    "late": N_("All they come to: whoever waits in vain takes the money back"),
    "chased": N_("All they come to: whoever waits in vain takes the money back"),
    "aftersales": N_("What these cases are worth"),
    "payment_case": N_("The money of these payments"),
    "bills": N_("What bills and books differ by"),
    "certificate": N_("What comes in by it on a usual day"),
    "out": N_("What these goods usually sell a day"),
    "to_ship": N_("Those whose time to leave is over within a day"),
    "unpaid": N_("Those that lapse within a day: unpaid, the sale is lost"),
    "restock": N_("A day’s sales of the goods that run out before new ones can be here"),
    "low": N_("A day’s sales of the goods that run out before new ones can be here"),
    "lapsing": N_("What these points can pay"),
}
BUTTONS = {
    "resume": N_("Resume"),
    "retry": N_("Try again"),
    "draft": N_("Draft a list"),
    "repair": N_("Repair"),
}
SHOW_BUTTONS = {
    "payment_case": N_("See to it"),
    "bills": N_("Reconcile"),
    "bills_missing": N_("Reconcile"),
    "to_ship": N_("Go to ship"),
    "cash_open": N_("Count and close"),
    "out": N_("Restock"),
    "chased": N_("Answer"),
}


@dataclass(frozen=True, slots=True)
class Here:
    """Where and when the sentence is read."""

    now: datetime
    zone: ZoneInfo

    def when(self, moment: datetime | None) -> str:
        """A moment as people say it."""
        return when_text(moment, self.now, self.zone) if moment else ""


def title(todo: Todo) -> str:
    """What waits."""
    return TITLES[todo.kind](todo).format(count=todo.counted, name=said(todo.facts.get("name", "")))


def reason(todo: Todo, here: Here) -> str:
    """Why it should be done today, in one sentence."""
    return REASONS[todo.kind](todo, here)


def stake(todo: Todo) -> str:
    """What the amount is, where there is one."""
    return _(STAKES[todo.kind]) if todo.money_minor and todo.kind in STAKES else ""


def button(todo: Todo, verb: str) -> str:
    """What the button says."""
    return _(BUTTONS.get(verb) or SHOW_BUTTONS.get(todo.kind) or N_("View"))


TITLES: dict[str, Callable[[Todo], str]] = {
    "clock_doubt": lambda _t: _("This machine’s clock is in doubt"),
    "books": lambda t: ngettext("The books differ at {count} place", "The books differ at {count} places", t.count),
    "payment_case": lambda t: ngettext("{count} payment needs somebody", "{count} payments need somebody", t.count),
    "bills": lambda t: ngettext("{count} payment differs from its bill", "{count} payments differ from their bill", t.count),
    "bills_missing": lambda t: ngettext("{count} bill of a provider did not come", "{count} bills of providers did not come", t.count),
    "method_down": lambda t: _("{method} does not work").format(method=method_word(t.facts["method"])),
    "certificate": lambda t: _certificate_title(t).format(method=method_word(t.facts["method"])),
    "cash_open": lambda t: ngettext("{count} drawer was not closed on its day", "{count} drawers were not closed on their day", t.count),
    "stuck": lambda t: ngettext("{count} order or points entry is wrong", "{count} orders or points entries are wrong", t.count),
    "rule_paused": lambda _t: _("The rule “{name}” has stopped"),
    "unsent": lambda t: ngettext("{count} message could not be sent", "{count} messages could not be sent", t.count),
    "late": lambda t: ngettext("{count} order is late", "{count} orders are late", t.count),
    "chased": lambda t: ngettext("{count} chased order without an answer", "{count} chased orders without an answer", t.count),
    "aftersales": lambda t: ngettext("{count} after-sales case waits", "{count} after-sales cases wait", t.count),
    "out": lambda t: ngettext("{count} product out of stock", "{count} products out of stock", t.count),
    "to_ship": lambda t: ngettext("{count} order to ship", "{count} orders to ship", t.count),
    "unpaid": lambda t: ngettext("{count} order to be paid", "{count} orders to be paid", t.count),
    "queued": lambda t: ngettext("{count} order waits for its hours", "{count} orders wait for their hours", t.count),
    "purchase_late": lambda t: ngettext("{count} purchase order is late", "{count} purchase orders are late", t.count),
    "restock": lambda t: ngettext("{count} product to be ordered", "{count} products to be ordered", t.count),
    "low": lambda t: ngettext("{count} product below safety stock", "{count} products below safety stock", t.count),
    "lapsing": lambda t: ngettext("Points of {count} member lapse soon", "Points of {count} members lapse soon", t.count),
}  # fmt: skip


def _late(todo: Todo, _here: Here) -> str:
    return _("The oldest has waited {hours} hours").format(hours=f"{todo.facts['hours']:,}")


def _to_ship(todo: Todo, here: Here) -> str:
    following = todo.facts["next"]
    if following is None:
        return _("Paid, and waiting since {when}").format(when=here.when(todo.since))
    return _("The first must leave by {when}").format(when=here.when(following))


def _unpaid(todo: Todo, here: Here) -> str:
    late, following = todo.facts["late"], todo.facts["next"]
    if late:
        return _("{late} past the deadline").format(late=f"{late:,}")
    if following is None:
        return _("Waiting since {when}").format(when=here.when(todo.since))
    return _("The first lapses {when}").format(when=here.when(following))


def _queued(todo: Todo, here: Here) -> str:
    return _("The first is let through {when}").format(when=here.when(todo.facts["next"]))


def _chased(todo: Todo, here: Here) -> str:
    return _("Asked {when} why it has not left").format(when=here.when(todo.since))


def _cases(todo: Todo, here: Here) -> str:
    return _("The oldest has waited since {when}").format(when=here.when(todo.since))


def _names(todo: Todo) -> str:
    separator = _(", ")
    names: str = separator.join(todo.facts["names"])
    return _("{names} and others").format(names=names) if todo.count > len(todo.facts["names"]) else names


def _out(todo: Todo, _here: Here) -> str:
    if not todo.money_minor:
        return _("Nothing of them sold lately")
    return _names(todo)


def _low(todo: Todo, _here: Here) -> str:
    short = todo.facts["short"]
    if not short:
        return _names(todo)
    return _("{short} run out within 3 days: {names}").format(short=f"{short:,}", names=_names(todo))


def _purchase_late(todo: Todo, here: Here) -> str:
    return _("Expected {when}: {names}").format(
        when=day_text(todo.since or here.now, here.now, here.zone), names=_names(todo)
    )


def _restock(todo: Todo, here: Here) -> str:
    return _("Listed {when}: {names}").format(when=here.when(todo.since), names=_names(todo))


def _lapsing(todo: Todo, here: Here) -> str:
    day = day_text(todo.facts["at"], here.now, here.zone)
    return _("{points}, the first on {day}").format(points=points_text(todo.facts["points"]), day=day)


def _found(todo: Todo, here: Here) -> str:
    words, fields = todo.facts["first"]
    if not words:
        return _("Found {when}").format(when=here.when(todo.since))
    return _(words).format(**fields)


def _stopped(todo: Todo, here: Here) -> str:
    why = said(todo.facts["why"])
    if not why:
        return _("Since {when}").format(when=here.when(todo.since))
    return _("Since {when}: {why}").format(when=here.when(todo.since), why=why)


def _unsent(todo: Todo, here: Here) -> str:
    return _("The first since {when}").format(when=here.when(todo.since))


def _doubt(todo: Todo, _here: Here) -> str:
    return said(todo.facts["why"])


def _payment_case(todo: Todo, here: Here) -> str:
    return _("{what}, since {when}").format(what=case_word(todo.facts["kind"]), when=here.when(todo.since))


def _bills(todo: Todo, here: Here) -> str:
    day = day_text(todo.since, here.now, here.zone) if todo.since else ""
    return _("The oldest is of {day}").format(day=day)


def _bills_missing(todo: Todo, here: Here) -> str:
    day = day_text(provider_span(todo.facts["day"])[0], here.now, PROVIDER_ZONE)
    why = said(todo.facts["why"]) or _("No machine with the keys of the account has asked yet.")
    return _("{method}, {day}: {why}").format(method=method_word(todo.facts["method"]), day=day, why=why)


def _certificate_title(todo: Todo) -> str:
    over = todo.facts["over"]
    return (
        _("The certificate for {method} has expired") if over else _("The certificate for {method} ends soon")
    )


def _certificate(todo: Todo, here: Here) -> str:
    day = day_text(todo.facts["at"], here.now, here.zone)
    over = todo.facts["over"]
    words = _("Since {day} no payment goes through. Load the new one.")
    return (words if over else _("It ends {day}. Load the new one before.")).format(day=day)


def _method_down(todo: Todo, here: Here) -> str:
    why, again = reason_word(todo.facts["why"]), here.when(todo.facts["until"])
    return _("{why}. It is tried again {when}, until then another way is offered.").format(
        why=why, when=again
    )


def _cash_open(todo: Todo, here: Here) -> str:
    tills = ", ".join(todo.facts["tills"])
    return _("{tills}, open since {when}").format(tills=tills, when=here.when(todo.since))


REASONS: dict[str, Callable[[Todo, Here], str]] = {
    "payment_case": _payment_case,
    "bills": _bills,
    "bills_missing": _bills_missing,
    "method_down": _method_down,
    "certificate": _certificate,
    "cash_open": _cash_open,
    "clock_doubt": _doubt,
    "books": _found,
    "stuck": _found,
    "rule_paused": _stopped,
    "unsent": _unsent,
    "late": _late,
    "chased": _chased,
    "aftersales": _cases,
    "out": _out,
    "to_ship": _to_ship,
    "unpaid": _unpaid,
    "queued": _queued,
    "purchase_late": _purchase_late,
    "restock": _restock,
    "low": _low,
    "lapsing": _lapsing,
}
