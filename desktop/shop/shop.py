"""The one door of the shop: `do` changes, `ask` reads; rights, transaction, audit and news happen here."""

from __future__ import annotations

import logging
import random
import threading
import time
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from desktop.basics import stopping
from desktop.basics.clock import Clock, SystemClock
from desktop.basics.errors import NotAllowed, Refused
from desktop.basics.i18n import N_
from desktop.models.orders import Order
from desktop.shop import audit_trail, interrupting, order_texts, trouble
from desktop.shop.action import Action, Question
from desktop.shop.actors import Actor, guest
from desktop.shop.changes import Changes
from desktop.shop.news import News
from desktop.shop.rights import Memory
from desktop.shop.work import Read, Work
from desktop.storage.engine import Storage

P = ParamSpec("P")
R = TypeVar("R")
TRIES = 8
LONGEST_TRYING = 5.0  # seconds
log = logging.getLogger("zhanggui.shop")


class Shop:
    """The shop as one actor sees it; `acting_as` gives the same shop to another actor."""

    def __init__(
        self,
        storage: Storage,
        *,
        actor: Actor | None = None,
        clock: Clock | None = None,
        _shared: tuple[Memory, News] | None = None,
    ) -> None:
        self.storage = storage
        self.actor = actor or guest()
        self.clock = clock or SystemClock()
        self._memory, self.news = _shared or (Memory(), News(storage))
        if _shared is None:  # the first listener: whoever hears the news after it reads what is new
            self.news.listen(self._forget)

    def acting_as(self, actor: Actor) -> Shop:
        """The same shop, entered by somebody else."""
        return Shop(self.storage, actor=actor, clock=self.clock, _shared=(self._memory, self.news))

    def listen(self, callback: Callable[[Changes], None]) -> Callable[[], None]:
        """Be told after every commit, here or elsewhere; call what comes back to stop."""
        return self.news.listen(callback)

    # -- changing -----------------------------------------------------------------------------------------------

    def do(self, action: Action[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a verb in one transaction as this actor.

        A lock or a lost race replays the whole verb. Raises `ShopError` with nothing changed.
        """
        self._not_on_the_gui_thread()
        started = time.monotonic()
        for attempt in range(1, TRIES + 1):
            try:
                result, changes = self._once(action, *args, **kwargs)
            except DBAPIError as error:
                late = attempt == TRIES or time.monotonic() - started > LONGEST_TRYING
                if late or not trouble.worth_retrying(error):
                    raise self._said(error) from error
                time.sleep(random.uniform(0, min(0.2, 0.005 * 2**attempt)))
            else:
                self._after(changes)
                return result
        raise AssertionError("unreachable")

    def _once(self, action: Action[P, R], *args: P.args, **kwargs: P.kwargs) -> tuple[R, Changes]:
        event_id = 0
        try:
            with (
                Session(self.storage.write, autoflush=False, expire_on_commit=False) as session,
                session.begin(),
            ):
                connection = session.connection()
                rights = self._memory.rights(connection, self.actor)
                if str(action.permission) not in rights:
                    raise NotAllowed(str(action.permission))
                work = Work(session, self.actor, self.clock.now(), self._memory.settings(connection), rights)
                result = action.run(work, *args, **kwargs)
                work.flush()
                changes = work.changes(action.name)
                order_texts.keep(connection, changes.ids(Order.__tablename__))
                if changes.touched:
                    event_id = self._append(work, action.name, changes)
        except BaseException:
            self.news.not_mine(event_id)
            raise
        return result, changes

    def _append(self, work: Work, name: str, changes: Changes) -> int:
        event_id = audit_trail.append(
            work.connection,
            chain=self.actor.chain,
            at=work.now,
            actor=self.actor.key,
            action=name,
            touched=changes.to_json(),
            detail=work.detail(),
        )
        self.news.mine(event_id)  # before the commit, or the poll could take it for another program's
        return event_id

    def _after(self, changes: Changes) -> None:
        if changes.touched:
            self.news.publish(changes)

    def _forget(self, changes: Changes) -> None:
        """Rights and settings are read again after anybody, here or elsewhere, changed them."""
        if changes.touches("setting", "role_permission", "staff", "staff_role", "role"):
            self._memory.forget()

    # -- reading ------------------------------------------------------------------------------------------------

    def ask(self, question: Question[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Answer a question as this actor. Raises `ShopError`."""
        self._not_on_the_gui_thread()
        try:
            with self.storage.read.connect() as connection:
                rights = self._memory.rights(connection, self.actor)
                if str(question.permission) not in rights:
                    raise NotAllowed(str(question.permission))
                read = Read(
                    connection, self.actor, self.clock.now(), self._memory.settings(connection), rights
                )
                with interrupting.until_stopped(connection):
                    answer = question.run(read, *args, **kwargs)
            if question.personal:
                self._record_look(question.name, {"args": [a for a in args if isinstance(a, int)]})
        except DBAPIError as error:
            stop = stopping.current()
            if stop is not None and stop.asked:
                raise stopping.Stopped from error
            raise self._said(error) from error
        return answer

    def may(self, deed: Action[Any, Any] | Question[Any, Any]) -> bool:
        """Whether this actor had the right when last looked, for greying a button; the door checks again."""
        return str(deed.permission) in self._memory.last_known(self.actor)

    def learn_rights(self) -> None:
        """Read this actor's rights now, so that `may` knows them. Not on the GUI thread."""
        self._not_on_the_gui_thread()
        with self.storage.read.connect() as connection:
            self._memory.rights(connection, self.actor)

    def _record_look(self, name: str, facts: dict[str, Any]) -> None:
        with self.storage.write.begin() as connection:
            event_id = audit_trail.append(
                connection,
                chain=self.actor.chain,
                at=self.clock.now(),
                actor=self.actor.key,
                action=name,
                touched="{}",
                detail=facts,
            )
        self.news.mine(event_id)

    # -- guards -------------------------------------------------------------------------------------------------

    def _not_on_the_gui_thread(self) -> None:
        if threading.get_ident() == forbidden_thread:
            raise AssertionError("the shop is asked on the GUI thread; use background.ask or background.do")

    def _said(self, error: DBAPIError) -> Exception:
        said = trouble.sentence_for(error)
        if said is not None:
            log.warning("database trouble: %s", type(error.orig).__name__)
            return said
        if isinstance(error, IntegrityError):
            text = str(error.orig)
            if "CHECK" in text or "check constraint" in text:
                return Refused(
                    N_("That would make stock, points or money negative. Nothing was changed; look again.")
                )
        return error


forbidden_thread: int | None = None


def forbid_this_thread() -> None:
    """The GUI thread must never wait: from now on the shop refuses to be asked on the calling thread."""
    global forbidden_thread
    forbidden_thread = threading.get_ident()


def allow_every_thread() -> None:
    """Take the prohibition back when the program closes."""
    global forbidden_thread
    forbidden_thread = None
