"""Nothing is lost and nothing taken twice, however the provider behaves and wherever the program is killed.

Here every pair of answers, every answer and some pairs with a kill at every boundary; `python -m tests.bench pay_model`
goes through all of three calls.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.gateways.payment import FINAL, STEPS, Answer, State
from desktop.services import pay_booking, pay_steps
from tests.helpers.goods import Stocked
from tests.helpers.pay_model import Street, explore, explore_naively
from tests.helpers.pay_office import BEHAVIOURS, DEAF, LATE, OK
from tests.helpers.pay_states import States


@pytest.fixture
def street(sqlite_url: str, tmp_path: Path) -> Iterator[Street]:
    """A shop all paths run through."""
    made = Street(tmp_path)
    yield made
    made.close()


@pytest.fixture
def stocked(street: Street) -> Stocked:
    """The same shop, filled."""
    return street.open()


@pytest.mark.req("M1", "M2", "M3")
@pytest.mark.parametrize(
    ("free", "kills", "among", "least"),
    [(2, 0, BEHAVIOURS, 43), (1, 1, BEHAVIOURS, 300), (2, 1, (OK, DEAF, LATE), 300)],
)
def test_however_calls_go_and_wherever_the_program_is_killed_the_money_is_in_its_place(
    street: Street, stocked: Stocked, free: int, kills: int, among: tuple[str, ...], least: int
) -> None:
    found = States(stocked, street, among).explore(free=free, kills=kills)
    assert (found.lost, found.doubled, found.worst) == (0, 0, "")
    assert found.runs >= least
    assert (found.killed > found.runs * 3 // 4) == bool(kills)
    assert found.paid > found.runs * 3 // 4


@pytest.mark.req("M2")
def test_counting_the_paths_through_each_state_is_walking_them_all(street: Street, stocked: Stocked) -> None:
    for free, kills, among in ((2, 0, (OK, LATE)), (1, 1, (DEAF,))):
        counted = States(stocked, street, among).explore(free=free, kills=kills)
        assert counted == explore(stocked, street, free=free, kills=kills, among=among)
        assert counted.runs > 2
        assert bool(counted.killed) == bool(kills)


def test_control_money_that_comes_too_late_and_does_not_go_back_is_found(
    street: Street, stocked: Stocked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pay_booking, "refuse", lambda *_args, **_more: None)
    found = States(stocked, street, (DEAF, LATE)).explore(free=2, kills=0)
    assert found.lost
    assert found.worst


def test_control_a_till_that_takes_no_answer_for_a_failure_loses_and_doubles() -> None:
    found = explore_naively(free=3, kills=1)
    assert found.lost > 50
    assert found.doubled > 10


@pytest.mark.req("M2")
def test_the_table_takes_only_legal_steps_and_only_the_provider_ends_anything() -> None:
    for state in State:
        for said in State:
            for asked in (pay_steps.SEND, pay_steps.QUERY, pay_steps.CANCEL, pay_steps.LOOK_BACK):
                for over in (False, True):
                    steps = pay_steps.after(state, pay_steps.Said(Answer(said), asked, over))
                    pay_steps.check(state, steps)
                    if steps and said in (State.UNKNOWN, State.PENDING, State.CANCELLING):
                        assert steps[-1] not in FINAL  # no answer ends nothing


def test_control_a_step_outside_the_table_is_a_bug() -> None:
    assert (State.UNKNOWN, State.FAILED) not in STEPS
    with pytest.raises(ValueError, match="no step"):
        pay_steps.check(State.UNKNOWN, (State.FAILED,))
    assert len(BEHAVIOURS) == 7
