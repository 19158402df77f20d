"""One unit with squared error and any activation."""

from dataclasses import dataclass

import numpy as np

from engine.kernel import kernel
from engine.parameter import choice
from surfaces.fitting.activation import derivative, second_derivative
from surfaces.fitting.forward import LEAK, activate
from surfaces.fitting.layers import FIRST_SLOPE
from surfaces.fitting.two_weights import TwoWeights

PIECES, HARD, SIGMOID, TANH, SOFTSIGN = range(5)
KINDS = {"hard_tanh": HARD, "sigmoid": SIGMOID, "tanh": TANH, "softsign": SOFTSIGN}
BELOW = {"linear": 1.0, "leaky_relu": LEAK, "prelu": FIRST_SLOPE}  # the slope of the left side, else 0


@dataclass(frozen=True)
class Unit(TwoWeights):
    """One unit with squared error, as a function of its weight and bias, for any activation of a small network.

    y = h(w x + b),  E(w, b) = 1/2 sum over n of (y_n - t_n)^2 or its mean      Bishop and Bishop (2024), 6.2.3

    The slope of PReLU is kept at 1/4. Of two inputs y = h(w_1 x_1 + w_2 x_2).
    """

    activation: str = choice(
        "relu",
        {name: name for name in ("relu", "leaky_relu", "prelu", "linear", *KINDS)},
        help="What the unit makes of its weighted sum.",
    )

    title = "One unit"
    note = "Squared error after a ReLU is flat where the unit gives 0 on every row: no run comes back from there."
    latex = r"y_n = h(w\,x_n + b),\qquad E(w, b) = \tfrac12\sum_n (y_n - t_n)^2\ \text{or its mean}"
    smooth = False

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        share = 1.0 / data.shape[0] if theta[0] == 0.0 else 1.0
        kind, below, last = int(theta[1]), theta[2], data.shape[1] - 1
        for r in range(w.shape[1]):
            error[r] = 0.0
            g[0, r] = 0.0
            g[1, r] = 0.0
        for n in range(data.shape[0]):
            x, t = data[n, 0], data[n, last]
            z = data[n, 1] if last == 2 else 1.0  # of one input what b multiplies
            for r in range(w.shape[1]):
                a = w[0, r] * x + w[1, r] * z
                if kind == PIECES:
                    y, slope = (a, 1.0) if a > 0.0 else (below * a, below)
                elif kind == HARD:
                    y = 1.0 if a > 1.0 else -1.0 if a < -1.0 else a
                    slope = 1.0 if abs(a) <= 1.0 else 0.0
                elif kind == SOFTSIGN:
                    y = a / (1.0 + abs(a))
                    slope = 1.0 / ((1.0 + abs(a)) * (1.0 + abs(a)))
                else:
                    steep = 2.0 if kind == TANH else 1.0  # tanh a = 2 sigma(2 a) - 1
                    small = np.exp(-steep * abs(a))
                    y = np.tanh(a) if kind == TANH else (1.0 if a > 0.0 else small) / (1.0 + small)
                    slope = steep * steep * small / ((1.0 + small) * (1.0 + small))
                error[r] += 0.5 * share * (y - t) * (y - t)
                g[0, r] += share * (y - t) * slope * x
                g[1, r] += share * (y - t) * slope * z

    def pack(self) -> np.ndarray:
        """Return reduction, kind and the slope of the left side."""
        kind, below = KINDS.get(self.activation, PIECES), BELOW.get(self.activation, 0.0)
        return np.array([self.reduction == "sum", kind, below], dtype=np.float64)

    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return H, where it jumps that of the piece at hand: (..., 2) -> (..., 2, 2)."""
        return self.expansion(w)[2]

    def derivatives(self, activation: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return (y - t)^2/2, (y - t) h' and h'^2 + (y - t) h''."""
        off, slope = self._output(activation) - target, derivative(self.activation, activation)
        return 0.5 * off * off, off * slope, slope**2 + off * second_derivative(self.activation, activation)

    def outputs(self, w: np.ndarray, inputs: np.ndarray) -> np.ndarray:
        """Return y of inputs (n, K): w (..., 2) -> (..., n)."""
        return self._output(self.activations(w, inputs))

    def _output(self, a: np.ndarray) -> np.ndarray:
        return activate(self.activation, a, np.array(FIRST_SLOPE))


def deadly(rows: np.ndarray, start: np.ndarray, gradient: np.ndarray) -> tuple[float, float]:
    """Return between which learning rates the first step of gradient descent leaves a ReLU dead; (inf, inf) if none.

    phi_n = (x_n, 1), ``rows`` (N, 2). The step leads to w - eta g, and the unit is dead where (w - eta g)'phi_n <= 0
    for every row: from the largest w'phi_n/g'phi_n of the rows above 0 on, which all must fall, to the smallest of the
    rows below 0 that rise.
    """
    at, falls = rows @ start, rows @ gradient
    if (falls[at > 0.0] <= 0.0).any() or (falls[at == 0.0] < 0.0).any():
        return float("inf"), float("inf")
    above, rising = at > 0.0, (at < 0.0) & (falls < 0.0)
    first = float(np.max(at[above] / falls[above], initial=0.0))
    last = float(np.min(at[rising] / falls[rising], initial=np.inf))
    return (first, last) if first <= last else (float("inf"), float("inf"))
