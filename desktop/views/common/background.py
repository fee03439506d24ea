"""The one road between screens and the shop: questions and actions run on threads, answers come back as signals."""

import logging
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Protocol
from weakref import ref

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from desktop.basics.errors import ShopError
from desktop.basics.stopping import Stop, stoppable

READS_END = 3.0  # seconds a read under way may take to end when the shop closes
log = logging.getLogger(__name__)
BUSY_AFTER_MS = 300


class Door(Protocol):
    """What this needs of the shop."""

    def do(self, action: Any, *args: Any, **kwargs: Any) -> Any:
        """Change something."""

    def ask(self, question: Any, *args: Any, **kwargs: Any) -> Any:
        """Read something."""


class Task:
    """Work under way; its callbacks run on the GUI thread, and never after its owner is gone."""

    def __init__(self, background: "Background", owner: QWidget | None, name: str) -> None:
        self.name = name
        self.finished = False
        self._background = background
        self._owner = None if owner is None else ref(owner)
        self._result: Any = None
        self._error: BaseException | None = None
        self._then: list[Callable[[Any], Any]] = []
        self._otherwise: list[Callable[[ShopError], Any]] = []
        self._always: list[Callable[[], Any]] = []
        self._dropped = False
        self._stop = Stop()

    def then(self, callback: Callable[[Any], Any]) -> "Task":
        """Call this with the result."""
        if not self.finished:
            self._then.append(callback)
        elif self._error is None and self.wanted:
            callback(self._result)
        return self

    def otherwise(self, callback: Callable[[ShopError], Any]) -> "Task":
        """Call this with the `ShopError` instead of showing a toast; bugs still go to the crash window."""
        self._otherwise.append(callback)
        return self

    def always(self, callback: Callable[[], Any]) -> "Task":
        """Call this at the end, whatever the outcome."""
        if not self.finished:
            self._always.append(callback)
        elif self.wanted:
            callback()
        return self

    def busy(self, control: Any) -> "Task":
        """Keep a control (with `busy(bool)`) busy until the end; it shows so after 300 ms."""
        control.busy(True)
        return self.always(lambda: isValid(control) and control.busy(False))

    def slow(self, callback: Callable[[], Any]) -> "Task":
        """Call this once when there is no answer after 300 ms (a skeleton appears only then)."""
        QTimer.singleShot(
            BUSY_AFTER_MS, self._background, lambda: None if self.finished or not self.wanted else callback()
        )
        return self

    def drop(self) -> None:
        """Forget the answer: nobody wants it any more."""
        self._dropped = True

    def stop(self) -> None:
        """Forget the answer of a question, and end the question itself; never for what changes something."""
        self._dropped = True
        if not self.finished:
            self._background.stop(self._stop)

    @property
    def wanted(self) -> bool:
        """Whether the owner still exists, is not closed, and did not drop it."""
        if self._dropped:
            return False
        if self._owner is None:
            return True
        owner = self._owner()
        return owner is not None and isValid(owner) and not getattr(owner, "closed", False)

    def deliver(self) -> None:
        """Hand the outcome to the callbacks, then let go of them; runs on the GUI thread.

        The thread that worked may hold this task a moment longer; what it drops last must not be a widget.
        """
        self.finished = True
        try:
            if self.wanted:
                self._call_back()
        finally:
            for callbacks in (self._then, self._otherwise, self._always):
                callbacks.clear()

    def _call_back(self) -> None:
        if self._error is None:
            for done in self._then:
                done(self._result)
        elif isinstance(self._error, ShopError):
            self._tell(self._error)
        else:
            self._background.bug.emit(self._error)
        for last in self._always:
            last()

    def _tell(self, error: ShopError) -> None:
        if self._otherwise:
            for failed in self._otherwise:
                failed(error)
        else:
            self._background.refused.emit(self._owner and self._owner(), error)


class Background(QObject):
    """Runs `do` on a lane of one, `ask` on four threads and devices on their own; tells the GUI thread by one signal.

    Signals: `refused(owner, ShopError)` when no `otherwise` took it, `bug(exception)` for anything else.
    """

    refused = Signal(object, object)
    bug = Signal(object)
    _done = Signal(object)

    def __init__(self, shop: Door, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shop = shop
        self._write: Executor = ThreadPoolExecutor(1, thread_name_prefix="write")
        self._read: Executor = ThreadPoolExecutor(4, thread_name_prefix="read")
        self._device: Executor = ThreadPoolExecutor(2, thread_name_prefix="device")
        self._stops: Executor = ThreadPoolExecutor(1, thread_name_prefix="stop")
        self._closing = False
        self.running = 0
        self._done.connect(self._finish, Qt.ConnectionType.QueuedConnection)

    def of(self, owner: QWidget) -> "Scope":
        """Return ask, do and device for this widget: answers are dropped once it is gone."""
        return Scope(self, owner)

    def ask(self, question: Any, *args: Any, **kwargs: Any) -> Task:
        """Ask without an owner."""
        return self.start(self._read, None, self.shop.ask, (question, *args), kwargs)

    def do(self, action: Any, *args: Any, **kwargs: Any) -> Task:
        """Do without an owner; actions keep the order of the clicks."""
        return self.start(self._write, None, self.shop.do, (action, *args), kwargs)

    def device(self, job: Callable[..., Any], *args: Any, **kwargs: Any) -> Task:
        """Run a plain function that talks to a device or a file."""
        return self.start(self._device, None, job, args, kwargs)

    def read(self, job: Callable[..., Any], *args: Any) -> Task:
        """Run a plain function that asks and makes something of the answer, beside the questions."""
        return self.start(self._read, None, job, args, {})

    def start(
        self,
        lane: Executor,
        owner: QWidget | None,
        job: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> Task:
        """Send work to a lane."""
        named = args[0] if args else job
        task = Task(self, owner, getattr(named, "__name__", type(named).__name__))
        if self._closing:
            task.drop()
            return task
        self.running += 1
        lane.submit(self._run, task, job, args, kwargs)
        return task

    def _run(
        self, task: Task, job: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        try:
            with stoppable(task._stop):
                task._result = job(*args, **kwargs)
        except BaseException as error:
            task._error = error
        self._done.emit(task)

    def _finish(self, task: Task) -> None:
        self.running -= 1
        error = task._error
        if error is not None and not isinstance(error, ShopError):
            log.error("%s failed: %s at %s", task.name, type(error).__name__, place(error))
        task.deliver()

    def stop(self, stop: Stop) -> None:
        """End a question; a server may take its time to hear of it, so not on this thread."""
        if not self._closing:
            self._stops.submit(stop.now)

    def shutdown(self, seconds: float = 10) -> bool:
        """Let writes finish and return whether all ended in time; reads under way get a moment, others none."""
        self._closing = True
        for lane in (self._read, self._device, self._stops):
            lane.shutdown(wait=False, cancel_futures=True)
        closing = ThreadPoolExecutor(2)
        written = closing.submit(self._write.shutdown, True)
        read = closing.submit(self._read.shutdown, True)  # their database is closed next
        closing.shutdown(wait=False)
        with suppress(TimeoutError):
            read.result(timeout=READS_END)
        try:
            written.result(timeout=seconds)
        except TimeoutError:
            log.error("writes still under way after %s s", seconds)
            return False
        return True


class Scope:
    """ask, do and device on behalf of one widget."""

    def __init__(self, background: Background, owner: QWidget) -> None:
        self._background, self._owner = background, owner
        self._latest: dict[str, Task] = {}

    @property
    def shop(self) -> Any:
        """The door, for `may(action)`."""
        return self._background.shop

    def ask(self, question: Any, *args: Any, **kwargs: Any) -> Task:
        """Ask the shop a question."""
        b = self._background
        return b.start(b._read, self._owner, b.shop.ask, (question, *args), kwargs)

    def ask_latest(self, key: str, question: Any, *args: Any, **kwargs: Any) -> Task:
        """Ask, ending earlier questions of the same key (search while typing)."""
        before = self._latest.get(key)
        if before is not None:
            before.stop()
        task = self._latest[key] = self.ask(question, *args, **kwargs)
        return task

    def do(self, action: Any, *args: Any, **kwargs: Any) -> Task:
        """Have the shop do something."""
        b = self._background
        return b.start(b._write, self._owner, b.shop.do, (action, *args), kwargs)

    def device(self, job: Callable[..., Any], *args: Any, **kwargs: Any) -> Task:
        """Run a plain function that talks to a device or a file."""
        b = self._background
        return b.start(b._device, self._owner, job, args, kwargs)


def place(error: BaseException) -> str:
    """Return file and line where an error arose, without any of its values."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "?"
    code = trace.tb_frame.f_code
    return f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno} {code.co_name}"
