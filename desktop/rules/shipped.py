"""The rules every shop starts with, on, their figures as settings; a shop may change or stop them, not lose them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from desktop.basics.i18n import N_
from desktop.models.people import Permission
from desktop.models.rules import Rule, RuleVersion
from desktop.rules.spec import Limits, Part, Spec, Step, Values, write
from desktop.shop.action import action
from desktop.shop.work import Work

OWNER, BUYER = "role:owner", "member"


@dataclass(frozen=True)
class Shipped:
    """One rule of ours."""

    key: str
    name: str
    topic: str
    spec: Spec


def _tell(template: str, *receivers: str, by: tuple[str, ...] = ("desktop",)) -> Step:
    values: Values = {"receivers": list(receivers), "channels": list(by), "template": template, "when": "now"}
    return Step("tell", values)


NIGHT = (22 * 60, 8 * 60)
SHIPPED = (
    Shipped(
        "unshipped",
        N_("Chase orders not shipped in time"),
        "orders",
        Spec(
            Part("unshipped"),
            steps=(
                Step("chase_order"),
                _tell("order_chased", OWNER, "role:merchant"),
                _tell("order_delayed", BUYER, by=("portal",)),
            ),
            limits=Limits(every_minutes=12 * 60, quiet=NIGHT),
        ),
    ),
    Shipped(
        "retail_unpaid",
        N_("Close unpaid retail orders"),
        "orders",
        Spec(
            Part("retail_unpaid"),
            steps=(Step("close_order"), _tell("order_closed", BUYER, by=("portal",))),
        ),
    ),
    Shipped(
        "trade_unpaid",
        N_("Close unpaid distribution and B2B orders"),
        "orders",
        Spec(
            Part("trade_unpaid"),
            steps=(
                Step("close_order"),
                _tell("order_closed", OWNER),
                _tell("order_closed", BUYER, by=("portal",)),
            ),
        ),
    ),
    Shipped(
        "paid",
        N_("Shipping notice for paid orders"),
        "orders",
        Spec(
            Part("order_is", {"happening": "paid"}),
            (Part("order_status", {"which": ["to_ship"]}),),
            steps=(_tell("order_paid", OWNER, "role:merchant"),),
        ),
    ),
    Shipped(
        "shipped",
        N_("Tell the member that the parcel left"),
        "orders",
        Spec(
            Part("order_is", {"happening": "shipped"}),
            (Part("order_of_member"),),
            steps=(_tell("order_shipped", BUYER, by=("portal",)),),
        ),
    ),
    Shipped(
        "on_the_way",
        N_("Complete orders nobody confirmed"),
        "orders",
        Spec(
            Part("on_the_way"),
            steps=(Step("receive_order"), _tell("order_received", BUYER, by=("portal",))),
        ),
    ),
    Shipped(
        "window_open",
        N_("Let queued orders go when their hours begin"),
        "orders",
        Spec(
            Part("window_open"),
            steps=(Step("release_order"), _tell("order_released", OWNER, "role:merchant")),
        ),
    ),
    Shipped(
        "stock_alert",
        N_("Alert when stock runs low"),
        "stock",
        Spec(
            Part("stock_alert"),
            steps=(_tell("stock_low", OWNER, "role:merchant"),),
            limits=Limits(quiet=NIGHT),
        ),
    ),
    Shipped(
        "replenishment",
        N_("Draft the restock list every morning"),
        "stock",
        Spec(
            Part("replenish_time"),
            steps=(Step("draft_replenishment"), _tell("replenishment_ready", OWNER, "role:merchant")),
        ),
    ),
    Shipped(
        "batch_expires",
        N_("Alert before goods expire"),
        "stock",
        Spec(
            Part("batch_expires"),
            steps=(_tell("batch_expires", OWNER, "role:merchant"),),
            limits=Limits(quiet=NIGHT),
        ),
    ),
    Shipped(
        "campaign_over",
        N_("Return stock when a campaign ends"),
        "stock",
        Spec(
            Part("campaign_over"),
            steps=(Step("return_set_aside"), _tell("campaign_over", OWNER, "role:merchant")),
        ),
    ),
    Shipped(
        "points_expiring",
        N_("Tell members before points expire"),
        "members",
        Spec(
            Part("points_expiring"),
            steps=(_tell("points_expiring", BUYER, by=("portal",)),),
            limits=Limits(apart_minutes=24 * 60, quiet=NIGHT),
        ),
    ),
    Shipped(
        "books",
        N_("Check the books every day"),
        "system",
        Spec(Part("verify_time"), steps=(Step("check_books"),)),
    ),
    Shipped(
        "bills",
        N_("Fetch the providers’ bills every day"),
        "system",
        Spec(Part("bill_time"), steps=(Step("fetch_bills"),)),
    ),
    Shipped(
        "stuck",
        N_("Look for stuck orders and wrong points"),
        "system",
        Spec(Part("verify_time"), steps=(Step("check_orders"),)),
    ),
)


@action(permission=Permission.RUN_RULES)
def add_shipped_rules(work: Work) -> int:
    """Write those of our rules this shop does not have yet; returns how many were added."""
    there = {row.key for row in work.rows(select(Rule.key).where(Rule.key.is_not(None)))}
    new = [(i, rule) for i, rule in enumerate(SHIPPED) if rule.key not in there]
    for position, shipped in new:
        text = write(shipped.spec)
        rule = work.add(
            Rule(
                key=shipped.key, name=shipped.name, topic=shipped.topic, position=position, enabled=True,
                since=work.now, spec=text, edited_at=work.now, edited_by=work.actor.key,
            )
        )  # fmt: skip
        version = {"rule_id": rule.id, "version": 1, "name": shipped.name, "spec": text}
        work.post(RuleVersion, [{**version, "actor": work.actor.key, "at": work.now}])
    return len(new)


def shipped_spec(key: str) -> Spec | None:
    """What one of our rules said as it came."""
    return next((rule.spec for rule in SHIPPED if rule.key == key), None)
