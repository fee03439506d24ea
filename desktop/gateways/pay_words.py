"""What all payment providers share: an answer as it was heard, the states that follow from none, and the sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from desktop.basics.i18n import N_
from desktop.gateways.pay_http import NotSent, Trouble
from desktop.gateways.payment import Answer, Back, Reason, RefundState, State

NOT_SIGNED = N_("This message is not signed by the payment provider. It was thrown away.")
NOT_OURS = N_("This message is for another merchant. It was thrown away.")
NO_BILL_YET = N_("The provider has no statement of this day yet. It comes the next day about 10 o’clock.")
NO_BILL_NOW = N_("The provider did not hand out the statement. It is asked again later.")
NO_BILL_EVER = N_(
    "This provider hands out statements on its own site only. Download the file there and drop it here."
)
BAD_BILL = N_("The statement arrived damaged. It is asked for again later.")
NOT_LET_IN = N_(
    "The provider does not accept this shop’s keys or number. Look at the account under Payments."
)


def unclear(reason: Reason, detail: str = "") -> Answer:
    """Nobody knows; ask again."""
    return Answer(State.UNKNOWN, reason=reason, detail=detail)


def failed(reason: Reason, detail: str = "") -> Answer:
    """The provider took nothing on, or nothing was sent at all."""
    return Answer(State.FAILED, reason=reason, detail=detail)


def plain_code(text: str) -> str:
    """A provider's code for the log: letters, digits and marks, never the words beside it."""
    return re.sub(r"[^A-Za-z0-9._-]", "", text)[:60]


def printable(text: str) -> str:
    """What a customer reads, without characters that no provider takes."""
    return "".join(ch if ch.isprintable() else " " for ch in text).strip()


@dataclass(frozen=True, slots=True)
class Heard:
    """What a provider said, or why that can't be known (`trouble`)."""

    fields: Mapping[str, Any] = field(default_factory=dict, repr=False)
    trouble: Reason = Reason.NONE
    detail: str = ""
    sent: bool = True  # whether anything may have left this machine
    skewed: bool = False  # its clock and ours stand far apart

    @classmethod
    def of(cls, trouble: Trouble) -> Self:
        """A call without an answer."""
        return cls(trouble=trouble.reason, detail=trouble.detail, sent=not isinstance(trouble, NotSent))

    def text(self, name: str) -> str:
        """A field as text; empty when it is not there."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""

    def trouble_answer(self, *, before: bool = False, cancelling: bool = False) -> Answer:
        """The state after a call without a usable answer; `before` when it was to begin the payment."""
        state = State.CANCELLING if cancelling else State.UNKNOWN
        if before and not self.sent:  # a wrong address or an old certificate does not mend itself
            state = State.CREATED if self.trouble is Reason.NO_CONNECTION else State.FAILED
        return Answer(state, reason=self.trouble, detail=self.detail)

    def trouble_back(self) -> Back:
        """The same of a refund: whatever is unclear is repeated with its own number."""
        state = RefundState.UNKNOWN if self.sent else RefundState.CREATED
        return Back(state, reason=self.trouble, detail=self.detail)
