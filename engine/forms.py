"""Forms: what several optimizers declare alike, where published forms of one method differ."""

from typing import Any

import numpy as np

from engine.parameter import choice, parameter


def stabiliser(where: str = "outside the root", default: float = 1e-8) -> Any:
    """Declare delta; ``where`` it is added."""
    return parameter(default, 1e-16, 1.0, r"\delta", scale="log", help=f"Small constant added {where}.")


def stabiliser_place() -> Any:
    """Declare where delta is added: sqrt(r) + delta, or sqrt(r + delta). A kernel reads 0 or 1."""
    return choice(
        "outside",
        {"outside": "√r + δ", "inside": "√(r + δ)"},
        help="Where δ is added: after the root, or to what is under it.",
    )


def bias_correction(default: str) -> Any:
    """Declare whether averages are divided by 1 - beta^tau, which makes up for their start at zero."""
    options = {"on": "corrected averages", "off": "uncorrected averages"}
    order = sorted(options, key=lambda option: option != default)
    return choice(
        default,
        {option: options[option] for option in order},
        help="Whether averages are divided by 1 − β^τ, which makes up for their start at zero.",
    )


def decay_1() -> Any:
    """Declare beta1."""
    return parameter(0.9, 0.0, 0.9999, r"\beta_1", step=0.01, help="Weight on the old mean of the gradient.")


def decay_2() -> Any:
    """Declare beta2."""
    return parameter(0.999, 0.0, 0.9999, r"\beta_2", step=0.01, help="Weight on the old mean of the squared gradient.")


def weight_decay(default: float) -> Any:
    """Declare lambda_w, the share of a weight that eta times it takes away.

    No search may change it: where the minimum happens to lie at zero, drawing weights to zero is knowing the answer.
    """
    return parameter(
        default,
        0.0,
        1.0,
        r"\lambda_w",
        step=0.01,
        help="How strongly weights are drawn to 0: λ_w w is added to a step.",
        searched=False,
    )


def rooted(squares: np.ndarray, delta: float, place: str) -> np.ndarray:
    """Return sqrt(r) + delta, or sqrt(r + delta) where ``place`` is inside: (...) -> (...)."""
    return np.sqrt(squares + delta) if place == "inside" else np.sqrt(squares) + delta


def corrected(average: np.ndarray, correction: np.ndarray) -> np.ndarray:
    """Return an average divided by 1 - beta^tau, 0 before the first step: (...) twice -> (...)."""
    correction = np.asarray(correction)
    return np.divide(average, correction, out=np.zeros_like(correction), where=correction > 0.0)
