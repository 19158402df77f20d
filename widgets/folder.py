"""Folder: modules that are found by their files, such as the details below a figure."""

import pkgutil
from importlib import import_module
from types import ModuleType


def modules(package: str) -> dict[str, ModuleType]:
    """Return the modules of a package that have a ``NAME``, by it, in the order of their ``ORDER``."""
    path = import_module(package).__path__
    found = [import_module(f"{package}.{item.name}") for item in pkgutil.iter_modules(path)]
    named = sorted((module for module in found if hasattr(module, "NAME")), key=lambda module: module.ORDER)
    return {module.NAME: module for module in named}
