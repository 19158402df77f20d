"""Goh's convex Rosenbrock."""

from dataclasses import dataclass

import numpy as np

from engine.kernel import kernel
from engine.parameter import parameter
from engine.surface import Surface


@dataclass(frozen=True)
class ConvexRosenbrock(Surface):
    """A chain of D weights, pulled to 1 at one end: news travels one weight a step.

    E(w) = 1/2 (w_1 - 1)^2 + 1/2 sum of (w_i - w_(i+1))^2 + 2/(kappa - 1) |w|^2      Goh (2017), Distill

    It is a quadratic. From w = 0 no method whose steps are combinations of past gradients has anything but zero in the
    weights after the k-th after k steps, which bounds how fast any of them can be; distill.pub/2017/momentum. What is
    published there, the minimum w*_i = q^i with q = (sqrt(kappa) - 1)/(sqrt(kappa) + 1) and the condition number kappa,
    holds in the limit of large D only: ``minima`` solves the equations of the D at hand, and ``condition_number`` is
    that of the D at hand, below kappa.
    """

    dimension: float = parameter(25, 2, 50, "D", step=1, whole=True, help="How many weights the chain has.")
    limiting_condition_number: float = parameter(
        100.0, 2.0, 1e4, r"\kappa", scale="log", help="The condition number that a chain without end would have."
    )

    title = "Convex Rosenbrock"
    quadratic = True
    note = "A chain of weights, pulled at one end: from gradients alone, news travels one weight a step."
    latex = (
        r"E(\mathbf w) = \tfrac12 (w_1 - 1)^2 + \tfrac12 \sum_{i=1}^{D-1} (w_i - w_{i+1})^2"
        r" + \frac{2}{\kappa - 1} \lVert\mathbf w\rVert^2"
    )
    view = ((-0.4, 1.4), (-0.4, 1.0))

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        spring = theta[0]
        for r in range(w.shape[1]):
            end = w[0, r] - 1.0
            error[r] = 0.5 * (end * end + spring * w[0, r] * w[0, r])
            g[0, r] = end + spring * w[0, r]
        for i in range(1, w.shape[0]):
            for r in range(w.shape[1]):
                apart = w[i, r] - w[i - 1, r]
                error[r] += 0.5 * (apart * apart + spring * w[i, r] * w[i, r])
                g[i - 1, r] -= apart
                g[i, r] = apart + spring * w[i, r]

    def pack(self) -> np.ndarray:
        """Return 4/(kappa - 1), (1,)."""
        return np.array([4.0 / (self.limiting_condition_number - 1.0)])

    @property
    def dim(self) -> int:
        """D, as the field says."""
        return int(self.dimension)

    @property
    def start(self) -> tuple[float, ...]:
        """The origin, (D,)."""
        return (0.0,) * self.dim

    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return H, the same everywhere: (..., D) -> (..., D, D)."""
        return np.broadcast_to(self._matrix(), (*np.shape(w)[:-1], self.dim, self.dim))

    def _matrix(self) -> np.ndarray:
        d = self.dim
        h = (2.0 + self.pack()[0]) * np.eye(d) - np.eye(d, k=1) - np.eye(d, k=-1)
        h[-1, -1] -= 1.0  # nothing pulls at the far end
        return h

    @property
    def condition_number(self) -> float:
        """lambda_max/lambda_min of the D weights at hand, which comes near kappa as D grows."""
        eigenvalues = np.linalg.eigvalsh(self._matrix())
        return float(eigenvalues[-1] / eigenvalues[0])

    @property
    def minima(self) -> np.ndarray:
        """The solution of H w = (1, 0, ..., 0), (1, D)."""
        return np.linalg.solve(self._matrix(), np.eye(self.dim)[0])[None]
