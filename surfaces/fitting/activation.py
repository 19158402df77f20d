"""Activation: the derivative of what a hidden unit makes of its sum, and where it is flat."""

import math

import numpy as np

from surfaces.fitting.forward import LEAK, sigmoid
from surfaces.fitting.layers import FIRST_SLOPE


def derivative(name: str, a: np.ndarray, slope: float | np.ndarray = FIRST_SLOPE) -> np.ndarray:
    """Return h'(a), element by element; ``slope`` is that of PReLU below 0.

    sigmoid' = h (1 - h), tanh' = 1 - h^2, hard_tanh' = 1 on -1 <= a <= 1, softsign' = 1/(1 + |a|)^2, of ReLUs 1 above 0
    and at 0 the slope of the left      Bishop and Bishop (2024), 6.2.3; LeCun, Bottou, Orr and Mueller (1998), 4.4

    It is worked out so that far out it is small and right, where 1 - h^2 would be rounding.
    """
    a = np.asarray(a, dtype=np.float64)
    match name:
        case "sigmoid":
            return sigmoid(a) * sigmoid(-a)
        case "tanh":
            return 4.0 * sigmoid(2.0 * a) * sigmoid(-2.0 * a)
        case "hard_tanh":
            return np.where(np.abs(a) <= 1.0, 1.0, 0.0)
        case "softsign":
            return 1.0 / (1.0 + np.abs(a)) ** 2
    below = {"relu": 0.0, "leaky_relu": LEAK, "prelu": slope}.get(name, 1.0)
    return np.where(a > 0.0, 1.0, below)


def second_derivative(name: str, a: np.ndarray) -> np.ndarray:
    """Return h''(a), element by element: 0 of those made of straight pieces.

    sigmoid'' = h' (1 - 2 h), tanh'' = -2 h h', softsign'' = -2 sign(a)/(1 + |a|)^3.
    """
    a = np.asarray(a, dtype=np.float64)
    match name:
        case "sigmoid":
            return derivative(name, a) * (sigmoid(-a) - sigmoid(a))
        case "tanh":
            return -2.0 * np.tanh(a) * derivative(name, a)
        case "softsign":
            return np.where(a < 0.0, 2.0, -2.0) / (1.0 + np.abs(a)) ** 3
    return np.zeros_like(a)


def steepest(name: str, slope: float = FIRST_SLOPE) -> float:
    """Return the largest |h'(a)| of all a: 1/4 of a sigmoid, of the others 1, if PReLU has learned no more."""
    if name == "sigmoid":
        return 0.25
    return max(1.0, abs(slope)) if name == "prelu" else 1.0


def flat(name: str, a: np.ndarray, share: float, slope: float | np.ndarray = FIRST_SLOPE) -> np.ndarray:
    """Return where an activation is saturated: |h'(a)| below ``share``, in (0, 1), of its largest; bool as a."""
    largest = np.maximum(1.0, np.abs(slope)) if name == "prelu" else steepest(name)
    return np.asarray(np.abs(derivative(name, a, slope)) < share * largest)


def edges(name: str, share: float, slope: float = FIRST_SLOPE) -> tuple[float, float]:
    """Return (low, high): an activation is saturated below low and above high, by ``share`` of its steepest slope.

    tanh' = sech^2 a and sigmoid' = sech^2(a/2)/4 fall below the share c where |a| > arcosh(1/sqrt c), twice that for
    a sigmoid; softsign' where |a| > 1/sqrt c - 1. Infinite where a side is never flat.
    """
    far = {
        "sigmoid": 2.0 * math.acosh(share**-0.5),
        "tanh": math.acosh(share**-0.5),
        "softsign": share**-0.5 - 1.0,
        "hard_tanh": 1.0,
    }.get(name)
    if far is not None:
        return -far, far
    low, high = (bool(flat(name, np.array(a), share, slope)) for a in (-1.0, 1.0))
    return (0.0 if low else -math.inf), (0.0 if high else math.inf)
