"""A warm-up before any other schedule."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from engine.parameter import parameter
from engine.schedule import Schedule, Watch
from engine.schedules.constant import Constant
from engine.surface import Surface


@dataclass(frozen=True)
class WarmUp(Schedule):
    """Up a straight line to the first learning rate of another schedule, which then begins.

    eta(t) = (s + (1 - s) t/W) then(0) where t < W, then then(t - W)      Goyal and others (2017), section 2.2

    t counts steps from 0. In the paper W is 5 epochs and s is 1 over the number of workers.
    """

    length: float = parameter(20, 1, 100_000, "W", step=5, whole=True, help="How many steps the way up takes.")
    share: float = parameter(0.1, 0.0, 1.0, "s", step=0.05, help="It starts at this share of what it warms up to.")
    then: Schedule = field(default=Constant())

    title = "Warm-up"
    note = "Small steps first, while the start is steep or running averages are young; then another schedule."
    latex = r"\eta(t) = \bigl(s + (1 - s)\,\tfrac tW\bigr)\,\mathrm{then}(0),\ t < W;\quad \mathrm{then}(t - W)"

    def validate(self) -> None:
        """Check every field, and that ``then`` is a schedule."""
        super().validate()
        if not isinstance(self.then, Schedule):
            raise ValueError(f"then must be a schedule, got {self.then!r}")

    @property
    def label(self) -> str:
        """The name with every setting, and that of what follows."""
        return f"{super().label}, then {self.then.label}"

    @property
    def base(self) -> float | None:
        """That of what follows."""
        return self.then.base

    @property
    def shape_label(self) -> str:
        """The name with every setting, and the shape of what follows."""
        return f"{super().shape_label}, then {self.then.shape_label}"

    @property
    def feedback(self) -> bool:
        """Whether what follows the warm-up does."""
        return self.then.feedback

    def __call__(self, steps: int) -> np.ndarray:
        """Return eta of steps 1 to ``steps``, (steps,)."""
        rest = self.then(max(steps - int(self.length), 0))
        return np.concatenate([(self._shares * self.then(1)[0])[:steps], rest])

    @property
    def _shares(self) -> np.ndarray:
        shares: np.ndarray = self.share + (1.0 - self.share) * np.arange(int(self.length)) / self.length
        return shares

    @property
    def watched(self) -> Surface | None:
        """That of what follows."""
        return self.then.watched

    def watch(self, base: np.ndarray | None = None) -> Watch:
        """Return the warm-up as the first answer, and those of what follows after it; ValueError if it has none."""
        follow, told = self.then.watch(base), False
        ramp = self._shares[:, None] * self._reached(base)

        def answer(error: np.ndarray) -> np.ndarray:
            nonlocal told
            if told:
                return follow(error)
            told = True
            return np.broadcast_to(ramp, (int(self.length), len(error)))

        return answer

    def _reached(self, base: np.ndarray | float | None) -> Any:
        """Return what it warms up to, with another base: the first learning rate of what follows."""
        first = self.then(1)[0]
        return first if base is None else first / self.then.base * base

    def rule(self, base: float, error: str, scalar: Callable[[float], str], first: int = 0) -> list[str]:
        """Return the same for one run, as lines of a program."""
        since, end = f"(step - {first})" if first else "step", first + int(self.length)
        return [
            f"if step < {end}:",
            f"    eta = ({self.share} + {1.0 - self.share} * {since} / {self.length})"
            f" * {scalar(float(self._reached(base)))}",
            "else:",
            *(f"    {line}" for line in self.then.rule(base, error, scalar, end)),
        ]
