"""The message of the view on decaying learning rates: a constant one has a floor, one that falls as 1/t has none."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.words import number, with_error

CONSTANT, FALLING = "@limit", "@good"


@dataclass(frozen=True, eq=False)
class Decay:
    """Mean errors of both at one learning rate, measured and predicted at the same steps, and two single runs."""

    eta_lambda: float
    measured: dict[str, np.ndarray]  # "constant" and "falling" -> (K,)
    predicted: dict[str, np.ndarray]
    unsure: dict[str, float]  # standard error of the last measured one
    single: dict[str, np.ndarray]  # (K,) the error of one run
    floor: float  # where the constant one's mean error stays
    goal: float  # t times the falling one's mean error comes to this, inf where it does not


def decay_message(
    steps: np.ndarray, dots: np.ndarray, decays: list[Decay], runs: int, at: int
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; ``steps`` (K,) are drawn, ``dots`` are places among them at which a mean is marked."""
    arrays = {"step": steps.astype(float), "dot": steps[dots].astype(float)}
    for name in ("constant", "falling"):
        arrays[f"{name}.told"] = np.stack([item.predicted[name] for item in decays])
        arrays[f"{name}.mean"] = np.stack([item.measured[name][dots] for item in decays])
        arrays[f"{name}.one"] = np.stack([item.single[name] for item in decays])
    goals = [item.goal / steps for item in decays]
    arrays["goal"] = np.stack([np.where(np.isfinite(goal), goal, np.nan) for goal in goals])
    says = [_says(item, int(steps[-1])) for item in decays]
    header = {
        "alt": f"Mean error against the step, for a constant learning rate and one that falls as 1/t. {says[at]}",
        "says": says,
        "caption": (
            f"Gradient descent on a round valley with normal noise in every gradient; dots are means of {runs} runs, ±"
            " one standard error. η₀/t is the power law with s = 1, c = −1."
        ),
        "index": {
            "id": "decay",
            "name": "η₀ λ",
            "texts": [f"η₀ λ = {number(item.eta_lambda)}" for item in decays],
            "at": at,
        },
        "panels": [_means(steps, decays), _singles(steps, decays)],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _axes(steps: np.ndarray, decays: list[Decay]) -> dict[str, Any]:
    seen = np.concatenate([values for item in decays for values in (*item.measured.values(), *item.predicted.values())])
    low, high = np.log10(seen.min()), np.log10(min(seen.max(), 1e3 * np.median(seen)))
    return {
        "height": 340,
        "x": {"title": "step t", "symbol": "t", "log": True, "range": [0.0, float(np.log10(steps[-1])) + 0.04]},
        "y": {"title": "E − E*", "log": True, "range": [float(low) - 0.4, float(high) + 0.2]},
    }


def _means(steps: np.ndarray, decays: list[Decay]) -> dict[str, Any]:
    count, x, dot = len(decays), {"name": "step"}, {"name": "dot"}
    curves: list[dict[str, Any]] = []
    for name, colour, dash, words in (
        ("constant", CONSTANT, "solid", "constant η₀"),
        ("falling", FALLING, "dash", "η₀/t"),
    ):
        told, mean = {"name": f"{name}.told", "rows": count}, {"name": f"{name}.mean", "rows": count}
        curves += [
            {"x": x, "y": told, "label": f"{words}: predicted", "colour": colour, "dash": dash, "tag": words},
            {"x": dot, "y": mean, "label": "measured", "colour": colour, "points": True, "width": 3.6},
        ]
    goal = {"name": "goal", "rows": count}
    words = "η₀/t in the long run"
    curves.append({"x": x, "y": goal, "label": words, "colour": "@quiet", "dash": "dot", "absent": "later than 1/t"})
    return {
        "label": "Mean error of both against the step; arrow keys read it off",
        "title": "On average",
        **_axes(steps, decays),
        "curves": curves,
        "marks": [{"y": [item.floor for item in decays], "name": "floor predicted", "colour": CONSTANT, "dash": "dot"}],
        "rest": float(steps[-1]),
    }


def _singles(steps: np.ndarray, decays: list[Decay]) -> dict[str, Any]:
    def curve(name: str, colour: str, words: str) -> dict[str, Any]:
        y = {"name": f"{name}.one", "rows": len(decays)}
        return {"x": {"name": "step"}, "y": y, "label": words, "colour": colour, "dash": "solid", "width": 1.6}

    return {
        "label": "Error of one run with each against the step; arrow keys read it off",
        "title": "One run of each, with the same noise",
        **_axes(steps, decays),
        "curves": [curve("constant", CONSTANT, "constant η₀"), curve("falling", FALLING, "η₀/t")],
        "rest": float(steps[-1]),
    }


def _says(item: Decay, last: int) -> str:
    def beside(name: str) -> str:
        measured = with_error(float(item.measured[name][-1]), item.unsure[name])
        return f"{measured} (predicted {number(float(item.predicted[name][-1]))})"

    one, other = beside("constant"), beside("falling")
    first = f"After {last} steps the constant rate's mean error is {one}, that of η₀/t {other}"
    if not np.isfinite(item.goal):
        return f"{first}, which with η₀ λ at or below ½ falls more slowly than 1/t."
    return f"{first}. The first stays there, the second in the long run falls as 1/t."
