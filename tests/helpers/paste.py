"""A shelf made by hand and what customers write about it, for measuring how well messages are matched."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from desktop.basics.words import pinyin_keys
from desktop.queries.paste import PastedLine
from desktop.queries.paste_match import SURE, Goods, fold

FOLDER = Path(__file__).resolve().parents[1] / "queries" / "paste"


@dataclass(frozen=True)
class Asked:
    """A line, the code it means (`?` several, `-` nothing here) and how much."""

    text: str
    code: str
    qty_milli: int


def shelf() -> list[Goods]:
    """The goods of the corpus."""
    goods = []
    with (FOLDER / "goods.csv").open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=1):
            units = tuple(part.split(":")[0] for part in row["units"].split("|") if part)
            codes = ((row["barcode"], ""),) if row["barcode"] else ()
            names = tuple(fold(name) for name in row["aliases"].split("|") if name)
            goods.append(Goods(
                number, row["code"], row["name"], row["pack"], row["unit"], row["kind"], "", True,
                *pinyin_keys(row["name"]), units, codes, names,
            ))  # fmt: skip
    return goods


def corpus() -> list[Asked]:
    """What was written, with what it means."""
    with (FOLDER / "corpus.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="|"))
    return [Asked(row["text"], row["code"], int(Decimal(row["qty"]) * 1000)) for row in rows]


@dataclass(frozen=True)
class Scores:
    """Of the lines called sure how many were right; of those that mean one thing how many were sure, how many first."""

    sure: int
    wrong: tuple[str, ...]
    meant: int
    first: int

    @property
    def precision(self) -> float:
        """The part of the sure lines that is right."""
        return 1 - len(self.wrong) / max(1, self.sure)

    @property
    def recall(self) -> float:
        """The part of the lines that mean one thing which needed no look."""
        return (self.sure - len(self.wrong)) / self.meant


def score(pairs: list[tuple[Asked, PastedLine]]) -> Scores:
    """Compare what was meant with what was found."""
    sure = first = 0
    wrong = []
    for asked, line in pairs:
        code = line.choices[0].code if line.choices else "-"
        right = (code, line.qty_milli) == (asked.code, asked.qty_milli)
        first += right and asked.code not in "?-"
        if line.state == SURE:
            sure += 1
            if not right:
                wrong.append(f"{asked.text}: {code} × {line.qty_milli}")
    return Scores(sure, tuple(wrong), sum(asked.code not in "?-" for asked, _line in pairs), first)
