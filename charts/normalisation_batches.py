"""The message of the view on batches: the statistics of a batch against its size, and the runs with them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charts.cloud import thinned
from engine.normalisation.batch_statistics import Spread
from engine.words import number, whole, with_error

LAST = 0.1  # the share of the steps at the end whose median error is said
MEASURED, TOLD, LAYER = "@class0", "@limit", "@class1"


@dataclass(frozen=True, eq=False)
class Size:
    """Batches of one size."""

    size: int
    mean: float  # of all rows
    deviation: float
    means: np.ndarray  # (M,) of batches
    variances: np.ndarray  # (M,)
    told: Spread
    off: tuple[float, float]  # root of the mean squared distance of the batch mean, its standard error
    variance: tuple[float, float]  # the mean of the batch variance, its standard error
    errors: dict[str, np.ndarray]  # (K, R) of either normalisation, at evenly spaced steps


def batches_message(sizes: list[Size], unit: int, steps: int, at: int) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; the runs have so many ``steps``, ``at`` is the size shown first."""
    sigma, each = sizes[0].deviation, np.array([item.size for item in sizes], dtype=float)
    arrays = {
        "size": each,
        "off": np.array([item.off[0] for item in sizes]) / sigma,
        "off.told": np.array([item.told.mean_deviation for item in sizes]) / sigma,
        "variance": np.array([item.variance[0] for item in sizes]) / sigma**2,
        "variance.told": np.array([item.told.variance for item in sizes]) / sigma**2,
        "dots.x": np.stack([(thinned(item.means) - item.mean) / sigma for item in sizes]),
        "dots.y": np.stack([np.sqrt(thinned(item.variances)) / sigma for item in sizes]),
        "true.x": np.zeros(1),
        "true.y": np.ones(1),
        "step": np.linspace(0.0, steps, len(sizes[0].errors["batch"])),
    }
    for name in ("low", "high"):
        sign = -1.0 if name == "low" else 1.0
        bands = [item.told.variance + sign * item.told.variance_deviation for item in sizes]
        arrays[f"variance.{name}"] = np.array(bands) / sigma**2
    for kind in sizes[0].errors:
        arrays[kind] = np.stack([_middle(item.errors[kind]) for item in sizes])
    says = [_says(item, steps) for item in sizes]
    header = {
        "alt": f"Mean and variance of batches against their size, and runs with them. {says[at]}",
        "says": says,
        "caption": (
            f"Moons, 100 rows, 2–8–1, tanh; hidden unit {unit} at first, {whole(len(sizes[0].means))} batches drawn"
            " with replacement. The variance (Bishop and Bishop (2024), 7.53) divides by B, so that it is (B − 1)/B of"
            f" σ² on average. Runs are medians of {sizes[0].errors['batch'].shape[1]}, their error that of all rows"
            " with the statistics of all rows; both kinds receive the same batches."
        ),
        "index": {"id": f"{unit}", "name": "Batch size", "texts": [f"B = {item.size}" for item in sizes], "at": at},
        "panels": [_dots(sizes), _off(each), _variance(each), _runs(sizes, steps)],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _middle(errors: np.ndarray) -> np.ndarray:
    """Return the median over runs, (T + 1, R) -> (T + 1,); a run that diverged is above all others."""
    return np.asarray(np.median(np.where(np.isfinite(errors), errors, np.inf), axis=1))


def _dots(sizes: list[Size]) -> dict[str, Any]:
    rows = len(sizes)
    return {
        "label": "Every batch a dot: its mean across, its standard deviation up",
        "title": "What batches hold for mean and deviation",
        "height": 320,
        "silent": True,
        "x": {"title": "(batch mean − μ)/σ", "range": [-3.0, 3.0]},
        "y": {"title": "batch deviation/σ", "range": [-0.1, 2.2]},
        "curves": [
            {
                **{"x": {"name": "dots.x", "rows": rows}, "y": {"name": "dots.y", "rows": rows}, "points": True},
                **{"label": "batches", "width": 1.8, "alpha": 0.5, "colour": MEASURED},
            },
            {
                **{"x": {"name": "true.x"}, "y": {"name": "true.y"}, "points": True, "label": "all rows"},
                **{"width": 5.0, "colour": "@ink"},
            },
        ],
    }


def _axis(each: np.ndarray) -> dict[str, Any]:
    return {"title": "batch size B", "symbol": "B", "log": True, "range": [-0.05, float(np.log10(each[-1])) + 0.05]}


def _off(each: np.ndarray) -> dict[str, Any]:
    x, at = {"name": "size"}, each.tolist()
    return {
        "label": "Distance of the batch mean from that of all rows against the batch size; arrow keys read it off",
        "title": "How far off the mean is: σ/√B",
        "height": 320,
        "x": _axis(each),
        "y": {"title": "root of the mean square/σ", "log": True, "range": [-1.2, 0.15]},
        "curves": [
            {"x": x, "y": {"name": "off.told"}, "label": "predicted", "colour": TOLD, "dash": "solid"},
            {"x": x, "y": {"name": "off"}, "label": "measured", "points": True, "width": 3.8, "colour": MEASURED},
        ],
        "marks": [{"x": at, "colour": "@ink", "dash": "solid"}],
        "rest": at,
    }


def _variance(each: np.ndarray) -> dict[str, Any]:
    x, at = {"name": "size"}, each.tolist()
    edge = {"x": x, "colour": TOLD, "dash": "dot", "width": 1.4}
    return {
        "label": "Mean of the batch variance against the batch size; arrow keys read it off",
        "title": "How large the variance is: (B − 1)/B",
        "note": "dotted: one standard deviation of a single batch about it",
        "height": 300,
        "x": _axis(each),
        "y": {"title": "batch variance/σ²", "range": [-0.15, 1.6]},
        "curves": [
            {"x": x, "y": {"name": "variance.told"}, "label": "predicted", "colour": TOLD, "dash": "solid"},
            {"x": x, "y": {"name": "variance"}, "label": "measured", "points": True, "width": 3.8, "colour": MEASURED},
            {**edge, "y": {"name": "variance.low"}},
            {**edge, "y": {"name": "variance.high"}},
        ],
        "marks": [{"x": at, "colour": "@ink", "dash": "solid"}, {"y": 1.0, "name": "all rows"}],
        "rest": at,
    }


def _runs(sizes: list[Size], steps: int) -> dict[str, Any]:
    seen = np.concatenate([_middle(errors) for item in sizes for errors in item.errors.values()])
    seen = seen[np.isfinite(seen) & (seen > 0.0)]
    curves = []
    for kind, words, colour, dash in (
        ("batch", "batch normalisation", MEASURED, "solid"),
        ("layer", "layer normalisation", LAYER, "dashdot"),
    ):
        y = {"name": kind, "rows": len(sizes)}
        curves.append({"x": {"name": "step"}, "y": y, "label": words, "colour": colour, "dash": dash, "width": 2.2})
    return {
        "label": "Error on all rows against the step, with batches of this size; arrow keys read it off",
        "title": "Runs with batches of this size",
        "height": 300,
        "x": {"title": "step", "range": [0.0, float(steps)]},
        "y": {
            "title": "error",
            "log": True,
            "range": [float(np.log10(seen.min())) - 0.1, float(np.log10(min(seen.max(), 1e3))) + 0.1],
        },
        "curves": curves,
        "rest": float(steps),
    }


def _says(item: Size, steps: int) -> str:
    sigma = item.deviation
    many = round(LAST * len(item.errors["batch"]))
    ends = {kind: number(float(np.median(_middle(errors)[-many:])), 2) for kind, errors in item.errors.items()}
    beside = (
        f"In the last {round(LAST * steps)} steps the error is {ends['batch']} with batch, {ends['layer']} with layer"
        " normalisation."
    )
    if item.size == 1:
        return (
            "A batch of one row is its own mean and has variance 0: every hidden value is normalised to 0, nothing of"
            f" the inputs comes through, and the weights that they meet never move. {beside}"
        )
    share, unsure = item.variance[0] / sigma**2, item.variance[1] / sigma**2
    return (
        f"The mean of {item.size} rows is off by {with_error(item.off[0] / sigma, item.off[1] / sigma)} σ: 1/√B ="
        f" {number(item.told.mean_deviation / sigma)} is predicted. Their variance is {with_error(share, unsure)} of σ²"
        f" on average: (B − 1)/B = {number((item.size - 1.0) / item.size)}. {beside}"
    )
