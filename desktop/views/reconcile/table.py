"""The columns of a bill's rows."""

from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.queries.order_words import method_word
from desktop.queries.reconcile_words import RESOLUTION_WORDS, STATE_TONES, state_word
from desktop.queries.reconciliation import BillRowSeen
from desktop.views.common.cells import BadgeCell, Column, IconCell, Toned, TwoLine
from desktop.views.common.context import Context
from desktop.views.common.method_icons import ICONS


class BillColumns:
    """Writes the cells of a row for the shop's zone and currency."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def columns(self) -> list[Column]:
        """The columns of the list."""
        return [
            Column("at", _("Time"), 84, value=lambda r: f"{r.at.astimezone(self._context.zone):%H:%M:%S}"),
            Column("gateway", _("Channel"), 108, "icon", value=self._channel),
            Column("number", _("Provider’s number"), 170, "two_line", stretch=True, value=self._number),
            Column("ours", _("Ours"), 88, "money", value=lambda r: self._money(r.ours_minor, r)),
            Column("bill", _("Bill"), 88, "money", value=lambda r: self._money(r.amount_minor, r)),
            Column("gap", _("Gap"), 78, "money", value=self._gap),
            Column("state", _("Status"), 132, "badge", value=self._state),
        ]

    def _channel(self, row: BillRowSeen) -> IconCell:
        icon, token = ICONS.get(row.gateway, ICONS["other"])
        return IconCell(icon, method_word(row.gateway), token)

    def _number(self, row: BillRowSeen) -> TwoLine:
        kind = _("Payment") if row.kind == "pay" else _("Refund")
        caption = " · ".join(part for part in (kind, row.order_code, row.remark) if part)
        return TwoLine(row.reference or row.number or _("without a number"), caption)

    def _money(self, minor: int, row: BillRowSeen) -> str | None:
        signed = minor if row.kind == "pay" else -minor
        return Money(signed, self._context.currency).plain() if minor else None

    def _gap(self, row: BillRowSeen) -> Toned | None:
        tone = "neutral" if row.state in ("resolved", "matched", "crossed_midnight") else "danger"
        return Toned(Money(row.gap_minor, self._context.currency).plain(), tone) if row.gap_minor else None

    def _state(self, row: BillRowSeen) -> BadgeCell:
        tone = STATE_TONES[row.state]
        pip = {"success": "done", "danger": "alert", "warn": "alert", "info": "half"}.get(tone, "done")
        words = state_word(row.state)
        if row.state == "resolved":
            words = _(RESOLUTION_WORDS.get(row.resolution, words))
        return BadgeCell(words, tone, pip)
