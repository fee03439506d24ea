"""The address under which a phone opens an order, as QR codes on paper carry it."""

from __future__ import annotations

from urllib.parse import quote

_ASKED = "/order?n="


def order_link(page: str, code: str) -> str:
    """`http://192.168.1.20:8420/order?n=20261121-0096`; the bare number when there is no page."""
    return f"{page.rstrip('/')}{_ASKED}{quote(code)}" if page else code


def number_in(text: str) -> str:
    """The number a scanned address asks for; anything else stays as it is."""
    _page, asked, rest = text.partition(_ASKED)
    return rest.split("&")[0] if asked else text
