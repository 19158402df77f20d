"""The error along the gradient: curves that are those of the surface."""

import numpy as np
import pytest

from surfaces import discover_surfaces
from widgets.details.along import FAR, POINTS, curves

SURFACES = {slug: cls for slug, cls in discover_surfaces().items() if cls().dim == 2}


@pytest.mark.parametrize("slug", SURFACES)
@pytest.mark.parametrize("eta", [1e-4, 0.1, 50.0])
def test_every_point_of_a_curve_is_an_error_of_the_surface(slug, eta):
    surface = SURFACES[slug]()
    low, high = np.array(surface.view).T
    weights = np.random.default_rng(1).uniform(low, high, (12, 2))
    reach, change = curves(surface, weights, eta)
    assert reach.shape == (12,) and change.shape == (12, POINTS)
    error, gradient = surface.evaluate(weights)
    for k in range(12):
        bend = gradient[k] @ surface.hessian(weights[k]) @ gradient[k]
        if bend > 0.0:
            uphill = 2.0 * (gradient[k] @ gradient[k]) / bend
            assert 1.25 * uphill * (1 - 1e-9) <= reach[k] <= FAR * uphill * (1 + 1e-9)
        else:
            assert reach[k] == 2.0 * eta
        for j in (0, 7, POINTS - 1):
            there, _ = surface.evaluate(weights[k] - reach[k] * j / (POINTS - 1) * gradient[k])
            if np.isfinite(there) and abs(there) < 1e30:
                assert change[k, j] == pytest.approx(there - error[k], rel=1e-9, abs=1e-9 * (1 + abs(there)))


def test_curves_start_at_zero_and_first_go_down():
    surface = SURFACES["himmelblau"]()
    weights = np.random.default_rng(2).uniform(-4.0, 4.0, (50, 2))
    _, change = curves(surface, weights, 1e-3)
    assert (change[:, 0] == 0.0).all() and (change[:, 1] < 0.0).mean() > 0.9
