"""Demand to forecast: a made-up shop of forty goods, and the real daily sales of the orders beside the project."""

from __future__ import annotations

import csv
import gzip
import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop.analysis.forecast import forecast, shop_seasons
from desktop.analysis.history import Day
from tests.helpers.rivals import RIVALS

Floats = NDArray[np.float64]
OLIST = Path(__file__).resolve().parents[3] / "shared" / "data" / "olist"
AHEAD = 14
BETWEEN = 28  # days between two origins
LOOKS = 26 * 7  # days before the end that origins lie in
WEEK = (0.85, 0.8, 0.85, 0.95, 1.1, 1.35, 1.1)


@dataclass(frozen=True)
class Series:
    """Sales a day from `first` on, in units, and those of the whole shop they are part of."""

    name: str
    first: date
    sold: Floats
    shop: Floats


def days_of(first: date, sold: Floats) -> tuple[Day, ...]:
    """As a forecast takes them."""
    return tuple(Day(first + timedelta(days=n), int(value * 1000)) for n, value in enumerate(sold))


@cache
def made_up(goods: int = 40, days: int = 730) -> tuple[Series, ...]:
    """Goods that sell from one a week to twenty a day, drift, follow a week and a year; the shop comes first."""
    rng, first = np.random.default_rng(7), date(2024, 1, 1)
    today = np.arange(days)
    rows = []
    for _ in range(goods):
        base, own = 10 ** rng.uniform(-0.8, 1.3), rng.uniform(0, 2 * math.pi)
        week = np.array(WEEK) * rng.uniform(0.85, 1.15, 7)
        drift = np.exp(np.cumsum(rng.normal(rng.normal(0, 0.0008), 0.01, days)))
        year = (
            1 + 0.3 * np.sin(2 * math.pi * today / 364 + 0.5) + 0.1 * np.sin(2 * math.pi * today / 364 + own)
        )
        rows.append(rng.poisson(base * drift * year * week[(today + first.weekday()) % 7]).astype(float))
    shop = np.sum(rows, axis=0)
    return (
        Series("shop", first, shop, shop),
        *(Series(f"goods {n}", first, row, shop) for n, row in enumerate(rows)),
    )


@cache
def real(kinds: int = 12) -> tuple[Series, ...]:
    """Items a day of the real orders beside the project: the shop first, then its best sold kinds of goods."""
    orders = {row["order_id"]: row["order_purchase_timestamp"][:10] for row in _rows("olist_orders_dataset")}
    kind_of = {row["product_id"]: row["product_category_name"] for row in _rows("olist_products_dataset")}
    sold: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row in _rows("olist_order_items_dataset"):
        if row["order_id"] in orders:
            sold[kind_of.get(row["product_id"], "")][orders[row["order_id"]]] += 1
    first, count = date(2017, 1, 15), 588  # the first and last days of the file are not whole
    span = [(first + timedelta(days=n)).isoformat() for n in range(count)]
    best = sorted(sold, key=lambda kind: -sum(sold[kind].values()))[:kinds]
    shop = np.array([float(sum(kind[day] for kind in sold.values())) for day in span])
    rows = [Series(kind, first, np.array([float(sold[kind][day]) for day in span]), shop) for kind in best]
    return (Series("shop", first, shop, shop), *rows)


def scores(series: Series) -> dict[str, float]:
    """MASE over rolling origins, two weeks ahead, of the forecast and its rivals.

    The scale is the error of “as last week” before the origin (Hyndman and Koehler, IJF 22, 2006).
    """
    errors: defaultdict[str, list[float]] = defaultdict(list)
    for origin in origins(len(series.sold)):
        past, came = series.sold[:origin], series.sold[origin : origin + AHEAD]
        scale = max(float(np.abs(past[7:] - past[:-7]).mean()), 1e-9)
        guesses: dict[str, Floats] = {name: rival(past, AHEAD) for name, rival in RIVALS.items()}
        guesses["forecast"] = ours(series, origin)
        for name, guess in guesses.items():
            errors[name].append(float(np.abs(came - guess).mean()) / scale)
    return {name: float(np.mean(values)) for name, values in errors.items()}


def mean_scores(rows: tuple[Series, ...]) -> dict[str, float]:
    """The mean score of each method over several series."""
    all_scores = [scores(series) for series in rows]
    return {name: float(np.mean([row[name] for row in all_scores])) for name in all_scores[0]}


def origins(days: int) -> Iterator[int]:
    """The days a forecast is made on."""
    return iter(range(days - LOOKS, days - AHEAD + 1, BETWEEN))


def ours(series: Series, origin: int) -> Floats:
    """The product's forecast, made on the morning of day `origin`."""
    past = days_of(series.first, series.sold[:origin])
    seasons = (
        None
        if series.shop is series.sold
        else shop_seasons(days_of(series.first, series.shop[:origin]), AHEAD)
    )
    return np.array([day.expected_milli / 1000 for day in forecast(past, AHEAD, seasons=seasons).days])


def _rows(name: str) -> Iterator[dict[str, str]]:
    with gzip.open(OLIST / f"{name}.csv.gz", "rt", encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)
