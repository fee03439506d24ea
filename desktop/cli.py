"""The owner's terminal: one command line for the window, the kiosk and everything that needs no screen.

Exit codes: 0 fine, 1 a problem was found, 2 asked wrongly. Errors are one sentence with the next step.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import NoReturn

from desktop.basics.errors import ShopError
from desktop.basics.i18n import N_, _, best_language, set_language
from desktop.commands.say import Problem, WrongUse, failed

WINDOWS = ("window", "kiosk", "tour")  # these open windows; `app` runs them
FINE, PROBLEM, WRONG = 0, 1, 2
EXPORTS = ("goods", "orders", "members", "payments")
IMPORTS = ("goods", "orders", "members", "stock", "prices", "suppliers", "supplier-prices")
RUN_STATES = ("done", "failed", "given_up", "trouble")


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        sentence = N_("That was not understood: {detail}. Type “{help}” to see what is possible.")
        raise WrongUse(sentence, detail=message, help=f"{self.prog} --help")


def _common(*, top: bool) -> _Parser:
    """The options every command takes, before or after its name."""
    absent = None if top else argparse.SUPPRESS
    common = _Parser(add_help=False)
    common.add_argument(
        "--database",
        metavar="URL",
        default=absent,
        help=_("the shop’s database: sqlite:///file.db or postgresql://…"),
    )
    common.add_argument("--lang", metavar="CODE", default=absent, help=_("language: zh_CN or en"))
    common.add_argument(
        "--json",
        action="store_true",
        default=False if top else absent,
        help=_("one JSON object for machines"),
    )
    return common


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    whole = _Parser(
        prog="zhanggui",
        parents=[_common(top=True)],
        description=_("Without a command the shop’s window opens."),
    )
    whole.set_defaults(command="window")
    commands = whole.add_subparsers(metavar=_("COMMAND"))

    def command(name: str, words: str) -> argparse.ArgumentParser:
        part = commands.add_parser(name, help=words, description=words, parents=[_common(top=False)])
        part.set_defaults(command=name)
        return part

    _add_setting_up(command)
    _add_data(command)
    _add_windows(command)
    _add_rules(command)
    command("clock", _("let rules act and messages leave without a window, until Ctrl-C"))
    check = command("verify", _("check that stock, points, money and the audit trail add up"))
    check.add_argument("--repair-search", action="store_true", help=_("build full-text search anew first"))
    command("doctor", _("check this machine and the database"))
    return whole


def _add_setting_up(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    init = command("init", _("set up a shop"))
    init.add_argument(
        "--sample", action="store_true", help=_("the sample shop, with orders and a year of figures")
    )
    init.add_argument("--name", help=_("the shop’s name"))
    init.add_argument("--currency", default="CNY", help=_("its currency, such as CNY"))
    init.add_argument("--owner", help=_("the owner’s name"))
    init.add_argument("--user", default="owner", help=_("the owner’s user name for signing in"))
    init.add_argument(
        "--password-stdin", action="store_true", help=_("read the owner’s password from standard input")
    )


def _add_data(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    bring = command(
        "import", _("bring in orders, goods, members, counted stock, prices or suppliers from files")
    )
    bring.add_argument("kind", choices=IMPORTS)
    bring.add_argument("files", nargs="+", metavar="FILE")
    bring.add_argument(
        "--map", action="append", default=[], metavar=_("COLUMN=FIELD"), help=_("which column holds what")
    )
    bring.add_argument("--dry-run", action="store_true", help=_("only say what would happen"))
    bring.add_argument(
        "--all-or-nothing", action="store_true", help=_("write nothing when a single row is refused")
    )
    bill = command("reconcile", _("match a provider’s bill with the shop’s payments"))
    bill.add_argument("file", metavar="FILE", help=_("the bill as downloaded: zip, CSV or gzip"))
    bill.add_argument("--provider", choices=("alipay", "wechat"), help=_("refuse any other provider’s bill"))
    bill.add_argument("--day", metavar="YYYY-MM-DD", help=_("refuse the bill of any other day"))
    bill.add_argument("--dry-run", action="store_true", help=_("only say what would happen"))
    out = command("export", _("write goods, orders, members or payments to a file"))
    out.add_argument("kind", choices=EXPORTS)
    out.add_argument("--to", required=True, metavar="FILE", help=_("a name that ends in .csv or .xlsx"))


def _add_windows(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    kiosk = command("kiosk", _("open the self-checkout"))
    kiosk.add_argument("--till", metavar="CODE", help=_("which till this is; needed when there are several"))
    turn = kiosk.add_mutually_exclusive_group()
    turn.add_argument(
        "--landscape", dest="portrait", action="store_const", const=False, help=_("wide screen")
    )
    turn.add_argument("--portrait", dest="portrait", action="store_const", const=True, help=_("tall screen"))
    kiosk.add_argument("--windowed", action="store_true", help=_("in a window instead of the full screen"))
    tour = command("tour", _("drive every screen and a whole kiosk sale, and keep pictures"))
    tour.add_argument("--to", required=True, metavar="FOLDER", help=_("where the pictures go"))
    tour.add_argument(
        "--matrix", action="store_true", help=_("also in both themes, both languages and three sizes")
    )
    tour.add_argument(
        "--simulated-pay",
        metavar="ADDRESS",
        help=_("also pay by phone, against a payment simulator that runs at this address of this machine"),
    )


def _add_rules(command: Callable[[str, str], argparse.ArgumentParser]) -> None:
    verbs = command("rules", _("what the shop does by itself")).add_subparsers(
        metavar=_("WHAT"), required=True
    )

    def verb(name: str, words: str) -> argparse.ArgumentParser:
        part = verbs.add_parser(name, help=words, description=words, parents=[_common(top=False)])
        part.set_defaults(verb=name)
        return part

    verb("list", _("the rules, whether they are on, and when they last acted"))
    trial = verb("try", _("what rules would have done in the last days, and will do in the coming ones"))
    trial.add_argument(
        "rule", nargs="?", metavar="RULE", help=_("number, key or name; without it, all that are on")
    )
    trial.add_argument("--days", type=int, default=7, metavar="N", help=_("how many days back and ahead"))
    verb("run-once", _("do now what is due"))
    log = verb("log", _("what rules did"))
    log.add_argument("--rule", metavar="RULE", help=_("only this one: number, key or name"))
    log.add_argument("--days", type=int, default=7, metavar="N", help=_("how many days back"))
    log.add_argument(
        "--state", choices=RUN_STATES, help=_("only what ended so; trouble: everything but done")
    )


def read(words: Sequence[str]) -> argparse.Namespace | int:
    """The arguments, or the exit code when there is nothing to run."""
    _speak(_option(words, "--lang"))
    try:
        return parser().parse_args(words)
    except ShopError as error:
        return failed(error, json_wanted="--json" in words, code=WRONG)
    except SystemExit as leave:  # --help
        return int(leave.code or 0)


def _option(words: Sequence[str], name: str) -> str:
    for i, word in enumerate(words):
        if word == name and i + 1 < len(words):
            return words[i + 1]
        if word.startswith(name + "="):
            return word.partition("=")[2]
    return ""


def _speak(wanted: str) -> None:
    """Use the language asked for, else this machine's, else the system's, else Chinese."""
    from desktop.basics.machine import Machine

    system = os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    code = (
        wanted
        or Machine().get("language", "")
        or ("" if system.startswith(("C.", "POSIX")) or system == "C" else system)
    )
    set_language(best_language(code.partition(".")[0]) if code else "zh_CN")


def guarded(run: Callable[[argparse.Namespace], int], arguments: argparse.Namespace) -> int:
    """Run a command; what goes wrong becomes one sentence and an exit code."""
    try:
        return run(arguments)
    except WrongUse as error:
        return failed(error, json_wanted=arguments.json, code=WRONG)
    except (ShopError, Problem) as error:
        return failed(error, json_wanted=arguments.json, code=PROBLEM)
    except OSError as error:
        said = ShopError(
            N_("{reason}: {place}. Nothing was changed; check the path, the rights and the free space."),
            reason=error.strerror or str(error),
            place=error.filename or "",
        )
        return failed(said, json_wanted=arguments.json, code=PROBLEM)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        return failed(_kept(error), json_wanted=arguments.json, code=PROBLEM)


def _kept(error: Exception) -> ShopError:
    """Our own bug: its details go to a file, a sentence to the person."""
    import traceback

    from desktop.basics.paths import data_folder

    place = data_folder() / "trouble.txt"
    try:
        place.write_text("".join(traceback.format_exception(error)), encoding="utf-8")
    except OSError:
        return ShopError(N_("Something went wrong in the program ({kind})."), kind=type(error).__name__)
    sentence = N_("Something went wrong in the program ({kind}). Send the file {place} to support.")
    return ShopError(sentence, kind=type(error).__name__, place=place)


def run(arguments: argparse.Namespace) -> int:
    """Run a command that needs no window."""
    from importlib import import_module

    module = import_module(f"desktop.commands.{_FILES[arguments.command]}")
    code: int = module.run(arguments)
    return code


_FILES = {
    "init": "init", "import": "bring", "export": "export", "verify": "verify", "doctor": "doctor", "rules": "rules",
    "clock": "clock", "reconcile": "reconcile",
}  # fmt: skip


def main() -> int:
    """The command line without windows, for tests."""
    arguments = read(sys.argv[1:])
    return arguments if isinstance(arguments, int) else guarded(run, arguments)
