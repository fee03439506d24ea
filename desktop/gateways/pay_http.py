"""One call to a payment provider: what left and what came, with everything that can go wrong named.

The one question that matters for money is whether anything was sent. Only while the connection is being made can that
be denied (`NotSent`); from then on whatever goes wrong leaves it open (`Unclear`), and it has to be asked.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from time import monotonic
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.gateways.payment import Reason

if TYPE_CHECKING:
    import httpx

LARGEST = 1_000_000  # bytes of an answer
LARGEST_BILL = 200_000_000
CONNECT_SECONDS = 5.0
LOOPBACK = ("localhost", "127.0.0.1", "::1")
SKEW = 300  # seconds two clocks may differ
_EXPIRED, _NOT_YET = 10, 9  # X509_V_ERR_CERT_HAS_EXPIRED, …_NOT_YET_VALID
for _name in ("httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)  # they would log addresses with our numbers in them


class Trouble(Exception):
    """A call that brought no answer; its words are codes of ours, never what was sent or received."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason.value, detail)
        self.reason, self.detail = reason, detail


class NotSent(Trouble):
    """No connection came about: nothing has left this machine."""


class Unclear(Trouble):
    """Something may have left; only asking tells what became of it."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back, to the byte; names of headers in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def skew(self, now: datetime) -> float:
        """Seconds between the provider's clock and ours; 0 when it does not say."""
        try:
            said = parsedate_to_datetime(self.headers.get("date", ""))
        except ValueError:
            return 0
        return abs((now - (said if said.tzinfo else said.replace(tzinfo=UTC))).total_seconds())


@cache
def _roots() -> ssl.SSLContext:
    """The machine's own certificates; reading them takes longer than many a call."""
    return ssl.create_default_context()


@dataclass(frozen=True, slots=True)
class Line:
    """How a provider is reached: trust is the machine's own certificates unless a shop brings others."""

    seconds: float = 10.0
    trust: ssl.SSLContext | None = None

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        largest: int = LARGEST,
    ) -> Reply:
        """The answer to one request, redirects not followed. Raises `NotSent` or `Unclear`."""
        import httpx

        check_base(url)
        limits = httpx.Timeout(self.seconds, connect=min(CONNECT_SECONDS, self.seconds))
        context = self.trust if self.trust is not None else _roots()
        proxies = url.startswith(
            "https:"
        )  # a proxy would carry what is meant for the loopback over a network
        sent = {"Accept-Encoding": "identity", "User-Agent": "Zhanggui"} | dict(headers or {})
        try:
            with httpx.Client(timeout=limits, verify=context, trust_env=proxies) as client:
                with client.stream(method, url, content=content, headers=sent) as answer:
                    body = self._body(answer, largest)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError) as error:
            raise NotSent(Reason.NO_CONNECTION, _tls_detail(error)) from None
        except (httpx.UnsupportedProtocol, httpx.InvalidURL):
            raise NotSent(Reason.SETUP, "address") from None
        except httpx.TimeoutException:
            raise Unclear(Reason.NO_ANSWER, "timeout") from None
        except (httpx.HTTPError, OSError) as error:
            raise Unclear(Reason.NO_ANSWER, type(error).__name__) from None
        return Reply(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, body)

    def _body(self, answer: httpx.Response, largest: int) -> bytes:
        body, until = bytearray(), monotonic() + self.seconds * (1 if largest <= LARGEST else 12)
        for piece in answer.iter_bytes():
            body += piece
            if monotonic() > until:  # a byte now and then keeps every timeout away
                raise Unclear(Reason.NO_ANSWER, "too slow")
            if len(body) > largest:
                raise Unclear(Reason.UNREADABLE, "too large")
        return bytes(body)


def _tls_detail(error: BaseException) -> str:
    """Whether encryption failed, and on a certificate's dates; the words of the error itself name addresses."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            out_of_date = cause.verify_code in (_EXPIRED, _NOT_YET)
            return "TLS certificate out of date" if out_of_date else "TLS certificate not trusted"
        if isinstance(cause, ssl.SSLError):
            return "TLS"
        cause = cause.__cause__ or cause.__context__
    return "timeout" if "Timeout" in type(error).__name__ else ""


def check_base(url: str) -> str:
    """The address as it is kept. Raises `Refused` for one that is none or would go unencrypted over a network."""
    cleaned = url.strip().rstrip("/")
    try:
        parts = urlsplit(cleaned)
        known = parts.scheme in ("https", "http") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        known = False
    if not known or parts.username is not None or parts.fragment:
        raise Refused(N_("Type the address of the payment provider like https://api.example.com."))
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise Refused(N_("Payments are not sent without encryption. Use an address that begins with https."))
    return cleaned


def clock_or(reason: Reason, reply: Reply, now: datetime) -> Reason:
    """`CLOCK` when the provider's own time stands far from ours, since that explains a refused signature."""
    return Reason.CLOCK if reply.skew(now) > SKEW else reason


__all__ = [
    "LARGEST", "LARGEST_BILL", "SKEW", "Line", "NotSent", "Reply", "Trouble", "Unclear", "check_base", "clock_or",
]  # fmt: skip
