"""How transfers are said: states, ways, and the note that goes along on paper."""

from desktop.basics.i18n import _, ngettext
from desktop.basics.money import quantity_text
from desktop.queries.transfers import STATE_WORDS, MovedLine, TransferRow, TransferSheet
from desktop.views.common.context import Context
from desktop.views.common.printing import PrintLine

LOOKS = {
    "draft": ("neutral", "wait"),
    "sent": ("info", "half"),
    "part": ("warn", "half"),
    "closed": ("success", "done"),
    "cancelled": ("neutral", "closed"),
    "returned": ("neutral", "closed"),
}


def state_badge(state: str) -> tuple[str, str, str]:
    """Words, tone and pip of a state."""
    tone, pip = LOOKS.get(state, ("neutral", "wait"))
    return _(STATE_WORDS.get(state, state)), tone, pip


def way_of(row: TransferRow) -> str:
    """`卖场 → 后仓`."""
    return f"{row.from_name} → {row.to_name}"


def line_words(line: MovedLine, state: str) -> str:
    """What became of a line: how much arrived, is missing, or is still on its way."""
    if state in ("draft", "cancelled"):
        return line.code
    parts = [line.code]
    if line.received_milli:
        parts.append(_("arrived {quantity}").format(quantity=quantity_text(line.received_milli)))
    if line.lost_milli:
        words = _("damaged {quantity}") if line.reason == "damaged" else _("lost {quantity}")
        parts.append(words.format(quantity=quantity_text(line.lost_milli)))
    if line.returned_milli:
        parts.append(_("back {quantity}").format(quantity=quantity_text(line.returned_milli)))
    if line.open_milli and state in ("sent", "part"):
        parts.append(_("on its way {quantity}").format(quantity=quantity_text(line.open_milli)))
    return " · ".join(parts)


def note_lines(sheet: TransferSheet, context: Context) -> list[PrintLine]:
    """The transfer note: where from, where to, what, room to sign."""
    row = sheet.row
    moment = (row.sent_at or row.made_at).astimezone(context.zone)
    lines = [
        PrintLine(_("Transfer note"), row.code, 16, True),
        PrintLine(way_of(row), f"{moment:%Y-%m-%d %H:%M}", 11),
        PrintLine(row.note, "", 9),
        PrintLine(rule=True),
        PrintLine(
            cells=("", _("Code"), _("Goods"), _("Quantity"), _("Arrived")), shares=(4, 16, 44, 18, 18),
            sides="lllrr", bold=True, head=True,
        ),
        PrintLine(rule=True),
    ]  # fmt: skip
    for number, line in enumerate(sheet.lines, 1):
        name = " ".join(part for part in (line.name, line.pack) if part)
        quantity = f"{quantity_text(line.qty_milli)} {line.unit}"
        cells = (str(number), line.code, name, quantity, "________")
        lines.append(PrintLine(cells=cells, shares=(4, 16, 44, 18, 18), sides="lllrr", size=10))
    count = ngettext("{count} line", "{count} lines", len(sheet.lines))
    lines += [
        PrintLine(rule=True),
        PrintLine(count.format(count=len(sheet.lines)), "", 9),
        PrintLine(" ", "", 14),
        PrintLine(_("Sent by: ______________"), _("Received by: ______________"), 10),
    ]
    return lines
