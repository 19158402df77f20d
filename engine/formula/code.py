"""A program of the machine as lines of Python, for the program that a student takes away."""

import math

import numpy as np

from engine.formula.machine import Op
from engine.formula.program import Steps

# the value, and the slope by which the derivatives of u are multiplied; L is NumPy or PyTorch
_FUNCTIONS = {
    Op.WHOLE_POWER: ("{u} ** {c}", "{c} * {u} ** {less}"),
    Op.REAL_POWER: ("{u} ** {c}", "{c} * {u} ** {less}"),
    Op.RAISE: ("{tensor} ** {u}", "{v} * {L}.log({tensor})"),
    Op.SIN: ("{L}.sin({u})", "{L}.cos({u})"),
    Op.COS: ("{L}.cos({u})", "-{L}.sin({u})"),
    Op.TAN: ("{L}.tan({u})", "1.0 + {v} * {v}"),
    Op.EXP: ("{L}.exp({u})", "{v}"),
    Op.LOG: ("{L}.log({u})", "1.0 / {u}"),
    Op.SQRT: ("{L}.sqrt({u})", "0.5 / {v}"),
    Op.ABS: ("abs({u})", "{L}.sign({u})"),
    Op.TANH: ("{L}.tanh({u})", "{L}.cosh({u}) ** -2.0"),
    Op.SIGMOID: ("1.0 / (1.0 + {L}.exp(-{u}))", "0.25 * {L}.cosh(0.5 * {u}) ** -2.0"),
}
# the value, and the slopes along u and v; half of each where both are equal
_OF_TWO = {
    Op.MULTIPLY: ("{u} * {w}", "{w}", "{u}"),
    Op.DIVIDE: ("{u} / {w}", "1.0 / {w}", "-{v} / {w}"),
    Op.POWER: ("{u} ** {w}", "{w} * {u} ** ({w} - 1.0)", "{v} * {L}.log({u})"),
    Op.MIN: (
        "{L}.minimum({u}, {w})",
        "1.0 * ({u} < {w}) + 0.5 * ({u} == {w})",
        "1.0 * ({w} < {u}) + 0.5 * ({u} == {w})",
    ),
    Op.MAX: (
        "{L}.maximum({u}, {w})",
        "1.0 * ({u} > {w}) + 0.5 * ({u} == {w})",
        "1.0 * ({w} > {u}) + 0.5 * ({u} == {w})",
    ),
}
Slope = str | float  # a name or a number


def code(steps: Steps, library: str) -> list[str]:
    """Return the body of a function of w that returns the error and its gradient, for ``np`` or ``torch``."""
    return _Writer(library).body(steps)


class _Writer:
    """Goes through a program once, with names in place of numbers on its stack."""

    def __init__(self, library: str):
        self.library = library
        self.lines = ["x, y = w"]
        self.count = 0
        self.stack: list[tuple[str, list[Slope]]] = []  # the value's name, and its slopes along x and y

    def body(self, steps: Steps) -> list[str]:
        for op, c in steps:
            self.step(op, c)
        value, slopes = self.stack.pop()
        gathered = "torch.stack" if self.library == "torch" else "np.array"
        x, y = (slope if isinstance(slope, str) else self.tensor(slope) for slope in slopes)
        return [*self.lines, f"return {value}, {gathered}([{x}, {y}])"]

    def step(self, op: Op, c: float) -> None:
        if op is Op.CONSTANT:
            self.stack.append((self.tensor(c), [0.0, 0.0]))
        elif op is Op.X or op is Op.Y:
            self.stack.append(("x", [1.0, 0.0]) if op is Op.X else ("y", [0.0, 1.0]))
        elif op in (Op.ADD, Op.SUBTRACT):
            self.add(op is Op.ADD)
        elif op in _OF_TWO:
            self.of_two(*_OF_TWO[op])
        elif op is Op.SHIFT:
            u, slopes = self.stack.pop()
            self.push(f"{u} - {_literal(-c)}" if c < 0.0 else f"{u} + {_literal(c)}", slopes)
        elif op is Op.SCALE or op is Op.OVER:
            u, slopes = self.stack.pop()
            by = f"* {_literal(c)}" if op is Op.SCALE else f"/ {_literal(c)}"
            self.push(
                f"{u} {by}",
                [_scaled(slope, op, c) if isinstance(slope, float) else f"{slope} {by}" for slope in slopes],
            )
        else:
            self.of_one(op, c)

    def of_one(self, op: Op, c: float) -> None:
        u, slopes = self.stack.pop()
        words = {"L": self.library, "u": u, "c": _literal(c), "less": _literal(c - 1.0), "tensor": self.tensor(c)}
        value_of, slope_of = _FUNCTIONS[op]
        value = self.named("u", value_of.format(**words))
        by = self.named("s", slope_of.format(**words, v=value))
        self.push(value, [_product(by, slope) for slope in slopes])

    def add(self, plus: bool) -> None:
        (w, other), (u, slopes) = self.stack.pop(), self.stack.pop()
        along: list[Slope] = []
        for a, b in zip(slopes, other, strict=True):
            if isinstance(a, float) and isinstance(b, float):
                along.append(a + b if plus else a - b)
            elif b == 0.0:
                along.append(a)
            elif a == 0.0:
                along.append(b if plus else f"-1.0 * {b}")
            else:
                along.append(f"{a} {'+' if plus else '-'} {b}")
        self.push(f"{u} {'+' if plus else '-'} {w}", along)

    def of_two(self, value_of: str, along_u: str, along_w: str) -> None:
        (w, other), (u, slopes) = self.stack.pop(), self.stack.pop()
        words = {"L": self.library, "u": u, "w": w}
        value = self.named("u", value_of.format(**words))
        p = self.named("s", along_u.format(**words, v=value)) if any(slopes) else ""
        q = self.named("s", along_w.format(**words, v=value)) if any(other) else ""
        along: list[Slope] = []
        for a, b in zip(slopes, other, strict=True):
            first, second = _product(p, a), _product(q, b)
            along.append(f"{first} + {second}" if first and second else first or second)
        self.push(value, along)

    def push(self, value: str, along: list[Slope]) -> None:
        """Put a value on the stack with its slopes, each with a name of its own unless it is a number."""
        x, y = (
            slope if isinstance(slope, float) else self.named(letter, slope)
            for letter, slope in zip(("dx", "dy"), along, strict=True)
        )
        self.stack.append((self.named("u", value), [x, y]))

    def named(self, letter: str, text: str) -> str:
        """Give what is not yet a name a name of its own, on a line of its own."""
        if text.isidentifier():
            return text
        self.count += 1
        self.lines.append(f"{letter}{self.count} = {text}")
        return f"{letter}{self.count}"

    def tensor(self, number: float) -> str:
        """Return a number as the library takes it: both treat one of their own unlike one of Python's."""
        return f"{'torch.tensor' if self.library == 'torch' else 'np.float64'}({_literal(number)})"


def _product(by: str, slope: Slope) -> Slope:
    if slope == 0.0:
        return 0.0
    return by if slope == 1.0 else f"{by} * {slope if isinstance(slope, str) else _literal(slope)}"


def _scaled(slope: float, op: Op, c: float) -> float:
    with np.errstate(all="ignore"):
        return float(slope * np.float64(c) if op is Op.SCALE else slope / np.float64(c)) if slope else 0.0


def _literal(value: float) -> str:
    return repr(value) if math.isfinite(value) else f"float('{value}')"
