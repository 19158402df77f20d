"""The plane of weights: quiet bands of error and the eigenvector axes; the paths are drawn on it in the browser."""

from typing import Any

import numpy as np

from charts.colours import BANDS, FONT

LEVELS = 16
NONE: list[dict[str, Any]] = []
SHORT = 8  # letters of a name that stands beside its numbers
GRID = 81  # points along each side at which bands are computed


def ground_figure(
    x: np.ndarray,
    y: np.ndarray,
    height: np.ndarray,
    axes: list[dict[str, Any]],
    marks: list[dict[str, Any]] = NONE,
    names: tuple[str, str] = ("w_{1}", "w_{2}"),
) -> dict[str, Any]:
    """Return what paths lie on: bands and contour lines of the error, eigenvector axes, tick labels.

    ``height`` (y, x) is what bands are equally spaced in, nan where there is no error; ``axes`` hold label, x (3,),
    y (3,) and dash of each eigenvector's line, label at its end; ``marks`` are traces to be drawn on them, ``names``
    titles of the axes, subscripts as a_{b}.
    """
    span = (float(x[0]), float(x[-1])), (float(y[0]), float(y[-1]))
    return {"data": [_bands(x, y, height), *(_axis(axis) for axis in axes), *marks], "layout": _layout(*span, names)}


def _bands(x: np.ndarray, y: np.ndarray, height: np.ndarray) -> dict[str, Any]:
    low, high = (float(value) for value in (np.nanmin(height), np.nanmax(height)))
    step = (high - low) / LEVELS or 1.0
    return {
        "type": "contour",
        "name": "bands",
        "x": x,
        "y": y,
        "z": height,
        "zmin": low,
        "zmax": high,
        "autocontour": False,
        "contours": {"start": low + step, "end": high, "size": step, "coloring": "fill"},
        "line": {"width": 0.8, "color": "@line", "smoothing": 0.9},
        "colorscale": BANDS,
        "showscale": False,
        "hoverinfo": "skip",
    }


def _axis(axis: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": axis["label"],
        "x": axis["x"],
        "y": axis["y"],
        "mode": "lines+text",
        "text": ["", "", axis["label"]],
        "textposition": "top right",
        "textfont": {**FONT, "color": "@quiet"},
        "line": {"color": "@quiet", "width": 1.2, "dash": axis["dash"]},
        "hoverinfo": "skip",
    }


def _layout(x: tuple[float, float], y: tuple[float, float], names: tuple[str, str]) -> dict[str, Any]:
    titles = [name.replace("_{", "<sub>").replace("}", "</sub>") for name in names]
    axis = {
        "showgrid": False,
        "zeroline": False,
        "color": "@quiet",
        "ticks": "outside",
        "ticklen": 4,
        "nticks": 7,
        "constrain": "domain",
    }
    return {
        "xaxis": {**axis, **_span(x), "title": {"text": titles[0], "standoff": 4}},
        "yaxis": {
            **axis,
            **_span(y),
            "title": {"text": titles[1], "standoff": 4},
            "scaleanchor": "x",
            "scaleratio": 1,
        },
        "margin": {"l": 46 if len(names[1]) <= SHORT else 66, "r": 8, "t": 8, "b": 40},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "@band1",
        "font": FONT,
        "showlegend": False,
        "dragmode": "pan",
        "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": "@quiet", "activecolor": "@ink"},
        "hovermode": False,
    }


def _span(interval: tuple[float, float]) -> dict[str, Any]:
    """Return the range of an axis and its bounds: nothing is drawn beyond the ground."""
    low, high = interval
    return {"range": [low, high], "minallowed": low, "maxallowed": high}
