"""A throw-away PostgreSQL of our own: started in a second, also by root, gone after the tests."""

from __future__ import annotations

import glob
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

FAST = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "listen_addresses=",
)  # nothing here must survive a crash
START_SECONDS = 30.0


def find_server() -> Path | None:
    """The folder of PostgreSQL's server programs, newest first, or None."""
    on_path = shutil.which("initdb")
    found = [Path(on_path)] if on_path else []
    found += [
        Path(p) for p in sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=_version, reverse=True)
    ]
    return found[0].parent if found else None


def _version(path: str) -> int:
    return int(path.split("/")[4])


class Cluster:
    """One running server, reachable through a socket in its own folder only."""

    def __init__(self, programs: Path) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="zhanggui-pg-"))
        self.programs = programs
        self._as = _other_user() if os.geteuid() == 0 else {}
        if self._as:  # the server refuses to run as root
            os.chown(self.folder, self._as["user"], self._as["group"])
        self._run(
            "initdb",
            "-D",
            "data",
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--no-sync",
        )
        self.start()

    def start(self) -> None:
        """Run the server, for the first time or after a halt."""
        settings = [part for setting in FAST for part in ("-c", setting)]
        command = [str(self.programs / "postgres"), "-D", "data", "-k", str(self.folder), *settings]
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, **self._as)
        self._wait()

    def halt(self) -> None:
        """End the server, throwing everybody out; its data stay."""
        self._server.send_signal(signal.SIGINT)
        self._server.wait(timeout=10)

    def url(self, name: str) -> str:
        """The address of a database in this cluster."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def create(self, name: str, template: str = "template0") -> str:
        """Make a database, a copy of another; returns its address."""
        self._say(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self._say(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def stop(self) -> None:
        """End the server and remove its folder."""
        self._server.terminate()
        try:
            self._server.wait(timeout=3)
        except subprocess.TimeoutExpired:  # a forgotten connection holds a polite stop up
            self._server.send_signal(signal.SIGQUIT)
            self._server.wait(timeout=10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _say(self, statement: str) -> None:
        with psycopg.connect(
            host=str(self.folder), user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.programs / program), *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            **self._as,
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stderr or done.stdout}")

    def _wait(self) -> None:
        until = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(host=str(self.folder), user="postgres", dbname="postgres").close()
                return
            except psycopg.OperationalError as error:
                if self._server.poll() is not None or time.monotonic() > until:
                    raise RuntimeError(
                        f"PostgreSQL did not start: {(self.folder / 'log').read_text()}"
                    ) from error
                time.sleep(0.02)


def _other_user() -> dict[str, Any]:
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise RuntimeError(
        "PostgreSQL refuses to run as root, and there is no user “postgres” or “nobody” to run it as"
    )
