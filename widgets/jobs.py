"""Jobs: long computations that nobody's page waits for. One of a kind at a time, shared by whoever asks for it.

A job runs in a thread of its own and lives as long as somebody keeps asking for it: whoever stopped, left, or moved a
slider on no longer asks. What is done is remembered, the latest few.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from metrics import HEAVY, HEAVY_SECONDS

REMEMBERED = 12  # results kept, up to 4 MB each
PATIENCE = 3.0  # seconds without anybody asking, after which a job ends

Progress = Callable[[float], bool]
Compute = Callable[[Progress], Any]

_jobs: OrderedDict[Hashable, "Job"] = OrderedDict()
_lock = threading.Lock()


class Job:
    """A computation under way: ``compute(progress)``, told by progress to stop, returns None where it did."""

    def __init__(self, compute: Compute):
        self.share = 0.0
        self.result: Any = None
        self.error: Exception | None = None
        self.asked = time.monotonic()
        self.done = threading.Event()
        self._compute = compute
        threading.Thread(target=self._run, name="valley job", daemon=True).start()

    def _run(self) -> None:
        try:
            with HEAVY.held(state="running"), HEAVY_SECONDS.timed():
                self.result = self._compute(self._progress)
        except Exception as error:  # raised again where the result is asked for
            self.error = error
        finally:
            self.done.set()

    def _progress(self, share: float) -> bool:
        self.share = share
        return time.monotonic() - self.asked < PATIENCE

    @property
    def abandoned(self) -> bool:
        """Whether it ended without a result."""
        return self.done.is_set() and self.result is None


def ask(key: Hashable, compute: Compute, seconds: float) -> Job:
    """Return the job of a key, begun if need be, after waiting so long for its end."""
    with _lock:
        job = _jobs.get(key)
        if job is None or job.abandoned:
            job = _jobs[key] = Job(compute)
        job.asked = time.monotonic()
        _jobs.move_to_end(key)
        for old in [old for old, other in _jobs.items() if other.done.is_set()][: max(0, len(_jobs) - REMEMBERED)]:
            del _jobs[old]
    until = time.monotonic() + seconds
    while not job.done.wait(max(0.0, min(PATIENCE / 3.0, until - time.monotonic()))) and time.monotonic() < until:
        job.asked = time.monotonic()  # whoever waits still asks
    if job.error:
        raise job.error
    return job
