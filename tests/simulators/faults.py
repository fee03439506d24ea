"""The ways a provider, or the line to it, goes wrong; each is injected for a number of calls."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What goes wrong. “Done” means that the provider acted although the shop does not hear of it."""

    NONE = ""
    LOST = "lost request"
    HELD = "held back, lands later"
    CUT = "done, then cut"
    SILENT = "done, then silence"
    BAD_GATEWAY = "502"
    DONE_BAD_GATEWAY = "done, then 502"
    TOO_MANY = "429"
    HTML = "200 with a web page"
    SYSTEM_ERROR = "system error"
    DONE_SYSTEM_ERROR = "done, then system error"
    UNKNOWN_20000 = "20000"
    DRIP = "slow drip"
    TRUNCATED = "half an answer"
    NOT_JSON = "not readable"
    BAD_SIGNATURE = "bad signature"
    OTHER_KEY = "signed by somebody else"
    SHA1 = "SHA-1 signature"
    UNSIGNED = "no signature"
    STALE = "stale timestamp"
    OTHER_SERIAL = "unknown serial"
    PROBE = "signature probe"
    WRONG_AMOUNT = "amount differs"
    OTHER_ORDER = "answer about another order"
    OTHER_MERCHANT = "answer about another merchant"
    DISCOUNT = "wallet pays a part"
    RETRY_FLAG = "retry_flag=Y"
    NO_FUND_CHANGE = "fund_change=N, then success"
    NO_TOMBSTONE = "cancelled, but the code stays alive"
    REFUND_ABNORMAL = "refund abnormal"
    REFUND_CLOSED = "refund closed"
    BARE_202 = "202 with nothing but trade_state"
    NOT_READY = "bill not ready yet"
    WRONG_HASH = "bill with a wrong hash"


NOT_DONE = frozenset({
    Fault.LOST, Fault.HELD, Fault.BAD_GATEWAY, Fault.TOO_MANY, Fault.HTML, Fault.SYSTEM_ERROR, Fault.UNKNOWN_20000,
})  # fmt: skip
SPOILS_SIGNATURE = frozenset({
    Fault.BAD_SIGNATURE, Fault.OTHER_KEY, Fault.SHA1, Fault.UNSIGNED, Fault.STALE, Fault.OTHER_SERIAL, Fault.PROBE,
})  # fmt: skip


@dataclass
class Injected:
    """A fault that waits for its call."""

    fault: Fault
    count: int
    on: str


class FaultBox:
    """Faults in the order they were put in; each call takes the first that is meant for it."""

    def __init__(self) -> None:
        self._waiting: list[Injected] = []
        self._lock = threading.Lock()
        self.struck: list[tuple[str, Fault]] = []

    def put(self, fault: Fault | str, count: int, on: str) -> None:
        """Let the next `count` calls go wrong: all, those of a provider, of an operation, or `provider.operation`."""
        with self._lock:
            self._waiting.append(Injected(Fault(fault), count, on))

    def take(self, provider: str, operation: str) -> Fault:
        """The fault of this call, if any."""
        names = {"", provider, operation, f"{provider}.{operation}"}
        with self._lock:
            for one in self._waiting:
                if one.on in names:
                    one.count -= 1
                    self._waiting = [kept for kept in self._waiting if kept.count]
                    self.struck.append((f"{provider}.{operation}", one.fault))
                    return one.fault
        return Fault.NONE

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        with self._lock:
            self._waiting.clear()
