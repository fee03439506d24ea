"""The password of a database server: kept in the system's keyring, never in a file of ours."""

from __future__ import annotations

from sqlalchemy import make_url
from sqlalchemy.engine import URL

from desktop.basics.errors import Unavailable
from desktop.basics.i18n import N_
from desktop.gateways.keyring_state import keeper

SERVICE = "zhanggui database"


def put_away(address: str) -> str:
    """Give the address without its password, which goes to the keyring. Raises `Unavailable` without a keyring."""
    url = make_url(address)
    if not url.password:
        return address
    if not keeper():
        raise Unavailable(
            N_(
                "This machine has no keyring that could keep the password. "
                "Leave it out of the address and use PostgreSQL’s own password file."
            )
        )
    import keyring

    bare = _bare(url)
    keyring.set_password(SERVICE, bare, str(url.password))
    return bare


def complete(address: str) -> str:
    """Give the address with its password back, when the keyring has one."""
    if not address.startswith("postgresql") or not keeper():
        return address
    import keyring
    from keyring.errors import KeyringError

    try:
        password = keyring.get_password(SERVICE, address)
    except KeyringError:  # locked: the server will ask for the password and the person will be told
        return address
    url = make_url(address)
    return url.set(password=password).render_as_string(hide_password=False) if password else address


def _bare(url: URL) -> str:
    return URL.create(
        url.drivername, url.username, None, url.host, url.port, url.database, url.query
    ).render_as_string(hide_password=False)
