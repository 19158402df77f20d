"""Surface: the base class of every error surface."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from engine.parameter import Parameterised

View = tuple[tuple[float, float], tuple[float, float]]


@dataclass(frozen=True)
class Surface(Parameterised, ABC):
    """An error E(w) with its exact gradient; the fields are its parameters.

    A subclass stands in its own file and gives the kernel ``value_and_grad`` (see engine/kernel.py), ``dim``,
    ``start``, ``view`` and ``hessian``; ``minima``, ``data`` and ``latex`` where it has them.
    """

    title: ClassVar[str]  # what a page calls it
    latex: ClassVar[str] = ""  # E(w) as a formula
    value_and_grad: ClassVar[Callable[..., Any]]

    dim: ClassVar[int]  # D, the number of weights
    quadratic: ClassVar[bool] = False  # whether the Hessian is the same everywhere

    @property
    @abstractmethod
    def start(self) -> tuple[float, ...]:
        """A good place to start from, (D,)."""

    @property
    @abstractmethod
    def view(self) -> View:
        """The part of the plane worth seeing, ((x_low, x_high), (y_low, y_high))."""

    @abstractmethod
    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return the exact Hessian at w: (..., D) -> (..., D, D)."""

    @property
    def minima(self) -> np.ndarray:
        """Return the known minima, (number, D)."""
        return np.empty((0, self.dim))

    def data(self) -> np.ndarray:
        """Return the rows the error is made of, (N, K), targets last; a formula has none."""
        return np.empty((0, 0))

    def evaluate(self, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return E and its gradient at points w: (..., D) -> (...), (..., D), through the same kernel as a run."""
        w = np.asarray(w, dtype=np.float64)
        if w.shape[-1:] != (self.dim,):
            raise ValueError(f"w must have shape (..., {self.dim}), got {w.shape}")
        columns = np.ascontiguousarray(w.reshape(-1, self.dim).T)
        error, gradient = np.empty(columns.shape[1]), np.empty_like(columns)
        with np.errstate(all="ignore"):
            self.value_and_grad(columns, self.pack(), self.data(), error, gradient)
        return error.reshape(w.shape[:-1]), gradient.T.reshape(w.shape)
