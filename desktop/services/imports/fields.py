"""What an import can take in: the fields of each kind of table, the headings they go by, how a cell is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from desktop.basics.errors import Malformed, ShopError
from desktop.basics.i18n import N_, _
from desktop.basics.money import Money, parse_quantity
from desktop.basics.words import clean_phone

Parse = Callable[[str, "Setting"], Any]
LONGEST_TEXT = 200


@dataclass(frozen=True, slots=True)
class Setting:
    """What cells are read with: the shop's currency and zone."""

    currency: str
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a row can say; `names` are headings in lower case."""

    key: str
    parse: Parse
    names: tuple[str, ...]
    required: bool = False  # the column must be there
    may_be_empty: bool = False  # … though a cell of it need not say anything


@dataclass(frozen=True, slots=True)
class TableKind:
    """One kind of table an import knows."""

    key: str
    fields: tuple[Field, ...]

    def field(self, key: str) -> Field:
        """A field by its key. Raises `Malformed`."""
        for field in self.fields:
            if field.key == key:
                return field
        raise Malformed(
            N_("“{field}” is not something this import knows. Use one of: {known}."),
            field=key,
            known=", ".join(f.key for f in self.fields),
        )


def text(cell: str, _setting: Setting) -> str:
    """Plain text: trimmed, no control characters, not endless."""
    cleaned = re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", cell).strip()
    if len(cleaned) > LONGEST_TEXT:
        raise ShopError(N_("The text is longer than {most} characters."), most=LONGEST_TEXT)
    return cleaned


_SHORTENED = re.compile(r"\d(?:\.\d+)?[eE]\+\d{1,2}")


def code_text(cell: str, setting: Setting) -> str:
    """A barcode or number as text; one a spreadsheet has shortened to 6.9E+12 has lost its digits."""
    cleaned = text(cell, setting).lstrip("'")
    if _SHORTENED.fullmatch(cleaned):
        raise ShopError(
            N_("“{text}” was shortened by a spreadsheet. Format the column as text and fill it in again."),
            text=cleaned,
        )
    return cleaned


def phone(cell: str, _setting: Setting) -> str:
    """The digits of a phone number."""
    digits = clean_phone(cell)
    if not re.fullmatch(r"\d{6,15}", digits):
        raise ShopError(N_("“{text}” is not a phone number. Type all its digits."), text=cell.strip()[:20])
    return digits


def whole(cell: str, _setting: Setting) -> int:
    """A number of points: whole and not negative."""
    cleaned = cell.strip().replace(",", "")
    if not re.fullmatch(r"\d{1,9}(\.0*)?", cleaned):
        raise ShopError(N_("“{text}” is not a whole number."), text=cell.strip()[:20])
    return int(cleaned.split(".")[0])


GENDERS = {"f": "f", "female": "f", "女": "f", "女士": "f", "m": "m", "male": "m", "男": "m", "先生": "m"}


def gender(cell: str, _setting: Setting) -> str:
    """Ms or Mr."""
    if cell.strip().lower() not in GENDERS:
        raise ShopError(N_("Choose Ms, Mr or neither."))
    return GENDERS[cell.strip().lower()]


def day(cell: str, setting: Setting) -> str:
    """A day as ISO text."""
    return f"{moment(cell, setting).astimezone(setting.zone):%Y-%m-%d}"


def long_text(cell: str, _setting: Setting) -> str:
    """A message: as text, but cut instead of refused."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", "", cell).strip()[:4_000]


def price(cell: str, setting: Setting) -> int:
    """An amount of money that is not negative, in minor units. More digits than the currency has are rounded half up."""
    cleaned = cell.strip()
    if re.fullmatch(r"\d+\.\d+", cleaned):
        whole, part = cleaned.split(".")
        cleaned = f"{whole}.{part.rstrip('0') or '0'}"
    amount = Money.parse(cleaned, setting.currency).amount
    if amount < 0:
        raise ShopError(N_("A price can’t be negative."))
    if amount > 10**11:
        raise ShopError(N_("The price {price} is too large to be true."), price=cleaned)
    return amount


def quantity(cell: str, _setting: Setting) -> int:
    """A quantity in thousandths, above zero."""
    milli = parse_quantity(cell)
    if milli <= 0:
        raise ShopError(
            N_("The quantity {qty} is not above zero; returns are refunded on their order."), qty=cell.strip()
        )
    if milli > 10**9:
        raise ShopError(N_("The quantity {qty} is too large to be true."), qty=cell.strip())
    return milli


def stock(cell: str, _setting: Setting) -> int:
    """Stock in thousandths, not negative."""
    milli = parse_quantity(cell)
    if not 0 <= milli <= 10**11:
        raise ShopError(N_("The stock {qty} is not possible."), qty=cell.strip())
    return milli


_FORMATS = (
    "%Y年%m月%d日",
    "%Y年%m月%d日 %H:%M",
    "%Y.%m.%d",
    "%Y%m%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d",
)


def moment(cell: str, setting: Setting) -> datetime:
    """A local time of the shop, given back in UTC."""
    cleaned = cell.strip()
    try:
        value = datetime.fromisoformat(cleaned)
    except ValueError:
        value = _other_format(cleaned)
    if not 1990 <= value.year <= 2100:
        raise ShopError(N_("“{text}” is not a date of this shop."), text=cleaned[:30])
    return (value if value.tzinfo else value.replace(tzinfo=setting.zone)).astimezone(UTC)


def _other_format(cleaned: str) -> datetime:
    for form in _FORMATS:
        try:
            return datetime.strptime(cleaned, form)  # noqa: DTZ007 - the zone is the shop's, added by the caller
        except ValueError:
            continue
    raise ShopError(N_("“{text}” is not a date. Write it like 2026-11-21 15:04."), text=cleaned[:30])


def score(cell: str, _setting: Setting) -> int:
    """A rating of 1 to 5."""
    if cell.strip() not in {"1", "2", "3", "4", "5"}:
        raise ShopError(N_("A rating is a number from 1 to 5."))
    return int(cell)


GOODS = TableKind("goods", (
    Field("name", text, ("name", "商品名称", "单品名称", "名称", "品名", "product", "product_name", "title"), required=True),
    Field("barcode", code_text, ("barcode", "条码", "条形码", "商品条码", "ean", "gtin", "upc")),
    Field("code", code_text, ("code", "sku", "编码", "货号", "商品编码", "单品编码", "product_id")),
    Field("price", price, ("out_price", "price", "售价", "零售价", "单价", "价格", "retail_price")),
    Field("cost", price, ("in_price", "cost", "进价", "成本", "成本价", "采购价")),
    Field("unit", text, ("unit", "单位")),
    Field("stock", stock, ("stock", "库存", "库存数量", "数量", "qty")),
    Field("category", text, ("category", "分类", "分类名称", "类别", "product_category_name")),
    Field("pack", text, ("pack", "规格")),
    Field("origin", text, ("origin", "产地")),
    Field("note", text, ("note", "备注", "remark")),
))  # fmt: skip
ORDERS = TableKind("orders", (
    Field("ref", code_text, ("order_id", "订单id", "订单编号", "订单号", "order_no", "order number"), required=True),
    Field("placed", moment, ("order_purchase_timestamp", "订单创建时间", "下单时间", "placed_at", "created_at", "date"), required=True),
    Field("status", text, ("order_status", "订单状态", "状态", "status")),
    Field("customer", text, ("customer_id", "会员id", "客户id", "member")),
    Field("paid_at", moment, ("order_approved_at", "订单付款时间", "付款时间", "paid_at")),
    Field("shipped_at", moment, ("order_delivered_carrier_date", "发货时间", "shipped_at")),
    Field("done_at", moment, ("order_delivered_customer_date", "完成时间", "签收时间", "done_at")),
    Field("total", price, ("总金额", "total", "amount")),
    Field("paid", price, ("买家实际支付金额", "实付", "paid")),
))  # fmt: skip
LINES = TableKind("lines", (
    Field("ref", code_text, ("order_id", "订单id", "订单编号", "订单号"), required=True),
    Field("goods", code_text, ("product_id", "商品id", "商品编码", "货号", "条码", "sku"), required=True),
    Field("price", price, ("price", "单价", "售价"), required=True),
    Field("qty", quantity, ("qty", "quantity", "销量", "数量")),
    Field("freight", price, ("freight_value", "运费")),
    Field("placed", moment, ("成交时间", "placed_at")),
    Field("shop", text, ("门店编号", "store", "shop")),
    Field("category", text, ("类别id", "category_id")),
    Field("customer", text, ("customer_id", "会员id", "客户id")),
))  # fmt: skip
MEMBERS = TableKind("members", (
    Field("phone", phone, ("phone", "手机", "手机号", "手机号码", "电话", "会员手机", "mobile"), required=True),
    Field("name", text, ("name", "姓名", "会员姓名", "会员", "客户")),
    Field("gender", gender, ("gender", "性别")),
    Field("birthday", day, ("birthday", "生日", "出生日期")),
    Field("tier", text, ("tier", "等级", "会员等级")),
    Field("points", whole, ("points", "积分", "当前积分")),
    Field("email", text, ("email", "邮箱", "e-mail")),
    Field("note", text, ("note", "备注", "remark")),
    Field("person", text, ("member_id", "会员编号", "会员卡号", "卡号")),
))  # fmt: skip
COUNTS = TableKind("stock", (
    Field("code", code_text, ("code", "sku", "编码", "货号", "商品编码", "单品编码")),
    Field("barcode", code_text, ("barcode", "条码", "条形码", "商品条码", "ean")),
    Field("name", text, ("name", "商品名称", "名称", "品名")),
    Field("counted", stock, ("counted", "stock", "qty", "盘点数", "实盘", "库存", "库存数量", "现有库存", "数量"), required=True),
    Field("location", text, ("location", "仓位", "仓库", "位置")),
))  # fmt: skip
PRICES = TableKind("prices", (
    Field("code", code_text, ("code", "sku", "编码", "货号", "商品编码", "单品编码")),
    Field("barcode", code_text, ("barcode", "条码", "条形码", "商品条码", "ean")),
    Field("name", text, ("name", "商品名称", "名称", "品名")),
    Field("price", text, ("price", "售价", "新价", "零售价", "单价", "价格"), required=True),
    Field("list", text, ("price_list", "list", "价格表")),
))  # fmt: skip
PAYMENTS = TableKind("payments", (
    Field("ref", text, ("order_id", "订单id", "订单编号"), required=True),
    Field("method", text, ("payment_type", "支付方式", "method"), required=True),
    Field("amount", price, ("payment_value", "支付金额", "amount"), required=True),
    Field("number", text, ("payment_sequential", "流水号")),
))  # fmt: skip
REVIEWS = TableKind("reviews", (
    Field("review", text, ("review_id", "评价id"), required=True),
    Field("ref", text, ("order_id", "订单id", "订单编号"), required=True),
    Field("score", score, ("review_score", "评分"), required=True),
    Field("title", long_text, ("review_comment_title", "标题")),
    Field("message", long_text, ("review_comment_message", "评价内容")),
    Field("at", moment, ("review_creation_date", "评价时间")),
))  # fmt: skip
CUSTOMERS = TableKind("customers", (
    Field("customer", text, ("customer_id", "客户id"), required=True),
    Field("person", text, ("customer_unique_id", "会员编号"), required=True),
    Field("city", text, ("customer_city", "城市")),
))  # fmt: skip
CATALOGUE = TableKind("catalogue", (
    Field("goods", text, ("product_id",), required=True),
    Field("category", text, ("product_category_name",), required=True, may_be_empty=True),
))  # fmt: skip
FIELD_WORDS = {
    "name": N_("Name"), "barcode": N_("Barcode"), "code": N_("Code"), "price": N_("Price"), "cost": N_("Cost"),
    "unit": N_("Unit"), "stock": N_("Stock"), "category": N_("Category"), "pack": N_("Pack"), "origin": N_("Origin"),
    "note": N_("Note"), "ref": N_("Order number elsewhere"), "placed": N_("Placed"), "status": N_("Status"),
    "customer": N_("Customer number elsewhere"), "paid_at": N_("Paid at"), "shipped_at": N_("Shipped at"),
    "done_at": N_("Done at"), "total": N_("Total"), "paid": N_("Paid"), "goods": N_("Goods: code or barcode"),
    "qty": N_("Quantity"), "freight": N_("Freight"), "shop": N_("Shop number elsewhere"), "method": N_("Payment method"),
    "amount": N_("Amount"), "number": N_("Number"), "review": N_("Review number"), "score": N_("Score"),
    "title": N_("Title"), "message": N_("Message"), "at": N_("Time"), "person": N_("Member number elsewhere"),
    "city": N_("City"), "phone": N_("Phone"), "gender": N_("Gender"), "birthday": N_("Birthday"), "tier": N_("Tier"),
    "points": N_("Points"), "email": N_("E-mail"), "counted": N_("Counted"), "location": N_("Location"),
    "list": N_("Price list"), "supplier": N_("Supplier"), "contact": N_("Contact"), "address": N_("Address"),
    "terms": N_("Payment terms"), "lead_days": N_("A delivery takes"), "order_days": N_("Days orders are taken"),
    "cut_off": N_("Orders until"), "least": N_("Least order value"), "from_packs": N_("From packs"),
    "their_code": N_("Their code"), "preferred": N_("Buy these goods here"),
}  # fmt: skip


def field_word(kind: TableKind, key: str) -> str:
    """What a field is called: a member has a name, goods have a product name, a supplier asks for a pack."""
    if kind.key == "supplier-prices" and key in ("pack", "price"):
        return _("One pack holds") if key == "pack" else _("Price of a pack")
    return (
        _("Product name")
        if key == "name" and kind.key not in ("members", "suppliers")
        else _(FIELD_WORDS[key])
    )


ORDER_TABLES = (LINES, PAYMENTS, REVIEWS, CUSTOMERS, CATALOGUE, ORDERS)  # the most telling first


def guess(kind: TableKind, columns: Sequence[str], given: Mapping[str, str]) -> dict[str, int]:
    """Field key → column index, from the headings and from what the person said (`column=field`, no field: leave it out).

    Raises `Malformed` when a named column is not there.
    """
    plain = [column.strip().lower() for column in columns]
    found: dict[str, int] = {}
    ignored = {column.strip().lower() for column, key in given.items() if not key}
    for column, key in given.items():
        if not key:
            continue
        kind.field(key)
        if column.strip().lower() not in plain:
            raise Malformed(
                N_("There is no column “{column}”. The columns are: {columns}."),
                column=column,
                columns=", ".join(columns),
            )
        found[key] = plain.index(column.strip().lower())
    for field in kind.fields:
        if field.key not in found:
            hits = [plain.index(name) for name in field.names if name in plain and name not in ignored]
            free = [index for index in hits if index not in found.values()]
            if free:
                found[field.key] = free[0]
    return found


def missing(kind: TableKind, mapping: Mapping[str, int]) -> list[str]:
    """Required fields no column was found for."""
    return [field.key for field in kind.fields if field.required and field.key not in mapping]
