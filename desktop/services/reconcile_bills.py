"""Bills fetched from the provider the day after, and questions asked about single payments.

A bill that isn't ready is asked for again later by the outbox; one that can't be believed stays out, with the reason.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from desktop.basics.clock import shop_day
from desktop.basics.errors import Changed, Refused, ShopError, Unavailable
from desktop.basics.i18n import N_
from desktop.basics.money import Money
from desktop.gateways.payment import Answer, Attempt, Gateway
from desktop.models.payment_attempts import PaymentAttempt
from desktop.models.people import Permission
from desktop.models.statements import DONE, OURS_ONLY, PROVIDER_ZONE, Statement, StatementRow
from desktop.models.system import Outbox
from desktop.queries.today_bills import ASKED, bill_is_in, fetched_gateways
from desktop.services.pay_accounts import gateway_for
from desktop.services.reconcile import BillReport, take_bill
from desktop.services.statements.bill import Progress, never_stop
from desktop.services.statements.unpacking import Packed
from desktop.shop.action import action, question
from desktop.shop.work import Read, Work

if TYPE_CHECKING:
    from desktop.services.sending import Gateways, Job
    from desktop.shop.shop import Shop

BILL = ASKED  # kind of the outbox row, followed by the provider
DAYS_BACK = 3  # a machine that was off catches up


@action(permission=Permission.RUN_RULES)
def order_bills(work: Work) -> int:
    """Ask for the bills of the last days that nobody has brought in or asked for yet; returns how many."""
    made = 0
    today = min(shop_day(work.now, work.zone), shop_day(work.now, PROVIDER_ZONE))
    for gateway in fetched_gateways(work):
        asked = _asked(work, gateway)
        for back in range(1, DAYS_BACK + 1):
            day = today - timedelta(days=back)
            if day.isoformat() in asked or bill_is_in(work, gateway, day):
                continue
            if back == 1 or _begun(work, gateway, day):
                work.send_later(f"{BILL}:{gateway}", {"gateway": gateway, "day": day.isoformat()})
                made += 1
    return made


def _asked(work: Work, gateway: str) -> set[str]:
    """The days whose bill is asked for again and again already."""
    rows = select(Outbox.payload).where(Outbox.state == "waiting", Outbox.kind == f"{BILL}:{gateway}")
    return {str(json.loads(text)["day"]) for text in work.rows(rows).scalars()}


def can_fetch(shop: Shop, kind: str) -> bool:
    """Whether this machine has the keys of the provider."""
    try:
        return gateway_for(shop, kind.partition(":")[2]) is not None
    except ShopError:
        return False


def fetch_ordered(shop: Shop, job: Job, gateways: Gateways) -> None:
    """Work off one ordered bill. What isn't ready comes later; what is no bill of ours never."""
    gateway, day = str(job.payload["gateway"]), date.fromisoformat(str(job.payload["day"]))
    if shop.ask(bill_is_there, gateway, day):
        return
    made = (gateways.pay or gateway_for)(shop, gateway)
    if made is None:
        raise Unavailable(N_("This machine lacks the keys of the account."))
    _take(shop, _download(made, gateway, day), gateway, day)


def _take(shop: Shop, packed: Packed, gateway: str, day: date) -> None:
    """Take an ordered bill; what went wrong has to be said by a row that keeps a sentence and no fields."""
    try:
        take_bill(shop, packed, gateway=gateway, day=day)
    except Changed as error:  # somebody else takes one of this day: look again later
        raise Unavailable(error.sentence) from error
    except ShopError as error:
        error.sentence, error.fields = str(error), {}
        raise


def fetch_bill(shop: Shop, gateway: str, day: date, progress: Progress = never_stop) -> BillReport:
    """Download a day's bill now and take it. Raises `ShopError` (no account here, not ready, not ours)."""
    made = gateway_for(shop, gateway)
    if made is None:
        raise Refused(
            N_(
                "This machine has no account with the provider. Download the bill there and drop the file here."
            )
        )
    return take_bill(shop, _download(made, gateway, day), gateway=gateway, day=day, progress=progress)


def _download(gateway: Gateway, name: str, day: date) -> Packed:
    try:
        return Packed(gateway.bill(day), f"{name}-{day:%Y%m%d}")
    except Refused as error:  # not ready yet, mostly: worth asking again later
        raise Unavailable(error.sentence, **error.fields) from error


def ask_provider(shop: Shop, row_id: int) -> str:
    """Ask the provider what became of a payment the bill doesn't tell; returns its state, which is kept as a note."""
    asked = shop.ask(attempt_of_row, row_id)
    if asked is None:
        raise Refused(N_("Nobody can ask about this one: it did not go through the provider’s account."))
    name, attempt = asked
    gateway = gateway_for(shop, name)
    if gateway is None:
        raise Refused(N_("This machine has no account with the provider. Look on the provider’s own page."))
    answer = gateway.query(attempt)
    shop.do(record_asked, row_id, answer)
    return str(answer.state)


@question(permission=Permission.RECONCILE)
def attempt_of_row(read: Read, row_id: int) -> tuple[str, Attempt] | None:
    """The provider and the payment a row is about."""
    row = read.first(
        select(PaymentAttempt.__table__)
        .join(StatementRow, StatementRow.attempt_id == PaymentAttempt.id)
        .where(StatementRow.id == row_id)
    )
    if row is None:
        return None
    words = str((row.request or {}).get("words", ""))
    amount = Money(row.amount_minor, row.currency)
    asked = Attempt(row.number, amount, words, row.created_at, row.deadline_at, row.reference, row.way)
    return str(row.gateway), asked


@action(permission=Permission.RECONCILE)
def record_asked(work: Work, row_id: int, answer: Answer) -> None:
    """Keep what the provider said beside the row; deciding stays with a person."""
    row = work.get(StatementRow, row_id, lock=True)
    if row.state == OURS_ONLY:
        row.note = f"{work.now:%Y-%m-%d %H:%M}Z {answer.state} {answer.detail}".strip()[:200]


@question(permission=Permission.TAKE_BILLS)
def bill_is_there(read: Read, gateway: str, day: date) -> bool:
    """Whether a whole bill of the day was brought in."""
    return bill_is_in(read, gateway, day)


def _begun(read: Read, gateway: str, day: date) -> bool:
    """Whether bills were fetched before that day: the first one begins with yesterday, not with the past."""
    found = select(Statement.id).where(
        Statement.gateway == gateway, Statement.day < day, Statement.state == DONE
    )
    return read.value(found.limit(1)) is not None
