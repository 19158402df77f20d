"""Formulas are what Python and NumPy say they are, and their derivatives are exact."""

import os
import random
import subprocess
import sys

import numpy as np
import pytest
import sympy
from browser import ROOT
from formulas import CONSTANTS, TYPED, as_python, evaluated, random_formula

from engine import discover_optimizers, run, sweep
from engine.formula.machine import BLOCK, Op
from engine.formula.tokens import LONGEST, FormulaError
from engine.kernel import kernel
from engine.optimizers.gradient_descent import GradientDescent
from engine.program import numpy_program
from surfaces import discover_surfaces
from surfaces.formula import Formula

MANY = 10_000
REASONS = ("finite", "exponent", "neither x nor y", "more than", "too much", "characters long", "nested", "zero")
POINTS = np.random.default_rng(3).uniform(-2.0, 2.0, size=(5, 2))


def formulas(seed: int, count: int, depth: int = 4):
    """Yield formulas that are read, with values for their constants; what is refused of others has few reasons."""
    source, found = random.Random(seed), 0
    while found < count:
        text = random_formula(source, depth)
        try:
            made = Formula(text)
        except FormulaError as error:
            refused = str(error)
            if not any(reason in refused for reason in REASONS):
                pytest.fail(f"{text}: {refused}")
            continue
        found += 1
        yield text, Formula(text, {name: CONSTANTS[name] for name, _ in made.constants})


# fourth-order central differences: coefficients of f(w + k h), k = -2, -1, 1, 2, over h
STENCIL = {-2: 1.0 / 12.0, -1: -8.0 / 12.0, 1: 8.0 / 12.0, 2: -1.0 / 12.0}


def slopes(function, points, h):
    """Fourth-order differences of function, (N, ...), along x and y: (2, N, ...)."""
    shifts = [h * np.array(axis) for axis in ((1.0, 0.0), (0.0, 1.0))]
    around = np.stack([[points + k * shift for k in STENCIL] for shift in shifts])
    values = function(around)
    weights = np.array(list(STENCIL.values())).reshape(1, -1, *[1] * (values.ndim - 2))
    return (values * weights).sum(axis=1) / h


def agree(known, function, derivative) -> np.ndarray:
    """Compare with differences wherever those of two widths agree, so that no corner or pole is near.

    Nor where rounding is magnified, as of sin(x^40), which no difference can follow. Return how many were compared, and
    how many are nan, as they are where a part of a finite E is infinite, or where a negative number has an exponent
    that varies and is whole just there.
    """
    with np.errstate(all="ignore"):
        wide, narrow = slopes(function, POINTS, 1e-3), slopes(function, POINTS, 5e-4)
        size = 1.0 + np.abs(narrow) + np.abs(function(POINTS))
        calm = known.error < 1e-12 * (1.0 + np.abs(known.value))
        smooth = (np.abs(wide - narrow) < 1e-8 * size) & calm
        compared = smooth & ~np.isnan(derivative)
        off = np.abs(narrow - derivative)
    assert (off[compared] <= 1e-6 * size[compared]).all(), (narrow, derivative)
    return np.array([compared.sum(), smooth.sum() - compared.sum()])


def test_ten_thousand_formulas_agree_with_python_and_their_gradients_with_differences():
    values, gradients = 0, np.zeros(2)
    for text, surface in formulas(1, MANY):
        error, gradient = surface.evaluate(POINTS)
        known = evaluated(text, *POINTS.T, dict(surface.constants))
        value, bound = np.broadcast_to(known.value, error.shape), np.broadcast_to(known.error, error.shape)
        sure = np.isfinite(value) & np.isfinite(bound)
        off = np.abs(error - np.where(sure, value, 0.0))
        assert (off[sure] <= 4.0 * bound[sure] + 1e-300).all(), (text, surface.constants, off, bound)
        values += sure.sum()
        gradients += agree(known, lambda w: surface.evaluate(w)[0], gradient.T)  # noqa: B023
    assert values > 0.5 * MANY * len(POINTS)
    assert gradients[0] > 0.4 * MANY * 2 * len(POINTS)
    assert gradients[1] < 2e-3 * gradients[0]


def test_hessians_agree_with_differences_of_the_gradient():
    compared = np.zeros(2)
    for text, surface in formulas(3, 1000):
        hessian = surface.hessian(POINTS)
        np.testing.assert_array_equal(hessian, np.swapaxes(hessian, 1, 2))
        known = evaluated(text, *POINTS.T, dict(surface.constants))
        for i in (0, 1):
            compared += agree(known, lambda w: surface.evaluate(w)[1][..., i], hessian[:, i].T)  # noqa: B023
    assert compared[0] > 0.4 * 1000 * 4 * len(POINTS)
    assert compared[1] < 5e-3 * compared[0]


SMOOTH = [
    "x^2/2 + kappa*y^2/2 + sin(3*x)",
    "(a - x)^2 + 12*(y - x^2)^2",
    "exp(-x^2 - y^2/2)*cos(2*x*y) + tanh(x*y - 1)/(2 + y^2)",
    "log(1 + x^2 + a*y^2)^3 - sqrt(3 + x*y)",
    "(3 + x)^(y - 1) + 2^-x*y + (4 + y)^2.5 + x^-3",
    "sigmoid(3*x - y)*tan(y/3) - 1/(5 + x*y)",
    "((x + y)^7 - y/x)/exp(y)",
]


@pytest.mark.parametrize("text", SMOOTH)
def test_sympy_finds_the_same_derivatives(text):
    surface = Formula(text)
    x, y = sympy.symbols("x y")
    names = {name: getattr(sympy, name) for name in ("sin", "cos", "tan", "exp", "log", "sqrt", "tanh")}
    names |= {"N": sympy.Float, "sigmoid": lambda u: 1 / (1 + sympy.exp(-u)), "x": x, "y": y}
    names |= {name.replace("lambda", "lambda_"): sympy.Float(value) for name, value in surface.constants}
    whole = eval(as_python(text), names)
    hessian = [sympy.diff(whole, first, second) for first, second in ((x, x), (x, y), (y, y))]
    known = sympy.lambdify((x, y), [whole, sympy.diff(whole, x), sympy.diff(whole, y), *hessian], "mpmath")
    points = POINTS[:4]
    error, gradient = surface.evaluate(points)
    found = np.column_stack([error, gradient, surface.hessian(points).reshape(-1, 4)[:, [0, 1, 3]]])
    for row, point in zip(found, points, strict=True):
        expected = np.array([float(value) for value in known(*map(sympy.Float, point.tolist()))])
        np.testing.assert_allclose(row, expected, rtol=1e-11, atol=1e-12 * np.abs(expected).max())


@pytest.mark.parametrize("slug", TYPED)
def test_a_surface_that_is_typed_is_the_surface(slug):
    text, constants = TYPED[slug]
    surface, same = discover_surfaces()[slug](), Formula(text, constants)
    low, high = np.array(surface.view).T
    points = np.random.default_rng(2).uniform(low, high, size=(50, 2))
    pairs = [*zip(surface.evaluate(points), same.evaluate(points), strict=True)]
    for known, found in (*pairs, (surface.hessian(points), same.hessian(points))):
        np.testing.assert_allclose(found, known, rtol=1e-10, atol=1e-12 * np.abs(known).max())


EVERYTHING = "x*y - x/y + (2 + x)^y + min(x, y)*max(x, y, 0) + x^3 + (3 + x)^1.5 + 2^y + " + " + ".join(
    f"{name}({inside})"
    for name, inside in (
        *(("sin", "x"), ("cos", "y"), ("tan", "x"), ("exp", "y"), ("log", "3 + x"), ("sqrt", "3 + y")),
        *(("abs", "x - 1/7"), ("tanh", "y"), ("sigmoid", "x + y")),
    )
)


def test_everything_is_tested():
    used = {op for op, _ in Formula(f"1 - ({EVERYTHING})/3 + min(y, 2)").steps}
    assert used == set(Op)


def test_the_hessian_s_kernel_is_the_one_of_the_gradient_and_blocks_do_not_show():
    surface = Formula(EVERYTHING)
    points = np.random.default_rng(5).uniform(-1.5, 1.5, size=(2 * BLOCK + 3, 2))
    error, gradient = surface.evaluate(points)
    hessian = surface.hessian(points)
    for r in (0, 1, BLOCK - 1, BLOCK, 2 * BLOCK + 2):
        alone, slope = surface.evaluate(points[r])
        assert alone == error[r]
        np.testing.assert_array_equal(slope, gradient[r])
        np.testing.assert_array_equal(surface.hessian(points[r]), hessian[r])


@pytest.mark.parametrize(
    ("text", "place", "error", "gradient"),
    [
        ("abs(x) + y", (0.0, 0.0), 0.0, (0.0, 1.0)),
        ("max(x, -x) + y", (0.0, 0.0), 0.0, (0.0, 1.0)),
        ("max(x, 3*y)", (0.0, 0.0), 0.0, (0.5, 1.5)),
        ("min(x, 3*y)", (0.0, 0.0), 0.0, (0.5, 1.5)),
        ("max(0, x)*y", (-1.0, 2.0), 0.0, (0.0, 0.0)),
        ("x^0 + y", (0.0, 2.0), 3.0, (0.0, 1.0)),
        ("x^1 + y^2", (-3.0, -2.0), 1.0, (1.0, -4.0)),
        ("x^3 + y^-2", (-2.0, -0.5), -4.0, (12.0, 16.0)),
        ("x^kappa + y", (-3.0, 1.0), -2.0, (1.0, 1.0)),
        ("sqrt(x) + y", (4.0, 0.0), 2.0, (0.25, 1.0)),
        ("tanh(x) + y", (400.0, 0.0), 1.0, (0.0, 1.0)),
        ("sigmoid(x) + y", (-800.0, 0.0), 0.0, (0.0, 1.0)),
    ],
)
def test_corners_and_powers_are_as_stated(text, place, error, gradient):
    found = Formula(text).evaluate(np.array(place))
    assert found[0] == error
    np.testing.assert_array_equal(found[1], gradient)


@pytest.mark.parametrize("text", ["log(x) + y", "sqrt(x) + y", "x^0.5 + y", "x^y + y"])
def test_outside_its_domain_a_formula_is_nan_quietly(text):
    error, gradient = Formula(text).evaluate(np.array([-1.0, 0.5]))
    assert np.isnan(error) and np.isnan(gradient[0])
    assert np.isnan(Formula(text).hessian(np.array([-1.0, 0.5]))[0, 0])


def test_far_out_small_slopes_are_not_lost():
    points = np.array([[-30.0, 0.0], [30.0, 0.0]])
    for text, scale in (("tanh(x) + 0*y", 2.0), ("sigmoid(x) + 0*y", 1.0)):
        _, gradient = Formula(text).evaluate(points)
        expected = np.exp(-scale * 30.0) * (4.0 if scale == 2.0 else 1.0)
        np.testing.assert_allclose(gradient[:, 0], expected, rtol=1e-12)


def test_a_run_that_leaves_the_domain_has_diverged():
    path = run(Formula("x + log(x) + y^2"), GradientDescent(), 0.5, (1.0, 1.0), 50)
    assert path.diverged_at[0] > 0
    assert np.isfinite(path.weights[: path.diverged_at[0] + 1]).all()


def test_every_optimizer_runs_on_it_and_a_sweep_over_a_constant_is_its_runs():
    surface = Formula("x^2 + kappa*y^2 + cos(x)/3")
    for cls in discover_optimizers().values():
        assert np.isfinite(run(surface, cls(), cls.typical_learning_rate, surface.start, 50).error).all()
    cells = sweep(
        surface, GradientDescent(), {"surface.kappa": [1.0, 4.0]}, start=(1.0, 1.0), steps=30, learning_rate=0.1
    )
    for value, error in zip((1.0, 4.0), cells.error, strict=True):
        path = run(Formula(surface.text, kappa=value), GradientDescent(), 0.1, (1.0, 1.0), 30)
        assert error == path.error[-1, 0]


def executed(surface) -> dict:
    names: dict = {}
    exec(compile(numpy_program(surface, GradientDescent(), 0.01, surface.start, 3), "program", "exec"), names)
    return names


@pytest.mark.parametrize("text", [EVERYTHING, *SMOOTH, "x -\n y\t- -1*x*lambda", "1/x", "y^0 - x", "2*max(x, 1)"])
def test_the_program_to_take_away_computes_the_same(text):
    surface = Formula(text)
    function = executed(surface)["error_and_gradient"]
    for point in np.random.default_rng(7).uniform(-1.5, 1.5, size=(8, 2)):
        error, gradient = surface.evaluate(point)
        with np.errstate(all="ignore"):
            found = function(point)
        np.testing.assert_allclose(found[0], error, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(found[1], gradient, rtol=1e-11, atol=1e-12)


def test_the_program_to_take_away_of_many_formulas():
    for text, surface in formulas(4, 150):
        function = executed(surface)["error_and_gradient"]
        for point in POINTS[:2]:
            error, gradient = surface.evaluate(point)
            with np.errstate(all="ignore"):
                found = function(point)
            if np.isfinite(error):
                bound = evaluated(text, *point, dict(surface.constants)).error
                assert abs(found[0] - error) <= 8.0 * bound + 1e-300 or not np.isfinite(bound), text
            if np.isfinite(gradient).all() and np.isfinite(found[1]).all():
                np.testing.assert_allclose(found[1], gradient, rtol=1e-6, atol=1e-6, err_msg=text)


BITS = f"""
import json
import numpy as np
from surfaces.formula import Formula

points = np.random.default_rng(1).uniform(-1.5, 1.5, size=(7, 2))
surface = Formula({EVERYTHING!r})
error, gradient = surface.evaluate(points)
print(json.dumps([error.tolist(), gradient.tolist(), surface.hessian(points).tolist()]))
"""


def test_without_compilation_the_same_code_gives_the_same_numbers():
    said = []
    for flag in ("0", "1"):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", BITS],
            cwd=ROOT,
            env={**os.environ, "NUMBA_DISABLE_JIT": flag},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        said.append(eval(done.stdout))
    for compiled, interpreted in zip(*said, strict=True):
        np.testing.assert_allclose(compiled, interpreted, rtol=1e-13, atol=1e-14)


LEAKS = """
import gc, random, resource, sys, tracemalloc
import numpy as np
sys.path.insert(0, "tests")
from formulas import random_formula
from surfaces.formula import Formula

source, points = random.Random(9), np.zeros((50, 2)) + 0.3

def use(count):
    done = 0
    while done < count:
        try:
            surface = Formula(random_formula(source))
        except ValueError:
            continue
        surface.evaluate(points), surface.hessian(points), surface.latex
        done += 1
    gc.collect()

use(300)
tracemalloc.start()
use(100)
held, most = tracemalloc.get_traced_memory()[0], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
use(1000)
print(tracemalloc.get_traced_memory()[0] - held, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - most)
print(len(Formula.value_and_grad.signatures))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no getrusage")
def test_a_thousand_formulas_leave_nothing_behind():
    done = subprocess.run([sys.executable, "-c", LEAKS], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    held, grown, compiled = map(int, done.stdout.split())
    assert held < 200_000, "bytes"
    assert grown < 4_000, "kB; one compiled formula would be about 900"
    assert compiled == 1


def test_no_formula_compiles():
    machine = next(vars(base)["value_and_grad"] for base in Formula.__mro__ if "value_and_grad" in vars(base))
    assert type(machine) is kernel
    for text in SMOOTH:
        Formula(text).evaluate(POINTS)
    assert len(machine.compiled.signatures) == 1


def test_the_longest_formulas_stay_within_the_limits_of_the_machine():
    for piece in ("(x+", "x^(y+", "-(", "sin("):
        for count in range(1, LONGEST // len(piece)):
            text = piece * count + "y" + ")" * count
            try:
                surface = Formula(text)
            except FormulaError:
                break
            assert surface.evaluate(np.array([0.5, 0.25]))[1].shape == (2,)
        assert count > 10
