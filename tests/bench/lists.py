"""What people wait for at 20,000 goods: finding them, the stock board, a repaint, and a pasted list of a thousand lines."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from desktop.basics.chat_words import take_apart
from desktop.basics.clock import HandClock
from desktop.queries.paste import _line
from desktop.queries.paste_match import Goods, Shelf
from desktop.queries.products import ProductFilter, products_page
from desktop.queries.stock import StockFilter, stock_page
from desktop.shop import actors
from desktop.shop.shop import Shop
from desktop.storage.engine import open_storage
from desktop.storage.migrate import upgrade
from tests.bench.figures import Figure
from tests.bench.million import NOW
from tests.helpers.goods import set_up
from tests.helpers.many_goods import GOODS, TYPED, fill, sell_much
from tests.helpers.paste import corpus, shelf

FRAME_MS = 16.0  # one of sixty a second
BOARD_MS = 50.0
PASTE_S = 2.0
ROUNDS = 9
SCREEN = Path(__file__).parents[1] / "helpers" / "offscreen.json"


def measure() -> list[Figure]:
    """Medians of this thread's own work; the slowest search counts."""
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={SCREEN}"
    with tempfile.TemporaryDirectory() as folder:
        shop = _empty(Path(folder) / "goods.db")
        fill(shop, GOODS)
        searches = {
            text: _median(lambda text=text: shop.ask(products_page, ProductFilter(text))) for text in TYPED
        }  # type: ignore[misc]
        worst = max(searches, key=lambda text: searches[text])
        sell_much(shop, GOODS)
        board = _median(lambda: shop.ask(stock_page, StockFilter()))
        paint = _repaint(shop, Path(folder))
        shop.storage.close()
    name = f"goods found at {GOODS:,}, first page, worst of {len(TYPED)} ({worst or 'all'})"
    return [
        Figure(name, searches[worst], "ms", FRAME_MS),
        Figure(f"stock board at {GOODS:,} goods and as many sales, first page", board, "ms", BOARD_MS),
        Figure("full repaint of the goods list, 1080 × 754", paint, "ms", FRAME_MS),
        Figure("1,000 pasted lines among 12,000 goods", _paste(), "s", PASTE_S),
    ]


def _empty(file: Path) -> Shop:
    storage = open_storage(f"sqlite:///{file}")
    upgrade(storage)
    return set_up(Shop(storage, actor=actors.console(), clock=HandClock(NOW)))


def _median(call: Callable[[], object]) -> float:
    """Milliseconds of this thread's own work, so that other programs don't count."""
    spans = []
    for _ in range(ROUNDS):
        started = time.thread_time()
        call()
        spans.append(time.thread_time() - started)
    return statistics.median(spans) * 1000


def _repaint(shop: Shop, folder: Path) -> float:
    from PySide6.QtGui import QPixmap
    from PySide6.QtWidgets import QApplication

    from desktop.views.products.screen import ProductsScreen
    from tests.helpers.screens import surroundings

    app = QApplication.instance() or QApplication([])
    with surroundings(app, shop, folder) as here:  # type: ignore[arg-type]
        screen = ProductsScreen(here.context)
        here.window(screen, 1440, 860)
        while here.context.background.running or not screen.model.rowCount():
            app.processEvents()
        view = screen.table
        view.resize(1080, 754)
        view.grab()
        paper = QPixmap(view.viewport().size())
        taken = _median(lambda: view.viewport().render(paper))
        screen.close()
        screen.deleteLater()
    return taken


def _paste() -> float:
    goods = [
        Goods(n * 60 + i, f"{g.code}-{n}", f"{g.name}{n}", g.pack, g.unit, g.kind, "", True, f"{g.pinyin}{n}", g.initials)
        for n in range(200) for i, g in enumerate(shelf())
    ]  # fmt: skip
    text = "\n".join(asked.text for asked in corpus() * 8)
    began = time.perf_counter()
    ready = Shelf(goods)
    lines = [_line(n, said, ready) for n, said in enumerate(take_apart(text).said)]
    assert len(lines) >= 1_000
    return time.perf_counter() - began
