"""An answer with any byte of it changed never says more than the provider said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktop.basics.clock import HandClock
from desktop.gateways.pay_http import Line, Reply
from desktop.gateways.payment import TAKE, Reason, State
from tests.gateways.pay_cases import NAMES, WAYS, attempt, code
from tests.simulators.control import PayOffice
from tests.simulators.fixture import gateway_to

pytestmark = pytest.mark.req("M1", "M11")
CHANGES = st.one_of(
    st.tuples(st.just("byte"), st.integers(0, 10_000), st.integers(0, 255)),
    st.tuples(st.just("cut"), st.integers(0, 10_000), st.just(0)),
    st.tuples(st.just("drop"), st.integers(0, 10_000), st.integers(1, 40)),
    st.tuples(st.just("twice"), st.integers(0, 10_000), st.integers(1, 40)),
    st.tuples(st.just("header"), st.integers(0, 10_000), st.integers(0, 255)),
)


class Tape:
    """A line that keeps what came, or plays it again as the test changed it."""

    def __init__(self, line: Line) -> None:
        self.line, self.kept, self.played = line, None, None

    def call(self, method: str, url: str, **more: Any) -> Reply:
        """The real answer, or the changed one."""
        if self.played is not None:
            return self.played
        self.kept = self.line.call(method, url, **more)
        return self.kept


def changed(reply: Reply, change: tuple[str, int, int]) -> Reply:
    """The answer with one thing different."""
    kind, at, value = change
    body, headers = reply.body, dict(reply.headers)
    at %= max(len(body), 1)
    if kind == "byte":
        body = body[:at] + bytes([value]) + body[at + 1 :]
    elif kind == "cut":
        body = body[:at]
    elif kind == "drop":
        body = body[:at] + body[at + value :]
    elif kind == "twice":
        body = body[: at + value] + body[at:]
    else:
        headers = spoilt(headers, at, value)
    return Reply(reply.status, headers, body)


def spoilt(headers: Mapping[str, str], at: int, value: int) -> dict[str, str]:
    """One character of one header different."""
    names = sorted(name for name in headers if name.startswith("wechatpay")) or sorted(headers)
    name = names[at % len(names)]
    text = headers[name] or "x"
    place = at % len(text)
    return dict(headers) | {name: text[:place] + chr(value) + text[place + 1 :]}


@pytest.mark.parametrize("provider, more", WAYS, ids=NAMES)
def test_a_changed_answer_says_no_more(
    pay_office: PayOffice, clock: HandClock, provider: str, more: dict[str, str]
) -> None:
    gateway: Any = gateway_to(pay_office, provider, clock, **more)
    tried = attempt(clock, TAKE)
    gateway.take_code(tried, code(provider))
    holder = gateway.codes or gateway if provider == "wechat" else gateway
    holder.line = tape = Tape(holder.line)
    honest = gateway.query(tried)
    assert (honest.state, honest.reason) == (State.SUCCEEDED, Reason.NONE)  # control
    reply = tape.kept
    assert reply is not None
    waiting = attempt(clock, TAKE, 200_000)
    tape.played = None
    gateway.take_code(waiting, code(provider))
    assert gateway.query(waiting).state is State.PENDING
    unpaid = tape.kept
    assert unpaid is not None

    @settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(change=CHANGES)
    def check(change: tuple[str, int, int]) -> None:
        tape.played = changed(reply, change)
        said = gateway.query(tried)
        assert said == honest or said.state is State.UNKNOWN, change
        tape.played = changed(unpaid, change)
        assert gateway.query(waiting).state in (State.PENDING, State.UNKNOWN), change

    check()
    tape.played = reply
    assert gateway.query(tried) == honest
    assert gateway.query(waiting).state is State.UNKNOWN  # the answer about one payment is none about another
