"""The sample shop with accounts at a payment simulator that runs beside it; only the shop's addresses and keys change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
from PySide6.QtCore import QTimer

from desktop.basics.clock import Clock, HandClock
from desktop.basics.errors import Refused, Unavailable
from desktop.basics.i18n import N_
from desktop.commands.places import connect
from desktop.gateways.pay_http import LOOPBACK, check_base
from desktop.gateways.payment import Gateway
from desktop.gateways.providers import Secrets, make
from desktop.queries.pay_accounts import AccountRow, accounts_to_pay_by
from desktop.scheduler.payer import Payer
from desktop.services.pay_accounts import account_of, record_account, remove_account
from desktop.services.sending import Gateways
from desktop.shop.actors import clock as the_clock
from desktop.shop.actors import console
from desktop.shop.shop import Shop

SECONDS = 20.0
TICK_MS = 200
_NOBODY = N_("No payment simulator answers at {address}. Start one, then try again.")
_NOT_HERE = N_("A payment simulator runs on this machine, at an address like http://127.0.0.1:8900.")


class Simulator:
    """The control room of a simulator: what its customers do, and what its ledger says."""

    def __init__(self, address: str) -> None:
        self.address = check_base(address)
        if httpx.URL(self.address).host not in LOOPBACK:
            raise Refused(_NOT_HERE)

    def call(self, what: str, **given: Any) -> Any:
        """Let something happen there. Raises `Unavailable`."""
        try:
            answer = httpx.post(
                f"{self.address}/__sim__/{what}", json=given, timeout=SECONDS, trust_env=False
            )
            answer.raise_for_status()
            return answer.json()
        except (httpx.HTTPError, ValueError):
            raise Unavailable(_NOBODY, address=self.address) from None


class SimulatedPayments:
    """Accounts at the simulator, kept as long as this is open, and the thread that calls it.

    The keys stay in this process: they are handed to the gateways and never reach a keyring.
    """

    def __init__(self, address: str, clock: Clock | None, simulator: Simulator) -> None:
        self._address, self._clock, self.simulator = address, clock, simulator
        self._shop: Shop | None = None
        self._payer: Payer | None = None
        self._accounts: dict[str, Any] = {}
        self._before: dict[str, AccountRow] = {}
        self._made: dict[str, Gateway] = {}
        self._tick = QTimer()
        self._tick.timeout.connect(self._pass)

    def open(self) -> None:
        """Write the accounts and begin to call; on a thread. Raises `ShopError`."""
        self._accounts = self.simulator.call("account")
        storage = connect(self._address)
        shop = Shop(storage, clock=self._clock)
        self.simulator.call("set_clock", moment=shop.clock.now().isoformat())
        before = shop.acting_as(the_clock()).ask(accounts_to_pay_by).rows
        self._before = {row.gateway: row for row in before}
        self._shop = shop
        shop.news.follow()
        for gateway, given in self._accounts.items():
            shop.acting_as(console()).do(record_account, gateway, given["account"], None)
        self._payer = Payer(shop, Gateways(pay=self._gateway))
        self._payer.start()

    def close(self) -> None:
        """Let the accounts be as they were; on a thread."""
        shop, self._shop = self._shop, None
        if self._payer is not None:
            self._payer.stop()
        if shop is not None:
            door = shop.acting_as(console())
            for gateway in self._accounts:
                row = self._before.get(gateway)
                if row is None:
                    door.do(remove_account, gateway)
                else:
                    door.do(record_account, gateway, row.details, row.expires_at)
            shop.news.close()
            shop.storage.close()

    def let_time_pass(self) -> None:
        """A clock that stands for the pictures moves with the real one from now on; on the GUI thread."""
        if isinstance(self._clock, HandClock):
            self._tick.start(TICK_MS)

    def stop_time(self) -> None:
        """Let it stand again."""
        self._tick.stop()

    def _pass(self) -> None:
        assert isinstance(self._clock, HandClock)
        self._clock.pass_time(timedelta(milliseconds=TICK_MS))

    def _gateway(self, shop: Shop, gateway: str) -> Gateway | None:
        given = self._accounts.get(gateway)
        if given is None:
            return None
        if gateway not in self._made:
            account = account_of(gateway, given["account"])
            self._made[gateway] = make(account, Secrets(given["secrets"]), shop.clock)
        return self._made[gateway]
