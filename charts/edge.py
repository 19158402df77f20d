"""Edge of stability: what its pictures share, the limit as a line across and the axis of learning rates."""

from typing import Any

import numpy as np

from engine.words import number


def limit_mark(limits: np.ndarray) -> dict[str, Any]:
    """Return the limit 2/eta as a line across for every place of the slider, (places,)."""
    return {
        "y": limits.tolist(),
        "name": [f"limit 2/η = {number(float(limit))}" for limit in limits],
        "colour": "@limit",
        "dash": "dash",
        "width": 1.8,
    }


def rate_axis(etas: np.ndarray) -> dict[str, Any]:
    """Return the axis of learning rates, ascending, with a little room at both ends."""
    return {
        "title": "learning rate η",
        "symbol": "η",
        "log": True,
        "range": [float(np.log10(etas[0])) - 0.03, float(np.log10(etas[-1])) + 0.03],
    }
