"""A line with noise."""

from dataclasses import dataclass

from engine.dataset import Dataset, Generated
from engine.parameter import parameter


@dataclass(frozen=True)
class NoisyLine(Generated):
    """y = 2 x - 1 + noise, x uniform in [-1, 3)."""

    noise: float = parameter(0.5, 0.0, 5.0, r"\sigma", step=0.1, help="Standard deviation of the noise on the line.")

    title = "A line with noise"
    note = "Points about the line y = 2x − 1: with noise the lowest error is not 0."
    source = "generated: straight line with Gaussian noise"

    def dataset(self) -> Dataset:
        """Return x and y."""
        random, count = self.random()
        x = random.uniform(-1.0, 3.0, count)
        y = 2.0 * x - 1.0 + self.noise * random.standard_normal(count)
        return Dataset(x[:, None], y[:, None], ("x",), ("y",), self.title, self.source)
