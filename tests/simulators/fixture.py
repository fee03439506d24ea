"""The providers for tests: `pay_office` runs on the loopback and keeps the test's clock."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from desktop.basics.clock import HandClock
    from desktop.gateways.payment import Gateway
    from tests.simulators.control import PayOffice
    from tests.simulators.ledger import Clock


@contextmanager
def open_pay_office(clock: Clock | None = None) -> Iterator[PayOffice]:
    """A running office; with the shop's clock its signatures are held against that."""
    from tests.simulators.control import PayOffice

    office = PayOffice(clock).open()
    try:
        yield office
    finally:
        office.close()


def gateway_to(
    office: PayOffice, provider: str, clock: Clock, seconds: float = 10.0, **changed: str
) -> Gateway:
    """The shop's own gateway to a simulated provider; only addresses and keys differ from the real one."""
    from desktop.gateways.providers import ACCOUNTS, Secrets, make

    given = office.account()[provider]
    account = ACCOUNTS[provider](**given["account"] | changed)
    return make(account, Secrets(given["secrets"]), clock, _no_roots(), seconds)


@cache
def _no_roots() -> ssl.SSLContext:
    """The loopback has no TLS, and reading the machine's roots for each call takes longer than the call."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@pytest.fixture
def pay_office(clock: HandClock) -> Iterator[PayOffice]:
    """Alipay, WeChat Pay and UnionPay on the loopback, at the time of the test's clock."""
    with open_pay_office(clock) as office:
        yield office
