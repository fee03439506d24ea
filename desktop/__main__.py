"""`zhanggui` and `python -m desktop`: read the command line and hand over."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Do what the command line says; 0 fine, 1 a problem found, 2 asked wrongly."""
    from desktop import cli

    arguments = cli.read(sys.argv[1:] if argv is None else argv)
    if isinstance(arguments, int):
        return arguments
    if arguments.command in cli.WINDOWS:
        from desktop import app

        return cli.guarded(app.run, arguments)
    return cli.guarded(cli.run, arguments)


if __name__ == "__main__":
    sys.exit(main())
