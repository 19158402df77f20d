"""Worked: what a calculation shows at each of its steps, and formulas with numbers in them.

A formula is a tree of widgets/details/parts/formula.js; the message is that of widgets/worked.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from engine.words import number

Tree = list[Any]
LOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
DOT = "·"


def shown(value: Any) -> str:
    """Return a number as a calculation shows it: in three digits, large ones in four."""
    return number(float(value), 4 if abs(value) >= 1000.0 else 3)


def from_to(before: float, after: float, digits: int = 3) -> str:
    """Return from where to where a number goes, or by how much where that cannot be seen in so many digits."""
    one, other = number(before, digits), number(after, digits)
    return f"from {one} to {other}" if one != other else f"by {number(abs(after - before), 1)} from {one}"


class Steps:
    """The steps of a calculation, told one after another."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.says: list[str] = []
        self.aside: list[str] = []
        self.formulas: list[list[Tree]] = []
        self.ways: list[int] = []
        self.lit: list[list[str]] = []
        self.value: dict[str, list[Any]] = {}
        self.back: dict[str, list[Any]] = {}
        self.label: dict[str, list[Any]] = {}

    def tell(
        self,
        text: str,
        says: str,
        formulas: Sequence[Tree],
        lit: Iterable[str] = (),
        way: int = 0,
        aside: str = "",
        value: Mapping[str, float] | None = None,
        back: Mapping[str, str] | None = None,
        label: Mapping[str, str] | None = None,
    ) -> None:
        """Add a step: its name on the slider, its sentence, its formulas, and what takes part.

        From now on circles hold ``value`` and have ``back`` below them; lines wear ``label`` at this step alone.
        """
        at = len(self.texts)
        self.texts.append(text)
        self.says.append(says)
        self.aside.append(aside)
        self.formulas.append(list(formulas))
        self.ways.append(way)
        self.lit.append(list(lit))
        for node, known in (value or {}).items():
            self.value.setdefault(node, []).append([at, shown(known)])
        for node, words in (back or {}).items():
            self.back.setdefault(node, []).append([at, words])
        for edge, words in (label or {}).items():
            before = self.label[edge][-1][1:]
            self.label[edge] += [[at, words, "back" if way < 0 else ""], [at + 1, *before]]

    def message(
        self, name: str, alt: str, figure: dict[str, Any], caption: str, table: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        """Return the header; ``figure`` has its columns, groups, nodes and edges, without what is written on them."""
        nodes = [
            {**node, "value": self.value.get(node["id"], []), "back": self.back.get(node["id"], [])}
            for node in figure["nodes"]
        ]
        edges = [{**edge, "label": self.label.get(f"{edge['from']}-{edge['to']}", [])} for edge in figure["edges"]]
        return {
            "alt": alt,
            "says": self.says,
            "aside": self.aside,
            "formulas": self.formulas,
            "ways": self.ways,
            "lit": self.lit,
            "index": {
                "id": f"{name}, {len(self.texts)}",
                "name": "Step of the calculation",
                "texts": [f"{i}/{len(self.texts) - 1}  {text}" for i, text in enumerate(self.texts)],
                "at": 0,
            },
            "figure": {**figure, "nodes": nodes, "edges": edges},
            "table": table,
            "caption": caption,
        }


def low(name: str, *places: int) -> str:
    """Return a name with places below it, as a picture writes it: ``w₁₄``."""
    return name + "".join(str(place) for place in places).translate(LOW)


def factor(value: Any) -> Tree:
    """Return a number as it stands in a product: in brackets where it is negative."""
    text = shown(value)
    return ["row", "(", text, ")"] if text.startswith("−") else ["row", text]


def product(*factors: Any) -> Tree:
    """Return factors, numbers or trees, with dots between them."""
    parts: Tree = ["row"]
    for each in factors:
        parts += [] if len(parts) == 1 else [DOT]
        parts.append(factor(each) if isinstance(each, (float, np.floating)) else each)
    return parts


def total(terms: Iterable[Any]) -> Tree:
    """Return terms with plus signs between them; numbers after the first are in brackets where they are negative."""
    parts: Tree = ["row"]
    for each in terms:
        first = len(parts) == 1
        parts += [] if first else ["+"]
        if isinstance(each, (float, np.floating)):
            parts.append(shown(each) if first else factor(each))
        else:
            parts.append(each)
    return parts


def equation(*sides: Any) -> Tree:
    """Return sides, numbers or trees, with equality signs between them."""
    parts: Tree = []
    for each in sides:
        parts += [] if not parts else ["="]
        parts.append(shown(each) if isinstance(each, (float, np.floating)) else each)
    return parts


def column(values: Iterable[float]) -> Tree:
    """Return a vector of numbers, upright."""
    return ["column", *(shown(value) for value in values)]


def matrix(values: Iterable[Iterable[float]]) -> Tree:
    """Return a matrix of numbers."""
    return ["matrix", *([shown(value) for value in row] for row in values)]


def at(name: str, place: int | str) -> Tree:
    """Return a name with a place below it."""
    return ["sub", name, str(place)]


def by(above: Any, below: Any) -> Tree:
    """Return the derivative of one by the other."""
    return ["frac", ["row", "∂", above], ["row", "∂", below]]


def turned(name: str) -> Tree:
    """Return a matrix or vector, transposed."""
    return ["sup", f"**{name}", "T"]
