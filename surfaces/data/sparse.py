"""Sparse inputs."""

from dataclasses import dataclass

import numpy as np

from engine.dataset import Dataset, Generated
from engine.parameter import parameter

COMMONEST = 0.5  # share of the rows in which the first input is 1
TRIES = 200  # draws among which one is looked for whose inputs do not follow from one another


@dataclass(frozen=True)
class Sparse(Generated):
    """Inputs that are 1 in few rows and 0 in the others, each as telling as the next: what AdaGrad is for.

    t = x_1 - x_2 + x_3 - ... + noise      Duchi, Hazan and Singer (2011), section 1.1

    Input k is 1 in a share p_k of the rows, from 1/2 for the first geometrically to ``rarest`` for the last, and in at
    least one row. Where an input follows from others, as of two that are in the same row alone, all are drawn again:
    nothing would tell their weights apart. The source has the motive, rare inputs that tell much; the numbers are
    invented.
    """

    noise: float = parameter(0.1, 0.0, 2.0, r"\sigma", step=0.1, help="Standard deviation of the target's noise.")
    inputs: float = parameter(10, 2, 20, "K", step=1, whole=True, help="How many inputs a row has.")
    rarest: float = parameter(0.02, 0.005, 0.5, "p", step=0.01, help="Share of the rows in which the last input is 1.")

    title = "Sparse inputs"
    note = "Inputs are 0 or 1: the first is 1 in every second row, the last in fewest, and all tell as much."
    source = "generated after Duchi, Hazan and Singer (2011), section 1.1"

    def dataset(self) -> Dataset:
        """Return inputs of 0 and 1 and the target."""
        (random, count), many = self.random(), int(self.inputs)
        for _ in range(TRIES):
            inputs = np.zeros((count, many))
            for k, share in enumerate(np.geomspace(COMMONEST, self.rarest, many)):
                present = max(1, round(share * count))
                inputs[random.permutation(count)[:present], k] = 1.0
            if np.linalg.matrix_rank(inputs) == min(count, many):
                break
        signs = 1.0 - 2.0 * (np.arange(many) % 2)
        target = inputs @ signs + self.noise * random.standard_normal(count)
        names = tuple(f"x{k + 1}".translate(SUBSCRIPTS) for k in range(many))
        return Dataset(inputs, target[:, None], names, ("t",), self.title, self.source)


SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
