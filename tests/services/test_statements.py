"""Bills as files: whose, of which day, whole or refused; nothing of a damaged one is believed."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop.basics.errors import Malformed, Refused
from desktop.services.statements.bill import read_bill
from desktop.services.statements.shape import cents, fee_cents
from desktop.services.statements.unpacking import Packed, load
from tests.helpers.bills import DAY, MERCHANT, SELLER, Line, alipay_csv, alipay_zip, wechat, wechat_csv

LINES = [
    Line("SHOP01AAAA01", "2026112022001", 8660, fee=33),
    Line("SHOP01AAAA02", "2026112022002", 1001, fee=4, at="23:59:59"),
    Line("SHOP01AAAA02", "2026112022002", 500, fee=2, refund="RF00000001"),
]


def packed(data: bytes, name: str = "bill.csv") -> Packed:
    """A file of these bytes."""
    return Packed(data, name)


@pytest.mark.req("M12")
@pytest.mark.parametrize(
    "file",
    [
        alipay_zip(LINES),
        packed(alipay_csv(LINES)),
        packed(gzip.compress(alipay_csv(LINES))),
        packed(alipay_csv(LINES).decode("gb18030").encode()),
        wechat(LINES),
        packed(gzip.compress(wechat_csv(LINES))),
    ],
    ids=["zip", "csv in GBK", "gzip", "csv in UTF-8", "wechat", "wechat gzip"],
)
def test_a_bill_is_read_to_the_cent_however_it_was_saved(file: Packed) -> None:
    bill = read_bill(file)
    assert (bill.day, bill.totals.rows, bill.variant) == (DAY, 3, "all")
    assert (bill.totals.paid_minor, bill.totals.refunded_minor, bill.totals.fee_minor) == (9661, 500, 35)
    assert [row.number for row in bill.rows()] == [line.number for line in LINES]
    assert bill.account in (MERCHANT, f"{SELLER}0156")


@pytest.mark.req("M12")
@pytest.mark.parametrize(("variant", "rows", "paid"), [("all", 3, 9661), ("pay", 2, 9661), ("refund", 1, 0)])
def test_the_three_kinds_of_wechat_bills(variant: str, rows: int, paid: int) -> None:
    bill = read_bill(wechat(LINES, variant=variant))
    assert (bill.variant, bill.totals.rows, bill.totals.paid_minor) == (variant, rows, paid)


@pytest.mark.req("M12")
def test_a_spreadsheet_that_dropped_the_backticks_and_moved_columns_is_read_by_its_headings() -> None:
    heads = ["商户订单号", "微信订单号", "应结订单金额(元)", "交易状态", "交易时间", "商户号", "手续费（元）"]
    rows = [["SHOP01AAAA01", "42001", "86.60", "SUCCESS", "2026-11-20 12:00", MERCHANT, "0.33"]]
    text = "\n".join(",".join(cells) for cells in [heads, *rows])
    bill = read_bill(packed(text.encode("gb18030")))
    assert (bill.gateway, bill.totals.paid_minor, bill.totals.fee_minor) == ("wechat", 8660, 33)
    without = text.replace("应结订单金额(元)", "备注一")
    with pytest.raises(Malformed, match="应结订单金额"):
        read_bill(packed(without.encode()))


@pytest.mark.req("M12")
def test_the_same_payment_twice_in_a_file_stays_two_rows() -> None:
    bill = read_bill(wechat([LINES[0], LINES[0]]))
    assert [row.occurrence for row in bill.rows()] == [1, 2]
    assert len({row.key for row in bill.rows()}) == 2


# -- refused ----------------------------------------------------------------------------------------------------


def _zip(*members: tuple[str, bytes]) -> Packed:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return packed(file.getvalue(), "bill.zip")


def _locked() -> Packed:
    data = bytearray(_zip(("x_业务明细.csv", alipay_csv(LINES))).data)
    for mark in (b"PK\x03\x04", b"PK\x01\x02"):
        data[data.index(mark) + (6 if mark == b"PK\x03\x04" else 8)] |= 1
    return packed(bytes(data))


BROKEN: dict[str, Callable[[], Packed]] = {
    "cut off": lambda: packed(alipay_csv(LINES, end=False)),
    "wechat cut off": lambda: packed(wechat_csv(LINES, end=False)),
    "edited": lambda: packed(alipay_csv(LINES, add=1)),
    "wechat edited": lambda: packed(wechat_csv(LINES, add=1)),
    "half a row": lambda: packed(wechat_csv(LINES).split(b"`SUCCESS")[0]),
    "half a zip": lambda: packed(alipay_zip(LINES).data[:-60]),
    "half a gzip": lambda: packed(gzip.compress(wechat_csv(LINES))[:-20]),
    "no bill": lambda: packed("商品,价格,库存,单位\n茶,12,3,罐\n".encode()),
    "empty": lambda: packed(b""),
    "a picture": lambda: packed(b"\x89PNG\r\n\x1a\n" + bytes(64)),
    "a page": lambda: packed(b"<html><body>login</body></html>"),
    "a name that climbs": lambda: _zip(("../../业务明细.csv", alipay_csv(LINES))),
    "an absolute name": lambda: _zip(("/etc/业务明细.csv", alipay_csv(LINES))),
    "two bills": lambda: _zip(("a_业务明细.csv", alipay_csv(LINES)), ("b_业务明细.csv", alipay_csv(LINES))),
    "none in it": lambda: _zip(("readme.txt", b"x")),
    "many files": lambda: _zip(*[(f"{i}_业务明细.csv", b"x") for i in range(30)]),
    "locked": _locked,
    "an amount with letters": lambda: packed(wechat_csv(LINES).replace(b"`86.60", b"`86.6O")),
    "a part of a cent": lambda: packed(wechat_csv(LINES).replace(b"`86.60", b"`86.605")),
    "no such time": lambda: packed(wechat_csv(LINES).replace(b"2026-11-20 12", b"2026-13-20 12")),
    "two merchants": lambda: packed(wechat_csv(LINES).replace(MERCHANT.encode(), b"1600000001", 1)),
    "dollars": lambda: packed(wechat_csv(LINES).replace(b"`CNY", b"`USD")),
}


@pytest.mark.req("M12")
@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_whole_bill_is_named(name: str) -> None:
    with pytest.raises(Malformed) as refused:
        list(read_bill(BROKEN[name]()).rows())
    assert "{" not in str(refused.value)


@pytest.mark.req("M12")
def test_a_bomb_is_stopped_while_it_unpacks(monkeypatch: pytest.MonkeyPatch) -> None:
    from desktop.services.statements import unpacking

    monkeypatch.setattr(unpacking, "LARGEST", 100_000)
    lines = [Line(f"N{i}", f"42{i}", 100) for i in range(2_000)]
    for file in (alipay_zip(lines), packed(gzip.compress(wechat_csv(lines)))):
        with pytest.raises(Malformed, match=r"解压|unpacks"):
            read_bill(file)
    assert read_bill(alipay_zip(LINES)).totals.rows == 3, "a small one is no bomb"


@pytest.mark.req("M12")
def test_another_day_another_provider_and_several_days_are_refused() -> None:
    with pytest.raises(Refused):
        read_bill(wechat(LINES), day=DAY + timedelta(days=1))
    with pytest.raises(Refused):
        read_bill(wechat(LINES), gateway="alipay")
    with pytest.raises(Refused):
        read_bill(wechat([*LINES, Line("LATER0001", "42X", 5, days=1)]))
    stray = [*LINES, Line("LATER0001", "42X", 5, at="00:00:03", days=1)]
    assert read_bill(wechat(stray), day=DAY).totals.rows == 4, "clocks differ by seconds around midnight"
    assert read_bill(wechat([]), day=DAY).day == DAY
    assert read_bill(Packed(wechat_csv([]), "mchid-20261119.csv")).day == date(2026, 11, 19)


@pytest.mark.req("M12")
def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Malformed):
        load(tmp_path / "bill.csv")
    (tmp_path / "bill.csv").write_bytes(wechat_csv(LINES))
    assert read_bill(load(tmp_path / "bill.csv")).file_name == "bill.csv"


@pytest.mark.req("M12")
@given(st.integers(-(10**11), 10**11))
def test_yuan_become_cents_without_a_float(minor: int) -> None:
    sign, size = ("-" if minor < 0 else ""), abs(minor)
    text = f"{sign}{size // 100}.{size % 100:02d}"
    assert cents(text, 1) == minor
    assert fee_cents(text + "000", 1) == minor
    assert cents(f"{sign}{size // 100:,}.{size % 100:02d}", 1) == minor
