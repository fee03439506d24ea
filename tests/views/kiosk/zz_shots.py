from datetime import timedelta
import pytest
from desktop.gateways import printer as ways
from desktop.gateways.printer import Setup
from desktop.scheduler.printing import PrintLane
from desktop.services.print_jobs import set_till_paper
from desktop.services.print_run import run_queue
from desktop.views.kiosk.overlays import Notice
from desktop.views.kiosk.staff_papers import Papers
from tests.helpers.goods import TEA, NUTS
from tests.helpers.sales import sell
from tests.views.kiosk.test_staff import menu
from tests.views.kiosk.test_window import to_receipt, touch
from tests.views.kiosk.conftest import *

@pytest.mark.parametrize("size",[(1080,1920),(1920,1080)])
def test_shots(kiosk, till_printer, size, monkeypatch):
    w=size[0]
    monkeypatch.setattr(ways,"ANSWER_SECONDS",.3)
    kiosk.open(*size)
    to_receipt(kiosk)
    g=lambda n: kiosk.window.grab().save(f"/tmp/shots/receipts/kiosk_{n}_{w}.png")
    g("done")
    till_printer.out_of_paper()
    st=kiosk.stocked
    setup=lambda: Setup(till_printer.address,58)
    touch(kiosk,"打印纸质小票"); g("printing")
    lane=PrintLane(st.shop, st.kiosk_till, setup).start()
    kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.overlay, Notice)); kiosk.settle_down(); g("trouble")
    kiosk.window.close_overlay(); g("waits")
    till_printer.refill(); st.shop.clock.pass_time(timedelta(seconds=5)); lane._wake.set()
    kiosk.qtbot.waitUntil(lambda: kiosk.window._paper.out); kiosk.settle_down(); kiosk.qtbot.wait(50); g("printed")
    lane.stop()
    st.shop.do(set_till_paper, st.kiosk_till, "always", True)
    till_printer.cut_after=40
    sell(st, st.cart((TEA,1))); run_queue(st.kiosk, st.kiosk_till, setup(), "x"); till_printer.cut_after=0
    till_printer.out_of_paper(); sell(st, st.cart((NUTS,1))); run_queue(st.kiosk, st.kiosk_till, setup(), "x")
    for _ in range(40): kiosk.window.tick()
    kiosk.settle_down(); kiosk.qtbot.wait(100)
    menu(kiosk); g("menu")
    touch(kiosk,"打印任务"); kiosk.qtbot.waitUntil(lambda: isinstance(kiosk.window.overlay, Papers)); kiosk.settle_down(); g("papers")
