"""Newton: the minimum of a smooth error to the last digits, where it has one."""

from collections.abc import Callable

import numpy as np

ROUNDS = 200
FAR = 1e8  # a run that is this far away arrives nowhere
ENOUGH = 1e-12  # of the gradient at the start
DEFINITE = 1e-6  # of the largest eigenvalue: what the smallest is at least after damping
BENT = 1e-10  # of the curvature at the start: where less is left the error has run out on a plateau, to no minimum

Expansion = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray, np.ndarray]]


def minimum_near(expansion: Expansion, start: np.ndarray) -> np.ndarray | None:
    """Return the minimum to which damped Newton steps lead downhill from a start, (D,); None where there is none.

    ``expansion`` gives the error, its gradient and H at w (D,). A step is -(H + damping)^-1 g, with so much damping
    that H + damping is positive definite and the error falls. Weights are measured in units in which the diagonal of H
    is 1 at the start: inputs of very different size would else look like a direction in which nothing curves.
    """
    across = np.diag(expansion(np.array(start, dtype=np.float64))[2])
    unit = 1.0 / np.sqrt(np.where(across > 0.0, across, 1.0))

    def scaled(place: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        error, gradient, hessian = expansion(place * unit)
        return error, gradient * unit, hessian * unit * unit[:, None]

    found = _settled(scaled, start / unit)
    return None if found is None else found * unit


def _settled(expansion: Expansion, w: np.ndarray) -> np.ndarray | None:
    eye, damping = np.eye(len(w)), 0.0
    error, gradient, hessian = expansion(w)
    enough, bent = ENOUGH * np.abs(gradient).max(), BENT * np.abs(hessian).max()
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
    settled = settled and np.abs(hessian).max() > bent
    return w if settled else None
