"""The message of the view on escaping: which share of runs noise has carried over a pass."""

from typing import Any

import numpy as np

from engine.words import number, with_error

LOCAL, GLOBAL = "@limit", "@good"
DOTS = 300  # runs that are drawn
LEAST = 1e-4  # a share below which none is expected
LOW = 1.0  # temperatures: where a pass is lower, rates over it are no prediction any more


def escape_message(
    floor: np.ndarray,
    sigmas: np.ndarray,
    ends: np.ndarray,
    over: np.ndarray,
    curve: np.ndarray,
    steps: int,
    at: int,
    alike: bool = False,
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays.

    ``floor`` (2, K) is the error along the way from one minimum to the other, ``ends`` (S, R, 2) where runs are and how
    high, ``over`` (S, R) whether beyond the pass, ``curve`` (3, M) noise, the share by Kramers' rates and how many
    temperatures the pass is high; ``alike`` where both minima are equally deep.
    """
    noise, by_rates, high = curve
    at_stops = np.searchsorted(noise, sigmas)
    share, told, temperatures = over.mean(axis=1), by_rates[at_stops], high[at_stops]
    # both parts have the last point of the first, so that there is no gap
    last = int(np.flatnonzero(high >= LOW)[-1])
    unsure = np.sqrt(share * (1.0 - share) / over.shape[1])
    arrays = {"floor.x": floor[0], "floor.y": floor[1], "sigma": sigmas, "share": share}
    place = np.arange(len(noise))
    arrays |= {"noise": noise, "told": np.where(place <= last, by_rates, np.nan)}
    arrays["low"] = np.where(place >= last, by_rates, np.nan)
    for name, mine in (("local", ~over), ("global", over)):
        shown = np.where(mine[:, :DOTS, None], ends[:, :DOTS], np.nan)
        arrays |= {f"{name}.x": shown[..., 0], f"{name}.y": shown[..., 1]}
    says = [
        _says(float(sigmas[s]), float(share[s]), float(unsure[s]), float(told[s]), float(temperatures[s]), steps, alike)
        for s in range(len(sigmas))
    ]
    header = {
        "alt": f"Where runs are after {steps} steps with noise, and the share beyond the pass. {says[at]}",
        "says": says,
        "caption": (
            f"{over.shape[1]} runs of gradient descent from {_origin(alike)}, with normal noise of standard deviation"
            " σ in every component of the gradient. Predicted by Kramers' rates over the pass, there and back, which"
            " take the steps to be small, the pass to be several times ησ²/2 high and the run to be long. They come"
            " close down to a pass once as high; dotted, they are no prediction any more."
        ),
        "index": {
            "id": f"{len(sigmas)}",
            "name": "noise σ",
            "texts": [f"σ = {number(float(sigma))}" for sigma in sigmas],
            "at": at,
        },
        "panels": [_floor(floor, ends, len(sigmas)), _shares(sigmas)],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _floor(floor: np.ndarray, ends: np.ndarray, count: int) -> dict[str, Any]:
    low, high = float(floor[1].min()), float(floor[1].max())
    curves: list[dict[str, Any]] = [
        {"x": {"name": "floor.x"}, "y": {"name": "floor.y"}, "colour": "@quiet", "width": 1.8}
    ]
    for name, colour, words in (
        ("local", LOCAL, "runs on this side of the pass"),
        ("global", GLOBAL, "runs beyond it"),
    ):
        dots = {"x": {"name": f"{name}.x", "rows": count}, "y": {"name": f"{name}.y", "rows": count}}
        curves.append({**dots, "label": words, "colour": colour, "points": True, "width": 2.0, "alpha": 0.6})
    return {
        "label": "Error along the way from one minimum to the other, and where the runs are",
        "title": "Where the runs are, and how high",
        "height": 340,
        "x": {"title": "w₁", "range": [float(floor[0, 0]), float(floor[0, -1])]},
        "y": {"title": "error", "range": [low - 0.05 * (high - low), high]},
        "curves": curves,
        "silent": True,
    }


def _shares(sigmas: np.ndarray) -> dict[str, Any]:
    each = [float(sigma) for sigma in sigmas]
    return {
        "label": "Share of runs beyond the pass against the noise; arrow keys read it off",
        "title": "The share beyond the pass",
        "height": 340,
        "x": {"title": "noise σ", "symbol": "σ", "range": [0.0, each[-1] * 1.02]},
        "y": {"title": "share", "range": [-0.03, 1.03]},
        "curves": [
            {
                **{"x": {"name": "noise"}, "y": {"name": "told"}, "label": "predicted", "absent": "–"},
                **{"colour": GLOBAL, "dash": "dash"},
            },
            {
                **{"x": {"name": "noise"}, "y": {"name": "low"}, "label": "the same rates, the pass too low"},
                **{"colour": GLOBAL, "dash": "dot", "width": 1.4, "absent": "–"},
            },
            {
                "x": {"name": "sigma"},
                "y": {"name": "share"},
                "label": "measured",
                "colour": GLOBAL,
                "points": True,
                "width": 3.6,
            },
        ],
        "marks": [{"x": each, "colour": "@ink", "dash": "solid"}],
        "rest": each,
    }


def _origin(alike: bool) -> str:
    return "one of two minima that are equally deep" if alike else "the local minimum"


def _says(sigma: float, share: float, unsure: float, told: float, temperatures: float, steps: int, alike: bool) -> str:
    if sigma == 0.0:
        where = "the minimum it begins in" if alike else "the local minimum"
        return f"Without noise every run stays in {where}: its gradient is 0 there."
    first = (
        f"With σ = {number(sigma)}, {with_error(100.0 * share, 100.0 * unsure)} % of the runs are beyond the pass after"
        f" {steps} steps"
    )
    chance = f"{number(100.0 * told)} %" if told > LEAST else "none"
    high = f"{number(temperatures, 2)} times ησ²/2 high"
    if temperatures < LOW:
        return f"{first}. The pass is only {high}, too low for Kramers' rates, which would say {chance}."
    return f"{first}, predicted {chance}. The pass is {high}."
