"""A program of the machine as lines of Python, for the program that a student takes away."""

import math

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
Pair = tuple[str, str]  # along x and y; empty where it is zero


def code(steps: Steps, library: str) -> list[str]:
    """Return the body of a function of w that returns the error and its gradient, for ``np`` or ``torch``."""
    return _Writer(library).body(steps)


class _Writer:
    """Goes through a program once, with names in place of numbers on its stack."""

    def __init__(self, library: str):
        self.library = library
        self.lines = ["x, y = w"]
        self.count = 0
        self.stack: list[tuple[str, Pair]] = []

    def body(self, steps: Steps) -> list[str]:
        for op, c in steps:
            self.step(op, c)
        value, slopes = self.stack.pop()
        gathered = "torch.stack" if self.library == "torch" else "np.array"
        x, y = (slope if slope.isidentifier() else self.tensor(slope or "0.0") for slope in slopes)
        return [*self.lines, f"return {value}, {gathered}([{x}, {y}])"]

    def step(self, op: Op, c: float) -> None:
        if op is Op.CONSTANT:
            self.stack.append((self.tensor(_literal(c)), ("", "")))
        elif op is Op.X or op is Op.Y:
            self.stack.append(("x", ("1.0", "")) if op is Op.X else ("y", ("", "1.0")))
        elif op in (Op.ADD, Op.SUBTRACT):
            self.add("+" if op is Op.ADD else "-")
        elif op in _OF_TWO:
            self.of_two(*_OF_TWO[op])
        elif op is Op.SHIFT:
            u, slopes = self.stack.pop()
            shift = f"- {_literal(-c)}" if c < 0.0 else f"+ {_literal(c)}"
            self.stack.append((self.named("u", f"{u} {shift}"), slopes))
        elif op is Op.SCALE or op is Op.OVER:
            u, slopes = self.stack.pop()
            sign, by = ("*" if op is Op.SCALE else "/"), _literal(c)
            along = [slope and (by if (sign, slope) == ("*", "1.0") else f"{slope} {sign} {by}") for slope in slopes]
            self.push(f"{u} {sign} {by}", along)
        else:
            self.of_one(op, c)

    def of_one(self, op: Op, c: float) -> None:
        u, slopes = self.stack.pop()
        words = {
            "L": self.library,
            "u": u,
            "c": _literal(c),
            "less": _literal(c - 1.0),
            "tensor": self.tensor(_literal(c)),
        }
        value_of, slope_of = _FUNCTIONS[op]
        value = self.named("u", value_of.format(**words))
        by = self.named("s", slope_of.format(**words, v=value))
        self.push(value, [_product(by, slope) for slope in slopes])

    def add(self, sign: str) -> None:
        (w, other), (u, slopes) = self.stack.pop(), self.stack.pop()
        alone = "" if sign == "+" else "-1.0 * "
        along = [
            f"{a} {sign} {b}" if a and b else a or (b and f"{alone}{b}") for a, b in zip(slopes, other, strict=True)
        ]
        self.push(f"{u} {sign} {w}", along)

    def of_two(self, value_of: str, along_u: str, along_w: str) -> None:
        (w, other), (u, slopes) = self.stack.pop(), self.stack.pop()
        words = {"L": self.library, "u": u, "w": w}
        value = self.named("u", value_of.format(**words))
        p = self.named("s", along_u.format(**words, v=value)) if any(slopes) else ""
        q = self.named("s", along_w.format(**words, v=value)) if any(other) else ""
        terms = [(_product(p, a), _product(q, b)) for a, b in zip(slopes, other, strict=True)]
        self.push(value, [" + ".join(filter(None, pair)) for pair in terms])

    def push(self, value: str, along: list[str]) -> None:
        """Put a value on the stack with its derivatives, each with a name of its own unless it is a number or zero."""
        x, y = (self.named("d" + name, text) for name, text in zip("xy", along, strict=True))
        self.stack.append((self.named("u", value), (x, y)))

    def named(self, letter: str, text: str) -> str:
        """Give what is not yet a name or a number a name of its own, on a line of its own."""
        if " " not in text and not text.endswith(")"):
            return text
        self.count += 1
        self.lines.append(f"{letter}{self.count} = {text}")
        return f"{letter}{self.count}"

    def tensor(self, number: str) -> str:
        """Return a number as the library takes it: PyTorch treats a number unlike a tensor here and there."""
        return f"torch.tensor({number})" if self.library == "torch" else number


def _product(by: str, slope: str) -> str:
    return by if slope == "1.0" else slope and f"{by} * {slope}"


def _literal(value: float) -> str:
    return repr(value) if math.isfinite(value) else f"float('{value}')"
