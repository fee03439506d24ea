"""Garbage is collected on the GUI thread only: a widget in a cycle must not be destroyed by a thread at work."""

import gc

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 500


class GuiGarbage(QObject):
    """Takes Python's collection of cycles away from the other threads and does it between two events here.

    Python collects on whichever thread happens to make the next object. A cycle that holds a widget or a timer
    then runs its C++ destructor there, while Qt delivers events to it here, and the whole program ends.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        gc.freeze()  # what is loaded by now stays: no search needs to walk through it again
        timer = QTimer(self)
        timer.timeout.connect(collect_due)
        timer.start(EVERY_MS)


def collect_due() -> int:
    """Collect the oldest generation that is due by Python's own thresholds; return how many objects went."""
    counts, limits = gc.get_count(), gc.get_threshold()
    for generation in (2, 1, 0):
        if counts[generation] > limits[generation]:
            return gc.collect(generation)
    return 0
