"""The message of the view on what is beyond the limit: error and sharpness of a run that is thrown out."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charts.edge import limit_mark
from engine.thrown import growth, measured_growth
from engine.words import apart, count, number

FAR = 4.0  # powers of ten above the start's error beyond which nothing is drawn
TOLD = "@good"


@dataclass(frozen=True, eq=False)
class Thrown:
    """Gradient descent from a place where it had come to rest, with R learning rates."""

    shares: np.ndarray  # (R,) of the limit 2/lambda there
    etas: np.ndarray  # (R,)
    rest: float  # lambda_max there
    least: float  # E there
    sharpness: np.ndarray  # (T+1, R)
    error: np.ndarray  # (T+1, R)
    told: np.ndarray  # (T+1, R) the error on the local quadratic
    diverged_at: np.ndarray  # (R,)

    @property
    def ratio(self) -> np.ndarray:
        """The sharpness as a share of every run's own limit, (T+1, R)."""
        return self.sharpness * self.etas / 2.0

    def peak(self, r: int) -> int:
        """Return the step of a run's highest error."""
        return int(np.nanargmax(self.error[:, r]))

    def lands(self, r: int) -> int:
        """Return the first step at which the sharpness is below the limit, -1 if none is."""
        below = np.nonzero(self.ratio[:, r] < 1.0)[0]
        return int(below[0]) if len(below) else -1


def beyond_message(
    thrown: Thrown, colour: str, weights: int, nudge: float, at: int
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays."""
    limits = 2.0 / thrown.etas
    kept = thrown.diverged_at < 0
    arrays = {"step": np.arange(len(thrown.error)), "share": thrown.shares, "one": np.ones(len(thrown.shares))}
    arrays |= {"error": thrown.error.T, "told": thrown.told.T, "sharp": thrown.sharpness.T}
    late = thrown.ratio[-max(2, len(thrown.ratio) // 10) :].mean(axis=0)
    arrays["end"] = np.where(kept, late, np.nan)
    says = [_says(thrown, r) for r in range(len(limits))]
    header = {
        "alt": f"A run that had come to rest goes on with a larger learning rate. {says[at]}",
        "says": says,
        "caption": (
            f"Gradient descent on a net of {weights} weights comes nearly to rest with a small learning rate, where the"
            f" sharpness is {number(thrown.rest)}, is moved by {nudge:g} along the steepest direction, and goes on with"
            " a larger one. Dashed, the error on the quadratic that touches the surface there: it has no flatter place."
        ),
        "index": {
            "id": f"{len(limits)}",
            "name": "share of the limit",
            "texts": [f"{number(float(share))} × 2/λ" for share in thrown.shares],
            "at": at,
        },
        "panels": [_errors(thrown, colour), _sharpness(thrown, limits, colour), _over(thrown, colour)],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _errors(thrown: Thrown, colour: str) -> dict[str, Any]:
    runs, first = len(thrown.etas), float(thrown.error[0, 0])
    kept = thrown.error[:, thrown.diverged_at < 0]
    high = float(np.nanmax(kept)) if kept.size else first
    low = float(np.nanmin(kept)) if kept.size else first
    top = min(np.log10(high), np.log10(max(first, 1e-12)) + FAR) + 0.4
    return {
        "label": "The error at every step, and what the local quadratic predicts; arrow keys read them off",
        "title": "The error",
        "height": 320,
        "x": {"title": "step", "range": [0, 1.02 * (len(thrown.error) - 1)]},
        "y": {"title": "error", "log": True, "range": [float(np.log10(max(low, 1e-12))) - 0.15, float(top)]},
        "curves": [
            {
                "x": {"name": "step"},
                "y": {"name": "told", "rows": runs},
                "label": "on the local quadratic",
                "colour": TOLD,
                "dash": "dash",
                "width": 1.8,
                "absent": "out of all bounds",
            },
            {
                "x": {"name": "step"},
                "y": {"name": "error", "rows": runs},
                "label": "on the net",
                "colour": colour,
                "dash": "solid",
                "absent": "lost",
            },
        ],
        "rest": float(len(thrown.error) - 1),
    }


def _sharpness(thrown: Thrown, limits: np.ndarray, colour: str) -> dict[str, Any]:
    kept = thrown.sharpness[:, thrown.diverged_at < 0]
    high = float(np.nanmax(kept)) if kept.size else thrown.rest
    return {
        "label": "The sharpness at every step, and the limit; arrow keys read it off",
        "title": "The sharpness",
        "height": 320,
        "x": {"title": "step", "range": [0, 1.02 * (len(thrown.error) - 1)]},
        "y": {"title": "largest eigenvalue", "range": [0.0, 1.1 * min(max(high, float(limits[0])), 2.2 * thrown.rest)]},
        "curves": [
            {
                "x": {"name": "step"},
                "y": {"name": "sharp", "rows": len(limits)},
                "label": "sharpness",
                "colour": colour,
                "dash": "solid",
                "absent": "lost",
            }
        ],
        "marks": [limit_mark(limits)],
        "rest": float(len(thrown.error) - 1),
    }


def _over(thrown: Thrown, colour: str) -> dict[str, Any]:
    each = thrown.shares.tolist()
    return {
        "label": "Where runs land against the learning rate; arrow keys read it off",
        "title": "Where it is at the end",
        "note": "sharpness over its limit 2/η, mean of the last tenth of the steps; without a dot the run diverged",
        "height": 240,
        "wide": True,
        "x": {
            "title": "η as a share of the limit at rest",
            "symbol": "share",
            "range": [each[0] - 0.1, each[-1] + 0.1],
        },
        "y": {"title": "share of its limit", "range": [0.0, 2.0]},
        "curves": [
            {
                "x": {"name": "share"},
                "y": {"name": "share"},
                "label": "if the sharpness stayed",
                "colour": "@quiet",
                "dash": "dot",
                "width": 1.4,
            },
            {
                "x": {"name": "share"},
                "y": {"name": "end"},
                "label": "measured",
                "colour": colour,
                "points": True,
                "width": 4.0,
                "absent": "diverged",
            },
        ],
        "marks": [
            {"y": 1.0, "name": "the limit", "colour": "@limit", "dash": "dash", "width": 1.8},
            {"x": each, "colour": "@ink", "dash": "solid"},
        ],
        "rest": each,
    }


def _says(thrown: Thrown, r: int) -> str:
    share, eta = float(thrown.shares[r]), float(thrown.etas[r])
    begins, ends = number(float(thrown.error[0, r])), number(float(thrown.error[-1, r]))
    here = f"At η = {number(eta)} the sharpness at rest, {number(thrown.rest)}, is {number(share)} times its limit 2/η"
    if share < 1.0:
        return f"{here}: the steps fit. The error goes from {begins} to {ends}."
    grows = f"{here}. The error grows by (ηλ − 1)² = {number(float(growth(eta, thrown.rest)))} a step"
    if thrown.diverged_at[r] >= 0:
        return f"{grows}, and the run is lost at step {count(thrown.diverged_at[r])}."
    peak, lands = thrown.peak(r), thrown.lands(r)
    found = measured_growth(thrown.error[:, r], thrown.least)
    if lands < 0:
        return f"{grows}; after {count(len(thrown.error) - 1)} steps that is not yet enough to throw it out."
    return (
        f"{grows}{f' (measured {number(found)})' if np.isfinite(found) else ''}, up to"
        f" {number(float(thrown.error[peak, r]))} at step {count(peak)}; at step {count(lands)} the sharpness falls"
        f" below its limit. {_end(thrown, r)} The error is {ends}."
    )


def _end(thrown: Thrown, r: int) -> str:
    """Return how flat it is where a run has come to, beside where it had rested and beside its limit."""
    sharp = float(thrown.sharpness[-1, r])
    there, limit = apart(sharp, 2.0 / float(thrown.etas[r]))
    flat = "flatter than at rest" if sharp < thrown.rest else "no flatter than at rest"
    here = f"At step {count(len(thrown.error) - 1)} it is {there}, {flat}"
    if thrown.ratio[-1, r] < 1.0:
        return f"{here} and below the limit, {limit}: there its steps fit."
    return f"{here}, but above the limit, {limit}: the run is still on its way."
