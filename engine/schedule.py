"""Schedule: the base class of every rule that changes the learning rate from step to step."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from engine.parameter import Parameterised, parameter
from engine.surface import Surface
from engine.words import number

RATES = (1e-15, 1e4)  # learning rates a schedule may name; inputs in the hundred thousands need 1e-11
RATE = r"\eta"  # begins the symbol of a learning rate

Watch = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Schedule(Parameterised, ABC):
    """A learning rate for every step; the fields are its parameters.

    In all of them t counts from 0: eta(0) is that of the first update. Bishop and Bishop (2024), 7.35, writes it so,
    with tau for t. Where a source counts epochs, one step stands for one epoch: a step here sees all of the data.
    """

    title: ClassVar[str]  # what a page calls it
    note: ClassVar[str]  # what it is for, in one plain sentence
    latex: ClassVar[str] = ""  # eta(t) as a formula

    @property
    def label(self) -> str:
        """The name with every setting, as legends print it: ``Step η₀ = 0.09, f = 0.5, n = 20``."""
        settings = [f"{p.plain} = {number(getattr(self, name), 4)}" for name, p in self.parameters().items()]
        return f"{self.title} {', '.join(settings)}".strip()

    @property
    def base(self) -> float | None:
        """The learning rate that all others can be measured in, that of the field ``learning_rate``; None of none."""
        return getattr(self, "learning_rate", None)

    @property
    def shape_label(self) -> str:
        """The name with every setting but the base learning rate, in which the others are told: ``Linear K = 60``."""
        settings = []
        for name, known in self.parameters().items():
            value, rate = getattr(self, name), known.symbol.startswith(RATE)
            if name != "learning_rate":
                share = f"{number(value / (self.base or 1.0), 3)} η" if rate and value else number(value, 4)
                settings.append(f"{known.plain} = {share}")
        return f"{self.title} {', '.join(settings)}".strip()

    def scaled(self, base: float | np.ndarray, steps: int) -> np.ndarray:
        """Return the learning rates with another base, (R,) or a number -> (T, R): base times eta(t)/its own base.

        Raises ValueError where it has none or follows the error; then it is ``followed``.
        """
        if self.feedback or not self.base:
            raise ValueError(f"{type(self).__name__} has no shape of its own: its learning rates cannot be scaled")
        return np.multiply.outer(self(steps) / self.base, np.atleast_1d(np.asarray(base, dtype=np.float64)))

    def followed(self, base: float | np.ndarray | None = None) -> "Followed":
        """Return what ``run`` takes for a schedule that follows the error, with another base, (R,) or a number.

        Raises ValueError where it does not follow the error.
        """
        if not self.feedback:
            raise ValueError(f"{type(self).__name__} does not follow the error")
        return Followed(self, None if base is None else np.atleast_1d(np.asarray(base, dtype=np.float64)))

    @abstractmethod
    def __call__(self, steps: int) -> np.ndarray:
        """Return eta of steps 1 to ``steps``, (steps,)."""

    @property
    def feedback(self) -> bool:
        """Whether it follows the error; then ``run`` asks ``watch``, and a call shows it with an error that falls."""
        return False

    @property
    def watched(self) -> Surface | None:
        """The surface whose error it follows, None for that of the run."""
        return None

    def watch(self, base: np.ndarray | None = None) -> Watch:
        """Return a function that is told the error (R,) now and again, and answers with eta (n, R) of the next n steps.

        It is told first at the start and then after every n steps. ``base`` (R,) stands for the schedule's own base.
        Only where ``feedback`` is set, else ValueError.
        """
        raise ValueError(f"{type(self).__name__} does not follow the error")

    def rule(self, base: float, error: str, scalar: Callable[[float], str], first: int = 0) -> list[str]:
        """Return what ``watch`` does as lines of a program, at the begin of each step of one run.

        They set ``eta``, from step ``first`` on, where ``step`` counts from 0; ``error`` is the expression that is
        followed, and ``scalar`` writes a number. Only where ``feedback`` is set, else ValueError.
        """
        raise ValueError(f"{type(self).__name__} does not follow the error")


@dataclass(frozen=True, eq=False)
class Followed:
    """The learning rates of R runs by a schedule that follows the error of each."""

    schedule: Schedule
    base: np.ndarray | None  # (R,) where they have other bases than the schedule's own


def rate(default: float, symbol: str = r"\eta_0", help: str = "The learning rate of the first step.") -> Any:
    """Declare a dataclass field that is a learning rate."""
    return parameter(default, *RATES, symbol, scale="log", help=help)
