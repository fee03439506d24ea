"""Codes to phones through the shop's own text-message service, where this machine's keyring holds its address."""

from __future__ import annotations

from desktop.basics.errors import ShopError, Unavailable
from desktop.basics.i18n import N_
from desktop.gateways.chat import send_chat
from desktop.gateways.notice_secrets import channel_name, get_secret
from desktop.models.notices import SMS
from desktop.queries.notices import mail_server
from desktop.services.parcels import service_of
from desktop.shop import actors
from desktop.shop.shop import Shop


class TextMessages:
    """The service as a way to phones; which one it is, is looked up for every message."""

    def __init__(self, shop: Shop) -> None:
        self._clock = shop.acting_as(actors.clock())

    def send(self, to_phone: str, text: str) -> None:
        """Hand the message to the service. Raises `Unavailable` when it can't go out."""
        address = self.address()
        try:
            if address:
                send_chat(address, "", text, to_phone)
                return
        except ShopError as error:
            raise self._silent() from error
        raise self._silent()

    def address(self) -> str:
        """The service's address with its token; empty where there is none."""
        service = self._clock.ask(service_of, SMS)
        if service is None:
            return ""
        return get_secret(self._clock.ask(mail_server).shop_key, channel_name(service))

    @staticmethod
    def _silent() -> Unavailable:
        sentence = N_("The code can’t be sent now. Pay without points, or call staff.")
        return Unavailable(sentence, next_step="call staff")
