"""A parameter is declared once, on a dataclass field; validation, sliders, links and docs read that field."""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache, partial
from types import MappingProxyType
from typing import Any, ClassVar, TypeVar

import numpy as np

Kind = TypeVar("Kind")

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
    r"\lambda_w": "λ_w",
    r"\varphi": "φ",
}


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
    searched: bool = True  # whether a search for good settings may change it: not what changes the question

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


@dataclass(frozen=True)
class Choice:
    """What is known of one setting that is a word: its default, the words allowed, what each means, and help."""

    default: str
    options: tuple[str, ...]
    meanings: tuple[str, ...]  # of every option, as a label says it
    help: str = ""

    @property
    def range(self) -> str:
        """The allowed words, for messages: ``outside or inside``."""
        return " or ".join(self.options)

    def check(self, name: str, value: Any) -> str:
        """Return value; ValueError that names the setting, its words and the value given."""
        if not (isinstance(value, str) and value in self.options):
            raise ValueError(f"{name} must be {self.range}, got {value!r}")
        return value

    def meaning(self, value: str) -> str:
        """Return what a value means, as a label says it."""
        return self.meanings[self.options.index(value)]


Declared = Parameter | Choice


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
    range: str = "and its constants"  # what may be typed, for a table

    def check(self, name: str, value: Any) -> Any:
        """Return a text that can be read; ValueError with one sentence otherwise."""
        if not isinstance(value, str):
            raise ValueError(f"{name} must be a text, got {type(value).__name__}")
        self.read(value)
        return value

    def text(self, value: Any) -> str:
        """Return a value of the field as it would be typed."""
        return str(value)


class Listed(Typed):
    """A few whole numbers that are typed, ``8, 4``; the field holds them as a tuple."""

    def check(self, name: str, value: Any) -> tuple[int, ...]:
        """Return the numbers of a text, tuple or list; ValueError that names the field, what it takes and the value."""
        try:
            return self.read(value if isinstance(value, str) else self.text(value))  # type: ignore[return-value]
        except (TypeError, ValueError):
            raise ValueError(f"{name} must be {self.range}, got {value!r}") from None

    def text(self, value: Any) -> str:
        """Return the numbers with commas between them, ``none`` where there are none."""
        return ", ".join(map(str, value)) or "none"


def listed(default: tuple[int, ...], label: str, most: int, high: int, symbol: str, help: str) -> Any:
    """Declare a dataclass field that holds at most ``most`` whole numbers from 1 to ``high``."""
    read = partial(_whole_numbers, most=most, high=high)
    shown, allowed = ", ".join(map(str, default)), f"at most {most} whole numbers from 1 to {high}, as in 8, 4, or none"

    def latex(text: str) -> str:
        return f"{symbol} = {', '.join(map(str, read(text))) or '-'}"

    return field(default=default, metadata={"typed": Listed(shown, label, read, latex, help, allowed)})


def _whole_numbers(text: str, most: int, high: int) -> tuple[int, ...]:
    numbers = tuple(int(part) for part in text.split(",")) if text.strip() not in ("", "none") else ()
    if len(numbers) > most or not all(1 <= number <= high for number in numbers):
        raise ValueError(text)
    return numbers


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
    searched: bool = True,
) -> Any:
    """Declare a dataclass field that is a number with a range."""
    return field(
        default=default,
        metadata={
            "parameter": Parameter(default, low, high, symbol, scale, unit, help, smallest, step, whole, searched)
        },
    )


def choice(default: str, options: Mapping[str, str], help: str = "") -> Any:
    """Declare a dataclass field that is one of a few words, each with its meaning; kernels receive its place, 0, 1, ...

    It is for what changes a method's published form, so that the forms can be compared.
    """
    return field(
        default=default,
        metadata={"parameter": Choice(default, tuple(options), tuple(options.values()), help)},
    )


class _Parameters:
    """``parameters()`` of a class are the numbers its fields declare; of an instance also what only that one has."""

    def __get__(
        self, instance: "Parameterised | None", owner: type["Parameterised"]
    ) -> Callable[[], Mapping[str, Parameter]]:
        return owner.numbers if instance is None else instance.all_parameters


@dataclass(frozen=True)
class Parameterised:
    """Base of everything a student can tune: a frozen dataclass whose fields are declared, checked when made."""

    @classmethod
    @cache
    def declared(cls) -> Mapping[str, Declared]:
        """Return name -> Parameter or Choice of every field that is a number or a word, in the order of declaration."""
        return MappingProxyType({f.name: f.metadata["parameter"] for f in fields(cls) if "parameter" in f.metadata})

    parameters: ClassVar[_Parameters] = _Parameters()  # parameters() is name -> Parameter, in the order of declaration

    @classmethod
    @cache
    def numbers(cls) -> Mapping[str, Parameter]:
        """Return name -> Parameter of every field that is a number, in the order of declaration."""
        return _only(cls.declared().items(), Parameter)

    @classmethod
    @cache
    def choices(cls) -> Mapping[str, Choice]:
        """Return name -> Choice of every field that is a word, in the order of declaration."""
        return _only(cls.declared().items(), Choice)

    @classmethod
    @cache
    def typed_fields(cls) -> Mapping[str, Typed]:
        """Return name -> Typed of the fields that are typed."""
        return MappingProxyType({f.name: f.metadata["typed"] for f in fields(cls) if "typed" in f.metadata})

    def all_parameters(self) -> Mapping[str, Parameter]:
        """Return what ``parameters()`` is of this instance.

        A class whose texts name parameters adds them; ``getattr`` and ``dataclasses.replace`` must then know them.
        """
        return self.numbers()

    def __post_init__(self) -> None:
        self.validate()

    def validate(self) -> None:
        """Check every field and store a number as a float; ValueError names the field, its range and the value."""
        for name, written in self.typed_fields().items():
            object.__setattr__(self, name, written.check(name, getattr(self, name)))
        for name, declared in self.declared().items():
            object.__setattr__(self, name, declared.check(name, getattr(self, name)))

    def pack(self) -> np.ndarray:
        """Return the fields as float64 (number of fields,), in the order of declaration: what kernels receive."""
        return np.array([self._packed(name, declared) for name, declared in self.declared().items()], dtype=np.float64)

    @classmethod
    def unpacked(cls, hyper: np.ndarray) -> "list[Any]":
        """Return the instances that columns (number of fields, R) were packed from, R; one where all are the same."""
        if not len(hyper) or (hyper == hyper[:, :1]).all():
            hyper = hyper[:, :1]
        kinds = list(cls.declared().items())
        return [
            cls(
                **{
                    name: known.options[int(value)] if isinstance(known, Choice) else float(value)
                    for (name, known), value in zip(kinds, column, strict=True)
                }
            )
            for column in hyper.T
        ] or [cls()]

    def _packed(self, name: str, declared: Declared) -> float:
        value = getattr(self, name)
        return float(declared.options.index(value)) if isinstance(declared, Choice) else value


def _only(items: Iterable[tuple[str, Any]], kind: type[Kind]) -> Mapping[str, Kind]:
    return MappingProxyType({name: declared for name, declared in items if isinstance(declared, kind)})
