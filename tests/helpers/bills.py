"""Bills as providers write them, made by hand: what a row is called, in which encoding, with which totals."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from desktop.services.statements.unpacking import Packed

DAY = date(2026, 11, 20)
ZONE = ZoneInfo("Asia/Shanghai")
SELLER, MERCHANT = "2088000111222333", "1900000109"


@dataclass(frozen=True)
class Line:
    """One row of a bill (minor units); a refund names the payment it belongs to by `number` and `reference`."""

    number: str
    reference: str
    minor: int
    at: str = "12:00:00"
    fee: int = 0
    order: int | None = None
    refund: str = ""  # our number of the refund; makes it a refund
    refund_reference: str = ""
    state: str = ""
    remark: str = ""
    days: int = 0  # after the bill's day


def yuan(minor: int) -> str:
    """Minor units as the provider writes them."""
    sign = "-" if minor < 0 else ""
    return f"{sign}{abs(minor) // 100}.{abs(minor) % 100:02d}"


def _when(line: Line, day: date) -> str:
    return f"{datetime.combine(day + timedelta(days=line.days), datetime.min.time(), tzinfo=ZONE):%Y-%m-%d} {line.at}"


ALIPAY_HEAD = (
    "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,"
    "商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,"
    "卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注"
)


def alipay_csv(
    lines: Sequence[Line], day: date = DAY, account: str = SELLER, *, end: bool = True, add: int = 0
) -> bytes:
    """The detail table in GBK; `end=False` cuts it off, `add` falsifies its total."""
    out = ["#支付宝业务明细查询", f"#账号：[{account}0156]"]
    out.append(
        f"#起始日期：[{day:%Y年%m月%d日} 00:00:00]   终止日期：[{day + timedelta(days=1):%Y年%m月%d日} 00:00:00]"
    )
    out += ["#-----------------业务明细列表----------------", ALIPAY_HEAD]
    for line in lines:
        sign, when = (-1 if line.refund else 1), _when(line, day)
        kind, order = ("退款" if line.refund else "交易"), line.minor if line.order is None else line.order
        cells = [
            f"{line.reference}\t",
            f"{line.number}\t",
            kind,
            '"茶叶, 100g"',
            when,
            when,
            "",
            "",
            "",
            "",
            "a***@x.com",
        ]
        cells += (
            [yuan(sign * order), yuan(sign * line.minor)]
            + ["0.00"] * 5
            + ["", "0.00", "0.00", f"{line.refund}\t"]
        )
        out.append(",".join([*cells, yuan(-sign * line.fee), "0.00", line.remark]))
    if end:
        paid, back = [x for x in lines if not x.refund], [x for x in lines if x.refund]
        out.append("#-----------------业务明细列表结束----------------")
        total = sum(x.minor for x in paid) + add
        out.append(f"#交易合计：{len(paid)}笔，商家实收共{yuan(total)}元，商家优惠共0.00元")
        out.append(
            f"#退款合计：{len(back)}笔，商家实收退款共{yuan(-sum(x.minor for x in back))}元，商家优惠退款共0.00元"
        )
        out.append("#导出时间：[2026年11月21日 09:12:00]")
    return ("\r\n".join(out) + "\r\n").encode("gb18030")


class _OwnCodePage(zipfile.ZipInfo):
    """A member named in GBK without the mark for UTF-8, as Alipay's are."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:
        return self.filename.encode("gb18030"), self.flag_bits


def alipay_zip(lines: Sequence[Line], day: date = DAY, account: str = SELLER, add: int = 0) -> Packed:
    """The zip Alipay offers for download: detail and summary, with GBK names and no mark for them."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (
            ("业务明细", alipay_csv(lines, day, account, add=add)),
            ("业务明细(汇总)", b"#\r\n"),
        ):
            archive.writestr(_OwnCodePage(f"{account}_{day:%Y%m%d}_{name}.csv"), data)
    return Packed(file.getvalue(), f"{day:%Y%m%d}.csv.zip")


WECHAT_HEAD = {
    "all": "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注",
    "pay": "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,"
    "应结订单金额,代金券金额,商品名称,商户数据包,手续费,费率,订单金额,费率备注",
    "refund": "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,"
    "货币种类,应结订单金额,代金券金额,退款申请时间,退款成功时间,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,"
    "订单金额,申请退款金额,费率备注",
}
TOTALS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"


def wechat_csv(
    lines: Sequence[Line],
    day: date = DAY,
    merchant: str = MERCHANT,
    *,
    variant: str = "all",
    add: int = 0,
    end: bool = True,
) -> bytes:
    """The trade bill as WeChat Pay sends it unpacked: BOM, backticks, totals in the last two lines."""
    out, heads = [WECHAT_HEAD[variant]], WECHAT_HEAD[variant].split(",")
    told = [x for x in lines if variant == "all" or bool(x.refund) == (variant == "refund")]
    for line in told:
        out.append(",".join(f"`{_wechat_cell(head, line, day, merchant)}" for head in heads))
    settled = sum(0 if x.refund else x.minor for x in told) + add
    back = sum(x.minor for x in told if x.refund)
    if end:
        fees = sum(-x.fee if x.refund else x.fee for x in told)
        out.append(TOTALS)
        out.append(
            ",".join(
                f"`{v}"
                for v in (len(told), yuan(settled), yuan(back), "0.00", yuan(fees), yuan(settled), yuan(back))
            )
        )
    return b"\xef\xbb\xbf" + ("\r\n".join(out) + "\r\n").encode()


def _wechat_cell(head: str, line: Line, day: date, merchant: str) -> str:
    order = line.minor if line.order is None else line.order
    cells = {
        "交易时间": _when(line, day), "公众账号ID": "wx0000", "商户号": merchant, "特约商户号": "0",
        "微信订单号": line.reference, "商户订单号": line.number, "用户标识": "o-abc", "交易类型": "MICROPAY",
        "交易状态": line.state or ("REFUND" if line.refund else "SUCCESS"), "付款银行": "OTHERS", "货币种类": "CNY",
        "应结订单金额": "0.00" if line.refund else yuan(line.minor), "代金券金额": "0.00",
        "退款申请时间": _when(line, day), "退款成功时间": _when(line, day),
        "微信退款单号": (line.refund_reference or f"50{line.refund}") if line.refund else "0",
        "商户退款单号": line.refund or "0", "退款金额": yuan(line.minor if line.refund else 0),
        "充值券退款金额": "0.00", "退款类型": "ORIGINAL" if line.refund else "", "退款状态": "SUCCESS" if line.refund else "",
        "商品名称": "茶叶, 100g", "手续费": f"{yuan(-line.fee if line.refund else line.fee)}000", "费率": "0.38%",
        "订单金额": yuan(0 if line.refund else order), "申请退款金额": yuan(line.minor if line.refund else 0),
        "费率备注": line.remark,
    }  # fmt: skip
    return cells.get(head, "")


def wechat(lines: Sequence[Line], day: date = DAY, merchant: str = MERCHANT, **more: object) -> Packed:
    """The same as a downloaded file."""
    return Packed(wechat_csv(lines, day, merchant, **more), f"{merchant}All{day:%Y-%m-%d}.csv")  # type: ignore[arg-type]
