"""From the scanner's Enter to the painted line on the kiosk, in a shop of 20,000 goods."""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select

from desktop.models.people import Till
from desktop.models.products import Barcode, Price, PriceList, Product, Sku
from desktop.models.stock import Location, Stock
from desktop.services import opening
from desktop.shop import actors
from desktop.shop.shop import Shop, allow_every_thread, forbid_this_thread
from desktop.storage.engine import Storage, open_storage
from desktop.storage.migrate import upgrade
from tests.bench.figures import Figure

GOODS = 20_000
SCANS, WARM = 240, 30
MOST_LINES = 14  # then the next customer comes
AT_ONCE = 5_000
SCREEN = Path(__file__).parents[1] / "helpers" / "offscreen.json"
START = datetime(2026, 11, 21, 7, 0, tzinfo=UTC)


def measure() -> list[Figure]:
    """p95 and median of scan → painted line."""
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={SCREEN}"
    with tempfile.TemporaryDirectory() as folder:
        shop = _shop(Path(folder) / "goods.db")
        with _kiosk(shop, Path(folder)) as window:
            times = sorted(_scan_all(window))
        shop.storage.close()
    return [
        Figure(
            f"kiosk: scan → line at {GOODS:,} goods, p95", times[int(len(times) * 0.95)] * 1000, "ms", 16.0
        ),
        Figure(f"kiosk: scan → line at {GOODS:,} goods, median", times[len(times) // 2] * 1000, "ms"),
    ]


@contextmanager
def _kiosk(shop: Shop, folder: Path) -> Iterator[Any]:
    from PySide6.QtWidgets import QApplication

    from desktop.basics.machine import Machine
    from desktop.views.common.background import Background
    from desktop.views.common.context import Context
    from desktop.views.common.refresh import News
    from desktop.views.common.theme import theme
    from desktop.views.kiosk.window import KioskWindow

    app = QApplication.instance() or QApplication([])
    theme.install(app)  # type: ignore[arg-type]
    forbid_this_thread()
    with shop.storage.read.connect() as connection:
        till = int(connection.execute(select(Till.id).where(Till.kind == "kiosk")).scalar_one())
    door = shop.acting_as(actors.kiosk(till))
    background, news = Background(door), News(shop.listen)
    zone, machine = ZoneInfo("Asia/Shanghai"), Machine(folder / "machine.json")
    context = Context(door, background, news, lambda *a, **k: None, zone, "CNY", machine, lambda lang: None)
    window = KioskWindow(context, till, lambda: None, False, None, landscape=False)
    window.resize(1080, 1920)
    window.show()
    while window.page is None:
        app.processEvents()
    yield window
    window.hide()
    background.shutdown()
    news.close()
    allow_every_thread()


def _scan_all(window: Any) -> Iterator[float]:
    """Scan codes of goods by chance, one after the other, as a scanner types them."""
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication

    from desktop.views.kiosk.goods import LineRow

    loop, painted = QEventLoop(), [0.0, 0]
    late = QTimer(singleShot=True, interval=5_000)
    late.timeout.connect(loop.quit)
    plain = LineRow.paintEvent

    def watched(row: Any, event: Any) -> None:
        plain(row, event)
        if row._line.offer.sku_id == painted[1]:
            painted[0] = time.perf_counter()
            QTimer.singleShot(0, loop.quit)

    LineRow.paintEvent = watched  # type: ignore[method-assign]
    chance = random.Random(7)
    for number in range(SCANS + WARM):
        if len(window.sale.lines) >= MOST_LINES:
            window.sale.finish()
            window.sale.go("basket")
            _rest(0.05)
        sku = chance.randrange(1, GOODS + 1)
        painted[:] = [0.0, sku]
        began = _type(window, _code(sku))
        late.start()
        loop.exec()
        late.stop()
        assert painted[0], "the line was not painted"
        painted[1] = 0
        _rest(0.02)  # the next piece is on its way; saving goes on behind
        QApplication.processEvents()
        if number >= WARM:
            yield painted[0] - began
    LineRow.paintEvent = plain  # type: ignore[method-assign]


def _rest(seconds: float) -> None:
    from PySide6.QtCore import QEventLoop, QTimer

    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def _type(window: Any, code: str) -> float:
    """Type a code as a scanner does; returns when Enter was pressed."""
    from PySide6.QtCore import QEvent, Qt
    from PySide6.QtGui import QKeyEvent
    from PySide6.QtWidgets import QApplication

    handle, none = window.windowHandle(), Qt.KeyboardModifier.NoModifier
    for ch in code:
        QApplication.sendEvent(handle, QKeyEvent(QEvent.Type.KeyPress, ord(ch), none, ch))
    began = time.perf_counter()
    QApplication.sendEvent(handle, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, none, "\r"))
    return began


def _code(number: int) -> str:
    return f"69{number:011d}"


def _shop(path: Path) -> Shop:
    storage = open_storage(f"sqlite:///{path}")
    upgrade(storage)
    shop = Shop(storage, actor=actors.console())
    opening.open_shop(shop, opening.NewShop("bench", "owner", "owner", "a long password"))
    _fill(storage)
    return shop


def _fill(storage: Storage) -> None:
    with storage.write.begin() as connection:
        retail = connection.execute(select(PriceList.id).where(PriceList.key == "retail")).scalar_one()
        place = connection.execute(select(Location.id)).scalar()
        for start in range(1, GOODS + 1, AT_ONCE):
            numbers = range(start, start + AT_ONCE)
            rows: dict[Any, list[dict[str, Any]]] = {
                Product: [
                    {"id": n, "name": f"商品 {n}", "pack": "500 g", "created_at": START} for n in numbers
                ],
                Sku: [{"id": n, "product_id": n, "code": f"ZH-{n}"} for n in numbers],
                Barcode: [{"code": _code(n), "sku_id": n} for n in numbers],
                Price: [{"list_id": retail, "sku_id": n, "amount_minor": 100 + n % 5_000} for n in numbers],
                Stock: [{"sku_id": n, "location_id": place, "on_hand_milli": 10**6} for n in numbers],
            }
            for table, values in rows.items():
                connection.execute(insert(table), values)
        connection.exec_driver_sql("ANALYZE")
