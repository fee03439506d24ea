"""The providers' bills of a day, made from the ledger, or wrong in the ways bills are."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tests.simulators.alipay import Alipay
from tests.simulators.ledger import Ledger, Order, Refund, RefundStage
from tests.simulators.wechat import WeChat

BEIJING = ZoneInfo("Asia/Shanghai")
FEE_BP = 60
READY = {"alipay": time(9), "wechat": time(10)}  # on the next morning
KEPT = timedelta(days=90)
ALIPAY_HEAD = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,"
    "商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,"
    "卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)
WECHAT_HEAD = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,"
    "费率,订单金额,申请退款金额,费率备注"
)
WECHAT_SUMS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"


@dataclass(frozen=True)
class Mutation:
    """A way the bill is wrong: missing, extra, amount, duplicate or `next day`, about one number."""

    kind: str
    number: str
    minor: int = 0


@dataclass(frozen=True)
class Line:
    """One movement of money on a bill; `minor` is what moved, never negative."""

    order: Order
    at: datetime
    minor: int
    refund: Refund | None = None

    @property
    def number(self) -> str:
        """The shop's number of what moved."""
        return self.refund.number if self.refund else self.order.number

    @property
    def fee(self) -> int:
        """What the provider keeps, half a unit up."""
        return (self.minor * FEE_BP + 5_000) // 10_000


def yuan(minor: int) -> str:
    """Bills are in yuan, whatever the calls are in."""
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02d}"


class Bills:
    """All bills of one ledger; what was mutated stays so."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.mutations: dict[tuple[str, date], list[Mutation]] = {}
        self.booked: dict[tuple[str, str], date] = {}

    def make(self, provider: str, day: date, mutations: Sequence[Mutation] = ()) -> bytes:
        """The file of a day as its provider sends it, unpacked for WeChat, a zip for Alipay."""
        for one in mutations:
            if one.kind == "next day":
                self.booked[provider, one.number] = day + timedelta(days=1)
            else:
                self.mutations.setdefault((provider, day), []).append(one)
        lines = self._lines(provider, day)
        return alipay_zip(lines, day) if provider == "alipay" else wechat_csv(lines)

    def ready(self, provider: str, text: str) -> bytes | None:
        """The file for whoever asks over the line: nothing yet before the next morning; empty when nothing moved."""
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return None
        now = self.ledger.clock.now().astimezone(BEIJING)
        if now < datetime.combine(day + timedelta(days=1), READY[provider], BEIJING):
            return None
        if provider == "wechat" and (now.date() - day > KEPT or not self._lines(provider, day)):
            return b""
        return self.make(provider, day)

    def _lines(self, provider: str, day: date) -> list[Line]:
        lines: list[Line] = []
        for order in self.ledger:
            if order.provider == provider and order.paid_at:
                lines.append(Line(order, order.paid_at, order.paid_minor))
                lines += [Line(order, r.at, r.minor, r) for r in order.refunds.values() if shown(r)]
        lines = [line for line in lines if self._day(provider, line) == day]
        for one in self.mutations.get((provider, day), []):
            lines = self._mutated(lines, one, day)
        return sorted(lines, key=lambda line: (line.at, line.refund is not None))

    def _day(self, provider: str, line: Line) -> date:
        return self.booked.get((provider, line.number)) or line.at.astimezone(BEIJING).date()

    def _mutated(self, lines: list[Line], one: Mutation, day: date) -> list[Line]:
        if one.kind == "missing":
            return [line for line in lines if line.number != one.number]
        if one.kind == "amount":
            return [replace(line, minor=one.minor) if line.number == one.number else line for line in lines]
        if one.kind == "duplicate":
            return lines + [line for line in lines if line.number == one.number]
        if one.kind == "extra":
            noon = datetime.combine(day, time(12), BEIJING)
            reference = self.ledger.next_reference(f"{day:%Y%m%d}99", 28)
            order = Order("", one.number, one.minor, "收款", "scanned", noon, noon, reference)
            return [*lines, Line(order, noon, one.minor)]
        raise ValueError(one.kind)


def shown(refund: Refund) -> bool:
    """Refunds that never moved anything are on no bill."""
    return refund.stage is not RefundStage.CLOSED


def local(at: datetime) -> str:
    """A time on a bill."""
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def alipay_csv(lines: Sequence[Line], day: date) -> str:
    """The detail file: comments behind #, a tab behind long numbers, refunds with a minus."""
    sheet = io.StringIO(newline="")
    rule = "-" * 40
    sheet.write("#支付宝业务明细查询\r\n")
    sheet.write(f"#账号：[{Alipay.seller_id}0156]\r\n")
    ends = day + timedelta(days=1)
    sheet.write(f"#起始日期：[{day:%Y年%m月%d日} 00:00:00]   终止日期：[{ends:%Y年%m月%d日} 00:00:00]\r\n")
    sheet.write(f"#{rule}业务明细列表{rule}\r\n{ALIPAY_HEAD}\r\n")
    writer = csv.writer(sheet, lineterminator="\r\n")
    for line in lines:
        writer.writerow(_alipay_cells(line))
    sheet.write(f"#{rule}业务明细列表结束{rule}\r\n")
    for words, group in (
        ("交易合计", [line for line in lines if not line.refund]),
        ("退款合计", [line for line in lines if line.refund]),
    ):
        total = sum(-line.minor if line.refund else line.minor for line in group)
        sheet.write(f"#{words}：{len(group)}笔，商家实收共{yuan(total)}元，商家优惠共0.00元\r\n")
    sheet.write(f"#导出时间：[{ends:%Y年%m月%d日} 09:12:33]\r\n")
    return sheet.getvalue()


def _alipay_cells(line: Line) -> list[str]:
    order, refund = line.order, line.refund
    moved = yuan(-line.minor if refund else line.minor)
    kind, number = ("退款", refund.number) if refund else ("交易", "")
    fee = yuan(line.fee if refund else -line.fee)
    return [
        f"{order.reference}\t", f"{order.number}\t", kind, order.subject, local(order.created), local(line.at), "", "",
        "", "", "*宇(159****5620)\t", moved, moved, "0.00", "0.00", "0.00", "0.00", "0.00", "", "0.00", "0.00",
        f"{number}\t", fee, "0.00", "",
    ]  # fmt: skip


class GbkName(zipfile.ZipInfo):
    """An entry whose name is in GBK and not marked as anything else, as the provider's packer writes it."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802 - called so by the library
        return self.filename.encode("gbk"), self.flag_bits & ~0x800


def alipay_zip(lines: Sequence[Line], day: date) -> bytes:
    """The zip: a detail file and a summary, both GBK, with names in GBK as well."""
    packed, start = io.BytesIO(), f"{Alipay.seller_id}0156_{day:%Y%m%d}"
    paid = sum(line.minor for line in lines if not line.refund)
    back = sum(line.minor for line in lines if line.refund)
    totals = f"#支付宝业务汇总查询\r\n合计,{len(lines)},{yuan(paid - back)}\r\n"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        for name, text in (("业务明细", alipay_csv(lines, day)), ("业务明细(汇总)", totals)):
            info = GbkName(f"{start}_{name}.csv", (2026, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(info, text.encode("gbk", "replace"))
    return packed.getvalue()


def wechat_csv(lines: Sequence[Line]) -> bytes:
    """All rows, a backtick before every cell, two lines of totals at the end, in UTF-8 behind a mark."""
    rows = [WECHAT_HEAD]
    rows += [",".join(f"`{cell}" for cell in _wechat_cells(line)) for line in lines]
    paid = sum(line.minor for line in lines if not line.refund)
    back = sum(line.minor for line in lines if line.refund)
    fees = sum(-line.fee if line.refund else line.fee for line in lines)
    sums = (str(len(lines)), yuan(paid), yuan(back), "0.00", f"{yuan(fees)}000", yuan(paid), yuan(back))
    rows += [WECHAT_SUMS, ",".join(f"`{cell}" for cell in sums)]
    return ("\ufeff" + "\r\n".join(rows) + "\r\n").encode()


def _wechat_cells(line: Line) -> list[str]:
    order, refund = line.order, line.refund
    kind = "NATIVE" if order.way == "shown" else "MICROPAY"
    back, paid = (yuan(line.minor), "0.00") if refund else ("0.00", yuan(line.minor))
    reversed_ = refund is not None and refund.number.startswith("REVERSE")
    state = ("REVOKED" if reversed_ else "REFUND") if refund else "SUCCESS"
    fee = f"{yuan(-line.fee if refund else line.fee)}000"
    return [
        local(line.at), WeChat.appid, WeChat.mchid, "0", "", order.reference, order.number,
        "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", kind, state, "OTHERS", "CNY", paid, "0.00",
        refund.reference if refund else "0", refund.number if refund else "0", back, "0.00",
        "ORIGINAL" if refund else "", str(refund.stage) if refund else "", order.subject.replace(",", " "), "", fee,
        f"{FEE_BP / 100:.2f}%", paid, back, "",
    ]  # fmt: skip
