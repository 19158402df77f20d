"""Cut: which plane is laid through the weights, and where."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine import planes
from engine.plane import Plane
from engine.remembered import remembered
from engine.study import Entry
from engine.surface import Surface

KINDS = ("weights", "random", "run", "eigenvectors")
ENDS = "ends"  # a further kind, where there is another run
PLACES = ("start", "end")
REMEMBERED = 16


@dataclass(frozen=True)
class Cut:
    """A plane through two weights, along two random directions, the components of a run or two eigenvectors.

    Or one through the ends of two runs and the start of the first.
    """

    kind: str = "weights"  # of KINDS, or ENDS
    at: str = "start"  # of PLACES: where it is laid; through the end alone where it is a run's
    first: int = 0  # places of the weights, from 0
    second: int = 1
    seed: int = 0  # of the random directions
    other: Entry | None = None  # the run at whose end a plane through ends is laid

    @property
    def follows(self) -> bool:
        """Whether the plane depends on a run, so that its start cannot be moved within it."""
        return self.kind in ("run", ENDS) or self.at == "end"

    def lay(self, surface: Surface, entry: Entry, start: tuple[float, ...], steps: int) -> Plane:
        """Return the plane, for a run from ``start`` (D,).

        A plane that depends on no run looks the same whatever the rule's settings are.
        """
        if self.follows:
            return _along_run(self, surface, entry._replace(name="", note="", start=None), start, steps)
        return _laid(self, surface, start)


@lru_cache(maxsize=REMEMBERED)
def _along_run(cut: Cut, surface: Surface, entry: Entry, start: tuple[float, ...], steps: int) -> Plane:
    path = _path(surface, entry, start, steps)
    if cut.kind == ENDS and cut.other is not None:
        return planes.between(path[-1], _path(surface, cut.other, start, steps)[-1], path[0])
    return planes.of_run(path) if cut.kind == "run" else _at(cut, surface, path[-1], path)


def _path(surface: Surface, entry: Entry, start: tuple[float, ...], steps: int) -> np.ndarray:
    """Return the part of a run that is near its start, (n, D)."""
    given = (surface, entry.optimizer, entry.learning_rate, entry.start or start, steps)
    path = remembered(*given, entry.clip, entry.batch, entry.schedule)
    assert path is not None
    return planes.near(path.weights[:, 0])


@lru_cache(maxsize=REMEMBERED)
def _laid(cut: Cut, surface: Surface, start: tuple[float, ...]) -> Plane:
    return _at(cut, surface, np.array(start), surface.minima)


def _at(cut: Cut, surface: Surface, at: np.ndarray, include: np.ndarray) -> Plane:
    if cut.kind == "weights":
        return planes.through_weights(surface, cut.first, cut.second, at, include)
    if cut.kind == "random":
        return planes.random_directions(surface, at, include, cut.seed)
    return planes.eigenvectors(surface, at, include)
