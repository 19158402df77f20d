"""Optimizer: the base class of every update rule."""

from dataclasses import dataclass
from inspect import getattr_static
from typing import Any, ClassVar, NamedTuple

import numpy as np

from engine.kernel import Absent
from engine.parameter import Parameterised
from engine.words import number


class Best(NamedTuple):
    """The setting with the smallest worst-case factor per step on a range of eigenvalues."""

    optimizer: "Optimizer"
    learning_rate: float
    rate: float  # the factor itself


@dataclass(frozen=True)
class Optimizer(Parameterised):
    """An update rule; the fields are its hyperparameters, without the learning rate.

    A subclass stands in its own file and gives the kernel ``update`` (see engine/kernel.py) and what it remembers,
    ``slots``. A rule that takes its gradient elsewhere than at w also gives the kernel ``query``. One that needs more
    than a gradient a step overrides ``iterate`` instead of ``update``.

    Optional methods let theory.py speak about a rule on a quadratic: ``mode_polynomial`` where a step is a linear
    combination of past gradients, and ``best`` with it where the best setting is known; or ``preconditioner`` and
    ``preconditioned_limit`` where each weight has a learning rate of its own; or none.
    """

    title: ClassVar[str]  # what a page calls it
    update: ClassVar[Any] = Absent("update")
    query: ClassVar[Any] = Absent("query")
    slots: ClassVar[tuple[str, ...]] = ()  # names of its state, each (D,) per run, zero at the start
    look_ahead: ClassVar[bool]  # whether it has a ``query``; set by the class's own definition
    iterates: ClassVar[bool]  # whether it has ``iterate`` in place of ``update``; set likewise
    has_learning_rate: ClassVar[bool] = True  # where it has none, the one that is given means nothing
    typical_learning_rate: ClassVar[float] = 1.0
    colour: ClassVar[str]  # "#rrggbb", its own on every page
    dash: ClassVar[str] = "solid"  # plotly's name of the line style
    latex: ClassVar[str] = ""  # the update rule as a formula
    limit_name: ClassVar[str] = "limit at the last step"  # what it is called where it follows the state
    limit_words: ClassVar[str] = ""  # its stability limit on a quadratic, subscripts as a_{b}
    steps_shrink: ClassVar[bool] = True  # whether its steps vanish with the gradient while the learning rate stays
    ends_at_minimum: ClassVar[bool] = True  # whether what it heads for is a minimum of E itself
    textbook: ClassVar[bool] = False  # whether it is one of the six of Bishop and Bishop (2024), chapter 7
    breakdown: ClassVar[str] = ""  # why an iterating rule may find no step, as a sentence

    def __init_subclass__(cls) -> None:
        # looked up without touching it: a touched kernel compiles
        cls.look_ahead = not isinstance(getattr_static(cls, "query"), Absent)
        cls.iterates = cls.iterate is not Optimizer.iterate

    def label(self, learning_rate: float, clip: float | None = None) -> str:
        """Return the name with every setting, as legends print it: ``Momentum η = 0.02, μ = 0.9``.

        A choice is named where it is not the default, clipping where it is on.
        """
        values = [f"η = {number(learning_rate, 4)}"] if self.has_learning_rate else []
        for name, declared in self.parameters().items():
            values.append(f"{declared.plain} = {number(getattr(self, name), 4)}")
        for name, known in self.choices().items():
            if getattr(self, name) != known.default:
                values.append(known.meaning(getattr(self, name)))
        if clip is not None:
            values.append(f"clipped at |g| = {number(clip, 4)}")
        return f"{self.title} {', '.join(values)}".rstrip()

    def iterate(self, terrain: Any, w: np.ndarray, g: np.ndarray, state: np.ndarray, tau: int) -> np.ndarray:
        """Make step tau, from 1, of R runs: change w (D, R) and state (S, D, R) in place; return how long it is, (R,).

        ``terrain`` is the surface (see Terrain), g (D, R) the gradient at w. The length is what multiplied the step's
        direction; nan weights, and the run ends there, where a rule finds no step: ``breakdown`` says why.
        """
        raise NotImplementedError

    @property
    def linear(self) -> bool:
        """True where a step is a linear combination of past gradients, so that the modes of a quadratic stay apart."""
        return type(self).mode_polynomial is not Optimizer.mode_polynomial

    @property
    def axis_free(self) -> bool:
        """True where a step knows nothing of the weights' axes: the run turns with the surface."""
        return self.linear or self.iterates

    @property
    def adaptive(self) -> bool:
        """True where each weight has a learning rate of its own."""
        return type(self).preconditioner is not Optimizer.preconditioner

    @staticmethod
    def mode_polynomial(eta_lambda: np.ndarray, hyper: np.ndarray) -> np.ndarray:
        """Return the coefficients, highest power first and 1, of the polynomial whose roots multiply one mode.

        eta_lambda (...) and the packed hyperparameters (H, ...) -> (..., order + 1). On a quadratic the distance
        alpha_i along an eigenvector obeys alpha(k + 1) + c_1 alpha(k) + ... = 0, of order 1 or 2; each c is affine in
        eta lambda_i, and a run that starts from rest has alpha(-1) = alpha(0).
        """
        raise NotImplementedError

    @classmethod
    def best(cls, smallest: float, largest: float) -> Best | None:
        """Return the best setting for eigenvalues in [smallest, largest], both positive; None where none is known."""
        return None

    def preconditioner(self, state: dict[str, np.ndarray]) -> np.ndarray:
        """Return the diagonal of P in w - eta P^-1 m, at the given state: (..., D)."""
        raise ValueError(f"{self.title} has no preconditioner: every weight has the same learning rate")

    @property
    def preconditioned_limit(self) -> float:
        """Return the largest stable eta lambda, lambda an eigenvalue of P^-1 H, in the long run."""
        return 2.0

    def limit_at(self, state: dict[str, np.ndarray]) -> Any:
        """Return the same for what a rule does at the given state, its arrays (..., D): a number, or (...)."""
        return self.preconditioned_limit

    @property
    def limit_formula(self) -> str:
        """``limit_words`` as the settings have it."""
        return self.limit_words


def as_optimizers(optimizer: Any) -> list[Optimizer]:
    """Return one optimizer or several as a list; ValueError unless all are of one class."""
    items = list(optimizer) if isinstance(optimizer, (list, tuple)) else [optimizer]
    if not items or not isinstance(items[0], Optimizer) or {type(item) for item in items} != {type(items[0])}:
        names = ", ".join(sorted({type(item).__name__ for item in items})) or "nothing"
        raise ValueError(f"optimizer must be one optimizer, or several of one class, got {names}")
    return items
