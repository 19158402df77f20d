"""Processor: an image holds its kernels for any machine, and for those with AVX2, on which maps are done in a third.

``VALLEY_KERNELS`` names the folder that ``python -m host.kernels`` filled, with a folder for each kind of machine.
"""

import os
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")
# by LLVM's name, best first: what the processor must have, in Linux's words
KINDS = {
    "x86-64-v3": {"avx2", "bmi1", "bmi2", "f16c", "fma", "abm", "movbe", "xsave"},
    "generic": set[str](),
}


def fitting() -> list[str]:
    """Return the kinds of machine that this one is, best first."""
    try:
        lines = CPUINFO.read_text(encoding="utf-8").splitlines()
    except OSError:
        lines = []
    flags = next((set(line.split()) for line in lines if line.startswith("flags")), set())
    return [kind for kind, needed in KINDS.items() if needed <= flags]


def settings(folder: Path, kind: str) -> dict[str, str]:
    """Return what numba must find in the environment to compile for a kind of machine, or to load what was."""
    return {
        "NUMBA_CPU_NAME": kind,
        "NUMBA_CPU_FEATURES": "",  # else those of this very machine, whatever its kind
        "NUMBA_CACHE_DIR": str(folder / kind),
        "NUMBA_CACHE_LOCATOR_CLASSES": "engine.baked.Baked",
    }


def choose() -> None:
    """Set the environment to the best kernels of the image; before numba is loaded."""
    folder = Path(os.environ.get("VALLEY_KERNELS", ""))
    baked = [kind for kind in fitting() if os.environ.get("VALLEY_KERNELS") and (folder / kind).is_dir()]
    if baked:
        os.environ.update(settings(folder, baked[0]))
