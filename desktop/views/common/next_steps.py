"""What the next step of an error is called and does: taught by the screen in front, shown wherever the error is."""

from collections.abc import Callable

Step = tuple[str, Callable[[], object]]
_taught: dict[str, Step] = {}


def teach(key: str, label: str, go: Callable[[], object]) -> None:
    """Say what a `ShopError.next_step` key is called and does from now on."""
    _taught[key] = (label, go)


def step_of(problem: object, own: dict[str, Step] | None = None) -> Step | None:
    """The step for an error: the asker's own first, then what the screen in front taught."""
    key = getattr(problem, "next_step", "")
    return (own or {}).get(key) or _taught.get(key)
