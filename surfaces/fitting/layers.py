"""Layers: what stands where in the weights of a network, what each is called, and what they are at first."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from engine.initialisation.schemes import he_deviation, xavier_end

SCHEMES = ("zero", "equal", "uniform", "gaussian", "xavier", "he")
FIRST_SLOPE = 0.25  # He, Zhang, Ren and Sun (2015), arXiv:1502.01852
SUPERSCRIPTS, SUBSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"), str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class Layer(NamedTuple):
    """One layer's part of w (D,); of what it does not have the slice is empty."""

    inputs: int
    outputs: int
    weights: slice
    biases: slice
    gamma: slice
    beta: slice
    slope: slice

    def matrix(self, w: np.ndarray) -> np.ndarray:
        """Return the weights as matrices, w (..., D) -> (..., outputs, inputs)."""
        return w[..., self.weights].reshape(*w.shape[:-1], self.outputs, self.inputs)


def layers(widths: Sequence[int], normalised: bool, learned_slope: bool) -> tuple[Layer, ...]:
    """Return the layers between units as many as ``widths`` says; hidden ones have gamma, beta and slope if asked."""
    found, at = [], 0
    for place, (inputs, outputs) in enumerate(pairwise(widths)):
        hidden = place < len(widths) - 2
        extra = outputs if hidden and normalised else 0
        parts = []
        for size in (inputs * outputs, outputs, extra, extra, 1 if hidden and learned_slope else 0):
            parts.append(slice(at, at + size))
            at += size
        found.append(Layer(inputs, outputs, *parts))
    return tuple(found)


def weight_names(parts: Sequence[Layer]) -> tuple[str, ...]:
    """Return the names of all weights: ``w¹₂₁`` leads to unit 2 of layer 1 from unit 1 below, ``b¹₂`` is its bias."""
    names = []
    for number, layer in enumerate(parts, start=1):
        above = str(number).translate(SUPERSCRIPTS)
        between = "" if max(layer.inputs, layer.outputs) < 10 else ","
        for j in range(1, layer.outputs + 1):
            names += [f"w{above}{_index(j)}{between}{_index(i)}" for i in range(1, layer.inputs + 1)]
        for letter, part in (("b", layer.biases), ("γ", layer.gamma), ("β", layer.beta)):
            names += [f"{letter}{above}{_index(j)}" for j in range(1, part.stop - part.start + 1)]
        names += [f"s{above}"] * (layer.slope.stop - layer.slope.start)
    return tuple(names)


def _index(number: int) -> str:
    return str(number).translate(SUBSCRIPTS)


def initial(parts: Sequence[Layer], scheme: str, scale: float, seed: int, bias: float) -> np.ndarray:
    """Return weights to start from, (D,); gamma is 1, beta 0 and a learned slope 1/4. See Mlp.initial.

    Raises ValueError for a scheme of another name.
    """
    if scheme not in SCHEMES:
        raise ValueError(f"scheme must be {', '.join(SCHEMES[:-1])} or {SCHEMES[-1]}, got {scheme!r}")
    random = np.random.default_rng(seed)
    w = np.zeros(parts[-1].biases.stop)
    for layer in parts:
        size = layer.inputs * layer.outputs
        fan_in, fan_out = layer.inputs, layer.outputs
        if scheme == "equal":
            w[layer.weights] = scale
        elif scheme in ("uniform", "xavier"):
            end = 1.0 if scheme == "uniform" else xavier_end(fan_in, fan_out)
            w[layer.weights] = scale * random.uniform(-end, end, size)
        elif scheme in ("gaussian", "he"):
            deviation = 1.0 if scheme == "gaussian" else he_deviation(fan_in)
            w[layer.weights] = scale * deviation * random.standard_normal(size)
        w[layer.biases] = bias
        w[layer.gamma] = 1.0
        w[layer.slope] = FIRST_SLOPE
    return w
