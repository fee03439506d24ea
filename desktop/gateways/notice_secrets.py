"""The mail password and the addresses of chat services: in the system's keyring of each machine, nowhere else."""

from __future__ import annotations

from desktop.basics.errors import Unavailable
from desktop.basics.i18n import N_
from desktop.gateways.keyring_state import keeper

SERVICE = "zhanggui notices"
MAIL = "mail"


def channel_name(channel_id: int) -> str:
    """What a chat service is called in the keyring, behind the shop's key."""
    return f"channel:{channel_id}"


def check_keeper() -> None:
    """Raises `Unavailable` on a machine without a keyring."""
    if not keeper():
        raise Unavailable(
            N_(
                "This machine has no keyring that could keep passwords and tokens, and they are kept nowhere else. "
                "Set one up (Windows Credential Manager, macOS Keychain, GNOME Keyring or KWallet), then save again."
            )
        )


def put_secret(shop_key: str, name: str, value: str) -> None:
    """Keep a secret of a shop; an empty one is forgotten. Raises `Unavailable`."""
    check_keeper()
    import keyring
    from keyring.errors import KeyringError, PasswordDeleteError

    try:
        if value:
            keyring.set_password(SERVICE, f"{shop_key}:{name}", value)
        else:
            keyring.delete_password(SERVICE, f"{shop_key}:{name}")
    except PasswordDeleteError:
        return  # it was never there
    except KeyringError as error:
        raise Unavailable(N_("The keyring of this machine is locked. Unlock it, then try again.")) from error


def get_secret(shop_key: str, name: str) -> str:
    """The secret, or nothing when this machine doesn't have it or its keyring is locked."""
    if not shop_key or not keeper():
        return ""
    import keyring
    from keyring.errors import KeyringError

    try:
        return keyring.get_password(SERVICE, f"{shop_key}:{name}") or ""
    except KeyringError:
        return ""
