"""Symmetric: all eigenvalues of many small symmetric matrices, in the thread that asks.

LAPACK's answer is the same, but it brings threads of its own, which wait for each other where every core is busy.
"""

import numpy as np
from numba import types

from engine.kernel import kernel

MOST = 60  # turns for one eigenvalue; two or three are usual
ROUNDING = 2.0**-53
NOTHING = 1e-40  # squares of what is left beside a largest entry of 1; a low rank leaves ever less, down to no number
_MATRICES = types.float64[:, :, ::1]
_VALUES = types.float64[:, ::1]


class _Reduction:
    """Householder's reduction to three diagonals, then the implicit QL iteration."""

    @kernel(types.void(_MATRICES, _VALUES, types.int64))
    @staticmethod
    def eigenvalues(a, values, most):
        """Fill values (K, n), in no order, from matrices a (K, n, n), which are overwritten."""
        size = a.shape[1]
        beside, v, q = np.empty(size), np.empty(size), np.empty(size)
        for k in range(a.shape[0]):
            m, d = a[k], values[k]
            for j in range(size - 2):
                row = m[j]
                squares = 0.0
                for i in range(j + 1, size):
                    squares += row[i] * row[i]
                if squares < NOTHING:
                    beside[j] = 0.0
                    continue
                below = -np.sqrt(squares) if row[j + 1] > 0.0 else np.sqrt(squares)
                beside[j] = below
                for i in range(j + 1, size):
                    v[i] = row[i]
                v[j + 1] -= below
                factor = 1.0 / (squares - row[j + 1] * below)
                along = 0.0
                for i in range(j + 1, size):
                    other = m[i]
                    product = 0.0
                    for h in range(j + 1, size):
                        product += other[h] * v[h]
                    q[i] = factor * product
                    along += v[i] * q[i]
                along *= 0.5 * factor
                for i in range(j + 1, size):
                    q[i] -= along * v[i]
                for i in range(j + 1, size):
                    other = m[i]
                    vi, qi = v[i], q[i]
                    for h in range(j + 1, size):
                        other[h] -= vi * q[h] + qi * v[h]
            for j in range(size):
                d[j] = m[j, j]
            if size > 1:
                beside[size - 2] = m[size - 2, size - 1]
            beside[size - 1] = 0.0
            largest = 0.0
            for j in range(size):
                largest = max(largest, np.abs(d[j]) + np.abs(beside[j]))
            least = ROUNDING * largest  # relative to the whole: what is smaller moves no eigenvalue by more
            for j in range(size):
                for turn in range(most + 1):
                    last = size - 1
                    for i in range(j, size - 1):
                        if np.abs(beside[i]) <= least:
                            last = i
                            break
                    if last == j:
                        break
                    if turn == most:
                        d[j] = np.nan
                        break
                    g = (d[j + 1] - d[j]) / (2.0 * beside[j])
                    r = np.sqrt(g * g + 1.0)
                    g = d[last] - d[j] + beside[j] / (g + (r if g >= 0.0 else -r))
                    s, c, p = 1.0, 1.0, 0.0
                    whole = True
                    for i in range(last - 1, j - 1, -1):
                        f, b = s * beside[i], c * beside[i]
                        r = np.sqrt(f * f + g * g)
                        beside[i + 1] = r
                        if r == 0.0:
                            d[i + 1] -= p
                            beside[last] = 0.0
                            whole = False
                            break
                        s, c = f / r, g / r
                        g = d[i + 1] - p
                        r = (d[i] - g) * s + 2.0 * c * b
                        p = s * r
                        d[i + 1] = g + p
                        g = c * r - b
                    if whole:
                        d[j] -= p
                        beside[j] = g
                        beside[last] = 0.0


def eigenvalues(matrices: np.ndarray) -> np.ndarray:
    """Return the eigenvalues of real symmetric matrices, descending: (K, D, D) -> (K, D).

    Householder (1958), and Wilkinson's shifts in the QL iteration, Bowdler, Martin, Reinsch and Wilkinson (1968); right
    to a few units of rounding of the largest in size. nan where a matrix is not finite.
    """
    matrices = np.asarray(matrices, dtype=np.float64)
    with np.errstate(all="ignore"):
        size = np.abs(matrices).max(axis=(-2, -1), initial=0.0)
        known = np.isfinite(size)
        scale = np.where(known & (size > 0.0), size, 1.0)  # so that no square is out of range
        scaled = np.ascontiguousarray(np.where(known[:, None, None], matrices / scale[:, None, None], 0.0))
        found = np.empty(scaled.shape[:2])
        _Reduction.eigenvalues(scaled, found, MOST)
        return np.where(known[:, None], -np.sort(-found, axis=1) * scale[:, None], np.nan)
