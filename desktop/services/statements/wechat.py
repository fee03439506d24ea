"""WeChat Pay's trade bill: a backtick before every cell, sums in yuan, two lines of totals at the end.

Three kinds share it: all rows, payments only (no refund columns), refunds only (with the refund's own times).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_
from desktop.services.statements.columns import WECHAT, lacking, plain
from desktop.services.statements.shape import CURRENCY, BillRow, cents, fee_cents, moment
from desktop.services.statements.unpacking import Packed, damaged

TOTAL_HEAD = "总交易单数"
BACK_STATES = ("REFUND", "REVOKED")
GONE_STATES = ("退款关闭", "CLOSED", "CHANGE")  # a refund that did not go through moved no money
NOTHING = ("", "0", "null")
NONE = "0.00"


@dataclass
class WechatReader:
    """One reading of a bill; its own totals stand here when the rows are through."""

    packed: Packed
    account: str = ""
    ended: bool = False
    raw: bool = False  # with backticks: as the provider wrote it
    variant: str = "all"
    counted: int = 0
    settled_minor: int = 0
    stated: tuple[int, int] | None = None  # count and settled sum, as the bill itself adds up
    passed: int = 0
    found: dict[str, int] = field(default_factory=dict)
    _total_heads: list[str] = field(default_factory=list)
    _last: int = 0  # the rightmost column that is read

    def rows(self) -> Iterator[BillRow]:
        """Every payment and refund. Raises `Malformed`."""
        for line, text in self.packed.lines():
            cells = self._cells(text)
            if not self.found:
                self._heading(cells)
            elif self._total_heads:
                self._totals(line, cells)
            elif cells[0] == TOTAL_HEAD:
                self._total_heads = [plain(cell) for cell in cells]
            else:
                row = self._row(line, cells)
                if row is not None:
                    yield row

    def whole(self) -> bool:
        """Whether the totals at the end are there, as the provider always writes them."""
        return self.ended or not self.raw

    def remarks(self) -> list[str]:
        """What should be said of it."""
        return []

    def _cells(self, text: str) -> list[str]:
        if text.startswith("`"):
            self.raw = True
            return [*map(str.strip, text[1:].split(",`"))]  # goods' names hold commas
        return [cell.strip().strip("`").strip() for cell in next(csv.reader([text]))]

    def _heading(self, cells: list[str]) -> None:
        found = WECHAT.find(cells)
        if found is None:
            raise lacking(WECHAT, cells)
        self.found, self._last = found, max(found.values())
        if "refund_at" in found:
            self.variant = "refund"
        elif "refund" not in found:
            self.variant = "pay"

    def _totals(self, line: int, cells: list[str]) -> None:
        told = dict(zip(self._total_heads, cells, strict=False))
        count = told.get(plain(TOTAL_HEAD), "").replace(",", "")
        money = told.get("应结订单总金额") or told.get("总交易额") or told.get("订单总金额") or "0"
        if not count.isdecimal():
            raise damaged()
        self.stated, self.ended = (int(count), cents(money, line)), True

    def _row(self, line: int, cells: list[str]) -> BillRow | None:
        if len(cells) <= self._last:
            raise damaged()
        cell = {name: cells[index] for name, index in self.found.items()}
        self._account(cell)
        self.counted += 1
        amount = cents(cell["amount"], line)
        self.settled_minor += amount
        if self._is_refund(cell, line):
            return self._refund(line, cell)
        order = cents(cell.get("order") or cell["amount"], line)
        fee = fee_cents(cell.get("fee", ""), line)
        return BillRow(
            line, "pay", cell["number"], cell["reference"], "", "", abs(amount), abs(order), fee,
            moment(cell["at"], line), cell["state"], _remark(cell, line),
        )  # fmt: skip

    def _is_refund(self, cell: dict[str, str], line: int) -> bool:
        if cell["state"].upper() in BACK_STATES or self.variant == "refund":
            return True
        return "退款" in cell["state"] and cents(cell.get("refund", ""), line) != 0

    def _refund(self, line: int, cell: dict[str, str]) -> BillRow | None:
        if any(word in cell.get("refund_state", "").upper() for word in GONE_STATES):
            self.passed += 1
            return None
        minor = abs(cents(cell.get("refund", ""), line)) or abs(cents(cell.get("refund_asked", ""), line))
        asked = abs(cents(cell.get("refund_asked", ""), line)) or minor
        at = cell.get("refund_at", "")
        return BillRow(
            line, "refund", cell["number"], cell["reference"], _named(cell, "refund_number"),
            _named(cell, "refund_reference"), minor, asked, -abs(fee_cents(cell.get("fee", ""), line)),
            moment(at if at not in NOTHING else cell["at"], line), cell["state"], _remark(cell, line),
        )  # fmt: skip

    def _account(self, cell: dict[str, str]) -> None:
        account, currency = cell.get("account", ""), cell.get("currency", CURRENCY) or CURRENCY
        if currency != CURRENCY:
            raise Malformed(
                N_("The bill counts in {currency}; only bills in CNY can be reconciled."), currency=currency
            )
        if self.account and account and account != self.account:
            raise Malformed(N_("The bill holds rows of several merchants. Download your own."))
        self.account = self.account or account


def _named(cell: dict[str, str], field_name: str) -> str:
    text = cell.get(field_name, "")
    return "" if text in NOTHING else text


def _remark(cell: dict[str, str], line: int) -> str:
    said, coupon = cell.get("remark", ""), cell.get("coupon", NONE)
    minor = 0 if coupon == NONE else abs(cents(coupon, line))
    if minor and "券" not in said and "立减" not in said:
        said = f"{said} 代金券{minor // 100}.{minor % 100:02d}".strip()
    return said[:200]
