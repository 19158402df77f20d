"""From which step rounding decides a run, against the same rule in numbers with more digits."""

import numpy as np
import pytest

from engine import Plane
from engine.family import single
from engine.optimizers.adagrad import AdaGrad
from engine.optimizers.adam import Adam
from engine.optimizers.momentum import Momentum
from engine.optimizers.rmsprop import RMSProp
from engine.rounding import rounding_decides
from engine.study import Entry, study
from surfaces.quadratic import Quadratic

START = (-1.5, 1.0)
MORE_DIGITS = np.finfo(np.longdouble).eps < 1e-18


def rmsprop(rule, surface, eta, steps):
    """The rule in extended precision, (steps + 1, 2)."""
    w, r = np.array(START, dtype=np.longdouble), np.zeros(2, dtype=np.longdouble)
    h, decay = surface.hessian(np.zeros(2)).astype(np.longdouble), np.longdouble(rule.decay)
    path = [w]
    for _ in range(steps):
        g = h @ (w - surface.stationary_point)
        r = decay * r + (1 - decay) * g * g
        w = w - np.longdouble(eta) * g / (np.sqrt(r) + np.longdouble(rule.stabiliser))
        path.append(w)
    return np.array(path).astype(float)


@pytest.mark.skipif(not MORE_DIGITS, reason="no longer numbers here")
@pytest.mark.parametrize("eta", [0.01, 0.02, 0.05, 0.1])
def test_with_more_digits_rmsprop_goes_elsewhere_from_about_that_step(eta):
    surface, rule = Quadratic(), RMSProp()
    found = single(surface, rule, eta, START, 600)
    (at,) = rounding_decides(surface, found)
    path = found.trajectory.weights[:, 0]
    apart = np.linalg.norm(rmsprop(rule, surface, eta, 600) - path, axis=1)
    reach = np.fmax.accumulate(np.linalg.norm(path, axis=1)[::-1])[::-1]
    real = int(np.flatnonzero(apart > 0.01 * reach)[0])
    assert at > 0 and 0.7 * at < real < 1.5 * at


@pytest.mark.parametrize("rule", [AdaGrad(), Adam()])
def test_rules_that_settle_are_not_said_to_hang_on_rounding(rule):
    assert rounding_decides(Quadratic(), single(Quadratic(), rule, 0.1, START, 1000)) == [-1]


def test_a_weight_that_starts_at_the_minimum_is_not_moved():
    surface = Quadratic(1.0, 20.0, 0.0)
    found = single(surface, RMSProp(), 0.01, (0.0, 0.0), 200)
    assert rounding_decides(surface, found) == [-1]


@pytest.mark.parametrize(("rule", "says"), [(RMSProp(), True), (Adam(), False), (Momentum(), False)])
def test_the_badge_says_so(rule, says):
    entry = Entry("a", rule, 0.05)
    found = study(Quadratic(), [entry], entry, START, 300, Plane.of(Quadratic(), include=START))
    badge = found.present.verdicts[found.index].badge
    assert ("rounding decides where this run goes from about step" in badge[2]) == says
    if says:
        at = rounding_decides(Quadratic(), single(Quadratic(), rule, 0.05, START, 300))[0]
        assert badge[0] == "open" and badge[2].endswith(f"step {at} on")
