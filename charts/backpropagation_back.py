"""The way back through a network of one hidden layer: what comes back to every number, in three forms."""

from typing import Any, NamedTuple

import numpy as np

from charts.worked import Steps, Tree, at, by, column, equation, factor, low, matrix, product, turned
from engine.margin_pair import Pair
from engine.words import number


class Form(NamedTuple):
    """What is written down on the way back: derivatives by the sums z, by the activations a, or by both in turn."""

    title: str
    letter: str  # of what comes back


BACK = {
    "pre": Form("pre-activation: δ = ∂J/∂z", "δ"),
    "post": Form("post-activation: Δ = ∂J/∂a", "Δ"),
    "decoupled": Form("linear and activation layers apart", "g"),
}
SLOPE = "f′"


class Way(NamedTuple):
    """The way back of one input, with the numbers that it needs."""

    steps: Steps
    found: Pair
    form: Form
    side: int  # 0 of the true input, 1 of the corrupt one
    tag: str  # with which the names of its circles begin
    words: str
    x: np.ndarray
    a: np.ndarray
    slopes: np.ndarray  # f'(z)
    outgoing: np.ndarray  # U
    signal: float  # dJ/ds
    big: np.ndarray  # dJ/da
    delta: np.ndarray  # dJ/dz
    weights: tuple[np.ndarray, np.ndarray]  # dJ/dW and dJ/dU
    units: range
    places: range

    def lines(self, unit: int) -> list[str]:
        """Return those that lead to a hidden unit."""
        return [f"{self.tag}x{j}-{self.tag}z{unit}" for j in self.places]

    def tell(self, text: str, says: str, formulas: list[Tree], lit: list[str], **more: Any) -> None:
        """Add a step on which derivatives flow."""
        if self.side:
            more["aside"] = ""  # a slip is said once
        self.steps.tell(f"{self.words}: {text}", says, formulas, lit=lit, way=-1, **more)

    def returned(self, node: str, name: str, values: np.ndarray, units: range | list[int]) -> dict[str, str]:
        """Return what stands below the circles of some units."""
        names = {i: "" if name == "g" else f"{low(name, i)} = " for i in units}  # of two side by side there is no room
        return {f"{self.tag}{node}{i}": f"{names[i]}{number(values[i - 1])}" for i in units}


def told_back(steps: Steps, found: Pair, side: int, tag: str, words: str, form: Form, elements: bool) -> None:
    """Add the steps of one input's way back, one number or one layer at a time."""
    passed, back = found.passed[side], found.back[side]
    way = Way(
        *(steps, found, form, side, tag, words),
        *(passed.post[0], passed.post[1], passed.slopes[0], found.layers[1].weights[0]),
        *((2.0 * side - 1.0) * found.signal, back.big_delta[1], back.delta[0]),
        (back.weights[0], back.weights[1][0]),
        units=range(1, len(passed.post[1]) + 1),
        places=range(1, len(passed.post[0]) + 1),
    )
    _tell_signal(way)
    if elements:
        _tell_outgoing_elements(way)
        for i in way.units:
            _tell_unit(way, i)
        for i in way.units:
            _tell_weights_elements(way, i)
    else:
        _tell_outgoing_vector(way)
        _tell_layer(way)
        _tell_weights_matrix(way)


def _tell_signal(way: Way) -> None:
    letter, score = way.form.letter, ["sub", "s", "c"] if way.side else "s"
    way.tell(
        "back at the score",
        "J rises with the corrupt score, one for one." if way.side else "J falls as the true score rises, one for one.",
        [[letter, "=", by("J", score), "=", number(way.signal)]],
        [f"{way.tag}s", f"{way.tag}s-J"],
        back={f"{way.tag}s": f"{letter} = {number(way.signal)}"},
        aside="The notes go on with derivatives of the score and call them those of the loss. For the true input those"
        " of J have the opposite sign.",
    )


# ---- number by number


def _tell_outgoing_elements(way: Way) -> None:
    letter, found = way.form.letter, way.weights[1]
    way.tell(
        "∂J/∂U",
        "What a weight has to do with J: what comes back to its upper end, times what flowed into its lower end.",
        [
            equation(by("J", at("U", i)), product(letter, at("a", i)), product(way.signal, way.a[i - 1]), found[i - 1])
            for i in way.units
        ],
        [f"{way.tag}a{i}-{way.tag}s" for i in way.units],
        label={f"{way.tag}a{i}-{way.tag}s": f"∂ {number(found[i - 1])}" for i in way.units},
    )


def _tell_unit(way: Way, i: int) -> None:
    """Tell what comes back to one hidden unit."""
    u, slope, big, delta = way.outgoing[i - 1], way.slopes[i - 1], way.big[i - 1], way.delta[i - 1]
    bent: Tree = ["row", SLOPE, "(", at("z", i), ")"]
    edge, step = f"{way.tag}a{i}-{way.tag}s", f"{way.tag}z{i}-{way.tag}a{i}"
    slip = _slope_slip(way.found) if i == 1 else ""
    if way.form is BACK["pre"]:
        way.tell(
            low("δ", i),
            f"Back through the weight, then through the activation: what {low('z', i)} has to do with J.",
            [
                equation(at("δ", i), by("J", at("z", i)), product(bent, at("U", i), "δ")),
                ["=", product(slope, u, way.signal), "=", number(delta)],
            ],
            [edge, step, f"{way.tag}z{i}"],
            back=way.returned("z", "δ", way.delta, [i]),
            aside=slip,
        )
    elif way.form is BACK["post"]:
        way.tell(
            low("Δ", i),
            f"What {low('a', i)} has to do with J: for each edge above it the weight, the slope of the unit above,"
            " which is 1 for a score, and the Δ of that unit.",
            [
                equation(at("Δ", i), by("J", at("a", i)), product(at("U", i), "1", "Δ")),
                ["=", product(u, "1", way.signal), "=", number(big)],
            ],
            [edge, f"{way.tag}a{i}"],
            back=way.returned("a", "Δ", way.big, [i]),
        )
    else:
        way.tell(
            f"linear, unit {i}",
            "The linear layer alone: the weight times what came back above it.",
            [equation(by("J", at("a", i)), product(at("U", i), "g"), product(u, way.signal), big)],
            [edge, f"{way.tag}a{i}"],
            back=way.returned("a", "g", way.big, [i]),
        )
        way.tell(
            f"activation, unit {i}",
            "The activation layer alone: its slope times what came back above it.",
            [equation(by("J", at("z", i)), product(bent, "g"), product(slope, big), delta)],
            [step, f"{way.tag}z{i}"],
            back=way.returned("z", "g", way.delta, [i]),
            aside=slip,
        )


def _tell_weights_elements(way: Way, i: int) -> None:
    """Tell the derivatives by all weights into one hidden unit."""
    found, delta, slope = way.weights[0][i - 1], way.delta[i - 1], way.slopes[i - 1]
    post = way.form is BACK["post"]
    names: list[Any] = [at("Δ", i), ["row", SLOPE, "(", at("z", i), ")"]] if post else [at(way.form.letter, i)]
    numbers = [way.big[i - 1], slope] if post else [delta]
    rule = equation(by("J", ["sub", "W", f"{i}j"]), product(*names, at("x", "j")))
    formulas = [
        equation(by("J", ["sub", "W", f"{i}{j}"]), product(*numbers, way.x[j - 1]), found[j - 1]) for j in way.places
    ]
    way.tell(
        f"∂J/∂W of unit {i}",
        f"The weights into unit {i}: what comes back to {low('z', i)} times each input. The bias has the input 1.",
        [rule, *formulas, equation(by("J", at("b", i)), product(*names), delta)],
        way.lines(i),
        label={f"{way.tag}x{j}-{way.tag}z{i}": f"∂ {number(found[j - 1])}" for j in way.places},
        aside=_weight_slip(way.form) if i == 1 else "",
    )


# ---- a layer at a time


def _tell_outgoing_vector(way: Way) -> None:
    found = way.weights[1]
    way.tell(
        "∂J/∂U",
        "The derivatives by all weights of the score: what comes back times what flowed forward.",
        [
            [by("J", "**U"), "=", way.form.letter, "**a"],
            ["=", product(way.signal, column(way.a)), "=", column(found)],
        ],
        [f"{way.tag}a{i}-{way.tag}s" for i in way.units],
        label={f"{way.tag}a{i}-{way.tag}s": f"∂ {number(found[i - 1])}" for i in way.units},
    )


def _tell_layer(way: Way) -> None:
    """Tell what comes back to the hidden layer."""
    through = [f"{way.tag}a{i}-{way.tag}s" for i in way.units]
    bent = [f"{way.tag}z{i}-{way.tag}a{i}" for i in way.units]
    sums, outputs = ([f"{way.tag}{node}{i}" for i in way.units] for node in "za")
    slip = _slope_slip(way.found)
    if way.form is BACK["pre"]:
        way.tell(
            "δ of the layer",
            "Through the matrix, transposed, then number by number times the slopes of the activation.",
            [
                ["**δ", "=", SLOPE, "(", "**z", ")", "∘", "(", "**U", "δ", ")"],
                ["=", column(way.slopes), "∘", "(", column(way.outgoing), "·", factor(way.signal), ")"],
                ["=", column(way.delta)],
            ],
            [*through, *bent, *sums],
            back=way.returned("z", "δ", way.delta, way.units),
            aside=slip,
        )
    elif way.form is BACK["post"]:
        way.tell(
            "Δ of the layer",
            "The slopes of the units above, here a 1 for the score, stand inside of the sum over the edges.",
            [
                ["**Δ", "=", "**U", "(", "1", "∘", "Δ", ")"],
                ["=", product(column(way.outgoing), way.signal), "=", column(way.big)],
            ],
            [*through, *outputs],
            back=way.returned("a", "Δ", way.big, way.units),
        )
    else:
        way.tell(
            "linear layer",
            "The linear layer alone: its matrix, transposed, times what came back above it.",
            [
                [by("J", "**a"), "=", "**U", "g"],
                ["=", product(column(way.outgoing), way.signal), "=", column(way.big)],
            ],
            [*through, *outputs],
            back=way.returned("a", "g", way.big, way.units),
        )
        way.tell(
            "activation layer",
            "The activation layer alone: number by number times its slope. It has no weights.",
            [
                [by("J", "**z"), "=", "**g", "∘", SLOPE, "(", "**z", ")"],
                ["=", column(way.big), "∘", column(way.slopes), "=", column(way.delta)],
            ],
            [*bent, *sums],
            back=way.returned("z", "g", way.delta, way.units),
            aside=slip,
        )


def _tell_weights_matrix(way: Way) -> None:
    """Tell the derivatives by all weights of the hidden layer."""
    post = way.form is BACK["post"]
    inner: list[Any] = ["(", "**Δ", "∘", SLOPE, "(", "**z", ")", ")"] if post else [f"**{way.form.letter}"]
    found = way.weights[0]
    way.tell(
        "∂J/∂W",
        "All weights of the hidden layer at once: a column times a row.",
        [
            [by("J", "**W"), "=", *inner, turned("x")],
            ["=", column(way.delta), matrix([way.x])],
            ["=", matrix(found)],
            [by("J", "**b"), "=", *inner, "=", column(way.delta)],
        ],
        [edge for i in way.units for edge in way.lines(i)],
        label={
            edge: f"∂ {number(value)}"
            for i in way.units
            for edge, value in zip(way.lines(i), found[i - 1], strict=True)
        },
        aside=_weight_slip(way.form),
    )


# ---- slips of the sources


def _slope_slip(found: Pair) -> str:
    """Return what the notes print for the slope of the sigmoid, at the first unit; nothing for other activations."""
    if found.layers[0].activation != "sigmoid":
        return ""
    a, slope = float(found.passed[0].post[1][0]), float(found.passed[0].slopes[0][0])
    return (
        "The notes print σ′(z) = −exp(−z)/(1 + exp(−z)). The sign is wrong and a square is missing below: that is"
        f" {number(a - 1.0)}, where a(1 − a) = {number(slope)}."
    )


def _weight_slip(form: Form) -> str:
    if form is BACK["post"]:
        return (
            "The slides print ∂L/∂h at the left of this rule. It is the derivative by the weight, ∂L/∂w; the one by h"
            " is Δ itself."
        )
    return "The notes end the one for W₁₄ with a₄ of layer 2, which has two units: it is a₄ of layer 1, x₄."
