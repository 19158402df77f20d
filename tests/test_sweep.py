"""sweep(...) and trials(...): what a run does, as four numbers; the same whatever does the work."""

import json
import time
import tracemalloc
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context

import numpy as np
import pytest
from test_kernel import python
from test_run import Halving, Ramp

from engine import Surface, discover_optimizers, run, sweep, trials
from engine.kernel import kernel
from engine.optimizers.adam import Adam
from engine.optimizers.gradient_descent import GradientDescent
from engine.optimizers.momentum import Momentum
from engine.parameter import parameter
from engine.settling import first_hit, lowest_error, settled_step
from engine.workers import pool
from surfaces import discover_surfaces
from surfaces.quadratic import Quadratic

OPTIMIZERS, SURFACES = discover_optimizers(), discover_surfaces()
VALLEY = Quadratic(eigenvalue_1=1.0, eigenvalue_2=20.0, angle=30.0)
SADDLE = Quadratic(eigenvalue_1=-1.0, eigenvalue_2=20.0, angle=30.0)
START = (-1.5, 1.0)
KEPT = ("error", "settled", "first_hit", "diverged_at", "diverged")
ETAS, MUS = np.geomspace(1e-3, 0.3, 23), np.linspace(0.0, 0.99, 17)
GRID = {"learning_rate": ETAS, "momentum": MUS}


@dataclass(frozen=True)
class Bowl(Surface):
    """E = 3 + 1/2 sum i w_i^2 in ten weights: its lowest error is not zero."""

    title, dim, start = "Bowl", 10, (1.0,) * 10
    view = ((-1.0, 1.0), (-1.0, 1.0))

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        for r in range(w.shape[1]):
            error[r] = 3.0
        for i in range(w.shape[0]):
            for r in range(w.shape[1]):
                error[r] += 0.5 * (i + 1.0) * w[i, r] * w[i, r]
                g[i, r] = (i + 1.0) * w[i, r]

    def hessian(self, w):
        return np.broadcast_to(np.diag(np.arange(1.0, 11.0)), (*np.shape(w), 10))

    @property
    def minima(self):
        return np.zeros((1, 10))


@dataclass(frozen=True)
class Halved(Momentum):
    """Momentum whose kernel receives half of what is set, and which refuses one value."""

    def pack(self):
        return 0.5 * super().pack()

    def validate(self):
        super().validate()
        if self.momentum == 0.25:
            raise ValueError("momentum must not be 0.25")


def same(found, expected):
    for name in KEPT:
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name), err_msg=name)


def of_run(surface, path, tolerance, relative=True):
    """What a Trajectory says of each run, in the order of KEPT."""
    error = path.error - lowest_error(surface)
    if not relative:  # 0 stays at or below half of any start, and 1 does not
        error, tolerance = np.where(error <= tolerance, 0.0, 1.0), 0.5
    settled, first = settled_step(error, tolerance), first_hit(error, tolerance)
    return path.error[-1], settled, first, path.diverged_at, path.diverged_at >= 0


def random_settings(cls, runs, rng):
    """Values over the whole range of every hyperparameter, its ends among them."""
    settings = {}
    for name, declared in cls.parameters().items():
        if declared.scale == "log":
            values = np.exp(rng.uniform(np.log(declared.low), np.log(declared.high), runs))
        else:
            values = rng.uniform(declared.low, declared.high, runs)
        settings[name] = np.clip(values, declared.low, declared.high)
        settings[name][:2] = declared.low, declared.high
    return settings


@pytest.mark.parametrize("relative", [True, False])
@pytest.mark.parametrize("surface", [VALLEY, SADDLE, Bowl(), Ramp(), *(cls() for cls in SURFACES.values())], ids=repr)
@pytest.mark.parametrize("slug", OPTIMIZERS)
def test_every_number_is_the_runs_own(slug, surface, relative):
    cls = OPTIMIZERS[slug]
    # a rule that looks about pays for every row each time
    runs, steps, block = (30, 30, 12) if cls.iterates and len(surface.rows()) else (150, 130, 64)
    rng = np.random.default_rng([7, len(slug), surface.dim])
    settings, tolerance = random_settings(cls, runs, rng), 1e-3
    etas = 10.0 ** rng.uniform(-3.0, 1.5, runs)
    etas[-1] = 1e308
    points = np.array(surface.start) + rng.normal(0.0, 1.0, (runs, surface.dim))
    found = trials(
        *(surface, cls(), settings),
        **{"learning_rate": etas, "start": points, "steps": steps},
        **{"tolerance": tolerance, "relative": relative, "block": block},
    )
    items = [cls(**{name: values[r] for name, values in settings.items()}) for r in range(runs)]
    path = run(surface, items, etas, points, steps, record=("error",))
    for name, values in zip(KEPT, of_run(surface, path, tolerance, relative), strict=True):
        np.testing.assert_array_equal(getattr(found, name), values, err_msg=name)
    assert found.complete


def test_random_settings_meet_every_case():
    found = trials(
        *(VALLEY, Momentum(), random_settings(Momentum, 500, np.random.default_rng(1))),
        **{"learning_rate": np.geomspace(1e-3, 30.0, 500), "start": START, "steps": 130, "tolerance": 1e-3},
    )
    assert np.isfinite(found.settled).any() and found.diverged.any()
    assert (found.first_hit < found.settled).any() and np.isnan(found.settled[np.isfinite(found.first_hit)]).any()
    assert np.isnan(found.error).any() and (np.isfinite(found.error) & found.diverged).sum() < found.diverged.sum()


def cell_by_cell(surface, optimizer, grid, start, steps):
    """The sweep as the specification has it: one run for every cell, with objects."""
    shape = [len(values) for values in grid.values()]
    kept = {name: np.empty(shape) for name in KEPT}
    for place in np.ndindex(*shape):
        chosen = {name: values[k] for (name, values), k in zip(grid.items(), place, strict=True)}
        eta, point = chosen.pop("learning_rate", 0.02), chosen.pop("start", None)
        fields = {name.split(".")[1]: chosen.pop(name) for name in [*chosen] if "." in name}
        here = replace(surface, **fields)
        point = start(here) if point is None else point
        path = run(here, replace(optimizer, **chosen), eta, point, steps)
        for name, values in zip(KEPT, of_run(here, path, 1e-6), strict=True):
            kept[name][place] = values[0]
    return kept


POINTS = [(-1.5, 1.0), (0.5, 0.5), (2.0, -1.0)]
GRIDS = [
    {"momentum": [0.0, 0.5, 0.9, 0.99]},
    {"learning_rate": [1e-3, 0.05, 0.2]},
    {"start": POINTS},
    {"surface.angle": [0.0, 10.0, 45.0]},
    {"learning_rate": [0.01, 0.05, 0.2, 0.5], "momentum": [0.0, 0.9, 0.5]},
    {"momentum": [0.0, 0.9, 0.5], "learning_rate": [0.01, 0.05, 0.2, 0.5]},
    {
        "momentum": [0.9, 0.5],
        "surface.angle": [0.0, 33.0, -7.0],
        "start": POINTS,
        "surface.eigenvalue_2": [20.0, 200.0],
    },
    {"start": POINTS, "surface.minimum_x": [0.0, 1.0], "learning_rate": (0.02,)},
]


@pytest.mark.parametrize("grid", GRIDS, ids=lambda grid: " ".join(grid))
@pytest.mark.parametrize("block", [5, 2048])
def test_every_cell_is_the_run_with_its_settings(grid, block):
    found = sweep(
        *(VALLEY, Momentum(), grid),
        **{"start": lambda valley: valley.stationary_point + valley.eigenvectors @ [1.0, -1.0]},
        **{"learning_rate": 0.02, "steps": 150, "block": block},
    )
    expected = cell_by_cell(
        VALLEY, Momentum(), grid, lambda valley: valley.stationary_point + valley.eigenvectors @ [1.0, -1.0], 150
    )
    for name in KEPT:
        np.testing.assert_array_equal(getattr(found, name), expected[name], err_msg=name)
    assert [*found.axes] == [*grid]
    for name, values in grid.items():
        np.testing.assert_array_equal(found.axes[name], values)


def test_what_the_grid_names_is_taken_from_the_grid_alone():
    whole = sweep(VALLEY, Momentum(momentum=0.3), {"learning_rate": ETAS, "start": POINTS, "momentum": MUS}, steps=40)
    given = {"learning_rate": 5.0, "start": (9.0, 9.0)}
    same(sweep(VALLEY, Momentum(), {"learning_rate": ETAS, "start": POINTS, "momentum": MUS}, steps=40, **given), whole)


def test_a_schedule_gives_the_learning_rate_of_every_step():
    found = sweep(VALLEY, Momentum(), {"momentum": MUS}, start=START, learning_rate=Halving(), steps=90, block=5)
    path = run(VALLEY, [Momentum(momentum=mu) for mu in MUS], Halving(), START, 90)
    for name, values in zip(KEPT, of_run(VALLEY, path, 1e-6), strict=True):
        np.testing.assert_array_equal(getattr(found, name), values, err_msg=name)


def test_no_steps_is_the_start_alone():
    found = sweep(VALLEY, Momentum(), GRID, start=START, steps=0)
    assert (found.error == VALLEY.evaluate(START)[0]).all() and not found.diverged.any()
    assert np.isnan(found.settled).all() and np.isnan(found.first_hit).all()
    assert (sweep(VALLEY, Momentum(), GRID, start=START, steps=0, tolerance=1.0).settled == 0.0).all()


def test_a_start_at_the_minimum_has_settled():
    found = sweep(VALLEY, Momentum(), GRID, start=(0.0, 0.0), steps=9)
    assert (found.settled == 0.0).all() and (found.first_hit == 0.0).all() and (found.error == 0.0).all()


def test_a_rule_that_packs_or_checks_in_its_own_way_is_asked():
    found = sweep(VALLEY, Halved(), {"momentum": [0.2, 0.8]}, learning_rate=0.02, start=START, steps=60)
    same(found, sweep(VALLEY, Momentum(), {"momentum": [0.1, 0.4]}, learning_rate=0.02, start=START, steps=60))
    with pytest.raises(ValueError, match="must not be 0.25"):
        sweep(VALLEY, Halved(), {"momentum": [0.2, 0.25]}, learning_rate=0.02, start=START, steps=60)


def test_a_sweep_of_many_cells_makes_no_objects(monkeypatch):
    made = []
    monkeypatch.setattr(Momentum, "__init__", lambda self, **settings: made.append(settings))
    sweep(VALLEY, object.__new__(Momentum), {"learning_rate": ETAS, "momentum": MUS}, start=START, steps=1)
    assert not made


WHOLE = {"start": START, "steps": 300}


@pytest.mark.parametrize("block", [1, 7, 100, 10**6])
def test_blocks_change_no_bit(block):
    same(
        sweep(VALLEY, Adam(), {"learning_rate": ETAS, "decay_1": MUS}, **WHOLE, block=block),
        sweep(VALLEY, Adam(), {"learning_rate": ETAS, "decay_1": MUS}, **WHOLE),
    )


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_threads_change_no_bit(threads):
    with ThreadPoolExecutor(threads) as executor:
        same(
            sweep(VALLEY, Momentum(), GRID, **WHOLE, block=11, executor=executor),
            sweep(VALLEY, Momentum(), GRID, **WHOLE),
        )


@pytest.fixture(scope="module")
def processes():
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as executor:
        yield executor


def test_processes_change_no_bit(processes):
    shares = []
    for grid in (GRID, {"surface.angle": np.linspace(0.0, 90.0, 31), "start": POINTS}):
        call = {"learning_rate": 0.02, **WHOLE}
        far = sweep(VALLEY, Momentum(), grid, **call, block=11, executor=processes, progress=shares.append)
        same(far, sweep(VALLEY, Momentum(), grid, **call))
        assert shares[-1] == 1.0


def test_processes_stop_between_blocks(processes):
    def enough(share):
        return share == 0.0

    stopped = sweep(VALLEY, Momentum(), GRID, start=START, steps=200_000, block=1, executor=processes, progress=enough)
    whole = sweep(VALLEY, Momentum(), GRID, start=START, steps=200_000)
    done = (stopped.error == whole.error) | (stopped.diverged_at >= 0)
    assert not stopped.complete and done.any() and not done.all()
    assert np.isnan(stopped.error[~done]).all() and (stopped.diverged_at[done] == whole.diverged_at[done]).all()


def test_progress_goes_from_nothing_to_all():
    shares = []
    sweep(VALLEY, Adam(), {"learning_rate": ETAS}, start=START, steps=1_500_000, progress=shares.append)
    assert shares == sorted(shares) and len(shares) > 2
    assert 0.0 < shares[0] < 1.0 and shares[-1] == 1.0


@pytest.mark.parametrize("block", [1, 2048])
def test_progress_can_stop_it_inside_a_block(block):
    calls = []
    began = time.perf_counter()
    stopped = sweep(
        *(VALLEY, Momentum(momentum=0.5), {"learning_rate": np.geomspace(1e-4, 1e-3, 50)}),
        **{"start": START, "steps": 10**10, "block": block, "progress": lambda share: bool(calls.append(share))},
    )
    assert time.perf_counter() - began < 5.0
    assert len(calls) == 1 and not stopped.complete and stopped.error.shape == (50,)
    assert np.isnan(stopped.error).all() and np.isnan(stopped.settled).all() and (stopped.diverged_at == -1).all()
    assert sweep(VALLEY, Momentum(), GRID, **WHOLE).complete


@pytest.mark.parametrize("where", ["progress", "start"])
def test_an_error_on_the_way_propagates_and_stops_the_rest(where):
    def fail(what):
        if where == "progress" or what.angle > 2.0:
            raise KeyError(where)
        return START

    call = {"progress": fail, "start": START} if where == "progress" else {"start": fail}
    with pytest.raises(KeyError, match=where):
        sweep(VALLEY, Momentum(), {"surface.angle": range(99)}, learning_rate=1e-3, steps=10**9, **call)
    assert sweep(VALLEY, Momentum(), GRID, **WHOLE).complete


def test_runs_that_diverged_cost_nothing():
    found = sweep(VALLEY, GradientDescent(), {"learning_rate": [1.0, 3.0]}, start=START, steps=10**11)
    assert found.diverged.all() and found.complete


def test_memory_does_not_grow_with_the_grid():
    grid = {"learning_rate": np.geomspace(1e-3, 0.3, 1000), "momentum": np.linspace(0.0, 0.9, 600)}
    sweep(VALLEY, Momentum(), {"momentum": MUS}, start=START, learning_rate=0.1, steps=1)
    tracemalloc.start()
    try:
        found = sweep(VALLEY, Momentum(), grid, start=START, steps=1)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    results = 4 * 8 * found.error.size
    assert results == 19_200_000 and peak < 2.2 * results  # a copy into the order of the grid is more, not its square


def test_there_is_one_pool():
    assert pool() is pool()
    assert pool()._max_workers >= 1


def test_a_forked_process_makes_a_pool_of_its_own():
    program = """
import os, warnings
import numpy as np
from engine import sweep
from engine.optimizers.momentum import Momentum
from surfaces.quadratic import Quadratic

def work():
    return sweep(Quadratic(), Momentum(), {"momentum": [0.0, 0.5]}, learning_rate=0.02, start=(1, 1), steps=9).error

here = work()
warnings.simplefilter("ignore")
if os.fork() == 0:
    os._exit(int(not np.array_equal(work(), here)))
assert os.wait()[1] == 0
"""
    if not hasattr(__import__("os"), "fork"):
        pytest.skip("this system does not fork")
    python(program)


def test_without_compilation_the_same_code_gives_the_same_numbers():
    program = """
import json
from engine import sweep
from engine.optimizers.adam import Adam
from engine.optimizers.nesterov import Nesterov
from surfaces.quadratic import Quadratic

grid = {"learning_rate": [1e-3, 0.02, 0.2, 3.0], "surface.angle": [0.0, 30.0]}
for rule in (Adam(), Nesterov()):
    found = sweep(Quadratic(), rule, grid, start=(-1.5, 1.0), steps=120, tolerance=1e-2)
    print(json.dumps([[float(v).hex() for v in getattr(found, name).ravel()]
                      for name in ("error", "settled", "first_hit", "diverged_at")]))
"""
    compiled, interpreted = (python(program, NUMBA_DISABLE_JIT=flag).splitlines() for flag in "01")
    assert [json.loads(line) for line in compiled] == [json.loads(line) for line in interpreted]


HUGE = range(10**6)
NOT_NUMBERS = ["abc", ["a"], [None], [1j], [True], [{}], [[0.1]], {0.1: 1}]
NOTHING = [[], 0.5, None, np.array(0.5), np.empty(0), iter([0.5]), Halving()]
NAMES = ["momentum", "learning_rate", "start", "surface.angle"]
BAD_GRIDS = [
    ({"momentum": HUGE, "learning_rate": HUGE}, r"runs must be at most 4,000,000, got 1,000,000 x 1,000,000$"),
    ({"momentum": range(10**15)}, r"runs must be at most 4,000,000, got 1,000,000,000,000,000$"),
    ({"learning_rate": np.full(4_000_001, 0.1)}, r"runs must be at most 4,000,000, got 4,000,001$"),
    ({}, r"grid must name at least one axis, got none"),
    *((grid, r"grid must map names to values") for grid in (None, [], "momentum", 3, {"momentum"})),
    ({"mu": [0.9]}, r"grid must have names from learning_rate, start, momentum, surface\.eigenvalue_1, .*, got 'mu'"),
    ({"surface.depth": [1.0]}, r"grid must have names from .*, got 'surface\.depth'"),
    ({"angle": [1.0]}, r"grid must have names from .*, got 'angle'"),
    ({3: [1.0]}, r"grid must have names from .*, got 3"),
    *(({name: empty}, f"{name} must be a sequence of at least one value, got") for name in NAMES for empty in NOTHING),
    *(({name: values}, f"{name} must") for name in NAMES for values in NOT_NUMBERS),
    ({"momentum": [0.5, 1.5, 2.5]}, r"momentum must be in \[0, 0\.999\], got 1\.5"),
    ({"momentum": [np.nan]}, r"momentum must be in \[0, 0\.999\], got nan"),
    ({"surface.angle": [0.0, 181.0]}, r"surface\.angle must be in \[-180, 180\], got 181\.0"),
    ({"surface.eigenvalue_1": [1e-9]}, r"surface\.eigenvalue_1 must be in \[-1000, 1000\], and zero or .*, got 1e-09"),
    ({"learning_rate": [0.1, -1.0]}, r"learning_rate must be finite and at least 0, got -1\.0"),
    ({"learning_rate": [0.1, np.inf]}, r"learning_rate must be finite and at least 0, got inf"),
    ({"start": [(0.0, 1.0), (np.nan, 1.0)]}, r"start must be finite, got \[nan, 1\.0\]"),
    ({"start": [(0.0, 1.0, 2.0)]}, r"start must have shape \(2,\) or \(R, 2\), got \(1, 3\)"),
]  # fmt: skip


@pytest.mark.parametrize(("grid", "message"), BAD_GRIDS, ids=lambda value: str(value)[:30])
def test_impossible_grids_are_refused(grid, message):
    with pytest.raises(ValueError, match="^" + message):
        sweep(VALLEY, Momentum(), grid, learning_rate=0.1, start=START, steps=10)


BAD = [
    *(("tolerance", value, r"tolerance must be finite and above 0, got") for value in (0, -1e-6, np.nan, np.inf, "1")),
    *(("steps", value, r"steps must be a whole number, at least 0, got") for value in (-1, 0.5, None, "10", True)),
    ("steps", 10**12, r"steps of all runs must be at most 1e\+12, got 3 runs of 1,000,000,000,000 steps"),
    *(("block", value, r"block must be a whole number, at least 1, got") for value in (0, -1, 0.5, None, "10")),
    ("learning_rate", None, r"learning_rate must be given or named in the grid, got None"),
    ("learning_rate", [0.1, 0.2], r"learning_rate must be one number, or named in the grid, got 2"),
    ("learning_rate", -0.1, r"learning_rate must be finite and at least 0, got -0\.1"),
    ("start", None, r"start must be given or named in the grid, got None"),
    ("start", [(0.0, 1.0), (1.0, 1.0)], r"start must be one point, or named in the grid, got 2"),
    ("start", lambda valley: (1.0,), r"start must have shape \(2,\) or \(R, 2\), got \(1,\)"),
    ("start", (np.inf, 0.0), r"start must be finite, got \[inf, 0\.0\]"),
    ("optimizer", Momentum, r"optimizer must be one optimizer"),
    ("optimizer", [Momentum(), Momentum()], r"optimizer must be one optimizer"),
    ("executor", 2, r"executor must be a concurrent\.futures\.Executor, got 2"),
    ("progress", "yes", r"progress must be a function, got 'yes'"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "message"), BAD, ids=lambda value: str(value)[:24])
def test_bad_arguments_are_refused_by_name_range_and_value(name, value, message):
    good = {"surface": VALLEY, "optimizer": Momentum(), "grid": {"momentum": [0.1, 0.5, 0.9]}, "learning_rate": 0.1}
    with pytest.raises(ValueError, match="^" + message):
        sweep(**{**good, "start": START, "steps": 10, name: value})


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"mu": [0.1]}, r"settings must have names from momentum, got 'mu'"),
        ([0.1], r"settings must map names to values, the names from momentum, got \[0\.1\]"),
        ({"momentum": [0.1, 2.0]}, r"momentum must be in \[0, 0\.999\], got 2\.0"),
        ({"momentum": 0.1}, r"momentum must be at least one number, in one dimension, got shape \(\)"),
        ({"momentum": []}, r"momentum must be"),
        ({"momentum": [0.1, 0.2]}, r"momentum must be given once or 3 times, got 2"),
        ({"momentum": np.full(4_000_001, 0.1)}, r".* must be given once or 4000001 times, got 3"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_trials_refuse_settings_by_name_range_and_value(settings, message):
    with pytest.raises(ValueError, match="^" + message):
        trials(VALLEY, Momentum(), settings, learning_rate=[0.1, 0.2, 0.3], start=START, steps=10)


@dataclass(frozen=True)
class Whole(GradientDescent):
    count: float = parameter(2.0, 1.0, 5.0, "k")


def test_a_column_of_parameters_is_checked_as_each_of_them_is():
    declared = replace(Whole.parameters()["count"], whole=True, low=-5.0, smallest=2.0)
    values = [-6.0, -5.0, -1.0, 0.0, 1.0, 1.5, 2.0, 2.5, 5.0, 5.5, np.nan, np.inf, -0.0]
    fine = [declared.low <= v <= declared.high and v in (-5.0, 0.0, 2.0, 5.0) for v in values]
    for value, good in zip(values, fine, strict=True):
        if good:
            assert declared.check_each("count", np.array([value])) == declared.check("count", value)
            continue
        with pytest.raises(ValueError) as each:
            declared.check_each("count", np.array([2.0, value, 99.0]))
        with pytest.raises(ValueError) as one:
            declared.check("count", value)
        assert str(each.value) == str(one.value)
