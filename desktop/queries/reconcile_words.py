"""What a difference means, in words, and what may be decided about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desktop.basics.i18n import N_, _
from desktop.basics.money import Money
from desktop.models.statements import (
    AMOUNT,
    CROSSED,
    DUPLICATE,
    FEE,
    MATCHED,
    OURS_ONLY,
    PAY,
    PROVIDER_ONLY,
    RESOLVED,
)

if TYPE_CHECKING:
    from desktop.queries.reconciliation import BillRowSeen

STATE_WORDS = {
    MATCHED: N_("Matches"),
    PROVIDER_ONLY: N_("Only on the bill"),
    OURS_ONLY: N_("Only with us"),
    AMOUNT: N_("Amount differs"),
    FEE: N_("Fee differs"),
    CROSSED: N_("Waits for the next bill"),
    DUPLICATE: N_("Twice on the bill"),
    RESOLVED: N_("Decided"),
}
STATE_TONES = {
    MATCHED: "success", PROVIDER_ONLY: "danger", OURS_ONLY: "danger", AMOUNT: "danger", FEE: "warn",
    CROSSED: "info", DUPLICATE: "danger", RESOLVED: "neutral",
}  # fmt: skip
RESOLUTION_WORDS = {
    "subsidy": N_("Booked as the platform’s subsidy"),
    "correction": N_("Ours corrected by a counter-entry"),
    "fee": N_("Fee accepted"),
    "attached": N_("Put to the payment that was given up"),
    "paired": N_("Paired by hand"),
    "ignored": N_("Left aside"),
    "checked": N_("Checked"),
    "crossed": N_("Told by the next day’s bill"),
}
FIX_WORDS = {
    "subsidy": N_("Book as subsidy"),
    "correct": N_("Correct ours"),
    "fee": N_("Accept the fee"),
    "attach": N_("Put to our payment"),
    "pair": N_("It is the same as ours"),
    "ask": N_("Ask the provider"),
    "check": N_("Mark as checked"),
    "case": N_("Hand to somebody"),
    "ignore": N_("Leave aside"),
    "undo": N_("Take back"),
}


def explain(row: BillRowSeen, currency: str) -> str:
    """One or two sentences: what each side says, and what that most likely means."""

    def money(minor: int) -> str:
        return str(Money(minor, currency))

    if row.state == AMOUNT:
        said = _("We have {ours}, the bill says {theirs}.").format(
            ours=money(row.ours_minor), theirs=money(row.amount_minor)
        )
        why = _why_lower(row)
        return _("{said} {why}").format(said=said, why=why) if why else said
    if row.state == FEE:
        return _("The provider kept {fee}; by the agreed rate it is {expected}.").format(
            fee=money(row.fee_minor), expected=money(row.ours_fee_minor or 0)
        )
    return _(_sentence(row)).format(theirs=money(row.amount_minor), ours=money(row.ours_minor))


def _why_lower(row: BillRowSeen) -> str:
    if row.remark and row.kind == PAY and row.amount_minor < row.ours_minor:
        words = _("The bill notes “{remark}”: most likely paid by the platform.")
        return words.format(remark=row.remark)
    if row.kind == PAY and row.order_minor == row.ours_minor:
        return _("The order’s sum is the same on the bill: the rest was a voucher.")
    return ""


def _sentence(row: BillRowSeen) -> str:
    if row.state == PROVIDER_ONLY:
        return _only_there(row)
    if row.state == OURS_ONLY:
        if row.kind != PAY:
            return N_("We gave {ours} back, the bill doesn’t tell of it. The bank may have sent it back.")
        if not row.reference and not row.number:
            return N_("We have {ours} without the provider’s number, so no row of the bill can be its own.")
        return N_("We have {ours}, the bill doesn’t tell of it. Ask the provider what became of it.")
    if row.state == CROSSED:
        return N_(
            "We have {ours}, taken just before midnight. The next day’s bill will most likely tell of it."
        )
    if row.state == DUPLICATE:
        return N_("The bill tells these {theirs} twice. Ask the provider before money goes back.")
    if row.state == RESOLVED:
        return RESOLUTION_WORDS.get(row.resolution, STATE_WORDS[RESOLVED])
    return N_("Both sides say {theirs}.")


def _only_there(row: BillRowSeen) -> str:
    if row.kind != PAY:
        return N_("The bill tells of {theirs} given back that we know nothing of.")
    if row.attempt_state:
        return N_(
            "The bill says {theirs} were paid; with us this payment was given up. It came late: book it, or it goes back."
        )
    if row.pair_id is not None:
        return N_(
            "The bill tells of {theirs} we don’t know. One of our payments without a number has that amount."
        )
    return N_("The bill tells of {theirs} we know nothing of.")


def fixes_of(row: BillRowSeen) -> tuple[str, ...]:
    """What may be decided, the likeliest first."""
    if row.state == AMOUNT:
        lower = row.kind == PAY and row.amount_minor < row.ours_minor
        return ("subsidy", "correct", "check", "case") if lower else ("correct", "check", "case")
    if row.state == PROVIDER_ONLY:
        if row.attempt_state and row.kind == PAY:
            return ("attach", "case", "ignore")
        return ("pair", "case", "ignore") if row.pair_id is not None else ("case", "ignore")
    if row.state == OURS_ONLY:
        return ("ask", "check", "case") if row.attempt_id is not None else ("check", "case")
    return {
        DUPLICATE: ("ignore", "case"),
        FEE: ("fee",),
        RESOLVED: () if row.resolution == "attached" else ("undo",),
    }.get(row.state, ())


def state_word(state: str) -> str:
    """What a state of a row is called."""
    return _(STATE_WORDS[state])
