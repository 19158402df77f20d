"""The curve of the example on age: the probability of insurance at every age, with the people of the slides."""

from typing import Any

import numpy as np

from charts.backpropagation_examples import NO_SLOPE
from engine.one_unit import Rows, rows
from engine.words import number

AGES = np.linspace(15.0, 65.0, 201)
PRINTED = 42.0  # the border that the slides name


def age_message(found: Rows) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays for widgets/lines."""
    told = found.targets > 0.5
    ages = found.inputs[:, 0]
    slope, bias = line(found)
    arrays = {
        "age": AGES,
        "probability": rows(AGES[:, None], np.zeros(len(AGES)), found.weights, found.loss).answers,
        "straight": slope * AGES + bias,
        "yes.x": ages[told],
        "yes.y": found.targets[told],
        "no.x": ages[~told],
        "no.y": found.targets[~told],
    }
    crossing = (0.5 - bias) / slope
    marks: list[dict[str, Any]] = [{"y": 0.5, "name": "one half"}]
    border = -found.weights[1] / found.weights[0] if abs(found.weights[0]) > NO_SLOPE else np.inf
    if AGES[0] <= border <= AGES[-1]:
        marks.append({"x": float(border), "name": f"{number(float(border))}", "colour": "@class0", "dash": "solid"})
    marks.append({"x": PRINTED, "name": "42, as printed", "low": True})
    says = (
        f"The curve is at one half at {number(float(border))}, the straight line of least squares at"
        f" {number(float(crossing))}. The slides name 42."
        if np.isfinite(border)
        else f"With m = {number(float(found.weights[0]))} every age has the same probability."
    )
    header = {
        "alt": f"The probability of insurance against the age. {says}",
        "says": says,
        "panels": [
            {
                "label": "Probability of insurance against the age; arrow keys read it off",
                "title": "The probability at every age",
                "height": 260,
                "wide": True,
                "x": {"title": "age", "symbol": "age", "range": [float(AGES[0]), float(AGES[-1])]},
                "y": {"title": "probability", "range": [-0.15, 1.15]},
                "curves": [
                    _curve("age", "probability", "ŷ = σ(m x + b)", "@class0", "solid"),
                    _curve("age", "straight", "a straight line, by least squares", "@quiet", "dash"),
                    {**_curve("yes.x", "yes.y", "insured", "@class2", "solid"), "points": True, "width": 4.5},
                    {**_curve("no.x", "no.y", "not insured", "@class1", "solid"), "points": True, "width": 4.5},
                ],
                "marks": marks,
                "rest": float(found.inputs[0, 0]),
            }
        ],
    }
    return header, arrays


def line(found: Rows) -> np.ndarray:
    """Return slope and bias of the straight line through the rows with the least sum of squares."""
    return np.linalg.lstsq(found.inputs, found.targets, rcond=None)[0]


def _curve(x: str, y: str, label: str, colour: str, dash: str) -> dict[str, Any]:
    return {"x": {"name": x}, "y": {"name": y}, "label": label, "colour": colour, "dash": dash, "width": 2.4}
