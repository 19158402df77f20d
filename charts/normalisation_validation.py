"""The message of the view on validation: one model's error on rows held out, measured in two ways."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.normalisation.own_statistics import Line
from engine.words import number, with_error

ROUNDING = 1e-20  # an error below it is none: targets are about 3
RIGHT, OWN = "@good", "@class1"
SEEN = 3.0  # deviations of the training rows that are seen at least, to either side


@dataclass(frozen=True, eq=False)
class Size:
    """Sets of rows held out of one size."""

    size: int
    inputs: np.ndarray  # (V,) of the first set
    targets: np.ndarray
    right: tuple[float, float]  # mean error by the training rows' statistics, its standard error
    own: tuple[float, float]  # by their own
    told: float  # the latter, predicted


def validation_message(
    fitted: tuple[Line, Line, float, float], sizes: list[Size], floor: float, many: float, at: int
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays.

    ``fitted`` are model and true line in the unit of the training rows, and their mean and deviation; ``floor`` is the
    predicted error by the training rows' statistics, ``many`` that by their own where they are very many; ``at`` the
    size shown first.
    """
    model, _, mean, deviation = fitted
    widest = max(item.size for item in sizes)

    def padded(name: str) -> np.ndarray:
        return np.stack(
            [np.pad(getattr(item, name), (0, widest - item.size), constant_values=np.nan) for item in sizes]
        )

    ends = np.array(_span(sizes, mean, deviation))
    own_mean = np.array([item.inputs.mean() for item in sizes])[:, None]
    own_deviation = np.array([item.inputs.std() for item in sizes])[:, None]
    arrays = {
        "size": np.array([item.size for item in sizes]),
        "x": padded("inputs"),
        "t": padded("targets"),
        "ends": ends,
        "right.line": model.slope * (ends - mean) / deviation + model.level,
        "own.line": model.slope * (ends - own_mean) / own_deviation + model.level,
        "right": np.array([item.right[0] for item in sizes]),
        "right.told": np.full(len(sizes), floor),
        "own": np.array([item.own[0] for item in sizes]),
        "own.told": np.array([item.told for item in sizes]),
    }
    says = [_says(item, floor) for item in sizes]
    header = {
        "alt": f"Error of one model on rows held out that are standardised in two ways. {says[at]}",
        "says": says,
        "caption": (
            "A line through 60 training rows whose input has been standardised, (7.48) to (7.50); errors are means of"
            " (y − t)²/2 over 2\u202f000 sets, ± one standard error. If the line is true and rows have mean m and"
            " deviation s in the training rows' unit, their own statistics cost w²/2 · [m² + (1 − s)²] more: both are"
            " noise in small sets; in large ones they are how these rows differ from those 60, which should be seen, be"
            f" it drift or that 60 are few. Of ever more rows {number(many)} is left. A single row has no deviation at"
            " all."
        ),
        "index": {
            "id": f"{number(floor, 6)} {number(many, 6)}",
            "name": "Rows held out",
            "texts": [f"V = {item.size}" for item in sizes],
            "at": at,
        },
        "panels": [_rows(sizes, mean, deviation), _errors(sizes, floor, many)],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _span(sizes: list[Size], mean: float, deviation: float) -> tuple[float, float]:
    """Return which inputs are seen."""
    x = np.concatenate([item.inputs for item in sizes])
    return min(mean - SEEN * deviation, float(x.min())), max(mean + SEEN * deviation, float(x.max()))


def _rows(sizes: list[Size], mean: float, deviation: float) -> dict[str, Any]:
    count = len(sizes)
    t = np.concatenate([item.targets for item in sizes])
    room = 0.15 * float(np.ptp(t)) or 1.0

    def line(name: str, label: str, colour: str, dash: str) -> dict[str, Any]:
        rows = {"rows": count} if name == "own" else {}
        ends = {"x": {"name": "ends"}, "y": {"name": f"{name}.line", **rows}}
        return {**ends, "label": label, "colour": colour, "dash": dash, "width": 2.2}

    return {
        "label": "One set of rows held out, with what the model says of them in both ways",
        "title": "One set held out, and the same model",
        "height": 340,
        "silent": True,
        "x": {"title": "input", "range": list(_span(sizes, mean, deviation))},
        "y": {"title": "target", "range": [float(t.min()) - room, float(t.max()) + room]},
        "curves": [
            {
                **{"x": {"name": "x", "rows": count}, "y": {"name": "t", "rows": count}, "points": True},
                **{"label": "rows held out", "width": 3.0, "alpha": 0.75, "colour": "@class0"},
            },
            line("right", "by the training rows' statistics", RIGHT, "solid"),
            line("own", "by the rows' own statistics", OWN, "dash"),
        ],
        "marks": [{"x": mean, "name": "mean of the training rows", "colour": "@quiet", "dash": "dot"}],
    }


def _errors(sizes: list[Size], floor: float, many: float) -> dict[str, Any]:
    each, x = [float(item.size) for item in sizes], {"name": "size"}
    values = [value for item in sizes for value in (item.told, item.own[0], item.right[0], many) if value > 1e-9]
    values = values or [1e-3, 1.0]
    right, own = {"x": x, "colour": RIGHT}, {"x": x, "colour": OWN}
    dots = {"points": True, "width": 3.8, "label": "measured"}
    return {
        "label": "Mean error on rows held out against how many there are; arrow keys read it off",
        "title": "Error on rows held out, on average",
        "height": 340,
        "x": {"title": "rows held out V", "symbol": "V", "log": True, "range": [0.2, float(np.log10(each[-1])) + 0.05]},
        "y": {
            "title": "error",
            "log": True,
            "range": [float(np.log10(min(values))) - 0.15, float(np.log10(max(values))) + 0.15],
        },
        "curves": [
            {**own, "y": {"name": "own.told"}, "label": "own statistics: predicted", "dash": "dash"},
            {**own, **dots, "y": {"name": "own"}},
            {**right, "y": {"name": "right.told"}, "label": "training statistics: predicted", "dash": "solid"},
            {**right, **dots, "y": {"name": "right"}},
        ],
        "marks": [{"x": each, "colour": "@ink", "dash": "solid"}],
        "rest": each,
    }


def _told(error: tuple[float, float]) -> str:
    return with_error(*error) if error[0] > ROUNDING else "0 but for rounding"


def _says(item: Size, floor: float) -> str:
    times = item.told / floor if floor > 1e-9 else np.inf
    more = f", {number(times, 2)} times as much" if np.isfinite(times) and times >= 1.05 else ""
    return (
        f"The same line, {item.size} rows held out: by the training rows' mean and deviation its error is"
        f" {_told(item.right)}, predicted {number(floor)}; by their own {_told(item.own)}, predicted"
        f" {number(item.told)}{more}."
    )
