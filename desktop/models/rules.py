"""The shop's own rules: what they say, each version of it, where each subject stands, and every firing."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, RowId

DONE, FAILED, GIVEN_UP = "done", "failed", "given_up"
MOST_FAILURES = 3  # then the rule pauses and says why

_RETRYING = text("state = 'failed'")
_EXPECTED = text("next_due_at IS NOT NULL")


class Rule(Base):
    """One rule as data; `spec` is the JSON that `rules/spec.py` reads and writes."""

    __tablename__ = "rule"
    id: Mapped[RowId]
    key: Mapped[str | None] = mapped_column(unique=True)  # of a shipped rule
    name: Mapped[str]  # of a shipped rule a sentence key, else the owner's words
    topic: Mapped[str]  # orders, stock, members, system
    position: Mapped[int] = mapped_column(default=0)
    enabled: Mapped[bool] = mapped_column(default=True)
    since: Mapped[datetime]  # what happened before is none of its business
    spec: Mapped[str]
    version: Mapped[int] = mapped_column(default=1)
    failures: Mapped[int] = mapped_column(default=0)  # in a row
    event_floor: Mapped[
        int | None
    ]  # timeline rows behind this one are looked at again: it was paused, or failed
    paused_at: Mapped[datetime | None]
    paused_why: Mapped[str] = mapped_column(default="")
    edited_at: Mapped[datetime]
    edited_by: Mapped[str]
    removed_at: Mapped[datetime | None]  # kept for its log


class RuleVersion(Base):
    """What a rule said from a moment on. Append-only."""

    __tablename__ = "rule_version"
    __table_args__ = (UniqueConstraint("rule_id", "version"),)
    id: Mapped[RowId]
    rule_id: Mapped[int] = mapped_column(ForeignKey("rule.id"))
    version: Mapped[int]
    name: Mapped[str]
    spec: Mapped[str]
    actor: Mapped[str]
    at: Mapped[datetime]


class RuleWatch(Base):
    """Where one subject stands with one rule; its guarded change decides who fires.

    `start_at` is when the state began that the rule watches, `next_due_at` when a later step or a repetition is due.
    """

    __tablename__ = "rule_watch"
    __table_args__ = (
        Index(
            "ix_rule_watch_next", "rule_id", "next_due_at",
            sqlite_where=_EXPECTED, postgresql_where=_EXPECTED,
        ),
    )  # fmt: skip
    rule_id: Mapped[int] = mapped_column(ForeignKey("rule.id"), primary_key=True)
    subject_id: Mapped[int] = mapped_column(primary_key=True)
    start_at: Mapped[datetime]
    last_due_at: Mapped[datetime]
    next_due_at: Mapped[datetime | None]
    fired_at: Mapped[datetime]
    day: Mapped[date | None]  # the business day of a daily rule, so that no change of zone fires it twice
    times: Mapped[int] = mapped_column(default=1)


class RuleRun(Base):
    """One firing of one rule for one subject: `(rule, subject, due_at)` is unique, so it happens once."""

    __tablename__ = "rule_run"
    __table_args__ = (
        UniqueConstraint("rule_id", "subject_id", "due_at"),
        Index("ix_rule_run_at_id", "at", "id"),
        Index("ix_rule_run_rule_id_at", "rule_id", "at", "id"),
        Index("ix_rule_run_subject", "subject_kind", "subject_id", "id"),
        Index(
            "ix_rule_run_retry", "retry_at", sqlite_where=_RETRYING, postgresql_where=_RETRYING
        ),
        CheckConstraint("tries >= 1", name="tries"),
    )  # fmt: skip
    id: Mapped[RowId]
    rule_id: Mapped[int] = mapped_column(ForeignKey("rule.id"))
    version: Mapped[int]
    subject_kind: Mapped[str]  # order, sku, member, shop
    subject_id: Mapped[int]
    due_at: Mapped[datetime]
    start_at: Mapped[datetime]
    at: Mapped[datetime]
    state: Mapped[str]  # done, failed (will be tried again), given_up
    tries: Mapped[int] = mapped_column(default=1)
    retry_at: Mapped[datetime | None]
    cause: Mapped[str] = mapped_column(default="{}")  # JSON: what was seen of the subject, nobody's name
    effects: Mapped[str] = mapped_column(default="[]")  # JSON: what each action did
    error: Mapped[str] = mapped_column(default="")


class ClockBeat(Base):
    """The one row about the clock: which program works, until when its lease runs, how far everything was looked at.

    Written without an audit row: it says nothing about the shop.
    """

    __tablename__ = "clock_beat"
    id: Mapped[int] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(default="")
    until: Mapped[datetime]
    fence: Mapped[int] = mapped_column(default=0)
    swept_at: Mapped[datetime | None]  # when everything was looked at last
    seen_event: Mapped[int] = mapped_column(default=0)  # up to which row of the orders' timeline
    day: Mapped[date]
    sweeps: Mapped[int] = mapped_column(default=0)  # of that day
    doubt: Mapped[str] = mapped_column(default="")  # why the machine's clock is not believed
    doubt_at: Mapped[datetime | None]
