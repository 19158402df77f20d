"""Sampling: every random number is drawn here, up front and from a seed; kernels know none."""

from typing import Any, NamedTuple

import numpy as np

from engine.arguments import whole

SAMPLINGS = {
    "in_order": "batches follow each other as the data lie",
    "reshuffle": "the data are shuffled before every epoch",
    "shuffle_once": "the data are shuffled once, every epoch goes the same way",
    "with_replacement": "every row of a batch is drawn from all the data",
    "without_replacement": "every batch is drawn from all the data, no row twice within it",
}
NONE = -1  # fills up a batch that has fewer rows
DRAWN = 1 << 20  # row numbers shuffled at once


class Batch(NamedTuple):
    """Which rows every step of a run receives: so many, drawn in one of SAMPLINGS from a seed."""

    size: int
    sampling: str = "reshuffle"
    seed: int = 0


def arguments(batch: Batch | None) -> dict[str, Any]:
    """Return what ``run`` is told of a batch, nothing where every step receives all rows."""
    return {} if batch is None else {"batch_size": batch.size, "sampling": batch.sampling, "seed": batch.seed}


def gradient_noise(steps: int, dim: int, runs: int, seed: int) -> np.ndarray:
    """Return standard normal noise for the gradients of every step, weight and run: (T, D, R).

    Times sigma it is what ``run(..., noise=)`` adds to a gradient. Run r receives the same noise however many runs and
    steps there are: each has a stream of its own, spawned from the seed.
    """
    streams = np.random.SeedSequence(seed).spawn(runs)
    drawn = [np.random.default_rng(stream).standard_normal((steps, dim)) for stream in streams]
    return np.stack(drawn, axis=-1) if drawn else np.empty((steps, dim, 0))


def batches(rows: int, batch_size: int, steps: int, sampling: str = "reshuffle", seed: int = 0) -> np.ndarray:
    """Return which rows, from 0, every step receives: (T, B) int64, NONE at the end of a batch that is shorter.

    ``sampling`` is one of SAMPLINGS. The first three cut epochs of N rows into batches of B, the last of an epoch
    shorter where B does not divide N: Bishop and Bishop (2024), Algorithm 7.1 is ``in_order`` with B = 1, Algorithm 7.2
    ``reshuffle``, here before the first epoch, too. (As printed, 7.1 would ask for row 0 and the last batch of 7.2 for
    rows beyond N.) The last two draw every batch anew; an epoch is then N rows. What a step receives does not depend on
    how many follow.

    Raises ValueError naming the argument for sizes that are not whole numbers, at least 1, steps at least 0, a batch
    larger than the data, another ``sampling`` and a seed that is negative.
    """
    rows, steps, seed = whole("rows", rows, 1), whole("steps", steps, 0), whole("seed", seed, 0)
    size = fitting_size(batch_size, rows)
    if sampling not in SAMPLINGS:
        raise ValueError(f"sampling must be one of {', '.join(SAMPLINGS)}, got {sampling!r}")
    random = np.random.default_rng(seed)
    if sampling == "with_replacement":
        return random.integers(0, rows, (steps, size), dtype=np.int64)
    if sampling == "without_replacement":
        return _shuffled(random, rows, steps, size)
    each = -(-rows // size)  # batches an epoch
    epochs = -(-steps // each)
    if sampling == "reshuffle":
        order = _shuffled(random, rows, epochs, rows)
    else:
        once = random.permutation(rows) if sampling == "shuffle_once" else np.arange(rows)
        order = np.broadcast_to(once, (epochs, rows))
    filled = np.full((epochs, each * size), NONE, dtype=np.int64)
    filled[:, :rows] = order
    return filled.reshape(epochs * each, size)[:steps].copy()


def fitting_size(batch_size: Any, rows: int) -> int:
    """Return the size of a batch; ValueError unless it is a whole number from 1 to the number of rows."""
    size = whole("batch_size", batch_size, 1)
    if size > rows:
        raise ValueError(f"batch_size must be at most {rows}, the number of rows, got {batch_size!r}")
    return size


def _shuffled(random: Any, rows: int, times: int, kept: int) -> np.ndarray:
    """Return the first ``kept`` of each of many shuffles of all rows, (times, kept)."""
    drawn = np.empty((times, kept), dtype=np.int64)
    block = max(1, DRAWN // rows)
    for first in range(0, times, block):
        some = min(block, times - first)
        every = np.broadcast_to(np.arange(rows), (some, rows))
        drawn[first : first + some] = random.permuted(every, axis=1)[:, :kept]
    return drawn
