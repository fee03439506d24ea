"""Verbs and questions: functions that only the door can run, so that rights and audit cannot be forgotten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar

from desktop.models.people import Permission

if TYPE_CHECKING:
    from desktop.shop.work import Read, Work

P = ParamSpec("P")
R = TypeVar("R")

ACTIONS: dict[str, Action[Any, Any]] = {}
QUESTIONS: dict[str, Question[Any, Any]] = {}


@dataclass(frozen=True)
class Action(Generic[P, R]):
    """A change of the shop: `shop.do(ship_order, order_id, tracking=…)`."""

    name: str
    permission: Permission
    run: Callable[Concatenate[Work, P], R]


@dataclass(frozen=True)
class Question(Generic[P, R]):
    """A look at the shop: `shop.ask(orders_page, …)`. `personal` ones leave an audit row of their own."""

    name: str
    permission: Permission
    run: Callable[Concatenate[Read, P], R]
    personal: bool = False


def _keep(kept: dict[str, Any], name: str, made: Any) -> None:
    """Register under a name of its own: rights and audit trail know a deed by its name alone."""
    before = kept.get(name)
    if before is not None and before.run.__module__ != made.run.__module__:
        raise ValueError(f"two deeds are called {name}: {before.run.__module__}, {made.run.__module__}")
    kept[name] = made


def action(*, permission: Permission) -> Callable[[Callable[Concatenate[Work, P], R]], Action[P, R]]:
    """Make a function of `services/` a verb of the shop."""

    def wrap(run: Callable[Concatenate[Work, P], R]) -> Action[P, R]:
        name = f"{run.__module__.rsplit('.', 1)[-1]}.{run.__name__}"
        made = Action(name, permission, run)
        _keep(ACTIONS, name, made)
        return made

    return wrap


def question(
    *, permission: Permission, personal: bool = False
) -> Callable[[Callable[Concatenate[Read, P], R]], Question[P, R]]:
    """Make a function of `queries/` a question; `personal=True` records who looked at unmasked personal data."""

    def wrap(run: Callable[Concatenate[Read, P], R]) -> Question[P, R]:
        name = f"{run.__module__.rsplit('.', 1)[-1]}.{run.__name__}"
        made = Question(name, permission, run, personal)
        _keep(QUESTIONS, name, made)
        return made

    return wrap
