"""Texts made ready for searching: one token a Chinese character, a word or a number; the same for text and query."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

# scripts without spaces between words: Han with its extensions, kana, hangul
_SINGLE = "\u3005\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_SINGLE}]|[^\W_{_SINGLE}]+")
BETWEEN = "¦"  # a token nobody types: keeps a phrase from running over two texts
NOTE = "‖"  # behind it stands what the buyer wrote
LONGEST_QUERY = 24  # tokens; what is typed behind them narrows nothing
SHORTEST_NUMBER = 3  # a shorter number alone means an order of today, not a pack of 1 kg
MOST_INITIALS = 12  # tokens of a name whose initials are kept


@dataclass(frozen=True, slots=True)
class Wanted:
    """One typed word: its tokens; the last one may be the beginning of a longer one."""

    tokens: tuple[str, ...]

    @property
    def phrase(self) -> str:
        """For FTS5: `"龙 井"`, and `"lj"*` where letters may go on."""
        return f'"{" ".join(self.tokens)}"' + ("" if self._whole else "*")

    @property
    def pattern(self) -> str:
        """For LIKE on the same text: `% 龙 井 %`. Tokens hold neither `%` nor `_`."""
        return f"% {' '.join(self.tokens)}" + (" %" if self._whole else "%")

    @property
    def _whole(self) -> bool:
        return re.fullmatch(rf"[{_SINGLE}]", self.tokens[-1]) is not None


def tokens(text: str) -> list[str]:
    """`明前龙井 100g` → 明, 前, 龙, 井, 100g; without accents, in small letters."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _TOKEN.findall(unicodedata.normalize("NFKC", bare).lower())


def wanted(word: str) -> Wanted | None:
    """What a typed word looks for, or None when nothing can be looked for."""
    found = tokens(word)[:LONGEST_QUERY]
    letter = (
        len(found) == 1 and found[0].isascii() and len(found[0]) < 2
    )  # most orders have one that begins so
    if not found or letter or (word.isdigit() and len(word) < SHORTEST_NUMBER):
        return None
    return Wanted(tuple(found))


def document(names: Iterable[str], note: str) -> str:
    """The text an order is found by: its goods' names as written and by their letters, `NOTE`, the buyer's words."""
    found: dict[str, None] = {}
    for name in names:
        for run in _spelled(name):
            found[run] = None
    found.pop("", None)
    said = " ".join(tokens(note))
    goods = f" {BETWEEN} ".join(found)
    if said:
        return f" {goods} {NOTE} {said} " if goods else f" {NOTE} {said} "
    return f" {goods} " if goods else ""


@lru_cache(maxsize=50_000)
def _spelled(name: str) -> tuple[str, ...]:
    """A name's tokens, its pinyin, and its initials from each token on: `mqlj`, `qlj`, `lj`."""
    from desktop.basics.words import pinyin_keys

    parts = tokens(name)
    plain = " ".join(parts)
    if plain.isascii():
        return (plain,)
    first = [pinyin_keys(part)[1] for part in parts[:MOST_INITIALS]]
    ends = ["".join(first[i:]) for i in range(len(first))]
    return (plain, pinyin_keys(name)[0], *(end for end in ends if len(end) > 1))
