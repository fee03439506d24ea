"""What each import touched, so that the whole of it can be taken back."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from desktop.models.base import Base, RowId, personal

IN, OUT, KEPT = "in", "out", "kept"  # there; taken back; could not be taken back


class ImportEntry(Base):
    """One thing an import made or changed; `kept` has the reason why it could not be taken back."""

    __tablename__ = "import_entry"
    __table_args__ = (Index("ix_import_entry_run_id_state", "run_id", "state", "id"),)
    id: Mapped[RowId]
    run_id: Mapped[int] = mapped_column(ForeignKey("import_run.id"))
    subject: Mapped[str]  # order, goods, member, stock, price
    subject_id: Mapped[int]
    made: Mapped[bool] = mapped_column(default=True)  # else it was there and was changed
    detail: Mapped[str] = personal(default="")  # JSON: what it was before, what the import wrote
    state: Mapped[str] = mapped_column(default=IN)
    reason: Mapped[str] = mapped_column(default="")
