"""The screens there are, in the order of the side bar; each is imported when first opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop.basics.i18n import N_


@dataclass(frozen=True)
class Entry:
    """One screen: its words, where it stands, the right it needs, and the key after G.

    One that stands `under` another is reached by the bar above both, not by the side bar.
    """

    key: str
    words: str
    group: str
    icon: str
    right: str = ""
    letter: str = ""
    under: str = ""

    def build(self, context: Any) -> QWidget:
        """Import and make the screen."""
        module = import_module(f"desktop.views.{self.key}.screen")
        made: QWidget = getattr(module, f"{self.key.title().replace('_', '')}Screen")(context)
        return made


GROUPS = {"": "", "business": N_("Business"), "customers": N_("Customers"), "system": N_("System")}
SCREENS = (
    Entry("dashboard", N_("Home"), "", "home-5", "see figures", "H"),
    Entry("orders", N_("Orders"), "business", "file-list-3", "see order status", "O"),
    Entry(
        "aftersales", N_("After-sales"), "business", "customer-service-2", "see order status", under="orders"
    ),
    Entry("figures", N_("Statistics"), "business", "bar-chart-2", "see figures", under="orders"),
    Entry("products", N_("Products"), "business", "price-tag-3", "browse goods", "G"),
    Entry("prices", N_("Prices"), "business", "money-cny-circle", "see stock", under="products"),
    Entry("reviews", N_("Reviews"), "business", "star-smile", "edit goods", under="products"),
    Entry("inventory", N_("Inventory"), "business", "archive", "see stock", "I"),
    Entry("buying", N_("Purchasing"), "business", "truck", "buy goods", under="inventory"),
    Entry("imports", N_("Imports"), "business", "upload-cloud-2", "import", "", "orders"),
    Entry("stocktakes", N_("Stocktakes"), "business", "clipboard", "count stock", under="inventory"),
    Entry("transfers", N_("Transfers"), "business", "arrow-left-right", "see stock", under="inventory"),
    Entry("movements", N_("Movements"), "business", "history", "see stock", under="inventory"),
    Entry("batches", N_("Batches"), "business", "calendar-event", "see stock", under="inventory"),
    Entry("setaside", N_("Campaign stock"), "business", "archive-drawer", "see stock", under="inventory"),
    Entry("payments", N_("Payments"), "business", "wallet-3", "see payments", "P"),
    Entry("reconcile", N_("Reconciliation"), "business", "scales-3", "see payments", under="payments"),
    Entry("cash", N_("Cash sessions"), "business", "safe-2", "keep the cash", under="payments"),
    Entry("members", N_("Members"), "customers", "vip-crown", "see members", "M"),
    Entry("rules", N_("Automation"), "system", "flashlight", "see rules", "A"),
    Entry("settings", N_("Settings"), "system", "settings-3", "", "S"),
)


def allowed(rights: frozenset[str]) -> tuple[Entry, ...]:
    """The screens somebody with these rights may open; where the head of a family is not among them, they stand alone."""
    found = [entry for entry in SCREENS if not entry.right or entry.right in rights]
    keys = {entry.key for entry in found}
    return tuple(entry if entry.under in keys else replace(entry, under="") for entry in found)


def family(entries: Mapping[str, Entry], key: str) -> tuple[Entry, ...]:
    """The screens that share one place of the side bar with this one, itself among them."""
    head = entries[key].under or key
    return tuple(entry for entry in entries.values() if head in (entry.key, entry.under))
