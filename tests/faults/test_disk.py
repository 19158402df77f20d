"""A full disk, one that cannot be written to, a cache that is broken: kernels compile, and pages are drawn."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import ROOT, serve
from image import copy
from test_deploy import POWERLESS
from test_server import QUIET

from benchmarks.session import Session

# the first argument is how many bytes of a file the disk has room for, the others the command that runs on it
FULL = "import os, resource, sys; room = int(sys.argv[1]);"
FULL += "resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)); os.execvp(sys.argv[2], sys.argv[2:])"
ROOM = "4096"  # what is small fits, and what is longer is cut off in the middle
RUN = """
from engine import run
from engine.optimizers.gradient_descent import GradientDescent
from surfaces.quadratic import Quadratic
print(run(Quadratic(), GradientDescent(), 0.05, (-1.5, 1.0), 20).error[-1, 0].hex())
"""

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs limits and rights of a Unix")


def full(*command: str) -> list[str]:
    return [sys.executable, "-c", FULL, ROOM, *command]


@pytest.fixture(scope="module")
def tree(tmp_path_factory) -> Iterator[Path]:
    """The app without any cache, in a folder that nobody can write to."""
    folder = copy(tmp_path_factory.mktemp("disk") / "app")
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield folder
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755)


def last_error(folder: Path, *prefix: str, **environment: str) -> str:
    """Run an optimizer in a process of its own and return its last error, to the last bit."""
    settings = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **environment}
    command = [*prefix, sys.executable, "-c", RUN]
    done = subprocess.run(command, cwd=folder, env=settings, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def expected() -> str:
    return last_error(ROOT)


def test_a_full_disk(tree, expected, tmp_path):
    assert last_error(tree, *full(), NUMBA_CACHE_DIR=str(tmp_path)) == expected
    assert all(path.stat().st_size <= int(ROOM) for path in tmp_path.rglob("*") if path.is_file())
    assert last_error(tree, NUMBA_CACHE_DIR=str(tmp_path)) == expected  # what was left behind is not believed


def test_a_disk_that_cannot_be_written_to(tree, expected):
    assert last_error(tree, *POWERLESS, HOME="/nonexistent") == expected


def test_a_broken_cache(tree, expected, tmp_path):
    assert last_error(tree, NUMBA_CACHE_DIR=str(tmp_path)) == expected
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    for path in files:
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert last_error(tree, NUMBA_CACHE_DIR=str(tmp_path)) == expected


def test_the_app_for_a_user_who_can_write_nowhere_on_a_full_disk(tree, tmp_path):
    nowhere = tmp_path / "nowhere"
    nowhere.mkdir(mode=0o555)
    environment = {"HOME": "/nonexistent", "TMPDIR": str(nowhere), "PYTHONDONTWRITEBYTECODE": "1"}
    prefix = [*full(), *POWERLESS]
    with (
        serve(tree, *QUIET, log=tmp_path / "log", prefix=prefix, environment=environment) as address,
        Session(address, {"a.learning_rate": 0.05}, "valley") as session,
    ):
        for answer in (session.first, session.enter("a.learning_rate", 0.06), session.ask_families()):
            assert not answer.faults and max(len(data) for data in answer.payloads) > 40_000
    assert "Traceback" not in (tmp_path / "log").read_text(encoding="utf-8")
