"""Layer norms: how long each layer's part of a gradient is."""

from collections.abc import Sequence

import numpy as np


def layer_norms(gradient: np.ndarray, parts: Sequence[slice]) -> np.ndarray:
    """Return |dE/dW_l| of every layer l, (..., D) -> (..., L); ``parts`` say where in w each layer's weights stand.

    Where it falls from layer to layer towards the inputs the first ones hardly learn: Bengio, Simard and Frasconi
    (1994); Glorot and Bengio (2010), figure 7.
    """
    with np.errstate(all="ignore"):
        norms = [np.linalg.norm(gradient[..., part], axis=-1) for part in parts]
    return np.stack(norms, axis=-1)
