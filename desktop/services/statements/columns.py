"""Which column of a bill holds what, found by its heading: providers add, drop and rename columns without a word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop.basics.errors import Malformed
from desktop.basics.i18n import N_


@dataclass(frozen=True)
class Layout:
    """How one provider calls its columns; those of `needed` have to be there."""

    gateway: str
    names: Mapping[str, tuple[str, ...]]
    needed: tuple[str, ...]

    def find(self, cells: Sequence[str]) -> dict[str, int] | None:
        """Field → column when these cells are the heading row, else None."""
        known = {plain(cell): index for index, cell in reversed(list(enumerate(cells)))}
        found = {
            field: known[plain(name)] for field, names in self.names.items() for name in reversed(names)
            if plain(name) in known
        }  # fmt: skip
        return found if all(field in found for field in self.needed) else None

    def hits(self, cells: Sequence[str]) -> int:
        """How many of its columns are among these headings."""
        known = {plain(cell) for cell in cells}
        return sum(any(plain(name) in known for name in names) for names in self.names.values())

    def looks_like(self, cells: Sequence[str]) -> bool:
        """Whether this is the heading row of such a bill, though something needed may be missing."""
        return self.hits(cells) >= 3


def plain(heading: str) -> str:
    """A heading without what differs from export to export: quotes, spaces, wide letters, units in brackets."""
    text = unicodedata.normalize("NFKC", heading).strip("`'\"\ufeff\t ").lower()
    return re.sub(r"\(.*?\)|\[.*?\]|【.*?】|\s|_", "", text)


def lacking(layout: Layout, cells: Sequence[str]) -> Malformed:
    """The sentence for a bill without a column that is needed."""
    known = {plain(cell) for cell in cells}
    missing = [
        layout.names[field][0] for field in layout.needed
        if not any(plain(name) in known for name in layout.names[field])
    ]  # fmt: skip
    return Malformed(
        N_("The bill has no column “{columns}”. Download the trade detail bill with all its columns."),
        columns="、".join(missing),
    )


ALIPAY = Layout(
    "alipay",
    {
        "reference": ("支付宝交易号", "支付宝流水号", "交易号", "trade_no"),
        "number": ("商户订单号", "商家订单号", "out_trade_no"),
        "kind": ("业务类型", "交易类型", "账务类型"),
        "subject": ("商品名称", "商品标题", "订单标题"),
        "began": ("创建时间", "交易创建时间", "下单时间"),
        "at": ("完成时间", "付款时间", "交易完成时间", "入账时间", "创建时间"),
        "order": ("订单金额", "交易金额", "总金额"),
        "amount": ("商家实收", "商户实收", "实收金额", "订单金额", "交易金额"),
        "refund_number": ("退款批次号/请求号", "退款请求号", "退款批次号", "商户退款单号"),
        "fee": ("服务费", "手续费"),
        "state": ("交易状态", "状态"),
        "remark": ("备注", "说明"),
        "coupon": ("商家优惠", "商家红包消费金额"),
        "gift": ("支付宝优惠", "支付宝红包"),
    },
    ("reference", "number", "at", "amount"),
)
WECHAT = Layout(
    "wechat",
    {
        "at": ("交易时间",),
        "account": ("商户号", "特约商户号", "mchid"),
        "reference": ("微信订单号", "微信支付单号", "transaction_id"),
        "number": ("商户订单号", "商户单号"),
        "state": ("交易状态",),
        "currency": ("货币种类", "币种"),
        "amount": ("应结订单金额", "总金额", "订单金额"),
        "order": ("订单金额", "总金额", "应结订单金额"),
        "coupon": ("代金券金额", "企业红包金额"),
        "refund_reference": ("微信退款单号",),
        "refund_number": ("商户退款单号",),
        "refund_at": ("退款成功时间", "退款申请时间"),
        "refund": ("退款金额", "申请退款金额"),
        "refund_asked": ("申请退款金额", "退款金额"),
        "refund_state": ("退款状态",),
        "subject": ("商品名称",),
        "fee": ("手续费",),
        "remark": ("费率备注", "商户数据包"),
    },
    ("at", "reference", "number", "state", "amount"),
)
LAYOUTS = (ALIPAY, WECHAT)
