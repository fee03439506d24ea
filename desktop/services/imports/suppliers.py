"""Import suppliers: known ones are found by code, else by name, and filled up; new ones are made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, or_, select

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, _
from desktop.models.people import Permission
from desktop.models.purchasing import Supplier
from desktop.services.imports.entries import Run
from desktop.services.imports.report import CHANGED, NEW, REFUSED, SAME, Verdict
from desktop.services.imports.undo_members import hanging
from desktop.services.suppliers import SupplierForm, checked_supplier, put_supplier
from desktop.shop.work import Read, Work

RIGHT = Permission.BUY
FIELDS = (
    "name", "code", "contact", "phone", "email", "address", "terms", "lead_days", "order_days", "cut_off",
    "least_minor", "note",
)  # fmt: skip
Row = dict[str, Any]


class Known:
    """The suppliers some rows name, read at once: by code, else by name."""

    def __init__(self, read: Read, rows: Sequence[Row], code: str = "code", name: str = "name") -> None:
        self._fields = (code, name)
        said = sorted({row[field] for row in rows for field in self._fields if row.get(field)})
        found = read.rows(
            select(Supplier.__table__).where(or_(Supplier.code.in_(said), Supplier.name.in_(said)))
        )
        self._by_code: dict[str, Any] = {}
        self._by_name: dict[str, list[Any]] = {}
        for row in found:
            self._by_code[row.code] = row
            self._by_name.setdefault(row.name, []).append(row)

    def find(self, row: Row) -> Any:
        """The supplier of a row, None when there is none, a sentence when several have the name."""
        code, name = (row.get(field, "") for field in self._fields)
        if code in self._by_code:
            return self._by_code[code]
        named = self._by_name.get(name, [])
        if len(named) > 1:
            return _("Several suppliers are called “{text}”. Give their code.").format(text=name)
        return named[0] if named else None


def judge(read: Read, rows: Sequence[Row]) -> list[Verdict]:
    """Which suppliers are new, would be changed, or are as the file says."""
    known, seen, verdicts = Known(read, rows), set[str](), []
    for row in rows:
        marks = {f"{field} {row[field]}" for field in ("code", "name") if row.get(field)}
        verdicts.append(_verdict(row, known.find(row), bool(marks & seen)))
        seen |= marks
    return verdicts


def _verdict(row: Row, found: Any, again: bool) -> Verdict:
    if again:
        return Verdict(REFUSED, _("This supplier stands in the file twice; the first one counts."))
    if isinstance(found, str):
        return Verdict(REFUSED, found)
    try:
        checked_supplier(_form(row, found))
    except ShopError as error:
        return Verdict(REFUSED, str(error))
    if found is None:
        return Verdict(NEW)
    return Verdict(CHANGED if _changes(row, found) else SAME)


def write(work: Work, run: Run, rows: Sequence[Row], verdicts: Sequence[Verdict]) -> None:
    """Make the new suppliers, fill the known ones up."""
    known = Known(work, rows)
    for row, verdict in zip(rows, verdicts, strict=True):
        found = known.find(row)
        if verdict.deed == NEW:
            run.note("supplier", put_supplier(work, None, _form(row, None)))
        elif verdict.deed == CHANGED:
            after = _changes(row, found)
            before = {key: getattr(found, key) for key in after}
            put_supplier(work, found.id, _form(row, found))
            run.note("supplier", found.id, made=False, before=before, after=after)


def _said(row: Row) -> dict[str, Any]:
    """What the file says: never an empty cell over what is known."""
    said = {key: row[key] for key in FIELDS if row.get(key) not in (None, "")}
    if "least" in row:
        said["least_minor"] = row["least"]
    for key in ("name", "code", "contact", "phone", "address", "terms", "note"):
        if key in said:
            said[key] = " ".join(said[key].split())
    return said


def _changes(row: Row, found: Any) -> dict[str, Any]:
    return {key: value for key, value in _said(row).items() if getattr(found, key) != value}


def _form(row: Row, found: Any) -> SupplierForm:
    values = {key: getattr(found, key) for key in (*FIELDS, "language")} if found is not None else {}
    return form_of(values | _said(row))


def form_of(values: dict[str, Any]) -> SupplierForm:
    """The form of a supplier with these columns."""
    chosen = dict(values)
    chosen["order_days"] = tuple(int(day) for day in chosen.get("order_days", ""))
    return SupplierForm(**chosen)


def take_back(work: Work, _run_id: int, things: Sequence[tuple[int, bool, dict[str, Any]]]) -> list[str]:
    """Remove the suppliers the import made and put back what it changed of others."""
    held = hanging(work, "supplier", [supplier for supplier, made, _detail in things if made])
    return [
        _remove(work, supplier, held) if made else _restore(work, supplier, detail)
        for supplier, made, detail in things
    ]


def _remove(work: Work, supplier_id: int, held: set[int]) -> str:
    supplier = work.session.get(Supplier, supplier_id, with_for_update=True)
    if supplier is None:
        return ""
    if supplier_id in held:
        return N_("The supplier has prices or orders since.")
    work.touch("supplier", supplier_id)
    work.note(removed_supplier=supplier.code)
    work.rows(delete(Supplier).where(Supplier.id == supplier_id))
    work.session.expunge(supplier)
    return ""


def _restore(work: Work, supplier_id: int, detail: dict[str, Any]) -> str:
    supplier = work.session.get(Supplier, supplier_id, with_for_update=True)
    if supplier is None:
        return ""
    if any(getattr(supplier, key) != value for key, value in detail["after"].items()):
        return N_("It was changed since.")
    values = {key: getattr(supplier, key) for key in (*FIELDS, "language")}
    put_supplier(work, supplier_id, form_of(values | detail["before"]))
    work.flush()
    return ""
