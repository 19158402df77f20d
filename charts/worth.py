"""The message of the detail on what a gradient is worth: evaluations and time against the number of weights."""

from typing import Any

import numpy as np

from engine.words import number

ERRORS, GRADIENTS = "@bad", "@good"


def worth_message(
    dims: np.ndarray, errors: np.ndarray, gradients: np.ndarray, seconds: np.ndarray, residuals: tuple[float, float]
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays.

    ``errors`` and ``gradients`` (dims,) count the points that were evaluated, ``seconds`` is what each took, and
    ``residuals`` are the largest distances to the true minimum, from errors and from gradients.
    """
    arrays = {
        "dim": dims,
        "errors": errors,
        "gradients": gradients,
        "law errors": (dims + 1) * (dims + 2) / 2,
        "law gradients": dims + 1,
        "time errors": 1e6 * errors * seconds,
        "time gradients": 1e6 * gradients * seconds,
        "each": 1e6 * seconds,
    }
    last = int(dims[-1])
    says = (
        f"With {last} weights the minimum of a quadratic takes {int(errors[-1])} values of the error, but only "
        f"{int(gradients[-1])} gradients: each gradient says {last} numbers at once."
    )
    header = {
        "alt": f"Evaluations and time against the number of weights. {says}",
        "says": says,
        "caption": (
            "Dots: counted and timed here, on the convex Rosenbrock chain. Lines: (D + 1)(D + 2)/2 and D + 1. Bishop "
            "and Bishop (2024), 7.2.1, count D(D + 3)/2, without the constant. An evaluation here is of error and "
            "gradient together, and takes about as long for both methods. The minimum was missed by at most "
            f"{number(residuals[0], 2)} from errors and {number(residuals[1], 2)} from gradients, which is rounding."
        ),
        "panels": [_evaluations(), _time()],
    }
    return header, arrays


def _evaluations() -> dict[str, Any]:
    curves = [
        _curve("law errors", "(D + 1)(D + 2)/2", ERRORS, dash="dash"),
        _curve("law gradients", "D + 1", GRADIENTS, dash="dash"),
        _curve("errors", "from errors, counted", ERRORS, tag="errors", points=True),
        _curve("gradients", "from gradients, counted", GRADIENTS, tag="gradients", points=True),
    ]
    y = {"title": "evaluations", "log": True, "range": [0.3, 2.5]}
    return {
        "label": "Evaluations against the number of weights, measured and predicted",
        "title": "How many evaluations",
        "height": 260,
        "x": {"title": "weights D", "symbol": "D", "range": [1.0, 21.0]},
        "y": y,
        "curves": curves,
    }


def _time() -> dict[str, Any]:
    curves = [
        _curve("time errors", "from errors", ERRORS, tag="errors", points=True),
        _curve("time gradients", "from gradients", GRADIENTS, tag="gradients", points=True),
        _curve("each", "one evaluation", "@quiet", tag="each", points=True),
    ]
    return {
        "label": "Time against the number of weights, measured",
        "title": "How long they take",
        "height": 260,
        "x": {"title": "weights D", "symbol": "D", "range": [1.0, 21.0]},
        "y": {"title": "time in µs", "log": True, "range": [-3.0, 2.0]},
        "curves": curves,
    }


def _curve(name: str, label: str, colour: str, **style: Any) -> dict[str, Any]:
    width = 3.4 if style.get("points") else 1.6
    return {"x": {"name": "dim"}, "y": {"name": name}, "label": label, "colour": colour, "width": width, **style}
