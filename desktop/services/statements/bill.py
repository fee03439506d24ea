"""A downloaded file read through once: whose bill, of which day, whole or not; nothing of it is believed before."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice

from desktop.basics.errors import Malformed, Refused
from desktop.basics.i18n import N_
from desktop.models.statements import provider_span
from desktop.services.statements.alipay import AlipayReader
from desktop.services.statements.columns import LAYOUTS
from desktop.services.statements.shape import Bill, BillRow, Totals, day_of
from desktop.services.statements.unpacking import Packed, damaged, no_bill
from desktop.services.statements.wechat import WechatReader

Reader = AlipayReader | WechatReader
Progress = Callable[[int, int], bool]  # rows done, rows in all (0: not known yet); False means stop
READERS: dict[str, type[AlipayReader] | type[WechatReader]] = {"alipay": AlipayReader, "wechat": WechatReader}
HEAD = 60  # lines within which the headings stand
STRAY = timedelta(hours=1)  # clocks of till and provider differ by no more around midnight
WORD_EVERY = 5_000


def never_stop(_done: int, _all: int) -> bool:
    """Progress nobody looks at."""
    return True


class Halted(Refused):
    """The person pressed cancel; nothing was kept."""

    def __init__(self) -> None:
        super().__init__(N_("Stopped; nothing was changed."))


def read_bill(
    packed: Packed, *, gateway: str = "", day: date | None = None, progress: Progress = never_stop
) -> Bill:
    """Check a file and say what it is. Raises `Malformed` (no bill, damaged), `Refused` (another day or provider)."""
    if gateway and day and next(packed.lines(), None) is None:  # a day without a payment has an empty bill
        return Bill(gateway, "", day, "all", packed.hash, packed.name, Totals(), lambda: iter(()))
    whose = gateway_of(packed)
    if gateway and whose != gateway:
        raise Refused(N_("This is a bill of another provider. Choose it there."))
    reader, totals, days, strays = READERS[whose](packed), Totals(), Counter[date](), list[datetime]()
    for row in numbered(reader):
        totals.add(row)
        if row.kind == "pay":
            days[day_of(row.at)] += 1
            strays.append(row.at)
        if totals.rows % WORD_EVERY == 0 and not progress(totals.rows, 0):
            raise Halted
    _whole(reader, totals)
    its_day = _day(packed, reader, days, day)
    _one_day(its_day, strays)
    return Bill(
        whose, reader.account, its_day, reader.variant, packed.hash, packed.name, totals,
        lambda: numbered(READERS[whose](packed)), reader.remarks(),
    )  # fmt: skip


def gateway_of(packed: Packed) -> str:
    """Whose bill this is, by its headings. Raises `Malformed`."""
    for _line, text in islice(packed.lines(), HEAD):
        if text.lstrip().startswith("#"):
            continue
        cells = next(csv.reader([text.replace("`", "")]))
        found = [layout for layout in LAYOUTS if layout.looks_like(cells)]
        if found:
            return max(found, key=lambda layout: layout.hits(cells)).gateway
        if len(cells) > 2:
            break
    raise no_bill()


def numbered(reader: Reader) -> Iterator[BillRow]:
    """The rows; one that stands there again is the second, third … of its key."""
    seen: Counter[str] = Counter()
    for row in reader.rows():
        key = row.key
        times = seen[key] = seen[key] + 1
        yield row if times == 1 else replace(row, occurrence=times)
    if not reader.found:
        raise no_bill()


def _whole(reader: Reader, totals: Totals) -> None:
    """The bill's own sums are those of its rows. Raises `Malformed`."""
    if not reader.whole():
        raise damaged()
    if isinstance(reader, WechatReader):
        if reader.stated is not None and reader.stated != (reader.counted, reader.settled_minor):
            raise _does_not_add_up()
        return
    for stated, minor in ((reader.paid, totals.paid_minor), (reader.back, totals.refunded_minor)):
        if stated is not None and stated[1] != minor:
            raise _does_not_add_up()


def _does_not_add_up() -> Malformed:
    return Malformed(
        N_(
            "The rows don’t add up to the bill’s own total: part of the file is missing or was edited. Download it again."
        )
    )


def _day(packed: Packed, reader: Reader, days: Counter[date], wanted: date | None) -> date:
    """The day the bill is of. Raises `Refused` when another one was asked for."""
    stated = reader.first_day if isinstance(reader, AlipayReader) else None
    found = stated or (days.most_common(1)[0][0] if days else None) or _in_name(packed.name) or wanted
    if found is None:
        raise Malformed(N_("The bill is empty and doesn’t say of which day it is. Name the day."))
    if wanted is not None and found != wanted:
        raise Refused(
            N_("This bill is of {day}, not of {wanted}. Nothing was changed."), day=f"{found:%Y-%m-%d}",
            wanted=f"{wanted:%Y-%m-%d}",
        )  # fmt: skip
    return found


def _in_name(name: str) -> date | None:
    match = re.search(r"(20\d\d)-?(\d\d)-?(\d\d)(?!\d)", name)
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def _one_day(day: date, moments: list[datetime]) -> None:
    """Payments lie within the day, or shortly around its midnights. Raises `Refused`."""
    begins, ends = provider_span(day)
    first, last = begins - STRAY, ends + STRAY
    if any(not first <= at < last for at in moments):
        raise Refused(N_("The bill covers several days. Download the bill of one day at a time."))
