"""Logarithm: mean and variance of the logarithm of a sum of many alike, from its Laplace transform."""

import numpy as np

TIMES = np.exp(np.linspace(-25.0, 25.0, 167))  # t of the integrals
EULER = 0.5772156649015329


def of_sums(transform: np.ndarray, zero: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return E[ln X | X > 0] and its variance, (...) each, X the sum of ``count`` independent terms Y >= 0.

    ``transform`` (T, ...) is E e^(-t Y) at TIMES, ``zero`` (...) the chance that Y is 0. With f = E e^(-t X), that of
    X > 0, E ln X is the integral over t > 0 of (e^-t - f)/t, and E (ln X)^2 twice that of (f - e^-t) ln t/t, less
    2 gamma E ln X: both sides of E X^-s Gamma(s) = integral of t^(s-1) f, to first order in s.
    """
    none = zero**count
    left = (transform**count - none) / (1.0 - none)
    shape = (len(TIMES),) + (1,) * (left.ndim - 1)
    gap, step = np.exp(-TIMES).reshape(shape) - left, np.log(TIMES[1] / TIMES[0])
    mean = step * gap.sum(axis=0)
    square = -2.0 * step * (np.log(TIMES).reshape(shape) * gap).sum(axis=0) - 2.0 * EULER * mean
    return mean, square - mean**2


def digamma(x: float) -> float:
    """Return psi(x), x > 0: psi(x) = psi(x + 1) - 1/x down from where its asymptotic series is exact."""
    below = 0.0
    while x < 12.0:
        below += 1.0 / x
        x += 1.0
    square = 1.0 / (x * x)
    return float(np.log(x)) - 0.5 / x - square * (1.0 / 12.0 - square * (1.0 / 120.0 - square / 252.0)) - below


def trigamma(x: float) -> float:
    """Return psi'(x), x > 0, alike: the variance of the logarithm of a gamma variable, of chi^2_n with x = n/2."""
    above = 0.0
    while x < 12.0:
        above += 1.0 / (x * x)
        x += 1.0
    square = 1.0 / (x * x)
    return above + 1.0 / x + 0.5 * square + square / x * (1.0 / 6.0 - square * (1.0 / 30.0 - square / 42.0))
