"""Chat groups and text-message services, by the connectors of apprise; an address holds the service's token."""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import Any

from desktop.basics.errors import ShopError, Unavailable
from desktop.basics.i18n import N_

PHONE_FIELD = "{phone}"
_SAMPLE_PHONE = "13800138000"
_NOT_SENT = N_("The service didn’t take the message. Check its address and the network.")
_OURSELVES = {"mailto", "mailtos", "syslog", "dbus", "qt", "glib", "kde", "gnome", "macosx", "windows"}
_AS_COPIED = (  # what a group's robot shows to copy, and how the connector wants it
    (re.compile(r"https://open\.feishu\.cn/open-apis/bot/v2/hook/([\w-]+)/?"), r"feishu://\1"),
    (re.compile(r"https://oapi\.dingtalk\.com/robot/send\?access_token=(\w+)"), r"dingtalk://\1"),
)


@cache
def _apprise() -> Any:
    """The library, loaded when first needed; neither it nor what it calls may log an address."""
    import apprise

    for name in ("apprise", "urllib3", "requests"):
        quiet = logging.getLogger(name)
        quiet.setLevel(logging.CRITICAL + 1)
        quiet.propagate = False
    return apprise


def plain_address(text: str) -> str:
    """The address as it is kept; the web address a robot shows is understood too."""
    cleaned = text.strip()
    for pattern, kept in _AS_COPIED:
        if pattern.fullmatch(cleaned):
            return pattern.sub(kept, cleaned)
    return cleaned


def check_address(address: str) -> str:
    """The name of the service behind an address; nothing is sent. Raises `ShopError` when there is none."""
    plugin = _opened(address.replace(PHONE_FIELD, _SAMPLE_PHONE))
    kinds = [kind for kind in (plugin.secure_protocol, plugin.protocol) if kind]
    first = kinds[0] if kinds else ""
    kind = str(first[0] if isinstance(first, (tuple, list)) else first) or "chat"
    if kind in _OURSELVES:
        raise ShopError(N_("This is no chat or text-message service. Copy the address of the group’s robot."))
    return kind


def send_chat(address: str, title: str, body: str, phone: str = "") -> None:
    """Send one message. Raises `Unavailable` when the service didn't take it; its words are not repeated."""
    plugin = _opened(address.replace(PHONE_FIELD, phone))
    try:
        taken = plugin.notify(body=body or title, title=title if body else "", notify_type="info")
    except Exception as error:  # connectors raise errors of many kinds
        raise Unavailable(_NOT_SENT) from error
    if not taken:
        raise Unavailable(_NOT_SENT)


def _opened(address: str) -> Any:
    plugin = _apprise().Apprise.instantiate(address, suppress_exceptions=True)
    if plugin is None:
        raise ShopError(
            N_("This address is not understood. Copy it from the service, like {example}."),
            example="wecombot://…",
        )
    return plugin
