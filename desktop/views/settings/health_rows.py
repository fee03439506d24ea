"""The health page in words: a row for each thing, with its state and what to do about it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from desktop.basics.i18n import N_, _, ngettext
from desktop.basics.words import when_text
from desktop.queries.health import SLACK, Beat, Health, LastCheck, Post
from desktop.queries.order_words import method_word, said
from desktop.queries.pay_words import reason_word
from desktop.services.machine_health import MachineHealth
from desktop.views.settings.sizes import size_text

OK, HINT, PROBLEM = "ok", "hint", "problem"
CHECK_TITLES = {"books": N_("The books"), "orders": N_("Orders and points")}


@dataclass(frozen=True)
class Row:
    """One line: its state, words, further lines, and the verb of its button with the id it is about."""

    key: str
    state: str
    icon: str
    title: str
    caption: str
    verb: str = ""
    target: int = 0
    more: tuple[str, ...] = field(default=())
    name: str = ""  # what it is about, where that has no id


@dataclass(frozen=True)
class Here:
    """Where and when it is read."""

    now: datetime
    zone: ZoneInfo

    def when(self, moment: datetime) -> str:
        """A moment as people say it."""
        return when_text(moment, self.now, self.zone)


def clock_rows(health: Health, here: Here) -> Iterator[Row]:
    """The shop's clock and the rules that stopped."""
    yield _beat(health.beat, here)
    if health.beat is not None and health.beat.doubt:
        why = said(health.beat.doubt)
        caption = _("{why} Orders are neither closed nor completed until the time is sure.").format(why=why)
        yield Row("doubt", PROBLEM, "time-line", _("The time is in doubt"), caption, "confirm")
    for rule in health.paused:
        title = _("The rule “{name}” has stopped").format(name=said(rule.name))
        since = here.when(rule.since)
        caption = _("Since {when}: {why}").format(when=since, why=said(rule.why))
        yield Row("paused", PROBLEM, "flashlight-line", title, caption, "resume", rule.id)
    if not health.paused:
        yield Row("paused", OK, "flashlight-line", _("Automatic rules"), _("None has stopped"))
    yield from _post(health.post, here)
    yield from _resting(health, here)
    for service in health.silent:
        title = _("{name} can’t be asked about parcels").format(name=service.name)
        caption = _("Since {when}: {why}").format(when=here.when(service.since), why=said(service.why))
        yield Row("carriers", PROBLEM, "truck-line", title, caption)


def _resting(health: Health, here: Here) -> Iterator[Row]:
    for place, down in enumerate(health.resting):
        title = _("{method} does not work").format(method=method_word(down.method))
        caption = _(
            "Since {since}: {why}. It is tried again {when}; until then another way is offered."
        ).format(since=here.when(down.since), why=reason_word(down.reason), when=here.when(down.until))
        yield Row("resting", PROBLEM, "wallet-3-line", title, caption, "trust", place, name=down.method)


def _beat(beat: Beat | None, here: Here) -> Row:
    title, icon = _("The shop’s clock"), "pulse-line"
    if beat is None:
        return Row("clock", PROBLEM, icon, title, _("No program has looked at the rules yet"))
    if beat.swept_at is None:
        caption = _("It has just begun") if beat.running else _("It never ran to the end")
    else:
        caption = _("Looked {when}, {count} times today").format(
            when=here.when(beat.swept_at), count=f"{beat.sweeps:,}"
        )
    if not beat.running:
        caption = _("No program runs it now. {last}").format(last=caption)
    return Row("clock", OK if beat.running else PROBLEM, icon, title, caption)


def _post(post: Post, here: Here) -> Iterator[Row]:
    if post.failed:
        title = ngettext(
            "{count} message could not be sent", "{count} messages could not be sent", post.failed
        )
        caption = said(post.why) or _("Every try failed. Check mail and chat under Notifications.")
        yield Row(
            "failed", PROBLEM, "mail-close-line", title.format(count=f"{post.failed:,}"), caption, "retry"
        )
    waiting = _("Nothing waits to be sent")
    if post.waiting and post.oldest is not None:
        waiting = ngettext(
            "{count} waits to be sent, since {when}", "{count} wait to be sent, the oldest since {when}", post.waiting
        ).format(count=f"{post.waiting:,}", when=here.when(post.oldest))  # fmt: skip
    yield Row("waiting", OK, "inbox-archive-line", _("Messages and jobs"), waiting)


def check_rows(health: Health, here: Here) -> Iterator[Row]:
    """The last run of each check."""
    kept = {check.kind: check for check in health.checks}
    for kind, words in CHECK_TITLES.items():
        yield _check(kind, _(words), kept.get(kind), here)


def _check(kind: str, title: str, check: LastCheck | None, here: Here) -> Row:
    icon, verb = "scales-3-line" if kind == "books" else "tools-line", kind
    if check is None:
        return Row(kind, HINT, icon, title, _("Not checked yet"), verb)
    when = here.when(check.at)
    if not check.found:
        return Row(kind, OK, icon, title, _("Checked {when}, all of it adds up").format(when=when), verb)
    caption = ngettext(
        "Checked {when}: {count} thing does not fit", "Checked {when}: {count} things do not fit", check.found
    )
    more = [_(words).format(**fields) for words, fields in check.findings]
    left = check.found - len(more)
    if left > 0:
        more.append(_("and {count} more").format(count=f"{left:,}"))
    words = caption.format(when=when, count=f"{check.found:,}")
    return Row(kind, PROBLEM, icon, title, words, verb, more=tuple(more))


def database_rows(health: Health, here: Here) -> Iterator[Row]:
    """The database answers, and its time is this machine's."""
    facts = health.database
    kind = _("File on this machine") if facts.kind == "sqlite" else _("PostgreSQL server")
    parts = [kind, size_text(facts.size), _("schema {number}").format(number=facts.schema), facts.place]
    current = facts.current and facts.schema == facts.newest_schema
    state = OK if current else PROBLEM
    caption = " · ".join(part for part in parts if part)
    yield Row("database", state, "database-2-line", _("The database answers"), caption)
    yield _time(health, here)


def _time(health: Health, here: Here) -> Row:
    title, icon = _("This machine’s time"), "time-line"
    now = f"{here.now.astimezone(here.zone):%H:%M:%S}"
    if health.future is not None:
        caption = _("{now}, but the last entry is from {when}. Set date and time right.").format(
            now=now, when=here.when(health.future)
        )
        return Row("time", PROBLEM, icon, title, caption)
    if health.apart is None:
        return Row("time", OK, icon, title, _("{now}, the database has the same").format(now=now))
    tenths = round(abs(health.apart).total_seconds() * 10)
    apart = _("{now}, {seconds} s from the server’s").format(now=now, seconds=f"{tenths // 10}.{tenths % 10}")
    return Row("time", OK if abs(health.apart) <= SLACK else PROBLEM, icon, title, apart)


def machine_rows(machine: MachineHealth) -> Iterator[Row]:
    """Disk, keyring, versions."""
    room = _("{free} free of {size}").format(free=size_text(machine.free), size=size_text(machine.size))
    if not machine.roomy:
        room = _("{room}. Free some space: at least 1 GB should be left.").format(room=room)
    yield Row("disk", OK if machine.roomy else PROBLEM, "hard-drive-2-line", _("Disk"), room)
    keyring = machine.keyring or _("None that keeps secrets safely: passwords of mail and chat can’t be kept")
    yield Row("keyring", OK if machine.keyring else HINT, "key-2-line", _("Keyring"), keyring)
    versions = _("Zhanggui {program} · Python {python} · Qt {qt}").format(
        program=machine.program, python=machine.python, qt=machine.qt
    )
    yield Row("versions", OK, "git-branch-line", _("Versions"), versions)


def missing_rows() -> Iterator[Row]:
    """What nobody watches over yet, so that nobody relies on it."""
    backups = _("The program makes none yet. Copy the database yourself, while no program is open.")
    phone = _("The phone page runs without one in the shop’s own network.")
    updates = _("The program doesn’t look for newer versions yet.")
    yield Row("backups", HINT, "shield-check-line", _("Backups"), backups)
    yield Row("certificate", HINT, "key-2-line", _("Certificate"), phone)
    yield Row("updates", HINT, "refresh-line", _("Updates"), updates)
