"""Where is a parcel? Asked of Kuaidi100, or of any service that answers in JSON.

Kuaidi100: a signed form, as in the company's own examples (github.com/kuaidi100-api, `synquery.php`): sign is the MD5 of
param, key and customer in capitals. What went wrong is sorted once: `Refused` until somebody mends a setting,
`Unavailable` for later, `NotFound` when nobody has seen the number yet.
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from desktop.basics.errors import NotFound, Refused, ShopError, Unavailable
from desktop.basics.i18n import N_
from desktop.models.parcels import COLLECTED, DELIVERED, OUT, RETURNED, SIGNED, TROUBLED, UNDER_WAY

if TYPE_CHECKING:
    import httpx

SERVICE = "zhanggui carriers"
KUAIDI100 = "https://poll.kuaidi100.com/poll/query.do"
CHINA = ZoneInfo("Asia/Shanghai")  # its times carry no zone
STATES = {
    "0": UNDER_WAY, "1": COLLECTED, "2": TROUBLED, "3": DELIVERED, "4": RETURNED, "5": OUT, "6": TROUBLED,
    "7": UNDER_WAY, "8": UNDER_WAY, "14": TROUBLED,
}  # fmt: skip
WANT_PHONE = (
    "shunfeng",
    "shunfengkuaiyun",
    "zhongtong",
)  # they answer only to the receiver's last four digits
SECONDS = 10.0
LARGEST = 1_000_000  # bytes of an answer
MOST_SEEN = 200
LOOPBACK = ("localhost", "127.0.0.1", "::1")

# Sentences without a field: they are kept beside the parcel, where neither number nor key may stand.
NO_ANSWER = N_("The tracking service doesn’t answer. Check the network and its address.")
TOO_SLOW = N_("The tracking service took too long to answer. It is asked again later.")
NOT_JSON = N_("The tracking service sent a web page instead of an answer. Check its address.")
WRONG_KEY = N_("The tracking service refuses the key. Type the customer number and key again.")
NO_CREDIT = N_("The account at the tracking service is used up or has expired.")
WRONG_CODE = N_("The tracking service does not know this carrier’s code. Check it under Carriers.")
WRONG_PHONE = N_("The carrier answers only with the receiver’s phone number, and this order has none.")
UNKNOWN = N_("The carrier does not know this number yet.")
BUSY = N_("The tracking service is busy. It is asked again later.")
NO_TRAIL = N_("The answer of the tracking service has no trail where it should be. Check the paths.")
NO_CLEAR = N_("A key is not sent without encryption. Use an address that begins with https.")
_RETURN_CODES: dict[str, tuple[type[ShopError], str]] = {
    "400": (Refused, WRONG_CODE), "408": (Refused, WRONG_PHONE), "500": (NotFound, UNKNOWN),
    "501": (Unavailable, BUSY), "502": (Unavailable, BUSY), "503": (Refused, WRONG_KEY), "601": (Refused, NO_CREDIT),
}  # fmt: skip
_UNSEEN = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log every number that is asked for


@dataclass(frozen=True, slots=True)
class Asked:
    """One parcel and whom to ask about it; `paths` say where things stand in the answer of a JSON service."""

    kind: str
    url: str
    code: str
    number: str = field(repr=False)
    customer: str = ""
    header: str = ""
    key: str = field(default="", repr=False)
    paths: Mapping[str, str] = field(default_factory=dict)
    phone_tail: str = field(default="", repr=False)
    zone: ZoneInfo = CHINA


@dataclass(frozen=True, slots=True)
class Seen:
    """One place a parcel was seen at."""

    at: datetime
    text: str
    place: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Trail:
    """What a carrier says of a parcel, the newest first."""

    state: str
    seen: tuple[Seen, ...]
    eta: datetime | None = None


def check_url(url: str, secret: bool) -> str:
    """The address as it is kept. Raises `ShopError` for one that can't be asked, or would carry a key in the clear."""
    cleaned = url.strip()
    parts = urlsplit(cleaned)
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ShopError(
            N_("Type the address like {example}."), example="https://api.example.com/{carrier}/{number}"
        )
    if secret and parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise ShopError(NO_CLEAR)
    return cleaned


def ask_carrier(asked: Asked) -> Trail:
    """The trail of a parcel. Raises `Refused`, `Unavailable` or `NotFound`; the service's own words are not repeated."""
    check_url(asked.url, bool(asked.key))
    if asked.kind == SIGNED:
        return _read_kuaidi100(_fetch("POST", asked.url, data=_signed_form(asked)))
    url = asked.url.replace("{carrier}", quote(asked.code, safe="")).replace(
        "{number}", quote(asked.number, safe="")
    )
    headers = {asked.header: asked.key} if asked.header and asked.key else {}
    return _read_json(asked, _fetch("GET", url, headers=headers))


def _signed_form(asked: Asked) -> dict[str, str]:
    wanted = {"com": asked.code, "num": asked.number, "resultv2": "1", "show": "0", "order": "desc"}
    if asked.code in WANT_PHONE and asked.phone_tail:
        wanted["phone"] = asked.phone_tail
    param = json.dumps(wanted, ensure_ascii=False, separators=(",", ":"))
    text = param + asked.key + asked.customer
    sign = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest().upper()
    return {"customer": asked.customer, "sign": sign, "param": param}


def _fetch(method: str, url: str, **more: Any) -> Any:
    """The JSON behind an address; a redirect, a page and anything else is an error with a name."""
    import httpx

    try:
        with httpx.Client(timeout=SECONDS, follow_redirects=False) as client:
            with client.stream(method, url, **more) as answer:
                body = _body(answer)
    except httpx.TimeoutException as error:
        raise Unavailable(TOO_SLOW) from error
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        raise Unavailable(NO_ANSWER) from error
    if answer.status_code in (401, 403):
        raise Refused(WRONG_KEY)
    if answer.status_code == 404:
        raise NotFound(UNKNOWN)
    if answer.status_code == 429 or answer.status_code >= 500:
        raise Unavailable(BUSY)
    if answer.status_code != 200:
        raise Unavailable(NO_ANSWER)
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unavailable(NOT_JSON) from error


def _body(answer: httpx.Response) -> bytes:
    body, until = b"", monotonic() + SECONDS
    for piece in answer.iter_bytes():
        body += piece
        if monotonic() > until:  # a byte now and then keeps every timeout away
            raise Unavailable(TOO_SLOW)
        if len(body) > LARGEST:
            raise Unavailable(NOT_JSON)
    return body


def _read_kuaidi100(answer: Any) -> Trail:
    if not isinstance(answer, dict):
        raise Unavailable(NOT_JSON)
    if str(answer.get("status", "")) != "200":
        said = str(answer.get("returnCode") or answer.get("status"))
        kind, sentence = _RETURN_CODES.get(said, (Unavailable, BUSY))
        raise kind(sentence)
    rows = answer.get("data")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Unavailable(NO_TRAIL)
    seen = []
    for row in rows[:MOST_SEEN]:
        at = moment(row.get("time") or row.get("ftime"), CHINA)
        if at is not None:
            seen.append(Seen(at, _words(row.get("context")), _words(row.get("areaName"))))
    state = STATES.get(str(answer.get("state", "")), UNDER_WAY)
    return Trail(state, tuple(seen), moment(answer.get("arrivalTime"), CHINA))


def _read_json(asked: Asked, answer: Any) -> Trail:
    paths = asked.paths
    rows = _at(answer, paths.get("events", ""))
    if not isinstance(rows, list):
        raise Unavailable(NO_TRAIL)
    seen = []
    for row in rows[:MOST_SEEN]:
        at = moment(_at(row, paths.get("time", "time")), asked.zone)
        if at is not None:
            texts = (_at(row, paths.get(name, name)) for name in ("text", "place"))
            seen.append(Seen(at, *map(_words, texts)))
    if rows and not seen:
        raise Unavailable(NO_TRAIL)
    seen.sort(key=lambda one: one.at, reverse=True)
    said = _at(answer, paths["state"]) if paths.get("state") else None
    done = {word.strip().lower() for word in paths.get("delivered", "delivered").split(",")}
    delivered = said is not None and str(said).strip().lower() in done
    state = DELIVERED if delivered else (UNDER_WAY if seen else "")
    return Trail(
        state, tuple(seen), moment(_at(answer, paths["eta"]), asked.zone) if paths.get("eta") else None
    )


def _words(said: Any) -> str:
    """What a service says, without the characters no database keeps and no screen shows."""
    return "" if said is None else _UNSEEN.sub("", str(said))


def _at(value: Any, path: str) -> Any:
    """What stands at `data.events.0.time`; None when there is no such place."""
    for name in path.split(".") if path else ():
        if isinstance(value, dict):
            value = value.get(name)
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value


def moment(value: Any, zone: ZoneInfo) -> datetime | None:
    """A moment as services write it, in UTC: ISO, with a space, to the hour, the day alone, or Unix seconds."""
    if isinstance(value, bool) or value in (None, ""):
        return None
    with suppress(ValueError, OverflowError, OSError):
        if isinstance(value, (int, float)):
            return datetime.fromtimestamp(value / 1_000 if value > 10**11 else value, UTC)
        text = str(value).strip()
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), time(23, 59), zone).astimezone(UTC)
        if len(text) == 13 and text[10] == " ":
            text += ":00"
        found = datetime.fromisoformat(text)
        return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
    return None


__all__ = ["KUAIDI100", "Asked", "Seen", "Trail", "ask_carrier", "check_url", "moment"]
