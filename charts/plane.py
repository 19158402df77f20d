"""The plane of weights: quiet bands of error and the eigenvector axes; bands and paths are drawn in the browser."""

from typing import Any

import numpy as np

from charts.colours import FONT

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
    """Return what paths lie on: ``bands`` of the error, and a figure with eigenvector axes and tick labels.

    ``height`` (y, x) is what bands are equally spaced in, nan where there is no error; ``axes`` hold label, x (3,),
    y (3,) and dash of each eigenvector's line, label at its end; ``marks`` are traces to be drawn on them, ``names``
    titles of the axes, subscripts as a_{b}.
    """
    span = (float(x[0]), float(x[-1])), (float(y[0]), float(y[-1]))
    return {
        "bands": {"x": span[0], "y": span[1], **_bands(height)},
        "data": [*(_axis(axis) for axis in axes), *marks],
        "layout": _layout(*span, names),
    }


def _bands(height: np.ndarray) -> dict[str, Any]:
    """Return heights with the levels that part them: LEVELS of them, ``step`` apart, the first a step above ``low``."""
    low, high = (float(value) for value in (np.nanmin(height), np.nanmax(height)))
    return {"height": height, "low": low, "step": (high - low) / LEVELS or 1.0, "levels": LEVELS}


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
        "plot_bgcolor": "rgba(0,0,0,0)",
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
