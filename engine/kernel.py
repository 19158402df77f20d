"""The one way to compiled code: fixed signatures and the @kernel decorator.

Every kernel works on R runs at once. Arrays are C-contiguous float64 and the run is the last axis, so the inner loop
is long and contiguous. Kernels are called by the compiled loop through numba's first-class function types, so N
surfaces and M optimizers compile N + M times and all of it can be cached on disk.
"""

import threading
from collections.abc import Callable
from typing import Any

import numba
from numba import types
from numba.core.types.function_type import WrapperAddressProtocol

RUNS = types.float64[::1]  # (R,)
WEIGHTS = types.float64[:, ::1]  # (D, R), also (N, K) for data and (H, R) for hyperparameters
STATE = types.float64[:, :, ::1]  # (S, D, R)

SIGNATURES = {
    # value_and_grad(w, theta, data, error, g) fills error (R,) and g (D, R)
    "value_and_grad": types.void(WEIGHTS, RUNS, WEIGHTS, RUNS, WEIGHTS),
    # query(w, state, hyper, out) fills out (D, R) with the point at which the gradient is taken
    "query": types.void(WEIGHTS, STATE, WEIGHTS, WEIGHTS),
    # update(w, g, state, eta, hyper, tau) moves w and state in place; tau counts from 1
    "update": types.void(WEIGHTS, WEIGHTS, STATE, RUNS, WEIGHTS, types.float64),
    # second(w, theta, data, h) fills h (D (D + 1)/2, R) with H_11, H_12, H_22, ...: where many Hessians take long
    "second": types.void(WEIGHTS, RUNS, WEIGHTS, WEIGHTS),
    # clipped(g, limit) shortens every gradient of g (D, R) that is longer than the limit, in place
    "clipped": types.void(WEIGHTS, types.float64),
}

_compiling = threading.Lock()
_declared: list[tuple[type, str]] = []


class kernel:
    """Compile a static method at its first touch, for one signature, and never again.

    Use it bare on a method that SIGNATURES knows by name, or as ``@kernel(signature)``, above ``@staticmethod``.
    Import, repr and pickle of the class do not compile. No fastmath: infinities and nan must mean what they mean.
    """

    def __init__(self, target: Any):
        self.signature = None if isinstance(target, staticmethod) else target
        self.function: Any = target.__func__ if isinstance(target, staticmethod) else None
        self.compiled: Callable[..., Any] | None = None

    def __call__(self, method: Any) -> "kernel":
        self.function = method.__func__
        return self

    def __set_name__(self, owner: type, name: str) -> None:
        if self.signature is None:
            self.signature = SIGNATURES[name]
        _declared.append((owner, name))

    def __get__(self, instance: object, owner: type) -> Callable[..., Any]:
        if self.compiled is None:
            with _compiling:
                if self.compiled is None:
                    self.compiled = self._compile()
        return self.compiled

    def _compile(self) -> Callable[..., Any]:
        options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
        try:
            return numba.njit(self.signature, cache=True, **options)(self.function)
        except Exception:
            # perhaps the cache: a full disk, a folder that cannot be written to, a broken file. What it would have
            # saved is time; an error of the kernel itself comes again
            return numba.njit(self.signature, **options)(self.function)


def compile_all() -> tuple[int, int]:
    """Compile every kernel of the modules that were imported; return how many there are and how many no cache had."""
    kernels = [getattr(owner, name) for owner, name in _declared]
    return len(kernels), sum(not item.stats.cache_hits for item in kernels if hasattr(item, "stats"))


def part(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let kernels of the same file call a function: it is compiled with them, for what they give it.

    Never one of another file: a cached kernel would not see that it changed.
    """
    # what Python would need to call it takes long to compile
    options: dict[str, Any] = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    compiled: Callable[..., Any] = numba.njit(**options)(function)
    return compiled


class Absent(WrapperAddressProtocol):
    """Stands where a rule has no such kernel: it has the type that the loop asks for, and nothing to compile.

    It must never be called; the loop calls ``query`` only where ``look_ahead`` is set.
    """

    def __init__(self, name: str):
        self.name = name

    def __wrapper_address__(self) -> int:
        return 1  # numba wants a positive number; no function lives here

    def signature(self) -> Any:
        """Return the kernel's signature."""
        return SIGNATURES[self.name]
