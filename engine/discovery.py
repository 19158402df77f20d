"""Find what stands in a package: one class a file, the file's name is the slug."""

import importlib
import pkgutil
from types import ModuleType
from typing import TypeVar

Found = TypeVar("Found")


def discover(package: ModuleType, base: type[Found]) -> dict[str, type[Found]]:
    """Return {slug: class} for every module of package, by slug.

    Each module must define exactly one subclass of base, else ImportError; an error inside a module propagates.
    """
    found = {}
    for info in pkgutil.iter_modules(package.__path__):
        if info.ispkg:
            continue
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        classes = [
            item
            for item in vars(module).values()
            if isinstance(item, type) and issubclass(item, base) and item.__module__ == module.__name__
        ]
        if len(classes) != 1:
            raise ImportError(f"{module.__name__} must define one {base.__name__}, it defines {len(classes)}")
        found[info.name] = classes[0]
    return dict(sorted(found.items()))


def slug(item: object) -> str:
    """Return the slug of a class that discovery found, or of an instance of it: the name of its file."""
    cls = item if isinstance(item, type) else type(item)
    return cls.__module__.rsplit(".", 1)[-1]
