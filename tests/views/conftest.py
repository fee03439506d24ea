"""What tests of screens share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from desktop.shop.shop import Shop
    from tests.helpers.screens import Surroundings


@pytest.fixture
def around(
    qapp: QApplication, sqlite_shop: Shop, goods: dict[str, int], tmp_path: Path
) -> Iterator[Surroundings]:
    """The surroundings of a screen over the shop a module has filled with its `goods`."""
    from tests.helpers.screens import surroundings

    with surroundings(qapp, sqlite_shop, tmp_path) as made:
        yield made
