"""One unit: what it answers to every row, what each row costs, and what each of its weights has to do with that."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from engine.passes import BENDS, log_loss, squared

TINY = 1e-30  # an imaginary step so small that its square is nothing
LOSSES: dict[str, tuple[str, Callable[[Any, Any], tuple[Any, Any]]]] = {  # the activation that goes with each
    "log_loss": ("sigmoid", log_loss),
    "squared": ("linear", squared),
}


class Rows(NamedTuple):
    """All rows at once; the bias is the last weight, and its input is always 1."""

    loss: str
    inputs: np.ndarray  # (N, K + 1), the last column 1
    targets: np.ndarray  # t, (N,)
    weights: np.ndarray  # (K + 1,)
    sums: np.ndarray  # z = w'x, (N,)
    answers: np.ndarray  # y = f(z), (N,)
    costs: np.ndarray  # L, (N,)
    slopes: np.ndarray  # dL/dz, (N,)

    @property
    def cost(self) -> float:
        """The mean of L over all rows."""
        return float(self.costs.mean())

    @property
    def gradients(self) -> np.ndarray:
        """dL/dw of every row, (N, K + 1)."""
        return self.slopes[:, None] * self.inputs

    @property
    def gradient(self) -> np.ndarray:
        """Their mean, (K + 1,): with log_loss that of x (y - t), with squared that of -2 x (t - y)."""
        return self.gradients.mean(axis=0)

    def at(self, weights: np.ndarray) -> "Rows":
        """Return the same rows at other weights (K + 1,)."""
        return rows(self.inputs[:, :-1], self.targets, weights, self.loss)


def rows(inputs: np.ndarray, targets: np.ndarray, weights: np.ndarray, loss: str) -> Rows:
    """Return what a unit with weights (K + 1,), the bias last, makes of inputs (N, K) with targets (N,).

    ``log_loss``: y = 1/(1 + e^-z), L = -t ln y - (1 - t) ln(1 - y); ``squared``: y = z, L = (t - y)^2.
    """
    activation, charge = LOSSES[loss]
    with_one = np.column_stack([inputs, np.ones(len(inputs))])
    sums = with_one @ weights
    costs, slopes = charge(sums, targets)
    return Rows(loss, with_one, targets, weights, sums, BENDS[activation].value(sums), costs, slopes)


def off(found: Rows) -> float:
    """Return how far the mean gradient is from complex steps, over its largest number: Squire and Trapp (1998)."""
    nudges = TINY * 1j * np.eye(len(found.weights))
    stepped = np.array([found.at(found.weights + nudge).costs.mean().imag / TINY for nudge in nudges])
    largest = float(np.abs(found.gradient).max())
    return float(np.abs(stepped - found.gradient).max()) / largest if largest else 0.0
