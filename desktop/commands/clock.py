"""`zhanggui clock`: the shop's clock without a window, until Ctrl-C or an end from outside."""

from __future__ import annotations

import argparse
import json
import logging
import queue
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from desktop.basics.errors import Unavailable
from desktop.basics.i18n import _
from desktop.commands.places import chosen_place, hidden, opened
from desktop.commands.rules import all_runs, run_text, time_text, zone_of

if TYPE_CHECKING:
    from desktop.services.sending import Sent
    from desktop.shop.changes import Changes
    from desktop.shop.shop import Shop

LOOK_UP = 0.5  # seconds between looks at whether somebody wants an end
LATE = timedelta(minutes=5)  # a firing may be committed this much after its moment
HAPPENED, SENT, END = "happened", "sent", "end"


def run(arguments: argparse.Namespace) -> int:
    """Let rules act and messages leave; a line for each thing that happens, `--json`: an object a line."""
    from desktop.rules.trial_copy import forget_trials

    logging.getLogger("apscheduler").setLevel(logging.ERROR)  # that a look still goes on is no news
    forget_trials()  # of a program that was killed
    address = chosen_place(arguments.database)
    with opened(address) as shop:
        _Watch(shop, arguments.json).stay(hidden(address))
    return 0


class _Watch:
    """Runs the clockwork and says what it does."""

    def __init__(self, shop: Shop, in_json: bool) -> None:
        self._shop, self._json, self._zone = shop, in_json, zone_of(shop)
        self._heard: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._since, self._said, self._doubt = shop.clock.now(), set[tuple[int, int]](), ""

    def stay(self, address: str) -> None:
        """Until somebody ends it; the lease is given back, so that another program goes on at once."""
        from desktop.scheduler.clockwork import Clockwork
        from desktop.scheduler.payer import Payer
        from desktop.services.exchange import fetch_due_rates
        from desktop.services.sending import Gateways, senders
        from desktop.services.tracking import poll_carriers

        told = [partial(self._send, send) for send in senders(self._shop)]
        sends: list[Callable[[], object]] = [*told, partial(poll_carriers, self._shop)]
        sends.append(partial(fetch_due_rates, self._shop))
        clockwork = Clockwork(self._shop, sends=sends, payer=Payer(self._shop, Gateways()))
        deaf = self._shop.listen(self._listen)
        self._shop.news.follow()
        with _ending(self._heard):
            try:
                clockwork.start()
                words = _("The clock of {place} runs. Ctrl-C ends it.").format(place=address)
                self._line("started", words, {"database": address})
                while self._next():
                    pass
            finally:
                deaf()
                clockwork.stop()
                self._shop.news.close()
        self._line("ended", _("The clock has ended."), {})

    def _listen(self, changes: Changes) -> None:
        if changes.touches("rule_run", "rule", "clock_beat"):
            self._heard.put((HAPPENED, None))

    def _send(self, send: Callable[[], Sent]) -> None:
        sent = send()
        if sent.done or sent.failed or sent.later:
            self._heard.put((SENT, sent))

    def _next(self) -> bool:
        """Say what happened meanwhile; False when it is time to end."""
        heard = self._all_heard()
        for what, more in heard:
            if what == SENT:
                words = _("{done} worked off, {failed} given up, {later} will be tried again")
                said = words.format(done=more.done, failed=more.failed, later=more.later)
                self._line(SENT, self._stamped(said), asdict(more))
        if any(what == HAPPENED for what, _more in heard):
            try:
                self._say_what_happened()
            except Unavailable as error:  # the clockwork goes on trying, and so does this
                self._line("trouble", self._stamped(str(error)), {"error": str(error)})
                self._heard.put((HAPPENED, None))
        return all(what != END for what, _more in heard)

    def _all_heard(self) -> list[tuple[str, Any]]:
        """What was heard since the last time; waits a moment for the first of it."""
        heard = []
        try:
            heard.append(self._heard.get(timeout=LOOK_UP))
            while True:
                heard.append(self._heard.get_nowait())
        except queue.Empty:
            return heard

    def _say_what_happened(self) -> None:
        from desktop.rules.lists import clock_state
        from desktop.rules.log import RunFilter

        began = self._shop.clock.now()
        runs = all_runs(self._shop, RunFilter(since=self._since))
        for line in reversed(runs):
            if (line.id, line.tries) not in self._said:
                self._line("run", run_text(line, self._zone), asdict(line))
        self._said = {(line.id, line.tries) for line in runs}
        self._since = max(self._since, began - LATE)
        doubt = self._shop.ask(clock_state).doubt
        if doubt != self._doubt:
            self._doubt = doubt
            words = _(doubt) if doubt else _("The machine’s time is believed again.")
            self._line("doubt", self._stamped(words), {"doubt": doubt})

    def _stamped(self, words: str) -> str:
        return f"{time_text(self._shop.clock.now(), self._zone)}  {words}"

    def _line(self, kind: str, words: str, facts: dict[str, Any]) -> None:
        if self._json:
            now: datetime = self._shop.clock.now()
            words = json.dumps({"kind": kind, "now": now, **facts}, ensure_ascii=False, default=str)
        print(words, flush=True)


@contextmanager
def _ending(heard: queue.SimpleQueue[tuple[str, Any]]) -> Iterator[None]:
    """Ctrl-C and a polite end from outside are heard like everything else."""
    signals = [signal.SIGINT, signal.SIGTERM, *([signal.SIGBREAK] if hasattr(signal, "SIGBREAK") else [])]
    before = {number: signal.signal(number, lambda *_args: heard.put((END, None))) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
