"""Columns: settings of very many optimizers of one class, as arrays in place of objects."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from engine.arguments import numbers
from engine.optimizer import Optimizer
from engine.parameter import Parameterised


def column(owner: Parameterised, name: str, values: Any, label: str = "") -> np.ndarray:
    """Return values of one declared parameter of ``owner``, (n,).

    Raises ValueError naming the parameter, as ``label`` where given, its range and the value.
    """
    array = numbers(label or name, values)
    if array.ndim != 1 or array.size == 0:
        raise ValueError(f"{label or name} must be at least one number, in one dimension, got shape {array.shape}")
    return owner.parameters()[name].check_each(label or name, array)


def packed(optimizer: Optimizer, columns: Mapping[str, np.ndarray], runs: int) -> np.ndarray:
    """Return what kernels receive for ``runs`` optimizers, (H, R): each column (R,) in place of the optimizer's own.

    The columns are checked already. Objects are made only for a class that checks or packs in a way of its own.
    """
    if _plain(type(optimizer)):
        own = zip(optimizer.declared(), optimizer.pack(), strict=True)
        rows = [columns.get(name, np.full(runs, value)) for name, value in own]
        return np.stack(rows) if rows else np.empty((0, runs))
    each = ({name: float(values[r]) for name, values in columns.items()} for r in range(runs))
    return np.stack([replace(optimizer, **settings).pack() for settings in each], axis=1)


def _plain(rule: type[Optimizer]) -> bool:
    return all(getattr(rule, name) is getattr(Parameterised, name) for name in ("pack", "validate", "__post_init__"))
