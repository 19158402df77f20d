"""A formula of one's own."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from engine.formula.code import code
from engine.formula.grammar import FUNCTIONS, Reading, read
from engine.formula.latex import latex
from engine.formula.machine import SECOND, Machine
from engine.formula.program import Steps, packed, program
from engine.parameter import GREEK, Parameter, parameter, typed
from engine.surface import Surface, View
from surfaces.quadratic import Quadratic

DEFAULT = "x^2/2 + kappa*y^2/2 + sin(3*x)"
HELP = (
    f"In x and y, with + - * / ^ and {', '.join(FUNCTIONS)}; pi and e are numbers. Every other name is a constant and"
    " gets an input of its own."
)


def _read(text: str) -> Reading:
    return read(text, RESERVED)


def _latex(text: str) -> str:
    return f"E = {latex(_read(text).tree)}"


@dataclass(frozen=True, init=False)
class Formula(Machine, Surface):
    """An error that is typed, with exact gradient and Hessian: every other name in it than x and y is a constant.

    E(x, y) = text,  x = w_1, y = w_2, derivatives by dual numbers    Griewank and Walther (2008), chapters 3 and 13

    ``^`` and ``**`` are powers: -x^2/2 is -(x^2)/2 and 2^-x is 2^(-x). Constants are parameters of the instance:
    ``Formula("kappa*x^2 + y^2", kappa=3.0).kappa``; one that is not given is 1. No minimum is known, so E_min counts
    as 0. See Machine for corners and for points at which E is not defined, where it is nan.
    """

    text: str = typed(DEFAULT, "E(x, y) =", _read, _latex, HELP)
    constants: tuple[tuple[str, float], ...] = ()  # name and value, in the order in which they occur in the text
    middle_x: float = parameter(0.0, -100.0, 100.0, "x_0", step=0.1, help="Middle of the picture.")
    middle_y: float = parameter(0.0, -100.0, 100.0, "y_0", step=0.1, help="Middle of the picture.")
    width: float = parameter(6.0, 0.01, 1000.0, r"\Delta x", scale="log", help="How much of x the picture shows.")

    title = "Your own formula"
    note = "Type any E(x, y); every name in it but x and y becomes a number that you can move."
    latex = r"E(x, y)\ \text{as you type it}"  # of an instance: what was typed
    view_fields = ("middle_x", "middle_y", "width")
    dim = 2

    def __init__(
        self, text: str = DEFAULT, constants: Mapping[str, float] | tuple[Any, ...] = (), **others: float
    ) -> None:
        for item in fields(self):
            object.__setattr__(self, item.name, others.pop(item.name, item.default))
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "constants", tuple({**dict(constants), **others}.items()))
        self.__post_init__()

    def validate(self) -> None:
        """Check text, constants and view; ValueError says which and why."""
        super().validate()
        names, given = _read(self.text).constants, dict(self.constants)
        if unknown := [name for name in given if name not in names]:
            raise ValueError(f"{unknown[0]} is no constant of {self.text!r}: it has {', '.join(names) or 'none'}")
        values = [(name, _constant(name).check(name, given.get(name, 1.0))) for name in names]
        object.__setattr__(self, "constants", tuple(values))
        object.__setattr__(self, "latex", _latex(self.text))

    def __getattr__(self, name: str) -> float:
        """Return the value of a constant; its name is no other attribute's, see RESERVED."""
        for known, value in self.__dict__.get("constants", ()):
            if known == name:
                return float(value)
        raise AttributeError(f"{type(self).__name__} has no attribute or constant {name!r}")

    def all_parameters(self) -> Mapping[str, Parameter]:
        """Return name -> Parameter: the constants, then the fields."""
        return {name: _constant(name) for name, _ in self.constants} | dict(super().all_parameters())

    @property
    def start(self) -> tuple[float, float]:
        """A place left of the middle and above it."""
        return self.middle_x - 0.4 * self.width, self.middle_y + 0.2 * self.width

    @property
    def view(self) -> View:
        """Three wide, two high, about the middle."""
        x, y = self.width / 2.0, self.width / 3.0
        return (self.middle_x - x, self.middle_x + x), (self.middle_y - y, self.middle_y + y)

    @property
    def steps(self) -> Steps:
        """The program of the machine."""
        return program(_read(self.text).tree, dict(self.constants))

    def pack(self) -> np.ndarray:
        """Return the program as numbers, (1 + 2 steps,)."""
        return packed(self.steps)

    def code(self, library: str) -> list[str]:
        """Return the body of a function of w that returns error and gradient, in ``np`` or ``torch``."""
        return [f"# E = {' '.join(self.text.split())}", *code(self.steps, library)]

    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return the exact Hessian, from the same kernel: (..., 2) -> (..., 2, 2)."""
        w = np.asarray(w, dtype=np.float64)
        columns = np.ascontiguousarray(w.reshape(-1, 2).T)
        jet = np.empty((SECOND, columns.shape[1]))
        with np.errstate(all="ignore"):
            self.value_and_grad(columns, self.pack(), self.rows(), np.empty(columns.shape[1]), jet)
        return jet[[2, 3, 3, 4]].T.reshape(*w.shape[:-1], 2, 2)


def _constant(name: str) -> Parameter:
    symbol = rf"\{name}" if name in GREEK else name
    return Parameter(1.0, -1e3, 1e3, symbol, scale="log", smallest=1e-3, help=f"The constant {name} of the formula.")


# what pages ask of a surface by name would else be answered by a constant
RESERVED = frozenset({*dir(Formula), *dir(Quadratic)})
