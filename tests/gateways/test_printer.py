"""Receipts on paper: letters a till printer can write, and plain words when the printer is not there."""

import json
import os
import select
import socket
import sys
import threading
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from desktop.basics.errors import ShopError, Unavailable
from desktop.basics.paper import PaperLine, pair, rule, width, wrap
from desktop.gateways import printer as ways
from desktop.gateways.escpos_bytes import BAND, Look, drawer, job, preview
from desktop.gateways.printer import Setup, printer_at, printer_of
from tests.helpers.till_printer import TillPrinter

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "protocols" / "vectors" / "escpos_bytes.json"


def data(*lines: PaperLine, encoding: str = "gb18030", qr: str = "native") -> bytes:
    return job(lines, Look(48, 576, encoding, qr))


@pytest.mark.req("Q6")
def test_each_job_is_one_connection_that_is_closed(till_printer: TillPrinter) -> None:
    printer = printer_at(till_printer.address, paper_mm=58)
    assert printer is not None
    assert printer.setup.columns == 32
    assert printer.print([PaperLine("青禾杂货铺", align="center", big=True), PaperLine("合计 ¥203.70")])
    assert printer.deliver(job([PaperLine("second")], printer.setup.look), lambda: True)
    with till_printer.arrived:
        assert till_printer.arrived.wait_for(lambda: len(till_printer.papers) == 2, timeout=20)
    first, second = till_printer.papers
    assert first.startswith(b"\x1b@\x1c&")
    assert "青禾杂货铺".encode("gbk") in first
    assert b"second\n" in second
    assert till_printer.kicks == 1
    assert till_printer.connections == 2
    assert first.endswith(b"\x1dV\x00")


@pytest.mark.req("Q6")
def test_yuan_sign_is_the_one_printers_know() -> None:
    sent = data(PaperLine("¥203.70 −¥80.00"))
    assert b"\xa3\xa4203.70 -\xa3\xa480.00" in sent
    assert "¥".encode("gb18030") not in sent


def test_a_rare_letter_makes_the_line_a_picture() -> None:
    sent = data(PaperLine("𠮷田商店"), PaperLine("plain"))
    assert b"\x1dv0" in sent  # a raster picture
    assert b"\x1dv0" not in data(PaperLine("吉田商店"))  # the control: ordinary letters stay text
    assert data(PaperLine("吉田商店"), encoding="image").count(b"\x1dv0") == 1


def test_control_characters_cannot_reach_the_printer() -> None:
    assert b"\x1bp\x00evil" not in data(PaperLine("a\x1bp\x00evil\x1dV\x00"))
    assert data(PaperLine("a\x1dV\x00b")).count(b"\x1dV\x00") == 1


def test_the_order_number_is_a_code_the_printer_draws() -> None:
    sent = data(PaperLine(code="20261121-0097", align="center"))
    assert b"\x1d(k" in sent
    assert b"20261121-0097" in sent


@pytest.mark.req("Q6")
@pytest.mark.skipif(not VECTORS.exists(), reason="the observed bytes are not beside this checkout")
def test_bytes_as_observed_elsewhere() -> None:
    cases = {case["id"]: case for case in json.loads(VECTORS.read_text(encoding="utf-8"))["cases"]}
    seen = {name: bytes.fromhex(case["hex"]) for name, case in cases.items()}
    assert (drawer(2), drawer(5)) == (seen["drawer-pin2"], seen["drawer-pin5"])
    sent = data(PaperLine("中文￥"))
    for name in ("cut", "cjk-text", "yuan-safe-U+FFE5"):
        assert seen[name] in sent, name
    for name in ("yen-trap-U+00A5", "rare-han-U+20BB7"):
        for encoding in ("gb18030", "gbk"):
            assert seen[name] not in data(PaperLine(cases[name]["text"]), encoding=encoding), name
    assert seen["yuan-safe-U+FFE5"] in data(PaperLine(cases["yen-trap-U+00A5"]["text"]))


@pytest.mark.req("Q6")
@pytest.mark.parametrize(
    ("encoding", "text", "written"),
    [
        ("gbk", "青禾", "青禾".encode("gbk")),
        ("gb18030", "€ 5", "€ 5".encode("gb18030")),
        ("big5", "青禾雜貨", "青禾雜貨".encode("big5")),
        ("utf-8", "青禾 ¥5", "青禾 ￥5".encode()),
    ],
)
def test_letters_go_in_the_printer_s_own_set(encoding: str, text: str, written: bytes) -> None:
    sent = data(PaperLine(text), encoding=encoding)
    assert written in sent
    assert b"\x1dv0" not in sent


@pytest.mark.req("Q6")
@pytest.mark.parametrize(
    ("encoding", "text"), [("gbk", "€"), ("big5", "杂货铺"), ("utf-8", "𠮷"), ("gbk", "𠮷")]
)
def test_letters_outside_it_become_a_picture(encoding: str, text: str) -> None:
    sent = data(PaperLine(text), PaperLine("ok"), encoding=encoding)
    assert sent.count(b"\x1dv0") == 1
    assert b"ok\n" in sent


def test_a_printer_that_draws_no_codes_gets_a_picture() -> None:
    native, drawn = data(PaperLine(code="20261121-0097")), data(PaperLine(code="20261121-0097"), qr="image")
    assert len(native) < 120
    assert b"\x1d(k" not in drawn
    assert b"\x1dv0" in drawn


def test_a_long_picture_goes_in_bands() -> None:
    tall = Image.new("1", (100, 3 * BAND + 1), 0)
    kept = BytesIO()
    tall.save(kept, "PNG")
    sent = data(PaperLine(picture=kept.getvalue()))
    assert sent.count(b"\x1dv0\x00") == 4
    assert b"\xff" * 12 + b"\xf0" in sent  # 100 dots: the last byte ends with white


def test_a_wide_picture_is_made_to_fit() -> None:
    kept = BytesIO()
    Image.new("1", (1_000, 100), 0).save(kept, "PNG")
    sent = job([PaperLine(picture=kept.getvalue())], Look(32, 384))
    assert b"\x1dv0\x00" + (48).to_bytes(2, "little") in sent


def test_the_preview_is_as_wide_as_the_paper_and_shows_every_line() -> None:
    lines = [PaperLine("青禾", big=True), PaperLine("合计"), PaperLine(code="x")]
    with Image.open(BytesIO(preview(lines, Look(32, 384)))) as seen:
        assert seen.width == 384
        assert seen.height > 3 * 32
        assert seen.getextrema() == (0, 255)


@pytest.mark.skipif(sys.platform == "win32", reason="no such devices there")
def test_a_serial_device_is_asked_and_heard() -> None:
    ours, theirs = os.openpty()
    import tty  # not on Windows

    tty.setraw(ours)
    printer = printer_of(Setup(f"serial://{os.ttyname(theirs)}:9600"))
    assert printer is not None
    got, ending = bytearray(), threading.Event()

    def serve() -> None:
        while not ending.is_set():
            if select.select([ours], [], [], 0.05)[0]:
                part = os.read(ours, 4_096)
                got.extend(part)
                if part in (b"\x10\x04\x01", b"\x10\x04\x02", b"\x10\x04\x04"):
                    os.write(ours, b"\x12")
                elif part.endswith(b"\x1dr\x01"):
                    os.write(ours, b"\x00")

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        assert printer.print([PaperLine("合计")])
    finally:
        ending.set()
        thread.join()
        os.close(ours)
        os.close(theirs)
    assert "合计".encode("gbk") + b"\n" in got


def test_a_file_takes_jobs_one_after_the_other(tmp_path: Path) -> None:
    target = tmp_path / "paper.bin"
    printer = printer_at(f"file://{target}")
    assert printer is not None
    printer.print([PaperLine("one")])
    printer.print([PaperLine("two")])
    assert target.read_bytes().index(b"one\n") < target.read_bytes().index(b"two\n")


def test_a_printer_that_is_off_is_said_with_the_next_step(tmp_path: Path) -> None:
    free = socket.create_server(("127.0.0.1", 0))
    port = free.getsockname()[1]
    free.close()
    for address in (f"net://127.0.0.1:{port}", f"file://{tmp_path}/missing/lp0"):
        printer = printer_at(address)
        assert printer is not None
        with pytest.raises(Unavailable) as caught:
            printer.print([PaperLine("x")])
        assert caught.value.next_step == "print again"
        assert "print again" in caught.value.sentence
    assert ways.CONNECT_SECONDS == 3.0


@pytest.mark.skipif(sys.platform == "win32", reason="queues exist there")
def test_without_windows_a_queue_is_missing_in_words() -> None:
    printer = printer_at("windows://Receipt")
    assert printer is not None
    with pytest.raises(Unavailable) as caught:
        printer.print([PaperLine("x")])
    assert "queue “{queue}”" in caught.value.sentence


@pytest.mark.parametrize(
    "address", ["net://", "net://a:99999", "usb://printer", "http://x", "x", "windows://"]
)
def test_an_address_nobody_can_read_is_refused(address: str) -> None:
    with pytest.raises(ShopError):
        printer_at(address)


def test_no_address_means_no_printer() -> None:
    assert printer_at("  ") is None


def test_columns_count_chinese_letters_twice() -> None:
    assert width("明前龙井 ×1") == 12
    assert width("¥128.00") == 8
    assert [width(line) for line in pair("明前龙井 罐装", "¥128.00", 32)] == [32]
    assert len(rule(48)) == 48


def test_a_long_name_takes_lines_of_its_own_and_loses_nothing() -> None:
    name = "手工云片糕" * 12
    lines = list(pair(name, "¥22.00", 32))
    assert all(width(line) <= 32 for line in lines)
    assert "".join(lines).replace(" ", "") == name + "￥22.00"
    assert list(wrap("one two three", 8)) == ["one two", "three"]
    assert list(wrap("", 8)) == [""]


def test_the_picture_shows_the_mark_for_a_missing_letter() -> None:
    assert data(PaperLine("𠮷田")) == data(PaperLine("〓田"), encoding="image")
    assert data(PaperLine("?田"), encoding="image") != data(PaperLine("〓田"), encoding="image")
