"""How stored value is worded on several screens."""

from desktop.basics.i18n import _
from desktop.basics.money import Money
from desktop.basics.words import percent_text
from desktop.queries.stored_value import TierRow


def tier_words(tier: TierRow, currency: str) -> str:
    """“From ¥500.00 on: ¥50.00 bonus”."""
    bonus = str(Money(tier.bonus_minor, currency)) if tier.bonus_minor else percent_text(tier.bonus_bp)
    return _("From {amount} on: {bonus} bonus").format(amount=Money(tier.from_minor, currency), bonus=bonus)
