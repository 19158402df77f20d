"""Two Gaussians."""

from dataclasses import dataclass

from engine.dataset import Dataset, Generated
from engine.parameter import parameter


@dataclass(frozen=True)
class TwoGaussians(Generated):
    """Two round clouds of points, about (-1, -1) and (1, 1): x_1 + x_2 = 0 is the best boundary.

    log p(1|x)/p(0|x) = 2 (x_1 + x_2)/sigma^2
    """

    noise: float = parameter(0.8, 0.05, 3.0, r"\sigma", step=0.05, help="Standard deviation of each cloud.")

    title = "Two Gaussians"
    note = (
        "Two clouds of points: a straight line is the best boundary, and where they overlap rows end on the wrong side."
    )
    source = "generated: two Gaussians with the same covariance"

    def dataset(self) -> Dataset:
        """Return points of the plane and their class."""
        random, count = self.random()
        label = self.balanced(random, 2)
        points = (2.0 * label - 1.0)[:, None] + self.noise * random.standard_normal((count, 2))
        return self.in_classes(points, label, ("0", "1"))
