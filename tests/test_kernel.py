"""Kernels compile once each, at first use, and only those in use; without compilation they do the same."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from engine import discover_optimizers, run, sweep
from engine.clipping import Clipping
from engine.kernel import SIGNATURES, kernel
from engine.optimizers.momentum import Momentum
from engine.predicted import predicted_steps
from surfaces import discover_surfaces
from surfaces.quadratic import Quadratic

ROOT = Path(__file__).resolve().parent.parent
OPTIMIZERS, SURFACES = discover_optimizers(), discover_surfaces()
VALLEY = Quadratic()
START = (-1.5, 1.0)


def kernels_of(cls) -> dict[str, kernel]:
    """The kernel descriptors of a class and its bases, without touching (and so compiling) them."""
    return {name: item for base in reversed(cls.__mro__) for name, item in vars(base).items() if type(item) is kernel}


def all_kernels() -> dict[str, kernel]:
    """Every kernel of the engine and of the surfaces that has been imported."""
    found = {}
    for module in [m for name, m in sys.modules.items() if name.split(".")[0] in ("engine", "surfaces")]:
        for cls in [item for item in vars(module).values() if isinstance(item, type)]:
            found |= {f"{cls.__module__}.{cls.__name__}.{name}": item for name, item in kernels_of(cls).items()}
    return found


def python(program: str, **environment: str) -> str:
    """Run a program in a fresh process from the root of the project and return what it printed."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", program],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def use_everything():
    for surface in SURFACES.values():
        for optimizer in OPTIMIZERS.values():
            for etas in (0.01, [0.01, 0.02]):
                run(surface(), optimizer(), etas, surface().start, 5)
            sweep(surface(), optimizer(), {"learning_rate": [0.01, 0.02]}, start=surface().start, steps=5)
    predicted_steps(Momentum(), 0.02, VALLEY.eigenvalues, VALLEY.modes(START))


def test_exactly_one_specialisation_per_kernel():
    use_everything()
    found = all_kernels()
    assert {
        "engine.run._Loop.advance",
        "engine.measure._Loop.advance",
        "surfaces.quadratic.Quadratic.value_and_grad",
    } <= set(found)
    for name, item in found.items():
        if item.compiled is not None:
            assert len(item.compiled.signatures) == 1, name


def test_kernels_are_cached_release_the_interpreter_and_keep_infinities():
    use_everything()
    for name, item in all_kernels().items():
        if item.compiled is None:
            continue
        options = item.compiled.targetoptions
        assert options["nogil"] is True and options["error_model"] == "numpy", name
        assert not options.get("fastmath") and not options.get("parallel"), name
        assert type(item.compiled._cache).__name__ == "FunctionCache", name


@pytest.mark.parametrize("name", SIGNATURES)
def test_a_bare_kernel_takes_its_signature_from_its_name(name):
    owners = [cls for cls in [*OPTIMIZERS.values(), *SURFACES.values(), Clipping] if name in kernels_of(cls)]
    assert owners
    for cls in owners:
        assert kernels_of(cls)[name].signature == SIGNATURES[name]


def test_a_bare_kernel_of_another_name_is_refused():
    with pytest.raises((KeyError, RuntimeError)):  # Python 3.11 wraps what __set_name__ raises

        class Wrong:
            @kernel
            @staticmethod
            def renamed(w):
                pass


def test_import_repr_hash_and_pickle_do_not_compile():
    program = """
import pickle
from engine import discover_optimizers
from engine.kernel import kernel
from surfaces import discover_surfaces

for cls in [*discover_optimizers().values(), *discover_surfaces().values()]:
    item = cls()
    assert pickle.loads(pickle.dumps(item)) == item
    repr(item), hash(item), item.pack(), cls.parameters()
    if hasattr(item, "label"):
        item.label(0.1)
    else:
        item.view, item.start, item.minima
    for base in cls.__mro__:
        for name, member in vars(base).items():
            assert type(member) is not kernel or member.compiled is None, (cls, name)
"""
    python(program)


def test_only_the_kernels_in_use_compile():
    program = """
import json
from engine import discover_optimizers, run
from engine.kernel import kernel
from engine.optimizers.gradient_descent import GradientDescent
from surfaces import discover_surfaces
from surfaces.quadratic import Quadratic

run(Quadratic(), GradientDescent(), 0.01, (-1.5, 1.0), 5)
classes = [*discover_optimizers().values(), *discover_surfaces().values()]
print(json.dumps([
    f"{cls.__name__}.{name}"
    for cls in classes for name, member in vars(cls).items()
    if type(member) is kernel and member.compiled is not None
]))
"""
    assert sorted(json.loads(python(program))) == ["GradientDescent.update", "Quadratic.value_and_grad"]


RUN_EVERYTHING = """
import json
import numpy as np
from engine import discover_optimizers, run
from engine.predicted import predicted_steps
from surfaces.quadratic import Quadratic

valley, start = Quadratic(angle=30.0), (-1.5, 1.0)
said = {}
for slug, cls in discover_optimizers().items():
    etas = cls.typical_learning_rate * np.array([0.02, 0.5, 30.0])
    path = run(valley, cls(), etas, start, 60)
    said[slug] = [[float(v).hex() for v in path.weights.ravel()], path.diverged_at.tolist()]
    if cls.mode_polynomial is not cls.__mro__[1].mode_polynomial:
        said[slug].append(predicted_steps(cls(), etas, valley.eigenvalues, valley.modes(start)).tolist())
print(json.dumps(said))
"""


def test_without_compilation_the_same_code_gives_the_same_numbers():
    compiled, interpreted = (json.loads(python(RUN_EVERYTHING, NUMBA_DISABLE_JIT=flag)) for flag in ("0", "1"))
    assert compiled.keys() == interpreted.keys() == OPTIMIZERS.keys()
    for slug, (weights, *rest) in compiled.items():
        other, *other_rest = interpreted[slug]
        a, b = (np.array([float.fromhex(value) for value in values]) for values in (weights, other))
        np.testing.assert_array_equal(a, b, err_msg=slug)
        assert rest == other_rest


def test_threads_that_touch_a_kernel_together_compile_it_once():
    program = """
import threading
from engine.optimizers.adam import Adam

gate, seen = threading.Barrier(8), []

def touch():
    gate.wait()
    seen.append(Adam.update)

threads = [threading.Thread(target=touch) for _ in range(8)]
[t.start() for t in threads]
[t.join() for t in threads]
assert len({id(item) for item in seen}) == 1
assert len(seen[0].signatures) == 1
"""
    python(program)


def test_infinities_and_nan_keep_their_meaning():
    w = np.array([[np.inf, np.nan, 1e308, 1.0], [0.0, 0.0, 1e308, 1.0]])
    error, g = np.empty(4), np.empty((2, 4))
    Quadratic(angle=0.0).value_and_grad(w, Quadratic(angle=0.0).pack(), np.empty((0, 0)), error, g)
    assert np.isinf(g[0, 0]) and np.isnan(error[1]) and np.isinf(error[2]) and error[3] == 10.5


@pytest.mark.parametrize("trouble", ["no folder", "read-only and empty", "broken files"])
def test_a_cache_in_trouble_costs_time_and_no_answer(trouble, tmp_path):
    program = "from engine.optimizers.momentum import Momentum; print(Momentum.update.stats.cache_hits.total())"
    cache = {"NUMBA_CACHE_LOCATOR_CLASSES": "engine.baked.Baked", "NUMBA_CACHE_DIR": str(tmp_path)}
    if trouble == "no folder":
        cache["NUMBA_CACHE_DIR"] = str(tmp_path / "file" / "folder")
        (tmp_path / "file").write_text("")
    elif trouble == "read-only and empty":
        cache["NUMBA_CACHE_DIR"] = "/proc/self"  # nobody can write there, not even root
    else:
        assert [python(program, **cache) for _ in range(2)] == ["0\n", "1\n"]
        for path in tmp_path.rglob("*.nb?"):
            path.write_bytes(b"broken")
    assert python(program, **cache) == "0\n"
