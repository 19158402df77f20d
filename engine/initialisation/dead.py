"""Dead: how many ReLUs are below 0 for every row at the start, as predicted."""

import math

import numpy as np

ANGLES = 20_000


def dead_share(inputs: np.ndarray, deviation: float, biases: np.ndarray) -> np.ndarray:
    """Return the chance that a unit is at most 0 on all rows, inputs (N, 2) and biases (B,) -> (B,).

    a_n = w'x_n + b, w normal with a standard deviation in each of two directions. Along the unit vector u of angle t,
    w = r u and r has the Rayleigh distribution; with m(t) = max over n of u'x_n a unit is dead where r m(t) <= -b. So
    the chance is the mean over t of exp(-b^2/(2 deviation^2 m^2)) where m < 0, none elsewhere, for b >= 0, and of
    1 - exp(-b^2/(2 deviation^2 m^2)) where m > 0, all elsewhere, for b < 0.
    """
    angle = 2.0 * np.pi * (np.arange(ANGLES) + 0.5) / ANGLES
    highest = np.full(ANGLES, -np.inf)
    for x, y in inputs:
        np.maximum(highest, x * np.cos(angle) + y * np.sin(angle), out=highest)
    found = []
    for b in np.asarray(biases, dtype=np.float64):
        with np.errstate(divide="ignore", invalid="ignore"):
            beyond = np.exp(-0.5 * (b / (deviation * highest)) ** 2)  # P(r > |b/m|)
        share = np.where(highest < 0.0, beyond, 0.0) if b >= 0.0 else np.where(highest > 0.0, 1.0 - beyond, 1.0)
        found.append(float(share.mean()))
    return np.array(found)


def active_share(inputs: np.ndarray, deviation: float, biases: np.ndarray) -> np.ndarray:
    """Return the chance that a unit is above 0 on a row, averaged over rows: inputs (N, K), biases (B,) -> (B,).

    a_n is normal with mean b and standard deviation ``deviation`` |x_n|: the mean over n of Phi(b/(deviation |x_n|)).
    """
    lengths = deviation * np.linalg.norm(inputs, axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        standard = np.asarray(biases, dtype=np.float64)[:, None] / lengths
    standard = np.where(np.isnan(standard), -np.inf, standard)  # a row of zeros without a bias: exactly 0, not above
    return np.array([np.mean([0.5 * math.erfc(-value / math.sqrt(2.0)) for value in row]) for row in standard])
