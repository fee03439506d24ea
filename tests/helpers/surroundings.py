"""What surrounds every test: no real keyring, no real home, no language or thread rule left over."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import keyring.errors
import pytest
from keyring.backend import KeyringBackend

from desktop.views.common.garbage import collect_due

ROOT = Path(__file__).resolve().parents[2]


class MemoryKeyring(KeyringBackend):
    """A keyring that forgets with the test."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """What was kept, or None."""
        return self._kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""
        self._kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Forget it."""
        if self._kept.pop((service, username), None) is None:
            raise keyring.errors.PasswordDeleteError(username)


@pytest.fixture(autouse=True)
def _own_keyring() -> None:
    keyring.set_keyring(MemoryKeyring())


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGGUI_HOME", str(tmp_path / "home"))


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    from desktop.basics import i18n

    language = i18n.language()
    yield
    i18n.set_language(language)
    collect_due()
    door = sys.modules.get("desktop.shop.shop")
    if door is not None:
        door.allow_every_thread()


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real shops' files beside the project; a test without it is skipped."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"the real data is not here ({folder.relative_to(ROOT.parent)} beside the project)")
    return folder
