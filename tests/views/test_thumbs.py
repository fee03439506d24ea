"""Photos of goods in lists: asked for beside the questions, painted when they come, kept while there is room."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop.queries.product_detail import product_photos
from desktop.queries.products import ProductFilter, products_page
from desktop.services.pictures import add_photo, remove_photo, small_picture
from desktop.shop.shop import Shop
from desktop.views.common import thumbs as module
from desktop.views.common.background import Background
from desktop.views.common.paint import painting
from desktop.views.common.product_picture import draw_product
from desktop.views.common.thumbs import thumbs
from desktop.views.inventory.screen import InventoryScreen
from desktop.views.products.screen import ProductsScreen
from tests.helpers.goods import TEA, Stocked, open_stocked
from tests.helpers.screens import Surroundings, surroundings

INK = (250, 0, 250)  # no drawn picture has it


@pytest.fixture
def stocked(sqlite_shop: Shop) -> Stocked:
    """The pictures' shop; its tea has a photo."""
    made = open_stocked(sqlite_shop)
    out = io.BytesIO()
    Image.new("RGB", (200, 100), INK).save(out, "PNG")
    made.shop.do(add_photo, product_of(made), small_picture(out.getvalue()))
    return made


@pytest.fixture
def here(stocked: Stocked, qapp: QApplication, tmp_path: Path) -> Iterator[Surroundings]:
    """The owner's surroundings."""
    with surroundings(qapp, stocked.shop, tmp_path) as made:
        yield made


def product_of(stocked: Stocked, goods: int = TEA) -> int:
    """The product of one of the goods."""
    rows = stocked.shop.ask(products_page, ProductFilter()).rows
    return next(row.product_id for row in rows if row.id == stocked.skus[goods])


def inked(widget: QWidget) -> int:
    """How many pixels of the photo's colour are seen."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    colors = (image.pixelColor(x, y) for x in range(0, image.width(), 2) for y in range(0, image.height(), 2))
    return sum(c.red() > 235 and c.green() < 25 and c.blue() > 235 for c in colors)


def quiet(qtbot: QtBot, here: Surroundings) -> None:
    """Wait until nothing is asked any more."""
    qtbot.waitUntil(lambda: here.context.background.running == 0 and not thumbs._wanted, timeout=10_000)


@pytest.mark.req("P6")
@pytest.mark.parametrize("screen", [ProductsScreen, InventoryScreen])
def test_lists_show_the_photo_and_the_drawn_picture_without_one(
    qtbot: QtBot, here: Surroundings, stocked: Stocked, screen: Any
) -> None:
    shown = screen(here.context)
    qtbot.addWidget(shown)
    here.window(shown)
    view = shown.view if hasattr(shown, "view") else shown.table
    qtbot.waitUntil(lambda: inked(view.viewport()) > 100, timeout=10_000)
    (photo,) = photos(stocked)
    stocked.shop.do(remove_photo, photo)
    qtbot.waitUntil(lambda: inked(view.viewport()) == 0, timeout=10_000)  # control: drawn again


def photos(stocked: Stocked) -> list[int]:
    """The photos of the tea."""
    return [row.id for row in stocked.shop.ask(product_photos, product_of(stocked))]


@pytest.mark.req("P6")
def test_photos_are_read_on_another_thread_and_only_so_many_are_kept(
    qtbot: QtBot, here: Surroundings, stocked: Stocked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST", 5)  # the bound, not the check, is made small
    threads: list[threading.Thread] = []
    squares = module._squares

    def told(*args: Any) -> Any:
        threads.append(threading.current_thread())
        return squares(*args)

    monkeypatch.setattr(module, "_squares", told)
    product = product_of(stocked)
    for number in range(1_000, 1_000 + module.AT_ONCE + 40):
        thumbs.of(number)
    assert thumbs.of(product) is None, "nothing is waited for"
    quiet(qtbot, here)
    assert len(threads) == 2, "so many at once"
    assert threading.main_thread() not in threads
    assert len(thumbs._kept) == 5
    thumbs.of(product)
    quiet(qtbot, here)
    assert thumbs.of(product) is not None


@pytest.mark.req("P6")
def test_another_shops_photos_are_forgotten(qtbot: QtBot, here: Surroundings, stocked: Stocked) -> None:
    product = product_of(stocked)
    thumbs.of(product)
    quiet(qtbot, here)
    assert thumbs.of(product) is not None, "control: it was there"
    other = Background(stocked.shop)
    thumbs.use(other, here.context.news)
    tile = QPixmap(38, 38)
    with painting(tile) as painter:
        draw_product(painter, QRectF(0, 0, 38, 38), "jar", product)
    assert tile.toImage().pixelColor(19, 2).getRgb()[:3] != INK
    qtbot.waitUntil(lambda: other.running == 0 and not thumbs._wanted, timeout=10_000)
    thumbs.use(here.context.background, here.context.news)
    assert other.shutdown()
