"""The rows of a dataset: one input against the target, or two inputs with the target as colour."""

from html import escape
from typing import Any

import numpy as np

from charts.colours import CLASSES, FONT, HEAT
from engine.dataset import Dataset

SYMBOLS = ("circle", "diamond", "square", "triangle-up", "x")
ALIKE = 4.0  # axes whose spans differ by no more than this factor have the same scale
ROOM = 0.06  # of an axis beyond the outermost points
SIZES = ((30, 10), (200, 7), (1000, 5))  # up to how many rows markers have which size


def data_figure(data: Dataset) -> dict[str, Any]:
    """Return the figure of the first input against the target or, of two inputs or more, of the first two.

    Rows of a class have its colour and symbol, numbers as targets a colour from pale, low, to strong, high.
    """
    flat = data.inputs.shape[1] == 1
    x, y = data.inputs[:, 0], _heights(data) if flat else data.inputs[:, 1]
    if data.classes:
        traces = [_of_class(data, k, x, y) for k in range(len(data.classes))]
    else:
        traces = [_points(data, np.arange(len(x)), x, y, _colours(data, flat))]
    return {"data": traces, "layout": _layout(data, flat, x, y)}


def data_words(data: Dataset) -> str:
    """Return in a sentence what the figure shows, for those who cannot see it."""
    inputs = " and ".join(data.input_names[:2])
    if data.classes:
        sizes = np.bincount(data.labels, minlength=len(data.classes))
        target = ", ".join(f"{size} of class {name}" for name, size in zip(data.classes, sizes, strict=True))
    else:
        low, high = data.targets[:, 0].min(), data.targets[:, 0].max()
        target = f"{data.target_names[0]} from {low:.3g} to {high:.3g}"
    return f"{data.title}: {len(data.inputs)} rows over {inputs}; {target}."


def _heights(data: Dataset) -> np.ndarray:
    return data.labels if data.classes else data.targets[:, 0]


def _of_class(data: Dataset, k: int, x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    rows = np.flatnonzero(data.labels == k)
    marker = {"color": CLASSES[k % len(CLASSES)], "symbol": SYMBOLS[(k + k // len(CLASSES)) % len(SYMBOLS)]}
    return {**_points(data, rows, x, y, marker), "name": escape(data.classes[k])}


def _points(data: Dataset, rows: np.ndarray, x: np.ndarray, y: np.ndarray, marker: dict[str, Any]) -> dict[str, Any]:
    size = next((size for rows, size in SIZES if len(x) <= rows), SIZES[-1][1])
    outline = {"width": 0.8, "color": "@paper"}
    target = "" if data.classes else f"<br>{escape(data.target_names[0])} = %{{customdata[1]:.4g}}"
    return {
        "type": "scatter",
        "mode": "markers",
        "x": x[rows],
        "y": y[rows],
        "customdata": np.stack([rows + 1.0, data.targets[rows, 0]], axis=1),
        "marker": {"size": size, "opacity": 0.9, "line": outline, **marker},
        "hovertemplate": f"row %{{customdata[0]}}<br>%{{x:.4g}}, %{{y:.4g}}{target}<extra></extra>",
    }


def _colours(data: Dataset, flat: bool) -> dict[str, Any]:
    if flat:
        return {"color": CLASSES[0]}
    scale = [[i / (len(HEAT) - 1), colour] for i, colour in enumerate(reversed(HEAT))]
    bar = {"title": {"text": escape(data.target_names[0])}, "thickness": 10, "outlinewidth": 0, "nticks": 5}
    return {
        "color": data.targets[:, 0],
        "colorscale": scale,
        "colorbar": bar,
        "line": {"width": 0.8, "color": "@quiet"},
    }


def _layout(data: Dataset, flat: bool, x: np.ndarray, y: np.ndarray) -> dict[str, Any]:
    axis = {"zeroline": False, "color": "@quiet", "gridcolor": "@grid", "nticks": 7}
    names = [data.input_names[0], data.target_names[0] if flat else data.input_names[1]]
    across, up = (
        {**axis, "range": _range(at), "title": {"text": escape(name)}} for at, name in zip((x, y), names, strict=True)
    )
    if flat and data.classes:
        places = list(range(len(data.classes)))
        up |= {"tickvals": places, "ticktext": [escape(name) for name in data.classes]}
        up["title"] = {"text": escape(names[1]) if len(data.classes) == 2 else "class"}
    elif not flat and _alike(np.ptp(x), np.ptp(y)):
        up |= {"scaleanchor": "x", "scaleratio": 1, "constrain": "domain"}
        across |= {"constrain": "domain"}
    return {
        "xaxis": across,
        "yaxis": up,
        "margin": {"l": 56, "r": 10, "t": 8, "b": 44},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": FONT,
        "showlegend": bool(data.classes) and not flat,
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"color": "@ink"}},
        "hovermode": "closest",
        "dragmode": "pan",
    }


def _range(values: np.ndarray) -> list[float]:
    low, high = float(values.min()), float(values.max())
    room = ROOM * ((high - low) or 1.0)
    return [low - room, high + room]


def _alike(one: float, other: float) -> bool:
    return 0.0 < max(one, other) <= ALIKE * min(one, other)
