"""What people see of the rules: the list, one rule, its versions, what its blanks offer, and the clock itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, func, select

from desktop.basics.clock import day_starts, shop_day
from desktop.basics.errors import Malformed, NotFound
from desktop.basics.i18n import N_, _
from desktop.models.members import Tier
from desktop.models.notice_texts import NOTICE_TEXTS
from desktop.models.notices import NoticeChannel
from desktop.models.people import DEVICE_ROLES, Permission, Role, Staff
from desktop.models.products import Category, Product, Sku, Tag
from desktop.models.rules import DONE, ClockBeat, Rule, RuleRun, RuleVersion
from desktop.rules.catalogue import EFFECTS, TRIGGERS, Entry, condition_of, effect_of, trigger_of
from desktop.rules.effects.messages import BUYER
from desktop.rules.facts import ALWAYS, FACTS
from desktop.rules.parameters import Names
from desktop.rules.reach import CHANNEL_WORDS
from desktop.rules.sentence import sentence, when_words
from desktop.rules.spec import Part, Spec
from desktop.rules.spec import read as read_spec
from desktop.shop.action import question
from desktop.shop.work import Read

HISTORY_DAYS = 14


@dataclass(frozen=True, slots=True)
class RuleLine:
    """A rule in the list; `when` is its trigger in words, `today` how often it acted today."""

    id: int
    key: str | None
    name: str
    topic: str
    enabled: bool
    paused_why: str
    when: str
    last_at: datetime | None
    last_state: str
    today: int
    failed_today: int


@dataclass(frozen=True, slots=True)
class RuleDetail:
    """One rule for the editor; `figures` are the settings its blanks show, `names` words for what it names."""

    id: int
    key: str | None
    name: str
    topic: str
    enabled: bool
    paused_at: datetime | None
    paused_why: str
    version: int
    edited_at: datetime
    edited_by: str
    spec: Spec
    figures: Mapping[str, Any]
    names: Names


@dataclass(frozen=True, slots=True)
class Version:
    """What a rule said from a moment on."""

    version: int
    at: datetime
    who: str
    sentence: str


@dataclass(frozen=True, slots=True)
class RuleHistory:
    """How often a rule acted on each of the last days (oldest first), and its versions (newest first)."""

    days: tuple[tuple[date, int], ...]
    versions: tuple[Version, ...]


@dataclass(frozen=True, slots=True)
class Choices:
    """What the shop offers for blanks: kind → (value, words); goods are looked for by typing."""

    by_kind: Mapping[str, tuple[tuple[Any, str], ...]]
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ClockState:
    """The shop's clock: when it last looked, how often today, rules on and runs today, why it is in doubt."""

    swept_at: datetime | None
    sweeps_today: int
    enabled: int
    runs_today: int
    doubt: str


@question(permission=Permission.SEE_RULES)
def rules_list(read: Read) -> tuple[RuleLine, ...]:
    """Every rule in the order of topics, with its last run and today's count."""
    start = day_starts(shop_day(read.now, read.zone), read.zone)
    today = (
        select(
            RuleRun.rule_id,
            func.count().label("runs"),
            func.count(case((RuleRun.state != DONE, RuleRun.id))).label("failed"),
        )
        .where(RuleRun.at >= start)
        .group_by(RuleRun.rule_id)
        .subquery("today")
    )
    newest = (
        select(RuleRun.id)
        .where(RuleRun.rule_id == Rule.id)
        .order_by(RuleRun.at.desc(), RuleRun.id.desc())
        .limit(1)
        .correlate(Rule)
        .scalar_subquery()
    )
    statement = (
        select(
            Rule, RuleRun.at.label("last_at"), RuleRun.state.label("last_state"), today.c.runs, today.c.failed
        )
        .join(today, today.c.rule_id == Rule.id, isouter=True)
        .join(RuleRun, and_(RuleRun.id == newest), isouter=True)
        .where(Rule.removed_at.is_(None))
        .order_by(Rule.position, Rule.id)
    )
    figures = figures_now(read)
    return tuple(_line(read, row, figures) for row in read.rows(statement))


def _line(read: Read, row: Any, figures: Mapping[str, Any]) -> RuleLine:
    return RuleLine(
        row.id, row.key, rule_name(row), row.topic, row.enabled, row.paused_why if row.paused_at else "",
        _when(read, row.spec, figures), row.last_at, row.last_state or "", int(row.runs or 0), int(row.failed or 0),
    )  # fmt: skip


def _when(read: Read, text: str, figures: Mapping[str, Any]) -> str:
    try:
        return when_words(read_spec(text), figures, read.currency)
    except Malformed as error:
        return str(error)


def rule_name(row: Any) -> str:
    """Ours in the reader's language, the owner's as written."""
    return _(row.name) if row.key else str(row.name)


@question(permission=Permission.SEE_RULES)
def rule_detail(read: Read, rule_id: int) -> RuleDetail:
    """One rule. Raises `NotFound`."""
    row = read.first(select(*Rule.__table__.columns).where(Rule.id == rule_id, Rule.removed_at.is_(None)))
    if row is None:
        raise NotFound(N_("This rule was removed."))
    spec = read_spec(row.spec)
    return RuleDetail(
        row.id, row.key, rule_name(row), row.topic, row.enabled, row.paused_at, row.paused_why, row.version,
        row.edited_at, _person(read, row.edited_by), spec, figures_now(read), names_of(read, spec),
    )  # fmt: skip


@question(permission=Permission.SEE_RULES)
def rule_history(read: Read, rule_id: int) -> RuleHistory:
    """How often it acted on each of the last 14 days, and what it said before."""
    today = shop_day(read.now, read.zone)
    first = today - timedelta(days=HISTORY_DAYS - 1)
    moments = select(RuleRun.at).where(
        RuleRun.rule_id == rule_id, RuleRun.state == DONE, RuleRun.at >= day_starts(first, read.zone)
    )
    counts: dict[date, int] = {first + timedelta(days=i): 0 for i in range(HISTORY_DAYS)}
    for row in read.rows(moments):
        day = shop_day(row.at, read.zone)
        if day in counts:
            counts[day] += 1
    kept = select(RuleVersion.version, RuleVersion.at, RuleVersion.actor, RuleVersion.spec)
    rows = read.rows(
        kept.where(RuleVersion.rule_id == rule_id).order_by(RuleVersion.version.desc()).limit(20)
    )
    figures = figures_now(read)
    versions = tuple(
        Version(row.version, row.at, _person(read, row.actor), _said(read, row.spec, figures)) for row in rows
    )
    return RuleHistory(tuple(counts.items()), versions)


def _said(read: Read, text: str, figures: Mapping[str, Any]) -> str:
    spec = read_spec(text)
    return sentence(spec, names_of(read, spec), figures, read.currency)


@question(permission=Permission.SEE_RULES)
def rule_choices(read: Read) -> Choices:
    """What the shop offers for the blanks of a rule."""

    def named(*statement: Any) -> tuple[tuple[Any, str], ...]:
        rows: Any = read.rows(*statement)
        return tuple((key, str(words)) for key, words in rows)

    roles = read.rows(
        select(Role.key, Role.name).where(Role.key.not_in((*DEVICE_ROLES, "guest"))).order_by(Role.key)
    )
    staff = read.rows(select(Staff.id, Staff.name).where(Staff.active).order_by(Staff.id))
    receivers = [(BUYER, _("the member"))]
    receivers += [(f"role:{row.key}", _("every {role}").format(role=_(row.name).lower())) for row in roles]
    receivers += [(f"staff:{row.id}", row.name) for row in staff]
    chats = read.rows(
        select(NoticeChannel.id, NoticeChannel.name)
        .where(NoticeChannel.active, NoticeChannel.removed_at.is_(None), ~NoticeChannel.by_phone)
        .order_by(NoticeChannel.id)
    )
    channels = [(key, _(words)) for key, words in CHANNEL_WORDS.items()]
    channels += [(f"chat:{row.id}", row.name) for row in chats]
    tiers = tuple(
        (key, _(words)) for key, words in named(select(Tier.key, Tier.name).order_by(Tier.position))
    )
    return Choices(
        {
            "categories": named(select(Category.id, Category.name).order_by(Category.name)),
            "tiers": tiers,
            "tags": named(select(Tag.name, Tag.name).order_by(Tag.name)),
            "receivers": tuple(receivers),
            "channels": tuple(channels),
            "templates": tuple((key, _(text.name)) for key, text in NOTICE_TEXTS.items()),
        },
        figures_now(read),
    )


def templates_for(subject: str) -> tuple[str, ...]:
    """The messages whose words a rule about this subject knows."""
    known = FACTS.get(subject, frozenset()) | ALWAYS
    return tuple(key for key, text in NOTICE_TEXTS.items() if set(text.fields) <= known)


@question(permission=Permission.SEE_RULES)
def clock_state(read: Read) -> ClockState:
    """How the clock is doing."""
    beat = read.first(select(ClockBeat.swept_at, ClockBeat.day, ClockBeat.sweeps, ClockBeat.doubt))
    day = shop_day(read.now, read.zone)
    on = select(func.count()).where(Rule.enabled, Rule.paused_at.is_(None), Rule.removed_at.is_(None))
    runs = select(func.count()).where(RuleRun.at >= day_starts(day, read.zone))
    return ClockState(
        beat.swept_at if beat else None,
        beat.sweeps if beat and beat.day == day else 0,
        int(read.value(on)),
        int(read.value(runs)),
        beat.doubt if beat else "",
    )


def figures_now(read: Read) -> dict[str, Any]:
    """The settings that blanks of the catalogue show, by key."""
    entries: list[Entry] = [*TRIGGERS.values(), *EFFECTS.values()]
    specs = [p.setting for entry in entries for p in entry.parameters if p.setting is not None]
    return {spec.key: read.setting(spec) for spec in specs}


def names_of(read: Read, spec: Spec) -> dict[tuple[str, Any], str]:
    """Words for everything the rule names, deleted things left out."""
    names: dict[tuple[str, Any], str] = {}
    wanted: dict[str, set[Any]] = {}
    for entry, part in _parts(spec):
        for parameter in entry.parameters:
            value = part.values.get(parameter.key, parameter.default)
            if parameter.many and parameter.kind != "choices":
                wanted.setdefault(parameter.kind, set()).update(value or ())
    offered = rule_choices.run(read).by_kind
    for kind in (*wanted, "templates"):
        names.update({(kind, value): words for value, words in offered.get(kind, ())})
    if wanted.get("goods"):
        goods = select(Sku.id, Product.name).join(Product, Product.id == Sku.product_id)
        for row in read.rows(goods.where(Sku.id.in_(wanted["goods"]))):
            names["goods", row.id] = row.name
    return names


def _parts(spec: Spec) -> list[tuple[Entry, Part]]:
    parts: list[tuple[Entry, Part]] = [(condition_of(part), part) for part in spec.conditions]
    parts += [(effect_of(step), step) for step in spec.steps]
    return [*parts, *([(trigger_of(spec.trigger), spec.trigger)] if spec.trigger else [])]


def _person(read: Read, actor: str) -> str:
    kind, _sep, number = actor.partition(":")
    if kind == "staff" and number.isdigit():
        return str(read.value(select(Staff.name).where(Staff.id == int(number))) or actor)
    return _(PROGRAMS.get(kind, actor))


PROGRAMS = {"clock": N_("Clock"), "console": N_("Owner’s terminal")}
