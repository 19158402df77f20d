"""The details on models of data: what they say is what the engine has, and both sides of every identity agree."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripted import scripted
from test_models import mixed, rows, sigma

from surfaces.linear_regression import LinearRegression
from surfaces.logistic_regression import LogisticRegression
from surfaces.max_margin import MaxMargin
from surfaces.neuron import Neuron
from widgets.details import data, identities

DESCRIBE = "([view, header]) => Detail.describe({ ...view, local: view.local && (() => 0) }, header)"
W = np.random.default_rng(8).normal(size=(6, 2))
SURFACES = [
    LinearRegression(),
    LinearRegression(data="house_prices", reduction="sum"),
    LogisticRegression(),
    LogisticRegression(data=mixed(inputs=2), reduction="sum"),
    Neuron(),
    Neuron(data="insurance_age", activation="tanh"),
    MaxMargin(),
    MaxMargin(penalty=0.4, reduction="sum"),
]
every = pytest.mark.parametrize("surface", SURFACES, ids=repr)


def view(weights, surface, now):
    weights = np.atleast_2d(weights)
    steps = list(range(len(weights)))
    path = {"x": weights[:, 0].tolist(), "y": weights[:, 1].tolist()}
    return {"path": path, "steps": steps, "at": 0, "now": now, "local": True, "header": {"surface": repr(surface)}}


@pytest.fixture(scope="module")
def told(browser):
    with scripted(browser, "data", DESCRIBE) as asked:
        yield lambda surface, w: asked([view(w, surface, 0), data.sent(surface)])


@pytest.fixture(scope="module")
def identity(browser):
    with scripted(browser, "identities", DESCRIBE) as asked:
        yield lambda surface, weights, now: asked([view(weights, surface, now), identities.sent(surface, weights)])


def written(text):
    """A number as it is printed there."""
    text = text.replace("−", "-").replace("·10", "e")
    return float(text.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))


@every
def test_the_data_are_told_with_the_weights_that_are_seen(told, surface):
    for w in W:
        found = told(surface, w)
        assert found["heading"].startswith("At step 0: w")
        outputs, targets = surface.outputs(w, surface.dataset.inputs), surface.wanted
        first = written(re.search(r"[−\d.·⁻⁰-⁹]+", found["sentence"])[0]) if isinstance(surface, MaxMargin) else None
        if isinstance(surface, MaxMargin):
            true, corrupt = surface.pairs.T
            assert first == (surface.margin + outputs[corrupt] - outputs[true] > 0.0).sum()
        elif isinstance(surface, LinearRegression):
            off = np.sqrt(np.mean((outputs - targets) ** 2))
            said = re.search(r"output is (\S+) off", found["sentence"])[1]
            assert written(said) == pytest.approx(off, rel=6e-3)
        else:
            border = 0.0 if targets.min() < 0.0 else 0.5
            right = ((outputs > border) == (targets == targets.max())).sum()
            assert found["sentence"].startswith(f"{right} of {len(targets)} rows are on the right side.")
        assert f"E is {surface.made_of}." in found["note"]
        assert not re.search(r"NaN|undefined|null", str(found))


def test_sum_and_mean_are_told_beside_each_other(told):
    mean = told(LogisticRegression(), W[0])["note"]
    total = told(LogisticRegression(reduction="sum"), W[0])["note"]
    assert "E is the mean over 20 rows. Their sum would be 20 times larger, and every limit" in mean
    assert "as many times smaller." in mean
    assert "E is the sum over 20 rows. Their mean would be 20 times smaller, and every limit" in total
    assert "as many times larger." in total
    assert "there is no minimum" in told(LogisticRegression(data=rows([1, 2, 3], [0, 0, 1])), W[0])["note"]


@every
def test_both_sides_of_every_identity_agree(surface):
    found = identities.sent(surface, W)
    for name, (left, right) in found["sides"].items():
        if name != "error" or surface.quadratic:
            size = np.abs(found["values"]).max() ** (2 if name == "determinant" else 1)
            np.testing.assert_allclose(left, right, rtol=1e-8, atol=1e-10 * size, err_msg=name)


@settings(deadline=None)
@given(seed=st.integers(0, 999), w=st.tuples(st.floats(-3, 3), st.floats(-3, 3)))
def test_close_to_the_minimum_the_quadratic_of_the_eigenvalues_is_the_error(seed, w):
    surface = LogisticRegression(data=mixed(seed, spread=2.0))
    near = surface.minima[0] + 1e-3 * np.array(w)
    left, right = identities.around_minimum(surface, near[None])
    np.testing.assert_allclose(left, right, rtol=0.1, atol=1e-12)


def test_the_sums_are_those_of_the_exercises():
    surface = LogisticRegression(reduction="sum")
    x = surface.dataset.inputs[:, 0]
    for w, trace, determinant in zip(W, *identities.from_rows(surface, W), strict=True):
        y = sigma(w[0] * x + w[1])
        r = y * (1 - y)
        assert trace == pytest.approx((r * x * x).sum() + r.sum(), rel=1e-12)
        assert determinant == pytest.approx(r.sum() * (r * x * x).sum() - (r * x).sum() ** 2, rel=1e-10)
    formulas = identities.written(surface)["formulas"]
    assert formulas == ["Σ r x² + Σ r", "Σ r · Σ r x² − (Σ r x)²"]
    assert identities.written(LinearRegression())["formulas"] == ["[Σ x² + N] / N", "[N · Σ x² − (Σ x)²] / N²"]


@every
def test_the_table_shows_both_sides(identity, surface):
    sent = identities.sent(surface, W)
    for now in (0, 5):
        found = identity(surface, W, now)
        assert found["heading"] == f"At step {now}."
        for row, name in zip(found["rows"], ("trace", "determinant", "form", "error"), strict=False):
            for text, side in zip((row[2], row[4]), sent["sides"][name], strict=True):
                assert written(text) == pytest.approx(side[now], rel=6e-4, abs=1e-300)
        assert not re.search(r"NaN|undefined|null", str(found))


def test_the_signs_say_which_kind_of_point_it_would_be(identity):
    surface = Neuron()
    random = np.random.default_rng(0).uniform(-6.0, 6.0, (80, 2))
    kinds = set()
    for now, (low, high) in enumerate(np.linalg.eigvalsh(surface.hessian(random))):
        sentence = identity(surface, random, now)["sentence"]
        kind = "minimum" if low > 0.0 else "maximum" if high < 0.0 else "saddle"
        assert f"is a {kind}" in sentence
        kinds.add(kind)
    assert kinds == {"minimum", "saddle", "maximum"} or kinds == {"minimum", "saddle"}
    assert "The determinant is 0" in identity(MaxMargin(), W, 0)["sentence"]


def test_another_surface_than_the_figure_s_is_not_explained(browser):
    with scripted(browser, "identities", DESCRIBE) as asked:
        told = asked([view(W, Neuron(), 0), identities.sent(LogisticRegression(), W)])
    assert told["stale"] and not told["rows"]


def test_rounding_makes_no_saddle_of_a_convex_error():
    surface = LogisticRegression(data="insurance_age")
    weights = np.random.default_rng(0).uniform(-50.0, 50.0, (2000, 2))
    found = identities.sent(surface, weights)
    assert (np.array(found["sides"]["determinant"]) >= 0.0).all() and (np.array(found["values"]) >= 0.0).all()
