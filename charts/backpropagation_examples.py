"""The messages of the examples: one unit on insurance by age, insurance by two inputs, and house prices."""

from typing import Any

import numpy as np

from charts.backpropagation_unit import Example, Told, figure, table, wear_weights
from charts.worked import Steps, Tree, by, equation, factor, from_to, product, total
from engine.one_unit import Rows, off
from engine.words import number, whole

NO_SLOPE = 1e-300  # below it a border is too far for a number
UNSEEN = 700.0  # beyond it e^-z is nearly below the least number
RAISED = str.maketrans("−0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
PLAIN = 30.0  # beyond it one of y and 1 - y is so small that their derivatives say nothing


def example_message(example: Example, found: Rows, row: int, rate: float) -> dict[str, Any]:
    """Return the header; ``row`` counts from 0 and is the one that the picture shows."""
    steps, told = Steps(), Told(example, found, row, bool((found.weights == example.printed).all()))
    wear_weights(steps, told)
    _tell_row(steps, told)
    if example.log:
        _tell_sum(steps, told)
        _tell_probability(steps, told)
        _tell_border(steps, told)
        _tell_log_loss(steps, told)
    else:
        _tell_price(steps, told)
        _tell_error(steps, told)
        _tell_square(steps, told)
    since = {"answers": len(steps.texts) - 1}
    _tell_mean(steps, told)
    since["costs"] = len(steps.texts) - 1
    (_back_log if example.log else _back_square)(steps, told)
    _tell_weights(steps, told)
    _tell_gradient(steps, told)
    since["slopes"] = len(steps.texts) - 1
    _tell_step(steps, told, rate)
    return steps.message(
        f"{example.name}",
        f"One unit worked step by step for {example.of} {row + 1} of the data, with all rows in a table.",
        figure(told),
        f"{len(found.targets)} rows, those of the slides. L is the loss of one row, E the mean of all of them."
        " Numbers are rounded where they are shown, not where they are used.",
        table(told, since),
    )


# ---- forward


def _tell_row(steps: Steps, told: Told) -> None:
    example, x = told.example, told.x
    known = [f"{name} {number(value)}" for name, value in zip(example.inputs, x, strict=False)]
    target = told.of_row[0]
    goal = f"{example.target}: {'yes' if target else 'no'}" if example.log else f"{example.target} {number(target)}"
    formulas: list[Tree] = [
        [letter, "=", number(float(weight))] for letter, weight in zip(told.letters, told.found.weights, strict=True)
    ]
    steps.tell(
        f"{example.of} {told.row + 1}",
        f"{example.question} Here {example.of} {told.row + 1}: {', '.join(known)}; {goal}.",
        [*formulas, ["t" if example.log else "y", "=", number(target)]],
        lit=[f"x{i}" for i in range(1, len(x) + 1)],
        value={f"x{i}": value for i, value in enumerate(x, start=1)},
    )


def _weighted(told: Told) -> tuple[Tree, Tree]:
    """Return the weighted sum in letters and in numbers."""
    pairs = list(zip(told.letters, told.symbols, strict=True))
    letters = [["row", letter, symbol] for letter, symbol in pairs[:-1]]
    numbers = [product(weight, value) for weight, value in zip(told.found.weights[:-1], told.x, strict=False)]
    return total([*letters, "b"]), total([*numbers, factor(told.found.weights[-1])])


def _tell_weighted(steps: Steps, told: Told, title: str, sentence: str, symbol: str, value: float, digits: int) -> None:
    letters, numbers = _weighted(told)
    steps.tell(
        title,
        f"Every input times its weight, and the bias: {sentence}.",
        [[symbol, "=", letters], ["=", numbers], ["=", number(value, digits)]],
        lit=["z", *told.lines],
        way=1,
        value={"z": value},
    )


def _tell_sum(steps: Steps, told: Told) -> None:
    z = told.of_row[1]
    _tell_weighted(steps, told, "weighted sum", f"z = {number(z)}", "z", z, 4)


def _tell_probability(steps: Steps, told: Told) -> None:
    _, z, y, *_ = told.of_row
    first = told.as_printed and told.example.name == "affordability" and told.row == 0
    steps.tell(
        "probability",
        f"The sigmoid makes a probability of it: ŷ = {_close(y, z)}.",
        [
            ["ŷ", "=", "σ", "(", "z", ")", "=", ["frac", "1", ["row", "1", "+", ["sup", "e", number(-z)]]]],
            ["=", _close(y, z)],
        ],
        lit=["y", "z-y"],
        way=1,
        aside=(
            "The slides print 11 + e⁻²³ ≈ 0.99 here. The fraction bar was lost, and 0.99 is too small:"
            f" 1/(1 + e⁻²³) = {_close(y, z)}. Its squared error is {number(y * y, 10)}, not 0.9801."
            if first
            else ""
        ),
        value={"y": y},
    )


def _close(y: float, z: float) -> str:
    """Return a probability, by what is missing to 1 where that is little; it is never 0 or 1."""
    if abs(z) > UNSEEN:
        return f"1 − {_tiny(z)}" if z > 0.0 else _tiny(-z)
    return f"1 − {number(float(np.exp(-z)) / (1.0 + float(np.exp(-z))))}" if z > 5.0 else number(y)


def _tiny(z: float) -> str:
    """Return e^-z where it is too small for a number."""
    power = float(np.floor(-z / np.log(10.0)))
    digits, tens = number(float(10.0 ** (-z / np.log(10.0) - power)), 2), number(power, 6)
    return f"{digits}·10{tens.translate(RAISED)}"


def _tell_border(steps: Steps, told: Told) -> None:
    """Tell from where on the answer is yes, and how many rows that tells rightly."""
    found = told.found
    formulas: list[Tree]
    right = int(((found.sums >= 0.0) == (found.targets > 0.5)).sum())
    share = f"That tells {right} of {len(found.targets)} rightly"
    slip = ""
    if len(told.x) == 2:
        slope, bias = found.weights
        border = -bias / slope if abs(slope) > NO_SLOPE else np.inf
        if np.isinf(border):
            where, formulas = f"With m = {number(slope)} the age does not matter", [["z", "=", "b", "=", number(bias)]]
        else:
            side = "from" if slope > 0.0 else "up to"
            where = (
                f"The answer is yes where ŷ is at least one half, so where z is at least 0: {side} age {number(border)}"
            )
            formulas = [["m", "x", "+", "b", "=", "0"], ["x", "=", "−", ["frac", "b", "m"], "=", number(border, 4)]]
        if told.as_printed:
            by_42 = int(((found.inputs[:, 0] > 42.0) == (found.targets > 0.5)).sum())
            slip = (
                "The slides say that everybody above 42 will buy, before they come to the sigmoid, of a straight line;"
                " that of least squares is at one half at 43.9. This unit says so from"
                f" {number(-bias / slope)} on. (On these rows all happen to tell {by_42} rightly: nobody is between"
                " them.)"
            )
    else:
        where = "The answer is yes where ŷ is at least one half, which is where z is at least 0"
        formulas = [["z", "=", _weighted(told)[0], "≥", "0"]]
    steps.tell(
        "yes or no",
        f"{where}. {share}.",
        formulas,
        lit=["y"],
        aside=slip,
    )


def _tell_log_loss(steps: Steps, told: Told) -> None:
    t, z, y, cost, _ = told.of_row
    chosen: Tree = ["−", "ln", "ŷ"] if t else ["−", "ln", "(", "1", "−", "ŷ", ")"]
    inside = ["−", "ln", "(", _close(y, z), ")"] if t else ["−", "ln", "(", "1", "−", "(", _close(y, z), ")", ")"]
    steps.tell(
        "log loss",
        f"The log loss of this row is {number(cost)}: minus the log of the probability that it gave to what is true.",
        [
            ["L", "=", "−", "t", "ln", "ŷ", "−", "(", "1", "−", "t", ")", "ln", "(", "1", "−", "ŷ", ")"],
            ["=", *chosen],
            ["=", *inside],
            ["=", number(cost, 4)],
        ],
        lit=["L", "y-L"],
        way=1,
        value={"L": cost},
    )


def _tell_price(steps: Steps, told: Told) -> None:
    y = told.of_row[2]
    _tell_weighted(steps, told, "predicted price", f"the unit predicts {number(y, 4)}", "ŷ", y, 5)


def _tell_error(steps: Steps, told: Told) -> None:
    t, _, y, *_ = told.of_row
    first = told.as_printed and told.row == 0
    steps.tell(
        "error",
        f"The error is what was true minus what was predicted: {number(t - y, 4)}.",
        [["e", "=", "y", "−", "ŷ", "=", number(t), "−", factor(y), "=", number(t - y, 5)]],
        lit=["y", "z-y"],
        way=1,
        aside=(
            f"The slides print y − ŷ = 1133 for this house. The sign is wrong: {number(t)} − {number(y, 4)} ="
            f" {number(t - y, 4)}. Its square is the same, but the derivative is not: it would send every weight the"
            " wrong way."
        )
        if first
        else "",
        value={"y": t - y},
    )


def _tell_square(steps: Steps, told: Told) -> None:
    t, _, y, cost, _ = told.of_row
    steps.tell(
        "squared error",
        f"The loss of this house is the square of its error, {whole(cost)}.",
        [["L", "=", ["sup", "e", "2"], "=", ["sup", ["row", "(", number(t - y, 5), ")"], "2"], "=", whole(cost)]],
        lit=["L", "y-L"],
        way=1,
        value={"L": cost},
    )


def _tell_mean(steps: Steps, told: Told) -> None:
    found, example = told.found, told.example
    slip = ""
    if told.as_printed and example.name == "affordability":
        at_99 = -np.mean([np.log(0.99 if target else 0.01) for target in found.targets])
        slip = (
            "The slides print a log loss of 4.31 after the first epoch, and no other weights than these. The mean is"
            f" {number(found.cost)}, the sum {number(float(found.costs.sum()))}, and with every ŷ at the printed 0.99"
            f" it is {number(float(at_99))}: 4.31 is none of them."
        )
    steps.tell(
        "all rows",
        f"The error E is the mean loss of all {len(found.targets)} rows, {number(found.cost, 4)}.",
        [["E", "=", ["frac", "1", str(len(found.targets))], "Σ", ["sub", "L", "n"], "=", number(found.cost, 6)]],
        lit=["L"],
        aside=slip,
    )


# ---- back


def _back_log(steps: Steps, told: Told) -> None:
    t, z, y, _, delta = told.of_row
    first: Tree = ["−", ["frac", "1", "ŷ"]] if t else [["frac", "1", ["row", "1", "−", "ŷ"]]]
    value = -1.0 / y if t else 1.0 / (1.0 - y) if y < 1.0 else np.inf
    plain = abs(z) < PLAIN
    steps.tell(
        "back through the loss",
        "What the probability has to do with the loss.",
        [[by("L", "ŷ"), "=", *first, *(["=", number(value, 4)] if plain else [])]],
        lit=["y", "y-L"],
        way=-1,
        back={"y": f"∂ {number(value)}"} if plain else {},
    )
    bent: Tree = [by("ŷ", "z"), "=", "ŷ", "(", "1", "−", "ŷ", ")"]
    steps.tell(
        "back through the sigmoid",
        f"Times the slope of the sigmoid; all that is left is ŷ − t = {_gap(t, z, delta)}.",
        [
            [*bent, *(["=", number(y * (1.0 - y), 4)] if plain else [])],
            [by("L", "z"), "=", by("L", "ŷ"), by("ŷ", "z"), "=", "ŷ", "−", "t", "=", _gap(t, z, delta)],
        ],
        lit=["z", "z-y"],
        way=-1,
        back={"z": f"∂ {number(delta)}"},
    )


def _gap(t: float, z: float, delta: float) -> str:
    return _close(delta, z) if t == 0.0 else number(delta)


def _back_square(steps: Steps, told: Told) -> None:
    t, _, y, _, delta = told.of_row
    error = t - y
    steps.tell(
        "back through the square",
        "What the error has to do with the loss.",
        [[by("L", "e"), "=", "2", "e", "=", number(2.0 * error, 5)]],
        lit=["y", "y-L"],
        way=-1,
        back={"y": f"∂ {number(2.0 * error, 4)}"},
    )
    steps.tell(
        "back through the error",
        "The error falls as the prediction rises, one for one.",
        [
            [by("e", "ŷ"), "=", "−1"],
            [by("L", "ŷ"), "=", by("L", "e"), by("e", "ŷ"), "=", "−2", "e", "=", number(delta, 5)],
        ],
        lit=["z", "z-y"],
        way=-1,
        back={"z": f"∂ {number(delta, 4)}"},
    )


def _tell_weights(steps: Steps, told: Told) -> None:
    found, name = told.found, "z" if told.example.log else "ŷ"
    delta, gradient = told.of_row[4], found.gradients[told.row]
    formulas: list[Tree] = [
        equation(
            by("L", letter),
            product(by("L", name), symbol),
            product(float(delta), float(value)),
            float(each),
        )
        for letter, symbol, value, each in zip(told.letters, told.symbols, told.x, gradient, strict=True)
    ]
    steps.tell(
        "back to the weights",
        f"What each weight has to do with the loss of this {told.example.of}: what comes back, times its input.",
        formulas,
        lit=told.lines,
        way=-1,
        label={line: f"∂ {number(each)}" for line, each in zip(told.lines, gradient, strict=True)},
    )


def _tell_gradient(steps: Steps, told: Told) -> None:
    found, gap = told.found, off(told.found)
    count, inner = str(len(found.targets)), ["(", "ŷ", "−", "t", ")"] if told.example.log else ["(", "−2", "e", ")"]
    same = "to the last digit" if gap == 0.0 else f"to {number(gap, 1)} of the largest"
    steps.tell(
        "mean over all rows",
        f"One step uses the mean over all rows. Complex steps, which know no chain rule, give the same {same}.",
        [
            equation(
                by("E", letter),
                ["row", ["frac", "1", count], "Σ", symbol, *inner]
                if symbol != "1"
                else ["row", ["frac", "1", count], "Σ", *inner],
            )
            + ["=", number(float(each), 5)]
            for letter, symbol, each in zip(told.letters, told.symbols, found.gradient, strict=True)
        ],
        lit=told.lines,
        way=-1,
    )


def _tell_step(steps: Steps, told: Told, rate: float) -> None:
    found = told.found
    weights = found.weights - rate * found.gradient
    after = found.at(weights).cost
    verb = "falls" if after < found.cost else "rises"
    change = f"{verb} {from_to(found.cost, after, 4)}" if after != found.cost else "stays as it is"
    steps.tell(
        "one step",
        f"Every weight goes a step of η = {number(rate)} against its derivative: the error {change}.",
        [
            [letter, "→", number(float(old)), "−", number(rate), "·", factor(float(each)), "=", number(float(new), 5)]
            for letter, old, each, new in zip(told.letters, found.weights, found.gradient, weights, strict=True)
        ],
        lit=told.lines,
        label={line: number(float(new)) for line, new in zip(told.lines, weights, strict=True)},
    )
