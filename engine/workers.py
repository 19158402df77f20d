"""Workers: blocks of work go through one pool of threads, or through any executor that is given."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from itertools import islice
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

TICK = 0.05  # seconds between calls of progress, and the longest a block goes without a look at its watch
FIRST_PIECE = 64  # steps of the first piece, from which the length of the others is measured
ELSEWHERE = 256  # blocks under way at a time, some 100 kB each, on an executor that may be of any size
CORES = os.cpu_count() or 1
NICE = 10  # a tenth of the processor beside a thread of the page

Progress = Callable[[float], bool | None]

_making = threading.Lock()
_made: list[ThreadPoolExecutor] = []


def pool() -> ThreadPoolExecutor:
    """Return the one pool of threads of this process, made when first asked for. Never wait for it from within it."""
    with _making:
        if not _made:
            _made.append(ThreadPoolExecutor(CORES, thread_name_prefix="valley", initializer=step_back))
        return _made[0]


def step_back() -> None:
    """Let whoever waits for a page go first: on Linux a thread has a priority of its own, where the host allows it."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_made.clear)  # a forked process has the pool, but none of its threads


class Watch:
    """What a call and its blocks tell each other while they run; a block in another process has one to itself."""

    def __init__(self) -> None:
        self.stopped = False
        self.done = 0.0  # runs, those under way in part
        self._pace = 0.0  # seconds a step
        self._counting = threading.Lock()

    def in_pieces(self, advance: Callable[[int, int], bool], steps: int, runs: int) -> bool:
        """Call advance(first, last) from step 0 to ``steps``, in pieces of about TICK, until it says there is no more.

        Returns False where it was stopped before that.
        """
        first = 0
        while first <= steps and not self.stopped:
            length = max(1, int(TICK / self._pace)) if self._pace else FIRST_PIECE
            last = min(first + length - 1, steps)
            began = time.perf_counter()
            if advance(first, last):
                self._pace = max((time.perf_counter() - began) / (last - first + 1), 1e-9)
            else:
                last = steps
            with self._counting:
                self.done += runs * (last - first + 1) / (steps + 1)
            first = last + 1
        return first > steps


class Block(NamedTuple):
    """A part of the work: the runs it is, as a slice of all, and what is sent."""

    place: slice
    batches: Any


def scatter(
    measure: Callable[[Any, Watch | None], Any],
    blocks: Iterator[Block],
    keep: Callable[[slice, Any], None],
    runs: int,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> bool:
    """Send measure(batches, watch) of every block through an executor and hand each answer to keep(place, answer).

    Only so many blocks are under way at a time: memory does not grow with their number. ``progress(share)`` is called
    by the caller's thread about every 50 ms and at the end; when it returns False, blocks in threads stop where they
    are and answer None, and those elsewhere that have begun are waited for. Returns whether all ``runs`` were done.
    """
    executor = pool() if executor is None else executor
    watch = Watch() if isinstance(executor, ThreadPoolExecutor) else None
    at_once = ELSEWHERE if watch is None else 2 * CORES
    arrived: SimpleQueue[Future] = SimpleQueue()
    under_way: dict[Future, slice] = {}
    done, told = 0, time.perf_counter()
    try:
        while True:
            for block in islice(blocks, at_once - len(under_way)):
                future = executor.submit(measure, block.batches, watch)
                under_way[future] = block.place
                future.add_done_callback(arrived.put)
            if not under_way:
                break
            for future in _next(arrived):
                place = under_way.pop(future)
                keep(place, future.result())
                done += place.stop - place.start
            if progress and time.perf_counter() - told >= TICK:
                told = time.perf_counter()
                if progress((watch.done if watch else done) / runs) is False:
                    break
        for future in _recalled(under_way, watch):
            place, answer = under_way[future], future.result()
            if answer is not None:
                keep(place, answer)
                done += place.stop - place.start
    finally:
        _recalled(under_way, watch)
    if progress and done == runs:
        progress(1.0)
    return done == runs


def _next(arrived: SimpleQueue[Future]) -> list[Future]:
    """Return the next future that is done, none where it takes longer than TICK."""
    try:
        return [arrived.get(timeout=TICK)]
    except Empty:
        return []


def _recalled(under_way: dict[Future, slice], watch: Watch | None) -> list[Future]:
    """Let nothing more begin; wait for what has begun and return it."""
    if watch:
        watch.stopped = True
    begun = [future for future in under_way if not future.cancel()]
    wait(begun)
    return begun
