"""Surface: the base class of every error surface."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from engine.parameter import Parameterised
from engine.timing import timed

View = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Surface(Parameterised, ABC):
    """An error E(w) with its exact gradient; the fields are its parameters.

    A subclass stands in its own file and gives the kernel ``value_and_grad`` (see engine/kernel.py), ``dim``,
    ``start``, ``view``, ``hessian`` and ``note``; ``minima``, ``data`` and the others below where it has them.
    """

    title: ClassVar[str]  # what a page calls it
    note: ClassVar[str]  # what it shows, in one plain sentence
    latex: ClassVar[str] = ""  # E(w) as a formula
    view_fields: ClassVar[tuple[str, ...]] = ()  # its parameters that change what is seen of the error, not the error
    value_and_grad: ClassVar[Callable[..., Any]]
    kinks: ClassVar[tuple[float, ...]] = ()  # values of the first weight at which the Hessian jumps

    quadratic: ClassVar[bool] = False  # whether the Hessian is the same everywhere
    convex: ClassVar[bool] = False  # whether it is known that every stationary point is a lowest one

    @property
    @abstractmethod
    def dim(self) -> int:
        """D, the number of weights."""

    @property
    @abstractmethod
    def start(self) -> tuple[float, ...]:
        """A good place to start from, (D,)."""

    @property
    @abstractmethod
    def view(self) -> View:
        """The part of the plane worth seeing, ((x_low, x_high), (y_low, y_high)); with one weight y is the error."""

    @abstractmethod
    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return the exact Hessian at w: (..., D) -> (..., D, D); where it jumps, the one to the right."""

    def bend(self, w: np.ndarray, directions: np.ndarray) -> np.ndarray:
        """Return d_i'H d_j at w for K directions: (..., D), (K, D) -> (..., K, K).

        A surface whose products H d cost less than H states them here.
        """
        bent: np.ndarray = directions @ self.hessian(w) @ directions.T
        return bent

    @property
    def filters(self) -> tuple[tuple[int, ...], ...]:
        """Return groups of weights that belong together, as places: in a network the incoming weights of a unit.

        Without such groups all weights are one.
        """
        return (tuple(range(self.dim)),)

    @property
    def biases(self) -> np.ndarray:
        """Return which weights are biases, (D,) bool."""
        return np.zeros(self.dim, dtype=bool)

    @property
    def weight_names(self) -> tuple[str, ...]:
        """Return what every weight is called, D names, subscripts as a_{b}."""
        return tuple(f"w_{{{i}}}" for i in range(1, self.dim + 1))

    @property
    def minima(self) -> np.ndarray:
        """Return the known minima, local ones too, (number, D); there may be others."""
        return np.empty((0, self.dim))

    @property
    def smooth(self) -> bool:
        """Whether places where a derivative jumps are so few that ``kink_distance`` tells points between them."""
        return True

    @property
    def bounded_below(self) -> bool:
        """Whether the error has a lower bound; without one no run arrives anywhere, it leaves the view for ever."""
        return True

    def kink_distance(self, w: np.ndarray) -> np.ndarray:
        """Return how far w is from where a derivative of the error jumps, inf where none does: (..., D) -> (...)."""
        first = np.asarray(w, dtype=np.float64)[..., 0]
        return np.abs(first[..., None] - np.array(self.kinks)).min(axis=-1, initial=np.inf)

    @property
    def made_of(self) -> str:
        """What E is, where that sets the size of every limit: ``the mean over 20 rows``; empty for a formula."""
        return ""

    @property
    def landmarks(self) -> dict[str, tuple[float, ...]]:
        """Return the points that the source has names for, name -> (D,)."""
        return {}

    @property
    def learning_rate(self) -> float:
        """A learning rate at which gradient descent behaves from ``start``: about half the local limit there."""
        hessian = self.hessian(np.array(self.start))
        steepest = np.abs(np.linalg.eigvalsh(hessian)).max() if np.isfinite(hessian).all() else 0.0
        return float(f"{1.0 / steepest:.1g}") if steepest > 0.0 else 0.1

    def rows(self) -> np.ndarray:
        """Return the rows the error is made of, (N, K), targets last; a formula has none."""
        return np.empty((0, 0))

    def code(self, library: str) -> list[str] | None:
        """Return the body of a function of w that returns error and gradient, in ``np`` or ``torch``.

        None where the program that a student takes away is translated from the kernel, as it is of any kernel that
        states its equations itself.
        """
        return None

    def times(self, w: np.ndarray, directions: np.ndarray) -> np.ndarray:
        """Return H(w) d, (n, D) and (n, D) -> (n, D); a surface of many weights need not lay out H for it."""
        product: np.ndarray = np.einsum("nij,nj->ni", self.hessian(w), directions)
        return product

    def evaluate(self, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return E and its gradient at points w: (..., D) -> (...), (..., D), through the same kernel as a run."""
        w = np.asarray(w, dtype=np.float64)
        if w.shape[-1:] != (self.dim,):
            raise ValueError(f"w must have shape (..., {self.dim}), got {w.shape}")
        columns = np.ascontiguousarray(w.reshape(-1, self.dim).T)
        error, gradient = np.empty(columns.shape[1]), np.empty_like(columns)
        if columns.size:
            with np.errstate(all="ignore"), timed("evaluate"):
                self.value_and_grad(columns, self.pack(), self.rows(), error, gradient)
        return error.reshape(w.shape[:-1]), gradient.T.reshape(w.shape)


def two_by_two(xx: Any, xy: Any, yy: Any) -> np.ndarray:
    """Return the symmetric matrices of two weights, (...) each -> (..., 2, 2)."""
    xx, xy, yy = np.broadcast_arrays(xx, xy, yy)
    return np.stack([np.stack([xx, xy], axis=-1), np.stack([xy, yy], axis=-1)], axis=-2)
