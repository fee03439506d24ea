"""Letters over a real SMTP server: encryption that is checked, refusals sorted into later and never."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from desktop.basics.errors import Refused, ShopError, Unavailable
from desktop.gateways import mail
from desktop.gateways.mail import Letter, MailLogin, send_letter
from tests.helpers.post_office import PASSWORD, USER, PostOffice, free_port, trust

LETTER = Letter(
    "<notice.7.shop@example.com>", USER, "青禾杂货铺", "wang@example.com", "订单 1120-0017\r\nBcc: x@example.com",
    "已等 37 小时\n请发货。", datetime(2026, 11, 21, 2, 0, tzinfo=UTC),
)  # fmt: skip


@pytest.fixture
def office() -> PostOffice:
    """A post office that is still closed."""
    return PostOffice(free_port())


def login(office: PostOffice, security: str = "none", password: str = PASSWORD) -> MailLogin:
    """The way to it."""
    user = USER if security == "starttls" else ""
    return MailLogin("127.0.0.1", office.port, security, user, password)


@pytest.mark.req("I3")
@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
def test_a_letter_arrives_as_it_was_written(office: PostOffice, security: str) -> None:
    with office.open(security):
        send_letter(login(office, security), LETTER, trust())
    (letter,) = office.letters
    assert letter["Message-ID"] == "<notice.7.shop@example.com>"
    assert letter["Subject"] == "订单 1120-0017 Bcc: x@example.com"  # one line, and no header of its own
    assert (letter["Bcc"], letter["Auto-Submitted"]) == (None, "auto-generated")
    assert "青禾杂货铺" in letter["From"]
    assert letter.get_content().splitlines() == ["已等 37 小时", "请发货。"]


@pytest.mark.req("I3")
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_nobody_vouches_for_is_refused(office: PostOffice, security: str) -> None:
    with office.open(security):
        with pytest.raises(Unavailable) as refused:
            send_letter(login(office, security), LETTER)
    assert refused.value.sentence == mail.NO_TRUST
    assert office.letters == []
    assert office.tried == []  # the password stayed here


@pytest.mark.req("I3")
def test_a_wrong_password_is_said(office: PostOffice) -> None:
    with office.open("starttls"):
        with pytest.raises(Unavailable) as refused:
            send_letter(login(office, "starttls", "wrong"), LETTER, trust())
    assert (refused.value.sentence, set(office.tried)) == (mail.NO_LOGIN, {USER})


@pytest.mark.parametrize(
    "at, answer, kind, sentence",
    [
        ("answers", "451 try later wang@example.com", Unavailable, mail.LATER),
        ("answers", "550 spam", Refused, mail.NO_LETTER),
        ("receivers", "450 greylisted", Unavailable, mail.LATER),
        ("receivers", "550 wang@example.com unknown", Refused, mail.NO_RECEIVER),
    ],
)
def test_refusals_are_sorted_and_not_repeated(
    office: PostOffice, at: str, answer: str, kind: type[ShopError], sentence: str
) -> None:
    getattr(office, at).append(answer)
    with office.open():
        with pytest.raises(kind) as refused:
            send_letter(login(office), LETTER)
        assert (refused.value.sentence, refused.value.fields) == (sentence, {})
        send_letter(login(office), LETTER)  # and the next one goes through
    assert len(office.letters) == 1


def test_a_server_without_encryption_gets_nothing_when_it_was_asked_for(office: PostOffice) -> None:
    with office.open("none"):
        with pytest.raises(Unavailable) as refused:
            send_letter(login(office, "starttls"), LETTER, trust())
    assert (refused.value.sentence, office.letters) == (mail.NO_STARTTLS, [])


def test_nobody_answers(office: PostOffice) -> None:
    with pytest.raises(Unavailable) as refused:
        send_letter(login(office), LETTER)
    assert refused.value.sentence == mail.NO_ANSWER


def test_a_password_does_not_cross_the_network_in_the_clear() -> None:
    far = MailLogin("192.0.2.1", 25, "none", USER, PASSWORD)
    assert PASSWORD not in repr(far)
    assert "wang@example.com" not in repr(LETTER)


def test_a_domain_in_chinese_is_sent_as_servers_know_it(office: PostOffice) -> None:
    with office.open():
        send_letter(login(office), replace(LETTER, to="wang@例子.中国"))
        with pytest.raises(Refused):  # a name in other letters than ASCII: few servers take it
            send_letter(login(office), replace(LETTER, to="王@example.com"))
    (letter,) = office.letters
    assert letter["To"] == "wang@xn--fsqu00a.xn--fiqs8s"
