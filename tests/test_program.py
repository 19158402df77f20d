"""The program and the table that a student takes away hold the run, bit for bit."""

import ast
import csv
import importlib.util
import inspect
import io
import re
import sys
from dataclasses import dataclass

import numpy as np
import pytest
from browser import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from valleys import OPTIMIZERS, rules, starts, valleys
from visit import visit

from engine import Optimizer, Surface, run
from engine.kernel import kernel
from engine.optimizers.adam import Adam
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.parameter import parameter
from engine.program import numpy_program, torch_program
from engine.take_away import csv_of_run, csv_of_runs
from surfaces import discover_surfaces
from surfaces.quadratic import Quadratic

VALLEY = Quadratic(eigenvalue_1=1.0, eigenvalue_2=20.0, angle=30.0, minimum_x=0.3, minimum_y=-0.7)
START = (-1.5, 1.0)
PROGRAMS = {"numpy": numpy_program, "torch": torch_program}

WITHOUT = [slug for slug, cls in OPTIMIZERS.items() if cls.iterates]
every_optimizer = pytest.mark.parametrize("slug", [slug for slug in OPTIMIZERS if slug not in WITHOUT])
every_library = pytest.mark.parametrize("library", PROGRAMS)


def executed(program: str) -> dict:
    names: dict = {"__name__": "program"}
    exec(compile(program, "program.py", "exec"), names)
    return names


@pytest.fixture
def torch():
    """PyTorch, where it is installed; a program's double precision is taken back."""
    found = pytest.importorskip("torch")
    before = found.get_default_dtype()
    yield found
    found.set_default_dtype(before)


def repeats(names: dict, surface, optimizer, eta, start, steps) -> None:
    path = run(surface, optimizer, eta, start, steps)
    weights, error = np.asarray(names["weights"]), np.asarray(names["error"])
    np.testing.assert_array_equal(weights, path.weights[:, 0], err_msg=repr(optimizer))
    np.testing.assert_array_equal(error, path.error[:, 0], err_msg=repr(optimizer))


def check(surface, optimizer, eta, start, steps) -> None:
    repeats(executed(numpy_program(surface, optimizer, eta, start, steps)), surface, optimizer, eta, start, steps)


@every_optimizer
@settings(max_examples=60)
@given(data=st.data(), surface=valleys, start=starts, steps=st.integers(0, 120))
def test_the_numpy_program_repeats_the_run_bit_for_bit(slug, data, surface, start, steps):
    cls = OPTIMIZERS[slug]
    eta = data.draw(st.floats(-3.0, 1.0).map(lambda power: cls.typical_learning_rate * 10.0**power))
    check(surface, data.draw(rules(slug, forms=True)), eta, start, steps)


@every_optimizer
def test_the_numpy_program_clips_as_the_run_does(slug):
    cls = OPTIMIZERS[slug]
    for clip in (0.3, 11.0):
        eta = cls.typical_learning_rate
        names = executed(numpy_program(VALLEY, cls(), eta, START, 120, clip))
        path = run(VALLEY, cls(), eta, START, 120, clip=clip)
        np.testing.assert_array_equal(names["weights"], path.weights[:, 0])


@every_optimizer
def test_every_form_of_a_rule_has_its_program(slug, torch):
    cls = OPTIMIZERS[slug]
    for name, known in cls.choices().items():
        for value in known.options:
            rule = cls(**{name: value})
            for clip in (None, 5.0):
                names = executed(torch_program(VALLEY, rule, cls.typical_learning_rate, START, 60, clip))
                path = run(VALLEY, rule, cls.typical_learning_rate, START, 60, clip=clip)
                np.testing.assert_array_equal(np.asarray(names["weights"]), path.weights[:, 0])


@pytest.mark.parametrize("slug", WITHOUT)
def test_a_rule_that_looks_about_says_that_it_has_no_program(slug):
    with pytest.raises(ValueError, match=f"{OPTIMIZERS[slug].title} cannot be written as a program: it asks"):
        numpy_program(VALLEY, OPTIMIZERS[slug](), 1.0, START, 5)


@every_optimizer
def test_a_long_run_that_diverges_warns_of_nothing_and_ends_in_nan(slug):
    rule = OPTIMIZERS[slug]()
    for eta in (rule.typical_learning_rate, 1e4):
        check(Quadratic(eigenvalue_1=-1e3, eigenvalue_2=1e3, angle=17.0), rule, eta, START, 1000)


@every_optimizer
def test_the_torch_program_repeats_the_run_bit_for_bit(slug, torch):
    cls = OPTIMIZERS[slug]
    for eta in cls.typical_learning_rate * np.array([0.1, 1.0, 7.0]):
        repeats(executed(torch_program(VALLEY, cls(), eta, START, 300)), VALLEY, cls(), eta, START, 300)


@every_library
@every_optimizer
def test_a_program_needs_one_library_and_is_short(slug, library):
    text = PROGRAMS[library](VALLEY, OPTIMIZERS[slug](), 0.1, START, 50)
    tree = ast.parse(text)
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert imported - {"math"} == {library}
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    code = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert len(code) < 40
    assert max(map(len, text.splitlines())) <= 120


@every_library
@pytest.mark.parametrize("name", discover_surfaces())
def test_every_surface_has_its_program(name, library):
    cls = discover_surfaces()[name]
    surface = cls()
    text = PROGRAMS[library](surface, GradientDescent(), 0.01, surface.start, 40)
    compile(text, name, "exec")
    if library == "numpy":
        names, path = executed(text), run(surface, GradientDescent(), 0.01, surface.start, 40)
        np.testing.assert_allclose(names["weights"], path.weights[:, 0], rtol=1e-12, atol=1e-12)


def test_what_it_says(capsys):
    text = numpy_program(VALLEY, Momentum(momentum=0.8), 0.02, START, 50)
    assert "# Momentum η = 0.02, μ = 0.8" in text
    assert "Bishop and Bishop (2024), 7.31" in text
    assert "change = -eta * g + mu * change" in text
    assert "w = w + change" in text
    for value in VALLEY.pack():
        assert repr(float(value)) in text
    path = run(VALLEY, Momentum(momentum=0.8), 0.02, START, 50)
    executed(text)
    said = capsys.readouterr().out
    assert said == f"step 50: w = {path.weights[-1, 0].tolist()}, error = {float(path.error[-1, 0])}\n"


def test_writing_it_compiles_nothing():
    @dataclass(frozen=True)
    class Fresh(GradientDescent):
        """w = w - eta g."""

        @kernel
        @staticmethod
        def update(w, g, state, eta, hyper, tau):
            for i in range(w.shape[0]):
                for r in range(w.shape[1]):
                    w[i, r] -= eta[r] * g[i, r]

    numpy_program(VALLEY, Fresh(), 0.1, START, 5)
    assert inspect.getattr_static(Fresh, "update").compiled is None


@pytest.fixture(scope="module")
def signum(tmp_path_factory):
    """The example of CONTRIBUTING.md, as a module."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    path = tmp_path_factory.mktemp("optimizers") / "signum.py"
    path.write_text(re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0], encoding="utf-8")
    spec = importlib.util.spec_from_file_location("signum", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["signum"] = module
    spec.loader.exec_module(module)
    yield module.Signum
    del sys.modules["signum"]


def test_a_new_optimizer_has_its_program_from_its_one_file(signum):
    for decay in (0.0, 0.9):
        check(VALLEY, signum(decay=decay), 0.01, START, 300)
    text = numpy_program(VALLEY, signum(), 0.01, START, 300)
    assert "mean = beta * mean + (1.0 - beta) * g" in text
    assert "w = w - eta * np.sign(mean)" in text


def test_a_new_optimizer_in_torch(signum, torch):
    repeats(executed(torch_program(VALLEY, signum(), 0.01, START, 300)), VALLEY, signum(), 0.01, START, 300)


LEAST = 1e-12


@dataclass(frozen=True)
class Unit(Optimizer):
    """Steps of length eta at first, shorter ones later: w = w - eta/tau g/|g|, never further than ``longest``.

    Weights depend on each other, a branch depends on the weight, and the step before is kept.
    """

    longest: float = parameter(0.3, 0.0, 1.0, "l", step=0.1)
    share: float = parameter(0.25, 0.0, 1.0, "s", step=0.1)

    title = "Unit"
    slots = ("step", "previous")
    typical_learning_rate = 0.5

    @kernel
    @staticmethod
    def update(w, g, state, eta, hyper, tau):
        size, runs = w.shape
        for r in range(runs):
            norm = LEAST
            for i in range(size):
                norm += g[i, r] * g[i, r]
            length = np.sqrt(norm)
            for i in range(size):
                old = w[i, r]
                step = 1.0 / tau * eta[r] * g[i, r] / length
                if step > hyper[0, r]:
                    step = hyper[0, r]
                w[i, r] -= step - hyper[1, r] * state[1, i, r]
                state[0, i, r] = step
                state[1, i, r] = old - w[i, r]


@dataclass(frozen=True)
class Signs(Optimizer):
    """w = w - eta sign(g) where the sign has stayed, after the old weights were kept under a name."""

    title = "Signs"
    slots = ("mean", "before")
    typical_learning_rate = 0.05

    @kernel
    @staticmethod
    def update(w, g, state, eta, hyper, tau):
        for r in range(w.shape[1]):
            rate = eta[r] / np.sqrt(tau)
            for i in range(w.shape[0]):
                old = w[i, r]
                stayed = np.where(g[i, r] * state[0, i, r] < 0.0, 0.5, 1.0)
                w[i, r] -= rate * np.sign(g[i, r]) * stayed
                state[0, i, r] = g[i, r]
                state[1, i, r] = old


@dataclass(frozen=True)
class Bowl(Surface):
    """E = 1/4 sum_i depth w_i^4 + |rows w|^2/2, weights one by one, with data."""

    depth: float = parameter(2.0, 0.1, 10.0, "d", step=0.1)

    title = "Bowl"
    dim = 2
    start = (-1.0, 0.5)
    view = ((-2.0, 2.0), (-2.0, 2.0))

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        for r in range(w.shape[1]):
            error[r] = 0.0
            for i in range(w.shape[0]):
                square = w[i, r] * w[i, r]
                error[r] += 0.25 * theta[0] * square * square
                g[i, r] = theta[0] * square * w[i, r]
            for n in range(data.shape[0]):
                product = data[n, 0] * w[0, r] + data[n, 1] * w[1, r]
                error[r] += 0.5 * product * product
                for i in range(w.shape[0]):
                    g[i, r] += product * data[n, i]

    def hessian(self, w):
        raise NotImplementedError

    def rows(self):
        return np.array([[1.0, 0.1], [0.3, -0.7], [1.0 / 3.0, 0.0]])


@dataclass(frozen=True)
class Slope(Surface):
    """E = 1 + |w_1| - 2 w_2, a gradient that is a number."""

    title = "Slope"
    dim = 2
    start = (-1.0, 0.5)
    view = ((-2.0, 2.0), (-2.0, 2.0))

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        for r in range(w.shape[1]):
            g[0, r] = np.sign(w[0, r])
            g[1, r] = -2.0
            error[r] = 1.0 + abs(w[0, r]) - 2.0 * w[1, r]

    def hessian(self, w):
        raise NotImplementedError


UNUSUAL = [(VALLEY, Unit()), (VALLEY, Signs()), (Bowl(), Momentum()), (Slope(), Adam()), (Bowl(), Unit(longest=0.01))]


@pytest.mark.parametrize(("surface", "optimizer"), UNUSUAL, ids=repr)
def test_kernels_of_other_shapes_are_written_too(surface, optimizer):
    for eta in (0.01, 0.3):
        check(surface, optimizer, eta, START, 90)


@pytest.mark.parametrize(("surface", "optimizer"), UNUSUAL, ids=repr)
def test_kernels_of_other_shapes_in_torch(surface, optimizer, torch):
    for eta in (0.01, 0.3):
        repeats(executed(torch_program(surface, optimizer, eta, START, 90)), surface, optimizer, eta, START, 90)


@pytest.mark.parametrize(("surface", "optimizer"), UNUSUAL, ids=repr)
def test_kernels_of_other_shapes_compile_in_torch(surface, optimizer):
    compile(torch_program(surface, optimizer, 0.01, START, 90), "program.py", "exec")


@dataclass(frozen=True)
class Neighbour(GradientDescent):
    """A rule that looks at another run."""

    title = "Neighbour"

    @kernel
    @staticmethod
    def update(w, g, state, eta, hyper, tau):
        for i in range(w.shape[0]):
            for r in range(w.shape[1]):
                w[i, r] -= eta[r] * g[i, 0]


@dataclass(frozen=True)
class Scratch(GradientDescent):
    """A rule with an array of its own."""

    title = "Scratch"

    @kernel
    @staticmethod
    def update(w, g, state, eta, hyper, tau):
        aside = np.empty(w.shape[1])
        for r in range(w.shape[1]):
            aside[r] = g[0, r]
            w[0, r] -= eta[r] * aside[r]


@pytest.mark.parametrize(("rule", "why"), [(Neighbour, "another run, 'g\\[i, 0\\]'"), (Scratch, "'np.empty'")])
@every_library
def test_what_cannot_be_written_is_refused_with_a_sentence(rule, why, library):
    with pytest.raises(ValueError, match=rf"^{rule.title} cannot be written as a program: it .*{why}\.$"):
        PROGRAMS[library](VALLEY, rule(), 0.1, START, 10)


def table(text: str) -> tuple[list[str], list[list[str]]]:
    assert text.endswith("\n")
    head, *rows = csv.reader(io.StringIO(text))
    return head, rows


@pytest.mark.parametrize("eta", [0.01, 0.2])
def test_the_table_is_the_run(eta):
    path = run(VALLEY, GradientDescent(), eta, START, 60)
    head, rows = table(csv_of_run(path))
    assert head == ["step", "w1", "w2", "error", "gradient_1", "gradient_2"]
    last = 60 if path.diverged_at[0] < 0 else int(path.diverged_at[0])
    assert (last < 60) == (eta == 0.2)
    values = np.array(rows, dtype=float)
    assert [row[0] for row in rows] == [str(step) for step in range(last + 1)]
    np.testing.assert_array_equal(values[:, 1:3], path.weights[: last + 1, 0])
    np.testing.assert_array_equal(values[:, 3], path.error[: last + 1, 0])
    np.testing.assert_array_equal(values[:, 4:], path.gradient[: last + 1, 0])
    assert np.isfinite(values).all()


def test_the_table_of_several_runs_names_them():
    paths = {name: run(VALLEY, Momentum(), eta, START, 30) for name, eta in {"a": 0.01, "c": 0.02}.items()}
    head, rows = table(csv_of_runs(paths))
    assert head == ["run", "step", "w1", "w2", "error", "gradient_1", "gradient_2"]
    for name, path in paths.items():
        assert [row[1:] for row in rows if row[0] == name] == table(csv_of_run(path))[1]
    assert {row[0] for row in rows} == set(paths)


def test_a_table_needs_one_run_with_its_error():
    with pytest.raises(ValueError, match="^path must hold one run"):
        csv_of_run(run(VALLEY, Momentum(), [0.01, 0.02], START, 3))
    with pytest.raises(ValueError, match="^path must hold one run"):
        csv_of_run(run(VALLEY, Momentum(), 0.01, START, 3, record=("error",)))
    with pytest.raises(ValueError, match="at least one run"):
        csv_of_runs({})


def test_the_page_shows_the_program_of_the_run_under_the_sliders():
    app = visit("a=adam&a.learning_rate=0.03&surface.angle=-40&steps=80&show=code")
    assert not app.exception
    shown = [block.value for block in app.code]
    surface = Quadratic(angle=-40.0)
    assert shown == [numpy_program(surface, Adam(), 0.03, surface.start, 80).strip()]
