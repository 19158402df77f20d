"""The function of Goldstein and Price."""

from dataclasses import dataclass

import numpy as np

from engine.kernel import kernel
from engine.surface import Surface, two_by_two


@dataclass(frozen=True)
class GoldsteinPrice(Surface):
    """Four minima at very different heights, on a surface that rises to a hundred thousand times the lowest.

    E(w) = (1 + s^2 p(w)) (30 + d^2 q(w)),  s = w_1 + w_2 + 1,  d = 2 w_1 - 3 w_2      Goldstein and Price (1971)
    p = 19 - 14 w_1 + 3 w_1^2 - 14 w_2 + 6 w_1 w_2 + 3 w_2^2
    q = 18 - 32 w_1 + 12 w_1^2 + 48 w_2 - 36 w_1 w_2 + 27 w_2^2

    E = 3 at (0, -1), 30 at (-0.6, -0.4), 84 at (1.8, 0.2) and 840 at (1.2, 0.8). With u = w_1 + w_2 it is
    p = 3 u^2 - 14 u + 19 and q = 3 d^2 - 16 d + 18: a product of one function of u and one of d.
    """

    title = "Goldstein-Price"
    note = "From 3 at the lowest minimum to 300 000 at the rim: no learning rate is right for both."
    latex = (
        r"\begin{aligned}E(\mathbf w) = {}&\bigl(1 + (u + 1)^2 (3u^2 - 14u + 19)\bigr)"
        r"\bigl(30 + d^2 (3d^2 - 16d + 18)\bigr),\\ &u = w_1 + w_2,\quad d = 2w_1 - 3w_2\end{aligned}"
    )
    dim = 2
    start = (-1.5, 0.5)
    view = ((-2.0, 2.0), (-2.0, 1.2))

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        for r in range(w.shape[1]):
            u, d = w[0, r] + w[1, r], 2.0 * w[0, r] - 3.0 * w[1, r]
            s, p, q = u + 1.0, 3.0 * u * u - 14.0 * u + 19.0, 3.0 * d * d - 16.0 * d + 18.0
            first, second = 1.0 + s * s * p, 30.0 + d * d * q
            by_u = (2.0 * s * p + s * s * (6.0 * u - 14.0)) * second
            by_d = (2.0 * d * q + d * d * (6.0 * d - 16.0)) * first
            error[r] = first * second
            g[0, r] = by_u + 2.0 * by_d
            g[1, r] = by_u - 3.0 * by_d

    @np.errstate(all="ignore")
    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return H: (..., 2) -> (..., 2, 2)."""
        x, y = np.moveaxis(np.asarray(w), -1, 0)
        u, d = x + y, 2.0 * x - 3.0 * y
        s, p, q = u + 1.0, 3.0 * u * u - 14.0 * u + 19.0, 3.0 * d * d - 16.0 * d + 18.0
        first, second = 1.0 + s * s * p, 30.0 + d * d * q
        both = (2.0 * s * p + s * s * (6.0 * u - 14.0)) * (2.0 * d * q + d * d * (6.0 * d - 16.0))
        uu = (2.0 * p + 4.0 * s * (6.0 * u - 14.0) + 6.0 * s * s) * second
        dd = (2.0 * q + 4.0 * d * (6.0 * d - 16.0) + 6.0 * d * d) * first
        return two_by_two(uu + 4.0 * both + 4.0 * dd, uu - both - 6.0 * dd, uu - 6.0 * both + 9.0 * dd)

    @property
    def minima(self) -> np.ndarray:
        """All four, the lowest first, (4, 2)."""
        return np.array([[0.0, -1.0], [-0.6, -0.4], [1.8, 0.2], [1.2, 0.8]])
