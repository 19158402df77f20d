"""Section: a surface restricted to a plane, itself a surface of two weights."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.plane import Plane
from engine.surface import Surface, View


@dataclass(frozen=True)
class Section(Surface):
    """E(origin + x u + y v) as a function of x and y.

    Its gradient is (u'g, v'g) and its Hessian that of H seen along u and v. No rule runs on it, so it has no kernel:
    the gradient has a part that leads out of the plane.
    """

    surface: Surface
    plane: Plane

    @property
    def title(self) -> str:  # type: ignore[override]
        """What is cut."""
        return self.surface.title

    @property
    def quadratic(self) -> bool:  # type: ignore[override]
        """As the whole surface is."""
        return self.surface.quadratic

    @property
    def dim(self) -> int:
        """2, its coordinates x and y."""
        return 2

    @property
    def start(self) -> tuple[float, ...]:
        """The foot of the surface's own start."""
        return tuple(self.plane.project(np.array(self.surface.start)).tolist())

    @property
    def view(self) -> View:
        """The plane's."""
        return self.plane.view

    @property
    def bounded_below(self) -> bool:
        """As the whole surface is."""
        return self.surface.bounded_below

    def evaluate(self, w: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return E and its gradient within the plane: (..., 2) -> (...), (..., 2)."""
        error, gradient = self.surface.evaluate(self.plane.lift(w))
        return error, gradient @ self.plane.axes.T

    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return the Hessian along u and v: (..., 2) -> (..., 2, 2)."""
        return self.surface.bend(self.plane.lift(w), self.plane.axes)

    def __repr__(self) -> str:
        return f"Section({self.surface!r}, {self.plane.digest})"


def seen(surface: Any, plane: Plane) -> Any:
    """Return what a plane shows of a surface: all of one with a weight or two, else its section."""
    return surface if plane.whole else Section(surface, plane)
