"""Chebyshev steps."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.parameter import parameter
from engine.schedule import Schedule

_RANGE = (1e-6, 1e6)


@dataclass(frozen=True)
class Chebyshev(Schedule):
    """The steps of gradient descent whose worst case over all eigenvalues in [m, L] after K of them is the smallest.

    eta_j = 2/(L + m + (L - m) cos((2 j - 1) pi/(2 K))), j = 1 to K, then again from the first.     Young (1953)
    They are the inverse roots of the polynomial p_K that is least on [m, L] with p_K(0) = 1: no K steps, and no other
    rule that adds up past gradients, have a smaller worst case. On the way the error may be far larger than at the end
    of a cycle, and in most orders rounding ruins it; here the roots are Leja points, each as far from all before it as
    can be, the largest first; Reichel (1991), Linear Algebra and its Applications 154-156.
    """

    smallest_eigenvalue: float = parameter(
        1.0, *_RANGE, r"\lambda_{min}", scale="log", help="The smallest eigenvalue that the steps are made for."
    )
    largest_eigenvalue: float = parameter(
        20.0, *_RANGE, r"\lambda_{max}", scale="log", help="The largest eigenvalue that the steps are made for."
    )
    cycle: float = parameter(
        8, 1, 256, "K", step=1, whole=True, help="How many steps are planned ahead; then they begin anew."
    )

    title = "Chebyshev steps"
    note = "The best K steps that gradient descent can plan ahead if it knows the smallest and the largest eigenvalue."
    latex = (
        r"\eta_j = \frac{2}{\lambda_{\max} + \lambda_{\min}"
        r" + (\lambda_{\max} - \lambda_{\min})\cos\frac{(2j - 1)\pi}{2K}}"
    )

    def validate(self) -> None:
        """Check every field, and that the smallest eigenvalue is not above the largest."""
        super().validate()
        if self.smallest_eigenvalue > self.largest_eigenvalue:
            raise ValueError(
                f"smallest_eigenvalue must be at most the largest, {self.largest_eigenvalue:g},"
                f" got {self.smallest_eigenvalue:g}"
            )

    def __call__(self, steps: int) -> np.ndarray:
        """Return eta of steps 1 to ``steps``, (steps,)."""
        count = int(self.cycle)
        middle = self.largest_eigenvalue + self.smallest_eigenvalue
        width = self.largest_eigenvalue - self.smallest_eigenvalue
        angle = (2.0 * np.arange(1, count + 1) - 1.0) * np.pi / (2.0 * count)
        etas = 2.0 / (middle + width * np.cos(angle))
        return np.resize(etas[_leja_order(count)], steps)


@lru_cache(maxsize=64)
def _leja_order(count: int) -> np.ndarray:
    """Return the order in which each of the points cos((2 j - 1) pi/(2 K)) is as far from all before it as can be."""
    points = np.cos((2.0 * np.arange(1, count + 1) - 1.0) * np.pi / (2.0 * count))
    order, distance = [0], np.zeros(count)  # the sum of the logarithms of the distances
    with np.errstate(divide="ignore"):
        for _ in range(count - 1):
            distance += np.log(np.abs(points - points[order[-1]]))
            order.append(int(np.argmax(distance)))
    taken = np.array(order)
    taken.setflags(write=False)
    return taken
