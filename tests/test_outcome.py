"""What is said of a run on any surface, held against the run itself."""

import re

import numpy as np
import pytest

from engine import Plane, discover_optimizers, run
from engine.outcome import NEAR
from engine.planes import of_run, through_weights
from engine.stationary import stationary_points
from engine.study import Entry, study
from engine.words import number
from surfaces import discover_surfaces
from surfaces.max_margin import MaxMargin
from surfaces.mlp import Mlp
from surfaces.quadratic import Quadratic
from surfaces.two_minima import TwoMinima

OPTIMIZERS = discover_optimizers()
SURFACES = {slug: cls for slug, cls in discover_surfaces().items() if cls().dim == 2 and slug != "quadratic"}
NUMBER = r"[−\d.·⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+"
STATUSES = {"good", "limit", "bad", "open"}


def value(text):
    """The number that a text says."""
    raised = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    text = text.replace("−", "-")
    if "·10" in text:
        mantissa, power = text.split("·10")
        return float(mantissa) * 10.0 ** int(power.translate(raised))
    if re.fullmatch(r"-?10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", text):
        return float(f"1e{text.split('10', 1)[1].translate(raised)}")
    return float(text)


def picture(surface, slug, eta, start=None, steps=150, families=False, **settings):
    start = start or surface.start
    entry = Entry("a", OPTIMIZERS[slug](**settings), eta)
    plane = Plane.of(surface, include=start)
    return study(surface, [entry], entry, start, steps, plane, families)


def judged(found):
    """Every run of the study with its verdict: (family, r, verdict, limit)."""
    for member in found.families or [found.present]:
        for r, verdict in enumerate(member.verdicts):
            yield member.family, r, verdict, member.limits[r]


def check(surface, found, family, r, verdict):
    """Hold a sentence and its facts against the path."""
    sentence, weights, steps = verdict.sentence, family.trajectory.weights[:, r], family.trajectory.steps
    plane, eta = found.plane, family.learning_rates[r]
    diagonal = np.hypot(*(high - low for low, high in surface.view))  # the start may have widened the plane's
    diverged = family.trajectory.diverged_at[r]
    assert verdict.status in STATUSES and "nan" not in sentence
    inside = plane.contains(weights)
    if match := re.search(r"(?:left|Leaves) the picture at step (\d+)", sentence):
        assert int(match[1]) == np.argmin(inside) and not inside.all()
    if match := re.search(r"Diverges: out of all bounds at step (\d+)", sentence):
        assert int(match[1]) == diverged and verdict.status == "bad"
    else:
        assert diverged < 0 or "not a finite number" in sentence
    if match := re.search(rf"At step (\d+) η = ({NUMBER}) exceeded the local limit ({NUMBER})\.", sentence):
        step = int(match[1])
        rule = family.optimizers[r]
        if rule.linear:
            factor = rule_factor(rule)
            tops = np.linalg.eigvalsh(surface.hessian(weights[: step + 1]))[:, -1]
            assert (tops[:step] * eta <= factor * (1 + 1e-9)).all()
            assert (
                factor / tops[step] == pytest.approx(value(match[3].rstrip(".")), rel=1e-3)
                and factor / tops[step] < eta
            )
    if match := re.search(
        rf"(?:minimum|saddle|maximum|point) (\(.*?\)), E = ({NUMBER}): within \S+ of it from step (\d+) on", sentence
    ):
        place = np.array([value(part) for part in match[1].strip("()").split(", ")])
        away = np.linalg.norm(weights - place, axis=-1)
        step, slack = int(match[3]), 0.006 * np.abs(place).max() + 1e-9
        assert (away[step:] <= NEAR * diagonal + slack).all()
        assert step == 0 or away[step - 1] > NEAR * diagonal - slack
        error = surface.evaluate(weights[-1])[0]
        assert (
            abs(value(match[2].rstrip(".")) - error)
            <= 0.006 * abs(error) + 2e-2 * abs(family.error[0, r] - error) + 1e-3
        )
    if sentence.startswith(("Settles at the local", "Stays")):
        assert verdict.status in ("limit", "open")
    if sentence.startswith("Still moving"):
        slope = np.linalg.norm(surface.evaluate(weights[-1])[1])
        assert verdict.status == "open" and f"after {steps} step" in sentence
        assert value(re.search(rf"\|∇E\| = ({NUMBER}),", sentence)[1]) == pytest.approx(slope, rel=6e-3)
    last = steps if diverged < 0 else max(diverged - 1, 0)
    (_, now, first), (_, slope_now, _), _ = verdict.facts
    assert now == number(float(surface.evaluate(weights[last])[0]))
    assert first == f"{number(float(surface.evaluate(weights[0])[0]))} at the start"
    assert slope_now == number(float(np.linalg.norm(surface.evaluate(weights[last])[1])))


def rule_factor(rule):
    mu = getattr(rule, "momentum", 0.0)
    return {"Nesterov": (2 + 2 * mu) / (1 + 2 * mu), "Momentum": 2 + 2 * mu}.get(type(rule).__name__, 2.0)


@pytest.mark.parametrize("slug", ["gradient_descent", "momentum", "nesterov", "adam", "rmsprop", "adagrad"])
@pytest.mark.parametrize("name", SURFACES)
def test_every_sentence_and_fact_agrees_with_its_run(name, slug):
    surface = SURFACES[name]()
    eta = surface.learning_rate if OPTIMIZERS[slug]().linear else 0.1
    found = picture(surface, slug, eta, families=True)
    for family, r, verdict, _ in judged(found):
        check(surface, found, family, r, verdict)


@pytest.mark.parametrize("name", SURFACES)
def test_the_learning_rates_stops_cross_the_edge(name):
    """Some of them end in view, and the largest does not settle anywhere, but on a floor that is flat."""
    surface = SURFACES[name]()
    found = picture(surface, "gradient_descent", surface.learning_rate, families=True)
    first, last = (found.families[0].verdicts[r].status for r in (0, -1))
    flat = np.isfinite(surface.kink_distance(np.array(surface.start)))
    assert first != "bad" and (last != "good" or flat)


def test_a_rule_that_finds_no_step_has_left_no_picture():
    for surface, start in ((MaxMargin(), (0.0, 0.0)), (Quadratic(eigenvalue_1=0.0), (-1.5, 1.0))):
        sentence = picture(surface, "newton", 0.1, start=start).present.verdicts[0].sentence
        assert sentence.startswith("Stops after step 0.") and "picture" not in sentence


@pytest.mark.parametrize("start", [(1.0, 3.0), (0.0, 0.0)])
def test_a_decay_moves_a_run_off_a_minimum(start):
    surface = SURFACES["booth"]()
    sentence = picture(surface, "adamw", 0.05, start=start).present.verdicts[0].sentence
    assert "Nothing moves" not in sentence and "∞" not in sentence


@pytest.mark.parametrize(("name", "start"), [("neuron", None), ("sharpness", (4.0, 0.25))])
def test_at_a_minimum_above_the_limit_nothing_is_good(name, start):
    surface = SURFACES[name]()
    start = tuple(surface.minima[0].tolist()) if start is None else start
    factor = 2.5 / np.linalg.eigvalsh(surface.hessian(np.array(start)))[-1]
    near = tuple((np.array(start) * (1.0 + 1e-12)).tolist())
    verdict = picture(surface, "gradient_descent", factor, start=near, steps=1).present.verdicts[0]
    if verdict.sentence.startswith(("Settles", "Comes")):
        assert verdict.status == "limit" and "is above the local limit" in verdict.sentence


def test_a_visit_at_the_last_step_is_no_settling():
    surface = SURFACES["plateau_ravine"]()
    start = tuple(surface.minima[0].tolist())
    near = (start[0] + 0.001, 0.0)
    for steps in (100, 101):
        verdict = picture(surface, "sign_descent", 1.36, start=near, steps=steps).present.verdicts[0]
        assert verdict.status != "good" and not verdict.sentence.startswith("Settles"), verdict


def test_who_keeps_moving_is_said_to():
    sentence = picture(SURFACES["booth"](), "adam", 0.1, steps=400).present.verdicts[0].sentence
    assert sentence.startswith("Settles at the minimum (1, 3)") and "it keeps moving, so this need not last" in sentence
    still = picture(SURFACES["booth"](), "sign_descent", 0.5, start=(0.0, 2.0), steps=50).present.verdicts[0].sentence
    assert still.startswith("Settles at the minimum (1, 3)") and "keeps moving" not in still  # exactly there


def test_coasting_on_a_flat_floor_is_no_rest():
    surface = MaxMargin(data="insurance")
    verdict = picture(surface, "momentum", 0.05, steps=4).present.verdicts[0]
    assert not verdict.sentence.startswith("Comes to rest"), verdict


def test_two_starts_two_minima():
    surface = SURFACES["two_minima"]()
    left = picture(surface, "gradient_descent", 0.05).present.verdicts[0]
    right = picture(surface, "gradient_descent", 0.05, start=(2.0, 0.0)).present.verdicts[0]
    assert left.status == "limit" and left.sentence.startswith("Settles at the local minimum (−1.5, −0.75), E = 1:")
    assert "A lower one is in view: (1.5, 0.75), E = 0." in left.sentence
    assert right.status == "good" and right.sentence.startswith("Settles at the minimum (1.5, 0.75), E = 0:")


@pytest.mark.parametrize("name", ["two_minima", "himmelblau"])
def test_a_run_that_only_passes_a_point_is_not_said_to_stay_there(name):
    surface = SURFACES[name]()
    path = picture(surface, "momentum", 0.3 * surface.learning_rate, steps=400).present.family.trajectory.weights[:, 0]
    diagonal = np.hypot(*(high - low for low, high in surface.view))
    points = stationary_points(surface, surface.view).places
    near = (np.linalg.norm(path[:, None] - points, axis=-1) <= NEAR * diagonal).any(axis=1)
    passes = [k for k in range(20, 400) if near[k] and not near[k - 1] and not near[k:].all()]
    for step in passes:
        verdict = picture(surface, "momentum", 0.3 * surface.learning_rate, steps=step).present.verdicts[0]
        assert verdict.sentence.startswith("Still moving"), verdict.sentence
    assert passes


def test_where_a_run_settles_does_not_depend_on_how_far_away_it_starts():
    surface = SURFACES["two_minima"]()
    near, far = (
        picture(surface, "momentum", 0.01, start=start, steps=1000).present.verdicts[0].sentence
        for start in ((2.0, 0.0), (4.5, 3.0))
    )
    within = [re.search(r"within (\S+) of it", sentence)[1] for sentence in (near, far)]
    assert within[0] == within[1]


def test_nothing_moves_from_a_stationary_point():
    surface = SURFACES["sharpness"]()
    verdict = picture(surface, "momentum", 0.1, start=(0.0, 0.0)).present.verdicts[0]
    assert verdict.sentence == "Nothing moves: the gradient vanishes where it starts."


@pytest.mark.parametrize("fitted", [False, True])
@pytest.mark.parametrize(("slug", "stays"), [("gradient_descent", True), ("momentum", True), ("rmsprop", False)])
def test_where_the_gradient_is_a_rounding_nothing_moves_and_no_minimum_is_claimed(slug, stays, fitted):
    """From weights of 0 the rows of XOR cancel, but not to the last bit; steps that are normalised leave it."""
    net = Mlp(data="xor", hidden=(4,))
    start = net.initial("zero")
    entry = Entry("a", OPTIMIZERS[slug](), 0.05)
    weights = run(net, entry.optimizer, 0.05, start, 200).weights[:, 0]
    plane = of_run(weights) if fitted else through_weights(net, 0, 1, start, np.empty((0, net.dim)))
    found = study(net, [entry], entry, tuple(start.tolist()), 200, plane, False)
    verdict, path = found.present.verdicts[0], found.present.family.trajectory
    assert 0.0 < np.linalg.norm(path.gradient[0, 0]) < 1e-16
    assert (np.abs(path.weights[:, 0] - start).max() < 1e-15) == stays
    assert verdict.status == "open" and verdict.sentence.startswith("Nothing moves: ") == stays
    assert verdict.sentence.endswith("That need not be a minimum.") == stays
    assert net.evaluate(path.weights[-1, 0])[0] > 0.69


def test_at_a_saddle_it_is_said_what_a_nudge_would_do():
    surface = SURFACES["sharpness"]()
    verdict = picture(surface, "gradient_descent", 0.1, start=(-0.4, 0.4)).present.verdicts[0]
    assert verdict.status == "limit" and verdict.sentence.startswith("Stays at the saddle (0, 0), E = 0.5")


def test_newton_at_a_saddle_is_where_it_seeks_to_be():
    surface = TwoMinima()
    points = stationary_points(surface, surface.view)
    saddle = points.places[points.kinds.index("saddle")]
    found = picture(surface, "newton", 1.0, tuple(saddle + [0.05, 0.02]))
    verdict = found.present.verdicts[found.index]
    assert verdict.status == "limit" and verdict.sentence.startswith("Stays at the saddle")
    assert "be it a minimum or not" in verdict.sentence and "nudge" not in verdict.sentence
    assert verdict.facts[-1] == ("local limit", "none", "Newton has no learning rate")


def test_a_run_that_comes_to_rest_on_a_curve_of_minima():
    surface = SURFACES["sharpness"]()
    found = picture(surface, "gradient_descent", 0.1, steps=400)
    verdict, end = found.present.verdicts[0], found.present.family.trajectory.weights[-1, 0]
    assert verdict.status == "good" and verdict.sentence.startswith("Comes to rest at ")
    assert end.prod() == pytest.approx(1.0) and (end**2).sum() < 2.0 / 0.1


@pytest.mark.parametrize("eta", [0.25, 0.4, 0.6])
def test_gradient_descent_rests_only_where_the_minima_are_flat_enough(eta):
    surface = SURFACES["sharpness"]()
    end = run(surface, OPTIMIZERS["gradient_descent"](), eta, (2.2, 0.4), 4000).weights[-1, 0]
    if np.isfinite(end).all() and abs(end.prod() - 1.0) < 1e-9:
        assert (end**2).sum() <= 2.0 / eta + 1e-6


def test_the_limits_of_a_member_are_those_of_the_last_step():
    surface, rule = SURFACES["himmelblau"](), OPTIMIZERS["momentum"]()
    found = picture(surface, "momentum", 0.01)
    end = found.present.family.trajectory.weights[-1, 0]
    top = np.linalg.eigvalsh(surface.hessian(end))[-1]
    assert found.present.limits[0] == pytest.approx((2 + 2 * rule.momentum) / top)
    assert found.present.verdicts[0].facts[2][1] == number(found.present.limits[0])


def test_the_sliders_limit_is_that_of_the_flattest_minimum_in_view():
    surface = SURFACES["himmelblau"]()
    tops = [
        high
        for (_, high), kind in zip(
            stationary_points(surface, surface.view).eigenvalues,
            stationary_points(surface, surface.view).kinds,
            strict=True,
        )
        if kind == "minimum"
    ]
    assert picture(surface, "gradient_descent", 0.01).limit == pytest.approx(2.0 / min(tops))
    sharp = SURFACES["sharpness"]()
    assert picture(sharp, "gradient_descent", 0.1).limit == pytest.approx(1.0, rel=1e-3)
    assert np.isinf(picture(surface, "adam", 0.01).limit)
