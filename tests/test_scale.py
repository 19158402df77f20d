"""The example of docs/scale.md: the same sweep on a Dask cluster of two processes."""

import importlib.util
import os
import re
import subprocess
import sys

import pytest
from browser import ROOT

needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="no Dask: pip install -r requirements-scale.txt"
)
ELSEWHERE = """
import numpy as np
from dask.distributed import Client, LocalCluster

from engine import sweep, trials
from engine.optimizers.adam import Adam
from surfaces.quadratic import Quadratic

grid = {"learning_rate": np.geomspace(1e-3, 1.0, 30), "surface.angle": np.linspace(0.0, 90.0, 5)}
settings = {"decay_1": np.linspace(0.0, 0.99, 700)}
call = {"start": (-1.5, 1.0), "steps": 300}

def same(there, here):
    return all(
        np.array_equal(getattr(there, name), getattr(here, name), equal_nan=True)
        for name in ("error", "settled", "first_hit", "diverged_at")
    )

if __name__ == "__main__":
    shares = []
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        far = {"executor": client.get_executor(), "block": 20}
        there = sweep(Quadratic(), Adam(), grid, **call, **far, progress=shares.append)
        flat = trials(Quadratic(), Adam(), settings, learning_rate=0.1, **call, **far)
        stopped = sweep(Quadratic(), Adam(), {"start": [(1.0, 1.0)] * 50_000}, learning_rate=0.1, steps=200_000,
                        executor=client.get_executor(), block=20, progress=lambda share: False)
    assert same(there, sweep(Quadratic(), Adam(), grid, **call)) and there.complete and shares[-1] == 1.0
    assert same(flat, trials(Quadratic(), Adam(), settings, learning_rate=0.1, **call))
    assert not stopped.complete and np.isnan(stopped.error).any()
"""


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def printed(folder, code):
    """What a program prints; the processes of a cluster import it, so it is a file."""
    program = folder / "example.py"
    program.write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(program)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@needs_dask
def test_the_example_prints_what_it_says(tmp_path):
    text = read("docs/scale.md")
    code, said = (re.search(rf"```{kind}\n(.*?)```", text, re.DOTALL)[1] for kind in ("python", "text"))
    assert printed(tmp_path, code) == said


@needs_dask
def test_a_cluster_changes_no_bit_and_can_be_stopped(tmp_path):
    assert printed(tmp_path, ELSEWHERE) == ""


def test_its_requirements_fit_those_of_the_app():
    app, scale = (
        dict(line.split(" ")[0].split("==") for line in read(name).splitlines() if "==" in line.split(" ;")[0])
        for name in ("requirements.txt", "requirements-scale.txt")
    )
    assert {name: app[name] for name in app.keys() & scale.keys()} == {
        name: scale[name] for name in app.keys() & scale.keys()
    }
    assert "distributed" in scale and "**dask**" in read("docs/adr/0012-sweeps-in-blocks-on-any-executor.md")
