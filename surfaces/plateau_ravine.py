"""A plateau that ends at the foot of a cliff."""

import math
from dataclasses import dataclass

import numpy as np

from engine.kernel import kernel
from engine.parameter import parameter
from engine.surface import Surface, two_by_two


@dataclass(frozen=True)
class PlateauRavine(Surface):
    """A plateau that falls gently to a ravine at the foot of a cliff: one step onto the cliff throws a run far back.

    E(w) = -s w_1 + c/20 ln(1 + exp(20 (w_1 - 1))) + w_2^2/2      After Pascanu, Mikolov and Bengio (2013), section 2.3

    Left of w_1 = 1 the slope is -s, right of it c - s, and in between it turns within a few tenths. The one minimum is
    w_1 = 1 + ln(s/(c - s))/20, w_2 = 0. A step from the cliff is up to eta (c - s) long, one on the plateau eta s: a
    learning rate that is large enough for the plateau is far too large for the cliff. Clipping the gradient cures it,
    and momentum hurries across the plateau with eta s/(1 - mu) a step.
    """

    slope: float = parameter(0.2, 0.05, 1.0, "s", step=0.05, help="How steeply the plateau falls.")
    cliff: float = parameter(30.0, 2.0, 100.0, "c", step=1.0, help="How steeply the cliff rises.")

    title = "Plateau and ravine"
    note = "A learning rate that gets somewhere on the plateau is thrown far back by the first step onto the cliff."
    latex = r"E(\mathbf w) = -s\,w_1 + \tfrac{c}{20}\ln\bigl(1 + e^{20\,(w_1 - 1)}\bigr) + \tfrac12 w_2^2"
    dim = 2
    start = (-3.0, 1.0)
    view = ((-4.0, 2.0), (-2.0, 2.0))

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        slope, cliff = theta[0], theta[1]
        for r in range(w.shape[1]):
            x, y = w[0, r], w[1, r]
            z = 20.0 * (x - 1.0)
            # written so that no exponential overflows
            small = np.exp(-abs(z))
            error[r] = 0.05 * cliff * (max(z, 0.0) + np.log1p(small)) - slope * x + 0.5 * y * y
            g[0, r] = cliff * (1.0 if z > 0.0 else small) / (1.0 + small) - slope
            g[1, r] = y

    @np.errstate(all="ignore")
    def hessian(self, w: np.ndarray) -> np.ndarray:
        """Return H: (..., 2) -> (..., 2, 2)."""
        small = np.exp(-20.0 * np.abs(np.asarray(w)[..., 0] - 1.0))
        return two_by_two(20.0 * self.cliff * small / np.square(1.0 + small), 0.0, 1.0)

    @property
    def learning_rate(self) -> float:
        """A quarter of the limit at the minimum, or half of that of the second weight."""
        return float(f"{min(1.0, 0.025 / self.slope):.1g}")

    @property
    def minima(self) -> np.ndarray:
        """Where the cliff balances the slope, (1, 2)."""
        return np.array([[1.0 + math.log(self.slope / (self.cliff - self.slope)) / 20.0, 0.0]])
