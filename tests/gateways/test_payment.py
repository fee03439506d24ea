"""The face of payment providers, and the card terminal read off by hand."""

from datetime import UTC, datetime

import pytest

from desktop.basics.errors import Refused
from desktop.basics.money import Money
from desktop.gateways.payment import FINAL, STEPS, Attempt, HandTerminal, State

ATTEMPT = Attempt(
    "a1",
    Money(12_370, "CNY"),
    "shop",
    datetime(2026, 11, 21, tzinfo=UTC),
    datetime(2026, 11, 21, 1, tzinfo=UTC),
)


def test_only_late_money_follows_a_final_state() -> None:
    late = {State.CLOSED, State.FAILED, State.REVERSED}  # what comes then goes back by itself
    assert {step for step in STEPS if step[0] in FINAL} == {(state, State.SUCCEEDED) for state in late}
    reachable = {State.CREATED}
    while new := {after for before, after in STEPS if before in reachable} - reachable:
        reachable |= new
    assert reachable == set(State) - {State.ORPHAN}


def test_an_unknown_answer_never_turns_into_failed_by_itself() -> None:
    assert (State.UNKNOWN, State.FAILED) not in STEPS
    assert (State.PENDING, State.FAILED) not in STEPS


def test_the_slip_is_recorded_and_a_card_number_refused() -> None:
    answer = HandTerminal().record(ATTEMPT, " 0412-77 ")
    assert (answer.state, answer.reference, answer.paid) == (State.SUCCEEDED, "0412-77", ATTEMPT.amount)
    for bad in ("4111 1111 1111 1111", "x" * 33, "<b>"):
        with pytest.raises(Refused):
            HandTerminal().record(ATTEMPT, bad)
