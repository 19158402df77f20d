"""Hours of study."""

from dataclasses import dataclass

import numpy as np

from engine.dataset import Data, Dataset

FAILED = (0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 3.5)
PASSED = (1.75, 2.25, 2.75, 3.25, 4.0, 4.25, 4.5, 4.75, 5.0, 5.5)


@dataclass(frozen=True)
class Hours(Data):
    """Twenty students: how long they studied and whether they passed, classes that overlap."""

    title = "Hours of study"
    note = "Twenty students, some of whom failed with more hours than others who passed: classes that overlap."
    source = "Wikipedia, Logistic regression, its example, where w = 1.5 and b = −4.1 to two digits"

    def dataset(self) -> Dataset:
        """Return hours and 1 for passed, in the order of hours."""
        rows = sorted([(x, 0.0) for x in FAILED] + [(x, 1.0) for x in PASSED])
        x, t = np.array(rows).T
        names = ("hours",), ("passed",)
        return Dataset(x[:, None], t[:, None], *names, self.title, self.source, classes=("failed", "passed"))
