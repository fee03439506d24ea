"""Where a typed text matches a name: by its letters, its pinyin or its initials."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Name:
    """A name made ready for matching: one entry a character, its pinyin or the character itself."""

    text: str
    sounds: tuple[str, ...]


@lru_cache(maxsize=20_000)
def prepare(text: str) -> Name:
    """Make a name ready; loads the pinyin table, so not on the GUI thread the first time."""
    from pypinyin import lazy_pinyin

    sounds: list[str] = []
    for char in text:
        spelled = lazy_pinyin(char, errors=str)
        sounds.append(unicodedata.normalize("NFKC", "".join(spelled)).lower())
    return Name(text, tuple(sounds))


def find(name: Name, typed: str) -> tuple[int, int] | None:
    """First and last+1 character of the match, or None: `tk` and `tuikuan` both find 退款."""
    wanted = unicodedata.normalize("NFKC", typed).strip().lower()
    if not wanted:
        return None
    at = name.text.lower().find(wanted)
    if at >= 0 and len(name.text.lower()) == len(name.text):
        return at, at + len(wanted)
    letters = wanted.replace(" ", "")
    if not letters.isascii():
        return None
    for start, sound in enumerate(name.sounds):
        if sound.isspace():
            continue
        end = _reach(name.sounds, start, letters)
        if end is not None:
            return start, end
    return None


def _reach(sounds: tuple[str, ...], at: int, rest: str) -> int | None:
    """The character after the match that begins here; each takes its whole sound or a first part of it."""
    if not rest:
        return at
    if at == len(sounds):
        return None
    sound = sounds[at]
    if sound.isspace():
        return _reach(sounds, at + 1, rest)
    for size in range(len(sound), 0, -1):
        if rest.startswith(sound[:size]):
            end = _reach(sounds, at + 1, rest[size:])
            if end is not None:
                return end
    return None
