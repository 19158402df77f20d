"""Closed forms on quadratics: limits, factors, rates, best settings and whole paths.

alpha_i is the distance from the minimum along eigenvector i, lambda_i its eigenvalue, eta the learning rate. What is
particular to one optimizer stands in its own file (``mode_polynomial``, ``best``, ``preconditioner``); here is what
follows from it. ``optimizer`` is one, or R of one class; ``learning_rate`` a number or an array (R,); a leading axis R
appears in the results when either is given R times.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.optimizer import Best, Optimizer, as_optimizers
from engine.parameter import as_number

REGIMES = ("one step", "monotone", "ripples", "oscillation", "at the limit", "divergence")
ROUNDING = 16.0 * 2.0**-52  # relative to the terms of a sum: less than that is zero


def stability_limit(optimizer: Optimizer | Sequence[Optimizer], eigenvalues: Any) -> Any:
    """Return the limit below which every positive learning rate converges along every positive eigenvalue, ([R]).

    Gradient descent 2/lambda_max [Bishop and Bishop (2024), after 7.29], momentum (2 + 2 mu)/lambda_max, Nesterov
    (2 + 2 mu)/((1 + 2 mu) lambda_max) [from their mode polynomials by Jury's conditions]. A direction with eigenvalue
    zero never moves and does not count; inf if all are zero. With a negative eigenvalue no learning rate is stable: 0.
    Raises ValueError for an optimizer without a mode polynomial and for eigenvalues that are not finite.
    """
    eigenvalues = as_eigenvalues(eigenvalues)
    at_0, at_1 = np.moveaxis(_jury(ends(optimizer)), -2, 0)
    slope = at_1 - at_0  # the conditions are affine in eta lambda
    crossing = np.divide(-at_0, slope, out=np.full_like(slope, np.inf), where=slope < 0.0).min(axis=-1)
    if eigenvalues.min() < 0.0:
        limit = np.zeros_like(crossing)
    elif eigenvalues.max() == 0.0:
        limit = np.full_like(crossing, np.inf)
    else:
        limit = crossing / eigenvalues.max()
    return float(limit) if limit.ndim == 0 else limit


def _jury(polynomial: np.ndarray) -> np.ndarray:
    """Return what must be positive, (..., 3), for all roots of order 1 or 2 to lie inside the unit circle."""
    b = polynomial[..., 1]
    c = polynomial[..., 2] if polynomial.shape[-1] == 3 else np.zeros_like(b)
    return np.stack([1.0 + b + c, 1.0 - b + c, 1.0 - c], axis=-1)


def mode_factors(optimizer: Optimizer | Sequence[Optimizer], learning_rate: Any, eigenvalues: Any) -> np.ndarray:
    """Return the roots of each mode's polynomial: complex, ([R,] modes, order), the larger in magnitude first.

    Gradient descent has one, 1 - eta lambda, which multiplies alpha_i at every step [Bishop and Bishop (2024), 7.27].
    Momentum and Nesterov have two, and alpha_i(k) is a combination of their k-th powers; in the long run the larger
    one multiplies alpha_i, a pair of equal magnitude multiplies the height of its swing. Raises ValueError as
    stability_limit does.
    """
    polynomial = polynomials(optimizer, learning_rate, as_eigenvalues(eigenvalues))
    if polynomial.shape[-1] == 2:
        return -polynomial[..., 1:].astype(np.complex128)
    b, c = polynomial[..., 1], polynomial[..., 2]
    root = np.sqrt((b * b - 4.0 * c).astype(np.complex128))
    first = -0.5 * np.where(b >= 0.0, b + root, b - root)
    second = np.divide(c, first, out=np.zeros_like(first), where=first != 0.0)
    return np.stack([first, second], axis=-1)


def rate(optimizer: Optimizer | Sequence[Optimizer], learning_rate: Any, eigenvalues: Any) -> Any:
    """Return the largest magnitude of all mode factors, ([R]): the factor per step in the long run.

    Below 1 the run converges, above it diverges; a zero eigenvalue gives 1. Raises ValueError as mode_factors does.
    """
    largest = np.abs(mode_factors(optimizer, learning_rate, eigenvalues)).max(axis=(-1, -2))
    return float(largest) if largest.ndim == 0 else largest


def regime(optimizer: Optimizer | Sequence[Optimizer], learning_rate: Any, eigenvalues: Any) -> np.ndarray:
    """Return what each mode does, as places in REGIMES, ([R,] modes).

    The names are those of Goh (2017), doi:10.23915/distill.00007, for a mode whose larger root is z. One step: all
    roots are 0. Monotone: z is real and positive; from rest the distance shrinks at every step and keeps its sign.
    Ripples: a pair of complex roots; it swings to and fro, and both have the same size. Oscillation (Goh's monotonic
    oscillations): z is real and negative; in the long run the sign changes at every step. Divergence: |z| > 1. Between
    them, |z| = 1, is the limit; a mode whose eigenvalue is 0 stands still there. The slowest mode, of the largest |z|,
    governs a run in the long run: see slowest_mode. Raises ValueError as mode_factors does.
    """
    polynomial = polynomials(optimizer, learning_rate, as_eigenvalues(eigenvalues))
    terms = np.abs(polynomial).sum(axis=-1)
    least = _jury(polynomial).min(axis=-1)
    b = polynomial[..., 1]
    c = polynomial[..., 2] if polynomial.shape[-1] == 3 else np.zeros_like(b)
    cases = {
        "divergence": least < -ROUNDING * terms,
        "at the limit": least <= ROUNDING * terms,
        "one step": (np.abs(b) <= ROUNDING) & (np.abs(c) <= ROUNDING),
        "ripples": b * b - 4.0 * c < -ROUNDING * (b * b + 4.0 * np.abs(c)),
        "monotone": b < 0.0,
    }
    places = [REGIMES.index(name) for name in cases]
    return np.select(list(cases.values()), places, default=REGIMES.index("oscillation"))


def slowest_mode(optimizer: Optimizer | Sequence[Optimizer], learning_rate: Any, eigenvalues: Any) -> np.ndarray:
    """Return the place of the eigenvalue whose mode factor is the largest in size, ([R]); the first of equal ones.

    It governs the run in the long run. A direction with eigenvalue zero never moves and counts only if all are zero.
    Raises ValueError as mode_factors does.
    """
    size = np.abs(mode_factors(optimizer, learning_rate, eigenvalues)[..., 0])
    size = np.where(as_eigenvalues(eigenvalues) == 0.0, -1.0, size)
    # two pairs of complex roots have one size, but for rounding
    return (size >= size.max(axis=-1, keepdims=True) - 1e-12).argmax(axis=-1)


def ends(optimizer: Optimizer | Sequence[Optimizer]) -> np.ndarray:
    """Return the coefficients of the mode polynomial at eta lambda = 0 and 1, ([R,] 2, order + 1).

    Between and beyond they are affine in eta lambda, see Optimizer.mode_polynomial: these say all there is to know.
    Raises ValueError for an optimizer without a mode polynomial.
    """
    return polynomials(optimizer, 1.0, np.array([0.0, 1.0]))


def critical_damping(optimizer: Optimizer | Sequence[Optimizer]) -> np.ndarray:
    """Return the two eta lambda, ascending, at which the two roots of a mode meet, ([R,] 2).

    Between them the roots are complex. Where they meet at the smaller one a mode is as fast as it can be without
    swinging. Momentum (1 - sqrt mu)^2 and (1 + sqrt mu)^2, Goh (2017); Nesterov ((1 - mu)/(1 + mu))^2 and 1: the zeros
    of the discriminant of the rule's own mode polynomial. nan for a rule of one root. Raises ValueError for an
    optimizer without a mode polynomial.
    """
    at_0, at_1 = np.moveaxis(ends(optimizer), -2, 0)
    if at_0.shape[-1] == 2:
        return np.full((*at_0.shape[:-1], 2), np.nan)
    slope = at_1 - at_0  # the coefficients are affine in eta lambda
    squared = slope[..., 1] ** 2
    half = at_0[..., 1] * slope[..., 1] - 2.0 * slope[..., 2]
    root = np.sqrt(np.maximum(half * half - squared * (at_0[..., 1] ** 2 - 4.0 * at_0[..., 2]), 0.0))
    larger = (root - half) / squared
    product = (at_0[..., 1] ** 2 - 4.0 * at_0[..., 2]) / squared  # the difference would cancel
    return np.stack([product / larger, larger], axis=-1)


def optimal(optimizer_class: type[Optimizer], eigenvalues: Any) -> Best:
    """Return the setting with the best rate: (optimizer, learning_rate, rate).

    Known for gradient descent, momentum (Polyak, 1964) and Nesterov (Lessard, Recht and Packard, 2016); see each
    ``best``. Raises ValueError for the others, and unless every eigenvalue is positive.
    """
    eigenvalues = as_eigenvalues(eigenvalues)
    if eigenvalues.min() <= 0.0:
        raise ValueError(f"eigenvalues must all be above 0 for a best setting to exist, got {eigenvalues.tolist()}")
    best = optimizer_class.best(float(eigenvalues.min()), float(eigenvalues.max()))
    if best is None:
        raise ValueError(
            f"optimizer_class must have a best setting known in closed form, {optimizer_class.title} has not"
        )
    return best


def mode_path(
    optimizer: Optimizer | Sequence[Optimizer], learning_rate: Any, eigenvalue: Any, steps: int
) -> np.ndarray:
    """Return alpha(k)/alpha(0) for k = 0 to steps, started from rest: (steps + 1, [R,] *shape of eigenvalue).

    (1 - eta lambda)^k for gradient descent [Bishop and Bishop (2024), 7.29]. With two roots z1, z2 and the mode
    polynomial z^2 + b z + c: alpha(k) = -(b + c) s_k - c s_(k-1), s_k = (z1^k - z2^k)/(z1 - z2), evaluated as
    r^(k-1) sin(k t)/sin(t) or z1^(k-1) (1 - q^k)/(1 - q), q = z2/z1, which stay exact where the roots meet.
    Raises ValueError as mode_factors does, and for steps that are not a whole number of at least 0.
    """
    count = as_number(steps)
    if not (0.0 <= count < 2**53 and count == np.floor(count)):
        raise ValueError(f"steps must be a whole number, at least 0, got {steps!r}")
    polynomial = polynomials(optimizer, learning_rate, as_eigenvalues(eigenvalue))
    shape = np.shape(eigenvalue)
    with np.errstate(all="ignore"):
        path = _path(polynomial.reshape(-1, polynomial.shape[-1]), int(count))
    return path.reshape(len(path), *polynomial.shape[:-2], *shape)


def _path(polynomial: np.ndarray, steps: int) -> np.ndarray:
    k = np.arange(steps + 1.0)[:, None]
    b = polynomial[:, 1]
    if polynomial.shape[-1] == 2:
        return (-b) ** k
    c = polynomial[:, 2]
    discriminant = b * b - 4.0 * c
    complex_pair = discriminant < 0.0
    s = np.empty((steps + 1, len(polynomial)))
    s[:, complex_pair] = _powers_of_pair(b[complex_pair], c[complex_pair], -discriminant[complex_pair], k)
    s[:, ~complex_pair] = _powers_of_reals(b[~complex_pair], c[~complex_pair], discriminant[~complex_pair], k)
    path = np.ones_like(s)
    path[1:] = -(b + c) * s[1:] - c * s[:-1]
    return path


def _powers_of_pair(b: np.ndarray, c: np.ndarray, depth: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Return s_k where the roots are r exp(+-i t), depth = 4 c - b^2."""
    # the angle is measured from the nearer end of the real axis, so that it stays exact where the roots meet
    angle = np.arctan2(np.sqrt(depth), np.abs(b))
    sign = np.where((b > 0.0) & (k % 2.0 == 0.0), -1.0, 1.0)
    return sign * np.sqrt(c) ** (k - 1.0) * np.sin(k * angle) / np.sin(angle)


def _powers_of_reals(b: np.ndarray, c: np.ndarray, discriminant: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Return s_k where the roots are real."""
    root = np.sqrt(discriminant)
    z1 = -0.5 * np.where(b >= 0.0, b + root, b - root)
    quotient = np.divide(c, z1 * z1, out=np.zeros_like(z1), where=z1 != 0.0)
    gap = np.divide(root, np.abs(z1), out=np.ones_like(z1), where=z1 != 0.0)  # 1 - q without its cancellation
    near = (gap > 0.0) & (gap < 0.5)
    ratio = np.where(near, np.expm1(k * np.log1p(np.where(near, -gap, 0.0))), quotient**k - 1.0)
    ratio = np.where(gap > 0.0, ratio / -gap, k)
    return np.where(k > 0.0, z1 ** np.maximum(k - 1.0, 0.0) * ratio, 0.0)


def preconditioned_limit(optimizer: Optimizer, hessian: Any, state: dict[str, Any], moved: Any = True) -> Any:
    """Return the largest stable learning rate of an adaptive method while its preconditioner is that of ``state``.

    c/lambda_max(P^-1 H), P = diag(sqrt(r_hat) + delta); c = 2 for AdaGrad and RMSProp, (2 + 2 beta1)/(1 - beta1) for
    Adam; Cohen et al. (2022), arXiv:2207.14484; see ``Optimizer.limit_at``. ``hessian`` is (D, D), or (..., D, D)
    where it differs from state to state, the arrays of state (..., D); the result is (...), inf where no curvature is
    positive. A weight that has not ``moved``, (..., D), is left out: what it remembers is still zero. Raises ValueError
    for an optimizer that has no preconditioner.
    """
    hessian = np.asarray(hessian, dtype=np.float64)
    if hessian.ndim < 2 or hessian.shape[-1] != hessian.shape[-2] or not np.isfinite(hessian).all():
        raise ValueError(f"hessian must be finite and of shape (..., D, D), got {hessian.tolist()}")
    size, slots = hessian.shape[-1], {}
    for slot in optimizer.slots:
        if slot not in state or np.shape(state[slot])[-1:] != (size,):
            given = np.shape(state[slot]) if slot in state else "nothing"
            raise ValueError(f"state must hold {slot!r} of shape (..., {size}), got {given}")
        slots[slot] = np.asarray(state[slot], dtype=np.float64)
    scale = np.where(moved, 1.0 / np.sqrt(optimizer.preconditioner(slots)), 0.0)
    known = np.asarray(np.isfinite(scale).all(axis=-1))
    scaled = np.where(known[..., None, None], scale[..., :, None] * hessian * scale[..., None, :], 0.0)
    largest = np.linalg.eigvalsh(scaled)[..., -1]
    with np.errstate(divide="ignore"):
        limit = np.where(largest > 0.0, optimizer.limit_at(slots) / largest, np.inf)
    limit = np.where(known, limit, np.nan)
    return float(limit) if limit.ndim == 0 else limit


def deviation(modes: np.ndarray, closed: np.ndarray) -> np.ndarray:
    """Return how far a run left its closed form: (T + 1, R, modes) twice -> (R,).

    The largest distance between the two over all steps, relative to the largest distance from w* that the closed form
    has reached by then. Steps that hold nan (after a divergence) do not count.
    """
    with np.errstate(all="ignore"):
        apart = np.linalg.norm(modes - closed, axis=-1)
        reached = np.maximum.accumulate(np.linalg.norm(closed, axis=-1), axis=0)
        relative = np.divide(apart, reached, out=np.zeros_like(apart), where=reached > 0.0)
    return np.max(np.where(np.isfinite(relative), relative, 0.0), axis=0)


def polynomials(optimizer: Optimizer | Sequence[Optimizer], learning_rate: Any, eigenvalues: np.ndarray) -> np.ndarray:
    """Return the coefficients of every mode's polynomial, ([R,] modes, order + 1), the highest power first.

    Raises ValueError for a learning rate below 0 or not finite, for optimizers that are not as many, and for one that
    does not treat modes one by one.
    """
    allowed = "finite and at least 0, a number or an array (R,)"
    eta = as_finite("learning_rate", learning_rate, allowed)
    if eta.ndim > 1 or (eta < 0.0).any():
        raise ValueError(f"learning_rate must be {allowed}, got {learning_rate!r}")
    x = np.multiply.outer(eta, eigenvalues.ravel())
    rules = as_optimizers(optimizer)
    if eta.ndim and len(rules) not in (1, len(eta)):
        raise ValueError(f"optimizer must be given once or {len(eta)} times, got {len(rules)}")
    if not rules[0].linear:
        raise ValueError(f"optimizer must treat the modes of a quadratic one by one, {rules[0].title} does not")
    if isinstance(optimizer, Optimizer):
        return optimizer.mode_polynomial(x, optimizer.pack()[:, None])
    hyper = np.stack([rule.pack() for rule in rules], axis=1)[..., None]
    return rules[0].mode_polynomial(np.broadcast_to(x, (len(rules), x.shape[-1])), hyper)


def as_eigenvalues(values: Any) -> np.ndarray:
    """Return eigenvalues as an array (modes,); ValueError unless they are finite numbers."""
    return np.atleast_1d(as_finite("eigenvalues", values))


def as_finite(name: str, values: Any, rule: str = "finite numbers, at least one") -> np.ndarray:
    """Return numbers as float64 of their shape; ValueError with the name and the rule unless all are finite."""
    try:
        array = np.asarray(values)
    except ValueError:  # ragged
        array = np.empty(0)
    if array.dtype.kind not in "iuf" or array.size == 0 or not np.isfinite(array).all():
        raise ValueError(f"{name} must be {rule}, got {values!r}")
    return array.astype(np.float64)
