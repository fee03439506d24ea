"""WeChat Pay, version 3: a code shown or scanned, asked about, closed or reversed, given back, and the day's bill.

Scanned codes may go by the older calls instead (`wechat_v2`), since not every merchant may use the new one.
"""

from __future__ import annotations

import hashlib
import json
import secrets as random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

from desktop.basics.clock import Clock
from desktop.basics.errors import Refused, ShopError, Unavailable
from desktop.basics.i18n import N_
from desktop.basics.money import Money
from desktop.gateways import pay_signing as signing
from desktop.gateways import pay_words as words
from desktop.gateways.pay_http import LARGEST, LARGEST_BILL, SKEW, Line, Reply, Trouble, check_base
from desktop.gateways.pay_words import failed, printable, unclear
from desktop.gateways.payment import SHOW, TAKE, Answer, Attempt, Back, Notice, Reason, RefundState, State
from desktop.gateways.wechat_answers import (
    NOT_DONE,
    NOT_THERE,
    Said,
    back_of,
    not_found,
    refund_state,
    refused_by,
    state_of,
    unpacked,
)
from desktop.gateways.wechat_keys import (
    PROBE,
    Theirs,
    Verifier,
    authorization,
    platform_certificates,
    request_message,
)

if TYPE_CHECKING:
    from cryptography import x509

    from desktop.gateways.providers import Secrets, WechatAccount
    from desktop.gateways.wechat_v2 import WechatV2

CHINA = ZoneInfo("Asia/Shanghai")
BEFORE_REVERSING = 15  # seconds after the pay call in which it is not taken back
SUBJECT = 95  # characters: 127 are allowed, but as few bytes as this many can have
ORDERS, REFUNDS = "/v3/pay/transactions", "/v3/refund/domestic/refunds"
CERTIFICATES = "/v3/certificates"
MOST_UNKNOWN, FORGOTTEN = 20, timedelta(minutes=10)
BAD_KEY = N_(
    "“{label}” has exactly 32 letters and digits. It is set on the merchant site under API security."
)


@dataclass(frozen=True, slots=True)
class _Charged:
    """When the one call that charges a scanned code left, and whether its answer was a refusal."""

    at: datetime
    declined: bool = False


@dataclass
class Wechat:
    """A merchant with WeChat Pay; made by `providers.make`."""

    account: WechatAccount
    secrets: Secrets = field(repr=False)
    clock: Clock
    line: Line
    codes: WechatV2 | None = field(default=None, init=False, repr=False)
    _sent: dict[str, _Charged] = field(default_factory=dict, init=False, repr=False)
    _unknown: dict[str, datetime] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        account = self.account
        self._url = check_base(account.base_url)
        self._key = signing.private_key(self.secrets.get("private_key"), N_("Merchant’s private key"))
        self._api_v3 = self.secrets.get("api_v3_key")
        if len(self._api_v3.encode()) != 32:
            raise Refused(BAD_KEY, label="APIv3")
        self._cert = self._own_certificate()
        self._serial = signing.serial_of(self._cert) if self._cert else account.serial.strip().upper()
        if not self._serial:
            raise Refused(N_("The serial number of the merchant’s certificate is missing."))
        self.verifier = Verifier()
        if account.public_key_id:
            key = signing.public_key(account.public_key, N_("WeChat Pay’s public key"))
            self.verifier.keys[account.public_key_id] = Theirs(key)
        if account.code_api == "v2":
            from desktop.gateways.wechat_v2 import WechatV2

            self.codes = WechatV2(account, self.secrets, self.clock, self.line)

    def _own_certificate(self) -> x509.Certificate | None:
        if not self.account.merchant_cert:
            return None
        label = N_("Merchant’s certificate")
        return signing.own_certificate(self.account.merchant_cert, self._key, label)

    # -- paying ------------------------------------------------------------------------------------------------

    def show_code(self, attempt: Attempt) -> Answer:
        """A code the customer scans; ordered again with the same number it is replaced by a fresh one."""
        notify = self.account.notify_url
        if attempt.amount.currency != "CNY" or not notify.startswith("https://") or "?" in notify:
            return failed(Reason.SETUP, "currency" if attempt.amount.currency != "CNY" else "notify_url")
        until = attempt.until.astimezone(CHINA).isoformat(timespec="seconds")
        said = self._ask(
            "POST", f"{ORDERS}/native", self._order(attempt) | {"notify_url": notify, "time_expire": until}
        )
        if said.trouble:
            return said.trouble_answer(before=True)
        if said.code:
            return refused_by(said)
        code = said.text("code_url")
        return Answer(State.PENDING, code=code) if code else unclear(Reason.UNREADABLE, "code_url")

    def take_code(self, attempt: Attempt, customer_code: str) -> Answer:
        """Charge a scanned code; while the customer types a password it is only accepted (202)."""
        if attempt.amount.currency != "CNY":
            return failed(Reason.SETUP, "currency")
        at = self.clock.now()
        lately = {number: one for number, one in self._sent.items() if (at - one.at).total_seconds() < 60}
        self._sent = lately | {attempt.number: _Charged(at)}
        answer = (self.codes or self).charge(attempt, customer_code)
        self._sent[attempt.number] = _Charged(at, answer.state is State.CANCELLING)
        return answer

    def charge(self, attempt: Attempt, customer_code: str) -> Answer:
        """The call itself."""
        store = {"store_info": {"id": self.account.store_id or "1"}}
        fields = self._order(attempt) | {"payer": {"auth_code": customer_code}, "scene_info": store}
        said = self._ask("POST", f"{ORDERS}/codepay", fields)
        if said.trouble:
            return said.trouble_answer(before=True)
        if said.code:
            return refused_by(said)
        if set(said.fields) <= {"trade_state", "trade_state_desc"}:  # a bare “the customer is paying”
            waiting = said.text("trade_state") == "USERPAYING"
            return Answer(State.PENDING) if waiting else unclear(Reason.UNREADABLE, "trade_state")
        return self._state(attempt, said)

    def query(self, attempt: Attempt) -> Answer:
        """What became of it."""
        if self.codes and attempt.way == TAKE:
            return self.codes.query(attempt)
        path = f"{ORDERS}/out-trade-no/{quote(attempt.number, safe='')}?mchid={quote(self.account.mchid)}"
        said = self._ask("GET", path)
        if said.trouble:
            return said.trouble_answer()
        if said.code in NOT_THERE:
            return not_found(attempt, said)
        return unclear(said.why, said.code_text) if said.code else self._state(attempt, said)

    def _state(self, attempt: Attempt, said: Said) -> Answer:
        account = self.account
        ours = {"out_trade_no": attempt.number, "mchid": account.mchid, "appid": account.app_id}
        for name, value in ours.items():
            if said.text(name) != value:
                return unclear(Reason.UNREADABLE if name == "out_trade_no" else Reason.SETUP, name)
        currency = "CNY"
        amount = said.fields.get("amount")
        if isinstance(amount, Mapping) and isinstance(amount.get("currency"), str):
            currency = amount["currency"]
        total, payer = said.number("amount.total"), said.number("amount.payer_total")
        paid = None if total is None else Money(total, currency)
        return state_of(attempt, said, paid, None if payer is None else Money(payer, currency))

    # -- ending ------------------------------------------------------------------------------------------------

    def cancel(self, attempt: Attempt) -> Answer:
        """Close a shown code, reverse a scanned one: the provider knows only the one call for each."""
        return self._close(attempt) if attempt.way == SHOW else self._reverse(attempt)

    def _close(self, attempt: Attempt) -> Answer:
        path = f"{ORDERS}/out-trade-no/{quote(attempt.number, safe='')}/close"
        said = self._ask("POST", path, {"mchid": self.account.mchid})
        if said.trouble:
            return said.trouble_answer(cancelling=True)
        if not said.code or said.code == "ORDERCLOSED":
            return Answer(State.CLOSED)
        if said.code in NOT_THERE:
            return Answer(State.CLOSED, reason=Reason.NOT_FOUND)
        return self._look(attempt, said)

    def _reverse(self, attempt: Attempt) -> Answer:
        charged = self._sent.get(attempt.number, _Charged(attempt.created))
        since = (self.clock.now() - charged.at).total_seconds()
        if 0 <= since < BEFORE_REVERSING:
            if charged.declined and self._stays_declined(attempt):
                return Answer(State.CLOSED)
            return Answer(State.CANCELLING, detail="15 s", wait=BEFORE_REVERSING - since)
        if self.codes:
            return self.codes.cancel(attempt)
        path = f"{ORDERS}/out-trade-no/{quote(attempt.number, safe='')}/reverse"
        said = self._ask("POST", path, {"appid": self.account.app_id, "mchid": self.account.mchid})
        if said.trouble:
            return said.trouble_answer(cancelling=True)
        if said.code in NOT_THERE:
            return Answer(State.CLOSED, reason=Reason.NOT_FOUND)
        if said.code in ("USERPAYING", "INVALIDREQUEST", "SYSTEMERROR"):
            return Answer(State.CANCELLING, reason=Reason.BUSY, detail=said.code_text, wait=5)
        return self._look(attempt, said)

    def _stays_declined(self, attempt: Attempt) -> bool:
        """Whether a code whose one call was answered with a refusal led to nothing, so that nobody has to wait."""
        now = self.query(attempt)
        return now.state in (State.CANCELLING, State.CLOSED, State.REVERSED) or now.reason is Reason.NOT_FOUND

    def _look(self, attempt: Attempt, said: Said) -> Answer:
        """How it ended, or whether it was paid before; as long as neither is sure it goes on being cancelled."""
        if said.code and said.why in NOT_DONE:
            return Answer(State.CANCELLING, reason=said.why, detail=said.code_text)
        now = self.query(attempt)
        over = (State.CLOSED, State.REVERSED) + ((State.SUCCEEDED,) if said.code else ())
        if now.state in over:
            return now
        reason = said.why if said.code else now.reason
        return Answer(State.CANCELLING, now.reference, reason=reason, detail=said.code_text, wait=5)

    # -- giving back -------------------------------------------------------------------------------------------

    def refund(self, attempt: Attempt, number: str, amount: Money, why: str) -> Back:
        """Give back; a success here only means that it was accepted."""
        if self.codes and attempt.way == TAKE:
            return self.codes.refund(attempt, number, amount, why)
        sums = {"refund": amount.amount, "total": attempt.amount.amount, "currency": amount.currency}
        fields = {"out_trade_no": attempt.number, "out_refund_no": number, "amount": sums}
        said = self._ask("POST", REFUNDS, fields | ({"reason": why[:26]} if why else {}))
        if said.trouble:
            return said.trouble_back()
        if said.code:
            return back_of(said)
        found = self._refund(said, attempt, number)
        same = said.number("amount.refund") in (None, amount.amount)
        if found.state is RefundState.SUCCEEDED or not same:
            reason = Reason.NONE if same else Reason.AMOUNT
            return Back(RefundState.PROCESSING if same else RefundState.UNKNOWN, found.reference, reason)
        return found

    def query_refund(self, attempt: Attempt, number: str) -> Back:
        """What became of it; one nobody knows is to be repeated with the same number."""
        if self.codes and attempt.way == TAKE:
            return self.codes.query_refund(attempt, number)
        said = self._ask("GET", f"{REFUNDS}/{quote(number, safe='')}")
        if said.trouble:
            return said.trouble_back()
        if said.code:
            reason = Reason.NOT_FOUND if said.code in NOT_THERE else said.why
            return Back(RefundState.UNKNOWN, reason=reason, detail=said.code_text)
        return self._refund(said, attempt, number)

    def _refund(self, said: Said, attempt: Attempt, number: str) -> Back:
        if said.text("out_refund_no") != number or said.text("out_trade_no") != attempt.number:
            return Back(RefundState.UNKNOWN, reason=Reason.UNREADABLE, detail="out_refund_no")
        return refund_state(said.text("status"), said.text("refund_id"))

    # -- bill and messages -------------------------------------------------------------------------------------

    def bill(self, day: date) -> bytes:
        """The packed bill of a day as it comes, once its unpacked bytes have the announced SHA-1."""
        said = self._ask("GET", f"/v3/bill/tradebill?bill_date={day.isoformat()}&bill_type=ALL&tar_type=GZIP")
        if said.trouble:
            raise Unavailable(words.NO_BILL_NOW)
        if said.code:
            if said.why in (Reason.KEYS, Reason.CLOCK) or said.code == "NOAUTH":
                raise Refused(words.NOT_LET_IN)
            raise Unavailable(words.NO_BILL_NOW) if said.why is Reason.BUSY else Refused(words.NO_BILL_YET)
        try:
            reply = self._call("GET", said.text("download_url"), largest=LARGEST_BILL)
        except (Trouble, ShopError):
            raise Unavailable(words.NO_BILL_NOW) from None
        if reply.status != 200:
            raise Unavailable(words.NO_BILL_NOW)
        digest = hashlib.sha1(unpacked(reply.body), usedforsecurity=False).hexdigest()
        if said.text("hash_type").upper() != "SHA1" or digest != said.text("hash_value").lower():
            raise Unavailable(words.BAD_BILL)
        return reply.body

    def read_notice(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """A message: whose it is first, only then what is sealed inside."""
        low = {name.lower(): value for name, value in headers.items()}
        if self._check(low, body):
            raise Refused(words.NOT_SIGNED)
        try:
            resource = json.loads(body)["resource"]
            parts = (str(resource.get(name, "")) for name in ("nonce", "associated_data", "ciphertext"))
            said = json.loads(signing.unseal(self._api_v3, *parts))
            number, merchant = said["out_trade_no"], said["mchid"]
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Refused(words.NOT_SIGNED) from None
        if merchant != self.account.mchid or not isinstance(number, str):
            raise Refused(words.NOT_OURS)
        return Notice(number, str(said.get("out_refund_no") or ""))

    # -- the call ----------------------------------------------------------------------------------------------

    def _order(self, attempt: Attempt) -> dict[str, Any]:
        return {
            "appid": self.account.app_id, "mchid": self.account.mchid,
            "description": printable(attempt.subject)[:SUBJECT] or attempt.number, "out_trade_no": attempt.number,
            "amount": {"total": attempt.amount.amount, "currency": attempt.amount.currency},
        }  # fmt: skip

    def _ask(self, method: str, path: str, fields: Mapping[str, Any] | None = None) -> Said:
        now = self.clock.now()
        if self._cert and not signing.in_date(self._cert, now):
            return Said(trouble=Reason.CERTIFICATE, detail="merchant_cert", sent=False)
        body = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode() if fields else b""
        try:
            reply = self._call(method, self._url + path, body)
        except Trouble as trouble:
            return Said.of(trouble)
        return self._read(reply, now)

    def _call(self, method: str, url: str, body: bytes = b"", largest: int = LARGEST) -> Reply:
        parts = urlsplit(url)
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        stamp, nonce = str(int(self.clock.now().timestamp())), random.token_hex(16).upper()
        message = request_message(method, target, stamp, nonce, body)
        headers = {
            "Authorization": authorization(self.account.mchid, self._serial, self._key, message),
            "Accept": "application/json",
        } | ({"Content-Type": "application/json"} if body else {})
        if self.account.public_key_id:
            headers["Wechatpay-Serial"] = self.account.public_key_id
        return self.line.call(method, url, headers=headers, content=body, largest=largest)

    def _read(self, reply: Reply, now: datetime) -> Said:
        """What was said. A success has to be signed; a refusal is a hint and may come without."""
        status, signed = reply.status, "wechatpay-signature" in reply.headers
        if status == 429 or status >= 500:
            return Said(trouble=Reason.BUSY, detail=f"HTTP {status}")
        wrong = self._check(reply.headers, reply.body) if signed or status < 300 else Reason.NONE
        if wrong and status >= 300 and not self.verifier.knows(reply.headers):
            wrong = Reason.NONE  # a merchant it does not let in can't fetch its certificates either
        if wrong and (status < 300 or wrong is Reason.SIGNATURE):
            page = not signed and reply.body.lstrip()[:1] not in (b"{", b"")
            return Said(trouble=Reason.UNREADABLE if page else wrong, detail=f"HTTP {status}")
        if status == 204:
            return Said()
        try:
            fields = json.loads(reply.body)
        except (ValueError, RecursionError):
            fields = None
        if not isinstance(fields, dict) or 300 <= status < 400:
            return Said(trouble=Reason.UNREADABLE, detail=f"HTTP {status}")
        if status >= 400 and not isinstance(fields.get("code"), str):
            return Said(trouble=Reason.UNREADABLE, detail=f"HTTP {status}")
        if status < 300:
            fields.pop("code", None)  # only errors have one
        return Said(fields, skewed=wrong is Reason.CLOCK or reply.skew(now) > SKEW)

    def _check(self, headers: Mapping[str, str], body: bytes) -> Reason:
        """What is wrong with a message of theirs; a certificate never seen is fetched once."""
        serial = headers.get("wechatpay-serial", "")
        probing = headers.get("wechatpay-signature", "").startswith(PROBE)
        if serial and not probing and not self.verifier.knows(headers):
            self._look_for(serial, headers)
        return self.verifier.check(headers, body, self.clock.now())

    def _look_for(self, serial: str, headers: Mapping[str, str]) -> None:
        """Fetch certificates for a serial number, but not again and again for made-up ones."""
        now = self.clock.now()
        self._unknown = {name: at for name, at in self._unknown.items() if now - at < FORGOTTEN}
        if serial in self._unknown or len(self._unknown) >= MOST_UNKNOWN:
            return
        if self._fetch_certificates() and not self.verifier.knows(headers):
            self._unknown[serial] = now

    def _fetch_certificates(self) -> bool:
        """Take over the platform's certificates: sealed with our key, and the answer signed by one of them.

        Whether an answer came at all.
        """
        try:
            reply = self._call("GET", self._url + CERTIFICATES)
            found = platform_certificates(reply.body, self._api_v3) if reply.status == 200 else []
        except (Trouble, ValueError, KeyError, TypeError):
            return False
        fresh = Verifier(dict(self.verifier.keys))
        for one in found:
            fresh.add_certificate(one)
        if found and not fresh.check(reply.headers, reply.body, self.clock.now()):
            self.verifier = fresh
        return reply.status == 200
