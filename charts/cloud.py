"""Clouds of places in a plane, and the ellipses of normal distributions about them."""

import numpy as np

CORNERS = 121  # points of an ellipse
DOTS = 400  # of a cloud that are drawn


def ellipse(covariance: np.ndarray, middle: np.ndarray, size: float) -> np.ndarray:
    """Return the points at which w' C^-1 w = size^2 about the middle, (2, CORNERS)."""
    values, vectors = np.linalg.eigh(covariance)
    angle = np.linspace(0.0, 2.0 * np.pi, CORNERS)
    round_ = np.sqrt(np.maximum(values, 0.0))[:, None] * np.stack([np.cos(angle), np.sin(angle)])
    return np.asarray(middle[:, None] + size * vectors @ round_)


def thinned(points: np.ndarray) -> np.ndarray:
    """Return DOTS of places (M, ...), spread over all of them."""
    return points[np.linspace(0, len(points) - 1, DOTS).round().astype(int)]
