"""Foreign money: which rate counts, when it is too old, what the source may change, and notes taken and given back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import text

from desktop.basics.clock import HandClock
from desktop.basics.errors import Changed, Malformed, NotAllowed, Refused, ShopError
from desktop.basics.i18n import speaking
from desktop.basics.ids import new_key
from desktop.gateways.notice_secrets import get_secret
from desktop.models.people import Permission
from desktop.models.settings import FX_OLD, FX_REFUND
from desktop.queries.cash_sums import cash_sums
from desktop.queries.exchange import (
    CurrencyRow,
    currencies_list,
    due_in_foreign,
    foreign_tenders,
    rate_history,
    rate_line,
    rate_source,
)
from desktop.queries.verify import verify
from desktop.services.cash_sessions import open_session
from desktop.services.checkout import save_checkout
from desktop.services.exchange import (
    KEY_NAME,
    SourceForm,
    fetch_due_rates,
    fetch_now,
    float_all,
    save_currency,
    save_source,
    try_source,
    type_rate,
)
from desktop.services.refunds import refund_lines
from desktop.services.settings import set_setting
from desktop.services.settlement import Settled, TenderIn, settle
from desktop.shop.action import question
from desktop.shop.shop import Shop
from desktop.shop.work import Read
from tests.helpers.goods import NUTS, TEA, Stocked, open_stocked
from tests.helpers.rate_office import RateOffice

KEY = "s3cret-of-the-source"
TEA_COSTS = 12_800


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    """Sentences are compared in English."""
    with speaking("en"):
        yield


@pytest.fixture
def stocked(sqlite_shop: Shop) -> Stocked:
    """The pictures' shop, for what is not about the database."""
    return open_stocked(sqlite_shop)


@pytest.fixture
def both(shop: Shop) -> Stocked:
    """The same on each kind of database."""
    return open_stocked(shop)


def takes(stocked: Stocked, code: str = "USD", rate: str = "7.1025", spread_bp: int = 0) -> None:
    """The shop takes a currency at a fixed rate."""
    stocked.shop.do(save_currency, code, spread_bp=spread_bp)
    stocked.shop.do(type_rate, code, rate)


def row(stocked: Stocked, code: str = "USD") -> CurrencyRow:
    """The currency as the page shows it."""
    return next(one for one in stocked.shop.ask(currencies_list) if one.code == code)


def floats(stocked: Stocked, office: RateOffice, *codes: str) -> None:
    """Currencies that follow the source."""
    save_source(stocked.shop, SourceForm(office.url, "rates.{currency}"))
    for code in codes:
        stocked.shop.do(save_currency, code, mode="floating")


def sell_for(stocked: Stocked, notes: int, rate: str, code: str = "USD") -> Settled:
    """Tea for foreign notes."""
    key = new_key()
    version = stocked.kiosk.do(save_checkout, key, stocked.cart((TEA, 1)))
    tender = TenderIn("cash", TEA_COSTS, foreign_currency=code, foreign_minor=notes, rate=rate)
    return stocked.cashier.do(settle, key, [tender], version)


@pytest.mark.req("M6")
def test_a_fixed_rate_with_its_spread(stocked: Stocked) -> None:
    takes(stocked, spread_bp=100)
    quote = row(stocked).quote
    assert quote is not None
    assert (quote.text, str(quote.market), quote.mode) == ("7.031475", "7.1025", "fixed")
    (due,) = stocked.kiosk.ask(due_in_foreign, TEA_COSTS)
    assert (due.shown.amount, due.needed.amount) == (
        1_820,
        1_821,
    )  # 18.2039: shown to the cent, covered by one more


@pytest.mark.req("M6")
def test_nothing_is_taken_that_the_shop_does_not_take(stocked: Stocked) -> None:
    for code in ("CNY", "XXX", "usd"):
        with pytest.raises(ShopError, match="can’t be taken"):
            stocked.shop.do(save_currency, code)
    with pytest.raises(Refused, match="does not take USD"):
        sell_for(stocked, 10_000, "7.1")
    stocked.shop.do(save_currency, "USD")
    with pytest.raises(Refused, match="no rate for USD"):
        sell_for(stocked, 10_000, "7.1")
    with pytest.raises(Malformed, match="not a rate"):
        stocked.shop.do(type_rate, "USD", "-7.1")
    with pytest.raises(NotAllowed):
        stocked.cashier.do(type_rate, "USD", "1")


@pytest.mark.req("M6")
def test_foreign_notes_pay_and_the_change_is_the_shops_own(both: Stocked) -> None:
    takes(both)
    settled = sell_for(both, 2_000, "7.1025")
    assert settled.change_minor == 14_205 - TEA_COSTS
    with both.shop.storage.read.connect() as connection:
        kept = connection.execute(
            text(
                "SELECT amount_minor, received_minor, foreign_currency, foreign_minor, rate, currency FROM tender"
            )
        ).one()
    assert tuple(kept) == (TEA_COSTS, 14_205, "USD", 2_000, "7.1025", "CNY")
    assert both.shop.ask(verify).faults == ()


@pytest.mark.req("M6")
def test_another_rate_than_shown_is_asked_about_again(stocked: Stocked) -> None:
    takes(stocked)
    stocked.shop.do(type_rate, "USD", "6.9")
    with pytest.raises(Changed, match=r"USD is 6\.9 now"):
        sell_for(stocked, 2_000, "7.1025")
    with pytest.raises(Refused, match="still missing"):
        sell_for(stocked, 1_000, "6.9")
    with pytest.raises(Malformed, match="in notes"):
        sell_for(stocked, -1, "6.9")
    assert stocked.shop.ask(foreign_tenders) == ()


@question(permission=Permission.CASH)
def _drawer(read: Read, session_id: int) -> tuple[int, tuple[tuple[str, int], ...]]:
    sums = cash_sums(read, session_id)
    return sums.expected_minor, sums.foreign


@pytest.mark.req("M6", "M9")
def test_a_refund_goes_back_at_the_rate_it_came_in_at(both: Stocked) -> None:
    """In two halves, after the rate has changed: together what one would have been."""
    takes(both)
    session = both.cashier.do(open_session, both.kiosk_till, [(100, 500)], client_key=new_key())
    settled = sell_for(both, 2_000, "7.1025")
    assert both.cashier.ask(_drawer, session) == (50_000 - 1_405, (("USD", 2_000),))
    both.shop.do(type_rate, "USD", "5")
    with both.shop.storage.read.connect() as connection:
        line = connection.execute(text("SELECT id FROM order_line")).scalar_one()
    for _half in range(2):
        both.shop.do(refund_lines, settled.order_id, [(line, 500)], "坏了", new_key())
    back = [one for one in both.shop.ask(foreign_tenders) if one.refund]
    assert [(one.currency, one.rate) for one in back] == [("USD", "7.1025")] * 2
    assert sum(one.foreign_minor for one in back) == 1_802  # 128.00 ÷ 7.1025
    assert both.cashier.ask(_drawer, session) == (50_000 - 1_405, (("USD", 198),))
    assert both.shop.ask(verify).faults == ()


@pytest.mark.req("M6", "M9")
def test_a_shop_may_give_its_own_money_back_instead(stocked: Stocked) -> None:
    takes(stocked)
    stocked.shop.do(set_setting, FX_REFUND.key, "shop")
    settled = sell_for(stocked, 2_000, "7.1025")
    with stocked.shop.storage.read.connect() as connection:
        line = connection.execute(text("SELECT id FROM order_line")).scalar_one()
    stocked.shop.do(refund_lines, settled.order_id, [(line, 1_000)], "坏了", new_key())
    assert [one.refund for one in stocked.shop.ask(foreign_tenders)] == [False]


# -- the source ---------------------------------------------------------------------------------------------------


@pytest.mark.req("M6")
def test_floating_rates_come_from_the_source_once_a_day(
    both: Stocked,
    rate_office: RateOffice,
    clock: HandClock,
) -> None:
    floats(both, rate_office, "USD", "JPY")
    fetched = fetch_due_rates(both.shop)
    assert (fetched.taken, fetched.failed) == (("USD", "JPY"), ())
    assert len(rate_office.asked) == 1  # one answer holds both
    assert (row(both).floating, row(both, "JPY").floating, row(both).floating_source) == (
        "7.1025",
        "0.0472",
        "127.0.0.1",
    )
    assert fetch_due_rates(both.shop).taken == ()  # not before its time
    clock.pass_time(timedelta(hours=22, minutes=59))  # 10:00 + … = 8:59
    assert fetch_due_rates(both.shop).taken == ()
    clock.pass_time(timedelta(minutes=1))
    assert fetch_due_rates(both.shop).taken == ("USD", "JPY")
    assert len(both.shop.ask(rate_history, "USD")) == 2
    line = both.shop.ask(rate_line)
    assert (line.codes, line.mode, line.minute, line.old) == (("USD", "JPY"), "floating", 540, ())


@pytest.mark.req("M6")
def test_a_jump_waits_for_a_person(stocked: Stocked, rate_office: RateOffice) -> None:
    floats(stocked, rate_office, "USD", "EUR")
    fetch_now(stocked.shop)
    rate_office.rates["USD"] = 7.46  # 5.03% above
    fetched = fetch_now(stocked.shop)
    assert fetched.taken == ("EUR",)
    assert "too far" in fetched.failed[0][1]
    assert (row(stocked).floating, bool(row(stocked).trouble)) == ("7.1025", True)
    stocked.shop.do(type_rate, "USD", "7.46", "floating")
    assert (row(stocked).floating, row(stocked).trouble) == ("7.46", "")
    assert fetch_now(stocked.shop).taken == ("USD", "EUR")


@pytest.mark.req("M6")
def test_a_first_rate_is_held_against_the_fixed_one(stocked: Stocked, rate_office: RateOffice) -> None:
    """The control of the guard: a source asked the wrong way round must not sell a dollar for 0.14."""
    takes(stocked)
    rate_office.rates["USD"] = 0.1408
    floats(stocked, rate_office, "USD")
    assert fetch_now(stocked.shop).taken == ()
    assert row(stocked).floating == ""


@pytest.mark.req("M6")
@pytest.mark.parametrize(("when_old", "taken"), [("stop", False), ("fixed", True)])
def test_a_rate_that_is_too_old_blocks_or_falls_back_and_says_so(
    stocked: Stocked,
    rate_office: RateOffice,
    clock: HandClock,
    when_old: str,
    taken: bool,
) -> None:
    stocked.shop.do(set_setting, FX_OLD.key, when_old)
    takes(stocked, rate="7")
    floats(stocked, rate_office, "USD")
    fetch_due_rates(stocked.shop)
    rate_office.instead = "html"
    clock.pass_time(timedelta(hours=36))
    assert row(stocked).quote is not None
    clock.pass_time(timedelta(minutes=1))
    failed = fetch_due_rates(stocked.shop).failed
    assert "web page" in failed[0][1]
    quote, reason = row(stocked).quote, row(stocked).reason
    assert (quote is not None, reason is None) == (taken, taken)
    if quote is not None:
        assert (quote.instead, quote.text, quote.mode) == (True, "7", "fixed")
        sell_for(stocked, 2_000, "7")
    else:
        with pytest.raises(Refused, match="older than 36 hours"):
            sell_for(stocked, 2_000, "7.1025")
        assert stocked.shop.ask(rate_line).old == ("USD",)
        assert stocked.kiosk.ask(due_in_foreign, 100) == ()


@pytest.mark.req("M6")
def test_two_programs_ask_for_a_rate_once(both: Stocked, rate_office: RateOffice) -> None:
    from threading import Barrier, Thread

    floats(both, rate_office, "USD")
    together = Barrier(2)
    taken: list[str] = []

    def fetch() -> None:
        together.wait(30)
        taken.extend(fetch_due_rates(both.shop).taken)

    threads = [Thread(target=fetch) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert taken == ["USD"]
    assert len(both.shop.ask(rate_history, "USD")) == 1


@pytest.mark.req("M6")
def test_the_key_lives_in_the_keyring_and_goes_to_its_own_server_only(
    stocked: Stocked,
    rate_office: RateOffice,
) -> None:
    form = SourceForm(rate_office.single_url, "data.0.mid", key=KEY)
    assert try_source(stocked.shop, "USD", form) == "7.1025"
    assert not stocked.shop.ask(rate_source).url  # a trial keeps nothing
    save_source(stocked.shop, form)
    assert get_secret(stocked.shop.ask(rate_source).shop_key, KEY_NAME) == KEY
    stocked.shop.do(save_currency, "USD", mode="floating")
    assert fetch_due_rates(stocked.shop).taken == ("USD",)
    assert rate_office.asked[-1].endswith(KEY)
    elsewhere = SourceForm("https://other.example.com/{currency}?app={key}", "data.0.mid")
    with pytest.raises(ShopError, match="another server"):
        save_source(stocked.shop, elsewhere)
    with stocked.shop.storage.read.connect() as connection:
        dumped = [str(r) for table in ("setting", "audit_event", "fx_rate", "fx_currency")
                  for r in connection.execute(text(f"SELECT * FROM {table}"))]  # fmt: skip
    assert not [line for line in dumped if KEY in line]
    save_source(stocked.shop, SourceForm(rate_office.single_url, "data.0.mid", key=""))
    assert get_secret(stocked.shop.ask(rate_source).shop_key, KEY_NAME) == ""


@pytest.mark.req("M6")
def test_a_machine_without_the_key_leaves_the_asking_to_another(
    stocked: Stocked,
    rate_office: RateOffice,
) -> None:
    save_source(stocked.shop, SourceForm(rate_office.single_url, "data.0.mid"))
    stocked.shop.do(save_currency, "USD", mode="floating")
    assert fetch_due_rates(stocked.shop).taken == ()
    assert rate_office.asked == []


@pytest.mark.req("M6")
def test_all_currencies_float_or_are_fixed_at_once(stocked: Stocked) -> None:
    for code in ("USD", "EUR"):
        takes(stocked, code)
    assert stocked.shop.do(float_all, "floating") == 2
    assert stocked.shop.ask(rate_line).mode == "floating"
    assert stocked.shop.do(float_all, "fixed") == 2
    assert row(stocked).quote is not None
    assert row(stocked, "EUR").next_fetch_at is None
    assert stocked.skus[NUTS]
