"""Stationary: the points of a view at which the gradient vanishes, found and classified."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from engine.local import Expansion, eigen
from engine.section import Section
from engine.surface import Surface, View

STARTS = 45  # along each side of the view
FEW = 15  # where all that can be found is one point, or one region; and of a section, whose points cost more
ROUNDS = 80
STEEP = 1e-9  # of the view's median gradient: less than that is none
FLAT = 1e-6  # an eigenvalue this small beside the other, or beside the view's median curvature, counts as zero
APART = 2e-3  # of the view's diagonal: points nearer than that are one
ZERO = 1e-12  # of the diagonal: a coordinate nearer to 0 is 0
HARDLY = 1e-12  # the same where the surface is known to be convex: a long valley of raw data is no curve of minima
ALONG = 2001  # places along a line at which the sign of dE/dw is looked at
HALVINGS = 60
NEARLY = 1e-7  # of the diagonal: where |grad E| over the largest |lambda| is more, a plateau falls on for ever
FOLLOWED, SLOWEST, REACH = 3, 0.98, 0.1  # times that steps are; their slowest ratio; of the diagonal, how far
MANY = 12  # degenerate points of one view from which they are a curve
REMEMBERED = 16  # views kept
KINDS = ("minimum", "maximum", "saddle", "degenerate")


@dataclass(frozen=True, eq=False)
class Stationary:
    """What a search found: K points by themselves, lowest first, and M that lie on curves."""

    places: np.ndarray  # (K, D)
    errors: np.ndarray  # (K,)
    eigenvalues: np.ndarray  # (K, D) of H, ascending
    eigenvectors: np.ndarray  # (K, D, D) as columns
    kinds: list[str]  # K of KINDS
    curve: np.ndarray  # (M, 2) places on curves along which the gradient vanishes, in no order
    curve_eigenvalues: np.ndarray  # (M, 2)

    @property
    def minima(self) -> np.ndarray:
        """The places of the minima, (number, 2)."""
        return self.places[[kind == "minimum" for kind in self.kinds]]

    @property
    def valley(self) -> np.ndarray:
        """The places on a curve across which the error curves up, (number, 2): along it E stays the same."""
        low, high = self.curve_eigenvalues[:, 0], self.curve_eigenvalues[:, -1]
        return self.curve[(high > 0.0) & (low >= -FLAT * high)]

    @property
    def floor(self) -> bool:
        """Whether what is called a curve is a flat region: nothing curves anywhere on it."""
        return bool(len(self.curve)) and not self.curve_eigenvalues.any()


def side_of(surface: Surface) -> int:
    """Return from how many starts along each side of the view a search begins."""
    return FEW if surface.convex or isinstance(surface, Section) else STARTS


def flat_share(surface: Surface) -> float:
    """Return below which share of the other an eigenvalue counts as zero."""
    return HARDLY if surface.convex else FLAT


@lru_cache(maxsize=REMEMBERED)
def known_points(surface: Surface) -> Stationary:
    """Return the minima that a surface of any number of weights tells, lowest first."""
    w = surface.minima[np.argsort(surface.evaluate(surface.minima)[0], kind="stable")]
    values, vectors = eigen(surface.hessian(w))
    errors, none = surface.evaluate(w)[0], np.empty((0, surface.dim))
    return Stationary(w, errors, values, vectors, ["minimum"] * len(w), none, none)


@lru_cache(maxsize=REMEMBERED)
def stationary_points(surface: Surface, view: View) -> Stationary:
    """Return the stationary points of a surface of one or two weights in a view ((x_low, x_high), (y_low, y_high)).

    Newton's method on the gradient, damped so that |grad E| falls at every step (Levenberg and Marquardt), from a grid
    of starts and from the known minima; then the Hessian's eigenvalues classify: a minimum has two positive ones, a
    maximum two negative ones, a saddle one of each, and where one counts as zero the point is degenerate. A point whose
    basin is narrower than the grid may be missed. Of one weight a point is where dE/dw changes its sign, by bisection.
    Raises ValueError for a surface of another dimension.
    """
    if surface.dim == 1:
        return _on_a_line(surface, view[0])
    if surface.dim != 2:
        raise ValueError(f"surface must have 1 or 2 weights, got {surface.dim}")
    (left, right), (bottom, top) = view
    side = side_of(surface) + 2
    x, y = np.linspace(left, right, side)[1:-1], np.linspace(bottom, top, side)[1:-1]
    grid = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    first = Expansion.at(surface, grid)
    sizes = _size(first.gradient)
    with np.errstate(all="ignore"):
        bends = np.abs(first.hessian).max(axis=(-2, -1))
    slope, bend = (float(np.median(v[np.isfinite(v)])) if np.isfinite(v).any() else 0.0 for v in (sizes, bends))
    diagonal = float(np.hypot(right - left, top - bottom))
    w, size = _solved(surface, grid, STEEP * slope, diagonal)
    w = _followed(surface, w, diagonal)
    there = _there(surface, w, diagonal)
    known = _known(surface)
    w, size = np.concatenate([known, w[there]]), np.concatenate([np.zeros(len(known)), size[there]])
    inside = (w >= (left, bottom)).all(axis=-1) & (w <= (right, top)).all(axis=-1)
    w = _merged(w[inside], size[inside], APART * diagonal)
    if surface.convex and len(w) > 1 and np.linalg.eigvalsh(surface.hessian(w[0]))[0] > 0.0:
        w = w[:1]  # there is no other; along a valley of raw data the gradient is as good as none everywhere
    w = np.where(np.abs(w) < ZERO * diagonal, 0.0, w)
    with np.errstate(all="ignore"):
        heights = np.abs(first.error - np.nanmin(first.error, initial=np.inf))
    high = float(np.median(heights[np.isfinite(heights)])) if np.isfinite(heights).any() else 0.0
    return _classified(surface, w, bend, ZERO * high)


def _on_a_line(surface: Surface, interval: tuple[float, float]) -> Stationary:
    """Return where dE/dw changes its sign in an interval."""
    x = np.linspace(*interval, ALONG)
    slope = surface.evaluate(x[:, None])[1][:, 0]
    exact = np.nonzero(slope == 0.0)[0]
    crossed = np.nonzero(slope[:-1] * slope[1:] < 0.0)[0]
    low, high, left = x[crossed], x[crossed + 1], slope[crossed]
    for _ in range(HALVINGS):
        middle = 0.5 * (low + high)
        before = surface.evaluate(middle[:, None])[1][:, 0] * left > 0.0
        low, high = np.where(before, middle, low), np.where(before, high, middle)
    places = np.concatenate([x[exact], 0.5 * (low + high)])
    places = np.where(np.abs(places) < ZERO * (interval[1] - interval[0]), 0.0, places)
    return _classified(surface, places[:, None], 0.0, 0.0)


def _solved(surface: Surface, w: np.ndarray, enough: float, diagonal: float) -> tuple[np.ndarray, np.ndarray]:
    """Return where Newton's method arrived, with |grad E| there, for the starts from which it did."""
    w = w.copy()
    here = Expansion.at(surface, w)
    size, damping = _size(here.gradient), np.full(len(w), 1e-3)
    ends, sizes, last = [], [], np.full(len(w), np.inf)
    for _ in range(ROUNDS):
        going = np.isfinite(size)
        # exactly there, or so near that it comes no nearer
        there = going & ((size == 0.0) | ((size <= enough) & (last <= 1e-9 * diagonal)))
        ends.append(w[there])
        sizes.append(size[there])
        keep = going & ~there
        if not keep.any():
            break
        w, size, damping = w[keep], size[keep], damping[keep]
        here = Expansion(here.error[keep], here.gradient[keep], here.hessian[keep])
        step = _step(here, damping)
        trial = w + step
        then = Expansion.at(surface, trial)
        reached = _size(then.gradient)
        better = reached <= size
        last = np.where(better, np.hypot(step[:, 0], step[:, 1]), np.where(size <= enough, 0.0, np.inf))
        damping = np.where(better, 0.1 * damping, 10.0 * damping)
        w = np.where(better[:, None], trial, w)
        size = np.where(better, reached, size)
        here = Expansion(
            np.where(better, then.error, here.error),
            np.where(better[:, None], then.gradient, here.gradient),
            np.where(better[:, None, None], then.hessian, here.hessian),
        )
    return np.concatenate([*ends, w[size <= enough]]), np.concatenate([*sizes, size[size <= enough]])


def _followed(surface: Surface, w: np.ndarray, diagonal: float) -> np.ndarray:
    """Return the points (K, 2), those on a floor where the gradient has faded before it vanishes at the floor's middle.

    About a root of multiplicity m Newton's steps shrink by 1 - 1/m, so that two of them tell where they lead: w + s_1 +
    s_2/(1 - |s_2|/|s_1|), Aitken (1926). It is taken where the gradient is then smaller.
    """
    for _ in range(FOLLOWED):
        here = Expansion.at(surface, w)
        first = _newton(here)
        second = _newton(Expansion.at(surface, w + first))
        with np.errstate(all="ignore"):
            shrunk = np.minimum(_size(second) / _size(first), SLOWEST)
            trial = w + first + second / (1.0 - shrunk)[:, None]
            better = _size(surface.evaluate(trial)[1]) < _size(here.gradient)
        w = np.where((better & (_size(trial - w) <= REACH * diagonal))[:, None], trial, w)
    return w


def _newton(here: Expansion) -> np.ndarray:
    """Return -H^-1 g, (K, 2), with nothing along directions that do not curve at all."""
    values, vectors = eigen(here.hessian)
    with np.errstate(all="ignore"):
        along = np.einsum("kij,ki->kj", vectors, here.gradient)
        step = np.where(values == 0.0, 0.0, along / values)
    return np.asarray(-np.einsum("kij,kj->ki", vectors, step))


def _there(surface: Surface, w: np.ndarray, diagonal: float) -> np.ndarray:
    """Tell at which points (K, 2) the gradient really vanishes, and does not only fade as on a plateau, (K,).

    Along a direction that curves as little as if it were flat nothing can be told.
    """
    here = Expansion.at(surface, w)
    values, vectors = eigen(here.hessian)
    sizes = np.abs(values)
    steepest = sizes.max(axis=-1, keepdims=True)
    slopes = np.abs(np.einsum("kij,ki->kj", vectors, here.gradient))
    bent = np.where(sizes > flat_share(surface) * steepest, sizes, steepest)
    return np.asarray((slopes <= NEARLY * diagonal * bent).all(axis=-1))


def _known(surface: Surface) -> np.ndarray:
    """Return the known minima but those on a crease, where the gradient jumps and does not vanish, (K, 2)."""
    slope, first = (_size(surface.evaluate(places)[1]) for places in (surface.minima, np.array(surface.start)))
    return surface.minima[slope <= STEEP * first]


def _step(here: Expansion, damping: np.ndarray) -> np.ndarray:
    """Return -(H'H + damping |H|^2)^-1 H'g, 0 where H vanishes or is not finite."""
    with np.errstate(all="ignore"):
        unit = np.abs(here.hessian).max(axis=(-2, -1), initial=0.0)  # without it squares of small curvatures are lost
        h, g = here.hessian / unit[:, None, None], here.gradient / unit[:, None]
        a = h[:, 0, 0] ** 2 + h[:, 0, 1] ** 2
        d = h[:, 1, 1] ** 2 + h[:, 0, 1] ** 2
        b = h[:, 0, 1] * (h[:, 0, 0] + h[:, 1, 1])
        lift = damping * (a + d)
        a, d = a + lift, d + lift
        p = h[:, 0, 0] * g[:, 0] + h[:, 0, 1] * g[:, 1]
        q = h[:, 0, 1] * g[:, 0] + h[:, 1, 1] * g[:, 1]
        determinant = a * d - b * b
        step = -np.stack([d * p - b * q, a * q - b * p], axis=-1) / determinant[:, None]
    return np.where(np.isfinite(step), step, 0.0)


def _merged(w: np.ndarray, size: np.ndarray, apart: float) -> np.ndarray:
    """Return one of each group of points, the one with the smallest gradient."""
    w = w[np.argsort(size, kind="stable")]
    kept = np.empty((0, 2))
    while len(w):
        kept = np.concatenate([kept, w[:1]])
        w = w[np.hypot(*(w - w[0]).T) > apart]
    return kept


def _classified(surface: Surface, w: np.ndarray, bend: float, rounding: float) -> Stationary:
    found = Expansion.at(surface, w)
    errors = np.where(np.abs(found.error) < rounding, 0.0, found.error)
    values, vectors = eigen(found.hessian)
    sizes = np.abs(values)
    flat = sizes <= flat_share(surface) * np.maximum(sizes.max(axis=-1, initial=0.0), FLAT * bend)[:, None]
    kinds = [_kind(each[0], each[-1], zero) for each, zero in zip(values.tolist(), flat.any(axis=-1), strict=True)]
    degenerate = np.array([kind == "degenerate" for kind in kinds], dtype=bool)
    several = degenerate.sum() > 1 and not values[degenerate].any()  # of a flat region, however few were met
    on_curve = degenerate if several or degenerate.sum() >= MANY else np.zeros_like(degenerate)
    alone = np.nonzero(~on_curve)[0]
    order = alone[np.lexsort((*w[alone].T[::-1], np.round(errors[alone], 9)))]
    return Stationary(
        w[order],
        errors[order],
        values[order],
        vectors[order],
        [kinds[i] for i in order],
        w[on_curve],
        values[on_curve],
    )


def _kind(low: float, high: float, flat: bool) -> str:
    if flat:
        return "degenerate"
    return "minimum" if low > 0.0 else "maximum" if high < 0.0 else "saddle"


def _size(gradient: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.hypot(gradient[..., 0], gradient[..., 1])


def floor(surface: Surface, view: View) -> tuple[float, bool]:
    """Return the error from which errors are counted, and whether it is that of a minimum.

    It is the lowest of the minima that are known or in view, by themselves or along a curve; without any that of the
    lowest stationary point, or 0. Of a surface with more than two weights it is the lowest known, or 0.
    """
    found = stationary_points(surface, view) if surface.dim == 2 else known_points(surface)
    # a quadratic's valley is at 0, which sums of large terms would miss
    valley = found.valley[: 0 if surface.quadratic else None]
    known = [places for places in (surface.minima, found.minima, valley) if len(places)]
    if known:
        return float(surface.evaluate(np.concatenate(known))[0].min()), True
    return (float(found.errors[0]) if len(found.errors) else 0.0), False
