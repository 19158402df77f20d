"""What is public says what it is, and its examples run."""

import ast
import doctest
import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted([*(ROOT / "engine").rglob("*.py"), *(ROOT / "surfaces").rglob("*.py")])

every_file = pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(ROOT)) for path in FILES])


def public_definitions(body, prefix=""):
    """Every public class, function and method, with its name."""
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public_definitions(node.body, f"{prefix}{node.name}.")


def is_kernel(node) -> bool:
    return any(ast.unparse(decorator).split("(")[0] == "kernel" for decorator in node.decorator_list)


@every_file
def test_everything_public_has_a_docstring(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert ast.get_docstring(tree), "the module"
    for name, node in public_definitions(tree.body):
        if is_kernel(node):  # its signature is explained once, in engine/kernel.py
            continue
        text = ast.get_docstring(node)
        assert text, name


@every_file
def test_examples_in_docstrings_run(path):
    name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    failed, _ = doctest.testmod(importlib.import_module(name), raise_on_error=False)
    assert failed == 0


def test_the_engine_has_an_example():
    _, attempted = doctest.testmod(importlib.import_module("engine"))
    assert attempted >= 5


@every_file
def test_errors_raised_are_announced(path):
    """A public function that raises ValueError says so."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for name, node in public_definitions(tree.body):
        if not isinstance(node, ast.FunctionDef) or name.count(".") > 0:
            continue
        raises = [n for n in ast.walk(node) if isinstance(n, ast.Raise) and "ValueError" in ast.unparse(n)]
        if raises:
            assert "ValueError" in ast.get_docstring(node), name
