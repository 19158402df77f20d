"""The message of the view on two weights: where gradient descent can stay, and where it ends."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charts.cloud import ellipse
from charts.edge import limit_mark, rate_axis
from engine.scalar_net import minima, reachable
from engine.words import count, number

CONTOURS = 6
FINE = 121  # points of a curve
COLOUR = "@good"
BEYOND = 3.0
FAR = 1e3  # beyond it a path is not drawn
SETTLED = 1e-9  # an error below which a run is at a minimum
SADDLE = 0.5  # the error at the saddle point
FLAT = 2.0  # the sharpness of the flattest minimum


@dataclass(frozen=True, eq=False)
class Ends:
    """What gradient descent does on the surface from one start at every learning rate, R of them."""

    start: tuple[float, float]
    etas: np.ndarray  # (R,)
    weights: np.ndarray  # (T+1, R, 2), the steps that are drawn
    sharpness: np.ndarray  # (T+1, R), of H at these steps
    end: np.ndarray  # (R,) a^2 + b^2 after the last step
    told: np.ndarray  # (R,) what the errors alone say of it
    flow: float  # the sharpness where the gradient flow ends
    error: np.ndarray  # (T+1, R)
    diverged_at: np.ndarray  # (R,)

    @property
    def settled(self) -> np.ndarray:
        """Whether each run has come to rest at a minimum, (R,)."""
        with np.errstate(invalid="ignore"):
            return (self.diverged_at < 0) & (self.error[-1] < SETTLED)

    @property
    def most(self) -> np.ndarray:
        """The most that a^2 + b^2 can be at the end, (R,): 2/eta, or the flow's where no step enlarged a^2 - b^2."""
        limits = 2.0 / self.etas
        with np.errstate(all="ignore"):
            shrinks = np.square(self.etas) * np.nanmax(self.error, axis=0) <= 1.0
        return np.where(shrinks, np.minimum(limits, self.flow), limits)


def known_message(ends: Ends, colour: str, view: Any, at: int) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; ``at`` is the learning rate shown first."""
    limits, runs = 2.0 / ends.etas, len(ends.etas)
    arrays = {"step": np.arange(len(ends.weights)), "eta": ends.etas, "limit": limits}
    (left, right), (low, high) = view
    for k, product in enumerate(_products()):
        arrays |= _named(f"contour.{k}", _hyperbola(product, left, right))
    valley = np.concatenate([*_branch(left, right, low, high)])
    arrays |= _named("valley", valley)
    held = np.stack([np.where(_held(valley, limit)[:, None], valley, np.nan) for limit in limits])
    arrays |= {"held.x": held[..., 0], "held.y": held[..., 1]}
    circle = np.stack([ellipse(np.eye(2), np.zeros(2), float(np.sqrt(limit))) for limit in limits])
    arrays |= {"circle.x": circle[:, 0], "circle.y": circle[:, 1]}
    near = np.where(np.abs(ends.weights).max(axis=-1, keepdims=True) < FAR, ends.weights, np.nan)
    arrays |= {"path.x": near[..., 0].T, "path.y": near[..., 1].T, "sharp": ends.sharpness.T}
    arrays |= {"start.x": np.array([ends.start[0]]), "start.y": np.array([ends.start[1]])}
    arrays["end"] = np.where(ends.settled, ends.end, np.nan)
    arrays["told"] = np.where(ends.settled, ends.told, np.nan)
    arrays["bound"] = ends.most
    says = [_says(ends, r) for r in range(runs)]
    header = {
        "alt": f"Gradient descent on two weights in a row. {says[at]}",
        "says": says,
        "caption": (
            "E = (1 − ab)²/2: gradient descent on y = abx, fitted to one point. At a minimum, ab = 1, the Hessian's"
            " eigenvalues are 0 along the curve and a² + b² across it. The gradient flow, steps without length, keeps"
            " a² − b²; every step multiplies it by 1 − 2η²E, and that is all it takes to tell the end from the errors."
        ),
        "index": {
            "id": f"{runs}",
            "name": "learning rate η",
            "texts": [f"η = {number(float(eta), 3)}" for eta in ends.etas],
            "at": at,
        },
        "panels": [_plane(view, runs, colour), _along(ends, limits, colour), _over(ends, limits, colour)],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _products() -> np.ndarray:
    """Return the values of a b on the contours, whose errors are equally spaced in their roots."""
    away = 0.75 * np.arange(1, CONTOURS + 1)
    return np.concatenate([1.0 - away, 1.0 + away])


def _hyperbola(product: float, left: float, right: float) -> np.ndarray:
    """Return a b = product over a view, the two branches apart, (2 FINE + 1, 2)."""
    a = np.linspace(left, right, 2 * FINE)
    with np.errstate(divide="ignore"):
        b = product / a
    a, b = np.insert(a, np.searchsorted(a, 0.0), np.nan), np.insert(b, np.searchsorted(a, 0.0), np.nan)
    return np.stack([a, b], axis=-1)


def _branch(left: float, right: float, low: float, high: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the minima in view and around it, both branches with a gap between: one scale shows more than the view."""
    right, high, left, low = (BEYOND * max(abs(end), 1.0) for end in (right, high, left, low))
    above, below = minima(1.0 / high, right, FINE)[0], minima(1.0 / low, left, FINE)[1]
    return above, np.full((1, 2), np.nan), below


def _held(points: np.ndarray, limit: float) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return reachable(points, limit)


def _named(name: str, points: np.ndarray) -> dict[str, np.ndarray]:
    return {f"{name}.x": points[:, 0], f"{name}.y": points[:, 1]}


def _plane(view: Any, runs: int, colour: str) -> dict[str, Any]:
    def curve(name: str, rows: int = 1, **style: Any) -> dict[str, Any]:
        return {"x": {"name": f"{name}.x", "rows": rows}, "y": {"name": f"{name}.y", "rows": rows}, **style}

    contours = [curve(f"contour.{k}", colour="@line", width=1.0) for k in range(2 * CONTOURS)]
    return {
        "label": "Contours over both weights, the curve of minima, where a run can stay, and the path",
        "title": "Where it can stay, and where it goes",
        "height": 380,
        "plane": True,
        "x": {"title": "a", "range": list(view[0])},
        "y": {"title": "b", "range": list(view[1])},
        "curves": [
            *contours,
            curve("circle", runs, label="a² + b² = 2/η", colour="@limit", dash="dash", width=1.4),
            curve("valley", label="minima, ab = 1", colour="@quiet", dash="solid", width=2.0),
            curve("held", runs, label="of these, where it can stay", colour=COLOUR, dash="solid", width=5.5),
            curve("path", runs, label="gradient descent", colour=colour, dash="solid", width=1.6),
            curve("path", runs, colour=colour, points=True, width=2.6),
            curve("start", label="start", colour="@ink", points=True, width=4.6),
        ],
    }


def _along(ends: Ends, limits: np.ndarray, colour: str) -> dict[str, Any]:
    top = 1.6 * max(ends.flow, 2.0 * FLAT)
    return {
        "label": "The largest eigenvalue at every step, and the limit; arrow keys read it off",
        "title": "Sharpness along the path",
        "height": 380,
        "x": {"title": "step", "range": [0.0, 1.02 * (len(ends.weights) - 1)]},
        "y": {"title": "largest eigenvalue", "range": [0.0, top]},
        "curves": [
            {
                "x": {"name": "step"},
                "y": {"name": "sharp", "rows": len(limits)},
                "label": "gradient descent",
                "colour": colour,
                "width": 2.0,
                "dash": "solid",
                "absent": "lost",
            }
        ],
        "marks": [
            limit_mark(limits),
            {
                "y": ends.flow,
                "name": [_apart(f"flow {number(ends.flow)}", ends.flow - float(limit), top) for limit in limits],
                "colour": "@quiet",
                "dash": "dot",
            },
        ],
        "rest": float(len(ends.weights) - 1),
    }


def _apart(name: str, gap: float, top: float) -> str:
    """Return a name where there is room for it beside another one."""
    return name if abs(gap) > 0.06 * top else ""


def _over(ends: Ends, limits: np.ndarray, colour: str) -> dict[str, Any]:
    each = ends.etas.tolist()
    style = {"x": {"name": "eta"}}
    return {
        "label": "The sharpness where runs end against the learning rate; arrow keys read it off",
        "title": "Where it ends, at every learning rate",
        "note": "no sharper than 2/η, and, while η²E ≤ 1 at every step, no sharper than where the flow ends",
        "height": 260,
        "wide": True,
        "x": rate_axis(ends.etas),
        "y": {"title": "a² + b²", "range": [0.0, 1.5 * max(ends.flow, 2.0 * FLAT)]},
        "curves": [
            {**style, "y": {"name": "limit"}, "label": "limit 2/η", "colour": "@limit", "dash": "dash"},
            {**style, "y": {"name": "bound"}, "label": "the most it can be", "colour": COLOUR, "dash": "solid"},
            {
                **style,
                "y": {"name": "told"},
                "label": "told from the errors alone",
                "colour": colour,
                "dash": "dot",
                "width": 1.4,
                "absent": "at no minimum",
            },
            {
                **style,
                "y": {"name": "end"},
                "label": "measured",
                "colour": colour,
                "points": True,
                "width": 3.6,
                "absent": "at no minimum",
            },
        ],
        "marks": [{"x": each, "colour": "@ink", "dash": "solid"}],
        "rest": each,
    }


def _on_the_line(ends: Ends, r: int) -> str:
    """Return what becomes of a run from a = -b: b' = -a' = (1 - eta (1 + a^2)) b."""
    eta, last = number(float(ends.etas[r])), float(ends.error[-1, r])
    if ends.diverged_at[r] >= 0:
        return f"at η = {eta} it diverges, at step {count(ends.diverged_at[r])}"
    if abs(last - SADDLE) < SETTLED:
        return f"at η = {eta} it leads to the saddle at 0, where E = ½"
    return f"at η = {eta} it is at an error of {number(last)} after {count(len(ends.error) - 1)} steps"


def _says(ends: Ends, r: int) -> str:
    eta, limit = float(ends.etas[r]), 2.0 / float(ends.etas[r])
    a, b = ends.start
    if a * b == 1.0:
        return "The start is a minimum: the gradient is exactly 0 there, and nothing moves, stable or not."
    if a == -b:
        return f"From a = −b every path keeps to that line, on which there is no minimum: {_on_the_line(ends, r)}."
    if limit < FLAT:
        where = f"At η = {number(eta)} no minimum can hold it: 2/η = {number(limit)}, and the flattest has a² + b² = 2."
    else:
        where = f"At η = {number(eta)} it can stay only where a² + b² ≤ 2/η = {number(limit)}."
    flow = f"The flow would end at {number(ends.flow)}, {'within' if ends.flow <= limit else 'beyond'} that"
    if ends.diverged_at[r] >= 0:
        return f"{where} {flow}; the run diverges, at step {count(ends.diverged_at[r])}."
    if not ends.settled[r]:
        steps, error = count(len(ends.error) - 1), number(float(ends.error[-1, r]))
        return f"{where} {flow}; after {steps} steps the run is at no minimum, its error {error}."
    end, told = number(float(ends.end[r]), 4), number(float(ends.told[r]), 4)
    return f"{where} {flow}; the run ends at {end} (told from its errors: {told})."
