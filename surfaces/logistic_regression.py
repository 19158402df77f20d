"""Logistic regression."""

from dataclasses import dataclass

import numpy as np

from engine.kernel import kernel
from surfaces.fitting.two_classes import TwoClasses


@dataclass(frozen=True)
class LogisticRegression(TwoClasses):
    """The probability of a class, by cross-entropy: convex, with one minimum or, of separable classes, none.

    y = sigma(w x + b),  E(w, b) = -sum over n of (t_n ln y_n + (1 - t_n) ln(1 - y_n))
    Bishop and Bishop (2024), 7.63, 7.64, which is printed without the leading minus

    The mean divides by N. H = sum y (1 - y) [[x^2, x], [x, 1]] (exercise 7.5); trace and determinant are positive, the
    determinant unless every x is the same. Where some line separates the classes the error falls for ever as the
    weights grow, so that there is no minimum. Of two inputs y = sigma(w_1 x_1 + w_2 x_2).
    """

    title = "Logistic regression"
    note = "Log loss is convex, so nothing but a minimum can stop a run, and classes that can be separated have none."
    convex = True
    latex = (
        r"y_n = \sigma(w\,x_n + b),\qquad"
        r" E(w, b) = -\sum_n \bigl\{t_n\ln y_n + (1 - t_n)\ln(1 - y_n)\bigr\}\ \text{or its mean}"
    )

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        share = 1.0 / data.shape[0] if theta[0] == 0.0 else 1.0
        last = data.shape[1] - 1
        for r in range(w.shape[1]):
            error[r] = 0.0
            g[0, r] = 0.0
            g[1, r] = 0.0
        for n in range(data.shape[0]):
            x, side = data[n, 0], 1.0 - 2.0 * data[n, last]
            z = data[n, 1] if last == 2 else 1.0  # of one input what b multiplies
            for r in range(w.shape[1]):
                # above 0 on the wrong side; written so that no exponential overflows
                wrong = side * (w[0, r] * x + w[1, r] * z)
                small = np.exp(-abs(wrong))
                error[r] += share * (max(wrong, 0.0) + np.log1p(small))
                slope = share * side * (1.0 if wrong > 0.0 else small) / (1.0 + small)
                g[0, r] += slope * x
                g[1, r] += slope * z

    @kernel
    @staticmethod
    def second(w, theta, data, h):
        share = 1.0 / data.shape[0] if theta[0] == 0.0 else 1.0
        last = data.shape[1] - 1
        for r in range(w.shape[1]):
            h[0, r] = 0.0
            h[1, r] = 0.0
            h[2, r] = 0.0
        for n in range(data.shape[0]):
            x = data[n, 0]
            z = data[n, 1] if last == 2 else 1.0
            for r in range(w.shape[1]):
                small = np.exp(-abs(w[0, r] * x + w[1, r] * z))
                bend = share * small / ((1.0 + small) * (1.0 + small))
                h[0, r] += bend * x * x
                h[1, r] += bend * x * z
                h[2, r] += bend * z * z

    def derivatives(self, activation: np.ndarray, target: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return -ln of the probability of the class at hand, y - t and y (1 - y)."""
        side = 1.0 - 2.0 * target
        wrong, small = side * activation, np.exp(-np.abs(activation))
        slope = side * np.where(wrong > 0.0, 1.0, small) / (1.0 + small)
        return np.maximum(wrong, 0.0) + np.log1p(small), slope, small / np.square(1.0 + small)

    @property
    def minima(self) -> np.ndarray:
        """The one minimum, (1, 2), or (0, 2) where a line separates the classes."""
        return np.empty((0, 2)) if self.separable else super().minima

    def outputs(self, w: np.ndarray, inputs: np.ndarray) -> np.ndarray:
        """Return y, the probability of the second class, of inputs (n, K): w (..., 2) -> (..., n)."""
        return 0.5 * (1.0 + np.tanh(0.5 * self.activations(w, inputs)))
