"""Plane: a section of weight space that can be drawn."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.surface import Surface, View


@dataclass(frozen=True, eq=False)
class Plane:
    """The points origin + x u + y v with (x, y) in ``view``; with one weight the line origin + x u, and no v."""

    origin: np.ndarray  # (D,)
    u: np.ndarray  # (D,) unit vector
    v: np.ndarray | None  # (D,) unit vector at right angles to u; None where D = 1
    view: View

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

    def project(self, weights: np.ndarray) -> np.ndarray:
        """Return the coordinates in the plane: (..., D) -> (..., 2), or (..., 1) on a line."""
        offset = np.asarray(weights) - self.origin
        axes = self.u[None] if self.v is None else np.stack([self.u, self.v])
        return offset @ axes.T

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
