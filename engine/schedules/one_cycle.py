"""One cycle: up, down, and then far down."""

from dataclasses import dataclass

import numpy as np

from engine.parameter import parameter
from engine.schedule import Schedule, rate


@dataclass(frozen=True)
class OneCycle(Schedule):
    """Up a straight line to a learning rate near the limit, down again the same way, and in the end far below.

    from eta_max/d to eta_max and back in r K steps, then to eta_max/(100 d)      Smith (2018), arXiv:1803.09820

    t counts steps from 0; after K of them the last learning rate is kept. Smith lets the momentum swing the other way
    at the same time, which is not done here; PyTorch's OneCycleLR by default follows cosines and has no third part.
    """

    learning_rate: float = rate(0.09, r"\eta_{max}", "The largest learning rate, half way through the cycle.")
    divisor: float = parameter(10.0, 1.0, 100.0, "d", scale="log", help="It starts at the largest, divided by this.")
    length: float = parameter(100, 4, 100_000, "K", step=10, whole=True, help="How many steps it has.")
    cycle: float = parameter(0.9, 0.1, 1.0, "r", step=0.05, help="Which share of them the way up and down takes.")

    title = "One cycle"
    note = "Up to a learning rate near the limit, down again, and in the end far below the first."
    latex = (
        r"\eta:\ \tfrac1d\,\eta_{\max} \to \eta_{\max} \to \tfrac1d\,\eta_{\max} \text{ in } r K \text{ steps},"
        r"\quad \to \tfrac1{100\,d}\,\eta_{\max}"
    )

    def __call__(self, steps: int) -> np.ndarray:
        """Return eta of steps 1 to ``steps``, (steps,)."""
        turn, low = 0.5 * self.cycle * self.length, self.learning_rate / self.divisor
        corners = [0.0, turn, 2.0 * turn, self.length]
        return np.interp(np.arange(steps), corners, [low, self.learning_rate, low, 0.01 * low])
