"""The message of the view on spread: a cloud of places about the minimum for every batch size, as predicted and not."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charts.cloud import ellipse, thinned
from engine.words import number, with_error

AROUND = 2.0  # standard deviations at which an ellipse is drawn
CONTOURS = 5
NOTHING = 1e-9  # distances below it are rounding
INDEPENDENT, RESHUFFLED = "@limit", "@good"


@dataclass(frozen=True, eq=False)
class Spread:
    """What was measured of one kind of batches at one size, beside its prediction."""

    points: np.ndarray  # (M, 2)
    predicted: np.ndarray  # (2, 2) covariance
    distance: float  # root of the mean squared distance from the minimum
    unsure: float  # its standard error
    above: float  # mean of E - E*
    above_predicted: float

    @property
    def distance_predicted(self) -> float:
        """The root of the trace."""
        return float(np.sqrt(max(np.trace(self.predicted), 0.0)))


@dataclass(frozen=True, eq=False)
class Size:
    """One batch size."""

    size: int
    independent: Spread
    reshuffled: Spread
    error: np.ndarray  # (T+1,) on all rows, of a run from the start
    batch_error: np.ndarray  # (T,)


def spread_message(
    label: str, rows: np.ndarray, hessian: np.ndarray, minimum: np.ndarray, least: float, sizes: list[Size], at: int
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; ``label`` is the rule with its settings, ``least`` E*, ``at`` the size shown first."""
    arrays = {"row.x": rows[:, 0], "row.y": rows[:, 1], "step": np.arange(len(sizes[0].error))}
    reach = _reach(sizes)
    for k in range(1, CONTOURS + 1):  # equally spaced in the root of the error
        x, y = ellipse(np.linalg.inv(hessian), minimum, _contour(hessian, reach) * k / CONTOURS)
        arrays |= {f"contour.x.{k}": x, f"contour.y.{k}": y}
    for name in ("independent", "reshuffled"):
        each = [getattr(size, name) for size in sizes]
        places = np.stack([thinned(item.points) for item in each])
        rings = np.stack([ellipse(item.predicted, minimum, AROUND) for item in each])
        arrays |= {f"{name}.x": places[..., 0], f"{name}.y": places[..., 1]}
        arrays |= {f"{name}.ring.x": rings[:, 0], f"{name}.ring.y": rings[:, 1]}
        arrays[f"{name}.measured"] = np.array([item.distance for item in each])
        arrays[f"{name}.predicted"] = np.array([item.distance_predicted for item in each])
    arrays["size"] = np.array([size.size for size in sizes])
    arrays["error"] = np.stack([size.error for size in sizes])
    arrays["batch"] = np.stack([np.append(size.batch_error, np.nan) for size in sizes])
    says = [_says(size, len(rows)) for size in sizes]
    header = {
        "alt": f"Places of {label} about the minimum. {says[at]}",
        "says": says,
        "caption": _caption(label, len(rows)),
        "index": {
            "id": f"{len(rows)}",
            "name": "Batch size",
            "texts": [f"B = {size.size}" for size in sizes],
            "at": at,
        },
        "panels": [_plane(len(sizes), reach, minimum), _distances(sizes), _curve(sizes, least)],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _plane(count: int, reach: float, minimum: np.ndarray) -> dict[str, Any]:
    def moving(name: str) -> dict[str, Any]:
        return {"x": {"name": f"{name}.x", "rows": count}, "y": {"name": f"{name}.y", "rows": count}}

    contours = [
        {"x": {"name": f"contour.x.{k}"}, "y": {"name": f"contour.y.{k}"}, "colour": "@line", "width": 1.0}
        for k in range(1, CONTOURS + 1)
    ]
    row = {"x": {"name": "row.x"}, "y": {"name": "row.y"}}
    curves = [
        *contours,
        {**row, "label": "minimum of each row's own error", "colour": "@quiet", "points": True, "width": 1.6},
        {**moving("independent"), "points": True, "width": 1.5, "alpha": 0.45, "colour": INDEPENDENT},
        {**moving("reshuffled"), "points": True, "width": 1.5, "alpha": 0.55, "colour": RESHUFFLED},
        {
            **moving("independent.ring"),
            "label": "drawn independently",
            "colour": INDEPENDENT,
            "width": 2.4,
            "dash": "solid",
        },
        {
            **moving("reshuffled.ring"),
            "label": "reshuffled, at the ends of epochs",
            "colour": RESHUFFLED,
            "width": 2.4,
            "dash": "dash",
        },
    ]
    return {
        "label": "Places of the run about the minimum, with the predicted ellipses",
        "title": "Where the run is in the long run",
        "note": "dots measured; ellipses predicted, at two standard deviations",
        "height": 380,
        "plane": True,
        "x": {"title": "w₁", "range": [float(minimum[0] - reach), float(minimum[0] + reach)]},
        "y": {"title": "w₂", "range": [float(minimum[1] - reach), float(minimum[1] + reach)]},
        "curves": curves,
    }


def _distances(sizes: list[Size]) -> dict[str, Any]:
    known = [value for size in sizes for item in (size.independent, size.reshuffled) for value in _positive(item)]
    curves = []
    for name, colour, dash, words in (
        ("independent", INDEPENDENT, "solid", "drawn independently"),
        ("reshuffled", RESHUFFLED, "dash", "reshuffled, at the ends of epochs"),
    ):
        style = {"x": {"name": "size"}, "colour": colour}
        curves += [
            {**style, "y": {"name": f"{name}.predicted"}, "label": f"{words}: predicted", "dash": dash},
            {**style, "y": {"name": f"{name}.measured"}, "label": "measured", "points": True, "width": 3.6},
        ]
    each = [float(size.size) for size in sizes]
    return {
        "label": "Distance from the minimum against the batch size; arrow keys read it off",
        "title": "How far from the minimum",
        "note": "roots of mean squared distances",
        "height": 380,
        "x": {"title": "batch size B", "symbol": "B", "log": True, "range": [-0.05, float(np.log10(each[-1])) + 0.05]},
        "y": {"title": "distance", "log": True, "range": [_power(min(known)) - 0.1, _power(max(known)) + 0.15]},
        "curves": curves,
        "marks": [{"x": each, "colour": "@ink", "dash": "solid"}],
        "rest": each,
    }


def _positive(spread: Spread) -> list[float]:
    return [value for value in (spread.distance, spread.distance_predicted) if value > NOTHING]


def _power(value: float) -> float:
    return float(np.log10(value))


def _curve(sizes: list[Size], least: float) -> dict[str, Any]:
    count = len(sizes)
    floors = [least + size.independent.above_predicted for size in sizes]
    seen = np.concatenate([part for size in sizes for part in (size.error, size.batch_error)])
    seen = seen[np.isfinite(seen) & (seen > 0.0)]
    low, high = np.log10(np.quantile(seen, 0.01)), np.log10(seen.max())
    x = {"name": "step"}
    means = [(number(size.independent.above), number(size.independent.above_predicted)) for size in sizes]
    labels = [f"of all rows; later above E* by {above} on average, predicted {told}" for above, told in means]
    return {
        "label": "Error on all rows and on each batch against the step; arrow keys read them off",
        "title": "The way there, batches drawn independently",
        "height": 240,
        "wide": True,
        "x": {"title": "step", "range": [0.0, float(len(sizes[0].error) - 1)]},
        "y": {"title": "error", "log": True, "range": [float(low) - 0.1, float(high) + 0.1]},
        "curves": [
            {
                "x": x,
                "y": {"name": "batch", "rows": count},
                "label": "of each batch",
                "colour": "@quiet",
                "width": 1.0,
                "alpha": 0.45,
                "dash": "solid",
                "absent": "no batch follows",
            },
            {
                "x": x,
                "y": {"name": "error", "rows": count},
                "label": labels,
                "colour": INDEPENDENT,
                "width": 2.4,
            },
        ],
        "marks": [
            {"y": floors, "name": "predicted mean", "colour": INDEPENDENT, "dash": "dash"},
        ],
        "rest": float(len(sizes[0].error) - 2),
    }


def _reach(sizes: list[Size]) -> float:
    """Return half the side of what is seen, the same at every size: the widest ellipse with some room."""
    each = [item.predicted for size in sizes for item in (size.independent, size.reshuffled)]
    return 1.6 * AROUND * float(np.sqrt(max(np.linalg.eigvalsh(covariance)[-1] for covariance in each)))


def _contour(hessian: np.ndarray, reach: float) -> float:
    """Return the root of 2 (E - E*) on the outermost contour: it leaves the view along the valley."""
    return float(np.sqrt(np.linalg.eigvalsh(hessian)[-1]) * reach)


def _caption(label: str, rows: int) -> str:
    return (
        f"{label} on the mean of {rows} valleys of one shape, each about a minimum of its own; a batch is the mean of"
        " some of them. Distances are roots of mean squares, ± one standard error of what is measured."
    )


def _says(size: Size, rows: int) -> str:
    one, other = size.independent, size.reshuffled
    batches = f"Batches of {size.size} of {rows} rows"
    first = f"{batches}, drawn independently, keep the run {_beside(one)} away from the minimum."
    if size.size == rows:
        return f"{first} Reshuffled, a batch of all rows is all of the data: it comes to rest."
    short = f", the last of only {rows % size.size}," if rows % size.size else ""
    return f"{first} Reshuffled ones{short} leave it {_beside(other)} away at the ends of epochs."


def _beside(spread: Spread) -> str:
    return f"{with_error(spread.distance, spread.unsure)} (predicted {number(spread.distance_predicted)})"
