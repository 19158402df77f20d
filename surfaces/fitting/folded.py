"""Folded: a network with batch normalisation, its statistics given, as one without."""

from collections.abc import Sequence

import numpy as np

from surfaces.fitting.forward import STABILISER, Statistics
from surfaces.fitting.layers import Layer


def folded(
    parts: Sequence[Layer], plain: Sequence[Layer], w: np.ndarray, statistics: Statistics, after: bool
) -> np.ndarray:
    """Return weights of the layers ``plain``, which normalise nothing, that answer as w (..., D) in inference mode.

    gamma (v - mu)/sqrt(sigma^2 + 1e-5) + beta is s v + t with s = gamma/sqrt(sigma^2 + 1e-5), t = beta - s mu: it goes
    into the weights before it, or ``after`` the activation into those behind. Ioffe and Szegedy (2015), Algorithm 2.
    """
    found = np.zeros((*w.shape[:-1], plain[-1].biases.stop))
    scale = shift = None
    for place, (layer, target) in enumerate(zip(parts, plain, strict=True)):
        matrix, bias = layer.matrix(w), w[..., layer.biases]
        if scale is not None and shift is not None:
            bias = bias + (matrix @ shift[..., None])[..., 0]
            matrix = matrix * scale[..., None, :]
        if place < len(statistics):
            mean, variance = statistics[place]
            scale = w[..., layer.gamma] / np.sqrt(variance + STABILISER)
            shift = w[..., layer.beta] - scale * mean
            if not after:
                matrix, bias, scale = matrix * scale[..., None], scale * bias + shift, None
        found[..., target.weights] = matrix.reshape(*w.shape[:-1], -1)
        found[..., target.biases] = bias
        found[..., target.slope] = w[..., layer.slope]
    return found
