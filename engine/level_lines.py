"""Level lines of an error with one minimum, along rays from it."""

import numpy as np

from engine.surface import Surface

CORNERS = 73
NEWTON = 8  # steps along each ray


def level_lines(surface: Surface, minimum: np.ndarray, hessian: np.ndarray, heights: np.ndarray) -> np.ndarray:
    """Return where a convex error of two weights is ``heights`` (K,) above its minimum: (K, 2, CORNERS).

    Rays leave the minimum as they would to reach the ellipse of the Hessian there; along each the height is convex, so
    that Newton's method leads to the level, after one step from above. nan where it is not found.
    """
    values, vectors = np.linalg.eigh(hessian)
    angle = np.linspace(0.0, 2.0 * np.pi, CORNERS)
    rays = (vectors / np.sqrt(values)) @ np.stack([np.cos(angle), np.sin(angle)])  # of height 1/2 on the quadratic
    least, goal = float(surface.evaluate(minimum)[0]), np.asarray(heights, np.float64)[:, None]
    far = np.repeat(np.sqrt(2.0 * goal), CORNERS, axis=1)
    if not getattr(surface, "quadratic", False):
        for _ in range(NEWTON):
            places = minimum + far[..., None] * rays.T
            error, gradient = surface.evaluate(places)
            with np.errstate(all="ignore"):
                slope = (gradient * rays.T).sum(axis=-1)
                far = np.where(slope > 0.0, far - (error - least - goal) / slope, np.nan)
    return np.asarray(np.moveaxis(minimum + far[..., None] * rays.T, 1, 2))
