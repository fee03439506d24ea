"""`zhanggui rules`: what the shop does by itself, what it did, what it would do, and one look now."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from desktop.basics.i18n import N_, _, ngettext
from desktop.basics.money import Money
from desktop.commands.places import chosen_place, opened
from desktop.commands.say import WrongUse, answer, progress

if TYPE_CHECKING:
    from desktop.rules.lists import RuleLine
    from desktop.rules.log import RunFilter, RunLine
    from desktop.rules.rehearsal import Rehearsal
    from desktop.rules.replay import Replayed
    from desktop.shop.shop import Shop

MOST_LINES = 10_000
SHOWN = 20  # turns of the last days said to people, and of the coming ones; machines get all
MOST_SAID = 100
MARKS = {"on": N_("on"), "off": N_("off"), "paused": N_("paused")}


def run(arguments: argparse.Namespace) -> int:
    """Do what was asked about the shop's rules."""
    with opened(chosen_place(arguments.database)) as shop:
        return {"list": _list, "try": _try, "run-once": _run_once, "log": _log}[arguments.verb](
            shop, arguments
        )


# -- list -------------------------------------------------------------------------------------------------------


def _list(shop: Shop, arguments: argparse.Namespace) -> int:
    from desktop.rules.lists import clock_state, rules_list
    from desktop.rules.log import STATES as STATE_WORDS

    rules, clock, zone = shop.ask(rules_list), shop.ask(clock_state), zone_of(shop)
    lines = []
    for rule in rules:
        lines.append(f"{rule.id:>4}  {_(MARKS[_mark(rule)]):<8} {rule.name}")
        said = [rule.when]
        if rule.last_at is not None:
            last = _("last {time}: {state}").format(
                time=time_text(rule.last_at, zone), state=_(STATE_WORDS[rule.last_state])
            )
            said += [last, _("{count} today").format(count=rule.today)]
        lines.append("      " + " · ".join(said))
        if rule.paused_why:
            lines.append("      " + _("Paused: {why}").format(why=rule.paused_why))
    if not rules:
        lines.append(_("This shop has no rules yet; they come when its clock runs for the first time."))
    looked = time_text(clock.swept_at, zone) if clock.swept_at else _("never")
    lines.append(_("The clock looked last: {time}.").format(time=looked))
    if clock.doubt:
        lines.append(_(clock.doubt))
    facts = {"ok": True, "rules": [{**asdict(rule), "state": _mark(rule)} for rule in rules]}
    answer(arguments, {**facts, "clock": asdict(clock)}, *lines)
    return 0


def _mark(rule: RuleLine) -> str:
    if rule.paused_why:
        return "paused"
    return "on" if rule.enabled else "off"


# -- try --------------------------------------------------------------------------------------------------------


def _try(shop: Shop, arguments: argparse.Namespace) -> int:
    """What one rule, or all that are on, would have done and will do."""
    from desktop.rules.lists import rule_detail, rules_list
    from desktop.rules.rehearsal import Draft, rehearse
    from desktop.rules.replay import replay

    if not 1 <= arguments.days <= 31:
        raise WrongUse(N_("Say --days with a number from 1 to 31."))
    rules = shop.ask(rules_list)
    chosen = _found(rules, arguments.rule) if arguments.rule else None
    past = {}
    for rule in [chosen] if chosen else [rule for rule in rules if rule.enabled and not rule.paused_why]:
        spec = shop.ask(rule_detail, rule.id).spec
        past[rule.id] = (rule.name, shop.ask(replay, spec, arguments.days))
    draft = Draft(chosen.id, chosen.name, shop.ask(rule_detail, chosen.id).spec) if chosen else None

    def told(done: int, total: int, words: str) -> None:
        progress(arguments, f"{done * 100 // total:>3} %  {words}")

    ahead = rehearse(shop, days=arguments.days, draft=draft, tell=told)
    progress(arguments, "")
    only = chosen.id if chosen else None
    answer(arguments, _tried_facts(past, ahead, only), *_tried_lines(shop, past, ahead, only))
    return 0


def _found(rules: Sequence[RuleLine], wanted: str) -> RuleLine:
    """The rule meant by its number, its key or its name."""
    for rule in rules:
        if wanted in (str(rule.id), rule.key, rule.name):
            return rule
    known = ", ".join(rule.key or str(rule.id) for rule in rules)
    raise WrongUse(N_("There is no rule “{rule}”. The rules are: {known}."), rule=wanted, known=known)


def _tried_facts(past: dict[int, tuple[str, Replayed]], ahead: Rehearsal, only: int | None) -> dict[str, Any]:
    return {
        "ok": True,
        "days": ahead.days,
        "past": [
            {
                "rule_id": rule_id,
                "rule_name": name,
                "total": found.total,
                "rows": [asdict(r) for r in found.rows],
            }
            for rule_id, (name, found) in past.items()
        ],
        "ahead": [asdict(row) for row in ahead.rows if only in (None, row.rule_id)],
        "until": ahead.until,
        "complete": ahead.complete,
        "cut": [{"rule_name": name, "until": until} for name, until in ahead.cut],
        "paused": [{"rule_name": name, "why": why} for name, why in ahead.paused],
    }


def _tried_lines(
    shop: Shop, past: dict[int, tuple[str, Replayed]], ahead: Rehearsal, only: int | None
) -> Iterator[str]:
    zone = zone_of(shop)
    days = ngettext("The last {count} day:", "The last {count} days:", ahead.days)
    yield days.format(count=ahead.days)
    for name, found in past.values():
        yield f"  {name}: {_often(found.total)}"
        for row in found.rows[: SHOWN if only else 0]:
            words = (row.title, row.detail, money(shop, row.money_minor), row.reason)
            yield "    " + _said(row.at, zone, *words, _often(row.times) if row.times > 1 else "")
    days = ngettext("The coming {count} day, on a copy:", "The coming {count} days, on a copy:", ahead.days)
    yield days.format(count=ahead.days)
    rows = [row for row in ahead.rows if only in (None, row.rule_id)]
    for turn in rows[:MOST_SAID]:
        told = ", ".join(f"{message.to} ({message.by})" for message in turn.messages)
        said = (turn.rule_name, turn.title, turn.why, *turn.effects)
        yield "  " + _said(turn.at, zone, *said, f"→ {told}" if told else "", turn.error)
    if len(rows) > MOST_SAID:
        yield _("  … and {count} more; --json lists them all.").format(count=f"{len(rows) - MOST_SAID:,}")
    if not rows:
        yield "  " + _("Nothing is due.")
    if not ahead.complete:
        yield _("There was too much; it was followed until {time}.").format(time=time_text(ahead.until, zone))
    for name, until in ahead.cut:
        cut_words = _("“{rule}” acts more than 1,000 times; it was followed until {time}.")
        yield cut_words.format(rule=name, time=time_text(until, zone))
    for name, why in ahead.paused:
        yield _("“{rule}” would pause: {why}").format(rule=name, why=why)


def _often(count: int) -> str:
    return ngettext("{count} time", "{count} times", count).format(count=f"{count:,}")


# -- run-once ---------------------------------------------------------------------------------------------------


def _run_once(shop: Shop, arguments: argparse.Namespace) -> int:
    """One look at everything that is due, and one go at what waits to be sent."""
    from desktop.rules.lists import clock_state
    from desktop.rules.log import RunFilter
    from desktop.scheduler.clockwork import Clockwork
    from desktop.services.sending import send_due

    begun = shop.clock.now()
    clockwork = Clockwork(shop)
    try:
        look = clockwork.look()
    finally:
        clockwork.stop()
    sent = send_due(shop)
    runs, zone, doubt = all_runs(shop, RunFilter(since=begun)), zone_of(shop), shop.ask(clock_state).doubt
    lines = [run_text(line, zone) for line in runs]
    if not look.held:
        lines.append(_("Another program looks after this shop at the moment; nothing was done twice."))
    sums = _("{fired} done, {failed} failed; {sent} messages and checks worked off.")
    lines.append(sums.format(fired=look.fired, failed=look.failed, sent=sent.done))
    if doubt:
        lines.append(_(doubt))
    facts = {"ok": True, **asdict(look), "sent": asdict(sent), "doubt": doubt}
    answer(arguments, {**facts, "runs": [asdict(line) for line in runs]}, *lines)
    return 0


# -- log --------------------------------------------------------------------------------------------------------


def _log(shop: Shop, arguments: argparse.Namespace) -> int:
    """What rules did, newest first."""
    from desktop.rules.lists import rules_list
    from desktop.rules.log import RunFilter

    rules = shop.ask(rules_list)
    rule = _found(rules, arguments.rule) if arguments.rule else None
    since = shop.clock.now() - timedelta(days=max(1, min(arguments.days, 36_500)))
    runs = all_runs(shop, RunFilter(rule.id if rule else None, arguments.state or "", since))
    zone = zone_of(shop)
    lines = [run_text(line, zone) for line in runs] or [_("Nothing happened in this time.")]
    answer(arguments, {"ok": True, "runs": [asdict(line) for line in runs]}, *lines)
    return 0


def all_runs(shop: Shop, which: RunFilter) -> list[RunLine]:
    """All pages of the log, newest first, up to a bound."""
    from desktop.rules.log import rule_runs

    page = shop.ask(rule_runs, which)
    found = list(page.rows)
    while page.after is not None and len(found) < MOST_LINES:
        page = shop.ask(rule_runs, which, page.after)
        found += page.rows
    return found


# -- in words ---------------------------------------------------------------------------------------------------


def zone_of(shop: Shop) -> ZoneInfo:
    """The shop's time zone."""
    from desktop.rules.trial_look import shop_zone

    return shop.ask(shop_zone)


def time_text(moment: datetime, zone: ZoneInfo) -> str:
    """A moment as a log writes it, in the shop's time."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def money(shop: Shop, minor: int) -> str:
    """An amount, or nothing where none is at stake."""
    from desktop.queries.shell import shop_card

    return str(Money(minor, shop.ask(shop_card).currency)) if minor else ""


def run_text(line: RunLine, zone: ZoneInfo) -> str:
    """One firing in a line."""
    return _said(line.at, zone, line.rule_name, line.title, line.cause, *line.effects, line.error)


def _said(at: datetime, zone: ZoneInfo, *words: str) -> str:
    parts: Iterable[str] = (part for part in words if part)
    return f"{time_text(at, zone)}  " + " · ".join(parts)
