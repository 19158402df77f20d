"""Two weights: models whose error a plane shows whole, w and b of one input or a weight for each of two."""

import math
from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from engine.dataset import Dataset
from engine.surface import View, two_by_two
from surfaces.fitting.fitted import Fitted
from surfaces.fitting.newton import minimum_near

MARGIN = 0.45
WIDE = 1.5  # a view's width over its height
GUIDE = 1e-2  # curvature added to find where to look when no minimum is known, as a share of that at 0


@dataclass(frozen=True)
class TwoWeights(Fitted):
    """E(w) = sum over n of e(a_n, t_n), or its mean, with a_n = w x_n + b; a = w_1 x_1 + w_2 x_2 of two inputs.

    With the columns phi_n = (x_n, 1), or (x_n1, x_n2), H = sum over n of e''(a_n, t_n) phi_n phi_n'.
    """

    dim = 2
    second: ClassVar[Callable[..., Any]]  # the kernel of the Hessian, see engine/kernel.py; views and minima need none

    @classmethod
    def misfit(cls, data: Dataset) -> str | None:
        """Return why data do not suit: other than one or two inputs and one target, or inputs that tell too little."""
        inputs, targets = data.inputs.shape[1], data.targets.shape[1]
        if inputs > 2 or targets > 1:
            return f"{cls.title} has two weights: it takes one or two inputs and one target, got {inputs} and {targets}"
        for name, column in zip(data.input_names, data.inputs.T, strict=True):
            if (column == column[0]).all():
                return f"{cls.title} needs inputs that vary: {name} is {column[0]:g} in every row"
        if inputs == 2 and np.linalg.matrix_rank(data.inputs) < 2:
            first, second = data.input_names
            return f"{cls.title} cannot tell {first} from {second}: one is a multiple of the other in every row"
        return None

    @abstractmethod
    def derivatives(self, activation: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return e(a, t) and its first and second derivative by a: (...) twice -> (...) three times."""

    @abstractmethod
    def outputs(self, w: np.ndarray, inputs: np.ndarray) -> np.ndarray:
        """Return what the model says of inputs (n, K): w (..., 2) -> (..., n)."""

    @cached_property
    def columns(self) -> np.ndarray:
        """What the two weights multiply in each row, (N, 2)."""
        return _columns(self.dataset.inputs)

    @cached_property
    def wanted(self) -> np.ndarray:
        """The target of each row, (N,)."""
        return self.dataset.targets[:, 0]

    def rows(self) -> np.ndarray:
        """Return inputs and target side by side, (N, K + 1)."""
        return np.column_stack([self.dataset.inputs, self.wanted])

    def activations(self, w: np.ndarray, inputs: np.ndarray) -> np.ndarray:
        """Return a of inputs (n, K): w (..., 2) -> (..., n)."""
        return np.asarray(w) @ _columns(inputs).T

    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return H: (..., 2) -> (..., 2, 2)."""
        w = np.asarray(w, dtype=np.float64)
        columns = np.ascontiguousarray(w.reshape(-1, 2).T)
        h = np.empty((3, columns.shape[1]))
        with np.errstate(all="ignore"):
            self.second(columns, self.pack(), self.rows(), h)
        return h[[0, 1, 1, 2]].T.reshape(*w.shape, 2)

    @np.errstate(all="ignore")
    def expansion(self, w: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return E, its gradient and H without a kernel: (..., 2) -> (...), (..., 2), (..., 2, 2)."""
        x, z = self.columns.T
        error, slope, bend = (
            self.share * each for each in self.derivatives(np.asarray(w) @ self.columns.T, self.wanted)
        )
        return error.sum(axis=-1), slope @ self.columns, two_by_two(bend @ (x * x), bend @ (x * z), bend @ (z * z))

    @cached_property
    def minima(self) -> np.ndarray:
        """The minimum to which Newton's method leads from 0, (1, 2), or (0, 2) where it leads to none."""
        found = minimum_near(self.expansion, np.zeros(2))
        return np.empty((0, 2)) if found is None else found[None]

    @cached_property
    def guide(self) -> np.ndarray:
        """Where to look, (2,): the minimum, else that of the error with a little curvature added."""
        if len(self.minima):
            return self.minima[0]
        found = minimum_near(self._curved, np.zeros(2))
        return np.ones(2) if found is None else found

    def _curved(self, w: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return ``expansion`` of E + c |w|^2/2, c so large that the weights do not grow for ever."""
        c = GUIDE * float(np.abs(np.linalg.eigvalsh(self.expansion(np.zeros(2))[2])).max())
        error, gradient, hessian = self.expansion(w)
        return error + 0.5 * c * np.square(w).sum(), gradient + c * w, hessian + c * np.eye(2)

    @cached_property
    def start(self) -> tuple[float, float]:
        """Both weights 0; where that is the minimum, beside it."""
        return (0.0, 0.0) if np.abs(self.guide).max() > 1e-9 else (1.0, 1.0)

    @cached_property
    def view(self) -> View:
        """What holds the start and where to look, with a margin on all sides."""
        return framed(np.array([self.start, self.guide]))


def _columns(inputs: np.ndarray) -> np.ndarray:
    """Return what two weights multiply, (n, 2): of one input (n, 1) the second is 1, and its weight the bias."""
    inputs = np.asarray(inputs, dtype=np.float64)
    return inputs if inputs.shape[1] == 2 else np.column_stack([inputs, np.ones(len(inputs))])


def framed(points: np.ndarray, margin: float = MARGIN) -> View:
    """Return a view, WIDE times as wide as high, that holds points (number, 2) with a margin about them, a share of
    what they span.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    wide, high_ = (1.0 + 2.0 * margin) * (high - low)
    half = 0.5 * max(high_, wide / WIDE)
    x, y = (float(value) for value in 0.5 * (low + high))
    return _rounded(x - WIDE * half, x + WIDE * half), _rounded(y - half, y + half)


def _rounded(low: float, high: float) -> tuple[float, float]:
    """Return an interval with ends of few digits."""
    unit = 10.0 ** math.floor(math.log10(high - low) - 1.0)
    digits = max(0, round(-math.log10(unit)))
    return round(math.floor(low / unit) * unit, digits), round(math.ceil(high / unit) * unit, digits)
