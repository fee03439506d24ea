"""A member's messages on the phone: a thin front of `services/phone_inbox.py`."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment

from desktop.basics.errors import NotFound
from desktop.basics.i18n import _
from desktop.basics.words import when_text
from desktop.portal.answers import text_of
from desktop.portal.listeners import Listeners
from desktop.portal.own_page import Call, OwnPage
from desktop.queries.checkout import shop_card
from desktop.services import phone_inbox
from desktop.shop.shop import Shop

Sender = Any  # gateways.notify.Notify; the portal only hands it on


class InboxPage(OwnPage):
    """The page at /inbox; the shop forgets the phone when its cookie ends."""

    name, cookie = "inbox", "zhanggui_inbox"

    def __init__(self, shop: Shop, listeners: Listeners, pages: Environment, notify: Sender) -> None:
        super().__init__(shop, listeners, pages)
        self._notify = notify

    def calls(self) -> dict[str, Call]:
        return {
            "code": lambda shop, device, _place, body: phone_inbox.send_inbox_code(shop, self._notify, device, text_of(body, "phone")),
            "sign-in": lambda shop, device, _place, body: phone_inbox.sign_in_to_inbox(shop, device, text_of(body, "code")),
            "read": lambda shop, device, _place, _body: shop.do(phone_inbox.read_member_inbox, device),
            "leave": lambda shop, device, _place, _body: shop.do(phone_inbox.leave_inbox, device),
        }  # fmt: skip

    def seen(self, device: str) -> dict[str, Any]:
        _name, _branch, _currency, zone = self._shop.ask(shop_card)
        try:
            found = self._shop.ask(phone_inbox.member_inbox, device)
        except NotFound:
            return {"signed_in": False, "unread": 0, "rows": []}
        now, place = self._shop.clock.now(), ZoneInfo(zone)
        rows = [
            {
                "title": row.title,
                "body": row.body,
                "when": when_text(row.at, now, place),
                "unread": row.unread,
            }
            for row in found.rows
        ]
        return {"signed_in": True, "unread": found.unread, "rows": rows}

    def words(self) -> dict[str, str]:
        return {
            "offline": _(
                "No connection to the shop. This page works on the shop’s Wi-Fi and tries again by itself."
            ),
            "send": _("Send code"),
            "again": _("Send again ({seconds})"),
            "unread": _("{count} unread"),
            "sent": _("If this number is a member’s, a code is on its way."),
        }
