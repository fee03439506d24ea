"""Whatever goes wrong on the way has a name, is never a success, and leaves no secret behind."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from desktop.basics.clock import HandClock
from desktop.basics.errors import Refused
from desktop.basics.money import Money
from desktop.gateways.pay_http import Line, NotSent, Trouble, Unclear, check_base
from desktop.gateways.payment import TAKE, Answer, Back, Reason, RefundState, State
from desktop.gateways.providers import ACCOUNTS, Secrets, make
from desktop.gateways.wechat_v2 import client_context
from tests.gateways.pay_cases import NAMES, WAYS, attempt, code
from tests.helpers.pay_teller import open_teller
from tests.simulators.control import PayOffice
from tests.simulators.faults import Fault
from tests.simulators.fixture import gateway_to
from tests.simulators.keys import cert_pem, certificate, new_key, private_pem

pytestmark = pytest.mark.req("M1", "M11")
EVERY = pytest.mark.parametrize("provider, changed", WAYS, ids=NAMES)
CERT = Path(__file__).parents[1] / "helpers" / "post_office.pem"
NAMED = {
    Fault.CUT: {Reason.NO_ANSWER}, Fault.LOST: {Reason.NO_ANSWER}, Fault.BAD_GATEWAY: {Reason.BUSY},
    Fault.DONE_BAD_GATEWAY: {Reason.BUSY}, Fault.TOO_MANY: {Reason.BUSY}, Fault.HTML: {Reason.UNREADABLE},
    Fault.SYSTEM_ERROR: {Reason.BUSY}, Fault.DONE_SYSTEM_ERROR: {Reason.BUSY}, Fault.NOT_JSON: {Reason.UNREADABLE, Reason.SIGNATURE},
    Fault.TRUNCATED: {Reason.UNREADABLE, Reason.SIGNATURE}, Fault.BAD_SIGNATURE: {Reason.SIGNATURE},
    Fault.OTHER_KEY: {Reason.SIGNATURE}, Fault.SHA1: {Reason.SIGNATURE}, Fault.UNSIGNED: {Reason.SIGNATURE},
    Fault.OTHER_ORDER: {Reason.UNREADABLE},
}  # fmt: skip
HMAC_HAS_NO_KEYS = {Fault.OTHER_KEY, Fault.SHA1}


@EVERY
def test_every_fault_has_its_name_and_none_is_a_success(
    pay_office: PayOffice, clock: HandClock, provider: str, changed: dict[str, str]
) -> None:
    gateway = gateway_to(pay_office, provider, clock, **changed)
    for fault, reasons in NAMED.items():
        tried = attempt(clock, TAKE)
        if fault is not Fault.OTHER_ORDER:
            pay_office.inject(fault)
            answer = gateway.take_code(tried, code(provider))
            assert (answer.state, answer.reason in reasons) == (State.UNKNOWN, True), (fault, answer)
        tried = attempt(clock, TAKE)
        gateway.take_code(tried, code(provider))
        pay_office.inject(fault)
        asked = gateway.query(tried)
        assert (asked.state, asked.reason in reasons) == (State.UNKNOWN, True), (fault, asked)
        assert gateway.query(tried).state is State.SUCCEEDED  # control: only that one answer was wrong
        if fault is not Fault.OTHER_ORDER:
            pay_office.inject(fault)
            clock.pass_time(timedelta(seconds=20))
            ended = gateway.cancel(tried)
            assert ended.state in (State.CANCELLING, State.REVERSED), (fault, ended)


@EVERY
def test_another_amount_or_merchant_is_said_and_never_ours(
    pay_office: PayOffice, clock: HandClock, provider: str, changed: dict[str, str]
) -> None:
    gateway = gateway_to(pay_office, provider, clock, **changed)
    tried = attempt(clock, TAKE)
    gateway.take_code(tried, code(provider))
    pay_office.inject(Fault.WRONG_AMOUNT, on="query")
    wrong = gateway.query(tried)
    assert (wrong.state, wrong.reason, wrong.paid) == (State.SUCCEEDED, Reason.AMOUNT, Money(8988, "CNY"))
    if provider != "alipay":  # its answers name no merchant
        pay_office.inject(Fault.OTHER_MERCHANT, on="query")
        answer = gateway.query(tried)
        assert (answer.state, answer.reason) == (State.UNKNOWN, Reason.SETUP)
    assert gateway.query(tried).reason is Reason.NONE


def test_an_answer_from_long_ago_means_that_clocks_differ(pay_office: PayOffice, clock: HandClock) -> None:
    gateway = gateway_to(pay_office, "wechat", clock)
    tried = attempt(clock, TAKE)
    gateway.take_code(tried, code("wechat"))
    for fault, reason in (
        (Fault.STALE, Reason.CLOCK),
        (Fault.OTHER_SERIAL, Reason.SIGNATURE),
        (Fault.PROBE, Reason.SIGNATURE),
    ):
        pay_office.inject(fault, on="wechat.query")
        answer = gateway.query(tried)
        assert (answer.state, answer.reason) == (State.UNKNOWN, reason)


@EVERY
def test_a_wrong_key_and_a_wrong_clock_are_told_apart(
    pay_office: PayOffice, clock: HandClock, provider: str, changed: dict[str, str]
) -> None:
    given = pay_office.account()[provider]
    secrets, account = dict(given["secrets"]), given["account"] | changed
    stranger = new_key()
    secrets["private_key"] = private_pem(stranger)
    secrets["api_v2_key"] = "x" * 32
    own = certificate(stranger, "somebody else")
    account |= {"merchant_cert": ""} if provider == "wechat" else {}
    account |= {"merchant_cert": cert_pem(own)} if changed.get("code_api") else {}
    account |= {"sign_cert": cert_pem(own)} if provider == "unionpay" else {}
    kind = ACCOUNTS[provider]
    wrong = make(kind(**account), Secrets(secrets), clock)
    answer = wrong.take_code(attempt(clock, TAKE), code(provider))
    assert (answer.state, answer.reason) == (State.FAILED, Reason.KEYS)
    assert wrong.query(attempt(clock, TAKE)).reason is Reason.KEYS
    late = HandClock(clock.now() + timedelta(minutes=10))
    off = make(kind(**given["account"] | changed), Secrets(given["secrets"]), late)
    answer = off.take_code(attempt(late, TAKE), code(provider))
    if provider == "unionpay" or changed.get("code_api"):  # they look at no clock
        assert answer.reason is Reason.NONE
    else:
        assert (answer.state, answer.reason) == (State.FAILED, Reason.CLOCK)


def test_an_expired_certificate_of_ours_is_named_before_anything_is_sent(
    pay_office: PayOffice, clock: HandClock
) -> None:
    until = datetime(2045, 1, 1, tzinfo=UTC)  # when those of the simulators end
    later = HandClock(until + timedelta(days=1))
    for provider, changed in (("wechat", {}), ("unionpay", {})):
        gateway = gateway_to(pay_office, provider, later, **changed)
        answer = gateway.take_code(attempt(later, TAKE), code(provider))
        assert (answer.state, answer.reason) == (State.FAILED, Reason.CERTIFICATE)
        assert gateway.query(attempt(later, TAKE)) == Answer(
            State.UNKNOWN, reason=Reason.CERTIFICATE, detail=answer.detail
        )
        back = gateway.refund(attempt(later, TAKE), "R" * 20, Money(1, "CNY"), "")
        assert back.state in (RefundState.CREATED, RefundState.UNKNOWN)
    assert pay_office.calls == []


# -- the line -----------------------------------------------------------------------------------------------------


def closed_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@EVERY
def test_no_connection_means_that_nothing_was_sent(
    pay_office: PayOffice, clock: HandClock, provider: str, changed: dict[str, str]
) -> None:
    gateway = gateway_to(pay_office, provider, clock, base_url=f"http://127.0.0.1:{closed_port()}", **changed)
    tried = attempt(clock, TAKE)
    assert gateway.take_code(tried, code(provider)) == Answer(State.CREATED, reason=Reason.NO_CONNECTION)
    assert gateway.query(tried).state is State.UNKNOWN
    clock.pass_time(timedelta(seconds=20))
    assert gateway.cancel(tried).state is State.CANCELLING
    nothing = Back(RefundState.CREATED, reason=Reason.NO_CONNECTION)
    found = gateway.refund(attempt(clock, TAKE), "R" * 20, Money(1, "CNY"), "")
    assert found == nothing or provider == "unionpay"  # which first has to know the number of the payment


def test_what_the_line_makes_of_servers_that_misbehave() -> None:
    line = Line(0.5)
    with pytest.raises(NotSent, match="no connection"):
        line.call("GET", f"http://127.0.0.1:{closed_port()}/x")
    big = b"x" * 2_000_000
    answers = {
        "/big": (200, {}, big), "/half": (200, {"Content-Length": "100"}, b"half"),
        "/away": (302, {"Location": "http://127.0.0.1:9/"}, b""), "/ok": (200, {}, b"{}"),
    }  # fmt: skip
    with open_teller(lambda path, _headers, _body: answers[path]) as teller:
        with pytest.raises(Unclear) as caught:
            line.call("GET", f"{teller.base}/big")
        assert (caught.value.reason, caught.value.detail) == (Reason.UNREADABLE, "too large")
        with pytest.raises(Unclear):
            line.call("GET", f"{teller.base}/half")
        assert line.call("GET", f"{teller.base}/away").status == 302  # not followed
        assert line.call("GET", f"{teller.base}/ok").body == b"{}"
    with pytest.raises(Refused, match="https"):
        line.call("GET", "http://api.mch.weixin.qq.com/v3/certificates")


@contextmanager
def encrypted_server(clients: str = "") -> Iterator[tuple[int, list[str]]]:
    """A server with TLS: its port, and whom the certificates of its callers named."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERT)
    if clients:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(cadata=clients)
    listening, seen = socket.create_server(("127.0.0.1", 0)), []

    def serve() -> None:
        while True:
            try:
                plain, _where = listening.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(plain, server_side=True) as safe:
                    seen.append(str((safe.getpeercert() or {}).get("subject", "")))
                    safe.recv(2_000)
                    safe.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
            except OSError:
                plain.close()

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1], seen
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(10)


def test_encryption_is_held_against_known_certificates() -> None:
    with encrypted_server() as (port, _seen):
        with pytest.raises(NotSent) as caught:
            Line(5).call("GET", f"https://localhost:{port}/")
        assert caught.value.detail == "TLS certificate not trusted"
        trusting = ssl.create_default_context(cafile=str(CERT))
        assert Line(5, trusting).call("GET", f"https://localhost:{port}/").body == b"{}"  # control


def test_older_calls_show_the_merchants_certificate_and_leave_no_key_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    root_key, own_key = new_key(), new_key()
    root = certificate(root_key, "root", authority=True)
    own = certificate(own_key, "1900000109", (root_key, root))
    trusting = ssl.create_default_context(cafile=str(CERT))
    with encrypted_server(cert_pem(root)) as (port, seen):
        shown = client_context(own_key, own, trusting)
        assert Line(5, shown).call("POST", f"https://localhost:{port}/secapi/pay/reverse").body == b"{}"
        assert "1900000109" in seen[-1]
        with pytest.raises(Trouble):  # control: without it nobody answers
            Line(5, trusting).call("POST", f"https://localhost:{port}/secapi/pay/reverse")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url",
    ["ftp://x", "https://", "x", "https://user@x", "http://192.168.1.2", "http://example.com", "https://x:y"],
)
def test_addresses_that_can_not_be(url: str) -> None:
    with pytest.raises(Refused):
        check_base(url)
    assert check_base(" https://api.example.com/ ") == "https://api.example.com"
    assert check_base("http://127.0.0.1:8080")


# -- secrets ------------------------------------------------------------------------------------------------------


@EVERY
def test_nothing_secret_is_logged_shown_or_raised(
    pay_office: PayOffice,
    clock: HandClock,
    caplog: pytest.LogCaptureFixture,
    provider: str,
    changed: dict[str, str],
) -> None:
    caplog.set_level(logging.DEBUG)
    given = pay_office.account()[provider]
    gateway = gateway_to(pay_office, provider, clock, **changed)
    customer_code, tried = code(provider), attempt(clock, TAKE, subject="王小明 13800001111")
    shown = [repr(gateway), repr(gateway.take_code(tried, customer_code)), repr(gateway.query(tried))]
    for fault in (Fault.CUT, Fault.HTML, Fault.TRUNCATED, Fault.BAD_SIGNATURE):
        pay_office.inject(fault)
        shown.append(repr(gateway.query(tried)))
    shown.append(repr(Secrets(given["secrets"])))
    shown.append(repr(getattr(gateway, "codes", None)))
    away = gateway_to(pay_office, provider, clock, base_url=f"http://127.0.0.1:{closed_port()}", **changed)
    shown.append(repr(away.take_code(attempt(clock, TAKE), customer_code)))
    for bad in (
        "-----BEGIN PRIVATE KEY-----\nMIIabc\n-----END PRIVATE KEY-----",
        private_pem(new_key())[:700],
    ):
        try:
            make(gateway.account, Secrets(given["secrets"] | {"private_key": bad}), clock)
        except Refused as error:
            shown += [str(error), repr(error), repr(error.__cause__)]
    text = "\n".join([*shown, caplog.text])
    key = given["secrets"]["private_key"].splitlines()[2]
    for secret in (
        customer_code,
        key,
        "MIIabc",
        "13800001111",
        "王小明",
        *list(given["secrets"].values())[1:],
    ):
        assert secret not in text
    assert "BEGIN" not in text
    assert tried.number not in caplog.text  # nor does the library log addresses


def test_troubles_carry_codes_alone() -> None:
    assert str(Unclear(Reason.NO_ANSWER, "timeout")) == "('no answer in time', 'timeout')"
