"""Kernels: all that the engine and the surfaces have. ``python -m host.kernels FOLDER`` compiles them for an image."""

import importlib
import os
import pkgutil
import subprocess
import sys
from pathlib import Path

from host.processor import fitting, settings


def compile_all() -> tuple[int, int]:
    """Compile every kernel, or load it from the cache; return how many there are and how many no cache had."""
    import engine
    import surfaces
    from engine import kernel

    for package in (engine, surfaces):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    return kernel.compile_all()


def bake(folder: Path, kinds: list[str]) -> None:
    """Compile them for some kinds of machine, each in a process of its own: numba asks once for which."""
    for kind in kinds:
        program = "from host.kernels import compile_all; compile_all()"
        subprocess.run([sys.executable, "-c", program], env={**os.environ, **settings(folder, kind)}, check=True)


if __name__ == "__main__":
    bake(Path(sys.argv[1]), sys.argv[2:] or fitting())
