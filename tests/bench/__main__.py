"""`python -m tests.bench [--json] [name …]`: measure, compare with the bars, say what does not hold."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys

PARTS = (
    "checkout",
    "pay",
    "search",
    "kiosk_scan",
    "lists",
    "imports",
    "reconcile",
    "phone",
    "news",
    "rules",
    "forecast",
    "start",
)


def main() -> int:
    """Measure the parts asked for (all without a name); exit 1 when a bar does not hold."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    parser = argparse.ArgumentParser(prog="dev.py bench")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("parts", nargs="*", default=[], metavar="PART")
    chosen = parser.parse_args()
    figures = []
    for part in chosen.parts or PARTS:
        if not chosen.json:
            print(f"measuring {part} …", file=sys.stderr, flush=True)
        figures += importlib.import_module(f"tests.bench.{part}").measure()
    if chosen.json:
        rows = [
            {"name": f.name, "value": round(f.value, 3), "unit": f.unit, "bar": f.bar, "holds": f.holds}
            for f in figures
        ]
        print(json.dumps({"figures": rows}, ensure_ascii=False, indent=2))
    else:
        for f in figures:
            bar = "" if f.bar is None else f"≤ {f.bar:g} {'holds' if f.holds else 'DOES NOT HOLD'}"
            print(f"{f.value:10.2f} {f.unit:6} {bar:24} {f.name}")
    return 0 if all(f.holds for f in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
