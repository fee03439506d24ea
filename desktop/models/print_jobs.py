"""What goes to a till's printer: jobs with their states, drawers that were opened, and the receipt's logo."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from desktop.basics.i18n import N_
from desktop.models.base import Base, RowId

QUEUED, PRINTING, SENT, CONFIRMED = "queued", "printing", "sent", "confirmed"
UNSURE, FAILED, CANCELLED = "unsure", "failed", "cancelled"
OPEN = (QUEUED, PRINTING)
PERHAPS_ON_PAPER = (SENT, CONFIRMED, UNSURE)  # a further one is a copy
_OPEN = text("state IN ('queued', 'printing')")
_WAITS = "state IN ('queued', 'printing', 'failed', 'unsure')"  # for the printer, or for a person
WAITS = text(f"print_job.{_WAITS}")  # as its index says it: SQLite knows it again by its words only

STATE_WORDS = {
    QUEUED: N_("Waiting for the printer"),
    PRINTING: N_("Printing"),
    SENT: N_("Sent, not confirmed"),
    CONFIRMED: N_("Printed"),
    UNSURE: N_("Perhaps printed"),
    FAILED: N_("Not printed"),
    CANCELLED: N_("Cancelled"),
}
KIND_WORDS = {
    "receipt": N_("Receipt"),
    "refund": N_("Refund receipt"),
    "report": N_("Report"),
    "label": N_("Label"),
    "test": N_("Test page"),
    "drawer": N_("Cash drawer"),
}
# Why nothing (or nobody knows what) came out, each with the next step.
PROBLEM_WORDS = {
    "offline": N_("The printer doesn’t answer. Check that it is on and its cable is in."),
    "paper_out": N_("The printer is out of paper. Put in a new roll."),
    "cover_open": N_("The printer’s cover is open. Close it."),
    "not_ready": N_("The printer says it isn’t ready. Look at its lights, switch it off and on."),
    "no_way": N_(
        "The printer set on this machine can’t be used. Choose it again in Settings › Receipt printer."
    ),
    "cut_off": N_("The connection broke while printing. Look at what came out."),
    "ran_out": N_("The paper ran out while printing. Put in a new roll and look at what came out."),
    "program_ended": N_("The program ended while printing. Look at what came out."),
    "too_old": N_("It waited too long for the printer, so it isn’t printed by itself any more."),
    "unreadable": N_("This paper can’t be laid out any more. Look at its order."),
}


class PrintJob(Base):
    """One paper for the printer of one till; its bytes leave at most once by themselves.

    `document` is `order:12`, `refund:4`, `cash_session:3` …; `copy_no` 0 is the original, above it marked reprints.
    A receipt is laid out when it is printed; `content` holds what can't be made again (JSON lines).
    """

    __tablename__ = "print_job"
    __table_args__ = (
        CheckConstraint("copy_no >= 0", name="copy"),
        UniqueConstraint("kind", "document", "copy_no"),
        Index("ix_print_job_open", "till_id", "next_at", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_print_job_at_id", "at", "id"),
        Index("ix_print_job_waits", "at", "id", sqlite_where=text(_WAITS), postgresql_where=text(_WAITS)),
    )
    id: Mapped[RowId]
    kind: Mapped[str]  # receipt, refund, report, test, label, drawer
    document: Mapped[str]
    copy_no: Mapped[int] = mapped_column(default=0)
    till_id: Mapped[int] = mapped_column(ForeignKey("till.id"))
    content: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")  # why a drawer is opened without a sale
    drawer_event: Mapped[str] = mapped_column(default="")  # what opens the drawer along with it, once ever
    state: Mapped[str] = mapped_column(default=QUEUED)
    problem: Mapped[str] = mapped_column(default="")  # a key of PROBLEM_WORDS
    attempts: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime]  # by the person who asked last
    next_at: Mapped[datetime]
    lease_owner: Mapped[str] = mapped_column(default="")
    lease_until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    client_key: Mapped[str] = mapped_column(unique=True)
    actor: Mapped[str]
    at: Mapped[datetime]


class DrawerKick(Base):
    """A cash drawer that was told to open; written before it is, so that one event opens it once. Append-only."""

    __tablename__ = "drawer_kick"
    id: Mapped[RowId]
    event: Mapped[str] = mapped_column(unique=True)  # settle:<key>, cash:<id>, open:<key>
    till_id: Mapped[int] = mapped_column(ForeignKey("till.id"))
    job_id: Mapped[int] = mapped_column(ForeignKey("print_job.id"))
    note: Mapped[str] = mapped_column(default="")
    actor: Mapped[str]
    at: Mapped[datetime]


class ReceiptLogo(Base):
    """The picture on top of receipts: black and white dots as PNG, never wider than narrow paper."""

    __tablename__ = "receipt_logo"
    id: Mapped[RowId]
    png: Mapped[bytes]
    at: Mapped[datetime]
