"""Units: what of a network's weights belongs to each unit of a hidden layer."""

from collections.abc import Sequence

import numpy as np

from surfaces.fitting.layers import Layer


def places(parts: Sequence[Layer], hidden: int = 0) -> np.ndarray:
    """Return where in w stand the incoming weights, the bias and the outgoing weights of every unit, (M, K).

    Whoever permutes the rows permutes the units of the hidden layer; ``parts`` are a network's layers.
    """
    below, above = parts[hidden], parts[hidden + 1]
    incoming = np.arange(below.weights.start, below.weights.stop).reshape(below.outputs, below.inputs)
    biases = np.arange(below.biases.start, below.biases.stop)[:, None]
    outgoing = np.arange(above.weights.start, above.weights.stop).reshape(above.outputs, above.inputs).T
    return np.concatenate([incoming, biases, outgoing], axis=1)
