"""Import members: known ones are found by phone and filled up, new ones are made with the points they bring."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select, update

from desktop.basics.errors import ShopError
from desktop.basics.i18n import _
from desktop.basics.words import pinyin_keys
from desktop.models.members import Member, PointsEntry, Tier
from desktop.models.people import Permission
from desktop.models.settings import POINTS_DAYS
from desktop.models.system import Counter
from desktop.services import posting
from desktop.services.imports.entries import Run
from desktop.services.imports.report import CHANGED, NEW, REFUSED, SAME, Verdict
from desktop.services.receivers import changed_email
from desktop.shop.work import Read, Work

RIGHT = Permission.EDIT_MEMBERS
FIELDS = ("name", "gender", "birthday", "email", "note", "tier_key")
Row = dict[str, Any]


def judge(read: Read, rows: Sequence[Row]) -> list[Verdict]:
    """Which members are new, would be changed, or are as the file says."""
    known, tiers = _known(read, rows), _tiers(read)
    refs, seen, verdicts = _refs(read, rows), set[str](), []
    for row in rows:
        found = known.get(row["phone"])
        verdicts.append(_verdict(row, found, tiers, refs, seen))
        seen.add(row["phone"])
    return verdicts


def _verdict(
    row: Row, found: Any, tiers: dict[str, str], refs: dict[str, str | None], seen: set[str]
) -> Verdict:
    if row["phone"] in seen:
        return Verdict(REFUSED, _("This phone number stands in the file twice; the first one counts."))
    if row.get("tier") and row["tier"] not in tiers:
        return Verdict(REFUSED, _("The shop has no tier “{text}”.").format(text=row["tier"]))
    try:
        changed_email("", row.get("email", ""))
    except ShopError as error:
        return Verdict(REFUSED, str(error))
    if found is None:
        if row.get("person") in refs:
            said = _("The member number {text} belongs to another phone number.").format(text=row["person"])
            return Verdict(REFUSED, said)
        return Verdict(NEW)
    if found.status != "active":
        return Verdict(REFUSED, _("This member’s account is closed."))
    return Verdict(CHANGED if _changes(row, found, tiers) else SAME)


def write(work: Work, run: Run, rows: Sequence[Row], verdicts: Sequence[Verdict]) -> None:
    """Make the new members, fill the known ones up."""
    tiers, known = _tiers(work), _known(work, rows)
    fresh = []
    for row, verdict in zip(rows, verdicts, strict=True):
        if verdict.deed == NEW:
            fresh.append(row)
        elif verdict.deed == CHANGED:
            found = known[row["phone"]]
            after = _changes(row, found, tiers)
            before = {key: _plain(getattr(found, key)) for key in after}
            work.update(Member, found.id, columns(after))
            run.note("member", found.id, made=False, before=before, after=after)
    _make(work, run, fresh, tiers)


def columns(values: dict[str, Any]) -> dict[str, Any]:
    """Values as they are kept of an import, as the columns take them."""
    made = dict(values)
    if "name" in made:
        made["pinyin"], made["initials"] = pinyin_keys(made["name"]) if made["name"] else ("", "")
    if "birthday" in made:
        made["birthday"] = date.fromisoformat(made["birthday"]) if made["birthday"] else None
    return made


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _changes(row: Row, found: Any, tiers: dict[str, str]) -> dict[str, Any]:
    """What the file says and the shop does not: never an empty cell over what is known."""
    said = {key: row[key] for key in FIELDS if row.get(key)}
    if row.get("tier"):
        said["tier_key"] = tiers[row["tier"]]
    return {key: value for key, value in said.items() if _plain(getattr(found, key)) != value}


def _known(read: Read, rows: Sequence[Row]) -> dict[str, Any]:
    phones = sorted({row["phone"] for row in rows})
    picked = [getattr(Member, key) for key in FIELDS]
    found = read.rows(select(Member.id, Member.phone, Member.status, *picked).where(Member.phone.in_(phones)))
    return {row.phone: row for row in found}


def _refs(read: Read, rows: Sequence[Row]) -> dict[str, str | None]:
    wanted = sorted({row["person"] for row in rows if row.get("person")})
    found = read.rows(select(Member.external_ref, Member.phone).where(Member.external_ref.in_(wanted)))
    return {str(row.external_ref): row.phone for row in found}


def _tiers(read: Read) -> dict[str, str]:
    tiers: dict[str, str] = {}
    for row in read.rows(select(Tier.key, Tier.name)):
        tiers |= {row.key: row.key, row.name: row.key, _(row.name): row.key}
    return tiers


def next_codes(work: Work, count: int) -> list[str]:
    """So many free member codes; members who came before the counter did are counted past."""
    first = posting.next_number(work, "member")
    last = work.value(select(func.max(Member.code)).where(Member.code.like("M-______")))
    first = max(first, int(last[2:]) + 1 if last and last[2:].isdigit() else 1)
    work.rows(update(Counter).where(Counter.name == "member").values(value=first + count - 1))
    return [f"M-{first + i:06d}" for i in range(count)]


def _make(work: Work, run: Run, rows: Sequence[Row], tiers: dict[str, str]) -> None:
    if not rows:
        return
    made = [_row(work, row, code, tiers) for row, code in zip(rows, next_codes(work, len(rows)), strict=True)]
    ids = work.post(Member, made, ids=True)
    until = work.now + timedelta(days=work.setting(POINTS_DAYS))
    entries = [
        {"member_id": member, "delta": row["points"], "balance": row["points"], "reason": "carried over",
         "source": run.source, "note": "", "expires_at": until, "frozen_until": None,
         "client_key": f"{run.key}:p{place}", "actor": work.actor.key, "at": work.now}
        for place, (member, row) in enumerate(zip(ids, rows, strict=True)) if row.get("points")
    ]  # fmt: skip
    work.post(PointsEntry, entries)
    for member in ids:
        run.note("member", member)


def _row(work: Work, row: Row, code: str, tiers: dict[str, str]) -> Row:
    given = columns({key: row.get(key, "") for key in ("name", "birthday")})
    return {
        "code": code, "phone": row["phone"], "phone_tail": row["phone"][-4:], **given,
        "gender": row.get("gender", ""), "tier_key": tiers[row["tier"]] if row.get("tier") else "ordinary",
        "status": "active", "credit_score": 600, "origin": "import", "note": row.get("note", ""),
        "email": changed_email("", row.get("email", "")), "language": "", "points": row.get("points", 0),
        "orders_count": 0, "spent_minor": 0, "carried_orders": 0, "carried_minor": 0, "created_at": work.now,
        "external_ref": row.get("person") or None,
    }  # fmt: skip
