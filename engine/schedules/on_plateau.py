"""A learning rate that falls when the error no longer does."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.parameter import parameter
from engine.schedule import Schedule, Watch, rate
from engine.surface import Surface


@dataclass(frozen=True)
class OnPlateau(Schedule):
    """Times a factor whenever the error has not improved for p epochs in a row.

    eta <- f eta after p epochs, of k steps each, without an error below (1 - b) best      He and others (2016), 3.4

    The error is looked at after every epoch; the best so far is that of the last improvement. It is the training error,
    or that of the surface ``validation`` where there is one, which changes nothing else. Counting begins anew after a
    reduction. As in Keras and in courses p epochs without improvement are enough; PyTorch's ReduceLROnPlateau waits for
    one more.
    """

    learning_rate: float = rate(0.1)
    factor: float = parameter(0.5, 0.01, 1.0, "f", step=0.05, help="What it is multiplied by on a plateau.")
    patience: float = parameter(3, 1, 1000, "p", step=1, whole=True, help="After how many epochs without improvement.")
    every: float = parameter(
        1, 1, 1000, "k", step=1, whole=True, help="How many steps an epoch has: after so many the error is looked at."
    )
    least_improvement: float = parameter(
        0.1, 0.0, 0.99, "b", step=0.01, help="By which share of the best error a new one must be better."
    )
    validation: Surface | None = None

    title = "On a plateau"
    note = "Down by a factor whenever the error has stopped falling: the only one here that looks at the run."
    latex = r"\eta \leftarrow f\,\eta \text{ after } p \text{ epochs without } E < (1 - b)\,E_{\text{best}}"

    def validate(self) -> None:
        """Check every field, and that ``validation`` is a surface if anything."""
        super().validate()
        if not (self.validation is None or isinstance(self.validation, Surface)):
            raise ValueError(f"validation must be a surface or None, got {self.validation!r}")

    @property
    def label(self) -> str:
        """The name with every setting, and which error it follows if it is not that of the run."""
        return super().label + self._by

    @property
    def shape_label(self) -> str:
        """The same without the base learning rate."""
        return super().shape_label + self._by

    @property
    def _by(self) -> str:
        return "" if self.validation is None else ", by validation error"

    @property
    def watched(self) -> Surface | None:
        """The validation surface, if there is one."""
        return self.validation

    @property
    def feedback(self) -> bool:
        """It follows the error."""
        return True

    def __call__(self, steps: int) -> np.ndarray:
        """Return eta of steps 1 to ``steps`` as long as the error improves at every epoch, (steps,)."""
        return np.full(steps, self.learning_rate)

    def watch(self, base: np.ndarray | None = None) -> Watch:
        """Return a function from the error (R,) after each epoch, first at the start, to eta (k, R) of the next."""
        first = np.array([self.learning_rate]) if base is None else base
        eta = best = waited = np.empty(0)

        def answer(error: np.ndarray) -> np.ndarray:
            nonlocal eta, best, waited
            if not len(eta):
                eta, best, waited = np.broadcast_to(first, len(error)), error.copy(), np.zeros(len(error))
            else:
                # of a negative error too an improvement is a lower one; nan is none
                better = error < best - self.least_improvement * np.abs(best)
                best = np.where(better, error, best)
                waited = np.where(better, 0.0, waited + 1.0)
                eta = np.where(waited >= self.patience, self.factor * eta, eta)
                waited = np.where(waited >= self.patience, 0.0, waited)
            return np.broadcast_to(eta, (int(self.every), len(error)))

        return answer

    def rule(self, base: float, error: str, scalar: Callable[[float], str], first: int = 0) -> list[str]:
        """Return the same for one run, as lines of a program."""
        since = f"(step - {first})" if first else "step"
        return [
            f"if {since} % {int(self.every)} == 0:  # after an epoch the error is looked at",
            f"    now = {error}",
            f"    if step == {first}:",
            f"        eta, best, waited = {scalar(base)}, now, 0",
            f"    elif now < best - {self.least_improvement} * abs(best):",
            "        best, waited = now, 0",
            "    else:",
            "        waited += 1",
            f"    if waited >= {int(self.patience)}:",
            f"        eta, waited = {self.factor} * eta, 0  # on a plateau",
        ]
