"""Receipts on paper: letters a till printer can write, and plain words when the printer is not there."""

import json
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop.basics.errors import ShopError, Unavailable
from desktop.basics.paper import PaperLine, pair, rule, width, wrap
from desktop.gateways import printer as ways
from desktop.gateways.escpos_bytes import job
from desktop.gateways.printer import printer_at

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "protocols" / "vectors" / "escpos_bytes.json"


class PaperServer:
    """A printer's network port that keeps what comes in, one entry a connection."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self.jobs: list[bytes] = []
        self.arrived = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                line, _address = self._socket.accept()
            except OSError:
                return
            with line:
                with line.makefile("rb") as stream:
                    self.jobs.append(stream.read())
            self.arrived.release()

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)


@pytest.fixture
def paper() -> Iterator[PaperServer]:
    server = PaperServer()
    yield server
    server.close()


def data(*lines: PaperLine, columns: int = 48, encoding: str = "gb18030", drawer: bool = False) -> bytes:
    return job(lines, columns, encoding=encoding, open_drawer=drawer)


@pytest.mark.req("Q6")
def test_each_job_is_one_connection_that_is_closed(paper: PaperServer) -> None:
    printer = printer_at(f"net://127.0.0.1:{paper.port}", paper_mm=58)
    assert printer is not None
    assert printer.columns == 32
    printer.print([PaperLine("青禾杂货铺", align="center", big=True), PaperLine("合计 ¥203.70")])
    printer.print([PaperLine("second")], open_drawer=True)
    assert paper.arrived.acquire(timeout=5)
    assert paper.arrived.acquire(timeout=5)
    first, second = paper.jobs
    assert first.startswith(b"\x1b@\x1c&")
    assert "青禾杂货铺".encode("gbk") in first
    assert b"\x1bp\x00" not in first
    assert b"\x1bp\x0022" in second
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


@pytest.mark.skipif(not VECTORS.exists(), reason="the observed bytes are not beside this checkout")
def test_bytes_as_observed_elsewhere() -> None:
    cases = {case["id"]: case for case in json.loads(VECTORS.read_text(encoding="utf-8"))["cases"]}
    sent = data(PaperLine("中文￥"), drawer=True)
    for name in ("drawer-pin2", "cut", "cjk-text", "yuan-safe-U+FFE5"):
        assert bytes.fromhex(cases[name]["hex"]) in sent, name
    for name in ("yen-trap-U+00A5", "rare-han-U+20BB7"):
        assert bytes.fromhex(cases[name]["hex"]) not in data(PaperLine(cases[name]["text"])), name


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
