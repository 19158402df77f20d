"""Newton: the minimum of a smooth error to the last digits, where it has one."""

from collections.abc import Callable

import numpy as np

ROUNDS = 200
FAR = 1e8  # a run that is this far away arrives nowhere
ENOUGH = 1e-12  # of the gradient at the start
DEFINITE = 1e-6  # of the largest eigenvalue: what the smallest is at least after damping

Expansion = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]


def minimum_near(expansion: Expansion, start: np.ndarray) -> np.ndarray | None:
    """Return the minimum to which damped Newton steps lead downhill from a start, (D,); None where there is none.

    ``expansion`` gives the error, its gradient and H at w (D,). A step is -(H + damping)^-1 g, with so much damping
    that H + damping is positive definite and the error falls.
    """
    w, eye, damping = np.array(start, dtype=np.float64), np.eye(len(start)), 0.0
    error, gradient, hessian = expansion(w)
    enough = ENOUGH * np.abs(gradient).max()
    for _ in range(ROUNDS):
        lowest, highest = np.linalg.eigvalsh(hessian)[[0, -1]]
        size = max(abs(lowest), abs(highest))
        if not (gradient.any() and size > 0.0 and np.abs(w).max() < FAR):
            break
        step = -np.linalg.solve(hessian + max(damping, DEFINITE * size - lowest, 0.0) * eye, gradient)
        then = expansion(w + step)
        nearer = np.abs(then[1]).max() < np.abs(gradient).max()
        # to rounding the error no longer says which is lower
        if then[0] < error - 1e-12 * abs(error) or (nearer and then[0] <= error + 1e-12 * abs(error)):
            w, (error, gradient, hessian) = w + step, then
            damping = 0.1 * damping if damping > 1e-12 * size else 0.0
        elif np.abs(gradient).max() <= enough:
            break
        else:
            damping = max(10.0 * damping, 1e-3 * size)
    settled = np.abs(gradient).max() <= enough and np.linalg.eigvalsh(hessian)[0] > 0.0
    return w if settled else None
