"""Random formulas, and what Python and NumPy make of them, with a bound on their rounding errors."""

import re
from random import Random

import numpy as np

UNIT = 4e-16  # relative error of an operation, with what a library may be off
FUNCTIONS = ("sin", "cos", "exp", "abs", "tanh", "sigmoid") * 2 + ("tan", "log", "sqrt")
CONSTANTS = {"a": 0.7, "kappa": 2.5, "lambda": -1.3}
NUMBERS = ("0", "1", "2", "3", "0.5", ".25", "1e-1", "2.", "pi", "e", "1.5", "12")


def random_formula(random: Random, depth: int = 4, constants: tuple[str, ...] = tuple(CONSTANTS)) -> str:
    """Return a formula by the grammar alone, with no thought of what binds how strongly."""

    def atom(left: int) -> str:
        kind = random.random()
        if left <= 0 or kind < 0.35:
            return random.choice("xxyy") if random.random() < 0.65 else random.choice(NUMBERS + constants)
        if kind < 0.65:
            return f"({total(left - 1)})"
        if kind < 0.75:
            arguments = ", ".join(total(left - 2) for _ in range(random.choice((2, 2, 3))))
            return f"{random.choice(('min', 'max'))}({arguments})"
        return f"{random.choice(FUNCTIONS)}({total(left - 1)})"

    def power(left: int) -> str:
        if random.random() < 0.25:
            exponent = (
                random.choice(("2", "3", "2", "-1", "-2", "0.5", "4", "1", "0", "a")) if random.random() < 0.85 else ""
            )
            return f"{atom(left)}{random.choice(('^', '**', ' ^ '))}{exponent or signed(left - 1)}"
        return atom(left)

    def signed(left: int) -> str:
        return f"{random.choice(('-', '+', '- '))}{signed(left)}" if random.random() < 0.12 else power(left)

    def product(left: int) -> str:
        terms = [signed(left)]
        while random.random() < 0.35:
            terms += [random.choice("*/"), signed(left - 1)]
        return "".join(terms)

    def total(left: int) -> str:
        terms = [product(left)]
        while random.random() < 0.4:
            terms += [random.choice((" + ", " - ", "+", "-")), product(left - 1)]
        return "".join(terms)

    return total(depth)


def as_python(text: str) -> str:
    """Return a formula in Python: the powers, a name that Python reserves, and numbers that are no bare literals."""
    text = text.replace("^", "**").replace("lambda", "lambda_")
    return re.sub(r"(?<![\w.])(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", r"N('\g<0>')", text)


class Ball:
    """Numbers, and how far rounding may have carried them: running error analysis, Higham (2002), section 3.3."""

    def __init__(self, value, error=0.0):
        self.value = np.asarray(value, dtype=np.float64)
        self.error = np.asarray(error) + 0.0 * self.value

    def _of(self, value, carried, others=1.0):
        return Ball(value, carried + others * UNIT * np.abs(value))

    def __add__(self, other):
        return self._of(self.value + other.value, self.error + other.error)

    def __sub__(self, other):
        return self._of(self.value - other.value, self.error + other.error)

    def __mul__(self, other):
        carried = np.abs(self.value) * other.error + np.abs(other.value) * self.error
        return self._of(self.value * other.value, carried)

    def __truediv__(self, other):
        value = self.value / other.value
        return self._of(value, (self.error + np.abs(value) * other.error) / np.abs(other.value))

    def __pow__(self, other):
        value = np.power(self.value, other.value)
        along_base = np.abs(other.value * np.power(self.value, other.value - 1.0)) * self.error
        along_exponent = np.where(other.error > 0.0, np.abs(value * np.log(np.abs(self.value))) * other.error, 0.0)
        return self._of(value, along_base + along_exponent, 10.0 + np.abs(other.value))

    def __neg__(self):
        return Ball(-self.value, self.error)

    def __pos__(self):
        return self


def _function(of, slope):
    def applied(u):
        value = of(u.value)
        # the error of the argument too, where the slope is about to change
        return Ball(value, slope(u.value, value) * u.error + u.error**2 + 3.0 * UNIT * np.abs(value))

    return applied


def _extreme(of):
    def applied(*arguments):
        first, *others = arguments
        for other in others:
            first = Ball(of(first.value, other.value), np.maximum(first.error, other.error))
        return first

    return applied


NAMES = {
    "N": lambda text: Ball(float(text)),
    "pi": Ball(np.pi),
    "e": Ball(np.e),
    "sin": _function(np.sin, lambda u, v: np.abs(np.cos(u))),
    "cos": _function(np.cos, lambda u, v: np.abs(np.sin(u))),
    "tan": _function(np.tan, lambda u, v: 1.0 + v * v),
    "exp": _function(np.exp, lambda u, v: v),
    "log": _function(np.log, lambda u, v: 1.0 / np.abs(u)),
    "sqrt": _function(np.sqrt, lambda u, v: 0.5 / v),
    "abs": _function(np.abs, lambda u, v: 1.0),
    "tanh": _function(np.tanh, lambda u, v: 1.0),
    "sigmoid": _function(lambda u: 1.0 / (1.0 + np.exp(-u)), lambda u, v: 1.0),
    "min": _extreme(np.minimum),
    "max": _extreme(np.maximum),
}


def evaluated(text: str, x: np.ndarray, y: np.ndarray, constants: dict[str, float]) -> Ball:
    """Return what Python's own parser and NumPy make of a formula that this file wrote."""
    own = {name.replace("lambda", "lambda_"): Ball(value) for name, value in constants.items()}
    with np.errstate(all="ignore"):
        result = eval(as_python(text), {"__builtins__": {}}, {**NAMES, **own, "x": Ball(x), "y": Ball(y)})
    return result


# surfaces of the house as somebody would type them, with the values of their constants
TYPED = {
    "beale": ("(1.5 - x + x*y)^2 + (2.25 - x + x*y^2)^2 + (2.625 - x + x*y^3)^2", {}),
    "booth": ("(x + 2*y - 7)^2 + (2*x + y - 5)^2", {}),
    "goldstein_price": (
        "(1 + (x + y + 1)^2*(3*(x + y)^2 - 14*(x + y) + 19))"
        "*(30 + (2*x - 3*y)^2*(3*(2*x - 3*y)^2 - 16*(2*x - 3*y) + 18))",
        {},
    ),
    "himmelblau": ("(x^2 + y - 11)^2 + (x + y^2 - 7)^2", {}),
    "monkey_saddle": ("x^3 - 3*x*y^2", {}),
    "plateau_ravine": ("-s*x + c/20*log(1 + exp(20*(x - 1))) + y^2/2", {"s": 0.2, "c": 30.0}),
    "rastrigin": ("x^2 + y^2 + A*(2 - cos(2*pi*x) - cos(2*pi*y))", {"A": 10.0}),
    "rosenbrock": ("(a - x)^2 + b*(y - x^2)^2", {"a": 1.0, "b": 100.0}),
    "sharpness": ("(1 - x*y)^2/2", {}),
    "six_hump_camel": ("(4 - 2.1*x^2 + x^4/3)*x^2 + x*y + (4*y^2 - 4)*y^2", {}),
    "styblinski_tang": ("(x^4 - 16*x^2 + t*x + y^4 - 16*y^2 + t*y)/2", {"t": 5.0}),
}
