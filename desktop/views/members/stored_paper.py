"""The slip of a top-up on paper."""

from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.basics.words import when_text
from desktop.queries.order_words import method_word
from desktop.queries.stored_value import TopUpSlip
from desktop.views.common.context import Context
from desktop.views.common.printing import PrintLine


def slip_lines(slip: TopUpSlip, shop: str, context: Context) -> list[PrintLine]:
    """Number, member, what was paid and given, and the balance after it."""

    def money(minor: int) -> str:
        return str(Money(minor, slip.currency))

    member = f"{slip.member_code} · ****{slip.phone_tail}" if slip.phone_tail else slip.member_code
    lines = [
        PrintLine(shop, size=12, bold=True, side="center"),
        PrintLine(_("Top-up of stored value"), size=10, bold=True, side="center"),
        PrintLine(rule=True),
        PrintLine(_("Number"), slip.number, 8),
        PrintLine(_("Time"), when_text(slip.at, context.now(), context.zone), 8),
        PrintLine(_("Member"), member, 8),
        PrintLine(_("Paid by"), method_word(slip.method_key), 8),
        PrintLine(rule=True),
        PrintLine(_("Topped up"), money(slip.amount_minor), 10, bold=True),
    ]
    if slip.received_minor > slip.amount_minor:
        lines.append(PrintLine(_("Cash handed over"), money(slip.received_minor), 8))
        lines.append(PrintLine(_("Change"), money(slip.received_minor - slip.amount_minor), 8))
    if slip.bonus_minor:
        lines.append(PrintLine(_("Bonus"), money(slip.bonus_minor), 8))
    lines += [
        PrintLine(_("Stored value now"), money(slip.balance.total_minor), 9, bold=True),
        PrintLine(rule=True),
        PrintLine(_("Bonus can be spent, but is not paid out."), size=7),
    ]
    return lines
