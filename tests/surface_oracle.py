"""Plain NumPy transcriptions of the surfaces' errors, to be read beside the source each one names.

One function per surface, named as its slug, for those that are neither a model of data nor typed; keyword names are
those of its fields. Nothing here imports a surface. `w` holds a weight in each row, (D, N); the result is E, (N,).
"""

import numpy as np


def beale(w):
    """Beale (1958)."""
    x, y = w
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def booth(w):
    """Jamil and Yang (2013), function 17."""
    x, y = w
    return (x + 2 * y - 7) ** 2 + (2 * x + y - 5) ** 2


def convex_rosenbrock(w, dimension, limiting_condition_number):
    """Goh (2017), Distill."""
    assert len(w) == dimension
    chain = (w[0] - 1) ** 2 + ((w[:-1] - w[1:]) ** 2).sum(axis=0)
    return chain / 2 + 2 / (limiting_condition_number - 1) * (w**2).sum(axis=0)


def goldstein_price(w):
    """Goldstein and Price (1971), as printed: in both weights, not in their sum and difference."""
    x, y = w
    first = 1 + (x + y + 1) ** 2 * (19 - 14 * x + 3 * x**2 - 14 * y + 6 * x * y + 3 * y**2)
    second = 30 + (2 * x - 3 * y) ** 2 * (18 - 32 * x + 12 * x**2 + 48 * y - 36 * x * y + 27 * y**2)
    return first * second


def himmelblau(w):
    """Himmelblau (1972)."""
    x, y = w
    return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2


def monkey_saddle(w):
    """Hilbert and Cohn-Vossen (1952): r^3 cos 3 phi."""
    return np.hypot(*w) ** 3 * np.cos(3 * np.arctan2(w[1], w[0]))


def piecewise_quadratic(w):
    """Lessard, Recht and Packard (2016), 4.6: 25 w, w + 24 and 25 w - 24, integrated from 0."""
    x = w[0]
    below, between, above = 12.5 * x**2, x**2 / 2 + 24 * x - 12, 12.5 * x**2 - 24 * x + 36
    return np.where(x < 1, below, np.where(x < 2, between, above))


def plateau_ravine(w, slope, cliff):
    """After Pascanu, Mikolov and Bengio (2013)."""
    x, y = w
    return -slope * x + cliff / 20 * np.logaddexp(0, 20 * (x - 1)) + y**2 / 2


def quadratic(w, eigenvalue_1, eigenvalue_2, angle, minimum_x, minimum_y):
    """Bishop and Bishop (2024), 7.8: half the sum of lambda_i alpha_i^2, alpha_i along the eigenvectors."""
    x, y = w[0] - minimum_x, w[1] - minimum_y
    c, s = np.cos(np.deg2rad(angle)), np.sin(np.deg2rad(angle))
    return (eigenvalue_1 * (c * x + s * y) ** 2 + eigenvalue_2 * (c * y - s * x) ** 2) / 2


def rastrigin(w, amplitude):
    """Rastrigin (1974)."""
    return (w**2 + amplitude * (1 - np.cos(2 * np.pi * w))).sum(axis=0)


def rosenbrock(w, a, b):
    """Rosenbrock (1960)."""
    x, y = w
    return (a - x) ** 2 + b * (y - x**2) ** 2


def sharpness(w):
    """Kreisler, Nacson, Soudry and Carmon (2023), a scalar network of two weights."""
    return (1 - w[0] * w[1]) ** 2 / 2


def six_hump_camel(w):
    """Dixon and Szego (1978)."""
    x, y = w
    return 4 * x**2 - 2.1 * x**4 + x**6 / 3 + x * y - 4 * y**2 + 4 * y**4


def styblinski_tang(w, tilt):
    """Styblinski and Tang (1990)."""
    return (w**4 - 16 * w**2 + tilt * w).sum(axis=0) / 2


def two_minima(w, depth, distance):
    """64/d^4 times the integral of (t^2 - d^2/4)(t + 3 D d/32) from d/2 to w_1, and (w_2 - w_1/2)^2."""
    x, y = w
    square, shift = distance**2 / 4, 3 * depth * distance / 32
    inner = np.polyint(np.polymul([1, 0, -square], [1, shift]))
    return 64 / distance**4 * (np.polyval(inner, x) - np.polyval(inner, distance / 2)) + (y - x / 2) ** 2
