"""`python -m tests.simulators --port 8900`: the providers for a shop in another process, until the input ends."""

from __future__ import annotations

import argparse
import json
import sys
import threading
from datetime import datetime

from tests.simulators.control import ROOM, PayOffice


def main() -> int:
    """Open, say where and with which keys in one line of JSON, and stay."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulators", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--clock", help="begin at this moment (ISO 8601), as the shop's clock does")
    parser.add_argument("--with-stdin", action="store_true", help="end when the input ends")
    arguments = parser.parse_args()
    office = PayOffice().open(arguments.port)
    if arguments.clock:
        office.set_clock(datetime.fromisoformat(arguments.clock))
    print(
        json.dumps({"base": office.base, "control": office.base + ROOM, "account": office.account()}),
        flush=True,
    )
    try:
        if arguments.with_stdin:
            sys.stdin.read()
        else:
            threading.Event().wait()
    except KeyboardInterrupt:
        pass
    office.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
