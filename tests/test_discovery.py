"""What stands in a package is found; what is broken there is not passed over in silence."""

import importlib
import sys
from pathlib import Path

import pytest

import engine.optimizers
import engine.schedules
import surfaces
from engine import Optimizer, Schedule, Surface, discover, discover_optimizers, discover_schedules, slug
from surfaces import discover_surfaces

CLASS = """
from dataclasses import dataclass
from engine.schedule import Schedule

@dataclass(frozen=True)
class {name}(Schedule):
    def __call__(self, steps):
        return None
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package on disk, and a function that adds a module to it."""
    folder = tmp_path / "found_on_disk"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    module = importlib.import_module("found_on_disk")
    yield module, lambda name, text: (folder / f"{name}.py").write_text(text)
    for name in [name for name in sys.modules if name.split(".")[0] == "found_on_disk"]:
        del sys.modules[name]


def found(module):
    from engine.schedule import Schedule

    importlib.invalidate_caches()
    return discover(module, Schedule)


@pytest.mark.parametrize(
    ("package", "discovered", "base"),
    [
        (engine.optimizers, discover_optimizers, Optimizer),
        (engine.schedules, discover_schedules, Schedule),
        (surfaces, discover_surfaces, Surface),
    ],
)
def test_every_file_is_found_under_its_name(package, discovered, base):
    files = {path.stem for path in Path(package.__path__[0]).glob("*.py")} - {"__init__"}
    classes = discovered()
    assert set(classes) == files
    assert list(classes) == sorted(classes)
    assert len(set(classes.values())) == len(classes)
    for name, cls in classes.items():
        assert issubclass(cls, base) and cls is not base
        assert slug(cls) == slug(cls()) == name


def test_an_empty_package_holds_nothing(package):
    assert found(package[0]) == {}


def test_slug_is_the_name_of_the_file(package):
    module, add = package
    add("zigzag", CLASS.format(name="Second"))
    add("bend", CLASS.format(name="First"))
    classes = found(module)
    assert {name: cls.__name__ for name, cls in classes.items()} == {"bend": "First", "zigzag": "Second"}
    assert list(classes) == ["bend", "zigzag"]


def test_an_imported_class_does_not_count(package):
    module, add = package
    add("bend", CLASS.format(name="First"))
    add("zigzag", "from found_on_disk.bend import First\n" + CLASS.format(name="Second"))
    assert found(module)["zigzag"].__name__ == "Second"


@pytest.mark.parametrize("number", [0, 2])
def test_a_module_without_exactly_one_class_is_an_error(package, number):
    module, add = package
    add("bend", "".join(CLASS.format(name=name) for name in ("First", "Second")[:number]) or "ANGLE = 3\n")
    with pytest.raises(ImportError, match=rf"^found_on_disk\.bend must define one Schedule, it defines {number}$"):
        found(module)


@pytest.mark.parametrize(
    ("text", "error"),
    [("import no_such_library", ModuleNotFoundError), ("1 / 0", ZeroDivisionError), ("def f(:", SyntaxError)],
)
def test_an_error_inside_a_module_propagates(package, text, error):
    module, add = package
    add("bend", CLASS.format(name="First"))
    add("zigzag", text + "\n")
    with pytest.raises(error):
        found(module)
