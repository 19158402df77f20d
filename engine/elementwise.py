"""Elementwise: the gradient of a deep stack of equal layers, number by number and as vectors."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numba import types

from engine.kernel import RUNS, STATE, WEIGHTS, kernel

SEED = 1


class Stack(NamedTuple):
    """A score s = u'a_L with z_k = W_k a_(k-1) + b_k, a_k = z_k/(1 + |z_k|), and room for its derivatives.

    As arrays, or as the same numbers in lists of lists. delta_k is ds/dz_k, which is ds/db_k as well.
    """

    weights: Any  # (L, n, n)
    biases: Any  # (L, n)
    outgoing: Any  # u, (n,)
    post: Any  # a, the input first, (L + 1, n)
    delta: Any  # (L, n)
    gradient: Any  # ds/dW, (L, n, n)

    @property
    def in_lists(self) -> "Stack":
        """The same numbers without NumPy."""
        return Stack(*(part.tolist() for part in self))


def stack(size: int, layers: int, seed: int = SEED) -> Stack:
    """Return a stack of layers (L) of equal size (n), with weights of variance 1/n."""
    draw = np.random.default_rng(seed).normal
    weights = draw(size=(layers, size, size)) / np.sqrt(size)
    post = np.zeros((layers + 1, size))
    post[0] = draw(size=size)
    empty = np.zeros((layers, size)), np.zeros((layers, size, size))
    return Stack(weights, draw(size=(layers, size)), draw(size=size), post, *empty)


class Loops:
    """Every number by itself; each delta is kept for the layer below."""

    @kernel(types.void(STATE, WEIGHTS, RUNS, WEIGHTS, WEIGHTS, STATE))
    @staticmethod
    def compiled(weights, biases, outgoing, post, delta, gradient):
        layers, size = len(weights), len(outgoing)
        for k in range(layers):
            below, above = post[k], post[k + 1]
            for i in range(size):
                row, z = weights[k][i], biases[k][i]
                for j in range(size):
                    z += row[j] * below[j]
                above[i] = z / (1.0 + abs(z))
        for k in range(layers - 1, -1, -1):
            here, above = delta[k], post[k + 1]
            for j in range(size):
                here[j] = outgoing[j] if k == layers - 1 else 0.0
            if k < layers - 1:
                for i in range(size):
                    row, share = weights[k + 1][i], delta[k + 1][i]
                    for j in range(size):
                        here[j] += row[j] * share
            for j in range(size):
                room = 1.0 - abs(above[j])
                here[j] *= room * room
            below = post[k]
            for i in range(size):
                row, share = gradient[k][i], here[i]
                for j in range(size):
                    row[j] = share * below[j]


def interpreted() -> Callable[..., None]:
    """Return the same lines, run by Python: give it lists."""
    return Loops.__dict__["compiled"].function


def vectors(
    weights: np.ndarray,
    biases: np.ndarray,
    outgoing: np.ndarray,
    post: np.ndarray,
    delta: np.ndarray,
    gradient: np.ndarray,
) -> None:
    """Fill post, delta and gradient of a Stack, a layer at a time.

    delta_k = f'(z_k) * (W_(k+1)' delta_(k+1)), ds/dW_k = delta_k a_(k-1)'      Bishop (2006), 5.56 and 5.53
    """
    for k in range(len(weights)):
        z = weights[k] @ post[k] + biases[k]
        post[k + 1] = z / (1.0 + np.abs(z))
    for k in range(len(weights) - 1, -1, -1):
        error = weights[k + 1].T @ delta[k + 1] if k < len(weights) - 1 else outgoing
        room = 1.0 - np.abs(post[k + 1])
        delta[k] = room * room * error
        np.multiply.outer(delta[k], post[k], out=gradient[k])
