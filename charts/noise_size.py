"""The message of the view on batch sizes: how far a batch's gradient is from that of all rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charts.cloud import ellipse, thinned
from engine.words import number, with_error

AROUND = 2.0  # standard deviations at which an ellipse is drawn
WITH, WITHOUT = "@limit", "@good"
KINDS = (("with", WITH, "solid", "with replacement"), ("without", WITHOUT, "dash", "without replacement"))


@dataclass(frozen=True, eq=False)
class Draws:
    """Gradients of many batches of one size, drawn in one way."""

    gradients: np.ndarray  # (M, 2)
    covariance: np.ndarray  # (2, 2) as predicted
    off: float  # root of the mean squared distance from the gradient of all rows
    unsure: float  # its standard error

    @property
    def predicted(self) -> float:
        """The root of the trace."""
        return float(np.sqrt(np.trace(self.covariance)))


def size_message(
    rows: int, whole: np.ndarray, sizes: list[int], drawn: list[dict[str, Draws]], at: int
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; ``whole`` (2,) is the gradient of all rows, ``drawn`` one item a size."""
    arrays = {"size": np.array(sizes, dtype=float), "whole.x": whole[:1], "whole.y": whole[1:]}
    for name, *_ in KINDS:
        each = [item[name] for item in drawn]
        dots = np.stack([thinned(item.gradients) for item in each])
        rings = np.stack([ellipse(item.covariance, whole, AROUND) for item in each])
        arrays |= {f"{name}.x": dots[..., 0], f"{name}.y": dots[..., 1]}
        arrays |= {f"{name}.ring.x": rings[:, 0], f"{name}.ring.y": rings[:, 1]}
        arrays |= {f"{name}.off": np.array([item.off for item in each])}
        arrays |= {f"{name}.told": np.array([item.predicted for item in each])}
    says = [_says(size, item, drawn[0]["with"].predicted, rows) for size, item in zip(sizes, drawn, strict=True)]
    header = {
        "alt": f"How far the gradient of a batch is from that of all rows, against the batch size. {says[at]}",
        "says": says,
        "caption": (
            f"A line through {rows} points by least squares, both weights at 0 and kept there: each dot is the gradient"
            " of one batch. Distances are roots of mean squares, ± one standard error."
        ),
        "index": {"id": f"{rows}", "name": "Batch size", "texts": [f"B = {size}" for size in sizes], "at": at},
        "panels": [_plane(len(sizes), whole, drawn), _curves(sizes, drawn)],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _plane(count: int, whole: np.ndarray, drawn: list[dict[str, Draws]]) -> dict[str, Any]:
    widest = max(np.linalg.eigvalsh(item.covariance)[-1] for item in drawn[0].values())
    reach = 1.1 * AROUND * float(np.sqrt(widest))
    curves: list[dict[str, Any]] = []
    for name, colour, dash, words in KINDS:
        dots = {"x": {"name": f"{name}.x", "rows": count}, "y": {"name": f"{name}.y", "rows": count}}
        ring = {"x": {"name": f"{name}.ring.x", "rows": count}, "y": {"name": f"{name}.ring.y", "rows": count}}
        curves.append({**dots, "points": True, "width": 1.5, "alpha": 0.5, "colour": colour})
        curves.append({**ring, "label": words, "colour": colour, "dash": dash, "width": 2.4})
    middle = {"x": {"name": "whole.x"}, "y": {"name": "whole.y"}, "points": True, "width": 4.5}
    curves.append({**middle, "label": "of all rows", "colour": "@ink"})
    return {
        "label": "Gradients of batches about that of all rows, with the predicted ellipses",
        "title": "The gradients",
        "note": "dots measured; ellipses predicted, at two standard deviations",
        "height": 380,
        "plane": True,
        "x": {"title": "∂E/∂w", "range": [float(whole[0] - reach), float(whole[0] + reach)]},
        "y": {"title": "∂E/∂b", "range": [float(whole[1] - reach), float(whole[1] + reach)]},
        "curves": curves,
    }


def _curves(sizes: list[int], drawn: list[dict[str, Draws]]) -> dict[str, Any]:
    known = [value for item in drawn for kind in item.values() for value in (kind.predicted, kind.off) if value > 1e-9]
    curves = []
    for name, colour, dash, words in KINDS:
        style = {"x": {"name": "size"}, "colour": colour}
        curves += [
            {**style, "y": {"name": f"{name}.told"}, "label": f"{words}: predicted", "dash": dash},
            {**style, "y": {"name": f"{name}.off"}, "label": "measured", "points": True, "width": 3.6},
        ]
    each = [float(size) for size in sizes]
    return {
        "label": "Distance from the gradient of all rows against the batch size; arrow keys read it off",
        "title": "How far off, on average",
        "note": "σ/√B; without replacement times √((N − B)/(N − 1))",
        "height": 380,
        "x": {"title": "batch size B", "symbol": "B", "log": True, "range": [-0.05, float(np.log10(each[-1])) + 0.05]},
        "y": {
            "title": "distance",
            "log": True,
            "range": [float(np.log10(min(known))) - 0.1, float(np.log10(max(known))) + 0.15],
        },
        "curves": curves,
        "marks": [{"x": each, "colour": "@ink", "dash": "solid"}],
        "rest": each,
    }


def _says(size: int, drawn: dict[str, Draws], sigma: float, rows: int) -> str:
    one, other = drawn["with"], drawn["without"]
    first = (
        f"The gradient of {size} row{'s' if size > 1 else ''} is off by {with_error(one.off, one.unsure)}: σ/√B ="
        f" {number(sigma)}/√{size} = {number(one.predicted)} is predicted."
    )
    if size == 1:
        return f"{first} A hundred times as many rows, and it is a tenth."
    if size == rows:
        return f"{first} Without replacement it is all of the data, and not off at all."
    return f"{first} Without replacement {with_error(other.off, other.unsure)}, predicted {number(other.predicted)}."
