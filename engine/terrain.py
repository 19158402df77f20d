"""Terrain: a surface as rules see it that look about before they step."""

from typing import Any

import numpy as np

DOUBLINGS = 200  # of a trial length, before a ray counts as one without a minimum
REFINEMENTS = 200  # of a bracket; bisection alone would need about 60
NEAR = 4.0 * 2.0**-52  # relative width of a bracket that is narrow enough


def dot(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Return a'b of every run, (D, R) twice -> (R,): the same to the last bit however many run beside it."""
    total: np.ndarray = a[0] * b[0]
    for one, other in zip(a[1:], b[1:], strict=True):
        total = total + one * other
    return total


class Terrain:
    """A surface for R runs at once, weights (D, R), which counts what it is asked.

    ``spent`` (R,) is counted in gradients: a Hessian counts as D of them, its product with a direction as one.
    ``tilt`` (D, R) is added to every gradient while a step is under way: what noise has added where it began.
    """

    def __init__(self, surface: Any, runs: int):
        self.surface, self.runs, self.size = surface, runs, surface.dim
        self.theta, self.data = surface.pack(), surface.rows()
        self.spent = np.zeros(runs, dtype=np.int64)
        self.tilt: np.ndarray | None = None

    def evaluate(self, w: np.ndarray, asking: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Return E (R,) and its gradient (D, R), through the same kernel as every run; of the runs ``asking`` (R,)."""
        error, g = np.empty(self.runs), np.empty((self.size, self.runs))
        self.surface.value_and_grad(np.ascontiguousarray(w), self.theta, self.data, error, g)
        if self.tilt is not None:
            g += self.tilt
        if asking is not None:
            self.spent += asking
        return error, g

    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return the Hessians, (R, D, D)."""
        self.spent += self.size
        found: np.ndarray = self.surface.hessian(w.T)
        return found

    def curvature(self, w: np.ndarray, direction: np.ndarray) -> np.ndarray:
        """Return d'Hd, (R,)."""
        self.spent += 1
        rows = np.moveaxis(self.surface.hessian(w.T), 0, -1)
        return dot(direction, np.stack([dot(row, direction) for row in rows]))

    def minimum_along(self, w: np.ndarray, direction: np.ndarray, slope: np.ndarray) -> np.ndarray:
        """Return the t > 0 at which E(w + t d) is least, (R,): 0 where d = 0, nan where there is no minimum.

        ``slope`` (R,) is grad E'd at w, below 0. On a quadratic t = -slope/d'Hd. Elsewhere the first minimum that is
        met on the way out: t doubles from there until the slope along the ray is no longer negative, and Chandrupatla's
        method (1997, doi:10.1016/S0965-9978(96)00051-8) finds its zero to the last digits. A minimum that a doubling
        leaps over is not seen.
        """
        curved = self.curvature(w, direction)
        parabola = np.divide(-slope, curved, out=np.full(self.runs, np.nan), where=curved > 0.0)
        still = (direction == 0.0).all(axis=0)
        if self.surface.quadratic:
            return np.where(still, 0.0, parabola)
        far = (1.0 + np.sqrt(dot(w, w))) / np.sqrt(np.where(still, 1.0, dot(direction, direction)))
        trial = np.where(curved > 0.0, parabola, far)
        return np.where(still, 0.0, self._root(w, direction, slope, trial, ~still))

    def _slope(self, w: np.ndarray, direction: np.ndarray, t: np.ndarray, asking: np.ndarray) -> np.ndarray:
        """Return the slope at w + t d; where E is no number the ray has gone up too far."""
        error, g = self.evaluate(w + t * direction, asking)
        slope = dot(g, direction)
        return np.where(np.isfinite(error) & np.isfinite(slope), slope, np.inf)

    def _root(
        self, w: np.ndarray, direction: np.ndarray, slope: np.ndarray, trial: np.ndarray, asking: np.ndarray
    ) -> np.ndarray:
        near, at_near, far = np.zeros(self.runs), slope.copy(), trial.copy()
        at_far, open_ = np.full(self.runs, np.inf), asking.copy()
        for _ in range(DOUBLINGS):
            at_far = np.where(open_, self._slope(w, direction, far, open_), at_far)
            open_ = open_ & (at_far < 0.0)
            if not open_.any():
                break
            near, at_near, far = (
                np.where(open_, far, near),
                np.where(open_, at_far, at_near),
                np.where(open_, 2.0 * far, far),
            )
        found = self._chandrupatla(w, direction, (near, at_near), (far, at_far), asking & ~open_)
        return np.where(open_, np.nan, found)

    def _chandrupatla(
        self,
        w: np.ndarray,
        direction: np.ndarray,
        low: tuple[np.ndarray, np.ndarray],
        high: tuple[np.ndarray, np.ndarray],
        asking: np.ndarray,
    ) -> np.ndarray:
        (b, fb), (a, fa) = low, high
        c, fc, share = b, fb, np.full(self.runs, 0.5)
        for _ in range(REFINEMENTS):
            best = np.where(np.abs(fa) < np.abs(fb), a, b)
            least = np.minimum(np.abs(fa), np.abs(fb))
            narrow = NEAR * np.abs(best) / np.abs(b - a)
            asking = asking & (least > 0.0) & (narrow < 0.5)
            if not asking.any():
                break
            x = a + np.clip(share, narrow, 1.0 - narrow) * (b - a)
            fx = self._slope(w, direction, x, asking)
            same = np.sign(fx) == np.sign(fa)
            c, fc = np.where(same, a, b), np.where(same, fa, fb)
            b, fb = np.where(same | ~asking, b, a), np.where(same | ~asking, fb, fa)
            a, fa = np.where(asking, x, a), np.where(asking, fx, fa)
            xi, phi = (a - b) / (c - b), (fa - fb) / (fc - fb)
            inverse = fa / (fb - fa) * fc / (fb - fc) + (c - a) / (b - a) * fa / (fc - fa) * fb / (fc - fb)
            trusted = (1.0 - np.sqrt(1.0 - xi) < phi) & (phi < np.sqrt(xi)) & np.isfinite(inverse)
            share = np.where(trusted, inverse, 0.5)
        return np.where(np.abs(fa) < np.abs(fb), a, b)
