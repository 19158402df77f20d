"""Dataset: the rows that an error is made of; Data: the base class of what makes one."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from engine.parameter import Parameterised


@dataclass(frozen=True, eq=False)
class Dataset:
    """N rows of K inputs and M targets, float64, with their names and where they are from.

    Targets are numbers, or where ``classes`` names two or more they are classes: one column of 0 and 1 for two, one
    column for each, 1 where a row belongs to it, for more. Two of the same content are equal.

    Raises ValueError where shapes do not agree or a number is not finite.
    """

    inputs: np.ndarray  # (N, K)
    targets: np.ndarray  # (N, M)
    input_names: tuple[str, ...]
    target_names: tuple[str, ...]
    title: str
    source: str
    classes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("inputs", "targets"):
            array = np.array(getattr(self, name), dtype=np.float64, order="C")
            if array.ndim != 2 or not array.size:
                raise ValueError(f"{name} must have rows and columns, got shape {array.shape}")
            if not np.isfinite(array).all():
                row, column = np.argwhere(~np.isfinite(array))[0].tolist()
                raise ValueError(f"{name} must be finite, got {array[row, column]} in row {row + 1}")
            array.flags.writeable = False
            object.__setattr__(self, name, array)
        if len(self.inputs) != len(self.targets):
            raise ValueError(f"targets must have a row for each of inputs, {len(self.inputs)}, got {len(self.targets)}")
        for name, array in (("input_names", self.inputs), ("target_names", self.targets)):
            if len(getattr(self, name)) != array.shape[1]:
                raise ValueError(f"{name} must name {array.shape[1]} columns, got {len(getattr(self, name))}")
        if self.classes and (
            len(self.classes) < 2 or self.targets.shape[1] != (1 if len(self.classes) == 2 else len(self.classes))
        ):
            raise ValueError(
                f"targets must have one column for two classes, or one for each of more: got {len(self.classes)}"
                f" classes and {self.targets.shape[1]} columns"
            )

    @cached_property
    def rows(self) -> np.ndarray:
        """Inputs and targets side by side, (N, K + M): what kernels receive."""
        return np.ascontiguousarray(np.concatenate([self.inputs, self.targets], axis=1))

    @cached_property
    def _content(self) -> tuple[object, ...]:
        return (self.rows.tobytes(), self.inputs.shape, self.input_names, self.target_names, self.title, self.classes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dataset) and self._content == other._content

    def __hash__(self) -> int:
        return hash(self._content)

    def __repr__(self) -> str:
        return f"Dataset({self.title!r}, {len(self.inputs)} rows)"


@dataclass(frozen=True)
class Data(Parameterised, ABC):
    """What makes a dataset; the fields are its parameters: how many rows, how noisy, from which seed."""

    title: ClassVar[str]
    note: ClassVar[str]  # what it is for, in one plain sentence
    source: ClassVar[str]

    @abstractmethod
    def dataset(self) -> Dataset:
        """Return the rows, the same for the same fields."""
