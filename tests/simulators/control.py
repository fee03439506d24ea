"""The office of all providers: what a test, or a person at `/__sim__`, can do to it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import httpx

from tests.simulators.alipay import Alipay
from tests.simulators.faults import Fault, FaultBox
from tests.simulators.keys import UNIONPAY_SIGNER, Keys, cert_pem, keys_of_this_run, private_pem, public_pem
from tests.simulators.ledger import Clock, CodeOutcome, Ledger, Order, RefundStage, SimulatedClock, Then
from tests.simulators.notices import Message, Wrong, message
from tests.simulators.statements import Bills, Mutation
from tests.simulators.unionpay import UnionPay
from tests.simulators.web import Line, Provider, Reply, Request, Server, serve
from tests.simulators.wechat import WeChat
from tests.simulators.wechat_v2 import WeChatV2

ROOM = "/__sim__"
NOTICES = "https://shop.example.com/notices"  # WeChat orders need one; notices go where the test says


@dataclass(frozen=True)
class Standing:
    """One order as the invariants see it."""

    provider: str
    number: str
    stage: str
    minor: int
    paid: int
    net: int
    refunds: dict[str, tuple[int, str]]


class PayOffice:
    """All providers behind one address, with one ledger."""

    name = "sim"

    def __init__(self, clock: Clock | None = None, keys: Keys | None = None) -> None:
        self.clock = SimulatedClock(clock)
        self.ledger = Ledger(self.clock)
        self.keys = keys or keys_of_this_run()
        self.faults = FaultBox()
        self.alipay = Alipay(self.ledger, self.keys, lambda: self.base)
        self.wechat = WeChat(self.ledger, self.keys, lambda: self.base)
        self.wechat_v2 = WeChatV2(self.ledger, self.keys)
        self.unionpay = UnionPay(self.ledger, self.keys)
        self.bills = Bills(self.ledger)
        self.alipay.bill = lambda kind, day: self.bills.ready("alipay", day)
        self.wechat.bill = lambda day: self.bills.ready("wechat", day)
        providers: list[Provider] = [self, self.alipay, self.wechat, self.wechat_v2, self.unionpay]
        self.line = Line(providers, self.faults, self.clock)
        self._server: Server | None = None

    # Open and closed

    def open(self, port: int = 0) -> PayOffice:
        """Begin to answer."""
        self._server = serve(self.line, port)
        return self

    def close(self) -> None:
        """Answer no more; whoever waits is let go."""
        self.line.let_go.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()

    @property
    def base(self) -> str:
        """Where it is."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def calls(self) -> list[str]:
        """What was asked so far, as `provider.operation`."""
        return [call for call in self.line.calls if not call.startswith("sim.")]

    # What customers do

    def order(self, number: str) -> Order:
        """An order by its number or code. Raises `KeyError`."""
        with self.ledger.lock:
            return self.ledger.find(number)

    def scan(self, number: str) -> bool:
        """The customer scans the shown code (or the number's); the password is still to come."""
        with self.ledger.lock:
            return self.ledger.scan(self.ledger.find(number))

    def enter_password(self, number: str, by_wallet: int = 0) -> bool:
        """The customer pays; `by_wallet` minor units are the wallet's present."""
        with self.ledger.lock:
            return self.ledger.pay(self.ledger.find(number), by_wallet=by_wallet)

    def pay(self, number: str) -> bool:
        """The customer scans the shown code and pays at once."""
        return self.scan(number) and self.enter_password(number)

    def cancel_by_user(self, number: str) -> None:
        """The customer says no on the phone."""
        with self.ledger.lock:
            self.ledger.decline(self.ledger.find(number))

    def script_code(self, code: str, outcome: str) -> None:
        """What comes of a code when it is scanned: pay, password, expired, invalid, money, limit, risk."""
        self.ledger.code_outcomes[code] = CodeOutcome(outcome)

    def set_polls(self, polls: int, then: str = "pay", way: str = "scanned") -> None:
        """Later orders of this way (scanned or shown) are paid, declined or never paid after so many queries."""
        setattr(self.ledger, way, (polls, Then(then)))

    def set_refund_polls(self, polls: int) -> None:
        """Later refunds of WeChat are under way for so many queries."""
        self.ledger.refund_polls = polls

    # Time, faults, keys

    def advance_clock(self, seconds: float) -> None:
        """Let the ledger's time pass; signatures stay fresh."""
        self.clock.advance(seconds)

    def set_clock(self, moment: datetime) -> None:
        """Live at this moment from now on, for signatures too."""
        self.clock.set_to(moment)

    def inject(self, fault: Fault | str, count: int = 1, on: str = "") -> None:
        """Let the next calls go wrong; `on` is a provider, an operation, or `provider.operation`."""
        self.faults.put(fault, count, on)

    def land(self) -> int:
        """Requests that were held back on the way arrive now."""
        return self.line.land()

    def clear(self) -> None:
        """Nothing goes wrong any more, and what was held back never arrives."""
        self.faults.clear()
        self.line.held.clear()

    def settle_refunds(self, number: str = "") -> None:
        """Refunds under way come to their end; an abnormal one is put right by staff when named."""
        with self.ledger.lock:
            for order in self.ledger:
                for refund in order.refunds.values():
                    if refund.number == number:
                        refund.stage = RefundStage.SUCCESS
                    elif refund.stage is RefundStage.PROCESSING and not number:
                        refund.stage = refund.ends

    def rotate(self) -> None:
        """WeChat signs with its next certificate from now on."""
        self.wechat.certificate = 1

    # Messages and bills

    def messages(self, number: str, k: int = 1, refund: str = "", **wrong: bool) -> list[Message]:
        """What the provider would post about an order or a refund, `k` times; `Wrong` says how it may be wrong."""
        with self.ledger.lock:
            order = self.ledger.find(number)
            about = order.refunds[refund] if refund else None
            return [message(self, order, about, Wrong(**wrong))] * k

    def emit_notify(
        self, number: str, to: str, k: int = 1, delay: float = 0, refund: str = "", **wrong: bool
    ) -> list[int]:
        """Post it to the shop, `delay` seconds later; the statuses the shop answered."""
        self.line.let_go.wait(delay)
        sent = self.messages(number, k, refund, **wrong)
        posts = (httpx.post(to, content=one.body, headers=dict(one.headers), timeout=5) for one in sent)
        return [answer.status_code for answer in posts]

    def make_statement(self, provider: str, day: date, mutations: Sequence[Mutation] = ()) -> bytes:
        """The bill of a day (Alipay’s as zip), wrong from now on as the mutations say."""
        with self.ledger.lock:
            return self.bills.make(provider, day, mutations)

    # For the invariants

    def net(self, number: str) -> int:
        """The money the merchant has for a number: paid, less what went back."""
        with self.ledger.lock:
            return self.ledger.net(number)

    def standing(self) -> list[Standing]:
        """Every order as it stands."""
        with self.ledger.lock:
            return [
                Standing(
                    order.provider, order.number, order.stage, order.minor, order.paid_minor, order.net,
                    {r.number: (r.minor, str(r.stage)) for r in order.refunds.values()},
                )
                for order in self.ledger
            ]  # fmt: skip

    # What a shop needs to connect

    def account(self) -> dict[str, dict[str, dict[str, str]]]:
        """By provider: what the shop's settings hold (`account`) and what its keyring holds (`secrets`)."""
        keys = self.keys
        return {
            "alipay": {
                "account": {
                    "base_url": f"{self.base}{Alipay.path}", "app_id": Alipay.app_id, "seller_id": Alipay.seller_id,
                    "alipay_public_key": public_pem(self.alipay.platform),
                },
                "secrets": {"private_key": private_pem(keys.alipay_merchant)},
            },
            "wechat": {
                "account": {
                    "base_url": self.base, "app_id": WeChat.appid, "mchid": WeChat.mchid,
                    "serial": keys.wechat_merchant.serial, "public_key_id": keys.wechat_platform_id,
                    "public_key": public_pem(keys.wechat_platform),
                    "merchant_cert": cert_pem(keys.wechat_merchant.cert), "notify_url": NOTICES,
                },
                "secrets": {
                    "private_key": private_pem(keys.wechat_merchant.key), "api_v3_key": keys.api_v3_key,
                    "api_v2_key": keys.api_v2_key,
                },
            },
            "unionpay": {
                "account": {
                    "base_url": self.base, "mer_id": UnionPay.mer_id, "sign_cert": cert_pem(keys.unionpay_merchant.cert),
                    "roots": cert_pem(keys.unionpay_root.cert), "signer": UNIONPAY_SIGNER, "notify_url": NOTICES,
                },
                "secrets": {"private_key": private_pem(keys.unionpay_merchant.key)},
            },
        }  # fmt: skip

    # The same over HTTP, for other processes

    def operation(self, request: Request) -> str:
        """The name of a control call."""
        return request.path.removeprefix(f"{ROOM}/") if request.path.startswith(f"{ROOM}/") else ""

    def answer(self, request: Request, fault: Fault) -> Reply:
        """Do what is asked: the fields of a JSON body are the arguments."""
        calls: Mapping[str, Callable[..., Any]] = {
            "scan": self.scan, "enter_password": self.enter_password, "pay": self.pay,
            "cancel_by_user": self.cancel_by_user, "script_code": self.script_code, "set_polls": self.set_polls,
            "set_refund_polls": self.set_refund_polls, "advance_clock": self.advance_clock,
            "set_clock": lambda moment: self.set_clock(datetime.fromisoformat(moment)),
            "inject": self.inject, "land": self.land, "settle_refunds": self.settle_refunds, "rotate": self.rotate,
            "net": self.net, "ledger": lambda: [vars(one) for one in self.standing()],
            "calls": lambda: self.calls, "account": self.account, "clear": self.clear,
            "emit_notify": self.emit_notify, "make_statement": self._statement,
        }  # fmt: skip
        try:
            given = json.loads(request.body or b"{}")
            result = calls[self.operation(request)](**given)
        except (KeyError, TypeError, ValueError) as error:
            return Reply(400, json.dumps({"error": f"{type(error).__name__}: {error}"}).encode())
        return Reply(200, json.dumps(result).encode(), {"Content-Type": "application/json"})

    def _statement(self, provider: str, day: str, mutations: Sequence[Mapping[str, Any]] = ()) -> str:
        made = self.make_statement(provider, date.fromisoformat(day), [Mutation(**one) for one in mutations])
        return base64.b64encode(made).decode()

    def trouble(self, request: Request, fault: Fault) -> Reply:
        """Faults are not for the control room."""
        return Reply(500, b"{}")
