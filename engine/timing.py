"""Timing: whoever hosts the engine may listen to how long its compiled loops take."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Listener = Callable[[str, float], None]  # told the name of a loop and its seconds, from the thread that ran it

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Tell a listener about every loop from now on."""
    _listeners.append(listener)


@contextmanager
def timed(loop: str) -> Iterator[None]:
    """Tell the listeners the seconds that what is within takes."""
    began = time.perf_counter()
    try:
        yield
    finally:
        for listener in _listeners:
            listener(loop, time.perf_counter() - began)
