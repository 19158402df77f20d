"""The message of the view on a network: a true and a corrupt input forward, and every derivative back, in numbers."""

from collections.abc import Iterator
from typing import Any

from charts.backpropagation_back import BACK, told_back
from charts.worked import Steps, Tree, at, by, column, equation, factor, from_to, low, matrix, product, total, turned
from engine.margin_pair import Pair, off, stepped
from engine.passes import BENDS
from engine.words import number

WRITTEN = ("elements", "vectors")
SIDES = (("t", "true", "s"), ("c", "corrupt", "s_{c}"))
FIRST, APART = 34, 222  # px above the first circle, and between the two copies
ROW, UNIT = 50, 100  # px between inputs, and between hidden units
SUM, BENT, SCORE = 0.38, 0.57, 0.83  # of the width
WORN = (0.42, 0.66)  # how far along its line a weight stands, by the unit it leads to
GIVEN = dict(zip(BENDS, ("1/(1 + e⁻ᶻ)", "tanh z", "max(0, z)", "z, held in [−1, 1]", "z"), strict=True))


def network_message(found: Pair, form: str, written: str, rate: float) -> dict[str, Any]:
    """Return the header; ``form`` is one of BACK, ``written`` one of WRITTEN, ``rate`` that of one step at the end."""
    steps, elements = Steps(), written == "elements"
    _wear_weights(steps, found)
    _tell_inputs(steps, found)
    for side in (0, 1):
        (_forward_elements if elements else _forward_vectors)(steps, found, side)
        _tell_score(steps, found, side, elements)
    _tell_error(steps, found)
    if found.signal:
        for side, (tag, words, _) in enumerate(SIDES):
            told_back(steps, found, side, tag, words, BACK[form], elements)
        _tell_both(steps, found)
        _tell_step(steps, found, rate)
    return steps.message(
        f"{form} {written}",
        "A network of four inputs, two hidden units and a score, drawn for a true and a corrupt input, with what is"
        " computed at every step.",
        _figure(found),
        f"f(z) = {GIVEN[found.layers[0].activation]}. Blue flows forward, orange back; every line wears its weight."
        " Numbers are rounded to three digits where they are shown, not where they are used.",
    )


def incoming(tag: str, unit: int, found: Pair) -> list[str]:
    """Return the lines that lead to a hidden unit."""
    return [f"{tag}x{j}-{tag}z{unit}" for j in range(1, len(found.passed[0].post[0]) + 1)]


# ---- the picture


def _figure(found: Pair) -> dict[str, Any]:
    inputs, hidden = len(found.passed[0].post[0]), len(found.passed[0].pre[0])
    nodes: list[dict[str, Any]] = []
    edges: list[dict[str, Any]] = []
    for side, (tag, _, score) in enumerate(SIDES):
        top = FIRST + side * APART
        middle = top + ROW * (inputs - 1) / 2
        nodes += [
            {"id": f"{tag}x{j}", "x": 0.0, "y": top + ROW * (j - 1), "name": low("x", j), "beside": True}
            for j in range(1, inputs + 1)
        ]
        for i in range(1, hidden + 1):
            y = middle + UNIT * (i - (hidden + 1) / 2)
            nodes.append({"id": f"{tag}z{i}", "x": SUM, "y": y, "name": low("z", i)})
            nodes.append({"id": f"{tag}a{i}", "x": BENT, "y": y, "name": low("a", i)})
            edges += [_edge(f"{tag}x{j}", f"{tag}z{i}", WORN[i - 1]) for j in range(1, inputs + 1)]
            edges += [_edge(f"{tag}z{i}", f"{tag}a{i}"), _edge(f"{tag}a{i}", f"{tag}s", 0.45)]
        nodes.append({"id": f"{tag}s", "x": SCORE, "y": middle, "name": score})
        edges.append(_edge(f"{tag}s", "J"))
    nodes.append({"id": "J", "x": 1.0, "y": FIRST + APART / 2 + ROW * (inputs - 1) / 2, "name": "J"})
    places = ((SUM, "sum"), (BENT, "activation"), (SCORE, "score"), (1.0, "error"))
    return {
        "height": FIRST + APART + ROW * (inputs - 1) + 40,
        "columns": [{"x": x, "name": name} for x, name in places],
        "groups": [{"y": side * APART, "name": f"{words} input"} for side, (_, words, _) in enumerate(SIDES)],
        "nodes": nodes,
        "edges": edges,
    }


def _edge(one: str, other: str, part: float = 0.5) -> dict[str, Any]:
    return {"from": one, "to": other, "at": part}


def _wear_weights(steps: Steps, found: Pair) -> None:
    for edge, weight in _weights(found):
        steps.label[edge] = [[0, number(weight), ""]]


def _weights(found: Pair) -> Iterator[tuple[str, float]]:
    """Yield every line that has a weight, with it."""
    hidden, outgoing = found.layers[0].weights, found.layers[1].weights[0]
    for tag, *_ in SIDES:
        for i, row in enumerate(hidden, start=1):
            yield from zip(incoming(tag, i, found), map(float, row), strict=True)
            yield f"{tag}a{i}-{tag}s", float(outgoing[i - 1])


# ---- forward


def _tell_inputs(steps: Steps, found: Pair) -> None:
    layer = found.layers[0]
    values = {
        f"{tag}x{j}": value
        for (tag, *_), passed in zip(SIDES, found.passed, strict=True)
        for j, value in enumerate(passed.post[0], start=1)
    }
    steps.tell(
        "inputs",
        "Two inputs go through the same weights. The score of the true one should be above that of the corrupt one by"
        f" the margin m = {number(found.margin)}.",
        [
            ["**W", "=", matrix(layer.weights)],
            ["**b", "=", column(layer.biases), ",", "**U", "=", column(found.layers[1].weights[0])],
        ],
        lit=values,
        value=values,
    )


def _forward_elements(steps: Steps, found: Pair, side: int) -> None:
    tag, words, _ = SIDES[side]
    passed, layer = found.passed[side], found.layers[0]
    x, z, a = passed.post[0], passed.pre[0], passed.post[1]
    for i, row in enumerate(layer.weights, start=1):
        terms = [product(weight, value) for weight, value in zip(row, x, strict=True)]
        steps.tell(
            f"{words}: {low('z', i)}",
            f"The {words} input at unit {i}: every input times its weight, and the bias, added.",
            [
                [at("z", i), "=", at("b", i), "+", "Σ", ["sub", "W", f"{i}j"], at("x", "j")],
                ["=", total([float(layer.biases[i - 1]), *terms[:2]])],
                ["+", total(terms[2:])],
                ["=", number(z[i - 1])],
            ],
            lit=[f"{tag}z{i}", *incoming(tag, i, found)],
            way=1,
            value={f"{tag}z{i}": z[i - 1]},
        )
        steps.tell(
            f"{words}: {low('a', i)}",
            f"The activation of unit {i} sees nothing but {low('z', i)}.",
            [equation(at("a", i), ["row", "f", "(", number(z[i - 1]), ")"], a[i - 1])],
            lit=[f"{tag}a{i}", f"{tag}z{i}-{tag}a{i}"],
            way=1,
            aside=_sigmoid_slip(found) if side == 0 and i == 1 else "",
            value={f"{tag}a{i}": a[i - 1]},
        )


def _forward_vectors(steps: Steps, found: Pair, side: int) -> None:
    tag, words, _ = SIDES[side]
    passed, layer = found.passed[side], found.layers[0]
    x, z, a = passed.post[0], passed.pre[0], passed.post[1]
    units = range(1, len(z) + 1)
    steps.tell(
        f"{words}: z",
        f"The {words} input, all units at once: a matrix times a vector, plus a vector.",
        [
            ["**z", "=", "**W", "**x", "+", "**b"],
            ["=", matrix(layer.weights), column(x), "+", column(layer.biases)],
            ["=", column(z)],
        ],
        lit=[each for i in units for each in (f"{tag}z{i}", *incoming(tag, i, found))],
        way=1,
        value={f"{tag}z{i}": z[i - 1] for i in units},
    )
    steps.tell(
        f"{words}: a",
        "The activation, one number at a time.",
        [["**a", "=", "f", "(", "**z", ")", "=", column(a)]],
        lit=[each for i in units for each in (f"{tag}a{i}", f"{tag}z{i}-{tag}a{i}")],
        way=1,
        aside=_sigmoid_slip(found) if side == 0 else "",
        value={f"{tag}a{i}": a[i - 1] for i in units},
    )


def _tell_score(steps: Steps, found: Pair, side: int, elements: bool) -> None:
    tag, words, _ = SIDES[side]
    outgoing, a, score = found.layers[1].weights[0], found.passed[side].post[1], found.scores[side]
    name = scores(side)
    if elements:
        terms = [product(weight, value) for weight, value in zip(outgoing, a, strict=True)]
        formulas: list[Tree] = [[name, "=", "Σ", at("U", "i"), at("a", "i")], ["=", total(terms), "=", number(score)]]
    else:
        formulas = [[name, "=", turned("U"), "**a"], ["=", matrix([outgoing]), column(a), "=", number(score)]]
    steps.tell(
        f"{words}: score",
        f"The score of the {words} input is {number(score)}.",
        formulas,
        lit=[f"{tag}s", *(f"{tag}a{i}-{tag}s" for i in range(1, len(a) + 1))],
        way=1,
        value={f"{tag}s": score},
    )


def scores(side: int) -> Any:
    """Return the name of the score of the true or the corrupt input."""
    return ["sub", "s", "c"] if side else "s"


def _tell_error(steps: Steps, found: Pair) -> None:
    score, corrupt = found.scores
    gap = f"The true score {number(score)} minus the corrupt score {number(corrupt)} is {number(score - corrupt)}"
    if found.signal:
        says = f"{gap}. The margin {number(found.margin)} was asked for, and what is missing is the error."
    else:
        says = (
            f"{gap}, at least the margin {number(found.margin)}. The error is 0, nothing flows back, and every"
            " derivative is 0: no weight has to move."
        )
    steps.tell(
        "error" if found.signal else "error 0",
        says,
        [
            ["J", "=", "max", "(", "0", ",", "m", "+", ["sub", "s", "c"], "−", "s", ")"],
            ["=", "max", "(", "0", ",", number(found.margin), "+", factor(corrupt), "−", factor(score), ")"],
            ["=", number(found.error)],
        ],
        lit=["J", "ts-J", "cs-J"],
        way=1,
        value={"J": found.error},
    )


# ---- what both inputs say together


def _tell_both(steps: Steps, found: Pair) -> None:
    one, other = found.back
    weights, biases = found.gradient(0)
    gap = off(found)
    same = "the same numbers to the last digit" if gap == 0.0 else f"the same numbers to within {number(gap, 1)}"
    steps.tell(
        "both inputs",
        "Both inputs use the same weights, so what they say is added. Complex steps, which know no chain rule, give"
        f" {same}.",
        [
            [by("J", "**W"), "=", matrix(one.weights[0])],
            ["+", matrix(other.weights[0])],
            ["=", matrix(weights)],
            [by("J", "**b"), "=", column(biases), ",", by("J", "**U"), "=", column(found.gradient(1)[0][0])],
        ],
        lit=[edge for edge, _ in _weights(found)],
    )


def _tell_step(steps: Steps, found: Pair, rate: float) -> None:
    after = stepped(found, rate)
    verb = "falls" if after < found.error else "rises"
    change = f"{verb} {from_to(found.error, after)}" if after != found.error else "stays as it is"
    steps.tell(
        "one step",
        f"One step of gradient descent with η = {number(rate)}: the error {change}.",
        [["J", "(", "**w", "−", "η", "∇", "J", ")", "=", number(after)]],
        lit=["J"],
        value={"J": after},
    )


def _sigmoid_slip(found: Pair) -> str:
    if found.layers[0].activation != "sigmoid":
        return ""
    a = float(found.passed[0].post[1][0])
    return (
        "The notes print 1/(1 + exp(z)) for a layer, without the minus. That is 1 − a:"
        f" {number(1.0 - a)} in place of {number(a)}."
    )
