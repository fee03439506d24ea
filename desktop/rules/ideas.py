"""Ready ideas to begin a rule with: nothing acts before somebody has saved it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from desktop.basics.i18n import N_, _
from desktop.rules.catalogue import EFFECTS
from desktop.rules.shipped import BUYER, NIGHT, OWNER
from desktop.rules.spec import Limits, Part, Spec, Step


@dataclass(frozen=True)
class Idea:
    """A rule somebody may want; `text` is what its action writes, worded when used."""

    key: str
    name: str
    topic: str
    spec: Spec
    text: str = ""


def _told(template: str, who: str, way: str, when: str = "now", wait: int = 0) -> Step:
    values = {"receivers": [who], "channels": [way], "template": template, "when": when}
    return Step("tell", values, wait)


IDEAS = (
    Idea(
        "apology",
        N_("Apologise with points when an order is very late"),
        "orders",
        Spec(
            Part("unshipped"),
            (Part("order_of_member"),),
            steps=(
                Step("chase_order"),
                Step("give_points", {"points": 200}, 12 * 60),
                _told("order_delayed", BUYER, "portal", wait=12 * 60),
            ),
            limits=Limits(quiet=NIGHT),
        ),
    ),
    Idea(
        "big_orders",
        N_("Tag big orders"),
        "orders",
        Spec(
            Part("order_is", {"happening": "paid"}),
            (Part("total_at_least", {"amount": 50_000}),),
            steps=(Step("tag_order", {"tag": ""}), _told("order_paid", OWNER, "desktop")),
        ),
        N_("Big order"),
    ),
    Idea(
        "waiting_long",
        N_("Tell the owner when an order waits a whole day for payment"),
        "orders",
        Spec(
            Part("in_state", {"state": "unpaid", "minutes": 24 * 60}),
            steps=(_told("plain", OWNER, "desktop"),),
            limits=Limits(quiet=NIGHT),
        ),
        N_("An order has waited a whole day for payment."),
    ),
    Idea(
        "sold_out",
        N_("Tell the owner when the last piece is sold"),
        "stock",
        Spec(
            Part("stock_under", {"quantity": 1_000}),
            steps=(_told("stock_low", OWNER, "desktop"),),
            limits=Limits(quiet=NIGHT),
        ),
    ),
    Idea(
        "weekly_stock",
        N_("Draft the replenishment list every Monday"),
        "stock",
        Spec(
            Part("weekly", {"time": 8 * 60, "weekdays": ["0"]}),
            steps=(Step("draft_replenishment"), _told("replenishment_ready", OWNER, "desktop")),
        ),
    ),
    Idea(
        "points_vip",
        N_("Remind members with many points early"),
        "members",
        Spec(
            Part("points_expiring"),
            (Part("points_at_least", {"points": 1_000}),),
            steps=(_told("points_expiring", BUYER, "portal"),),
            limits=Limits(apart_minutes=7 * 24 * 60, quiet=NIGHT),
        ),
    ),
    Idea(
        "monthly_check",
        N_("Look for stuck orders on the first of the month"),
        "system",
        Spec(Part("monthly", {"time": 6 * 60, "day": 1}), steps=(Step("check_orders"),)),
    ),
)


def spec_of(idea: Idea) -> Spec:
    """The idea's rule, its own words in the reader's language."""
    steps = []
    for step in idea.spec.steps:
        entry, values = EFFECTS[step.key], dict(step.values)
        values |= {
            p.key: _(idea.text)
            for p in entry.parameters
            if p.kind == "text" and idea.text and p.wanted(values)
        }
        steps.append(replace(step, values=values))
    return replace(idea.spec, steps=tuple(steps))
