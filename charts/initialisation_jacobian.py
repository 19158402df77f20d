"""The message of the view on Jacobians: singular values of their product along depth, predicted and not."""

import warnings
from typing import Any

import numpy as np

from charts.initialisation_signal import fate, reach
from engine.initialisation.jacobian import Expected
from engine.words import near_one, number

ALL, LARGEST, OTHERS = "@open", "@limit", "@quiet"


def jacobian_message(
    told: Expected,
    sent: np.ndarray,
    edge: np.ndarray,
    found: np.ndarray,
    arrived: np.ndarray,
    at: list[int],
    names: list[str],
    units: str,
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays.

    ``sent`` (L+1, S) is E ln |J'u|^2, ``edge`` (L+1, S) the largest singular value where it is known; ``found``
    (P, G, S, n) are those of G networks at the layers ``at``, descending, ``arrived`` (P, G, S) means of ln |J'u|^2;
    ``names`` are those of the S scales.
    """
    depth, width, count = len(told.squares) - 1, found.shape[-1], len(names)
    alive = np.where(np.isfinite(arrived), arrived, np.nan)
    shared = _shared(found)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # of means of nothing, where all networks are dead
        typical = {
            "largest": _typical(found[..., 0]),
            "middle": _known(np.median(np.nan_to_num(found), axis=(1, 3))),
            "sent": np.exp(0.5 * np.nanmean(alive, axis=1)),
        }
        last = _typical(found[-1], axis=0)  # (S, n)
    arrays = {"layer": np.arange(depth + 1), "at": np.array(at), "edge": edge.T}
    arrays |= {"root.told": np.sqrt(told.squares / width).T, "sent.told": np.exp(0.5 * sent).T}
    arrays |= {f"{name}.found": values.T for name, values in typical.items()}
    arrays |= {"directions.told": told.directions.T, "directions.found": shared.T}
    arrays |= {"rank": np.arange(1, width + 1), "values": last}
    says = [_says(told, sent, alive, shared, names[k], k, width, units) for k in range(count)]
    middle = count // 2
    header = {
        "alt": f"Singular values of the product of Jacobians. {says[middle]}",
        "says": says,
        "caption": (
            f"J = D_{{L}} W_{{L}} ⋯ D_{{1}} W_{{1}}, D the slopes h′(a) of the units (Bishop and Bishop (2024), 7.51):"
            f" a gradient at the outputs is multiplied by Jᵀ on its way to the inputs. {found.shape[1]} networks,"
            f" {width} units a layer, no biases, a normal row, gradients of every direction. Typical is the geometric"
            " mean; few networks make the mean square. The number of directions is (Σ σ²)²/Σ σ⁴, means over networks."
            " Predicted for normal weights, exactly for linear units and ReLUs; the largest σ only where layers are far"
            " wider than the network is deep, or far narrower."
        ),
        "index": {"id": f"{names}", "name": "Size of the weights", "texts": names, "at": middle},
        "panels": [_values(arrays, count, depth), _directions(arrays, count, depth, width), _spectrum(arrays, count)],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _known(values: np.ndarray) -> np.ndarray:
    """Return values with nan where they are 0, or were too small to be told from it."""
    return np.where(values > 0.0, values, np.nan)


def _typical(values: np.ndarray, axis: int = 1) -> np.ndarray:
    """Return the geometric mean over the networks in which there is something, nan where there is nothing in any."""
    return np.asarray(np.exp(np.nanmean(np.log(_known(values)), axis=axis)))


def _shared(found: np.ndarray) -> np.ndarray:
    """Return among how many directions the squares are shared, means over the networks before the ratio, (P, S)."""
    known = np.nan_to_num(found)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.nan_to_num(known / known.max(axis=(1, 3), keepdims=True)) ** 2
        return (share.sum(axis=-1) ** 2).mean(axis=1) / (share**2).sum(axis=-1).mean(axis=1)


def _values(arrays: dict[str, np.ndarray], count: int, depth: int) -> dict[str, Any]:
    style: dict[str, Any] = {"x": {"name": "at"}, "points": True}
    curves = [
        {
            "x": {"name": "layer"},
            "y": {"name": "root.told", "rows": count},
            "label": "root of the mean square, predicted",
            "colour": OTHERS,
            "dash": "dot",
            "width": 1.8,
        },
        {
            "x": {"name": "layer"},
            "y": {"name": "sent.told", "rows": count},
            "label": "a typical gradient, predicted",
            "colour": ALL,
            "dash": "solid",
            "width": 2.4,
        },
        {**style, "y": {"name": "sent.found", "rows": count}, "label": "measured", "colour": ALL, "width": 3.4},
        {
            "x": {"name": "layer"},
            "y": {"name": "edge", "rows": count},
            "label": "largest σ, predicted",
            "colour": LARGEST,
            "dash": "dash",
            "width": 2.2,
            "absent": "not known",
        },
        {**style, "y": {"name": "largest.found", "rows": count}, "label": "measured", "colour": LARGEST, "width": 3.4},
        {
            **style,
            "y": {"name": "middle.found", "rows": count},
            "label": "median σ, measured",
            "colour": OTHERS,
            "width": 2.4,
            "absent": "0 or rounding",
        },
    ]
    return {
        "label": "Singular values of the product of Jacobians against the layer; arrow keys read them off",
        "title": "Singular values σ of ∂z_{l}/∂z_{0}",
        "height": 340,
        "x": {"title": "layer l", "symbol": "l", "range": [-0.2, depth + 0.5]},
        "y": {"title": "σ", "log": True, "range": _ranges(arrays)},
        "curves": curves,
        "rest": float(depth),
    }


def _ranges(arrays: dict[str, np.ndarray]) -> list[list[float]]:
    """Return for every scale a range in powers of ten, of few widths, so that it seldom changes."""
    with np.errstate(divide="ignore"):
        powers = np.log10(
            np.concatenate([arrays[name] for name in ("root.told", "sent.told", "largest.found")], axis=1)
        )
    powers = np.where(np.isfinite(powers), powers, 0.0)
    return [[-reach(0.4 - row.min()), reach(row.max())] for row in powers]


def _directions(arrays: dict[str, np.ndarray], count: int, depth: int, width: int) -> dict[str, Any]:
    style: dict[str, Any] = {"colour": "@good"}
    return {
        "label": "Number of directions that carry the gradient against the layer; arrow keys read it off",
        "title": "How many directions carry it",
        "height": 340,
        "x": {"title": "layer l", "symbol": "l", "range": [-0.2, depth + 0.5]},
        "y": {"title": "directions", "log": True, "range": [-0.1, float(np.log10(width)) + 0.1]},
        "curves": [
            {
                **style,
                "x": {"name": "layer"},
                "y": {"name": "directions.told", "rows": count},
                "label": "predicted",
                "dash": "solid",
                "width": 2.4,
            },
            {
                **style,
                "x": {"name": "at"},
                "y": {"name": "directions.found", "rows": count},
                "label": "measured",
                "points": True,
                "width": 3.4,
            },
        ],
        "rest": float(depth),
    }


def _spectrum(arrays: dict[str, np.ndarray], count: int) -> dict[str, Any]:
    with np.errstate(divide="ignore", invalid="ignore"):
        powers = np.log10(arrays["values"])
    ranges = []
    for row in powers:
        known = row[np.isfinite(row)]
        high = float(known.max()) if len(known) else 0.0
        low = max(float(known.min()), high - 14.0) if len(known) else -1.0
        ranges.append([low - 0.3, max(high, low + 1.0) + 0.3])
    return {
        "label": "All singular values of the whole product, in order; arrow keys read them off",
        "title": "All of them at the last layer, in order",
        "note": "geometric means over the networks; what is left out is 0, or below what rounding allows",
        "height": 200,
        "wide": True,
        "x": {"title": "place", "range": [0.5, arrays["rank"][-1] + 0.5]},
        "y": {"title": "σ", "log": True, "range": ranges},
        "curves": [
            {
                "x": {"name": "rank"},
                "y": {"name": "values", "rows": count},
                "label": "measured",
                "points": True,
                "width": 3.2,
                "colour": LARGEST,
                "absent": "0 or rounding",
            }
        ],
        "rest": 1.0,
    }


def _says(
    told: Expected, sent: np.ndarray, alive: np.ndarray, shared: np.ndarray, name: str, k: int, width: int, units: str
) -> str:
    depth, last, goal = len(sent) - 1, alive[-1, :, k], float(sent[-1, k])
    known = last[np.isfinite(last)]
    text = f"{name}: through {depth} layer{'s' if depth > 1 else ''} of {width} {units}"
    if not len(known):
        return f"{text} nothing comes back: every network is dead."
    size, rate = np.exp(0.5 * float(known.mean())), np.exp(0.5 * goal / depth)
    unsure = np.exp(0.5 * float(known.std(ddof=1)) / np.sqrt(len(known))) if len(known) > 1 else np.inf
    dead = f" {len(last) - len(known)} of {len(last)} networks are dead." if len(known) < len(last) else ""
    return (
        f"{text} a typical gradient becomes {number(size, 2)} times as long, to a factor of {number(unsure)} (predicted"
        f" {number(np.exp(0.5 * goal))}, {near_one(rate)} a layer): it {fate(np.exp(goal))}. Of {width} directions"
        f" {number(float(shared[-1, k]))} carry it (predicted {number(float(told.directions[-1, k]))}).{dead}"
    )
