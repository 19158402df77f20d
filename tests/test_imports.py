"""Who may import whom, read from the source: app -> pages -> widgets -> {charts, surfaces} -> engine.

Around the app stand server -> host; anybody but engine, surfaces and charts may feed metrics.

The pages stand in app_pages/, and app.py hands them to Streamlit by path; it imports only the list, from widgets/.
"""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = {  # besides a part itself and the standard library
    "server": {"host", "streamlit", "starlette"},
    "host": {"metrics", "widgets", "surfaces", "engine", "streamlit", "starlette", "prometheus_client", "brotli"},
    "app": {"app_pages", "widgets", "streamlit"},
    "app_pages": {"widgets", "charts", "surfaces", "engine", "streamlit", "numpy"},
    "widgets": {"charts", "engine", "surfaces", "metrics", "streamlit", "numpy", "orjson"},
    "charts": {"engine", "plotly", "numpy"},
    "surfaces": {"engine", "numpy", "numba"},
    "engine": {"numpy", "numba"},
    "metrics": {"prometheus_client"},
}
FILES = {
    part: sorted((ROOT / part).rglob("*.py")) if (ROOT / part).is_dir() else [ROOT / f"{part}.py"] for part in ALLOWED
}
SOURCES = [(part, path) for part, paths in FILES.items() for path in paths]

every_source = pytest.mark.parametrize(
    ("part", "path"), SOURCES, ids=[str(path.relative_to(ROOT)) for _, path in SOURCES]
)


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imported(path: Path) -> set[str]:
    """First parts of the names that a file imports, anywhere in it."""
    names = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.add((node.module or "").split(".")[0])
    return names


def names_in(path: Path) -> set[str]:
    """Every name and attribute that a file mentions in code."""
    nodes = list(ast.walk(tree(path)))
    attributes = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    aliases = {
        alias.name.split(".")[-1] for n in nodes if isinstance(n, (ast.Import, ast.ImportFrom)) for alias in n.names
    }
    return attributes | aliases | {node.id for node in nodes if isinstance(node, ast.Name)}


@pytest.mark.parametrize("part", ALLOWED)
def test_every_part_of_the_house_was_found(part):
    assert FILES[part]


@every_source
def test_imports_go_downwards(part, path):
    foreign = imported(path) - {part} - set(sys.stdlib_module_names)
    assert foreign <= ALLOWED[part], f"{part} must not import {sorted(foreign - ALLOWED[part])}"


@every_source
def test_numba_appears_only_where_kernels_are(part, path):
    if part not in ("engine", "surfaces"):
        assert "numba" not in imported(path)
    if path != ROOT / "engine" / "kernel.py":
        assert not names_in(path) & {"njit", "jit", "vectorize", "guvectorize", "prange", "cfunc"}, "use @kernel"


@every_source
def test_session_state_is_touched_only_in_widgets(part, path):
    if part != "widgets":
        assert "session_state" not in names_in(path)


@every_source
def test_inside_kernels_roots_and_exponentials_are_numpy_ones(part, path):
    """math.sqrt raises where np.sqrt gives nan, once compilation is off."""
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.FunctionDef):
            continue
        decorators = {ast.unparse(decorator).split("(")[0] for decorator in node.decorator_list}
        if decorators & {"kernel", "part"}:
            used = {
                n.value.id for n in ast.walk(node) if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name)
            }
            assert "math" not in used, node.name
            powers = [n for n in ast.walk(node) if isinstance(n, ast.BinOp) and isinstance(n.op, ast.Pow)]
            assert not powers, f"{node.name}: a power inside a kernel is ten times the work of a product"


@every_source
def test_parts_of_kernels_stay_in_their_file(part, path):
    """A cached kernel would not see that a part in another file changed."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef) and "part" in {ast.unparse(each) for each in node.decorator_list}:
            assert node.name.startswith("_"), f"{node.name} is for this file only"
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ALLOWED:
            assert not [alias.name for alias in node.names if alias.name.startswith("_")]


def test_there_is_no_drawer_for_everything():
    assert not [path for _, path in SOURCES if path.stem in ("utils", "util", "helpers", "misc", "common")]


def test_pages_stand_in_section_folders():
    assert not list((ROOT / "app_pages").glob("*.py")) and not (ROOT / "pages").exists()


def test_the_engine_runs_without_a_screen():
    """Neither engine nor surfaces bring in Streamlit or Plotly by a detour."""
    program = "import sys, engine, surfaces; surfaces.discover_surfaces(); engine.discover_optimizers();"
    program += "sys.exit(sorted({'streamlit', 'plotly', 'pandas', 'charts', 'widgets'} & set(sys.modules)) or 0)"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
