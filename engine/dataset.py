"""Dataset: the rows that an error is made of; Data: the base class of what makes one."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from typing import ClassVar

import numpy as np

from engine.parameter import Parameterised, parameter


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
        if self.classes:
            member = np.isin(self.targets, (0.0, 1.0)).all(axis=1)
            if len(self.classes) > 2:
                member &= self.targets.sum(axis=1) == 1.0
            if not member.all():
                raise ValueError(f"targets must be 0 or 1, one class a row, got row {int(member.argmin()) + 1}")

    @cached_property
    def rows(self) -> np.ndarray:
        """Inputs and targets side by side, (N, K + M): what kernels receive."""
        return np.ascontiguousarray(np.concatenate([self.inputs, self.targets], axis=1))

    @classmethod
    def in_classes(
        cls,
        inputs: np.ndarray,
        labels: np.ndarray,
        input_names: tuple[str, ...],
        target_name: str,
        title: str,
        source: str,
        classes: tuple[str, ...],
    ) -> "Dataset":
        """Return the dataset whose row n belongs to the class at place ``labels`` (N,)[n] of ``classes``."""
        two = len(classes) == 2
        targets = labels[:, None] if two else labels[:, None] == np.arange(len(classes))
        return cls(inputs, targets, input_names, (target_name,) if two else classes, title, source, classes)

    @cached_property
    def labels(self) -> np.ndarray:
        """The place in ``classes`` of every row's class, (N,); ValueError where the targets are no classes."""
        if not self.classes:
            raise ValueError(f"{self.title} has no classes: its targets are numbers")
        return self.targets.argmax(axis=1) if len(self.classes) > 2 else self.targets[:, 0].astype(np.int64)

    def taken(self, places: np.ndarray) -> "Dataset":
        """Return the rows at ``places``, in that order."""
        return replace(self, inputs=self.inputs[places], targets=self.targets[places])

    def ordered(self) -> "Dataset":
        """Return the rows sorted by class or target, equal ones by their inputs.

        This order misleads stochastic gradient descent: the last rows of a pass all pull to one side. The order of an
        input does not, where the model is right.
        """
        first = self.labels if self.classes else self.targets[:, 0]
        return self.taken(np.lexsort([*self.inputs.T[::-1], first]))

    def scaled(self, by: "Dataset | None" = None) -> "Dataset":
        """Return the rows scaled in every input as gives those of ``by``, by default these, mean 0 and variance 1.

        x_i <- (x_i - mean of x_i)/(standard deviation of x_i)      Bishop and Bishop (2024), 7.48 to 7.50

        Rows held out are scaled by those that train: the model has learned from these in that unit. An input that is
        constant in ``by`` is only moved, by itself to 0.
        """
        of = self.inputs if by is None else by.inputs
        spread = of.std(axis=0)
        inputs = (self.inputs - of.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0)
        names = tuple(f"{name}, scaled" for name in self.input_names)
        return replace(self, inputs=inputs, input_names=names, title=f"{self.title}, scaled")

    def doubled(self) -> "Dataset":
        """Return every row twice, the whole once more after itself      Bishop and Bishop (2024), 7.2.3

        The mean error stays, the summed one is multiplied by two. One pass in this order is two over the rows at hand.
        """
        return self.taken(np.tile(np.arange(len(self.rows)), 2))

    def split(self, share: float, seed: int) -> "tuple[Dataset, Dataset]":
        """Return about ``share`` of the rows for training and the others for validation, both in the order they are in.

        They are drawn with ``seed``, from each class the same share to within one row. Both get one row at least.
        Raises ValueError unless 0 < share < 1 and there are two rows.
        """
        count = len(self.rows)
        if not 0.0 < share < 1.0:
            raise ValueError(f"share must be between 0 and 1, got {share!r}")
        if count < 2:
            raise ValueError(f"{self.title} has one row: nothing is left for validation")
        held = min(max(count - round(share * count), 1), count - 1)
        drawn = np.random.default_rng(seed).permutation(count)
        if self.classes:
            drawn = drawn[np.argsort(self.labels[drawn], kind="stable")]
        validation = np.zeros(count, dtype=bool)
        validation[drawn[((np.arange(held) + 0.5) * count / held).astype(np.int64)]] = True
        return self.taken(np.flatnonzero(~validation)), self.taken(np.flatnonzero(validation))

    @cached_property
    def _content(self) -> tuple[object, ...]:
        return (self.rows.tobytes(), self.inputs.shape, self.input_names, self.target_names, self.title, self.classes)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Dataset) and self._content == other._content

    def __hash__(self) -> int:
        return hash(self._content)

    def __repr__(self) -> str:
        return f"Dataset({self.title!r}, {len(self.inputs)} rows, {self._digest})"

    @cached_property
    def _digest(self) -> str:
        """A few letters that differ between rows that differ: a picture of others is another picture."""
        return blake2b(self.rows.tobytes(), digest_size=4).hexdigest()


@dataclass(frozen=True)
class Data(Parameterised, ABC):
    """What makes a dataset; the fields are its parameters: how many rows, how noisy, from which seed."""

    title: ClassVar[str]
    note: ClassVar[str]  # what it is for, in one plain sentence
    source: ClassVar[str]

    @abstractmethod
    def dataset(self) -> Dataset:
        """Return the rows, the same for the same fields."""


@dataclass(frozen=True)
class Generated(Data):
    """Data that are drawn at random: ``rows`` of them from ``seed``, the same for the same fields."""

    rows: float = parameter(100, 10, 1000, "N", step=10, whole=True, help="How many rows are drawn.")
    seed: float = parameter(
        0, 0, 9999, "seed", step=1, whole=True, help="Another seed draws other rows of the same kind."
    )

    def random(self) -> tuple[np.random.Generator, int]:
        """Return what random numbers come from, and how many rows there are to be."""
        return np.random.default_rng(int(self.seed)), int(self.rows)

    def balanced(self, random: np.random.Generator, classes: int) -> np.ndarray:
        """Return the class of every row, (N,): as many of each as can be, in random order."""
        return random.permutation(np.arange(int(self.rows)) % classes)

    def in_classes(self, points: np.ndarray, labels: np.ndarray, classes: tuple[str, ...]) -> Dataset:
        """Return points of the plane (N, 2) with the place of each one's class in ``classes``, (N,)."""
        return Dataset.in_classes(points, labels, ("x₁", "x₂"), "class", self.title, self.source, classes)
