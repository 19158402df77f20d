"""Kernels: all that the engine and the surfaces have. ``python -m host.kernels`` fills the cache of an image."""

import importlib
import pkgutil


def compile_all() -> tuple[int, int]:
    """Compile every kernel, or load it from the cache; return how many there are and how many no cache had."""
    import engine
    import surfaces
    from engine import kernel

    for package in (engine, surfaces):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    return kernel.compile_all()


if __name__ == "__main__":
    compile_all()
