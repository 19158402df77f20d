"""The message of the view on learning rates: how sharp each leaves a net, beside 2/eta and the smallest one's."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from charts.edge import rate_axis
from engine.words import count, number

LATE = 0.15  # of the time, over which the sharpness at the end is averaged
NEAR = 0.1  # of the limit, within which it is said to be at it
FLOW = "@good"


class Run(NamedTuple):
    """One run, at the steps that are kept of it."""

    time: np.ndarray  # (K,) eta times steps
    sharp: np.ndarray  # (K,)
    error: np.ndarray  # (K,)
    diverged_at: int
    late: float  # mean sharpness over the last LATE of the time


@dataclass(frozen=True, eq=False)
class Swept:
    """Runs of gradient descent with ascending learning rates, each for the same time, eta times steps."""

    etas: np.ndarray  # (R,)
    time: float
    runs: list[Run]

    @cached_property
    def final(self) -> np.ndarray:
        """The mean sharpness over the last part of each run, (R,); nan where it diverged."""
        return np.array([np.nan if each.diverged_at >= 0 else each.late for each in self.runs])

    @property
    def flow(self) -> float:
        """The sharpness that the smallest learning rate leaves."""
        return float(self.final[0])

    @property
    def predicted(self) -> np.ndarray:
        """The smaller of what the smallest learning rate leaves and the limit 2/eta, (R,)."""
        return np.fmin(self.flow, 2.0 / self.etas)

    @property
    def first(self) -> int:
        """The place of the first learning rate whose limit is below the flow's sharpness, else the last."""
        below = np.nonzero(2.0 / self.etas < self.flow)[0]
        return int(below[0]) if len(below) else len(self.etas) - 1


def rates_message(
    swept: Swept, colour: str, weights: int, made_of: str
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays."""
    limits, runs = 2.0 / swept.etas, len(swept.etas)
    longest = max(len(each.time) for each in swept.runs)
    arrays = {"eta": swept.etas, "limit": limits, "final": swept.final, "told": swept.predicted}
    for name in ("time", "sharp", "error"):
        arrays[name] = np.stack([_padded(getattr(each, name), longest) for each in swept.runs])
        arrays[f"flow.{name}"] = getattr(swept.runs[0], name)
    says = [_says(swept, r) for r in range(runs)]
    at = min(swept.first + 1, runs - 1)
    header = {
        "alt": f"How sharp every learning rate leaves the net. {says[at]}",
        "says": says,
        "caption": (
            f"Gradient descent on a net of {weights} weights, {made_of}, each learning rate for the same time"
            f" η × steps = {number(swept.time)}. Sharpness is the largest eigenvalue of the Hessian, at the end its"
            f" mean over the last {number(100 * LATE)} % of the time. The smallest η stands for the gradient flow."
            f" Runs are drawn at {longest} evenly spaced steps."
        ),
        "index": {
            "id": f"{runs}",
            "name": "learning rate η",
            "texts": [f"η = {number(float(eta))}" for eta in swept.etas],
            "at": at,
        },
        "panels": [
            _over(swept, colour),
            _along(swept, "sharp", "Sharpness along the run", "largest eigenvalue", colour),
            _along(swept, "error", "Error along the run", "error", colour),
        ],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _padded(values: np.ndarray, length: int) -> np.ndarray:
    return np.pad(np.asarray(values, dtype=float), (0, length - len(values)), constant_values=np.nan)


def _span(*arrays: np.ndarray) -> list[float]:
    """Return powers of ten that hold all positive numbers, with some room."""
    known = np.concatenate([array[np.isfinite(array) & (array > 0.0)] for array in arrays])
    if not len(known):
        return [-1.0, 1.0]
    low, high = float(np.log10(known.min())), float(np.log10(known.max()))
    room = max(0.06 * (high - low), 0.05)
    return [low - room, high + room]


def _over(swept: Swept, colour: str) -> dict[str, Any]:
    each, style = swept.etas.tolist(), {"x": {"name": "eta"}}
    return {
        "label": "The sharpness at the end against the learning rate; arrow keys read it off",
        "title": "How sharp it is at the end",
        "height": 320,
        "wide": True,
        "x": rate_axis(swept.etas),
        "y": {"title": "sharpness", "log": True, "range": _span(swept.final, swept.predicted)},
        "curves": [
            {**style, "y": {"name": "limit"}, "label": "limit 2/η", "colour": "@limit", "dash": "dash", "width": 1.8},
            {
                **style,
                "y": {"name": "told"},
                "label": "predicted: the lower of flow and limit",
                "colour": FLOW,
                "dash": "solid",
            },
            {
                **style,
                "y": {"name": "final"},
                "label": "measured",
                "colour": colour,
                "points": True,
                "width": 4.0,
                "absent": "diverged",
            },
        ],
        "marks": [{"x": each, "colour": "@ink", "dash": "solid"}],
        "rest": each,
    }


def _along(swept: Swept, name: str, title: str, axis: str, colour: str) -> dict[str, Any]:
    runs, limits = len(swept.etas), 2.0 / swept.etas
    seen = [getattr(each, name) for each in swept.runs if each.diverged_at < 0] or [np.ones(1)]
    marks = [
        {
            "y": limits.tolist(),
            "name": [f"limit 2/η = {number(float(limit))}" for limit in limits],
            "colour": "@limit",
            "dash": "dash",
            "width": 1.8,
        }
    ]
    return {
        "label": f"{title}; arrow keys read it off",
        "title": title,
        "height": 260,
        "x": {"title": "training time η × steps", "symbol": "time", "range": [0.0, 1.02 * swept.time]},
        "y": {"title": axis, "log": True, "range": _span(*seen)},
        "curves": [
            {
                "x": {"name": "flow.time"},
                "y": {"name": f"flow.{name}"},
                "label": "the smallest learning rate",
                "colour": FLOW,
                "dash": "solid",
                "width": 1.6,
            },
            {
                "x": {"name": "time", "rows": runs},
                "y": {"name": name, "rows": runs},
                "label": "this one",
                "colour": colour,
                "dash": "solid",
                "absent": "lost",
            },
        ],
        "marks": marks if name == "sharp" else [],
        "rest": swept.time,
    }


def _says(swept: Swept, r: int) -> str:
    eta, limit = float(swept.etas[r]), 2.0 / float(swept.etas[r])
    flow, lost = swept.flow, swept.runs[r].diverged_at
    if not np.isfinite(flow):
        return "Even the smallest of these learning rates diverges: there is nothing to compare the others with."
    if lost >= 0:
        return f"At η = {number(eta)} the limit is 2/η = {number(limit)}, and the run diverges, at step {count(lost)}."
    final = float(swept.final[r])
    if r == 0:
        here = f"At η = {number(eta)}, the smallest here"
        return f"{here}, the net becomes as sharp as {number(final)}; 2/η is {number(limit)}."
    fits = "fits below" if flow <= limit else "is beyond"
    beside = f"{number(final)}, {number(100.0 * final / limit)} % of the limit"
    return (
        f"At η = {number(eta)} the limit is 2/η = {number(limit)}. The {number(flow)} of the smallest learning rate"
        f" {fits} it; the run ends at {beside} (predicted {number(float(swept.predicted[r]))})."
    )
