"""Jobs: long computations that nobody's page waits for. One of a kind at a time, shared by whoever asks for it.

So many run at a time as there are processors; the others stand in line, and whoever asks learns how many are ahead. A
job runs in a thread of its own, behind the threads of the pages, and lives as long as somebody keeps asking for it:
whoever stopped, left, or moved a slider on no longer asks. A student's third job takes the place of their first. What
is done is remembered, the latest few; what failed for a moment, so that all who asked learn of it and a later question
begins anew.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

from engine.workers import CORES, step_back
from metrics import ERRORS, HEAVY, HEAVY_SECONDS

LOGGER = logging.getLogger(__name__)
REMEMBERED = 8  # results kept, up to 5 MB each
PATIENCE = 3.0  # seconds without anybody asking, after which a job ends
AT_ONCE = CORES  # jobs that run
EACH = 2  # jobs of one student that run or stand in line
WHOSE = 8  # students whose interest in a job is remembered
FAILED = 60.0  # seconds in which whoever asks again hears of the failure instead of failing once more

Progress = Callable[[float], bool]
Compute = Callable[[Progress], Any]

_jobs: OrderedDict[Hashable, "Job"] = OrderedDict()
_line: list["Job"] = []  # those that wait, the first in front
_running: set["Job"] = set()
_lock = threading.Lock()


class Failed(Exception):
    """A job had an error, which is logged."""


class Job:
    """A computation under way: ``compute(progress)``, told by progress to stop, returns None where it did."""

    def __init__(self, compute: Compute):
        self.share = 0.0
        self.result: Any = None
        self.error: BaseException | None = None
        self.asked = time.monotonic()
        self.ended = 0.0
        self.done = threading.Event()
        self.by: OrderedDict[Hashable, None] = OrderedDict()  # who asks, the latest last
        self._compute = compute

    def run(self) -> None:
        """Compute, in this thread."""
        try:
            step_back()
            with HEAVY.labels("running").track_inprogress(), HEAVY_SECONDS.time():
                self.result = self._compute(self._progress)
        except BaseException as error:  # whatever ends the thread: who asks for the result must not wait for ever
            self.fail(error)
        else:
            self.end()

    def fail(self, error: BaseException) -> None:
        """End with an error, which is logged once and told to all who ask."""
        self.error = error
        ERRORS.labels("job").inc()
        LOGGER.error("a long computation failed", exc_info=error)
        self.end()

    def end(self) -> None:
        """Let go whoever waits."""
        self.ended = time.monotonic()
        self.done.set()

    def _progress(self, share: float) -> bool:
        self.share = share
        return self.wanted

    @property
    def wanted(self) -> bool:
        """Whether somebody asked for it lately."""
        return time.monotonic() - self.asked < PATIENCE

    @property
    def abandoned(self) -> bool:
        """Whether it ended without a result, and without an error that is new."""
        if not self.done.is_set() or self.result is not None:
            return False
        return self.error is None or time.monotonic() - self.ended > FAILED

    @property
    def ahead(self) -> int:
        """How many jobs must end before this one begins; 0 once it has."""
        with _lock:
            return _line.index(self) + 1 if self in _line else 0


def ask(key: Hashable, compute: Compute, seconds: float, who: Hashable = None) -> Job:
    """Return the job of a key, begun or put in line if need be, after waiting so long for its end.

    ``who`` asks has at most EACH jobs under way: a new one ends the oldest that nobody else asks for. Raises Failed,
    from its error, where it had one.
    """
    with _lock:
        job = _jobs.get(key)
        if job is None or job.abandoned:
            job = _jobs[key] = Job(compute)
            _line.append(job)
        job.asked = time.monotonic()
        _jobs.move_to_end(key)
        if who is not None:
            _keep_few(job, who)
        _forget()
    _advance()
    until = time.monotonic() + seconds
    while not job.done.wait(max(0.0, min(PATIENCE / 3.0, until - time.monotonic()))) and time.monotonic() < until:
        job.asked = time.monotonic()  # whoever waits still asks
    if job.error:
        raise Failed from job.error
    return job


def forget(key: Hashable) -> None:
    """Let the next who asks begin anew, if the job of a key is over."""
    with _lock:
        if key in _jobs and _jobs[key].done.is_set():
            del _jobs[key]


def _keep_few(job: Job, who: Hashable) -> None:
    job.by[who] = None
    while len(job.by) > WHOSE:
        job.by.popitem(last=False)
    theirs = [other for other in _jobs.values() if who in other.by and not other.done.is_set() and other is not job]
    for other in theirs[: max(0, len(theirs) + 1 - EACH)]:
        del other.by[who]
        if not other.by:
            other.asked = -PATIENCE  # it ends at its next look


def _forget() -> None:
    over = [key for key, job in _jobs.items() if job.done.is_set()]
    for key in over[: max(0, len(_jobs) - REMEMBERED)]:
        del _jobs[key]


def _advance() -> None:
    """Let those in front of the line begin, as long as there is room; who no longer waits steps out."""
    begun = []
    with _lock:
        for job in [job for job in _line if not job.wanted]:
            _line.remove(job)
            job.end()
        while _line and len(_running) < AT_ONCE:
            begun.append(_line.pop(0))
            _running.add(begun[-1])
        HEAVY.labels("waiting").set(len(_line))
    for job in begun:
        try:
            threading.Thread(target=_turn, args=(job,), name="valley job", daemon=True).start()
        except (RuntimeError, MemoryError) as error:  # the machine has no thread left
            with _lock:
                _running.discard(job)
            job.fail(error)


def _turn(job: Job) -> None:
    try:
        job.run()
    finally:
        with _lock:
            _running.discard(job)
        _advance()
