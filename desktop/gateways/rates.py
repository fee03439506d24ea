"""What is a currency worth? Asked of any service that answers in JSON.

The address and the path may name `{currency}` and `{base}`; a key goes where the address has `{key}`, and only there.
A redirect, a page, half an answer and a number that is no rate are each an error with a name.
"""

from __future__ import annotations

import json
import logging
import re
from dataclasses import dataclass, field
from decimal import Decimal
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from desktop.basics.errors import Malformed, Refused, ShopError, Unavailable
from desktop.basics.i18n import N_
from desktop.pricing.exchange import inverted, per_unit, read_rate

if TYPE_CHECKING:
    import ssl

    import httpx

SECONDS = 10.0
LARGEST = 1_000_000  # bytes of an answer
LOOPBACK = ("localhost", "127.0.0.1", "::1")
FIELDS = re.compile(r"\{(currency|base|key)\}")

# Sentences without a field: they are kept beside the currency, where no key may stand.
NO_ANSWER = N_("The rate source doesn’t answer. Check the network and its address.")
TOO_SLOW = N_("The rate source took too long to answer. It is asked again later.")
NOT_JSON = N_("The rate source sent a web page instead of an answer. Check its address.")
HALF = N_("The rate source broke its answer off. It is asked again later.")
WRONG_KEY = N_("The rate source refuses the key. Type it again.")
BUSY = N_("The rate source is busy. It is asked again later.")
MOVED = N_("The rate source has moved to another address. Type the new one.")
NO_PLACE = N_("There is no rate where the path points to. Check the path.")
NO_RATE = N_("What stands at the path is no rate above zero. Check the path.")
NO_CLEAR = N_("Rates are fetched over an encrypted connection only. Use an address that begins with https.")
NO_ADDRESS = N_("There is no address to fetch rates from. Type it under Settings, Currencies.")
logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log addresses, and a key may stand in one


@dataclass(frozen=True, slots=True)
class Source:
    """Where rates come from: `units` foreign ones cost the number found, or (`inverse`) the other way round."""

    url: str
    path: str
    key: str = field(default="", repr=False)
    inverse: bool = False
    units: int = 1

    def address(self, base: str, currency: str) -> str:
        """The address to ask for this pair."""
        words = {"currency": currency, "base": base, "key": quote(self.key, safe="")}
        return FIELDS.sub(lambda found: words[found.group(1)], self.url)


def check_url(url: str) -> str:
    """The address as it is kept; empty for none. Raises `ShopError` for one that may not be asked."""
    cleaned = url.strip()
    if not cleaned:
        return ""
    try:
        parts = urlsplit(cleaned)
        host = parts.hostname
    except ValueError:
        host = None
    if not host or parts.scheme not in ("https", "http") or FIELDS.search(parts.netloc):
        raise ShopError(
            N_("Type the address like {example}."), example="https://api.example.com/latest?base={base}"
        )
    if parts.scheme == "http" and host not in LOOPBACK:
        raise ShopError(NO_CLEAR)
    return cleaned


def fetch_answer(url: str, trust: ssl.SSLContext | None = None) -> Any:
    """The JSON behind an address. Raises `Refused` until a setting is mended, `Unavailable` for later."""
    import httpx

    if not check_url(url):
        raise Refused(NO_ADDRESS)
    try:
        with httpx.Client(timeout=SECONDS, follow_redirects=False, verify=trust or True) as client:
            with client.stream("GET", url, headers={"Accept": "application/json"}) as answer:
                body = _body(answer)
    except httpx.TimeoutException:
        raise Unavailable(TOO_SLOW) from None
    except httpx.RemoteProtocolError:
        raise Unavailable(HALF) from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError):
        raise Unavailable(NO_ANSWER) from None  # its text names the address, and a key may stand there
    _check_status(answer.status_code)
    return _read(body)


def _check_status(status: int) -> None:
    if status in (401, 403):
        raise Refused(WRONG_KEY)
    if status == 429 or status >= 500:
        raise Unavailable(BUSY)
    if 300 <= status < 400:
        raise Refused(MOVED)
    if status != 200:
        raise Unavailable(NO_ANSWER)


def _read(body: bytes) -> Any:
    try:
        return json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        whole = body.lstrip()[:1] not in (b"{", b"[")
        raise Unavailable(NOT_JSON if whole else HALF) from None


def rate_in(answer: Any, source: Source, base: str, currency: str) -> Decimal:
    """What one unit of a currency is worth by this answer. Raises `Refused` when it does not say."""
    words = {"currency": currency, "base": base, "key": ""}
    path = FIELDS.sub(lambda found: words[found.group(1)], source.path)
    value = _at(answer, path)
    if value is None:
        raise Refused(NO_PLACE)
    if isinstance(value, bool) or not isinstance(value, (str, int, Decimal)):
        raise Refused(NO_RATE)
    try:
        rate = read_rate(str(value))
        return inverted(rate, source.units) if source.inverse else per_unit(rate, source.units)
    except (Malformed, ValueError):
        raise Refused(NO_RATE) from None


def _body(answer: httpx.Response) -> bytes:
    body, until = b"", monotonic() + SECONDS
    for piece in answer.iter_bytes():
        body += piece
        if monotonic() > until:  # a byte now and then keeps every timeout away
            raise Unavailable(TOO_SLOW)
        if len(body) > LARGEST:
            raise Unavailable(NOT_JSON)
    return body


def _at(value: Any, path: str) -> Any:
    """What stands at `rates.USD` or `data.0.mid`; None when there is no such place."""
    for name in path.split(".") if path else ():
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value
