"""Compile: which kernels the default page compiles, and how long each takes."""

import json
import os
import subprocess
import sys
import tempfile

from benchmarks.table import Line
from tests.browser import ROOT

# One new process runs the page as Streamlit does and prints {kernel: seconds}.
PROBE = """
import json, sys
from numba.core import event
from streamlit.testing.v1 import AppTest
with event.install_recorder("numba:compile") as recorder:
    page = AppTest.from_file("app.py", default_timeout=120).run()
assert not page.exception, page.exception
began, took = {}, {}
for at, what in recorder.buffer:
    name = "{0.__module__}.{0.__qualname__}".format(what.data["dispatcher"].py_func)
    if what.is_start:
        began.setdefault(name, at)
    else:
        took[name] = at - began[name]
print(json.dumps(took))
"""
OURS = ("engine.", "surfaces.")


def measure() -> list[Line]:
    """Return one line on what compiled, one on how long it took."""
    with tempfile.TemporaryDirectory() as cache:
        answer = subprocess.run(
            [sys.executable, "-c", PROBE],
            cwd=ROOT,
            env={**os.environ, "NUMBA_CACHE_DIR": cache},
            capture_output=True,
            text=True,
            check=True,
        )
    # numba's own functions compile inside of ours and are in their time
    took = {name: at for name, at in json.loads(answer.stdout.splitlines()[-1]).items() if name.startswith(OURS)}
    slow = ", ".join(f"{name.split('.', 1)[1]} {took[name]:.2f}" for name in sorted(took, key=lambda name: -took[name]))
    rules = {name for name in took if name.startswith("engine.optimizers.")}
    surfaces = {name for name in took if name.startswith("surfaces.")}
    only = rules == {"engine.optimizers.momentum.Momentum.update"} and len(surfaces) == 1
    return [
        Line("kernels compiled for the default page", "only those in use", f"{len(took)} of ours", "", only),
        Line("time to compile them", "", f"{sum(took.values()):.2f} s: {slow} s"),
    ]
