"""Hinges: the lowest point of a mean of max(0, margin - w'd), which lies in a corner or along a crease, as a rule."""

from itertools import combinations

import numpy as np

SOFTNESS = 10.0 ** -np.arange(0.0, 9.0)  # of the margin: how far on either side a hinge is rounded, less and less
ROUNDS = 60
TINY = 1e-9  # curvature that keeps a step finite where hinges alone do not bend
NEAREST = 12  # creases that may meet at the lowest point


def lowest_point(d: np.ndarray, margin: float, share: float, penalty: float) -> np.ndarray:
    """Return where share times the sum over d (P, 2) of max(0, margin - w'd), plus penalty |w|^2/2, is least, (2,).

    Rounded hinges lead to its neighbourhood; there the exact place is the best of those where a gradient vanishes, of
    those along a crease, and of those where two creases meet.
    """
    w = np.zeros(2)
    for softness in SOFTNESS * margin:
        w = _rounded(w, d, margin, share, penalty, softness)
    places = [w, *_candidates(w, d, margin, share, penalty)]
    return min(places, key=lambda place: hinged(place, d, margin, share, penalty))


def hinged(w: np.ndarray, d: np.ndarray, margin: float, share: float, penalty: float) -> float:
    """Return the error at w (2,)."""
    return float(share * np.maximum(0.0, margin - d @ w).sum() + 0.5 * penalty * (w @ w))


def _rounded(w: np.ndarray, d: np.ndarray, margin: float, share: float, penalty: float, softness: float) -> np.ndarray:
    """Return the minimum, from w on, with softness ln(1 + exp(short/softness)) for max(0, short), short = margin - w'd.

    Newton steps, halved until the error falls.
    """

    def error(place: np.ndarray) -> float:
        short = (margin - d @ place) / softness
        return float(share * softness * np.logaddexp(0.0, short).sum() + 0.5 * penalty * (place @ place))

    now = error(w)
    for _ in range(ROUNDS):
        on = 0.5 * (1.0 + np.tanh(0.5 * (margin - d @ w) / softness))
        gradient = penalty * w - share * (on @ d)
        bend = share / softness * (d.T * (on * (1.0 - on))) @ d + (penalty + TINY) * np.eye(2)
        step = -np.linalg.solve(bend, gradient)
        while (then := error(w + step)) > now and np.abs(step).max() > 1e-15 * (1.0 + np.abs(w).max()):
            step = 0.5 * step
        if then >= now:
            break
        w, now = w + step, then
    return w


def _candidates(w: np.ndarray, d: np.ndarray, margin: float, share: float, penalty: float) -> list[np.ndarray]:
    places = []
    if penalty:
        places.append(share * d[d @ w < margin].sum(axis=0) / penalty)
    distance = np.abs(margin - d @ w) / np.maximum(np.hypot(*d.T), 1e-300)
    near = np.argsort(distance)[:NEAREST]
    for k in near:
        normal = d[k] / (d[k] @ d[k])
        foot = w + (margin - d[k] @ w) * normal
        places.append(foot)
        if penalty:
            along = np.array([-d[k][1], d[k][0]]) / np.hypot(*d[k])
            others = np.delete(d, k, axis=0)
            pull = share * others[others @ foot < margin].sum(axis=0)
            places.append(margin * normal + (pull @ along / penalty) * along)
    for pair in combinations(near, 2):
        both = d[list(pair)]
        if abs(np.linalg.det(both)) > 1e-12 * np.abs(both).max() ** 2:
            places.append(np.linalg.solve(both, np.full(2, margin)))
    return places
