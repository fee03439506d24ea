"""Alipay's trade detail bill: GBK, comments behind #, tabs behind long numbers, refunds with a minus.

Its column list was put together from what merchants show of it; columns are found by heading, not by place.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from desktop.basics.i18n import _
from desktop.services.statements.columns import ALIPAY, lacking
from desktop.services.statements.shape import BillRow, cents, fee_cents, moment
from desktop.services.statements.unpacking import Packed, damaged

_ACCOUNT = re.compile(r"账号:\s*\[?\s*([0-9A-Za-z@._-]+)")
_BEGINS = re.compile(r"起始日期:\s*\[?\s*(\d{4})[年/-](\d{1,2})[月/-](\d{1,2})")
_PAID = re.compile(r"交易合计:\s*([\d,]+)\s*笔.*?(?:商家|商户)?实收(?:金额)?共?\s*([-\d.,]+)\s*元")
_BACK = re.compile(r"退款合计:\s*([\d,]+)\s*笔.*?(?:商家|商户)?实收(?:退款)?(?:金额)?共?\s*([-\d.,]+)\s*元")
NONE = "0.00"
FOREIGN = ("转账", "提现", "充值", "收费", "红包")  # not of the trade bill: passed over, and said


@dataclass
class AlipayReader:
    """One reading of a bill; what its comments said stands here when the rows are through."""

    packed: Packed
    account: str = ""
    first_day: date | None = None
    ended: bool = False
    begun: bool = False
    paid: tuple[int, int] | None = None  # count and sum, as the bill itself adds up
    back: tuple[int, int] | None = None
    passed: int = 0
    variant: str = "all"
    found: dict[str, int] = field(default_factory=dict)

    def rows(self) -> Iterator[BillRow]:
        """Every payment and refund. Raises `Malformed`."""
        for line, text in self.packed.lines():
            if text.lstrip().startswith("#"):
                self._comment(text, line)
                continue
            cells = [cell.strip().strip("`'").strip() for cell in next(csv.reader([text]))]
            if not self.found:
                self.found = self._heading(cells)
                continue
            row = self._row(line, cells)
            if row is not None:
                yield row

    def whole(self) -> bool:
        """Whether the list ends as it said it would."""
        return self.ended or not self.begun

    def remarks(self) -> list[str]:
        """What should be said of it."""
        if not self.passed:
            return []
        words = _("{count} lines are neither payments nor refunds and were passed over.")
        return [words.format(count=f"{self.passed:,}")]

    def _heading(self, cells: list[str]) -> dict[str, int]:
        found = ALIPAY.find(cells)
        if found is None:
            raise lacking(ALIPAY, cells)
        return found

    def _comment(self, told: str, line: int) -> None:
        text = unicodedata.normalize("NFKC", told)  # colons are wide or narrow
        if match := _ACCOUNT.search(text):
            self.account = match[1]
        if match := _BEGINS.search(text):
            try:
                self.first_day = date(int(match[1]), int(match[2]), int(match[3]))
            except ValueError:
                raise damaged() from None
        if match := _PAID.search(text):
            self.paid = int(match[1].replace(",", "")), abs(cents(match[2], line))
        if match := _BACK.search(text):
            self.back = int(match[1].replace(",", "")), abs(cents(match[2], line))
        if "明细列表" in text:
            self.ended = "结束" in text
            self.begun = True

    def _row(self, line: int, cells: list[str]) -> BillRow | None:
        if len(cells) < max(self.found.values()) + 1:
            raise damaged()
        cell = {name: cells[index] for name, index in self.found.items()}
        sort = cell.get("kind", "")
        if any(word in sort for word in FOREIGN):
            self.passed += 1
            return None
        amount = cents(cell["amount"], line)
        order = cents(cell.get("order") or cell["amount"], line)
        back = "退" in sort or (not sort and amount < 0)
        fee = abs(fee_cents(cell.get("fee", ""), line))
        number = _number(cell.get("refund_number", "")) if back else ""
        return BillRow(
            line, "refund" if back else "pay", _number(cell["number"]), _number(cell["reference"]), number, "",
            abs(amount), abs(order), -fee if back else fee, moment(cell["at"] or cell.get("began", ""), line),
            cell.get("state", "") or sort, _remark(cell, line),
        )  # fmt: skip


def _remark(cell: dict[str, str], line: int) -> str:
    said = cell.get("remark", "")
    for field_name, words in (("coupon", "商家优惠"), ("gift", "支付宝优惠")):
        told = cell.get(field_name, NONE)
        minor = 0 if told == NONE else abs(cents(told, line))
        if minor and words not in said:
            said = f"{said} {words}{minor // 100}.{minor % 100:02d}".strip()
    return said[:200]


def _number(text: str) -> str:
    """A number without what spreadsheets put around it."""
    return text.strip().strip("='\"`").strip()
