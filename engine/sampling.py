"""Sampling: every random number is drawn here, up front and from a seed; kernels know none."""

import numpy as np


def gradient_noise(steps: int, dim: int, runs: int, seed: int) -> np.ndarray:
    """Return standard normal noise for the gradients of every step, weight and run: (T, D, R).

    Times sigma it is what ``run(..., noise=)`` adds to a gradient. Run r receives the same noise however many runs and
    steps there are: each has a stream of its own, spawned from the seed.
    """
    streams = np.random.SeedSequence(seed).spawn(runs)
    drawn = [np.random.default_rng(stream).standard_normal((steps, dim)) for stream in streams]
    return np.stack(drawn, axis=-1) if drawn else np.empty((steps, dim, 0))
