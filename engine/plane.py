"""Plane: a section of weight space that can be drawn."""

from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any

import numpy as np

from engine.surface import Surface, View


@dataclass(frozen=True, eq=False)
class Plane:
    """The points origin + x u + y v with (x, y) in ``view``; with one weight the line origin + x u, and no v.

    Directions are unit vectors, so that a distance in the picture is one in weight space. Two of the same content are
    equal.
    """

    origin: np.ndarray  # (D,)
    u: np.ndarray  # (D,) unit vector
    v: np.ndarray | None  # (D,) unit vector at right angles to u; None where D = 1
    view: View
    names: tuple[str, str] = ("w_{1}", "w_{2}")  # of x and y, subscripts as a_{b}
    fitted: bool = False  # whether it was chosen so that it holds most of a run
    through: bool = False  # whether it was laid through a run's start and end

    @classmethod
    def of(cls, surface: Surface, include: Any = None) -> "Plane":
        """Return the plane of a surface with one or two weights: its own coordinates, its own view.

        ``include`` (number, D) are points that must be seen: the view grows to hold them with a margin.
        """
        if surface.dim not in (1, 2):
            raise ValueError(f"surface must have 1 or 2 weights to be drawn whole, got {surface.dim}")
        axes = np.eye(surface.dim)
        points = np.empty((0, surface.dim)) if include is None else np.atleast_2d(include)
        x, y = surface.view
        x = _widen(x, points[:, 0])
        y = _widen(y, points[:, 1]) if surface.dim == 2 else y
        return cls(np.zeros(surface.dim), axes[0], axes[1] if surface.dim == 2 else None, (x, y))

    @property
    def dim(self) -> int:
        """D, of the space in which it lies."""
        return len(self.origin)

    @property
    def whole(self) -> bool:
        """Whether nothing lies outside it: a surface of one weight or two."""
        return self.dim < 3

    @property
    def axes(self) -> np.ndarray:
        """The directions as rows, (2, D), or (1, D) on a line."""
        return self.u[None] if self.v is None else np.stack([self.u, self.v])

    def lift(self, coordinates: np.ndarray) -> np.ndarray:
        """Return the points at coordinates of the plane: (..., 2), or (..., 1) on a line, -> (..., D)."""
        points: np.ndarray = self.origin + np.asarray(coordinates) @ self.axes
        return points

    def project(self, weights: np.ndarray) -> np.ndarray:
        """Return the coordinates in the plane: (..., D) -> (..., 2), or (..., 1) on a line; nan where not finite."""
        with np.errstate(invalid="ignore"):
            return (np.asarray(weights) - self.origin) @ self.axes.T

    @cached_property
    def digest(self) -> str:
        """A name of its content: the same for the same plane and view."""
        content = b"".join(array.tobytes() for array in (self.origin, self.axes))
        words = repr((self.view, self.names, self.fitted, self.through))
        return blake2b(content + words.encode(), digest_size=8).hexdigest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Plane) and self.digest == other.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def grid(self, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return x (n,), y (n,) and the points (n, n, D), row y, column x; on a line y is empty and points (n, D)."""
        x = np.linspace(*self.view[0], n)
        if self.v is None:
            return x, np.empty(0), self.origin + x[:, None] * self.u
        y = np.linspace(*self.view[1], n)
        return x, y, self.origin + x[None, :, None] * self.u + y[:, None, None] * self.v

    def contains(self, coordinates: np.ndarray, views: float = 1.0) -> np.ndarray:
        """Tell which coordinates (..., 2) lie within ``views`` times the view about its centre: (...); nan does not."""
        low, high = np.array(self.view)[: coordinates.shape[-1]].T
        return np.all(np.abs(coordinates - (low + high) / 2.0) <= views * (high - low) / 2.0, axis=-1)


def _widen(interval: tuple[float, float], values: np.ndarray) -> tuple[float, float]:
    low, high = interval
    margin = 0.08 * (high - low)
    outside = values[(values < low + margin) | (values > high - margin)]
    if not len(outside):
        return interval
    low, high = min(low, float(outside.min())), max(high, float(outside.max()))
    margin = 0.12 * (high - low)
    return low - margin, high + margin
