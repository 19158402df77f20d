"""A leaning cloud."""

from dataclasses import dataclass

import numpy as np

from engine.dataset import Dataset, Generated
from engine.parameter import parameter


@dataclass(frozen=True)
class LeaningCloud(Generated):
    """Two inputs from a normal distribution: mean m, deviations r and 1, correlation rho; t = x_1/r + x_2 + noise."""

    mean: float = parameter(2.0, -10.0, 10.0, "m", step=0.5, help="Mean of both inputs.")
    ratio: float = parameter(3.0, 1.0, 100.0, "r", scale="log", help="How many times as wide the first input is.")
    correlation: float = parameter(
        0.8, -0.99, 0.99, r"\rho", step=0.05, help="Correlation of the inputs; 0 is none, the cloud does not lean."
    )
    noise: float = parameter(
        0.15, 0.0, 5.0, r"\sigma", step=0.05, help="Standard deviation of the noise on the target."
    )

    title = "A leaning cloud"
    note = "Two inputs that go together, in unlike units, away from 0: everything that preparing inputs can put right."
    source = "generated: bivariate normal distribution"

    def dataset(self) -> Dataset:
        """Return both inputs and the target."""
        random, count = self.random()
        first, other = random.standard_normal((2, count))
        second = self.correlation * first + np.sqrt(1.0 - self.correlation**2) * other
        x = self.mean + np.column_stack([self.ratio * first, second])
        t = x[:, 0] / self.ratio + x[:, 1] + self.noise * random.standard_normal(count)
        return Dataset(x, t[:, None], ("x₁", "x₂"), ("t",), self.title, self.source)
