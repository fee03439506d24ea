"""Photos of goods at the kiosk: in the cart and where a customer chooses."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from PySide6.QtWidgets import QWidget

from desktop.queries.checkout import find_goods
from desktop.services.pictures import add_photo, small_picture
from desktop.views.kiosk.goods import LineRow
from desktop.views.kiosk.overlays import Offered
from tests.helpers.goods import MILK, TEA
from tests.views.kiosk.conftest import CODES, Kiosk, aside

INK = "#fa00fa"  # no drawn picture has it


def inked(widget: QWidget) -> int:
    """How many pixels of the photo's colour are seen."""
    image = widget.grab().toImage()
    seen = (image.pixelColor(x, y) for x in range(0, image.width(), 2) for y in range(0, image.height(), 2))
    return sum(c.red() > 235 and c.green() < 25 and c.blue() > 235 for c in seen)


@pytest.mark.req("P6")
def test_the_kiosk_shows_photos_in_the_cart_and_to_choose_from(kiosk: Kiosk) -> None:
    stocked, out = kiosk.stocked, io.BytesIO()
    Image.new("RGB", (90, 90), INK).save(out, "PNG")
    tea, milk = (
        aside(lambda code=CODES[which]: stocked.kiosk.ask(find_goods, code))[0] for which in (TEA, MILK)
    )
    aside(lambda: stocked.shop.do(add_photo, tea.product_id, small_picture(out.getvalue())))
    window = kiosk.open()
    kiosk.scan(CODES[TEA], CODES[MILK])
    with_photo, without = window.findChildren(LineRow)
    kiosk.qtbot.waitUntil(lambda: inked(with_photo) > 300)
    assert inked(without) == 0, "control: goods without a photo are drawn"
    offered = [Offered(goods, "CNY", lambda: None) for goods in (tea, milk)]
    for widget in offered:
        kiosk.qtbot.addWidget(widget)
        widget.resize(500, 112)
        widget.show()
    kiosk.qtbot.waitUntil(lambda: inked(offered[0]) > 300)
    assert inked(offered[1]) == 0
