"""The max-margin objective."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from engine.dataset import Dataset
from engine.kernel import kernel
from engine.parameter import parameter
from surfaces.fitting.hinges import lowest_point
from surfaces.fitting.two_classes import TwoClasses, one_sided

LITTLE = 1e-6  # penalty with which the lowest point is, of those with E = 0, the one nearest to 0
ABOVE = 1.0 + 1e-6  # times the weights at which the last pair keeps its margin: there all do, whatever is rounded


@dataclass(frozen=True)
class MaxMargin(TwoClasses):
    """A score that is to be higher for the true row of each pair than for the corrupt one, by a margin.

    s = w_1 x_1 + w_2 x_2,  E(w) = sum over pairs of max(0, Delta + s_c - s) + lambda/2 |w|^2
    Collobert and Weston (2008), A unified architecture for natural language processing, where Delta = 1

    The mean divides the sum by the number of pairs. The k-th row with target 1 is the true one of pair k, the k-th with
    target 0 the corrupt one, the fewer over again until none is left. A bias would cancel in s_c - s. Where a pair
    exactly keeps its margin the gradient jumps: there it is the one without that pair. Between these creases H is
    lambda times the identity, so that of lambda = 0 no learning rate has a limit, and none arrives in a corner either.
    """

    data: object = "two_gaussians"
    margin: float = parameter(1.0, 0.0, 5.0, r"\Delta", step=0.1, help="By how much a true score is to be higher.")
    penalty: float = parameter(
        0.0, 0.0, 10.0, r"\lambda", scale="log", smallest=1e-3, help="Curvature that is added: λ/2 times |w|²."
    )

    title = "Max-margin"
    note = "Flat facets that meet in creases: nothing curves, so that no learning rate comes to rest in a corner."
    convex = True
    latex = (
        r"E(\mathbf w) = \sum_{\text{pairs}} \max(0, \Delta + s_c - s)\ \text{or its mean}\;"
        r" + \tfrac\lambda2\,|\mathbf w|^2"
    )

    @classmethod
    def misfit(cls, data: Dataset) -> str | None:
        """Return why data do not suit: not two inputs and two classes."""
        if (inputs := data.inputs.shape[1]) != 2:
            return f"{cls.title} scores two inputs, a bias would cancel: it takes no data with {inputs}"
        return super().misfit(data)

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        share = 1.0 / data.shape[0] if theta[0] == 0.0 else 1.0
        margin, penalty = theta[1], theta[2]
        for r in range(w.shape[1]):
            error[r] = 0.5 * penalty * (w[0, r] * w[0, r] + w[1, r] * w[1, r])
            g[0, r] = penalty * w[0, r]
            g[1, r] = penalty * w[1, r]
        for n in range(data.shape[0]):
            dx, dz = data[n, 0] - data[n, 2], data[n, 1] - data[n, 3]
            for r in range(w.shape[1]):
                short = margin - (w[0, r] * dx + w[1, r] * dz)
                on = share if short > 0.0 else 0.0
                error[r] += share * max(short, 0.0)
                g[0, r] -= on * dx
                g[1, r] -= on * dz

    @cached_property
    def pairs(self) -> np.ndarray:
        """The places of true and corrupt row of each pair among the rows, (P, 2)."""
        true, corrupt = (np.flatnonzero(self.wanted == target) for target in (1.0, 0.0))
        pairs = np.arange(max(len(true), len(corrupt)))
        return np.stack([true[pairs % len(true)], corrupt[pairs % len(corrupt)]], axis=1)

    def rows(self) -> np.ndarray:
        """Return the inputs of true and corrupt row side by side, a pair a row, (P, 4)."""
        return self.columns[self.pairs].reshape(-1, 4)

    @cached_property
    def differences(self) -> np.ndarray:
        """True inputs less corrupt ones, whose score is to reach the margin, (P, 2)."""
        pairs = self.rows()
        return pairs[:, :2] - pairs[:, 2:]

    @property
    def made_of(self) -> str:
        """Sum or mean, and over how many pairs."""
        return f"the {self.reduction} over {len(self.differences):,} pairs"

    @property
    def share(self) -> float:
        """What the error of every pair is multiplied by: 1, or 1/P for the mean."""
        return 1.0 if self.reduction == "sum" else 1.0 / len(self.differences)

    def kink_distance(self, w: np.ndarray) -> np.ndarray:
        """Return how far w is from the nearest crease: (..., 2) -> (...)."""
        lengths = np.hypot(*self.differences.T)
        short = np.abs(self.margin - np.asarray(w) @ self.differences.T)
        nearest: np.ndarray = (short[..., lengths > 0.0] / lengths[lengths > 0.0]).min(axis=-1, initial=np.inf)
        return nearest

    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return lambda times the identity, on a crease too: (..., 2) -> (..., 2, 2)."""
        return np.broadcast_to(self.penalty * np.eye(2), (*np.shape(w)[:-1], 2, 2))

    def derivatives(self, activation: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return max(0, t - a), where a = s - s_c of a pair is to reach t, its slope and 0."""
        short = target - activation
        return np.maximum(short, 0.0), np.where(short > 0.0, -1.0, 0.0), np.zeros_like(short)

    @np.errstate(all="ignore")
    def expansion(self, w: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return E, its gradient and H without a kernel: (..., 2) -> (...), (..., 2), (..., 2, 2)."""
        w = np.asarray(w, dtype=np.float64)
        error, slope, _ = self.derivatives(w @ self.differences.T, np.array(self.margin))
        square = 0.5 * self.penalty * np.square(w).sum(axis=-1)
        gradient = self.share * slope @ self.differences + self.penalty * w
        return self.share * error.sum(axis=-1) + square, gradient, self.hessian(w)

    @cached_property
    def minima(self) -> np.ndarray:
        """A lowest point, (1, 2): the only one where there is a penalty; without one others may be as low."""
        d = self.differences
        if self.margin == 0.0:
            return np.zeros((1, 2))
        if self.penalty == 0.0 and one_sided(d):
            shortest = lowest_point(d, self.margin, self.share, LITTLE * self.share * float(np.abs(d).max() ** 2))
            if (least := (d @ shortest).min()) > 0.0:
                return (ABOVE * self.margin / least * shortest)[None]
        return lowest_point(d, self.margin, self.share, self.penalty)[None]

    @property
    def landmarks(self) -> dict[str, tuple[float, ...]]:
        """The lowest point where it lies in a corner or on a crease: there the gradient does not vanish."""
        x, y = self.minima[0].tolist()
        on_crease = self.kink_distance(self.minima[0]) <= 1e-9 * max(abs(x), abs(y))
        return {"w*": (x, y)} if on_crease else {}

    @property
    def learning_rate(self) -> float:
        """A step from the start is a twentieth of the way to the minimum long."""
        start = np.array(self.start)
        steep, way = (float(np.hypot(*each)) for each in (self.expansion(start)[1], self.minima[0] - start))
        return float(f"{0.05 * way / steep:.1g}") if steep * way > 0.0 else 0.1

    def outputs(self, w: np.ndarray, inputs: np.ndarray) -> np.ndarray:
        """Return the score of inputs (n, 2): w (..., 2) -> (..., n)."""
        return self.activations(w, inputs)
