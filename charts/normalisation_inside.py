"""The message of the view on hidden values: learning curves and spectra of one network, normalised and not."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.normalisation.snapshots import Curvature, ratio
from engine.words import number

LEAST = 1e-12  # of the largest eigenvalue: what is below is left to rounding
KEPT = 300  # points of a learning curve
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
STYLES = {
    "none": ("without", "@quiet", "dash"),
    "batch": ("batch normalisation", "@class0", "solid"),
    "layer": ("layer normalisation", "@class1", "dashdot"),
}


@dataclass(frozen=True, eq=False)
class Kind:
    """A run of the network with one kind of normalisation."""

    name: str
    learning_rate: float
    error: np.ndarray  # (T + 1,)
    at: np.ndarray  # (K,) the steps of the snapshots
    spectra: list[Curvature]


def inside_message(nets: list[Any], kinds: list[Kind], place: int) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; ``place`` is the k of lambda_1/lambda_k, where every network has so many weights."""
    place = min(place, *(net.dim for net in nets))
    at, steps = kinds[0].at, np.unique(np.linspace(0, len(kinds[0].error) - 1, KEPT).round().astype(int))
    arrays: dict[str, np.ndarray] = {"step": steps, "at": at}
    for net, kind in zip(nets, kinds, strict=True):
        arrays |= {f"{kind.name}.rank": np.arange(1, net.dim + 1), f"{kind.name}.error": kind.error[steps]}
        h, g = (np.stack([part[i] for part in kind.spectra]) for i in (0, 1))
        floor = LEAST * np.abs(h).max(axis=1, keepdims=True)
        arrays[f"{kind.name}.above"] = np.where(h > floor, h, np.nan)
        arrays[f"{kind.name}.below"] = np.where(h < -floor, -h, np.nan)
        arrays[f"{kind.name}.g"] = np.where(g > LEAST * g[:, :1], g, np.nan)
        arrays[f"{kind.name}.ratio"] = np.array([ratio(part.gauss_newton, place) for part in kind.spectra])
    says = [_says(kinds, k, place) for k in range(len(at))]
    title = nets[0].dataset.title
    header = {
        "alt": f"Learning curves and curvature of one network with and without normalisation. {says[0]}",
        "says": says,
        "caption": (
            f"{title}, hidden units {', '.join(map(str, nets[0].hidden))}, {nets[0].activation.replace('_', ' ')},"
            " the same initial weights for all; γ = 1 and β = 0 at first. Gradient descent on all rows, each at the"
            " best of 10 rates. Compared are the first and the k-th eigenvalue,"
            f" k = {place}, of the Gauss–Newton matrix G, H without the second derivatives of the outputs. λ max/λ min"
            " would say little: directions that change no answer, or hardly one, make the smallest eigenvalues of G 0"
            " or leave them to rounding, and H of a network can have negative ones, as G cannot."
        ),
        "index": {
            "id": f"{title} {nets[0].hidden} {len(kinds[0].error)}",
            "name": "Step",
            "texts": [f"step {step}" for step in at],
            "at": 0,
        },
        "panels": [_curves(kinds), _ratios(kinds, place), *_spectra(nets, kinds, place)],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _compared(place: int) -> str:
    return f"λ₁/λ{str(place).translate(SUBSCRIPTS)}"


def _style(kind: Kind, label: str = "") -> dict[str, Any]:
    words, colour, dash = STYLES[kind.name]
    return {"label": label or words, "colour": colour, "dash": dash, "width": 2.2}


def _curves(kinds: list[Kind]) -> dict[str, Any]:
    seen = np.concatenate([kind.error[np.isfinite(kind.error) & (kind.error > 0.0)] for kind in kinds])
    at = [float(step) for step in kinds[0].at]
    curves = [
        {
            **_style(kind, f"{STYLES[kind.name][0]}, η = {number(kind.learning_rate, 2)}"),
            **{"x": {"name": "step"}, "y": {"name": f"{kind.name}.error"}, "absent": "diverged"},
        }
        for kind in kinds
    ]
    return {
        "label": "Error against the step; arrow keys read it off",
        "title": "What is learned",
        "height": 300,
        "x": {"title": "step", "range": [0.0, at[-1]]},
        "y": {
            "title": "error",
            "log": True,
            "range": [float(np.log10(max(seen.min(), 1e-12))) - 0.1, float(np.log10(min(seen.max(), 1e3))) + 0.1],
        },
        "curves": curves,
        "marks": [{"x": at, "colour": "@ink", "dash": "solid"}],
        "rest": at,
    }


def _ratios(kinds: list[Kind], place: int) -> dict[str, Any]:
    values = np.array([ratio(part.gauss_newton, place) for kind in kinds for part in kind.spectra])
    known = values[np.isfinite(values)]
    top = float(np.log10(known.max())) if len(known) else 1.0
    at = [float(step) for step in kinds[0].at]
    curves = []
    for kind in kinds:
        y = {"x": {"name": "at"}, "y": {"name": f"{kind.name}.ratio"}}
        curves.append({**_style(kind), **y, "absent": "∞"})
    return {
        "label": f"The first over the k-th eigenvalue of G, k = {place}, against the step; arrow keys read it off",
        "title": f"How unlike the steepest are: {_compared(place)} of G",
        "height": 300,
        "x": {"title": "step", "range": [0.0, at[-1]]},
        "y": {"title": _compared(place), "log": True, "range": [0.0, max(top, 1.0) + 0.2]},
        "curves": curves,
        "marks": [{"x": at, "colour": "@ink", "dash": "solid"}],
        "rest": at,
    }


def _spectra(nets: list[Any], kinds: list[Kind], place: int) -> list[dict[str, Any]]:
    count, widest = len(kinds[0].at), max(net.dim for net in nets)
    top = float(np.log10(max(np.abs(part.hessian).max() for kind in kinds for part in kind.spectra)))
    x, y = {"title": "place in order", "symbol": "place", "range": [0.0, widest + 1.0]}, {"title": "|λ|", "log": True}
    above, below, g = [], [], []
    for kind in kinds:
        place_of = {"x": {"name": f"{kind.name}.rank"}}
        style = _style(kind)
        above.append(
            {**style, **place_of, "y": {"name": f"{kind.name}.above", "rows": count}, "absent": "none above 0"}
        )
        below.append(
            {
                **{**place_of, "y": {"name": f"{kind.name}.below", "rows": count}, "points": True, "width": 2.4},
                **{"colour": style["colour"]},
            }
        )
        g.append({**style, **place_of, "y": {"name": f"{kind.name}.g", "rows": count}, "absent": "0"})
    shared = {"height": 300, "rest": float(place)}
    return [
        {
            **shared,
            **{"label": "Sizes of all eigenvalues of the exact Hessian at this step; arrow keys read them off"},
            **{"title": "The exact Hessian H", "note": "lines: eigenvalues above 0; dots: |λ| of those below"},
            **{"x": x, "y": {**y, "range": [top - 8.0, top + 0.3]}},
            "curves": [curve for pair in zip(above, below, strict=True) for curve in pair],
        },
        {
            **shared,
            **{"label": "All eigenvalues of the Gauss-Newton matrix at this step; arrow keys read them off"},
            **{"title": "The Gauss–Newton matrix G", "note": "what is 0 but for rounding is not drawn"},
            **{"x": x, "y": {**y, "range": [top - 8.0, top + 0.3]}},
            **{"curves": g, "marks": [{"x": float(place), "name": f"k = {place}", "colour": "@quiet"}]},
        },
    ]


def _says(kinds: list[Kind], k: int, place: int) -> str:
    step = int(kinds[0].at[k])
    told = [ratio(kind.spectra[k].gauss_newton, place) for kind in kinds]
    plain, batch, layer = (number(value, 2) for value in told)
    negative = ", ".join(str(int((part.hessian < -LEAST * np.abs(part.hessian).max()).sum())) for part in _at(kinds, k))
    ends = [number(float(kind.error[-1]), 2) for kind in kinds]
    return (
        f"At step {step} {_compared(place)} is {plain} without normalisation, {batch} with batch and {layer} with layer"
        f" normalisation; H has {negative} negative eigenvalues. After {len(kinds[0].error) - 1} steps the errors are"
        f" {ends[0]}, {ends[1]} and {ends[2]}."
    )


def _at(kinds: list[Kind], k: int) -> list[Curvature]:
    return [kind.spectra[k] for kind in kinds]
