"""A learning rate drawn by hand."""

import re
from dataclasses import dataclass

import numpy as np

from engine.arguments import whole
from engine.parameter import as_number, four_digits
from engine.schedule import RATES, Schedule

MOST = 16  # points
LAST = 100_000  # step at which a point may stand
PAIR = re.compile(r"(\d{1,6}):(\d{0,5}\.?\d{0,12}(?:e[+-]?\d{1,2})?)", re.ASCII)


@dataclass(frozen=True)
class Manual(Schedule):
    """Points drawn by hand, straight lines between them on a logarithmic axis.

    log eta(t) is linear between (t_i, log eta_i), constant before and after      Krizhevsky and others (2012), 5

    t counts steps from 0. The source is one that set its learning rate by hand: divided by ten whenever the validation
    error stopped improving.
    """

    points: tuple[tuple[int, float], ...] = ((0, 0.09), (50, 0.09), (100, 0.01))

    title = "Drawn by hand"
    note = "Draw it yourself: pull the points of the learning rate to where you want them."
    latex = r"\log\eta(t) \text{ linear between your points } (t_i, \log\eta_i)"

    def validate(self) -> None:
        """Check that there are 1 to 16 points, their steps ascending; ValueError names the first that is wrong."""
        super().validate()
        points = list(self.points) if isinstance(self.points, (list, tuple)) else []
        if not 1 <= len(points) <= MOST:
            raise ValueError(f"points must be 1 to {MOST} pairs of a step and a learning rate, got {len(points)}")
        checked: list[tuple[int, float]] = []
        for point in points:
            if not (isinstance(point, (list, tuple)) and len(point) == 2):
                raise ValueError(f"points must be pairs of a step and a learning rate, got {point!r}")
            step, eta = whole("step", point[0], checked[-1][0] + 1 if checked else 0), as_number(point[1])
            if step > LAST:
                raise ValueError(f"step must be at most {LAST}, got {step}")
            if not RATES[0] <= eta <= RATES[1]:
                raise ValueError(f"learning rate must be in [{RATES[0]:g}, {RATES[1]:g}], got {point[1]!r}")
            checked.append((step, eta))
        object.__setattr__(self, "points", tuple(checked))

    @property
    def label(self) -> str:
        """The name, and how many points there are."""
        return f"{self.title}, {len(self.points)} point{'s' if len(self.points) > 1 else ''}"

    @property
    def shape_label(self) -> str:
        """The same: the points are not told."""
        return self.label

    @property
    def base(self) -> float:
        """1: scaled, the points are shares of another learning rate."""
        return 1.0

    def __call__(self, steps: int) -> np.ndarray:
        """Return eta of steps 1 to ``steps``, (steps,)."""
        at, eta = np.array(self.points).T
        rates: np.ndarray = np.exp(np.interp(np.arange(steps), at, np.log(eta)))
        # exactly what was drawn where a point stands, and wherever it is constant
        inside = at < steps
        rates[at[inside].astype(int)] = eta[inside]
        rates[: int(at[0])], rates[int(at[-1]) :] = eta[0], eta[-1]
        return rates

    @property
    def text(self) -> str:
        """The points as an address holds them: ``0:0.09,50:0.09,100:0.01``."""
        return ",".join(f"{step}:{four_digits(eta):g}" for step, eta in self.points)

    @classmethod
    def read(cls, text: str) -> "Manual":
        """Return the schedule of such a text; ValueError says what is wrong with it."""
        if len(text) > 24 * MOST:
            raise ValueError(f"points must be at most {MOST} pairs of a step and a learning rate")
        points = []
        for part in text.replace(" ", "").split(","):
            match = PAIR.fullmatch(part)
            if not match or not re.search(r"\d", match[2].split("e")[0]):
                raise ValueError(f"points must be like 0:0.09,50:0.01, got {part[:24]!r}")
            points.append((int(match[1]), four_digits(float(match[2]))))
        return cls(tuple(points))
