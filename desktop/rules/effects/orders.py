"""What a rule does to an order: the same verbs a person uses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop.basics.i18n import N_
from desktop.models.orders import SHIPPED, TO_SHIP, UNPAID
from desktop.models.people import Permission
from desktop.rules.catalogue import Effect, Firing, declare
from desktop.rules.parameters import Parameter
from desktop.rules.spec import Values
from desktop.services.chasing import chase
from desktop.services.fulfilment import NOT_PAID, cancel_order, receive_order
from desktop.services.order_queue import release_order
from desktop.services.order_tags import tag_order
from desktop.shop.work import Work

ORDERS = frozenset({"order"})


def _close(work: Work, firing: Firing, _values: Values) -> Mapping[str, Any]:
    cancel_order.run(work, firing.subject_id, NOT_PAID)
    return {}


def _receive(work: Work, firing: Firing, _values: Values) -> Mapping[str, Any]:
    receive_order.run(work, firing.subject_id)
    return {}


def _chase(work: Work, firing: Firing, _values: Values) -> Mapping[str, Any]:
    return {"count": chase(work, firing.subject_id)}


def _release(work: Work, firing: Firing, _values: Values) -> Mapping[str, Any]:
    release_order.run(work, firing.subject_id)
    return {}


def _tag(work: Work, firing: Firing, values: Values) -> Mapping[str, Any]:
    tag_order.run(work, firing.subject_id, values["tag"])
    return {"tag": values["tag"]}


declare(
    Effect(
        key="close_order",
        title=N_("Close the unpaid order"),
        words=N_("close the order and free its goods"),
        subjects=ORDERS,
        needs=Permission.HANDLE_ORDERS,
        run=_close,
        done=N_("closed, goods freed"),
        bold=True,
        states=frozenset({UNPAID}),
    )
)
declare(
    Effect(
        key="receive_order",
        title=N_("Count the order as received"),
        words=N_("count the order as received"),
        subjects=ORDERS,
        needs=Permission.HANDLE_ORDERS,
        run=_receive,
        done=N_("received"),
        bold=True,
        states=frozenset({SHIPPED}),
    )
)
declare(
    Effect(
        key="chase_order",
        title=N_("Chase the order"),
        words=N_("chase it and ask for the reason"),
        subjects=ORDERS,
        needs=Permission.HANDLE_ORDERS,
        run=_chase,
        done=N_("chased for the {count}. time"),
        states=frozenset({TO_SHIP}),
    )
)
declare(
    Effect(
        key="release_order",
        title=N_("Take the order out of the queue"),
        words=N_("take the order out of the queue"),
        subjects=ORDERS,
        needs=Permission.HANDLE_ORDERS,
        run=_release,
        done=N_("out of the queue"),
    )
)
declare(
    Effect(
        key="tag_order",
        title=N_("Tag the order"),
        words=N_("tag the order {tag}"),
        parameters=(Parameter("tag", "text", N_("Tag"), default=N_("Chased")),),
        subjects=ORDERS,
        needs=Permission.HANDLE_ORDERS,
        run=_tag,
        done=N_("tagged {tag}"),
    )
)
