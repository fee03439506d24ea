"""What an import, its state and its parts are called."""

from desktop.basics.i18n import N_, _
from desktop.queries.imports import RunRow
from desktop.services.imports.desk import WORDS
from desktop.views.common.cells import BadgeCell

STEPS = (N_("File"), N_("Columns"), N_("Check"), N_("Import"))
HINTS = {
    "orders": N_("Orders of another system: history that moves no stock"),
    "goods": N_("New goods are made, known ones brought up to date"),
    "members": N_("Found again by phone number, with the points they bring"),
    "stock": N_("What was counted; the differences become movements"),
    "prices": N_("New prices for goods the shop has"),
    "suppliers": N_("Found again by code or name, with contact, terms and delivery days"),
    "supplier-prices": N_("What a pack costs where; the supplier must be there"),
}
ICONS = {
    "orders": "file-list-3-line", "goods": "price-tag-3-line", "members": "vip-crown-line", "stock": "archive-line",
    "prices": "money-cny-circle-line", "suppliers": "truck-line", "supplier-prices": "price-tag-3-line",
}  # fmt: skip
SUBJECTS = {
    "order": N_("Orders"), "goods": N_("Goods"), "member": N_("Members"), "stock": N_("Counts"), "price": N_("Prices"),
    "supplier": N_("Suppliers"), "supplier price": N_("Suppliers’ prices"),
}  # fmt: skip


def kind_word(kind: str) -> str:
    """`stock` → Counted stock."""
    return _(WORDS[kind]) if kind in WORDS else kind


def state_badge(run: RunRow) -> BadgeCell:
    """What became of an import."""
    words = {
        "done": (_("Imported"), "success", "done"),
        "stopped": (_("Stopped half-way"), "warn", "half"),
        "running": (_("Under way or broken off"), "info", "half"),
        "undone": (_("Taken back"), "neutral", "closed"),
        "partly": (_("Taken back in part"), "warn", "alert"),
    }
    return BadgeCell(*words.get(run.state, (run.state, "neutral", "")))


def numbered(count: int) -> str:
    """`1,204`."""
    return f"{count:,}"
