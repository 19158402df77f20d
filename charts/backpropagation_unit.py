"""One unit on rows of data: what is known of the examples, the picture and the table of all rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charts.worked import Steps, at, low
from engine.one_unit import Rows
from engine.words import number

ROW = 72  # px between inputs
SUM, ANSWER, LOSS = 0.42, 0.7, 1.0  # of the width


@dataclass(frozen=True)
class Example:
    """What is known of an example: its data in words, and what the slides have in it."""

    name: str
    inputs: tuple[str, ...]  # the names of its columns
    target: str
    of: str  # what a row is
    question: str
    printed: tuple[float, ...]  # weights, the bias last, of the slides
    log: bool  # whether a class is told, by its log loss; else a number, by the squared error


EXAMPLES = {
    example.name: example
    for example in (
        Example(
            "age",
            ("age",),
            "insured",
            "person",
            "Does a person of this age have insurance? One unit turns the age into a probability.",
            (0.042, -1.53),
            log=True,
        ),
        Example(
            "affordability",
            ("age", "affordability"),
            "insured",
            "person",
            "The same question with two inputs: the age, and whether insurance is affordable.",
            (1.0, 1.0, 0.0),
            log=True,
        ),
        Example(
            "houses",
            ("area", "bedrooms"),
            "price",
            "house",
            "What does a house of this area and with so many bedrooms cost? One unit without an activation.",
            (1.0, 1.0, 1.0),
            log=False,
        ),
    )
}


@dataclass(frozen=True)
class Told:
    """An example at hand: everything that its steps speak of."""

    example: Example
    found: Rows
    row: int
    as_printed: bool  # whether its weights are those of the slides

    @property
    def x(self) -> np.ndarray:
        """The inputs of the row, the 1 of the bias last."""
        return self.found.inputs[self.row]

    @property
    def of_row(self) -> tuple[float, float, float, float, float]:
        """Target, sum, answer, loss and dL/dz of the row."""
        found, n = self.found, self.row
        return tuple(float(part[n]) for part in (found.targets, found.sums, found.answers, found.costs, found.slopes))  # type: ignore[return-value]

    @property
    def letters(self) -> list[str]:
        """The names of the weights, the bias last."""
        return [low("w", i) if len(self.x) > 2 else "m" for i in range(1, len(self.x))] + ["b"]

    @property
    def symbols(self) -> list[Any]:
        """The names of the inputs, as formulas write them, 1 last."""
        return [at("x", i) if len(self.x) > 2 else "x" for i in range(1, len(self.x))] + ["1"]

    @property
    def lines(self) -> list[str]:
        """The lines from inputs to the sum."""
        return [f"x{i}-z" for i in range(1, len(self.x) + 1)]


def figure(told: Told) -> dict[str, Any]:
    """Return the picture: inputs, sum, answer and loss."""
    names = [*told.example.inputs, "bias"]
    middle = 40 + ROW * (len(names) - 1) / 2
    nodes: list[dict[str, Any]] = [
        {"id": f"x{i}", "x": 0.0, "y": 40 + ROW * (i - 1), "name": name} for i, name in enumerate(names, start=1)
    ]
    places = [("z", SUM, "z"), ("y", ANSWER, "ŷ")] if told.example.log else [("z", SUM, "ŷ"), ("y", ANSWER, "e")]
    nodes += [{"id": node, "x": x, "y": middle, "name": name} for node, x, name in (*places, ("L", LOSS, "L"))]
    edges = [{"from": f"x{i}", "to": "z", "at": 0.45} for i in range(1, len(names) + 1)]
    return {
        "height": 40 + ROW * (len(names) - 1) + 44,
        "columns": [],
        "groups": [],
        "nodes": nodes,
        "edges": [*edges, {"from": "z", "to": "y"}, {"from": "y", "to": "L"}],
    }


def wear_weights(steps: Steps, told: Told) -> None:
    """Let lines wear their weights from the first step on."""
    for line, weight in zip(told.lines, told.found.weights, strict=True):
        steps.label[line] = [[0, number(weight), ""]]


def table(told: Told, since: dict[str, int]) -> dict[str, Any]:
    """Return all rows, with the mean as the last."""
    found, example = told.found, told.example
    middle = [found.sums, found.answers] if example.log else [found.answers, found.targets - found.answers]
    parts = [
        *((name, column_, 0) for name, column_ in zip(example.inputs, found.inputs.T[:-1], strict=True)),
        (example.target, found.targets, 0),
        *zip(("z", "ŷ") if example.log else ("ŷ", "e = y − ŷ"), middle, [since["answers"]] * 2, strict=True),
        ("L", found.costs, since["costs"]),
        *(
            (f"∂L/∂{letter}", each, since["slopes"])
            for letter, each in zip(told.letters, found.gradients.T, strict=True)
        ),
    ]
    means = ["mean", *[""] * (len(parts) - 1)]
    for place, (_, values, _) in enumerate(parts):
        if place >= len(example.inputs) + 3:
            means[place] = number(float(np.mean(values)), 4)
    return {
        "head": [name for name, *_ in parts],
        "rows": [[number(float(values[n]), 4) for _, values, _ in parts] for n in range(len(found.targets))] + [means],
        "since": [when for *_, when in parts],
        "marked": told.row,
    }
