#!/usr/bin/env python3
"""The project's one tool, for people and machines alike: it needs Python 3.11 and nothing else.

Everything it installs lives in `.venv/`, except system libraries on Debian and Ubuntu,
which it names before it installs them.
"""

from __future__ import annotations

import argparse
import ctypes.util
import glob
import hashlib
import importlib.util
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
KEEP = ROOT / ".dev"  # what dev.py itself leaves behind: the sample shop, the last test report
WINDOWS = sys.platform == "win32"
BIN = VENV / ("Scripts" if WINDOWS else "bin")
PYTHON = BIN / ("python.exe" if WINDOWS else "python")
STAMP = VENV / "zhanggui.json"
LOCKS = {"run": ["requirements.lock"], "dev": ["requirements.lock", "requirements-dev.lock"]}

# library file -> Debian package; asked of the loader, so that another distribution's names do not matter
LIBRARIES = {
    "libEGL.so.1": "libegl1", "libGL.so.1": "libgl1", "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3", "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0", "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4", "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0", "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0", "libatomic.so.1": "libatomic1",
}  # fmt: skip
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
AGAIN = "Check the network or proxy, then type: python3 dev.py setup"
CLUSTER_CONF = Path("/etc/postgresql-common/createcluster.conf")


class Stop(Exception):
    """One sentence for the person at the keyboard; the tool ends with code 2."""


def say(text: str) -> None:
    """Talk on stderr, so that `bench --json` keeps stdout for itself."""
    print(text, file=sys.stderr, flush=True)


def child_environment(**extra: str) -> dict[str, str]:
    """The environment of our programs: nobody else's Python settings, compiled files kept."""
    foreign = ("PYTHONHOME", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "VIRTUAL_ENV")
    env = {name: value for name, value in os.environ.items() if name not in foreign}
    env["PATH"] = f"{BIN}{os.pathsep}{env.get('PATH', '')}"
    return env | {"PYTHONUTF8": "1"} | extra


def call(*command: str | Path, env: dict[str, str] | None = None) -> int:
    """Run a program in the project's folder and give back its exit code."""
    return subprocess.run(command, cwd=ROOT, env=env or child_environment(), check=False).returncode


def quiet(*command: str | Path, env: dict[str, str] | None = None) -> bool:
    """Run a program, show its last lines only if it fails."""
    env = env or child_environment()
    done = subprocess.run(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if done.returncode:
        say("\n".join(done.stdout.decode("utf-8", "replace").splitlines()[-6:]))
    return done.returncode == 0


def heard(*command: str | Path) -> str:
    """What a program says on stdout."""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


# --- what the system must bring -----------------------------------------------------------------------------


def missing_packages(level: str) -> dict[str, str]:
    """Debian packages this machine lacks, each with what it is for."""
    if not sys.platform.startswith("linux"):
        return {}
    wanted = {}
    if importlib.util.find_spec("ensurepip") is None:
        wanted["python3-venv"] = "the virtual environment"
    known = known_libraries()
    wanted |= {package: "windows and pages" for name, package in LIBRARIES.items() if name not in known}
    if level == "dev" and not any(shutil.which(name) for name in BROWSERS):
        wanted["chromium"] = "the tests of the phone pages"
    if level == "dev" and not (shutil.which("initdb") or glob.glob("/usr/lib/postgresql/*/bin/initdb")):
        wanted["postgresql"] = "the tests on PostgreSQL"
    return wanted


def known_libraries() -> set[str]:
    """File names of the shared libraries the loader knows."""
    ldconfig = shutil.which("ldconfig") or "/sbin/ldconfig"
    if not Path(ldconfig).exists():
        return {name for name in LIBRARIES if ctypes.util.find_library(name[3:].split(".so")[0])}
    return {line.split()[0] for line in heard(ldconfig, "-p").splitlines() if "=>" in line}


def ensure_system(level: str) -> None:
    """Install missing system packages where that is possible, else say the command."""
    wanted = missing_packages(level)
    if not wanted:
        return
    for package, purpose in wanted.items():
        say(f"  missing: {package} (for {purpose})")
    command = f"apt-get update && apt-get install -y --no-install-recommends {' '.join(wanted)}"
    if not shutil.which("apt-get"):
        raise Stop(
            "There is no apt-get here: install the above with your own package manager, then try again."
        )
    if os.geteuid() != 0:
        raise Stop(f"Installing system packages needs root. Please type: sudo sh -c '{command}'")
    say("Installing them with apt-get …")
    if not apt_install(list(wanted)):
        raise Stop(f"apt-get did not succeed. Check the network, then type: {command}")


def apt_install(packages: list[str]) -> bool:
    """Install Debian packages; PostgreSQL without the always-running cluster Debian would add."""
    env = child_environment(DEBIAN_FRONTEND="noninteractive")
    no_cluster = "postgresql" in packages and not CLUSTER_CONF.exists()
    if no_cluster:
        CLUSTER_CONF.parent.mkdir(parents=True, exist_ok=True)
        CLUSTER_CONF.write_text("create_main_cluster = false\n")
    try:
        install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
        return quiet("apt-get", "update", "-q", env=env) and quiet(*install, env=env)
    finally:
        if no_cluster:
            CLUSTER_CONF.unlink(missing_ok=True)


# --- what Python must bring ---------------------------------------------------------------------------------


def setup(level: str) -> None:
    """Bring the machine to where our programs run; cheap when nothing is missing."""
    ensure_system(level)
    marks = {name: fingerprint(name) for name in LOCKS}
    have = json.loads(STAMP.read_text()) if STAMP.exists() and PYTHON.exists() else {}
    ready = have.get("dev") == marks["dev"] or (level == "run" and have.get("run") == marks["run"])
    if not ready:
        say(f"Setting up {VENV.name}/ from {' and '.join(LOCKS[level])} …")
        STAMP.unlink(missing_ok=True)
        install_python_packages(level)
        STAMP.write_text(json.dumps(marks if level == "dev" else {"run": marks["run"]}))
    compile_words()


def fingerprint(level: str) -> str:
    """Changes when the environment has to be made anew."""
    import tomllib  # new in 3.11: an older Python shall get as far as being told so

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    parts = [
        sys.version,
        str(ROOT),
        json.dumps(project),
        *((ROOT / name).read_text() for name in LOCKS[level]),
    ]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def install_python_packages(level: str) -> None:
    """Make `.venv` hold the locked packages, each checked by its hash, and the project itself."""
    uv = bootstrap_uv()
    env = child_environment(UV_COMPILE_BYTECODE="1", VIRTUAL_ENV=str(VENV), **settings_for_uv())
    if not quiet(uv, "pip", "sync", "-q", "--require-hashes", *LOCKS[level], env=env):
        raise Stop(f"The Python packages could not be installed. {AGAIN}")
    own = ["-q", "--no-deps", "--no-build-isolation", "--config-settings", "editable_mode=compat", "-e", "."]
    if not quiet(uv, "pip", "install", *own, env=env):
        raise Stop("The project itself could not be installed; the lines above say why.")


def bootstrap_uv() -> Path:
    """The installer, at the version and hashes of the lock."""
    uv = BIN / ("uv.exe" if WINDOWS else "uv")
    made = (VENV / "pyvenv.cfg").read_text(encoding="utf-8") if (VENV / "pyvenv.cfg").exists() else ""
    if uv.exists() and f"version = {platform.python_version()}\n" in made and str(VENV) in made:
        return uv  # neither the folder nor this machine's Python has moved since
    if not quiet(sys.executable, "-m", "venv", "--clear", VENV):
        raise Stop(f"The virtual environment could not be made. Delete {VENV} and run this again.")
    lock = (ROOT / LOCKS["run"][0]).read_text(encoding="utf-8")
    pinned = re.search(r"^uv==(?:.*\\\n)*.*", lock, re.MULTILINE)
    with tempfile.TemporaryDirectory() as folder:
        only_uv = Path(folder) / "uv.lock"
        only_uv.write_text(pinned[0] if pinned else "", encoding="utf-8")
        if not quiet(PYTHON, "-m", "pip", "install", "-q", "--no-deps", "--require-hashes", "-r", only_uv):
            raise Stop(f"The package index cannot be reached. {AGAIN}")
    return uv


def settings_for_uv() -> dict[str, str]:
    """Whoever told pip about a mirror or the system's certificates means uv as well."""
    env = {"UV_SYSTEM_CERTS": "1"}
    listing = heard(PYTHON, "-m", "pip", "config", "list")
    mirror = re.search(r"^(?:global|install|:env:)\.index-url='(.+)'$", listing, re.MULTILINE)
    if mirror and not any(name in os.environ for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL")):
        env["UV_DEFAULT_INDEX"] = mirror[1]
    return {name: value for name, value in env.items() if name not in os.environ}


def compile_words() -> None:
    """Compile the catalogues that are newer than their compiled form."""
    for po in (ROOT / "resources" / "locale").glob("*/LC_MESSAGES/*.po"):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        if not quiet(PYTHON, "-m", "babel.messages.frontend", "-q", "compile", "-i", po, "-o", mo):
            raise Stop(f"{po.relative_to(ROOT)} could not be compiled; the lines above say why.")


# --- the commands -------------------------------------------------------------------------------------------


def run(_args: argparse.Namespace) -> int:
    """Open the sample shop (without a display: tour it, pictures in tour/)."""
    setup("run")
    if not has_display():
        say("There is no display here: touring the sample shop instead, pictures go to tour/.")
        return tour(ROOT / "tour")
    shop = KEEP / "sample-shop.db"
    url = f"sqlite:///{shop.as_posix()}"
    if not shop.exists() and (code := make_sample(url)):
        shop.unlink(missing_ok=True)
        return code
    return call(PYTHON, "-m", "desktop", "--database", url)


def has_display() -> bool:
    """Whether a window would be seen by somebody."""
    if os.environ.get("QT_QPA_PLATFORM", "").startswith(("offscreen", "minimal")):
        return False
    if WINDOWS or sys.platform == "darwin":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def make_sample(url: str) -> int:
    """Make the sample shop; its exit code."""
    KEEP.mkdir(exist_ok=True)
    say("Making the sample shop …")
    return call(PYTHON, "-m", "desktop", "init", "--sample", "--database", url)


def tour(folder: Path, *more: str) -> int:
    """Drive the program on a fresh sample shop without a display and keep its pictures."""
    with tempfile.TemporaryDirectory(prefix="zhanggui-") as place:
        url = f"sqlite:///{(Path(place) / 'sample.db').as_posix()}"
        code = make_sample(url)
        if code:
            return code
        env = child_environment(QT_QPA_PLATFORM="offscreen")
        return call(
            PYTHON, "-m", "desktop", "tour", "--database", url, "--to", folder.resolve(), *more, env=env
        )


def shot(args: argparse.Namespace) -> int:
    """Picture every screen, light and dark, Chinese and English, into FOLDER."""
    setup("run")
    return tour(Path(args.folder), "--matrix")


def set_up(_args: argparse.Namespace) -> int:
    """Set up everything for work on the project, run nothing."""
    setup("dev")
    say("Ready.")
    return 0


def lint(_args: argparse.Namespace) -> int:
    """Run the checks that need no test: ruff, mypy, import-linter, codespell."""
    setup("dev")
    return summary(run_checks(LINT))


def test(args: argparse.Namespace) -> int:
    """Run every check and test, on SQLite, PostgreSQL and in a real browser."""
    setup("dev")
    KEEP.mkdir(exist_ok=True)
    report = KEEP / "tests.xml"
    report.unlink(missing_ok=True)
    workers = str(max(2, min(4, os.cpu_count() or 2)))
    options = f"-q -n {workers} --dist worksteal --requirements docs/requirements.md".split()
    checks = {**LINT, "pytest": ["pytest", *options, f"--junitxml={report}", *args.more]}
    return summary(run_checks(checks), report)


LINT = {
    "ruff check": ["ruff", "check", "-q", "."],
    "ruff format": ["ruff", "format", "-q", "--check", "."],
    "mypy": ["mypy", "--no-error-summary"],
    "lint-imports": ["lint-imports"],
    "codespell": ["codespell"],
}


def run_checks(checks: dict[str, list[str]]) -> dict[str, tuple[bool, float]]:
    """Run each check to its end, whatever the others say: name -> (fine, seconds)."""
    results = {}
    for name, command in checks.items():
        say(f"── {name}")
        start = time.monotonic()
        results[name] = (call(BIN / command[0], *command[1:]) == 0, time.monotonic() - start)
    return results


def summary(results: dict[str, tuple[bool, float]], report: Path | None = None) -> int:
    """Say what was run and how it went; 0 only if all of it is fine."""
    say("")
    for name, (fine, seconds) in results.items():
        counts = f"  {test_counts(report)}" if name == "pytest" and report and report.exists() else ""
        say(f"  {'ok    ' if fine else 'FAILED'} {name:<14}{seconds:7.1f} s{counts}")
    good = sum(fine for fine, _ in results.values())
    say(f"\n{good} of {len(results)} checks fine{'' if good == len(results) else ': not ready to land'}.")
    return 0 if good == len(results) else 1


def test_counts(report: Path) -> str:
    """The figures of the test run in words."""
    suites = list(ElementTree.parse(report).iter("testsuite"))
    total, failed, errors, skipped = (
        sum(int(s.get(key, 0)) for s in suites) for key in ("tests", "failures", "errors", "skipped")
    )
    return f"{total - failed - errors - skipped} passed, {failed} failed, {errors} errors, {skipped} skipped"


def bench(args: argparse.Namespace) -> int:
    """Measure the speed promises as ratios of one run (--json: one object)."""
    setup("dev")
    return call(PYTHON, "-m", "tests.bench", *(["--json"] if args.json else []), *args.more)


def words(_args: argparse.Namespace) -> int:
    """Gather the sentences of the program into the catalogues, say which lack a translation."""
    setup("dev")
    return call(PYTHON, "-m", "tests.helpers.words")


COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "run": run, "test": test, "setup": set_up, "lint": lint, "bench": bench, "shot": shot, "words": words,
}  # fmt: skip


def read_arguments() -> argparse.Namespace:
    """What the person asked for."""
    parser = argparse.ArgumentParser(prog="dev.py", description="Everything one does with the project.")
    parts = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, command in COMMANDS.items():
        part = parts.add_parser(name, help=command.__doc__, description=command.__doc__)
        if name == "shot":
            part.add_argument("folder", metavar="FOLDER")
        if name == "bench":
            part.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    args, more = parser.parse_known_args()
    if args.command is None:
        parser.print_help()
        parser.exit(0)
    if more and args.command not in ("test", "bench"):  # these hand the rest on
        parser.error(f"unknown: {' '.join(more)}")
    args.more = more
    return args


def main() -> int:
    """Do what was asked; 0 fine, 1 a check failed, 2 something is missing or asked wrongly."""
    args = read_arguments()
    if sys.version_info < (3, 11):  # noqa: UP036 - whoever has an older one deserves a sentence
        raise Stop(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}.")
    return COMMANDS[args.command](args)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Stop as stop:
        say(str(stop))
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
