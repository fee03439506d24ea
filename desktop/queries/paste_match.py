"""Likening what was said to what stands on the shelf. Pure: no look at the shop.

Only what can mean one thing is sure: an exact code, name, other name or pinyin, or words that stand in the name of
one product alone and make up a good part of it. Whatever is merely alike is offered and asked about.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import permutations

from rapidfuzz import fuzz

from desktop.basics.chat_words import Said
from desktop.basics.i18n import N_

SURE, CHECK, UNKNOWN = "sure", "check", "unknown"
MOST_CHOICES = 6
ALIKE = 55  # of 100; less is not offered
COVERS_BP = 4_000  # the part of a name that must have been said for it to be sure
SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*(ml|l|g|kg|毫升|升|克|千克|公斤|斤)(?![a-z])", re.I)
FILLERS = re.compile(r"那个|那种|这个|这种|上次的?|之前的?|一样的|同样的|大的|小的|的|再|要|来|买|拿|各|都")
SEVERAL = N_("Several goods are called so")
ALIKE_ONLY = N_("Only alike: is this meant?")
PART_ONLY = N_("Only a small part of the name was said")
OTHER_SIZE = N_("Another size was said")
NOTHING = N_("Nothing on the shelf is called so")


@dataclass(frozen=True, slots=True)
class Goods:
    """One SKU as matching sees it."""

    sku_id: int
    code: str
    name: str
    pack: str
    unit: str
    kind: str
    picture: str
    offered: bool
    pinyin: str
    initials: str
    units: tuple[str, ...] = ()
    barcodes: tuple[tuple[str, str], ...] = ()
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """What a line may mean, the likeliest first; `whole` when its number belongs to the name."""

    state: str
    reason: str
    found: tuple[Goods, ...] = ()
    whole: bool = False
    unit: str = ""  # the one a barcode stands for
    by_code: bool = False


def fold(text: str) -> str:
    """As names are compared: one width, small letters, nothing but letters and digits."""
    return re.sub(r"[^0-9a-z\u3400-\u9fff]", "", unicodedata.normalize("NFKC", text).lower())


def size_of(text: str) -> str:
    """`100 G` → 100g; nothing when no size was said."""
    found = SIZE.search(unicodedata.normalize("NFKC", text))
    if not found:
        return ""
    unit = {"毫升": "ml", "升": "l", "克": "g", "千克": "kg", "公斤": "kg"}.get(found[2], found[2].lower())
    amount = found[1].rstrip("0").rstrip(".") if "." in found[1] else found[1]
    return f"{amount}{unit}"


@dataclass
class _Index:
    exact: dict[str, list[Goods]] = field(default_factory=dict)
    pairs: dict[str, set[int]] = field(default_factory=dict)  # two letters next to each other → places


class Shelf:
    """All goods, ready to be found."""

    def __init__(self, goods: Sequence[Goods]) -> None:
        self._goods = list(goods)
        self._names = [fold(one.name) for one in goods]
        self._bare = [fold(SIZE.sub("", one.name)) for one in goods]
        self._codes: dict[str, list[tuple[Goods, str]]] = {}
        self._index, self._pinyin, self._initials = _Index(), _Index(), _Index()
        for place, one in enumerate(goods):
            for code, unit in (*one.barcodes, (one.code, "")):
                self._codes.setdefault(code.lower(), []).append((one, unit))
            words = one.name.split()
            turned = {fold("".join(order)) for order in permutations(words)} if len(words) < 4 else set()
            spoken = turned | {
                self._names[place],
                self._bare[place],
                fold(f"{one.name}{one.pack}"),
                *one.aliases,
            }
            spoken.discard("")
            for name in spoken:
                self._index.exact.setdefault(name, []).append(one)
            self._pinyin.exact.setdefault(one.pinyin, []).append(one)
            self._initials.exact.setdefault(one.initials, []).append(one)
            for pair in _pairs(self._names[place], *one.aliases):
                self._index.pairs.setdefault(pair, set()).add(place)

    def find(self, said: Said) -> Match:
        """What a line means."""
        for code in (*said.codes, said.name, said.whole):
            found = self._codes.get(code.strip().lower(), [])
            if len({goods.sku_id for goods, _unit in found}) == 1:
                return Match(SURE, "", (found[0][0],), unit=found[0][1], by_code=True)
            if found:
                return Match(CHECK, SEVERAL, tuple(goods for goods, _unit in found)[:MOST_CHOICES])
        if said.whole and said.whole != said.name:
            found_whole = self._exact(said.whole)
            if found_whole is not None and found_whole.reason != OTHER_SIZE:
                return Match(found_whole.state, found_whole.reason, found_whole.found, whole=True)
        return self._named(said.name)

    def _exact(self, text: str) -> Match | None:
        key = fold(text)
        found = self._index.exact.get(key, [])
        size = size_of(text)
        if not found and size:
            bare = self._index.exact.get(fold(SIZE.sub("", text)), [])
            right = [goods for goods in bare if size in (size_of(goods.name), size_of(goods.pack))]
            if bare and not right:
                return Match(CHECK, OTHER_SIZE, tuple(bare[:MOST_CHOICES]))
            found = right
        if not found:
            return None
        if len(found) > 1:
            return Match(CHECK, SEVERAL, tuple(found[:MOST_CHOICES]))
        return Match(SURE, "", (found[0],))

    def _named(self, name: str) -> Match:
        cleaned = FILLERS.sub("", name) or name
        for text in dict.fromkeys((name, cleaned)):
            found = self._exact(text)
            if found is not None:
                return found
        key = fold(cleaned)
        return self._lettered(key) or self._within(key, size_of(name)) or self._alike(key)

    def _lettered(self, key: str) -> Match | None:
        """Pinyin in full is sure, initials are asked about: many goods share them."""
        if not key.isascii() or not key.isalpha() or len(key) < 2:
            return None
        spelled = self._pinyin.exact.get(key, [])
        if len(spelled) == 1 and len(key) > 3:
            return Match(SURE, "", tuple(spelled))
        found = spelled or self._initials.exact.get(key, [])
        if not found:
            found = [g for g in self._goods if key in g.initials or (len(key) > 3 and key in g.pinyin)]
        if not found:
            return None
        return Match(CHECK, SEVERAL if len(found) > 1 else ALIKE_ONLY, tuple(found[:MOST_CHOICES]))

    def _within(self, key: str, size: str) -> Match | None:
        """Words that stand in a name, or a name that stands in the words."""
        bare = fold(SIZE.sub("", key)) if size else key
        if len(bare) < 2:
            return None
        holds = [place for place in self._near(bare) if bare in self._names[place]]
        if size:
            sized = [p for p in holds if size in (size_of(self._goods[p].name), size_of(self._goods[p].pack))]
            if holds and not sized:
                return self._offer(OTHER_SIZE, holds, bare)
            holds = sized
        if len(holds) == 1:
            covers = len(bare) * 10_000 >= COVERS_BP * len(self._bare[holds[0]])
            return Match(SURE if covers else CHECK, "" if covers else PART_ONLY, (self._goods[holds[0]],))
        if holds:
            return self._offer(SEVERAL, holds, bare)
        held = [
            place for place in self._near(bare) if len(self._bare[place]) > 2 and self._bare[place] in bare
        ]
        if not held:
            return None
        return self._offer(ALIKE_ONLY if len(held) == 1 else SEVERAL, held, bare)

    def _offer(self, reason: str, places: Sequence[int], key: str) -> Match:
        ranked = sorted(places, key=lambda place: (-fuzz.ratio(key, self._bare[place]), place))
        return Match(CHECK, reason, tuple(self._goods[place] for place in ranked[:MOST_CHOICES]))

    def _alike(self, key: str) -> Match:
        scored = [(self._score(key, place), place) for place in self._near(key)]
        best = sorted((pair for pair in scored if pair[0] >= ALIKE), key=lambda pair: (-pair[0], pair[1]))
        if not best:
            return Match(UNKNOWN, NOTHING)
        return Match(CHECK, ALIKE_ONLY, tuple(self._goods[place] for _score, place in best[:MOST_CHOICES]))

    def _score(self, key: str, place: int) -> float:
        names = (self._bare[place], *self._goods[place].aliases)
        return max(
            max(
                fuzz.ratio(key, name),
                fuzz.partial_ratio(key, name) * 0.8,
                fuzz.ratio("".join(sorted(key)), "".join(sorted(name))) * 0.9,
            )
            for name in names
        )

    def _near(self, key: str) -> list[int]:
        """Places that share letters with these words, those with most first."""
        shared: Counter[int] = Counter()
        for pair in _pairs(key):
            shared.update(self._index.pairs.get(pair, ()))
        return [place for place, _count in shared.most_common(200)]


def _pairs(*texts: str) -> set[str]:
    """Single letters and letters next to each other; Latin ones only in pairs."""
    found = {text[i : i + 2] for text in texts for i in range(len(text) - 1)}
    return found | {char for text in texts for char in text if char > "\u3400"}
