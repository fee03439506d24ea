"""Accounts with payment providers: set up, tried, forgotten, and the gateway each program makes from them."""

from __future__ import annotations

import logging
import secrets as random
import ssl
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime, timedelta
from threading import Lock

from sqlalchemy import select

from desktop.basics.errors import NotFound, Refused, ShopError, Unavailable
from desktop.basics.i18n import N_
from desktop.basics.money import Money
from desktop.gateways.keyring_state import keeper
from desktop.gateways.notice_secrets import check_keeper
from desktop.gateways.pay_secrets import get_secret, put_secrets
from desktop.gateways.payment import TAKE, Attempt, Gateway, Reason, State
from desktop.gateways.providers import ACCOUNTS, EXPERIMENTAL, PROVIDERS, SECRET_NAMES, Account, Secrets, make
from desktop.models.payment_accounts import PaymentAccount
from desktop.models.people import Permission
from desktop.queries.pay_accounts import AccountRow, accounts_to_pay_by, payment_accounts
from desktop.services.ways_out import shop_key
from desktop.shop import actors
from desktop.shop.action import action
from desktop.shop.shop import Shop
from desktop.shop.work import Work

LONGEST = 60_000  # characters of one field; bundles of certificates are long
TEST_NUMBER = "ZGTEST"
CERTIFICATES = ("app_cert", "alipay_cert", "merchant_cert", "sign_cert")
NEEDED: dict[str, tuple[tuple[str, str], ...]] = {
    "alipay": (("app_id", N_("Type the application’s number (APPID)."),),),
    "wechat": (
        ("mchid", N_("Type the merchant number.")),
        ("app_id", N_("Type the number of the official account or app (APPID)."),),
        ("notify_url", N_("WeChat Pay wants an address of yours, though this program asks by itself. Type one that begins with https."),),
    ),
    "unionpay": (("mer_id", N_("Type the merchant number.")),),
}  # fmt: skip
SAYS: dict[Reason, str] = {
    Reason.NOT_FOUND: N_("The account works: the provider knows this shop, and its answer is signed."),
    Reason.NO_CONNECTION: N_("No connection came about. Check the network and the address."),
    Reason.NO_ANSWER: N_("The provider did not answer in time. Try again in a minute."),
    Reason.BUSY: N_("The provider is busy. Try again in a minute."),
    Reason.UNREADABLE: N_("The answer is not a payment provider’s. Check the address."),
    Reason.SIGNATURE: N_("The answer is not signed with the key that stands here. Copy the provider’s public key once more."),
    Reason.CLOCK: N_("The clock of this machine is more than 5 minutes wrong. Set it right, then try again."),
    Reason.KEYS: N_("The provider does not accept the shop’s private key. Load the one that belongs to this account."),
    Reason.CERTIFICATE: N_("A certificate has expired. Load the new one from the provider’s site."),
    Reason.SETUP: N_("The provider does not know this number, or has not opened this way to pay for it."),
}  # fmt: skip
log = logging.getLogger("zhanggui.paying")


@dataclass(frozen=True, slots=True)
class AccountForm:
    """What is typed about an account; details left out stay, a secret of None leaves the kept one, an empty one forgets it."""

    gateway: str
    details: Mapping[str, str] = field(repr=False)
    secrets: Mapping[str, str | None] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class AccountHere:
    """An account as this machine sees it: `missing` are the keys its keyring lacks, `keeper` is the keyring's name."""

    gateway: str
    merchant: str  # masked; empty when there is no account yet
    base_url: str
    by_certificates: bool
    expires_at: datetime | None
    missing: tuple[str, ...]
    keeper: str
    experimental: bool

    @property
    def set_up(self) -> bool:
        """Whether the shop has this account at all."""
        return bool(self.merchant)

    @property
    def ready(self) -> bool:
        """Whether this machine can call the provider."""
        return self.set_up and not self.missing


@dataclass(frozen=True, slots=True)
class Trial:
    """How asking for a number that does not exist went; `sentence` says what it means, as a sentence key."""

    works: bool
    reason: Reason
    sentence: str
    detail: str = ""


def account_of(gateway: str, details: Mapping[str, str]) -> Account:
    """The account as plain data. Raises `ShopError` for what is missing or no field of it."""
    kind = ACCOUNTS.get(gateway)
    if kind is None:
        raise NotFound(N_("There is no such payment provider."))
    known = {one.name for one in fields(kind)}
    cleaned = {name: text.strip() for name, text in details.items() if name in known}
    if any(len(text) > LONGEST for text in cleaned.values()):
        raise ShopError(N_("This is too long to be a key or a certificate."))
    defaults = ("base_url", "signer", "code_api", "sign_type", "store_id", "term_id")
    made: Account = kind(**{name: text for name, text in cleaned.items() if text or name not in defaults})
    for name, sentence in NEEDED[gateway]:
        if not getattr(made, name):
            raise ShopError(sentence)
    return made


def save_account(shop: Shop, form: AccountForm) -> None:
    """Keep an account, its keys in the keyring. Raises `ShopError` naming what does not fit, with nothing saved."""
    known = shop.ask(payment_accounts)
    before = known.of(form.gateway)
    account = account_of(form.gateway, {**(before.details if before else {}), **form.details})
    names = SECRET_NAMES[form.gateway]
    typed = {name: text.strip() for name, text in form.secrets.items() if text is not None and name in names}
    kept = {name: get_secret(known.shop_key, form.gateway, name) for name in names}
    secrets = Secrets(kept | typed)
    make(account, secrets, shop.clock)  # raises for a key that does not fit
    if typed.get("private_key"):
        typed["private_key"] = _plain(typed["private_key"])
    if any(typed.values()):
        check_keeper()
    details = {name: text for name, text in asdict(account).items() if text}
    key = shop.do(record_account, form.gateway, details, _first_end(account))
    if typed and (keeper() or any(typed.values())):
        put_secrets(key, form.gateway, typed)
    _forget_made(key, form.gateway)


def _plain(text: str) -> str:
    """A private key in the one form it is kept in: shorter than most it may come in."""
    from desktop.gateways.pay_signing import one_line, private_key

    return one_line(private_key(text, ""))


def _first_end(account: Account) -> datetime | None:
    """When the first of an account's certificates ends."""
    from desktop.gateways.pay_signing import certificates

    files = [getattr(account, name) for name in CERTIFICATES if getattr(account, name, "")]
    return min((certificates(text, "")[0].not_valid_after_utc for text in files), default=None)


def read_bundle(data: bytes, password: str) -> tuple[str, str]:
    """Private key and certificate out of a .p12 or .pfx file, as text for the form. Raises `Refused`."""
    from desktop.gateways.pay_signing import open_bundle

    return open_bundle(data, password)


def certificate_end(text: str) -> datetime:
    """When a certificate ends, to be shown beside its field. Raises `Refused`."""
    from desktop.gateways.pay_signing import certificates

    return certificates(text, "")[0].not_valid_after_utc


@action(permission=Permission.SETTINGS)
def record_account(work: Work, gateway: str, details: Mapping[str, str], expires_at: datetime | None) -> str:
    """Write an account without its keys; returns the shop's key. Called by `save_account`."""
    row = _row(work, gateway)
    if row is None:
        row = work.add(PaymentAccount(gateway=gateway, details=dict(details), saved_at=work.now))
    else:
        row.details, row.version, row.saved_at = dict(details), row.version + 1, work.now
    row.expires_at = expires_at
    return shop_key(work)


@action(permission=Permission.SETTINGS)
def remove_account(work: Work, gateway: str) -> str:
    """Take an account away; what was paid by it stays. Returns the shop's key. Called by `forget_account`."""
    row = _row(work, gateway)
    if row is None:
        raise NotFound(N_("This entry no longer exists. Refresh the list."))
    work.remove(row)
    return shop_key(work)


def _row(work: Work, gateway: str) -> PaymentAccount | None:
    statement = select(PaymentAccount).where(PaymentAccount.gateway == gateway).with_for_update()
    return work.session.scalar(statement)


def forget_account(shop: Shop, gateway: str) -> None:
    """Take an account away with the keys this machine has."""
    key = shop.do(remove_account, gateway)
    _forget_made(key, gateway)
    if keeper():
        put_secrets(key, gateway, dict.fromkeys(SECRET_NAMES[gateway], ""))


def accounts_here(shop: Shop) -> tuple[AccountHere, ...]:
    """Every provider with the shop's account, as it stands on this machine."""
    known, name = shop.ask(payment_accounts), keeper()
    return tuple(_here(gateway, known.of(gateway), known.shop_key, name) for gateway in PROVIDERS)


def _here(gateway: str, row: AccountRow | None, key: str, keeper_name: str) -> AccountHere:
    experimental = gateway in EXPERIMENTAL
    if row is None:
        return AccountHere(gateway, "", "", False, None, (), keeper_name, experimental)
    details = row.details
    missing = tuple(name for name in _needed_secrets(gateway, details) if not get_secret(key, gateway, name))
    by_certificates = bool(details.get("app_cert")) or (
        gateway == "wechat" and not details.get("public_key_id")
    )
    url = details.get("base_url", "")
    return AccountHere(
        gateway, row.merchant, url, by_certificates, row.expires_at, missing, keeper_name, experimental
    )


def _needed_secrets(gateway: str, details: Mapping[str, str]) -> tuple[str, ...]:
    older = details.get("code_api") == "v2"
    return tuple(name for name in SECRET_NAMES[gateway] if name != "api_v2_key" or older)


# -- gateways -----------------------------------------------------------------------------------------------------

_made: dict[tuple[str, str], tuple[int, object, Gateway]] = {}
_making = Lock()


def gateway_for(shop: Shop, gateway: str) -> Gateway | None:
    """The gateway of a provider, or None where the shop has no account or this machine lacks its keys.

    Raises `ShopError` when account or keys don't fit. Made once for each saving of the account.
    """
    known = shop.acting_as(actors.clock()).ask(accounts_to_pay_by)
    row = known.of(gateway)
    if row is None:
        return None
    with _making:
        made = _made.get((known.shop_key, gateway))
        if made is not None and made[:2] == (row.version, shop.clock):
            return made[2]
        new = _make(shop, row, known.shop_key)
        if new is not None:
            _made[known.shop_key, gateway] = (row.version, shop.clock, new)
        return new


def _make(shop: Shop, row: AccountRow, key: str, trust: ssl.SSLContext | None = None) -> Gateway | None:
    values = {name: get_secret(key, row.gateway, name) for name in SECRET_NAMES[row.gateway]}
    if not all(values[name] for name in _needed_secrets(row.gateway, row.details)):
        return None
    return make(account_of(row.gateway, row.details), Secrets(values), shop.clock, trust)


def _forget_made(key: str, gateway: str) -> None:
    with _making:
        _made.pop((key, gateway), None)


def try_account(shop: Shop, gateway: str) -> Trial:
    """Ask the provider for a payment that does not exist: the answer shows whether numbers, keys and clock are right.

    Raises `ShopError` when there is nothing to try.
    """
    made = gateway_for(shop, gateway)
    if made is None:
        raise Unavailable(
            N_("The keyring of this machine doesn’t have the keys of this account. Load them here.")
        )
    now = shop.clock.now()
    number = TEST_NUMBER + random.token_hex(10).upper()
    asked = made.query(Attempt(number, Money(1, "CNY"), number, now, now + timedelta(minutes=5), way=TAKE))
    if asked.state is State.SUCCEEDED:  # nobody can have paid it
        raise Refused(N_("The provider says that a payment nobody made was paid. Don’t use this account."))
    works = asked.reason is Reason.NOT_FOUND
    log.info("account %s tried: %s %s", gateway, asked.reason or asked.state, asked.detail)
    sentence = SAYS.get(asked.reason, SAYS[Reason.UNREADABLE])
    return Trial(works, asked.reason, sentence, asked.detail)


__all__ = [
    "AccountForm", "AccountHere", "Trial", "account_of", "accounts_here", "certificate_end", "forget_account",
    "gateway_for", "read_bundle", "record_account", "remove_account", "save_account", "try_account",
]  # fmt: skip
