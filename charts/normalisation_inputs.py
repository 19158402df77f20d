"""The message of the view on inputs: data, valley and steps in every unit of one input."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.normalisation.best_descent import FIRST, Descent
from engine.words import count, number

KEPT = 160  # points of a path that are drawn
MEASURED, TOLD = "@class1", "@limit"
ROOM = 1.12  # times the distance from the start to the minimum is seen


@dataclass(frozen=True, eq=False)
class Stop:
    """Inputs with one mean and deviation."""

    mean: float
    deviation: float
    rows: np.ndarray  # (N, 2) inputs and targets
    minimum: np.ndarray  # (2,)
    found: Descent
    levels: np.ndarray  # (K, 2, corners)


def inputs_message(
    standard: Any, stops: list[Stop], moves: str, at: int
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; ``standard`` is the model of the standardised inputs, ``at`` the stop shown first."""
    line = not standard.dataset.classes
    rows, z = np.stack([stop.rows for stop in stops]), standard.rows()
    paths = np.stack([_thinned(stop.found.weights) for stop in stops])
    minima = np.stack([stop.minimum for stop in stops])
    arrays = {"x": rows[..., 0], "t": rows[0, :, 1], "z": z[:, 0], "path.x": paths[..., 0], "path.y": paths[..., 1]}
    arrays |= {"minimum.x": minima[:, 0], "minimum.y": minima[:, 1], "start": np.zeros(1)}
    for k in range(stops[0].levels.shape[0]):
        arrays |= {f"level.x.{k}": np.stack([stop.levels[k, 0] for stop in stops])}
        arrays |= {f"level.y.{k}": np.stack([stop.levels[k, 1] for stop in stops])}
    arrays["moved"] = np.array([getattr(stop, moves) for stop in stops])
    arrays["kappa"] = np.array([stop.found.condition for stop in stops])
    arrays["told"] = np.array([stop.found.predicted for stop in stops])
    arrays["measured"] = np.array([stop.found.measured for stop in stops])
    says = [_says(stop, line) for stop in stops]
    symbol = "m" if moves == "mean" else "s"
    header = {
        "alt": f"What the mean and the deviation of an input do to the steps of gradient descent. {says[at]}",
        "says": says,
        "caption": _caption(line, len(z)),
        "index": {
            "id": f"{moves} {at} {len(stops)} {line} {stops[at].mean} {stops[at].deviation}",
            "name": "Mean of the inputs" if moves == "mean" else "Standard deviation of the inputs",
            "texts": [f"{symbol} = {number(getattr(stop, moves), 4)}" for stop in stops],
            "at": at,
        },
        "panels": [_data(stops, line), _plane(stops), _steps(stops, moves, symbol)],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _thinned(path: np.ndarray) -> np.ndarray:
    """Return KEPT points of a path (T, 2), most of them at its beginning; a short one stays at its end.

    Between two of them is an odd number of steps, so that a path to and fro across the valley is drawn as one.
    """
    steps = [0]
    for step in np.geomspace(1, len(path), KEPT).round().astype(int) - 1:
        if step > steps[-1]:
            steps.append(min(int(step) + (step - steps[-1] + 1) % 2, len(path) - 1))
    return np.asarray(path[(steps + [len(path) - 1] * KEPT)[:KEPT]])


def _data(stops: list[Stop], line: bool) -> dict[str, Any]:
    spans = []
    for stop in stops:
        x = np.append(stop.rows[:, 0], [0.0, -2.5, 2.5])
        room = 0.05 * float(np.ptp(x))
        spans.append([float(x.min() - room), float(x.max() + room)])
    t = stops[0].rows[:, 1]
    room = 0.15 * float(np.ptp(t))
    curves = [
        {
            **{"x": {"name": "z"}, "y": {"name": "t"}, "label": "with mean 0 and deviation 1", "points": True},
            **{"colour": "@class0", "width": 2.2, "alpha": 0.5},
        },
        {
            **{"x": {"name": "x", "rows": len(stops)}, "y": {"name": "t"}, "label": "as they are", "points": True},
            **{"colour": MEASURED, "width": 3.0},
        },
    ]
    return {
        "label": "The rows: target against input, in these units and standardised",
        "title": "The same rows",
        "height": 330,
        "silent": True,
        "x": {"title": "input x", "range": spans},
        "y": {"title": "target t" if line else "class", "range": [float(t.min() - room), float(t.max() + room)]},
        "curves": curves,
        "marks": [{"x": 0.0, "colour": "@grid", "dash": "solid"}],
    }


def _plane(stops: list[Stop]) -> dict[str, Any]:
    far = [ROOM * float(np.linalg.norm(stop.minimum)) for stop in stops]
    middles = [stop.minimum for stop in stops]
    ranges = [
        [[float(at[i] - reach), float(at[i] + reach)] for at, reach in zip(middles, far, strict=True)] for i in (0, 1)
    ]
    curves: list[dict[str, Any]] = [
        {
            "x": {"name": f"level.x.{k}", "rows": len(stops)},
            "y": {"name": f"level.y.{k}", "rows": len(stops)},
            **{"colour": "@line", "width": 1.1},
        }
        for k in range(stops[0].levels.shape[0])
    ]
    path = {"x": {"name": "path.x", "rows": len(stops)}, "y": {"name": "path.y", "rows": len(stops)}}
    least = {"x": {"name": "minimum.x", "rows": len(stops)}, "y": {"name": "minimum.y", "rows": len(stops)}}
    start = {"x": {"name": "start"}, "y": {"name": "start"}}
    curves += [
        {
            **path,
            "label": f"gradient descent, its first {count(FIRST)} steps",
            "colour": MEASURED,
            "dash": "solid",
            "width": 1.4,
        },
        {**path, "points": True, "colour": MEASURED, "width": 1.8},
        {**start, "label": "start: w = b = 0", "points": True, "colour": "@ink", "width": 4.0},
        {**least, "label": "minimum", "points": True, "colour": "@good", "width": 5.0},
    ]
    return {
        "label": "Level lines of the error over slope and intercept, with the path of gradient descent",
        "title": "The valley and the way down",
        "height": 330,
        "plane": True,
        "x": {"title": "w", "range": ranges[0]},
        "y": {"title": "b", "range": ranges[1]},
        "curves": curves,
    }


def _steps(stops: list[Stop], moves: str, symbol: str) -> dict[str, Any]:
    moved = [float(getattr(stop, moves)) for stop in stops]
    top = max(max(stop.found.predicted, stop.found.condition) for stop in stops)
    log = moves != "mean"
    ends = [float(np.log10(moved[0])) - 0.05, float(np.log10(moved[-1])) + 0.05] if log else [-0.2, moved[-1] + 0.2]
    x = {"name": "moved"}
    quiet = "not followed"
    return {
        "label": "Condition number and steps against what the slider moves; arrow keys read them off",
        "title": "How long it takes",
        "note": "until a millionth of the error above the least is left; long runs are predicted only",
        "height": 300,
        "wide": True,
        "x": {
            "title": "mean m" if moves == "mean" else "standard deviation s",
            "symbol": symbol,
            "log": log,
            "range": ends,
        },
        "y": {"title": "steps, κ", "log": True, "range": [-0.15, float(np.log10(top)) + 0.3]},
        "curves": [
            {"x": x, "y": {"name": "kappa"}, "label": "κ", "colour": "@quiet", "dash": "dash", "tag": "κ"},
            {
                "x": x,
                "y": {"name": "told"},
                "label": "steps, predicted",
                "colour": TOLD,
                "dash": "solid",
                "tag": "steps",
            },
            {
                **{"x": x, "y": {"name": "measured"}, "label": "steps, measured", "points": True, "width": 3.6},
                **{"colour": MEASURED, "absent": quiet},
            },
        ],
        "marks": [{"x": moved, "colour": "@ink", "dash": "solid"}],
        "rest": moved,
    }


def _caption(line: bool, rows: int) -> str:
    if line:
        return (
            f"y = w x + b through {rows} rows, half the mean square. With mean m and variance v = s² of the inputs H ="
            " [[m² + v, m], [m, 1]]: its determinant is v, and κ is 1 only at m = 0 and v = 1. The best rate,"
            " η = 2/(λ₁ + λ₂), shrinks both directions by (κ − 1)/(κ + 1), so that from any start it takes"
            " ln 10⁶/(2 ln((κ + 1)/(κ − 1))) steps to a millionth. Level lines are evenly spaced in the root of E − E*."
        )
    return (
        f"y = σ(w x + b) of {rows} rows in two classes, mean cross-entropy: every row counts y(1 − y) times as much in"
        " H. The best rate η = 2/(λ₁ + λ₂) and the prediction are those of the curvature at the minimum; on the way"
        " there it is another, so that the number of steps is only about right."
    )


def _says(stop: Stop, line: bool) -> str:
    found, h = stop.found, stop.found.hessian
    rows = "; ".join(", ".join(number(float(value)) for value in part) for part in h)
    where = f"Mean {number(stop.mean, 4)}, deviation {number(stop.deviation, 4)}"
    det = f", determinant {number(float(np.linalg.det(h)))}" if line else " at the minimum"
    first = f"{where}: H = [{rows}]{det}, κ = {number(found.condition)}."
    rate = f"At its best rate, η = {number(found.learning_rate)},"
    if not found.followed:
        return f"{first} {rate} gradient descent would take {count(found.predicted)} steps, predicted and not run."
    told = f"{count(found.predicted)} predicted" if line else f"{count(found.predicted)} by the curvature there"
    if not np.isfinite(found.measured):
        return f"{first} {rate} gradient descent is not there after {count(found.followed)} steps: {told}."
    steps = f"{count(found.measured)} step{'' if found.measured == 1 else 's'}"
    return f"{first} {rate} gradient descent takes {steps}: {told}."
