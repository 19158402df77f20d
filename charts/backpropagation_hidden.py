"""The message of the example with hidden nodes: insurance through two of them, each with a loss of its own."""

from typing import Any

import numpy as np

from charts.worked import Steps, Tree, at, by, column, equation, factor, low, matrix, product, total
from engine.hidden_loss import HiddenLoss, complex_steps
from engine.words import number

ROW, FIRST = 74, 40  # px between circles, and above the first
SUM, HIDDEN, TOP, ANSWER = 0.3, 0.5, 0.7, 0.86  # of the width


def hidden_message(found: HiddenLoss, inputs: tuple[str, str], row: int) -> dict[str, Any]:
    """Return the header; ``inputs`` are the names of the columns as they are used, ``row`` counts from 0."""
    steps = Steps()
    _wear_weights(steps, found)
    _tell_row(steps, found, inputs, row)
    for i in (1, 2):
        _tell_unit(steps, found, i)
    _tell_answer(steps, found)
    _tell_loss(steps, found)
    _tell_top(steps, found)
    _tell_from_above(steps, found)
    _tell_own(steps, found)
    _tell_weights(steps, found)
    _tell_check(steps, found)
    return steps.message(
        "hidden",
        "Two inputs, two hidden units with a loss of their own and a probability, worked step by step for person"
        f" {row + 1}.",
        _figure(inputs),
        "Φ is the sigmoid, Φ′ = h (1 − h) its slope. Ages are in hundreds of years: whole years flatten the units.",
    )


def _figure(inputs: tuple[str, str]) -> dict[str, Any]:
    heights = [FIRST + ROW * i for i in range(3)]
    nodes: list[dict[str, Any]] = [
        {"id": f"x{i}", "x": 0.0, "y": y, "name": name}
        for i, (y, name) in enumerate(zip(heights, (*inputs, "bias"), strict=True), start=1)
    ]
    edges: list[dict[str, Any]] = []
    for i in (1, 2):
        y = heights[0] + ROW * (i - 0.5) + (i - 1.5) * 24
        nodes += [
            {"id": f"z{i}", "x": SUM, "y": y, "name": low("z", i)},
            {"id": f"h{i}", "x": HIDDEN, "y": y, "name": low("h", i)},
        ]
        edges += [{"from": f"x{j}", "to": f"z{i}", "at": 0.3 if i == 1 else 0.58} for j in (1, 2, 3)]
        edges += [{"from": f"z{i}", "to": f"h{i}"}, {"from": f"h{i}", "to": "z", "at": 0.45}]
    middle = heights[1]
    nodes += [
        {"id": "z", "x": TOP, "y": middle, "name": "z"},
        {"id": "y", "x": ANSWER, "y": middle, "name": "ŷ"},
        {"id": "L", "x": 1.0, "y": middle, "name": "L"},
    ]
    edges += [{"from": "z", "to": "y"}, {"from": "y", "to": "L"}]
    return {"height": heights[2] + 44, "columns": [], "groups": [], "nodes": nodes, "edges": edges}


def _wear_weights(steps: Steps, found: HiddenLoss) -> None:
    hidden, last = found.layers
    for i in (1, 2):
        for j, weight in enumerate((*hidden.weights[i - 1], hidden.biases[i - 1]), start=1):
            steps.label[f"x{j}-z{i}"] = [[0, number(float(weight)), ""]]
        steps.label[f"h{i}-z"] = [[0, number(float(last.weights[0, i - 1])), ""]]


# ---- forward


def _tell_row(steps: Steps, found: HiddenLoss, inputs: tuple[str, str], row: int) -> None:
    x = found.passed.post[0]
    known = ", ".join(f"{name} {number(float(value))}" for name, value in zip(inputs, x, strict=True))
    hidden, last = found.layers
    steps.tell(
        f"person {row + 1}",
        f"Two hidden units on the way. Person {row + 1}: {known}, insured: {'yes' if found.target else 'no'}.",
        [
            ["**W", "=", matrix(hidden.weights), ",", "**b", "=", column(hidden.biases)],
            ["**v", "=", column(last.weights[0]), ",", "c", "=", number(float(last.biases[0]))],
            ["ρ", "=", number(found.penalty)],
        ],
        lit=["x1", "x2"],
        value={"x1": float(x[0]), "x2": float(x[1]), "x3": 1.0},
    )


def _tell_unit(steps: Steps, found: HiddenLoss, i: int) -> None:
    hidden, passed = found.layers[0], found.passed
    z, h = float(passed.pre[0][i - 1]), float(passed.post[1][i - 1])
    terms = [product(float(w), float(x)) for w, x in zip(hidden.weights[i - 1], passed.post[0], strict=True)]
    steps.tell(
        f"hidden unit {i}",
        f"Hidden unit {i}: every input times its weight and the bias, then the sigmoid.",
        [
            [at("z", i), "=", total([*terms, factor(float(hidden.biases[i - 1]))]), "=", number(z)],
            [at("h", i), "=", "Φ", "(", at("z", i), ")", "=", number(h)],
        ],
        lit=[f"z{i}", f"h{i}", f"z{i}-h{i}", *(f"x{j}-z{i}" for j in (1, 2, 3))],
        way=1,
        value={f"z{i}": z, f"h{i}": h},
    )


def _tell_answer(steps: Steps, found: HiddenLoss) -> None:
    last, passed = found.layers[1], found.passed
    z = float(passed.post[2][0])
    terms = [product(float(w), float(h)) for w, h in zip(last.weights[0], passed.post[1], strict=True)]
    steps.tell(
        "probability",
        f"The hidden values, weighted, and a last sigmoid: ŷ = {number(found.probability)}.",
        [
            ["z", "=", total([*terms, factor(float(last.biases[0]))]), "=", number(z)],
            ["ŷ", "=", "Φ", "(", "z", ")", "=", number(found.probability)],
        ],
        lit=["z", "y", "h1-z", "h2-z", "z-y"],
        way=1,
        value={"z": z, "y": found.probability},
    )


def _tell_loss(steps: Steps, found: HiddenLoss) -> None:
    h = found.passed.post[1]
    inside: Tree = ["ŷ"] if found.target else ["(", "1", "−", "ŷ", ")"]
    steps.tell(
        "loss",
        "The loss looks at the answer and, times ρ, at both hidden units: it wants them near 0."
        if found.penalty
        else "With ρ = 0 the loss looks at the answer alone.",
        [
            ["L", "=", "−", "ln", *inside, "+", "ρ", "(", at("h", 1), "+", at("h", 2), ")"],
            ["=", number(found.charge), "+", product(found.penalty, ["row", "(", total([float(v) for v in h]), ")"])],
            ["=", number(found.loss, 4)],
        ],
        lit=["L", "y-L", "h1", "h2"],
        way=1,
        value={"L": found.loss},
    )


# ---- back


def _tell_top(steps: Steps, found: HiddenLoss) -> None:
    delta = float(found.back.delta[1][0])
    steps.tell(
        "back at the sum",
        "Through log loss and sigmoid at once: probability minus target.",
        [["δ", "=", by("L", "z"), "=", "ŷ", "−", "t", "=", number(delta)]],
        lit=["z", "z-y", "y-L"],
        way=-1,
        back={"z": f"δ = {number(delta)}"},
    )


def _tell_from_above(steps: Steps, found: HiddenLoss) -> None:
    above, slopes, values = found.from_above, found.passed.slopes[0], found.passed.post[1]
    delta, v = float(found.back.delta[1][0]), found.layers[1].weights[0]
    steps.tell(
        "back from above",
        "What the answer alone says to the hidden sums: slope, weight, δ.",
        [
            line
            for i in (1, 2)
            for line in (
                equation(at("δ", i), product(["row", "Φ′", "(", at("z", i), ")"], at("v", i), "δ")),
                ["=", *equation(product(float(slopes[i - 1]), float(v[i - 1]), delta), float(above[i - 1]))],
            )
        ],
        lit=["h1-z", "h2-z", "z1-h1", "z2-h2", "z1", "z2"],
        way=-1,
        aside=(
            "The slides print Φ for Φ′ in this rule. For the first unit that would multiply by"
            f" h = {number(float(values[0]))} where the slope is {number(float(slopes[0]))}."
        ),
        back={f"z{i}": f"{low('δ', i)} = {number(float(above[i - 1]))}" for i in (1, 2)},
    )


def _tell_own(steps: Steps, found: HiddenLoss) -> None:
    above, slopes, delta = found.from_above, found.passed.slopes[0], found.back.delta[0]
    steps.tell(
        "their own loss",
        "Each hidden unit adds what its own loss says, times its slope. From here on nothing is different.",
        [
            line
            for i in (1, 2)
            for line in (
                [at("δ", i), "→", at("δ", i), "+", product(["row", "Φ′", "(", at("z", i), ")"], "ρ")],
                ["=", number(float(above[i - 1])), "+", product(float(slopes[i - 1]), found.penalty)],
                ["=", number(float(delta[i - 1]))],
            )
        ],
        lit=["h1", "h2", "z1-h1", "z2-h2", "z1", "z2"],
        way=-1,
        aside="The slides print Φ(h) for Φ′(z) in this rule: no slope, and of the value in place of the sum.",
        back={f"z{i}": f"{low('δ', i)} = {number(float(delta[i - 1]))}" for i in (1, 2)},
    )


def _tell_weights(steps: Steps, found: HiddenLoss) -> None:
    delta, x, weights = found.back.delta[0], found.passed.post[0], found.back.weights[0]
    steps.tell(
        "back to the weights",
        "A column times a row: all weights of the hidden layer at once. The biases have the input 1.",
        [
            [by("L", "**W"), "=", "**δ", ["sup", "**x", "T"], "=", column(delta), matrix([x])],
            ["=", matrix(weights)],
            [by("L", "**b"), "=", "**δ"],
        ],
        lit=[f"x{j}-z{i}" for i in (1, 2) for j in (1, 2, 3)],
        way=-1,
        label={
            f"x{j}-z{i}": f"∂ {number(float(value))}"
            for i in (1, 2)
            for j, value in enumerate((*weights[i - 1], delta[i - 1]), start=1)
        },
    )


def _tell_check(steps: Steps, found: HiddenLoss) -> None:
    told, weights, printed = complex_steps(found), found.back.weights[0], found.printed_weights
    gap, miss = (float(np.abs(each - told).max()) for each in (weights, printed))
    same = "the same numbers to the last digit" if gap == 0.0 else f"the same numbers to within {number(gap, 1)}"
    steps.tell(
        "check",
        f"Complex steps, which know no chain rule, give {same}. As the slides print both rules it"
        f" would be off by {number(miss)}.",
        [
            [by("L", "**W"), "=", matrix(weights)],
            ["complex steps", ":", matrix(told)],
            ["as printed", ":", matrix(printed)],
        ],
        lit=[f"x{j}-z{i}" for i in (1, 2) for j in (1, 2)],
    )
