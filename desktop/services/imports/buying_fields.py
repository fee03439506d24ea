"""What a list of suppliers and a supplier's price list can say, and how their cells are read."""

from __future__ import annotations

import re

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_
from desktop.services.imports.fields import Field, Setting, TableKind, code_text, price, quantity, text, whole

WEEK = "一二三四五六日"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
YES, NO = ("yes", "y", "1", "true", "是", "√", "✓"), ("no", "n", "0", "false", "否", "×")


def order_days(cell: str, _setting: Setting) -> str:
    """Days of the week from Monday 0, as `024`: read from “Mon, Wed”, “周一、周三”, “1 3 5”."""
    said = cell.strip().lower().replace("天", "日")
    plain = re.sub(r"星期|礼拜|周|[\s,;，、；/.]", "", said)
    names = [word[:3] for word in re.findall(r"[a-z]+", said)]
    if plain and all(char in WEEK for char in plain):
        days = [WEEK.index(char) for char in plain]
    elif plain and all(char in "1234567" for char in plain):
        days = [int(char) - 1 for char in plain]
    elif names and all(name in WEEKDAYS for name in names) and not re.search(r"[^a-z\s,;/.]", said):
        days = [WEEKDAYS.index(name) for name in names]
    else:
        raise ShopError(
            N_("“{text}” are not days of the week. Write them like 1, 3, 5."), text=cell.strip()[:30]
        )
    return "".join(str(day) for day in sorted(set(days)))


def minute_of_day(cell: str, _setting: Setting) -> int:
    """A time of day as its minute."""
    found = re.fullmatch(r"([01]?\d|2[0-3])[:：]([0-5]\d)(:00)?", cell.strip())
    if not found:
        raise ShopError(N_("Type a time of day like 14:30."))
    return int(found[1]) * 60 + int(found[2])


def days(cell: str, setting: Setting) -> int:
    """A number of days, with or without the word."""
    return whole(re.sub(r"\s*(天|日|days?)\s*$", "", cell.strip(), flags=re.IGNORECASE), setting)


def yes_or_no(cell: str, _setting: Setting) -> bool:
    """Whether it is so."""
    said = cell.strip().lower()
    if said not in YES + NO:
        raise ShopError(N_("“{text}” is neither yes nor no."), text=cell.strip()[:20])
    return said in YES


SUPPLIER_NAMES = ("supplier", "supplier_name", "supplier name", "供应商", "供应商名称")
SUPPLIERS = TableKind("suppliers", (
    Field("name", text, (*SUPPLIER_NAMES, "name", "名称", "公司名称"), required=True),
    Field("code", code_text, ("supplier code", "supplier_code", "供应商编码", "供应商编号", "code", "编码", "编号")),
    Field("contact", text, ("contact", "联系人")),
    Field("phone", text, ("phone", "telephone", "电话", "联系电话", "手机", "手机号")),
    Field("email", text, ("email", "邮箱", "e-mail", "电子邮箱")),
    Field("address", text, ("address", "地址")),
    Field("terms", text, ("payment terms", "terms", "付款方式", "结算方式", "账期")),
    Field("lead_days", days, ("a delivery takes", "lead_days", "lead time", "交期", "交货期", "到货天数")),
    Field("order_days", order_days, ("order days", "order_days", "订货日", "下单日")),
    Field("cut_off", minute_of_day, ("orders until", "cut_off", "截单时间")),
    Field("least", price, ("least order value", "least", "起订金额", "起送金额")),
    Field("note", text, ("note", "备注", "remark")),
))  # fmt: skip
SUPPLIER_PRICES = TableKind("supplier-prices", (
    Field("supplier", text, (*SUPPLIER_NAMES, "supplier code", "supplier_code", "供应商编码", "供应商编号"), required=True),
    Field("code", code_text, ("code", "sku", "编码", "货号", "商品编码", "单品编码")),
    Field("barcode", code_text, ("barcode", "条码", "条形码", "商品条码", "ean")),
    Field("name", text, ("goods", "name", "商品", "商品名称", "名称", "品名")),
    Field("price", price, ("price of a pack", "price", "cost", "每包进价", "进价", "采购价", "价格", "单价"), required=True),
    Field("pack", quantity, ("one pack holds", "pack", "每包数量", "包装数量", "箱规")),
    Field("from_packs", whole, ("from packs", "from_packs", "起订包数")),
    Field("their_code", code_text, ("their code", "their_code", "对方货号", "供应商货号")),
    Field("lead_days", days, ("lead_days", "lead time", "交期", "到货天数")),
    Field("preferred", yes_or_no, ("preferred", "buy these goods here", "首选", "默认在这家采购")),
))  # fmt: skip
TELLING = {
    "contact",
    "terms",
    "lead_days",
    "order_days",
    "cut_off",
    "least",
}  # what only a list of suppliers says
