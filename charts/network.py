"""The network: what it answers at every step, and how well it does on rows it has not seen."""

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from charts.colours import CLASSES
from engine.dataset import Dataset

SIDE = 45  # points along each side at which two inputs are looked at
LINE = 121  # and along one
MARGIN = 0.12  # of the data's range, on both sides of it
LEVELS = 255  # shades of an answer


class Told(NamedTuple):
    """A run of a network at its drawn steps, as numbers for the picture."""

    training: np.ndarray  # (steps,) mean charge of a row, penalties left out
    validation: np.ndarray  # (steps,) nan where there are no rows
    right: np.ndarray  # (steps, 2) share of training and validation rows told rightly, nan without classes


def window(data: Dataset, validation: Dataset | None) -> list[tuple[float, float]]:
    """Return what is seen of the first inputs, one or two of them."""
    inputs = data.inputs if validation is None else np.concatenate([data.inputs, validation.inputs])
    spans = []
    for column in inputs.T[:2]:
        low, high = float(column.min()), float(column.max())
        room = MARGIN * (high - low) or 1.0
        spans.append((low - room, high + room))
    return spans


def looked_at(data: Dataset, spans: list[tuple[float, float]]) -> np.ndarray:
    """Return the inputs at which answers are shown, (points, K); all but the first two are at their mean."""
    axes = [np.linspace(*span, LINE if len(spans) == 1 else SIDE) for span in spans]
    columns = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, len(axes))
    rest = np.broadcast_to(data.inputs.mean(axis=0)[2:], (len(columns), data.inputs.shape[1] - len(axes)))
    return np.concatenate([columns, rest], axis=1)


def answers(net: Any, weights: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return one number for every point at every step, (steps, points): of two classes what speaks for the second, of
    more the place of the class that is told, else the first output.
    """
    found: np.ndarray = net.outputs(weights, points)
    classes = len(net.dataset.classes)
    if classes > 2:
        return found.argmax(axis=-1).astype(np.float64)
    return found[..., -1] if classes else found[..., 0]


def scale_of(net: Any) -> tuple[float, float, float]:
    """Return the lowest and highest answer that are told apart, and where between two classes the border is."""
    if not net.dataset.classes:
        targets = net.dataset.targets[:, 0]
        room = 0.25 * float(np.ptp(targets)) or 1.0
        return float(targets.min()) - room, float(targets.max()) + room, float("nan")
    if net.loss == "max_margin":
        return -2.0, 2.0, 0.0
    return (-0.5, 1.5, 0.5) if net.loss == "sum_of_squares" else (0.0, 1.0, 0.5)


def network_message(
    net: Any,
    validation: Dataset | None,
    weights: np.ndarray,
    drawn: np.ndarray,
    told: Told,
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; ``weights`` (steps, D) are those of the run under the sliders at the drawn steps."""
    data: Dataset = net.dataset
    spans = window(data, validation)
    low, high, border = scale_of(net)
    classes = list(data.classes)
    with np.errstate(all="ignore"):
        found = answers(net, weights, looked_at(data, spans))
    arrays = {"points": _points(data, validation)}
    if len(spans) == 1:
        arrays["curve"] = np.clip(found, -3e38, 3e38)
    elif len(classes) > 2:
        arrays["shades"] = _bytes(found)
    else:
        arrays["shades"] = _bytes(LEVELS * (np.clip(found, low, high) - low) / (high - low))
    arrays["told"] = np.stack([told.training, told.validation, *told.right.T], axis=1)
    header = {
        "surface": repr(net),
        "steps": drawn.tolist(),
        "side": SIDE,
        "line": LINE,
        "spans": spans,
        "levels": LEVELS,
        "scale": [low, high],
        "border": border if np.isfinite(border) else None,
        "classes": classes,
        "colours": [name.removeprefix("@") for name in CLASSES],
        "inputs": list(data.input_names),
        "target": data.target_names[0],
        "validated": validation is not None,
    }
    return header, arrays


def _points(data: Dataset, validation: Dataset | None) -> np.ndarray:
    """Return the rows, (N, 4): two inputs (one and 0), target or class, and whether the row is for validation."""
    parts = []
    for which, rows in enumerate([data] if validation is None else [data, validation]):
        first = rows.inputs[:, :2] if rows.inputs.shape[1] > 1 else np.pad(rows.inputs, ((0, 0), (0, 1)))
        goal = rows.labels if rows.classes else rows.targets[:, 0]
        parts.append(np.column_stack([first, goal, np.full(len(first), which)]))
    return np.concatenate(parts)


def _bytes(values: np.ndarray) -> np.ndarray:
    """Return whole numbers from 0 to 255 packed four to a float32; what is no number is 0."""
    flat = np.nan_to_num(np.rint(values)).astype(np.uint8).ravel()
    return np.pad(flat, (0, -len(flat) % 4)).view("<f4")


def without_penalties(net: Any) -> Any:
    """Return the same network with an error that is the mean charge of a row alone."""
    return replace(net, penalty=0.0, sparsity=0.0, reduction="mean")
