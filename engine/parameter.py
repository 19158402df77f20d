"""A parameter is declared once, on a dataclass field; validation, sliders, links and docs read that field."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np

_LATIN = (
    *("alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda"),
    *("mu", "nu", "xi", "rho", "sigma", "tau", "phi", "chi", "psi", "omega"),
)
GREEK = dict(zip(_LATIN, "αβγδεζηθικλμνξρστφχψω", strict=True))  # letters by their names
_PLAIN = {
    **{rf"\{name}": letter for name, letter in GREEK.items()},
    r"\eta_0": "η₀",
    r"\eta_K": "η_K",
    r"\eta_{max}": "η max",
    r"\eta_{min}": "η min",
    r"\eta\lambda": "ηλ",
    r"\lambda_{max}": "λ max",
    r"\lambda_{min}": "λ min",
    "w_1": "w₁",
    "w_2": "w₂",
    r"\beta_1": "β₁",
    r"\beta_2": "β₂",
    r"\Delta": "Δ",
    r"\lambda_1": "λ₁",
    r"\lambda_2": "λ₂",
    r"\Delta x": "Δx",
    "x_0": "x₀",
    "y_0": "y₀",
    "w^*_1": "w*₁",
    "w^*_2": "w*₂",
}


Declared = Mapping[str, "Parameter"]


@dataclass(frozen=True)
class Parameter:
    """What is known of one number: its default, closed range [low, high], symbol (LaTeX), scale, unit and help."""

    default: float
    low: float
    high: float
    symbol: str
    scale: str = "linear"  # "linear" or "log": how a slider spaces its stops
    unit: str = ""
    help: str = ""
    smallest: float = 0.0  # least magnitude of a value that is not zero
    step: float = 0.0  # distance of a linear slider's stops; 0 where the scale is logarithmic
    whole: bool = False  # only whole numbers

    @property
    def plain(self) -> str:
        """The symbol without LaTeX, for text that is not typeset: ``β₁``."""
        return _PLAIN.get(self.symbol, self.symbol)

    @property
    def range(self) -> str:
        """The allowed values in words, for messages: ``in [0, 0.999]``."""
        span = f"in [{self.low:g}, {self.high:g}]"
        span = f"a whole number {span}" if self.whole else span
        return f"{span}, and zero or at least {self.smallest:g} in magnitude" if self.smallest else span

    def check(self, name: str, value: Any) -> float:
        """Return value as a float.

        Raises ValueError that names the parameter, its range and the value given.
        """
        number = as_number(value)
        allowed = self.low <= number <= self.high and not 0.0 < abs(number) < self.smallest
        if not allowed or (self.whole and number != math.floor(number)):
            raise ValueError(f"{name} must be {self.range}, got {value!r}")
        return number

    def check_each(self, name: str, values: np.ndarray) -> np.ndarray:
        """Return numbers of any shape as they are, each checked as ``check`` does; ValueError for the first bad one."""
        allowed = (self.low <= values) & (values <= self.high) & ((values == 0.0) | (abs(values) >= self.smallest))
        if self.whole:
            allowed &= values == np.floor(values)
        if not allowed.all():
            raise ValueError(f"{name} must be {self.range}, got {float(values[~allowed][0])!r}")
        return values

    def stops(self, present: float) -> list[float]:
        """Return a slider's stops over the range, ascending, with exactly the present value among them."""
        return sorted(_stops(self) | {present})


@cache
def _stops(declared: Parameter) -> frozenset[float]:
    if declared.scale == "linear":
        count = round((declared.high - declared.low) / declared.step)
        stops = {declared.low + i * declared.step for i in range(count + 1)} | {declared.high}
    else:
        lowest = declared.smallest or declared.low
        exponents = range(math.floor(math.log10(lowest)), math.ceil(math.log10(declared.high)) + 1)
        sizes = {mantissa * 10.0**exponent for exponent in exponents for mantissa in _MANTISSAS}
        stops = sizes | {-size for size in sizes} | {0.0}
    rounded = {four_digits(stop) for stop in stops}
    return frozenset(
        s for s in rounded if declared.low <= s <= declared.high and (s == 0.0 or abs(s) >= declared.smallest)
    )


_MANTISSAS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0)


def four_digits(value: float) -> float:
    """Return value to four significant digits: what links, pictures and programs share."""
    return float(f"{value:.4g}")


def as_number(value: Any) -> float:
    """Return a real number as a float, and nan for anything that is not a real number."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, float, np.integer, np.floating)):
        return math.nan
    try:
        return float(value)
    except OverflowError:
        return math.nan


@dataclass(frozen=True)
class Typed:
    """What is known of a text that is typed: its default, label and help, what reads it, and how it is shown."""

    default: str
    label: str
    read: Callable[[str], object]  # raises ValueError with one sentence that says what is wrong with a text
    latex: Callable[[str], str]  # of a text that can be read
    help: str

    def check(self, name: str, value: Any) -> str:
        """Return a text that can be read; ValueError with one sentence otherwise."""
        if not isinstance(value, str):
            raise ValueError(f"{name} must be a text, got {type(value).__name__}")
        self.read(value)
        return value


def typed(default: str, label: str, read: Callable[[str], object], latex: Callable[[str], str], help: str) -> Any:
    """Declare a dataclass field that is a text."""
    return field(default=default, metadata={"typed": Typed(default, label, read, latex, help)})


def parameter(
    default: float,
    low: float,
    high: float,
    symbol: str,
    scale: str = "linear",
    unit: str = "",
    help: str = "",
    smallest: float = 0.0,
    step: float = 0.0,
    whole: bool = False,
) -> Any:
    """Declare a dataclass field that is a number with a range."""
    return field(
        default=default,
        metadata={"parameter": Parameter(default, low, high, symbol, scale, unit, help, smallest, step, whole)},
    )


class _Parameters:
    """``parameters()`` of a class is what its fields declare; of an instance also what only that instance has."""

    def __get__(self, instance: "Parameterised | None", owner: type["Parameterised"]) -> Callable[[], Declared]:
        return owner.declared if instance is None else instance.all_parameters


@dataclass(frozen=True)
class Parameterised:
    """Base of everything a student can tune: a frozen dataclass whose fields are parameters, checked when made."""

    parameters: ClassVar[_Parameters] = _Parameters()  # parameters() is name -> Parameter, in the order of declaration

    @classmethod
    @cache
    def declared(cls) -> Declared:
        """Return name -> Parameter of the fields that are numbers."""
        return MappingProxyType({f.name: f.metadata["parameter"] for f in fields(cls) if "parameter" in f.metadata})

    @classmethod
    @cache
    def typed_fields(cls) -> Mapping[str, Typed]:
        """Return name -> Typed of the fields that are typed."""
        return MappingProxyType({f.name: f.metadata["typed"] for f in fields(cls) if "typed" in f.metadata})

    def all_parameters(self) -> Declared:
        """Return what ``parameters()`` is of this instance.

        A class whose texts name parameters adds them; ``getattr`` and ``dataclasses.replace`` must then know them.
        """
        return self.declared()

    def __post_init__(self) -> None:
        self.validate()

    def validate(self) -> None:
        """Check every field and store numbers as floats; ValueError names the field, its range and the value."""
        for name, written in self.typed_fields().items():
            object.__setattr__(self, name, written.check(name, getattr(self, name)))
        for name, declared in self.declared().items():
            object.__setattr__(self, name, declared.check(name, getattr(self, name)))

    def pack(self) -> np.ndarray:
        """Return the fields as float64 (number of fields,), in the order of declaration: what kernels receive."""
        return np.array([getattr(self, name) for name in self.declared()], dtype=np.float64)
