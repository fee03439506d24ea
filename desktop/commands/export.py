"""`zhanggui export`: a list of the shop as a CSV or XLSX file."""

from __future__ import annotations

import argparse
from pathlib import Path

from desktop.basics.i18n import N_, _
from desktop.commands.places import chosen_place, opened
from desktop.commands.say import WrongUse, answer

ENDINGS = (".csv", ".xlsx")


def run(arguments: argparse.Namespace) -> int:
    """Write the list; an existing file is replaced only when the new one is complete."""
    path = Path(arguments.to)
    if path.suffix.lower() not in ENDINGS:
        raise WrongUse(N_("The name {name} should end in .csv or .xlsx."), name=path.name)
    if not path.resolve().parent.is_dir():
        raise WrongUse(
            N_("The folder {folder} does not exist. Create it first or choose another."), folder=path.parent
        )
    count = _write(arguments.kind, chosen_place(arguments.database), path)
    words = _("{count} rows written to {place}.").format(count=f"{count:,}", place=path)
    answer(arguments, {"ok": True, "kind": arguments.kind, "rows": count, "file": str(path)}, words)
    return 0


def _write(kind: str, address: str, path: Path) -> int:
    from desktop.queries.order_search import OrderFilter
    from desktop.queries.payments import PaymentFilter
    from desktop.queries.products import ProductFilter
    from desktop.queries.shell import shop_card
    from desktop.services.export import Progress, export_orders, export_payments
    from desktop.services.goods_export import export_goods
    from desktop.services.member_export import export_members

    with opened(address) as shop:
        match kind:
            case "orders":
                return export_orders(shop, OrderFilter(), path, Progress())
            case "payments":
                return export_payments(shop, PaymentFilter(days=None), path, Progress())
            case "members":
                return export_members(shop, path, shop.ask(shop_card).currency, Progress())
            case _:
                return export_goods(shop, ProductFilter(), path, Progress())
