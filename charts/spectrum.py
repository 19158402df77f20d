"""The message of the view on spectra: residual polynomials of every rule, and the error per mode of one of them."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.bands import HELD, Band, band_errors, holders
from engine.words import number, percent

HIGHEST = 4.0  # how far up polynomials and errors are followed, in units of the start
FAINTEST = 0.25  # of the bands, those in the middle of the spectrum
FLOOR = -8.0  # powers of ten that a logarithmic axis goes down at most


@dataclass(frozen=True, eq=False)
class Method:
    """A rule at one setting, over the eigenvalues of the picture."""

    title: str
    label: str
    colour: str
    dash: str
    polynomials: np.ndarray  # (K+1, abscissae) p_k
    worst: np.ndarray  # (K+1,) the largest |p_k| between the smallest and the largest eigenvalue


@dataclass(frozen=True, eq=False)
class Modes:
    """The error of every mode of one rule."""

    eigenvalues: np.ndarray  # (n,) ascending
    errors: np.ndarray  # (K+1, n), their sum is 1 at the start
    groups: list[Band]
    start: str  # what every mode has the same of: "error" or "distance"
    shares: bool  # whether the bars are shares of what is left


def spectrum_message(
    x: np.ndarray,
    methods: list[Method],
    least: np.ndarray,
    chosen: int,
    modes: Modes,
    *,
    typed: bool,
    log: bool,
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays.

    ``least`` (K+1,) is the worst case that no rule can better; ``chosen`` is whose modes are drawn, ``typed`` whether
    its setting is another than its best.
    """
    steps = len(least) - 1
    method = methods[chosen]
    arrays = {"x": x, "eigenvalues": modes.eigenvalues, "steps": np.arange(steps + 1)}
    arrays |= {f"p{i}": np.abs(item.polynomials) if log else item.polynomials for i, item in enumerate(methods)}
    with np.errstate(invalid="ignore", over="ignore"):
        summed = band_errors(modes.errors, modes.groups)
        arrays["bands"] = summed / summed.sum(axis=1, keepdims=True) if modes.shares else summed
    says = [_says(k, method, modes, float(least[k])) for k in range(steps + 1)]
    header = {
        "alt": f"Residual polynomials over the eigenvalues, and the error per mode of {method.label}. {says[-1]}",
        "says": says,
        "caption": _caption(modes.eigenvalues, method.title if typed else "", log),
        "index": {
            "id": f"{steps}",
            "name": "k",
            "texts": [f"k = {k} / {steps}" for k in range(steps + 1)],
            "at": min(4, steps),
        },
        "panels": [_polynomials(x, methods, least, chosen, log), _bars(method, modes, arrays["bands"])],
    }
    return header, arrays


def _polynomials(x: np.ndarray, methods: list[Method], least: np.ndarray, chosen: int, log: bool) -> dict[str, Any]:
    rows = len(least)
    curves = [
        {
            "x": {"name": "x"},
            "y": {"name": f"p{i}", "rows": rows},
            "label": item.label,
            "tag": item.title,
            "colour": item.colour,
            "dash": item.dash,
            "width": 2.8 if i == chosen else 1.8,
        }
        for i, item in enumerate(methods)
    ]
    worst = np.array([item.worst for item in methods])
    top = 1.1 * float(np.clip(np.nan_to_num(worst, nan=np.inf).max(), 1.1, HIGHEST))
    bound = {"name": [f"least worst case {number(float(value), 2)}" for value in least], "colour": "@quiet"}
    marks: list[dict[str, Any]] = [{"y": 1.0, "colour": "@line", "dash": "solid"}, {"y": least.tolist(), **bound}]
    if not log:
        marks += [{"y": -1.0, "colour": "@line", "dash": "solid"}, {"y": (-least).tolist(), "colour": "@quiet"}]
    low = max(FLOOR, float(np.floor(np.log10(max(least[-1], 1e-300)))) - 1.0)
    return {
        "label": "Residual polynomials against the eigenvalue; arrow keys read it off",
        "title": "What k steps leave of a mode",
        "height": 300,
        "x": {"title": "eigenvalue λ", "symbol": "λ", "log": log, "range": _ends(x, log)},
        "y": {
            "title": "|p(λ)|" if log else "p(λ)",
            "log": log,
            "range": [low, float(np.log10(top))] if log else [-top, top],
        },
        "curves": curves,
        "marks": marks,
        "ticks": {"name": "eigenvalues"},
    }


def _ends(x: np.ndarray, log: bool) -> list[float]:
    ends = np.log10(x[[0, -1]]) if log else x[[0, -1]]
    return [float(end) for end in ends]


def _bars(method: Method, modes: Modes, heights: np.ndarray) -> dict[str, Any]:
    steps = len(heights) - 1
    totals = heights.sum(axis=1)
    top = float(np.clip(np.nan_to_num(totals, nan=np.inf).max(), 1.0, HIGHEST))
    shades = [_shade(place, method.colour) for place in np.linspace(-1.0, 1.0, len(modes.groups))]
    bands = [{"label": _band(band), **shade} for band, shade in zip(modes.groups, shades, strict=True)]
    return {
        "label": f"Error per mode of {method.title} at every step, stacked; arrow keys read it off",
        "title": f"{'Share per mode' if modes.shares else 'Error per mode'}: {method.title}",
        "height": 300,
        "x": {"title": "step k", "symbol": "k", "range": [-0.7, steps + 0.7]},
        "y": {"title": "share of what is left" if modes.shares else "error, start = 1", "range": [0.0, 1.05 * top]},
        "bars": {"x": {"name": "steps"}, "y": {"name": "bands"}, "bands": bands},
        "marks": [{"x": list(range(steps + 1)), "colour": "@ink", "dash": "dot"}],
        "rest": list(range(steps + 1)),
    }


def _shade(place: float, colour: str) -> dict[str, Any]:
    """Return what a band is painted with: both ends of the spectrum are loud, the smallest in the rule's own colour."""
    alpha = FAINTEST + (1.0 - FAINTEST) * abs(place)
    return {"colour": (colour if colour != "@ink" else "@bad") if place <= 0.0 else "@open", "alpha": float(alpha)}


def _band(band: Band) -> str:
    count = band.last - band.first + 1
    many = f", {count} modes" if count > 1 else ""
    if band.low == band.high:
        return f"λ = {number(band.low)}{many}"
    return f"λ {number(band.low)} to {number(band.high)}{many}"


def _caption(eigenvalues: np.ndarray, typed: str, log: bool) -> str:
    positive = eigenvalues[eigenvalues > 0.0]
    kappa = float(positive[-1] / positive[0])
    zeros = len(eigenvalues) - len(positive)
    flat = (
        f" {zeros} of {len(eigenvalues)} eigenvalues {'is' if zeros == 1 else 'are'} zero: nothing moves along"
        f" {'it' if zeros == 1 else 'them'}, and κ is that of the others."
        if zeros
        else ""
    )
    both = "" if log else "±"
    alone = len(eigenvalues) == 1
    strokes = "the stroke on the axis is its" if alone else f"strokes on the axis are the {len(eigenvalues)}"
    return (
        f"Each rule at its best setting for κ = {number(kappa)}{f', except {typed}' if typed else ''}, from rest."
        f" k steps multiply a mode by a polynomial of degree k in its eigenvalue, with p(0) = 1; {strokes}"
        f" eigenvalue{'' if alone else 's'}. Dashed lines: {both}2qᵏ/(1 + q²ᵏ) with"
        f" q = (√κ − 1)/(√κ + 1), the smallest worst case that steps made of past gradients can have between the"
        f" smallest and the largest eigenvalue. Chebyshev steps reach it; they are planned anew for every k.{flat}"
    )


def _says(k: int, method: Method, modes: Modes, least: float) -> str:
    return f"{_left(k, method.title, modes)} {_compared(k, float(method.worst[k]), least)}".strip()


def _left(k: int, title: str, modes: Modes) -> str:
    errors = modes.errors[k][modes.eigenvalues > 0.0]
    values = modes.eigenvalues[modes.eigenvalues > 0.0]
    with np.errstate(over="ignore", invalid="ignore"):
        total = float(errors.sum())
    after = f"{title}: after {k} step{'' if k == 1 else 's'}"
    if k == 0:
        return f"At the start all {len(values)} modes have the same {modes.start}." if len(values) > 1 else ""
    if not np.isfinite(total):
        return f"{after} the error is out of all bounds, it diverges."
    if total == 0.0:
        return f"{after} nothing of the error is left."
    left = (
        f"{percent(total)} of the error is left" if total <= 1.0 else f"the error is {number(total)} times the start's"
    )
    return f"{after} {left}; {_who(errors, values)}."


def _who(errors: np.ndarray, values: np.ndarray) -> str:
    few, many = holders(errors)
    if len(values) == 1 or values[0] == values[-1]:
        return f"λ = {number(float(values[0]))} holds it all"
    if few + many > 0.7 * len(values):
        return "it is spread over all modes"
    ends = [_end(values[:few], "smallest", "up to"), _end(values[::-1][:many], "largest", "from")]
    parts = [part for part in ends if part]
    holds = "holds" if few + many == 1 else "hold"
    return f"of the {len(values)} eigenvalues {' and '.join(parts)} {holds} at least {percent(HELD)} of it"


def _end(values: np.ndarray, which: str, bound: str) -> str:
    if len(values) == 0:
        return ""
    if len(values) == 1:
        return f"the {which}, λ = {number(float(values[0]))},"
    return f"the {len(values)} {which}, {bound} λ = {number(float(values[-1]))},"


def _compared(k: int, worst: float, least: float) -> str:
    if k == 0:
        return ""
    if not np.isfinite(worst):
        return f"No such rule does better than {number(least, 2)} in its worst mode."
    return (
        f"Between the smallest and the largest λ its |p| reaches {number(worst, 2)};"
        f" no such rule stays below {number(least, 2)}."
    )
