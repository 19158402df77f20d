"""A run as a table of numbers for other programs."""

from collections.abc import Iterator, Mapping

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
