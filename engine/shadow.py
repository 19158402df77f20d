"""Shadow: how much of a run a plane shows, and what it hides."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.plane import Plane
from engine.surface import Surface

ROUNDING = 1e-14  # of what is added up: less than that is no distance
COARSE = 50  # points with which a walk is drawn where more of them change nothing
DRAWS = 400  # random walks that are looked at
MODES = 40  # of their components, the largest, that are drawn one by one


@dataclass(frozen=True, eq=False)
class Shadow:
    """A run of T steps beside its feet in a plane; nan after a divergence."""

    explained: tuple[float, float]  # share of the weights' variance about their mean that lies along u, along v
    distance: np.ndarray  # (T+1,) from the plane
    length: float  # of the way from the start, the farthest: what distances are compared with


def shadow(plane: Plane, weights: np.ndarray) -> Shadow:
    """Return what a plane shows of a run (T+1, D)."""
    with np.errstate(all="ignore"):
        feet = plane.project(weights)
        distance = np.linalg.norm(weights - plane.lift(feet), axis=-1)
        sizes = np.linalg.norm(weights, axis=-1) + np.linalg.norm(feet, axis=-1) + np.linalg.norm(plane.origin)
        distance = np.where(distance <= ROUNDING * sizes, 0.0, distance)
        away = np.linalg.norm(weights - weights[0], axis=-1)
    known = weights[np.isfinite(weights).all(axis=-1)]
    return Shadow(explained(plane, known), distance, float(np.nanmax(away)))


def below(surface: Surface, plane: Plane, weights: np.ndarray) -> np.ndarray:
    """Return E at the foot of every step of a run: (T+1, D) -> (T+1,)."""
    with np.errstate(all="ignore"):
        error, _ = surface.evaluate(plane.lift(plane.project(weights)))
    return error


def explained(plane: Plane, weights: np.ndarray) -> tuple[float, float]:
    """Return the share of the variance of points (n, D) about their mean along each axis of a plane; 0 of none."""
    apart = weights - weights.mean(axis=0)
    along = ((apart @ plane.axes.T) ** 2).sum(axis=0)
    total = float((apart**2).sum())
    return (float(along[0] / total), float(along[1] / total)) if total > 0.0 else (0.0, 0.0)


def random_walk_shares(points: int) -> np.ndarray:
    """Return the share of the variance on each principal component of a random walk of many dimensions, (points - 1,).

    The matrix of a walk's differences is that of a path; the components of N points have variances in the ratio of
    1/(4 sin^2(pi j/(2N))), whose sum is (N^2 - 1)/6. As N grows the shares become 6/(pi^2 j^2), 60.8 % on the first and
    15.2 % on the second; Antognini and Sohl-Dickstein (2018), arXiv:1806.08805. Raises ValueError for fewer than 2
    points.
    """
    if points < 2:
        raise ValueError(f"points must be at least 2, got {points}")
    j = np.arange(1, points)
    shares: np.ndarray = 6.0 / ((points**2 - 1.0) * 4.0 * np.sin(np.pi * j / (2.0 * points)) ** 2)
    return shares


@lru_cache(maxsize=64)
def random_walk_plane(points: int, dim: int) -> tuple[float, float]:
    """Return the share of a random walk of so many points in D dimensions on its own first two components.

    Its mean, and what 95 % of all walks stay below; both by DRAWS walks, always the same ones. In few dimensions it is
    more than ``random_walk_shares`` has.
    """
    if min(points - 1, dim) <= 2:
        return 1.0, 1.0
    variances = random_walk_shares(points)[:MODES]
    rest = max(0.0, 1.0 - float(variances.sum()))
    random = np.random.default_rng(0)
    normal = random.normal(size=(DRAWS, len(variances), dim)) * np.sqrt(variances)[:, None]
    values = np.linalg.eigvalsh(normal @ normal.transpose(0, 2, 1))
    shares = values[:, -2:].sum(axis=1) / (values.sum(axis=1) + rest * dim)
    return float(shares.mean()), float(np.quantile(shares, 0.95))


@lru_cache(maxsize=64)
def random_walk_ends(points: int, dim: int) -> tuple[float, float]:
    """Return the share of a random walk of D dimensions on a plane through its start, its end and a point elsewhere.

    Its mean, and what 95 % of all walks stay below; both by DRAWS walks, always the same ones. In many dimensions it is
    1/2: the way from start to end grows evenly, with a variance of a twelfth of its square, and a walk has a sixth.
    """
    if min(points - 1, dim) <= 2:
        return 1.0, 1.0
    random = np.random.default_rng(0)
    shares = np.empty(DRAWS)
    for k in range(DRAWS):
        path = np.cumsum(random.normal(size=(min(points, COARSE), dim)), axis=0)
        along = path[-1] - path[0]
        along /= np.linalg.norm(along)
        other = random.normal(size=dim)
        other -= (other @ along) * along
        apart = path - path.mean(axis=0)
        held = (apart @ along) ** 2 + (apart @ other) ** 2 / (other @ other)
        shares[k] = held.sum() / (apart**2).sum()
    return float(shares.mean()), float(np.quantile(shares, 0.95))
