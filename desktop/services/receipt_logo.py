"""The logo on top of receipts."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import delete, insert

from desktop.basics.errors import Unavailable
from desktop.basics.i18n import N_
from desktop.basics.logos import LARGEST_FILE, black_dots, check_dots
from desktop.models.people import Permission
from desktop.models.print_jobs import ReceiptLogo
from desktop.shop.action import action
from desktop.shop.work import Work


def read_logo(path: Path) -> bytes:
    """The picture in this file as black dots; slow for large ones. Raises `ShopError`."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise Unavailable(N_("The file {name} can’t be read."), name=path.name) from error
    return black_dots(data)


@action(permission=Permission.SETTINGS)
def set_receipt_logo(work: Work, png: bytes) -> None:
    """Put this picture (made by `black_dots`) on top of receipts; an empty one takes the logo away."""
    if png:
        check_dots(png)
    work.rows(delete(ReceiptLogo))
    if png:
        work.rows(insert(ReceiptLogo).values(png=png, at=work.now))
    work.touch("receipt_logo", 0)
    work.note(logo_bytes=len(png))


__all__ = ["read_logo", "set_receipt_logo"]
