"""The message of the view on delta-bar-delta: what noise makes of learning rates that follow the gradient's sign."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from engine.words import number

FLAT, STEEP, PLAIN = "@limit", "@good", "@quiet"


@dataclass(frozen=True, eq=False)
class Followed:
    """What the rule does with noise of one size, and plain gradient descent with the same noise."""

    sigma: float
    rates: np.ndarray  # (K, 2) mean learning rates of both weights at the steps that are drawn
    late: tuple[float, float]  # their means over the second half
    highest: tuple[float, float]  # and the highest they come to
    error: np.ndarray  # (K,) mean error
    plain: np.ndarray  # (K,)


def deltabar_message(
    steps: np.ndarray, found: list[Followed], eigenvalues: tuple[float, float], told: float, words: str, at: int
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; ``told`` is the learning rate where signs are chance."""
    arrays = {
        "step": steps,
        "flat": np.stack([item.rates[:, 0] for item in found]),
        "steep": np.stack([item.rates[:, 1] for item in found]),
        "error": np.stack([item.error for item in found]),
        "plain": np.stack([item.plain for item in found]),
    }
    says = [_says(item, told) for item in found]
    header = {
        "alt": f"Learning rates of both weights against the step. {says[at]}",
        "says": says,
        "caption": words,
        "index": {
            "id": words,
            "name": "noise σ",
            "texts": [f"σ = {number(item.sigma)}" for item in found],
            "at": at,
        },
        "panels": [_rates(steps, found, eigenvalues, told), _errors(steps, found)],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _rates(steps: np.ndarray, found: list[Followed], eigenvalues: tuple[float, float], told: float) -> dict[str, Any]:
    seen = np.concatenate([item.rates.reshape(-1) for item in found])
    high = float(np.log10(seen.max()))
    curves = [
        {
            "x": {"name": "step"},
            "y": {"name": name, "rows": len(found)},
            "label": f"weight of curvature {number(value)}",
            "colour": colour,
            "dash": dash,
            "width": 2.4,
        }
        for name, colour, dash, value in (
            ("flat", FLAT, "solid", eigenvalues[0]),
            ("steep", STEEP, "dash", eigenvalues[1]),
        )
    ]
    return {
        "label": "Mean learning rate of both weights against the step; arrow keys read them off",
        "title": "The learning rate of each weight",
        "height": 340,
        "x": {"title": "step", "log": True, "range": [0.0, float(np.log10(steps[-1]))]},
        "y": {"title": "learning rate", "log": True, "range": [float(np.log10(told)) - 0.7, high + 0.2]},
        "curves": curves,
        "marks": [{"y": told, "name": "k/φ, where signs are chance", "dash": "dot"}],
        "rest": float(steps[-1]),
    }


def _errors(steps: np.ndarray, found: list[Followed]) -> dict[str, Any]:
    seen = np.concatenate([item.plain for item in found] + [item.error for item in found[1:]])
    low, high = np.log10(max(float(seen[seen > 0.0].min()), 1e-12)), np.log10(float(seen.max()))
    style = {"x": {"name": "step"}, "width": 2.2}
    return {
        "label": "Mean error of the rule and of gradient descent against the step; arrow keys read it off",
        "title": "The mean error",
        "height": 340,
        "x": {"title": "step", "log": True, "range": [0.0, float(np.log10(steps[-1]))]},
        "y": {"title": "E − E*", "log": True, "range": [float(low) - 0.2, float(high) + 0.2]},
        "curves": [
            {**style, "y": {"name": "error", "rows": len(found)}, "label": "delta-bar-delta", "colour": STEEP},
            {
                **style,
                "y": {"name": "plain", "rows": len(found)},
                "label": "gradient descent, η₀ kept",
                "colour": PLAIN,
                "dash": "dash",
            },
        ],
        "rest": float(steps[-1]),
    }


def _says(item: Followed, told: float) -> str:
    flat, steep = (number(value) for value in (item.late if item.sigma else item.highest))
    if item.sigma == 0.0:
        return (
            f"Without noise the rule tells the weights apart: their learning rates rise to {flat} along the floor and"
            f" {steep} up the walls."
        )
    return (
        f"With noise of σ = {number(item.sigma)} the learning rates come to {flat} along the floor and {steep} up the"
        f" walls; if every sign were chance, both would be k/φ = {number(told)} on average."
    )
