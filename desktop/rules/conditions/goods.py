"""Conditions on a product."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, select

from desktop.basics.i18n import N_
from desktop.models.products import Product, ProductTag, Sku, Tag
from desktop.rules.catalogue import Condition, declare
from desktop.rules.parameters import Parameter
from desktop.rules.spec import Values
from desktop.shop.work import Read


def _tagged(_read: Read, values: Values) -> ColumnElement[bool]:
    tags = select(ProductTag.product_id).join(Tag, Tag.id == ProductTag.tag_id)
    return exists(tags.where(ProductTag.product_id == Product.id, Tag.name.in_(values["tags"])))


_GOODS = Parameter("goods", "goods", N_("Goods"), default=[])
declare(
    Condition(
        key="only_goods",
        title=N_("Only these goods"),
        words=N_("it is one of {goods}"),
        parameters=(_GOODS,),
        subject="sku",
        test=lambda _read, v: Sku.id.in_(v["goods"]),
        axis="goods",
        domain=lambda v: frozenset(v["goods"]),
    )
)
declare(
    Condition(
        key="not_goods",
        title=N_("All but these goods"),
        words=N_("it is none of {goods}"),
        parameters=(_GOODS,),
        subject="sku",
        test=lambda _read, v: Sku.id.not_in(v["goods"]),
    )
)
declare(
    Condition(
        key="only_categories",
        title=N_("Only these categories"),
        words=N_("it belongs to {categories}"),
        parameters=(Parameter("categories", "categories", N_("Categories"), default=[]),),
        subject="sku",
        test=lambda _read, v: Product.category_id.in_(v["categories"]),
        axis="category",
        domain=lambda v: frozenset(v["categories"]),
    )
)
declare(
    Condition(
        key="goods_tagged",
        title=N_("Product has a tag"),
        words=N_("the product is tagged {tags}"),
        parameters=(Parameter("tags", "tags", N_("Tags"), default=[]),),
        subject="sku",
        test=_tagged,
    )
)
