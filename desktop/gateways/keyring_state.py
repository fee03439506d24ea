"""Whether this machine has a place for secrets."""

from __future__ import annotations


def keeper() -> str:
    """The name of the system's keyring, or nothing when there is none that keeps secrets safely."""
    import keyring
    import keyring.backends.fail

    found = keyring.get_keyring()
    module = type(found).__module__
    if (
        isinstance(found, keyring.backends.fail.Keyring)
        or "keyrings.alt" in module
        or module.endswith(".null")
    ):
        return ""
    return str(found.name)
