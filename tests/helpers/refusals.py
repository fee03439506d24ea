"""What the shop refuses, known by its English sentence whatever language the person reads."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from desktop.basics.errors import Refused, ShopError


@contextmanager
def refused(words: str, kind: type[ShopError] = Refused) -> Iterator[None]:
    """The block is refused with a sentence that holds these words."""
    with pytest.raises(kind) as caught:
        yield
    assert words in caught.value.sentence, caught.value.sentence
    assert str(caught.value)  # its fields are all there
