"""The mail server's password is kept for the server it was typed for."""

from __future__ import annotations

import pytest

from desktop.basics.errors import ShopError
from desktop.gateways.notice_secrets import MAIL, get_secret
from desktop.queries.notices import mail_server
from desktop.services.ways_out import MailForm, save_mail_server, send_test_letter
from desktop.shop.shop import Shop
from tests.helpers.goods import open_stocked


def form(host: str, password: str | None) -> MailForm:
    """What the owner typed."""
    return MailForm(host, 2525, "none", "wang", "shop@example.com", password)


@pytest.mark.req("M11", "I3")
def test_a_kept_password_goes_to_no_other_server(sqlite_shop: Shop) -> None:
    shop = open_stocked(sqlite_shop).shop
    save_mail_server(shop, form("localhost", "geheim"))
    for wrong in (
        lambda: save_mail_server(shop, form("127.0.0.1", None)),
        lambda: send_test_letter(shop, form("127.0.0.1", None), "wang@example.com"),
    ):
        with pytest.raises(ShopError, match="Type its password|密码"):
            wrong()
    assert shop.ask(mail_server).host == "localhost"
    save_mail_server(shop, form("localhost", None))  # control: the same server keeps it
    save_mail_server(shop, form("127.0.0.1", "neu"))
    kept = shop.ask(mail_server)
    assert (kept.host, get_secret(kept.shop_key, MAIL)) == ("127.0.0.1", "neu")
