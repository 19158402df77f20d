"""Charges: what every row costs a network, from the outputs before their sigmoid or softmax."""

import numpy as np


def charges(loss: str, a: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Return E_n of rows, outputs a (..., N, outputs) and targets (N, M) -> (..., N); see Mlp.

    It is what the kernel sums, without penalties, for rows that it was not trained on.
    """
    if loss == "sum_of_squares":
        return 0.5 * ((a - targets) ** 2).sum(axis=-1)
    if loss == "cross_entropy":
        # -t ln y - (1 - t) ln(1 - y) = ln(1 + e^a) - t a
        return (np.logaddexp(0.0, a) - targets * a).sum(axis=-1)
    if a.shape[-1] == 1:
        return np.maximum(0.0, 1.0 - (2.0 * targets[:, 0] - 1.0) * a[..., 0])
    right = np.concatenate([1.0 - targets, targets], axis=1) if targets.shape[1] == 1 else targets
    score = (a * right).sum(axis=-1, keepdims=True)
    if loss == "softmax":
        return np.logaddexp.reduce(a, axis=-1) - score[..., 0]
    return (np.maximum(0.0, 1.0 + a - score) * (1.0 - right)).sum(axis=-1)


def right(a: np.ndarray, targets: np.ndarray, loss: str) -> np.ndarray:
    """Return which rows of classes are told rightly, (..., N) bool, each by its largest output."""
    if a.shape[-1] == 1:
        told: np.ndarray = (a[..., 0] > (0.5 if loss == "sum_of_squares" else 0.0)) == (targets[:, 0] > 0.5)
        return told
    wanted = targets[:, 0].astype(int) if targets.shape[1] == 1 else targets.argmax(axis=1)
    return np.asarray(a.argmax(axis=-1) == wanted)
