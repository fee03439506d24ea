"""Private keys of payment accounts: in the system's keyring of each machine, nowhere else.

The keyring of Windows takes at most 1,280 characters under one name, and a private key has more: it lies in parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from desktop.basics.errors import Unavailable
from desktop.basics.i18n import N_
from desktop.gateways.keyring_state import keeper
from desktop.gateways.notice_secrets import check_keeper

SERVICE = "zhanggui payments"
PART = 1_000
MOST_PARTS = 20
LOCKED = N_("The keyring of this machine is locked. Unlock it, then try again.")


def put_secrets(shop_key: str, gateway: str, values: Mapping[str, str]) -> None:
    """Keep keys of an account; an empty one is forgotten. Raises `Unavailable`."""
    check_keeper()
    import keyring
    from keyring.errors import KeyringError

    try:
        for name, value in values.items():
            parts = [value[at : at + PART] for at in range(0, len(value), PART)]
            for index, part in enumerate(parts):
                keyring.set_password(SERVICE, _name(shop_key, gateway, name, index), part)
            _cut(shop_key, gateway, name, len(parts))
    except KeyringError:
        raise Unavailable(LOCKED) from None


def _cut(shop_key: str, gateway: str, name: str, start: int) -> None:
    """Forget the parts a longer value left behind."""
    import keyring
    from keyring.errors import PasswordDeleteError

    for index in range(start, MOST_PARTS):
        try:
            keyring.delete_password(SERVICE, _name(shop_key, gateway, name, index))
        except PasswordDeleteError:
            return


def get_secret(shop_key: str, gateway: str, name: str) -> str:
    """The key, or nothing when this machine doesn't have it or its keyring is locked."""
    if not shop_key or not keeper():
        return ""
    return "".join(_parts(shop_key, gateway, name))


def _parts(shop_key: str, gateway: str, name: str) -> Iterator[str]:
    import keyring
    from keyring.errors import KeyringError

    for index in range(MOST_PARTS):
        try:
            part = keyring.get_password(SERVICE, _name(shop_key, gateway, name, index))
        except KeyringError:
            return
        if not part:
            return
        yield part
        if len(part) < PART:
            return


def _name(shop_key: str, gateway: str, name: str, index: int) -> str:
    return f"{shop_key}:{gateway}:{name}:{index}"
