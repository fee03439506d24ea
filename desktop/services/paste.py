"""What customers call goods, learned when somebody puts a match right."""

from __future__ import annotations

from sqlalchemy import delete, select

from desktop.basics.errors import Refused
from desktop.basics.i18n import N_
from desktop.models.aliases import ProductAlias
from desktop.models.people import Permission
from desktop.models.products import Sku
from desktop.queries.paste_match import fold
from desktop.shop.action import action
from desktop.shop.work import Work

SHORTEST, LONGEST = 2, 40


@action(permission=Permission.HANDLE_ORDERS)
def learn_names(work: Work, pairs: tuple[tuple[int, str], ...]) -> int:
    """Remember (SKU, what it was called); numbers and endless words are left out. Returns how many are new."""
    made = 0
    for sku_id, said in dict.fromkeys(pairs):
        name = fold(said)
        if not SHORTEST <= len(name) <= LONGEST or name.isdigit():
            continue
        work.get(Sku, sku_id)
        row = {"sku_id": sku_id, "name": name, "learned": True, "at": work.now}
        made += work.offer(ProductAlias, row) is not None
    return made


@action(permission=Permission.EDIT_GOODS)
def name_goods(work: Work, sku_id: int, names: tuple[str, ...]) -> None:
    """Say all other names of a SKU; those not said any more are forgotten."""
    sku = work.get(Sku, sku_id)
    wanted = dict.fromkeys(fold(name) for name in names if name.strip())
    if any(not SHORTEST <= len(name) <= LONGEST for name in wanted):
        raise Refused(N_("Another name has {least} to {most} letters."), least=SHORTEST, most=LONGEST)
    have = set(work.session.scalars(select(ProductAlias.name).where(ProductAlias.sku_id == sku_id)))
    gone = have - wanted.keys()
    if gone:
        work.rows(delete(ProductAlias).where(ProductAlias.sku_id == sku_id, ProductAlias.name.in_(gone)))
    fresh = [name for name in wanted if name not in have]
    work.post(ProductAlias, [{"sku_id": sku_id, "name": n, "learned": False, "at": work.now} for n in fresh])
    work.touch("product", sku.product_id)
