"""Spectra: typed and made by a law; and the error of many modes, summed in bands."""

import math
import re

import numpy as np
import pytest

from engine import run, theory
from engine.bands import band_errors, bands, equal_distance, equal_error, holders, mode_errors
from engine.growth import FIRST_WORSE, growth, horizon, worst_path
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.optimizers.nesterov import Nesterov
from engine.residual import residual
from engine.spectrum import LAWS, MOST, WIDEST, BadSpectrum, Linear, MarchenkoPastur, PowerLaw, condition_number, typed
from surfaces.quadratic import Quadratic


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1, 2.5, 20", [1, 2.5, 20]),
        ("20 1\n2.5;", [1, 2.5, 20]),
        (" 3 ", [3]),
        ("1e-3,1E3,+2,.5,4.", [0.001, 0.5, 2, 4, 1000]),
        ("0, 0, 5", [0, 0, 5]),
        ("-0, 1", [0, 1]),
        (",".join(["7"] * MOST), [7] * MOST),
    ],
)
def test_a_typed_list(text, values):
    assert typed(text).tolist() == values


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1, 2, abc", "eigenvalue 3 must be zero or a number in [0.001, 1000], got 'abc'"),
        ("1, -2", "eigenvalue 2 must be zero or a number in [0.001, 1000], got '-2'"),
        ("nan", "eigenvalue 1 must be zero or a number in [0.001, 1000], got 'nan'"),
        ("1, inf", "eigenvalue 2 must be zero or a number in [0.001, 1000], got 'inf'"),
        ("1e999", "eigenvalue 1 must be zero or a number in [0.001, 1000], got '1e999'"),
        ("1e-999", "at least one eigenvalue must be above 0, got '0'"),
        ("1_0", "eigenvalue 1 must be zero or a number in [0.001, 1000], got '1_0'"),
        ("١", "eigenvalue 1 must be zero or a number in [0.001, 1000], got '١'"),
        ("__import__('os')", "eigenvalue 1 must be zero or a number in [0.001, 1000], got \"__import__('os')\""),
        ("", "the list must hold at least one eigenvalue, got 'nothing'"),
        (" , ;\n", "the list must hold at least one eigenvalue, got 'nothing'"),
        ("0 0", "at least one eigenvalue must be above 0, got '0'"),
        (",".join(["1"] * (MOST + 1)), "the list must hold at most 1000 eigenvalues, got '1001'"),
        ("9" * 50_000, "the list must have at most 20000 characters, got '50000'"),
    ],
)
def test_a_bad_list_says_where_and_why(text, message):
    with pytest.raises(BadSpectrum, match=f"^{re.escape(message)}$"):
        typed(text)


@pytest.mark.parametrize("cls", LAWS.values(), ids=list(LAWS))
def test_every_law_at_its_ends(cls):
    for name, declared in cls.parameters().items():
        for value in (declared.low, declared.high, declared.default):
            made = cls(**{name: value})
            eigenvalues = made.eigenvalues
            assert len(eigenvalues) == int(made.parameters()["count"].check("count", made.count))
            assert (np.diff(eigenvalues) >= 0.0).all() and eigenvalues[0] >= 0.0 and eigenvalues[-1] > 0.0
            for rule in (GradientDescent, Momentum, Nesterov):
                assert 0.0 <= theory.optimal(rule, eigenvalues[eigenvalues > 0.0]).rate < 1.0


def test_laws_by_hand():
    np.testing.assert_allclose(Linear(low=1.0, high=3.0, count=5).eigenvalues, [1, 1.5, 2, 2.5, 3])
    assert Linear(low=1.0, high=3.0, count=1).eigenvalues.tolist() == [3.0]
    np.testing.assert_allclose(PowerLaw(count=4, exponent=2.0, largest=16.0).eigenvalues, [1, 16 / 9, 4, 16])


def test_a_spectrum_too_wide_is_refused():
    with pytest.raises(BadSpectrum, match="times the smallest positive one"):
        _ = MarchenkoPastur(count=1000, ratio=1.0).eigenvalues
    assert condition_number(MarchenkoPastur(count=800, ratio=1.0).eigenvalues) < WIDEST


@pytest.mark.parametrize("ratio", [0.1, 0.5, 1.0, 2.0, 10.0])
def test_marchenko_pastur_is_what_random_data_have(ratio):
    size = 1000
    law = np.sort(MarchenkoPastur(count=size, ratio=ratio).law())
    rows = np.random.default_rng(1).normal(size=(int(size / ratio), size))
    found = np.linalg.eigvalsh(rows.T @ rows / len(rows))
    assert np.abs(law - found).max() < 0.03 * found[-1]
    assert (law == 0.0).sum() == (found < 1e-9).sum() == max(0, size - len(rows))
    assert law.mean() == pytest.approx(1.0, abs=2e-3)
    edges = (1.0 - math.sqrt(ratio)) ** 2, (1.0 + math.sqrt(ratio)) ** 2
    assert edges[0] <= law[law > 0.0].min() and law.max() <= edges[1]
    np.testing.assert_allclose(3.0 * law, np.sort(MarchenkoPastur(count=size, ratio=ratio, scale=3.0).law()))


def test_marchenko_pastur_quantiles_against_its_density():
    ratio = 0.3
    low, high = (1.0 - math.sqrt(ratio)) ** 2, (1.0 + math.sqrt(ratio)) ** 2
    grid = np.linspace(low, high, 2_000_001)
    density = np.sqrt((high - grid) * (grid - low)) / (2.0 * math.pi * ratio * grid)
    below = np.concatenate([[0.0], np.cumsum(0.5 * (density[1:] + density[:-1]) * np.diff(grid))])
    assert below[-1] == pytest.approx(1.0, abs=1e-6)
    expected = np.interp((np.arange(25) + 0.5) / 25, below, grid)
    np.testing.assert_allclose(MarchenkoPastur(count=25, ratio=ratio).eigenvalues, expected, atol=1e-5)


SPECTRA = [typed("1, 20"), typed("0, 3, 3, 5"), Linear(count=100).eigenvalues, PowerLaw(count=1000).eigenvalues]


@pytest.mark.parametrize("eigenvalues", SPECTRA, ids=["two", "flat", "linear", "power law"])
def test_both_starts_have_error_one_and_bands_hold_every_mode_once(eigenvalues):
    for squares in (equal_error(eigenvalues), equal_distance(eigenvalues)):
        assert 0.5 * (eigenvalues * squares).sum() == pytest.approx(1.0)
        best = theory.optimal(Momentum, eigenvalues[eigenvalues > 0.0])
        errors = mode_errors(residual(best.optimizer, best.learning_rate, eigenvalues, 25), eigenvalues, squares)
        groups = bands(eigenvalues)
        summed = band_errors(errors, groups)
        np.testing.assert_allclose(summed.sum(axis=1), errors.sum(axis=1), rtol=1e-12)
        assert summed.shape == (26, len(groups)) and len(groups) <= 8
        for b, band in enumerate(groups):
            inside = (eigenvalues >= band.low) & (eigenvalues <= band.high)
            assert inside[band.first : band.last + 1].all()
            np.testing.assert_allclose(summed[:, b], errors[:, band.first : band.last + 1].sum(axis=1), rtol=1e-12)
        assert groups[0].low == eigenvalues[eigenvalues > 0.0].min() and groups[-1].high == eigenvalues[-1]
    positive = equal_error(eigenvalues)[eigenvalues > 0.0] * eigenvalues[eigenvalues > 0.0]
    np.testing.assert_allclose(positive, positive[0])


@pytest.mark.parametrize("rule", [GradientDescent(), Momentum(momentum=0.6), Nesterov(momentum=0.6)], ids=repr)
def test_mode_errors_are_those_of_a_run(rule):
    valley = Quadratic(eigenvalue_1=1.0, eigenvalue_2=20.0, angle=0.0)
    eigenvalues = valley.eigenvalues
    squares = equal_error(eigenvalues)
    path = run(valley, rule, 0.05, np.sqrt(squares), 40)
    errors = mode_errors(residual(rule, 0.05, eigenvalues, 40), eigenvalues, squares)
    np.testing.assert_allclose(errors.sum(axis=1), path.error[:, 0], rtol=1e-10, atol=1e-15)


def test_who_holds_the_error():
    assert holders(np.array([90.0, 5.0, 5.0])) == (1, 0)
    assert holders(np.array([89.0, 5.0, 6.0])) == (1, 1)
    assert holders(np.array([0.0, 1.0, 99.0])) == (0, 1)
    assert holders(np.array([45.0, 1.0, 2.0, 2.0, 50.0])) == (1, 1)
    assert sum(holders(np.ones(10))) == 9
    assert sum(holders(np.array([3.0]))) == 1


def test_growth_is_what_momentum_at_its_best_does():
    peaks = growth(Momentum, kappas := np.geomspace(1.0, 1e6, 181))
    root = np.sqrt(kappas)
    rho, k = (root - 1.0) / (root + 1.0), np.arange(2000)[:, None]
    np.testing.assert_allclose(peaks, ((1.0 + k * (1.0 + rho)) * rho**k).max(axis=0), rtol=1e-9)
    assert (peaks[kappas < FIRST_WORSE] == 1.0).all() and (peaks[kappas > FIRST_WORSE] > 1.0).all()
    assert pytest.approx(5.828, abs=1e-3) == FIRST_WORSE
    assert peaks[-1] == pytest.approx(1000.0 / math.e, rel=2e-3)
    assert peaks[-1] ** 2 == pytest.approx(1e6 / math.e**2, rel=4e-3)


@pytest.mark.parametrize("cls", [GradientDescent, Nesterov])
def test_the_others_at_their_best_never_make_it_worse(cls):
    assert growth(cls, np.geomspace(1.0, 1e6, 61)).max() <= 1.0 + 1e-12


@pytest.mark.parametrize("kappa", [2.0, 5.8, 5.9, 20.0, 1000.0])
def test_the_steepest_mode_grows_most_and_a_run_has_that_error(kappa):
    steps = 4 * horizon(kappa)
    path = worst_path(Momentum, kappa, steps)
    best = theory.optimal(Momentum, [1.0, kappa])
    steepest = np.abs(theory.mode_path(best.optimizer, best.learning_rate, kappa, steps))
    np.testing.assert_allclose(path, steepest, rtol=1e-9)
    assert path.argmax() < horizon(kappa)
    valley = Quadratic(eigenvalue_1=0.001, eigenvalue_2=0.001 * kappa, angle=0.0)
    tuned = theory.optimal(Momentum, valley.eigenvalues)
    error = run(valley, tuned.optimizer, tuned.learning_rate, (0.0, 1.0), steps).error[:, 0]
    np.testing.assert_allclose(error / error[0], path**2, rtol=1e-6, atol=1e-12)
    assert (error.max() > error[0] * (1.0 + 1e-9)) == (kappa > FIRST_WORSE)
