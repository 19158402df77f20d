"""A surface with one weight: its curve, its stationary points, a run's points on it, and the cycle of heavy ball."""

from dataclasses import dataclass
from urllib.parse import parse_qsl

import numpy as np
import pytest
from test_landscapes_page import PAGE, presets
from visit import inputs, message, said, visit

from charts.live import live_message, shown_steps
from engine import Plane, discover_optimizers, run
from engine.stationary import stationary_points
from engine.study import Entry, study
from surfaces.piecewise_quadratic import PiecewiseQuadratic
from widgets.details import offered

CURVE, OPTIMIZERS = PiecewiseQuadratic(), discover_optimizers()
ROUND = [792.0 / 1225.0, -2208.0 / 1225.0, 2592.0 / 1225.0]  # Lessard, Recht and Packard (2016), 4.6


@dataclass(frozen=True)
class Waves(PiecewiseQuadratic):
    """Sin w, in the same view."""

    def evaluate(self, w):
        """Return E and its gradient."""
        w = np.asarray(w, dtype=np.float64)
        return np.sin(w[..., 0]), np.cos(w)

    def hessian(self, w):
        """Return H."""
        return -np.sin(np.asarray(w))[..., None]


def test_stationary_points_of_a_curve_are_found_and_told_apart():
    found = stationary_points(CURVE, CURVE.view)
    assert found.kinds == ["minimum"] and found.places.tolist() == [[0.0]] and found.errors.tolist() == [0.0]
    waves = stationary_points(Waves(), ((-8.0, 8.0), (-1.0, 1.0)))
    by_place = sorted(zip(waves.places[:, 0].tolist(), waves.kinds, strict=True))
    expected = [((k + 0.5) * np.pi, "maximum" if k % 2 == 0 else "minimum") for k in range(-3, 3)]
    assert [kind for _, kind in by_place] == [kind for _, kind in expected]
    np.testing.assert_allclose([place for place, _ in by_place], [place for place, _ in expected], atol=1e-14)


@pytest.mark.parametrize("families", [False, True])
@pytest.mark.parametrize("slug", ["momentum", "gradient_descent", "adam", "newton"])
def test_what_is_drawn_lies_on_the_curve(slug, families):
    entry = Entry("a", OPTIMIZERS[slug](), 0.04)
    plane = Plane.of(CURVE, include=(3.3,))
    result = study(CURVE, [entry], entry, (3.3,), 150, plane, families)
    header, arrays = live_message(CURVE, result, [], {"start": {"keys": ["start.x"], "value": (3.3, 92.9)}})
    shown = shown_steps(CURVE, 150)
    for name, member in [("run.a", result.present)] + [(f"family.{m.family.setting}", m) for m in result.families]:
        if name not in arrays:
            continue
        points = arrays[name].reshape(-1, 5)
        seen = np.isfinite(points).all(axis=1) | np.isnan(points[:, 3])
        error, gradient = CURVE.evaluate(points[seen, :1])
        np.testing.assert_allclose(points[seen, 1], error, rtol=1e-6, atol=1e-12)
        downhill = np.where(gradient[:, 0] > 0.0, np.pi, np.where(gradient[:, 0] < 0.0, 0.0, np.nan))
        np.testing.assert_array_equal(points[seen, 3], downhill)
        assert member.family.trajectory.weights.shape[-1] == 1
    assert header["frame"]["weights"] == 1 and "local" not in arrays
    x = np.linspace(*header["frame"]["span"], len(arrays["heights"]))
    np.testing.assert_allclose(arrays["heights"], CURVE.evaluate(x[:, None])[0])
    assert "scaleanchor" not in header["ground"]["layout"]["yaxis"]
    assert len(shown) >= len(arrays.get("run.a", np.empty(0))) // 5
    assert "nan" not in str(header["texts"]).lower()


def test_the_preset_goes_round_the_published_points_and_gradient_descent_arrives():
    app = visit(presets(PAGE)["Round for ever"], PAGE)
    assert not app.exception and not app.warning
    header, arrays = message(app)
    assert said(header)["sentence"].startswith("Goes through the same 3 points again and again: after 60 steps")
    points = np.sort(arrays["run.a"].reshape(-1, 5)[-4:-1, 0])
    path = run(CURVE, OPTIMIZERS["momentum"](momentum=4 / 9), 1 / 9, (3.3,), 300).weights[-3:, 0, 0]
    np.testing.assert_allclose(np.sort(path), sorted(ROUND), rtol=1e-12)
    np.testing.assert_allclose(sorted(set(np.round(points, 3))), sorted(np.round(ROUND, 3)), atol=2e-3)
    other = visit(dict(parse_qsl(presets(PAGE)["Round for ever"])) | {"edit": "b"}, PAGE)
    assert said(message(other)[0])["sentence"].startswith("Settles at the minimum w = 0, E = 0")


def test_one_weight_has_one_start_and_the_details_that_can_speak_of_a_curve():
    app = visit("surface=piecewise_quadratic", PAGE)
    assert "start.x" in inputs(app) and "start.y" not in inputs(app)
    assert set(offered(CURVE)) == {"words", "code"}
    app = visit("surface=piecewise_quadratic&show=code&a=momentum", PAGE)
    assert not app.exception and "start = np.array([3.3])" in app.code[0].value
    app.sidebar.selectbox(key="surface").set_value("two_minima").run()
    assert not app.exception and "start.y" in inputs(app)
    app.sidebar.selectbox(key="surface").set_value("piecewise_quadratic").run()
    assert not app.exception and not app.warning and "start.y" not in inputs(app)


def test_only_a_run_that_repeats_itself_is_said_to():
    for eta, mu in ((0.04, 0.0), (0.0799, 0.0), (0.02, 0.9), (0.05, 0.5)):
        entry = Entry("a", OPTIMIZERS["momentum"](momentum=mu), eta)
        found = study(CURVE, [entry], entry, (3.3,), 60, Plane.of(CURVE), families=False)
        assert "again and again" not in found.present.verdicts[0].sentence
