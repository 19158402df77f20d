"""The learning curve's axes: error against step, logarithmic; the curves are drawn on them in the browser."""

from typing import Any

from charts.colours import FONT

SIZE = 12  # px of the numbers on both axes


def curve_figure(
    steps: int, start_error: float, target: float | None, title: str, reach: tuple[int, int] = (-10, 3)
) -> dict[str, Any]:
    """Return the axes: ``reach`` powers of ten about ``start_error``; ``target`` is a line across them."""
    lines = [] if target is None else [_target(steps, target)]
    return {"data": lines, "layout": _layout(steps, start_error, title, reach)}


def _target(steps: int, target: float) -> dict[str, Any]:
    return {
        "type": "scatter",
        "x": [0, steps],
        "y": [target, target],
        "mode": "lines+text",
        "text": ["10⁻⁶ of the start", ""],
        "textposition": "bottom right",
        "textfont": {**FONT, "size": 11, "color": "@quiet"},
        "line": {"color": "@quiet", "width": 1, "dash": "dot"},
        "hoverinfo": "skip",
    }


def _layout(steps: int, start_error: float, title: str, reach: tuple[int, int]) -> dict[str, Any]:
    axis = {"zeroline": False, "color": "@quiet", "gridcolor": "@grid", "nticks": 5}
    return {
        "xaxis": {**axis, "range": [0, max(steps, 1)], "title": {"text": "step", "standoff": 4}},
        "yaxis": {
            **axis,
            "type": "log",
            "range": [_exponent(start_error) + power for power in reach],
            "title": {"text": title, "standoff": 4},
            "exponentformat": "power",
            "tickfont": {"size": SIZE / 1.25},  # plotly draws powers of ten a quarter larger
        },
        "margin": {"l": 58, "r": 10, "t": 8, "b": 38},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {**FONT, "size": SIZE},
        "showlegend": False,
        "dragmode": "pan",
        "hovermode": False,
    }


def _exponent(value: float) -> int:
    """Return the power of ten at or below a positive number, 0 for others."""
    return int(f"{value:e}".split("e")[1]) if value > 0.0 else 0
