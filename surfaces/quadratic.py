"""The quadratic valley."""

import math
from dataclasses import dataclass

import numpy as np

from engine.kernel import kernel
from engine.parameter import parameter
from engine.surface import Surface, View


@dataclass(frozen=True)
class Quadratic(Surface):
    """A quadratic in two weights, shaped by its Hessian's eigenvalues.

    E(w) = 1/2 (w - w*)' H (w - w*),  H u_i = lambda_i u_i                  Bishop and Bishop (2024), 7.7-7.8, E(w*) = 0

    u_1 stands at ``angle`` degrees to the first weight's axis, u_2 at 90 degrees more. Contours are ellipses whose axes
    lie along u_i with lengths in the ratio 1/sqrt(lambda_i) (figure 7.2).
    """

    eigenvalue_1: float = parameter(
        1.0, -1e3, 1e3, r"\lambda_1", scale="log", smallest=1e-3, help="Curvature along the first eigenvector."
    )
    eigenvalue_2: float = parameter(
        20.0, -1e3, 1e3, r"\lambda_2", scale="log", smallest=1e-3, help="Curvature along the second eigenvector."
    )
    angle: float = parameter(
        30.0,
        -180.0,
        180.0,
        r"\theta",
        unit="°",
        step=1.0,
        help="From the first weight's axis to the first eigenvector.",
    )
    minimum_x: float = parameter(0.0, -10.0, 10.0, "w^*_1", step=0.1, help="First coordinate of the stationary point.")
    minimum_y: float = parameter(0.0, -10.0, 10.0, "w^*_2", step=0.1, help="Second coordinate of the stationary point.")

    title = "Quadratic valley"
    note = (
        "Near a minimum every smooth surface looks like this one: all there is are two curvatures and their directions."
    )
    latex = r"E(\mathbf w) = \tfrac12\,(\mathbf w - \mathbf w^*)^{\mathsf T}\,\mathbf H\,(\mathbf w - \mathbf w^*)"
    dim = 2
    quadratic = True

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        h11, h12, h22, x0, y0 = theta[0], theta[1], theta[2], theta[3], theta[4]
        for r in range(w.shape[1]):
            x, y = w[0, r] - x0, w[1, r] - y0
            gx, gy = h11 * x + h12 * y, h12 * x + h22 * y
            g[0, r] = gx
            g[1, r] = gy
            error[r] = 0.5 * (x * gx + y * gy)

    def pack(self) -> np.ndarray:
        """Return H_11, H_12, H_22 and w*, (5,)."""
        h = self.hessian(np.zeros(2))
        return np.array([h[0, 0], h[0, 1], h[1, 1], self.minimum_x, self.minimum_y])

    @property
    def eigenvalues(self) -> np.ndarray:
        """lambda, ascending, (2,)."""
        return np.sort([self.eigenvalue_1, self.eigenvalue_2])

    @property
    def eigenvectors(self) -> np.ndarray:
        """Unit eigenvectors as columns, in the order of ``eigenvalues``, (2, 2)."""
        c, s = _cos_sin(self.angle)
        u = np.array([[c, -s], [s, c]])
        return u if self.eigenvalue_1 <= self.eigenvalue_2 else u[:, ::-1]

    @property
    def labels(self) -> str:
        """The subscripts of lambda and u in the order of ``eigenvalues``: what is called first is eigenvalue_1."""
        return "₁₂" if self.eigenvalue_1 <= self.eigenvalue_2 else "₂₁"

    @property
    def condition_number(self) -> float:
        """kappa = lambda_max/lambda_min where both are positive, else nan."""
        low, high = self.eigenvalues
        return float(high / low) if low > 0.0 else float("nan")

    @property
    def stationary_point(self) -> np.ndarray:
        """w*, where the gradient vanishes, (2,)."""
        return np.array([self.minimum_x, self.minimum_y])

    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return H, the same everywhere: (..., 2) -> (..., 2, 2)."""
        c, s = _cos_sin(self.angle)
        a, b = self.eigenvalue_1, self.eigenvalue_2
        h12 = (a - b) * c * s
        h = np.array([[a * c * c + b * s * s, h12], [h12, a * s * s + b * c * c]])
        return np.broadcast_to(h, (*np.shape(w)[:-1], 2, 2))

    def modes(self, w: np.ndarray) -> np.ndarray:
        """Return alpha_i = u_i' (w - w*), the distances along the eigenvectors: (..., 2) -> (..., 2). Bishop (7.28)."""
        away, u = np.asarray(w) - self.stationary_point, self.eigenvectors
        # not as a product of matrices, which rounds the two terms differently: on a diagonal they cancel exactly
        alpha: np.ndarray = away[..., :1] * u[0] + away[..., 1:] * u[1]
        return alpha

    @property
    def verdict(self) -> str:
        """What the stationary point is, in words."""
        low, high = self.eigenvalues
        if low > 0.0:
            return "minimum"
        if high < 0.0:
            return "maximum"
        if low < 0.0 < high:
            return "saddle"
        if low == high:
            return "flat plane"
        return "flat valley" if high > 0.0 else "flat ridge"

    @property
    def bounded_below(self) -> bool:
        """Whether no eigenvalue is negative."""
        return bool(self.eigenvalues[0] >= 0.0)

    @property
    def minima(self) -> np.ndarray:
        """w* where it is the only minimum, (1, 2), else (0, 2)."""
        return self.stationary_point[None] if self.eigenvalues[0] > 0.0 else np.empty((0, 2))

    @property
    def start(self) -> tuple[float, float]:
        """A place on the wall of the default valley, up and to the left of w*."""
        return self.minimum_x - 1.5, self.minimum_y + 1.0

    @property
    def view(self) -> View:
        """A window about w*, half as wide again as it is high."""
        return (self.minimum_x - 2.4, self.minimum_x + 2.4), (self.minimum_y - 1.6, self.minimum_y + 1.6)


def _cos_sin(degrees: float) -> tuple[float, float]:
    """Return cos and sin, exact at multiples of 90 degrees so that such a valley is exactly axis-aligned.

    Halfway between they are of one size, so that what starts on a diagonal through w* = 0 stays there.
    """
    if degrees % 90.0 == 0.0:
        return ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[int(degrees // 90.0) % 4]
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return (c, math.copysign(c, s)) if degrees % 45.0 == 0.0 else (c, s)
