"""O19: every next step an order's verbs may name is a button on the desktop."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.sources import ROOT

VERBS = (
    "orders", "order_conditions", "order_queue", "fulfilment", "leaving", "cancelling", "pickup", "set_aside",
)  # fmt: skip
OF_THE_KIOSK = {"change_points"}  # points are chosen at the till only
OF_OTHER_ROOMS = {"finish_stocktake", "drop_campaign"}


def named(source: str) -> set[str]:
    """The keys of next steps in a module."""
    return {
        str(keyword.value.value)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "next_step" and isinstance(keyword.value, ast.Constant)
    }


def taught(source: str) -> set[str]:
    """The keys a view teaches: by `offer_step`, or in a sheet's own `steps`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Tuple, ast.Dict)):
            first = node.elts[:1] if isinstance(node, ast.Tuple) else node.keys
            found |= {
                key.value for key in first if isinstance(key, ast.Constant) and isinstance(key.value, str)
            }
    return found


def wanted() -> set[str]:
    """All that can come up while orders are handled on the desktop."""
    services = ROOT / "desktop" / "services"
    paths = [services / f"{name}.py" for name in VERBS] + [
        services / "posting.py",
        ROOT / "desktop/shop/trouble.py",
    ]
    keys = set().union(*(named(path.read_text(encoding="utf-8")) for path in paths))
    return keys - OF_THE_KIOSK - OF_OTHER_ROOMS


def known() -> set[str]:
    """All that the orders screen and its sheets teach."""
    views = ROOT / "desktop" / "views"
    paths = [*(views / "orders").glob("*.py"), views / "common" / "dialogs.py"]
    return set().union(*(taught(path.read_text(encoding="utf-8")) for path in paths))


@pytest.mark.req("O19")
def test_every_next_step_of_an_order_is_a_button() -> None:
    assert {"change_quantity", "choose_member", "refund", "release", "look_again", "retry"} <= wanted()
    assert wanted() - known() == set()


def test_control_a_step_nobody_teaches_is_seen() -> None:
    assert named('raise Refused("x", next_step="stand on your head")') == {"stand on your head"}
    assert "stand on your head" not in known()
