"""A run as a table of numbers for other programs."""

from collections.abc import Iterator, Mapping

from engine.edge import Edge
from engine.trajectory import Trajectory


def csv_of_run(path: Trajectory) -> str:
    """Return one run as CSV with the columns step, w1, w2, ..., error, gradient_1, gradient_2, ...

    Every number has all its digits. The rows end with the step at which the run diverged. Raises ValueError unless the
    trajectory holds one run, with its error and gradient.
    """
    return "\n".join(["step," + _names(path), *_rows(path), ""])


def csv_of_runs(paths: Mapping[str, Trajectory]) -> str:
    """Return several runs below each other, each row with its run's name in a first column ``run``.

    Raises ValueError as csv_of_run does, and where there is no run.
    """
    if not paths:
        raise ValueError("paths must hold at least one run, got none")
    rows = [f"{name},{row}" for name, path in paths.items() for row in _rows(path)]
    return "\n".join(["run,step," + _names(next(iter(paths.values()))), *rows, ""])


def csv_of_edge(edge: Edge, most: int = 8) -> str:
    """Return a run beside its edge as CSV with the columns step, error, limit, eigenvalue_1, ..., the largest first.

    Every number has all its digits; at most so many eigenvalues; nan where there is none. The rows end with the step at
    which the run diverged.
    """
    top = edge.eigenvalues[:, :most]
    rows = ["step,error,limit," + ",".join(f"eigenvalue_{k}" for k in range(1, top.shape[1] + 1))]
    for step in range(edge.last + 1):
        values = [edge.error[step], edge.limits[step], *top[step]]
        rows.append(",".join([str(step), *(repr(float(value)) for value in values)]))
    return "\n".join([*rows, ""])


def _names(path: Trajectory) -> str:
    counts = range(1, path.weights.shape[2] + 1)
    return ",".join([*(f"w{i}" for i in counts), "error", *(f"gradient_{i}" for i in counts)])


def _rows(path: Trajectory) -> Iterator[str]:
    if path.weights.shape[1] != 1 or path.error is None or path.gradient is None:
        raise ValueError(f"path must hold one run with error and gradient, got {path.weights.shape[1]} runs")
    last = path.diverged_at[0] if path.diverged_at[0] >= 0 else path.steps
    for k, step in enumerate(path.step):
        if step <= last:
            values = [*path.weights[k, 0], path.error[k, 0], *path.gradient[k, 0]]
            yield ",".join([str(step), *(repr(float(value)) for value in values)])
