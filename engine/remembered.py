"""Remembered: single runs with all that is asked of them, kept while they are looked at from several sides."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from engine.family import rates
from engine.optimizer import Optimizer
from engine.run import RECORDS, run
from engine.sampling import Batch, arguments
from engine.schedule import Schedule
from engine.surface import Surface
from engine.trajectory import Trajectory

ROOM = 25_000_000  # bytes of trajectories that are kept, the latest: a class looks at some thirty networks at a time
_kept: OrderedDict[Hashable, Trajectory] = OrderedDict()
_lock = threading.Lock()


def remembered(
    surface: Surface,
    optimizer: Optimizer,
    learning_rate: float,
    start: tuple[float, ...],
    steps: int,
    clip: float | None = None,
    batch: Batch | None = None,
    schedule: Schedule | None = None,
    progress: Callable[[float], bool | None] | None = None,
) -> Trajectory | None:
    """Return the run with everything recorded, as ``run`` does; None where ``progress(share)`` returned False.

    The same arguments give the same object while there is room for it.
    """
    key = (surface, optimizer, learning_rate, start, steps, clip, batch, schedule)
    with _lock:
        if found := _kept.get(key):
            _kept.move_to_end(key)
            return found
    ended = False

    def told(share: float) -> bool:
        nonlocal ended
        ended = progress is not None and progress(share) is False
        return not ended

    etas = rates(learning_rate, schedule, steps)
    path = run(surface, optimizer, etas, start, steps, record=RECORDS, progress=told, clip=clip, **arguments(batch))
    if ended:
        return None
    with _lock:
        _kept[key] = path
        while len(_kept) > 1 and sum(_size(each) for each in _kept.values()) > ROOM:
            _kept.popitem(last=False)
    return path


def _size(path: Trajectory) -> int:
    arrays: list[Any] = [path.weights, path.error, path.gradient, path.used_gradient, *path.state.values()]
    return sum(array.nbytes for array in arrays if array is not None)
