"""The edge of stability: eigenvalues, what is told of the two weights, and what runs on the page's nets do."""

import threading
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine import discover_optimizers, run, theory
from engine.edge import NEAR, Edge, edge_limit, spectrum_along
from engine.local import Expansion, eigenvalues
from engine.optimizers.adagrad import AdaGrad
from engine.optimizers.adam import Adam
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.lion import Lion
from engine.optimizers.momentum import Momentum
from engine.optimizers.nadam import NAdam
from engine.optimizers.nesterov import Nesterov
from engine.optimizers.rmsprop import RMSProp
from engine.scalar_net import flow_sharpness, minima, reachable, sharpness_from_errors
from engine.thrown import growth, local_errors, measured_growth
from surfaces.mlp import Mlp
from surfaces.quadratic import Quadratic
from surfaces.sharpness import Sharpness

NET = Mlp("noisy_line", hidden=(8,), loss="sum_of_squares")


def followed(net, rule, eta, steps):
    path = run(net, rule, eta, net.start, steps)
    values = spectrum_along(net, rule, path)
    state = {slot: path.state[slot][:, 0] for slot in rule.slots} if rule.adaptive else None
    return Edge(edge_limit(rule, eta, state), values, path.error[:, 0], int(path.diverged_at[0])), path


# ---- eigenvalues


@settings(max_examples=150)
@example(size=64, seed=34, scale=1e-8)  # of rank below its size: what is left is nothing but rounding
@given(size=st.integers(1, 70), seed=st.integers(0, 10_000), scale=st.sampled_from([1e-200, 1e-8, 1.0, 1e8, 1e200]))
def test_eigenvalues_have_the_trace_and_the_squares_of_their_matrix(size, seed, scale):
    random = np.random.default_rng(seed)
    half = random.normal(size=(3, size, random.integers(1, size + 1)))
    matrices = scale * np.stack([half[0] @ half[0].T, half[1] @ half[1].T - half[2] @ half[2].T])
    found = eigenvalues(matrices)
    largest = np.abs(found).max(axis=1)
    trace, squares = np.trace(matrices, axis1=1, axis2=2), np.sum((matrices / largest[:, None, None]) ** 2, axis=(1, 2))
    np.testing.assert_allclose(found.sum(axis=1) / largest, trace / largest, atol=1e-13 * size)
    np.testing.assert_allclose(np.sum((found / largest[:, None]) ** 2, axis=1), squares, atol=1e-13 * size)
    assert (np.diff(found) >= 0.0).all()


def test_eigenvalues_of_special_matrices():
    kinds = np.stack([np.zeros((4, 4)), np.eye(4), np.diag([3.0, -1.0, 0.0, 2.0]), np.ones((4, 4))])
    np.testing.assert_allclose(
        eigenvalues(kinds), [[0, 0, 0, 0], [1, 1, 1, 1], [-1, 0, 2, 3], [0, 0, 0, 4]], atol=1e-14
    )
    broken = np.stack([np.eye(3), np.full((3, 3), np.nan), np.full((3, 3), np.inf), 2.0 * np.eye(3)])
    assert np.isnan(eigenvalues(broken)[[1, 2]]).all()
    np.testing.assert_allclose(eigenvalues(broken)[[0, 3], 0], [1.0, 2.0])
    assert eigenvalues(np.empty((0, 3, 3))).shape == (0, 3)


def test_matrices_of_low_rank_leave_no_hole():
    random = np.random.default_rng(5)
    for k in range(200):
        size, rank = int(random.integers(2, 101)), int(random.integers(1, 4))
        half = random.normal(size=(size, rank)) * np.exp(random.normal(size=rank) * random.uniform(0.0, 12.0))
        matrix = np.round(half @ half.T) if k % 2 else half @ half.T
        found = eigenvalues(matrix[None])[0]
        assert np.isfinite(found).all()
        if k % 2 == 0:  # a rounded one is of a higher rank
            assert (np.abs(found[:-rank]) <= 1e-12 * max(found[-1], 1e-300)).all()
        np.testing.assert_allclose(found.sum(), np.trace(matrix), rtol=1e-12)


# ---- along a run


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (GradientDescent(), 2.0),
        (Momentum(momentum=0.5), 3.0),
        (Nesterov(momentum=0.5), 1.5),
        (RMSProp(), 2.0),
        (AdaGrad(), 2.0),
        (Adam(decay_1=0.9), 38.0),
    ],
)
def test_limits_are_those_of_the_literature(rule, words):
    assert edge_limit(rule, 0.1) == pytest.approx(words / 0.1)


def test_a_rule_without_a_known_limit_has_none():
    with pytest.raises(ValueError, match="Lion"):
        edge_limit(Lion(), 0.1)


@pytest.mark.parametrize("rule", [GradientDescent(), Nesterov(), RMSProp(), Adam(), AdaGrad()])
def test_every_step_has_the_eigenvalues_of_its_own_hessian(rule):
    edge, path = followed(NET, rule, 0.01, 150)
    assert edge.eigenvalues.shape == (151, NET.dim)
    for k in (0, 1, 37, 150):
        hessian = NET.hessian(path.weights[k, 0])
        if not rule.adaptive:
            exact = np.linalg.eigvalsh(hessian)[::-1]
        elif k == 0:
            assert np.isnan(edge.eigenvalues[0]).all()
            continue
        else:
            state = {slot: path.state[slot][k, 0] for slot in rule.slots}
            scale = 1.0 / np.sqrt(rule.preconditioner(state))
            exact = np.linalg.eigvalsh(scale[:, None] * hessian * scale)[::-1]
            assert 0.01 * edge.ratio[k] == pytest.approx(
                0.01**2 / theory.preconditioned_limit(rule, hessian, state), rel=1e-9
            )
        np.testing.assert_allclose(edge.eigenvalues[k] / exact[0], exact / exact[0], atol=1e-10)


def test_preconditioned_eigenvalues_are_those_of_the_product():
    edge, path = followed(NET, RMSProp(), 0.003, 40)
    diagonal = RMSProp().preconditioner({"squares": path.state["squares"][40, 0]})
    product = NET.hessian(path.weights[40, 0]) / diagonal[:, None]
    np.testing.assert_allclose(edge.sharpness[40], np.linalg.eigvals(product).real.max(), rtol=1e-9)


def test_a_stopped_spectrum_is_none_and_stops_soon():
    path = run(NET, GradientDescent(), 0.1, NET.start, 3000)
    before = threading.active_count()
    assert spectrum_along(NET, GradientDescent(), path, progress=lambda share: False) is None
    assert threading.active_count() <= before + 4  # the pool's own threads stay


def test_progress_rises_to_one():
    shares = []
    path = run(NET, GradientDescent(), 0.1, NET.start, 2000)

    def slowly(share):
        shares.append(share)
        time.sleep(0.001)

    assert spectrum_along(NET, GradientDescent(), path, progress=slowly) is not None
    assert shares == sorted(shares) and shares[-1] == 1.0


def test_a_run_that_is_lost_has_numbers_up_to_there():
    edge, path = followed(NET, GradientDescent(), 3.0, 100)
    assert edge.diverged_at == path.diverged_at[0] > 0
    assert np.isfinite(edge.ratio[: edge.last + 1]).all() and edge.last <= edge.diverged_at
    assert np.isnan(edge.sharpness[edge.diverged_at + 1 :]).all()


# ---- what the page claims of runs


def test_gradient_descent_sharpens_to_its_limit_and_hovers_there():
    edge, _ = followed(NET, GradientDescent(), 0.1, 2000)
    assert edge.ratio[0] < 0.5 and 100 < edge.meets < 500
    assert edge.rises(0, edge.meets) == 0  # below the limit no step raises the error
    assert edge.rises(edge.meets, 2000) > 300  # at the limit many do
    assert len(edge.hovering) > 0.85 * (2000 - edge.meets)
    assert edge.error[-1] < edge.error[edge.meets]  # and yet it falls in the long run
    assert abs(edge.ratio[-500:].mean() - 1.0) < 0.02
    assert edge.eigenvalues[-500:, 1].max() < 0.5 * edge.limit  # one direction is at the edge


@pytest.mark.parametrize("eta", [0.15, 0.2, 0.3, 0.4])
def test_it_hovers_at_its_own_limit_at_every_learning_rate(eta):
    edge, _ = followed(NET, GradientDescent(), eta, 2000)
    assert abs(edge.ratio[-300:].mean() - 1.0) < 0.05


@pytest.mark.parametrize(
    ("rule", "eta"),
    [(Momentum(momentum=0.5), 0.2), (Nesterov(momentum=0.5), 0.1), (RMSProp(), 0.003), (AdaGrad(), 0.3)],
)
def test_other_rules_hover_at_limits_of_their_own(rule, eta):
    edge, _ = followed(NET, rule, eta, 2000)
    assert abs(np.median(edge.ratio[-500:]) - 1.0) < 0.1
    assert len(edge.hovering) > 0.5 * (2000 - edge.meets)


def test_adam_comes_to_its_preconditioned_limit():
    edge, _ = followed(NET, Adam(decay_2=0.99), 0.01, 2000)
    assert edge.ratio[1] < 0.05 and 500 < edge.meets < 1200
    assert 0.8 < np.median(edge.ratio[-500:]) < 1.1
    assert edge.rises(0, edge.meets) == 0 and edge.rises(edge.meets, 2000) > 100


@pytest.mark.parametrize("schedule", ["grows", "library", "constant"])
def test_nadam_breaks_at_the_limit_of_the_momentum_that_it_has(schedule):
    """The present mu and beta held still, on one weight: the roots of its own step leave the circle at the limit."""
    rule = NAdam(momentum_schedule=schedule)
    path = run(Quadratic(), rule, 1e-3, (1.0, 1.0), 3000)
    found = edge_limit(rule, 1.0, {slot: path.state[slot][:, 0] for slot in rule.slots})
    for step in (1, 500, 3000):
        mu = 0.9 * (1.0 if schedule == "constant" else 1.0 - 0.5 * 0.96 ** (step / 250.0))
        kept = 0.9 if schedule == "library" else mu
        sizes = []
        for share in (0.999, 1.001):
            here = share * found[step]
            w, s = [1.0 - here * (1.0 - mu * kept), -here * mu * kept], [1.0 - kept, kept]
            sizes.append(np.abs(np.linalg.eigvals([w, s])).max())
        assert sizes[0] < 1.0 < sizes[1]
    assert found.max() <= edge_limit(rule, 1.0) * (1.0 + 1e-12)


def test_nadam_comes_to_the_limit_of_its_growing_momentum():
    edge, _ = followed(NET, NAdam(), 0.02, 2000)
    assert edge.moves and edge.limits[0] < 0.25 * edge_limit(NAdam(), 0.02)
    assert edge.meets > 0 and edge.rises(edge.meets, 2000) > 100 and edge.rises(0, edge.meets) < 20
    assert 0.8 < np.median(edge.ratio[-300:]) < 1.2


def test_cross_entropy_leaves_the_edge_as_probabilities_become_sure():
    net = Mlp("moons", hidden=(5, 4), loss="cross_entropy")
    edge, _ = followed(net, GradientDescent(), 0.4, 2000)
    assert edge.meets > 0 and edge.ratio[-1] < 0.2


def test_numbers_of_an_edge_by_hand():
    sharpness = np.array([0.5, 0.8, 1.05, 1.2, 0.95, 0.5])
    edge = Edge(2.0, 2.0 * sharpness[:, None], np.array([4.0, 3.0, 2.0, 2.5, 2.2, 1.0]))
    assert (edge.first, edge.meets, edge.falls_below, edge.last) == (0, 2, 4, 5)
    assert edge.hovering.tolist() == [2, 4] and NEAR == 0.1
    assert edge.rises(0, 2) == 0 and edge.rises(2, 5) == 1 and not edge.beyond_at_first
    never = Edge(4.0, 2.0 * sharpness[:, None], edge.error)
    assert (never.meets, never.falls_below, len(never.hovering)) == (-1, -1, 0)


# ---- two weights, where the answer is known


def settled(start, eta, steps=4000):
    path = run(Sharpness(), GradientDescent(), eta, start, steps)
    return path, path.diverged_at[0] < 0 and path.error[-1, 0] < 1e-9


@settings(max_examples=120)
@given(a=st.floats(-4.0, 4.0), b=st.floats(-4.0, 4.0), eta=st.floats(0.02, 1.1))
def test_a_run_ends_only_where_it_can_stay_and_its_errors_tell_where(a, b, eta):
    path, at_minimum = settled((a, b), eta)
    if not at_minimum or path.error[0, 0] < 1e-9:
        return
    end = np.square(path.weights[-1, 0]).sum()
    assert end <= 2.0 / eta * (1.0 + 1e-3)
    assert eta < 1.0 + 1e-3  # no minimum holds a larger one
    told = sharpness_from_errors((a, b), eta, path.error[:-1])[0]
    np.testing.assert_allclose(end, told, rtol=1e-4)
    if eta**2 * path.error.max() <= 1.0:
        assert end <= flow_sharpness((a, b)) * (1.0 + 1e-4)


@settings(max_examples=20)
@given(a=st.floats(0.2, 3.0), b=st.floats(0.05, 3.0))
def test_small_steps_end_where_the_flow_does(a, b):
    path, at_minimum = settled((a, b), 1e-3, 40_000)
    assert at_minimum
    np.testing.assert_allclose(np.square(path.weights[-1, 0]).sum(), flow_sharpness((a, b)), rtol=0.02)


@pytest.mark.parametrize("share", [0.95, 1.05])
def test_just_below_its_limit_a_minimum_holds_a_run_and_just_above_it_does_not(share):
    points = minima(0.2, 5.0, 21)[0]
    for point in points:
        eta = share * 2.0 / np.square(point).sum()
        path = run(Sharpness(), GradientDescent(), eta, point + [1e-6, 1e-6], 2000)
        stays = np.abs(path.weights[-1, 0] - point).max() < 1e-5
        assert stays == (share < 1.0) == bool(reachable(point[None], 2.0 / eta)[0])


def test_the_sharpness_of_a_minimum_is_a_squared_plus_b_squared():
    points = minima(0.1, 10.0, 31).reshape(-1, 2)
    np.testing.assert_allclose(points.prod(axis=-1), 1.0)
    exact = np.linalg.eigvalsh(Sharpness().hessian(points))
    np.testing.assert_allclose(exact[:, 1], np.square(points).sum(axis=-1), rtol=1e-12)
    np.testing.assert_allclose(exact[:, 0], 0.0, atol=1e-9)
    np.testing.assert_allclose(flow_sharpness(points), np.square(points).sum(axis=-1), rtol=1e-12)


# ---- thrown out


def test_on_a_quadratic_the_local_quadratic_is_all_there_is():
    valley = Quadratic(eigenvalue_1=1.0, eigenvalue_2=20.0, angle=30.0)
    start, etas = np.array([-1.5, 1.0]), np.array([0.02, 0.09, 0.11])
    path = run(valley, GradientDescent(), etas, start, 60)
    told = local_errors(Expansion.at(valley, start), etas, 60)
    np.testing.assert_allclose(told, path.error, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(growth(0.11, 20.0), 1.44)
    assert measured_growth(path.error[:, 2], 0.0) == pytest.approx(1.44, rel=2e-2)
    assert np.isnan(measured_growth(path.error[:, 0], path.error[0, 0]))


def test_offered_rules_have_limits():
    for cls in discover_optimizers().values():
        if cls.has_learning_rate and (cls().linear or cls().adaptive):
            assert edge_limit(cls(), 0.1) > 0.0 and cls.limit_words
