"""The message of the view on signals: second moments of values and gradients in every layer, predicted and not."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.initialisation.passes import Passes
from engine.initialisation.signal import Signal, middle
from engine.words import number, with_error

FORWARD, BACKWARD, SINGLE = "@open", "@limit", "@quiet"
SHOWN = 10  # single networks that are drawn
TINY, HUGE = 1e-36, 1e36  # beyond them a curve leaves the picture: single precision ends there
UNLIKE = float(np.log(2.0))  # variance of the logarithm above which the mean tells little of a single network
SAME, GONE = 3.0, 1000.0  # factors within which a mean square counts as kept, and beyond which it is hopeless
DECADES = (1.0, 2.0, 3.0, 5.0, 8.0, 12.0, 20.0, 35.0)  # how far axes may reach


def signal_message(
    told: Signal,
    found: Passes,
    widths: Sequence[int],
    names: list[str],
    activation: str,
    units: str,
    otherwise: tuple[str, Signal] | None,
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; ``names`` are those of the S scales, the one in the middle is shown first.

    ``otherwise`` is what another scheme is called and what it would make of the same widths.
    """
    at, count = len(names) // 2, len(names)
    arrays = {"layer": np.arange(len(widths)), "weights": np.arange(1, len(widths))}
    for name, mean, lower, spread, every in (
        ("second", told.second, told.lower, told.spread, found.second),
        ("back", told.back, told.lower_back, told.spread_back, found.back),
    ):
        low, high = middle(mean, lower, spread)
        arrays |= {f"{name}.told": mean.T, f"{name}.low": low.T, f"{name}.high": high.T}
        arrays[f"{name}.found"] = every.mean(axis=1).T
        arrays |= {f"{name}.{k}": every[:, k].T for k in range(min(SHOWN, every.shape[1]))}
    arrays |= {"variance.told": told.variance.T, "variance.found": found.variance.T}
    arrays |= {"gradient.told": told.gradient.T, "gradient.found": found.gradient.mean(axis=1).T}
    says = [_says(told, found, widths, names[k], k, activation, units, otherwise) for k in range(count)]
    header = {
        "alt": f"Second moments of values and gradients, layer by layer. {says[at]}",
        "says": says,
        "caption": _caption(found.second.shape[1], widths),
        "index": {"id": f"{names}", "name": "Size of the weights", "texts": names, "at": at},
        "panels": [_forward(arrays, count), _backward(arrays, count), _weights(arrays, count)],
    }
    kept = {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}
    return header, {
        name: np.where((array > HUGE) | (array < TINY) & (array > 0), np.nan, array) for name, array in kept.items()
    }


def _forward(arrays: dict[str, np.ndarray], count: int) -> dict[str, Any]:
    curves = _single(arrays, "second", count)
    style: dict[str, Any] = {"x": {"name": "layer"}, "colour": FORWARD}
    curves += [
        {
            **style,
            "y": {"name": "second.told", "rows": count},
            "label": "E[z²], predicted",
            "dash": "solid",
            "width": 2.6,
        },
        {**style, "y": {"name": "second.found", "rows": count}, "label": "measured", "points": True, "width": 2.6},
        {
            **style,
            "y": {"name": "variance.told", "rows": count},
            "label": "var z, predicted",
            "dash": "dash",
            "width": 1.6,
            "colour": "@ink",
        },
        {
            **style,
            "y": {"name": "variance.found", "rows": count},
            "label": "measured",
            "points": True,
            "width": 1.7,
            "colour": "@ink",
        },
    ]
    return {
        "label": "Second moment and variance of the units against the layer; arrow keys read them off",
        "title": "Forward: the values z",
        "note": "shaded: 95 of 100 networks that are not dead, predicted; thin: some",
        "height": 320,
        "x": _layers(arrays["layer"]),
        "y": {"title": "E[z²]", "log": True, "range": _ranges(arrays, "second")},
        "areas": _between("second", FORWARD, count),
        "curves": curves,
        "rest": float(arrays["layer"][-1]),
    }


def _backward(arrays: dict[str, np.ndarray], count: int) -> dict[str, Any]:
    curves = _single(arrays, "back", count)
    style: dict[str, Any] = {"x": {"name": "layer"}, "colour": BACKWARD}
    curves += [
        {
            **style,
            "y": {"name": "back.told", "rows": count},
            "label": "E[δ²], predicted",
            "dash": "solid",
            "width": 2.6,
        },
        {**style, "y": {"name": "back.found", "rows": count}, "label": "measured", "points": True, "width": 2.6},
    ]
    return {
        "label": "Second moment of the gradient against the layer; arrow keys read it off",
        "title": "Backward: the gradient δ = ∂E/∂z",
        "note": "sent back from the last layer, where E[δ²] = 1",
        "height": 320,
        "x": _layers(arrays["layer"]),
        "y": {"title": "E[δ²]", "log": True, "range": _ranges(arrays, "back")},
        "areas": _between("back", BACKWARD, count),
        "curves": curves,
        "rest": 0.0,
    }


def _weights(arrays: dict[str, np.ndarray], count: int) -> dict[str, Any]:
    style: dict[str, Any] = {"x": {"name": "weights"}, "colour": "@good"}
    return {
        "label": "Mean square of the derivatives with respect to the weights of each layer; arrow keys read it off",
        "title": "What each weight receives: (∂E/∂w)², on average",
        "height": 190,
        "wide": True,
        "x": _layers(arrays["weights"]),
        "y": {"title": "(∂E/∂w)²", "log": True, "range": _ranges(arrays, "gradient")},
        "curves": [
            {
                **style,
                "y": {"name": "gradient.told", "rows": count},
                "label": "predicted",
                "dash": "solid",
                "width": 2.4,
            },
            {
                **style,
                "y": {"name": "gradient.found", "rows": count},
                "label": "measured",
                "points": True,
                "width": 2.4,
            },
        ],
        "rest": 1.0,
    }


def _single(arrays: dict[str, np.ndarray], name: str, count: int) -> list[dict[str, Any]]:
    """Return some single networks: as many as were measured, of wide ones fewer."""
    thin = {"x": {"name": "layer"}, "colour": SINGLE, "width": 0.8, "alpha": 0.55}
    drawn = (f"{name}.{k}" for k in range(SHOWN))
    return [{**thin, "y": {"name": each, "rows": count}} for each in drawn if each in arrays]


def _between(name: str, colour: str, count: int) -> list[dict[str, Any]]:
    """Return the band in which single networks are predicted."""
    low, high = ({"name": f"{name}.{end}", "rows": count} for end in ("low", "high"))
    return [{"x": {"name": "layer"}, "low": low, "high": high, "colour": colour, "alpha": 0.16}]


def _layers(layers: np.ndarray) -> dict[str, Any]:
    return {"title": "layer", "range": [float(layers[0]) - 0.3, float(layers[-1]) + 0.3]}


def _ranges(arrays: dict[str, np.ndarray], name: str) -> list[list[float]]:
    """Return for every scale a range in powers of ten, of few widths, so that it seldom changes."""
    parts = [f"{name}.told", f"{name}.found"] + (["variance.told"] if name == "second" else [])
    with np.errstate(divide="ignore"):
        powers = np.concatenate([np.log10(np.asarray(arrays[part])) for part in parts], axis=1)
    powers = np.where(np.isfinite(powers), powers, 0.0)
    return [[-reach(-row.min()), reach(row.max())] for row in powers]


def reach(power: float) -> float:
    """Return how many decades an axis has on the side of a power of ten: one of few widths."""
    return next((decades for decades in DECADES if power < decades - 0.1), DECADES[-1])


def _caption(networks: int, widths: Sequence[int]) -> str:
    shape = f"{widths[0]} units a layer" if widths[0] == widths[-1] else f"from {widths[0]} units down to {widths[-1]}"
    if widths[-1] > widths[0]:
        shape = f"from {widths[0]} units up to {widths[-1]}"
    return (
        f"{networks} networks without biases, {shape}, drawn anew for every picture; a normal row goes forward through"
        " each, a normal gradient back. Measured are means over the networks, ± one standard error. A mean is made by"
        " few of them where single networks differ much: the wider the layers, the less they do."
    )


def _says(
    told: Signal,
    found: Passes,
    widths: Sequence[int],
    name: str,
    k: int,
    activation: str,
    units: str,
    otherwise: tuple[str, Signal] | None,
) -> str:
    depth = len(widths) - 1
    forward, back = _beside(found.second[-1, :, k]), _beside(found.back[0, :, k])
    few = _few(told.second[-1, k], told.lower[-1, k], told.spread[-1, k])
    few_back = _few(told.back[0, k], told.lower_back[0, k], told.spread_back[0, k])
    text = (
        f"{name}: after {depth} layer{'s' if depth > 1 else ''} of {units} E[z²] = {forward} (predicted"
        f" {number(float(told.second[-1, k]))}{few}), and a gradient sent back has E[δ²] = {back} (predicted"
        f" {number(float(told.back[0, k]))}{few_back})."
    )
    if otherwise is not None:
        title, other = otherwise
        ends = number(float(other.second[-1, k])), number(float(other.back[0, k]))
        return f"{text} {title} weights, as large between equal widths, would make them {ends[0]} and {ends[1]}."
    return f"{text} {_why(told, k, activation)}"


def _few(mean: float, lower: float, spread: float) -> str:
    """Return what to say where few networks make the mean."""
    if not spread >= UNLIKE:
        return ""
    return f", about half of all networks below {number(float(mean * np.exp(lower)), 2)}"


def _why(told: Signal, k: int, activation: str) -> str:
    forward, back = float(told.second[-1, k]), float(told.back[0, k])
    if activation == "relu" and 1.0 / SAME < forward < SAME:
        share = float(told.variance[1, k] / told.second[1, k])
        return (
            f"From the first layer on var z is {number(share)} of E[z²]: inputs have mean 0, ReLUs do not. (7.22)"
            " writes var[z] for E[z²]."
        )
    return f"The signal {fate(forward)} and the gradient {fate(back)}."


def fate(square: float) -> str:
    """Return what is said of a signal or a gradient whose mean square is multiplied by so much."""
    if 1.0 / SAME < square < SAME:
        return "keeps its size"
    if 1.0 / GONE < square < GONE:
        return "shrinks" if square < 1.0 else "grows"
    return "vanishes" if square < 1.0 else "explodes"


def _beside(values: np.ndarray) -> str:
    return with_error(float(values.mean()), float(values.std(ddof=1)) / np.sqrt(len(values)))
