"""One file is enough: in a copy of the tree, an added optimizer and an added surface are found, drawn and tested."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from browser import ROOT
from eyes import free_look

PARTS = ("engine", "surfaces", "charts", "widgets", "app_pages", "assets", "tests", ".streamlit")

TRENCH = '''"""A trench."""

from dataclasses import dataclass

import numpy as np

from engine.kernel import kernel
from engine.parameter import parameter
from engine.surface import Surface


@dataclass(frozen=True)
class Trench(Surface):
    """E(w) = 1/2 (depth w_1^2 + w_2^4)."""

    depth: float = parameter(2.0, 0.1, 10.0, "d", step=0.1, help="Curvature across it.")

    title = "Trench"
    note = "A trench: steep across, and along it so flat that the end is slow."
    latex = r"E = \\tfrac12 (d w_1^2 + w_2^4)"
    dim = 2
    start = (-1.0, 1.0)
    view = ((-2.0, 2.0), (-1.5, 1.5))

    @kernel
    @staticmethod
    def value_and_grad(w, theta, data, error, g):
        for r in range(w.shape[1]):
            x, y = w[0, r], w[1, r]
            error[r] = 0.5 * (theta[0] * x * x + y * y * y * y)
            g[0, r] = theta[0] * x
            g[1, r] = 2.0 * y * y * y

    @np.errstate(all="ignore")
    def hessian(self, w):
        y = np.asarray(w)[..., 1]
        h = np.zeros((*y.shape, 2, 2))
        h[..., 0, 0] = self.depth
        h[..., 1, 1] = 6.0 * y * y
        return h

    @property
    def minima(self):
        return np.zeros((1, 2))
'''

SEEN = """
import json, sys
import numpy as np
from visit import drawn, message, visit
from engine import discover_optimizers, run
from surfaces import discover_surfaces
from surfaces.quadratic import Quadratic

slug = sys.argv[1]
app = visit(f"a={slug}&b=momentum")
header, arrays = message(app)
rule = discover_optimizers()[slug]
path = run(Quadratic(), rule(), rule.typical_learning_rate, (-1.5, 1.0), 150)
modes = Quadratic().modes(path.weights[:, 0])[header["steps"]]
print(json.dumps({
    "surfaces": sorted(discover_surfaces()),
    "faults": [str(item.value) for item in (*app.exception, *app.warning)],
    "offered": rule.title in app.sidebar.selectbox(key="a").options,
    "colours": [[run["name"], run["colour"]] for run in header["runs"]],
    "colour": rule.colour,
    "live": [slider["family"] for slider in header["sliders"] if "family" in slider],
    "drawn": bool(np.allclose(drawn(header, arrays, "a"), modes, rtol=0.0, atol=1e-6)),
}))
"""


@pytest.fixture(scope="module")
def example() -> tuple[str, str, str]:
    """Path, optimizer and transcription of the example in CONTRIBUTING.md, with a look that is free today."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    optimizer, transcription = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    for name, value in zip(("colour", "dash"), free_look(), strict=True):
        optimizer, count = re.subn(rf'^(    {name} = )"[^"]+"', rf'\g<1>"{value}"', optimizer, flags=re.MULTILINE)
        assert count == 1, name
    return re.search(r"`(engine/optimizers/\w+\.py)`\n", text)[1], optimizer, transcription


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, example: tuple[str, str, str]) -> Path:
    """A copy of the tree, compiled kernels included, with one optimizer and one surface more."""
    folder = tmp_path_factory.mktemp("house")
    for part in PARTS:
        # compiled kernels are valid in the copy: their sources keep their times
        ignored = shutil.ignore_patterns("__pycache__") if part == "tests" else None
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    for name in ("app.py", "metrics.py", "pyproject.toml"):
        shutil.copy2(ROOT / name, folder)
    path, optimizer, _ = example
    (folder / path).write_text(optimizer, encoding="utf-8")
    (folder / "surfaces" / "trench.py").write_text(TRENCH, encoding="utf-8")
    return folder


def python(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    places = {"PYTHONPATH": os.pathsep.join([str(folder), str(folder / "tests")]), "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, **places},
        capture_output=True,
        encoding="utf-8",
        timeout=600,
        check=False,
    )


def pytest_in(folder: Path, *names: str) -> subprocess.CompletedProcess[str]:
    return python(folder, "-m", "pytest", "-q", "-p", "no:cacheprovider", *names)


def passed(result: subprocess.CompletedProcess[str]) -> int:
    assert result.returncode == 0, result.stdout[-4000:]
    return int(re.search(r"(\d+) passed", result.stdout)[1])


def slug_of(example: tuple[str, str, str]) -> str:
    return Path(example[0]).stem


def test_both_are_found_and_the_optimizer_is_drawn(house, example):
    seen = python(house, "-c", SEEN, slug_of(example))
    assert seen.returncode == 0, seen.stderr[-4000:]
    found = json.loads(seen.stdout.splitlines()[-1])
    assert "trench" in found["surfaces"]
    assert found["faults"] == []
    assert found["offered"] and found["drawn"]
    assert found["colours"][0] == ["a", found["colour"]]
    assert found["live"][0] == "learning_rate"


def test_without_a_transcription_the_failure_says_what_to_add(house, example):
    slug = slug_of(example)
    result = pytest_in(house, "tests/test_optimizers.py", "-k", f"transcription and {slug}")
    assert result.returncode == 1
    assert f"tests/oracle.py has no function '{slug}': add one" in result.stdout


def test_with_it_every_contract_test_runs_and_passes(house, example):
    slug, oracle = slug_of(example), house / "tests" / "oracle.py"
    plain = oracle.read_text(encoding="utf-8")
    oracle.write_text(f"{plain}\n\n{example[2]}", encoding="utf-8")
    try:
        names = ("optimizers", "surfaces", "surface_latex", "rotation", "outcome", "program", "live_message", "race")
        files = [f"tests/test_{name}.py" for name in names]
        assert passed(pytest_in(house, *files, "-k", f"{slug} or trench or alike or stands_out")) > 50
    finally:
        oracle.write_text(plain, encoding="utf-8")


def test_the_example_is_in_the_style_of_the_house(house, example):
    path, _, transcription = example
    (house / "tests" / "transcription.py").write_text(f'"""One."""\n\nimport numpy as np\n\n\n{transcription}')
    for check in (["check"], ["format", "--check"]):
        style = python(house, "-m", "ruff", *check, path, "tests/transcription.py")
        assert style.returncode == 0, style.stdout
