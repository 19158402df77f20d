"""The message of the view on timing: what the same gradient takes in three ways."""

from typing import Any

import numpy as np

from engine.stopwatch import WAYS, Timing
from engine.words import duration, number

NAMES = {"python": "loops in Python", "numpy": "vectors in NumPy", "compiled": "the same loops, compiled"}
TAGS = {"python": "Python", "numpy": "NumPy", "compiled": "compiled"}
STYLES = {"python": ("@class1", "solid"), "numpy": ("@class0", "dash"), "compiled": ("@class2", "longdashdot")}


def timing_message(layers: int, timings: list[Timing], machine: str) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays, one place of the slider for every size."""
    sizes = [item.size for item in timings]
    arrays = {"size": np.array(sizes, dtype=float)}
    for way in WAYS:
        arrays[way] = 1e6 * np.array([item.seconds[way] for item in timings])
        arrays[f"{way}.gain"] = arrays["python"] / arrays[way]
    says = [_says(item, layers) for item in timings]
    header = {
        "alt": f"The time of a gradient against the size of the layers, in three ways. {says[-1]}",
        "says": says,
        "caption": (
            f"Shortest of {min(min(item.samples.values()) for item in timings)} or more samples each, without what"
            f" compiling takes. {machine} NumPy may use more than one processor."
        ),
        "index": {
            "id": f"{sizes[-1]}, {layers}",
            "name": "Units a layer",
            "texts": [f"n = {size}" for size in sizes],
            "at": len(sizes) - 1,
        },
        "panels": [_times(arrays), _gains(arrays)],
    }
    return header, arrays


def _times(arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    known = np.concatenate([arrays[way] for way in WAYS])
    low, high = float(np.log10(known.min())), float(np.log10(known.max()))
    return {
        **_panel(arrays, "", [low - 0.15, high + 0.2]),
        "label": "Time of one gradient against the units of a layer; arrow keys read it off",
        "title": "One gradient, in microseconds",
        "note": "forward, backward, and the derivative by every weight",
    }


def _gains(arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    known = np.concatenate([arrays[f"{way}.gain"] for way in WAYS])
    low, high = float(np.log10(known.min())), float(np.log10(known.max()))
    return {
        **_panel(arrays, ".gain", [low - 0.15, high + 0.2]),
        "label": "How many times as fast as loops in Python; arrow keys read it off",
        "title": "How many times as fast as Python's loops",
        "note": "below 1 it is slower",
    }


def _panel(arrays: dict[str, np.ndarray], suffix: str, span: list[float]) -> dict[str, Any]:
    each = arrays["size"].tolist()
    curves = []
    for way, (colour, dash) in STYLES.items():
        style = {"x": {"name": "size"}, "y": {"name": f"{way}{suffix}"}, "colour": colour}
        curves.append({**style, "label": NAMES[way], "tag": TAGS[way], "dash": dash, "width": 2.4})
        curves.append({**style, "points": True, "width": 3.2})
    return {
        "height": 340,
        "x": {
            "title": "units a layer n",
            "symbol": "n",
            "log": True,
            "range": [float(np.log10(each[0])) - 0.06, float(np.log10(each[-1])) + 0.06],
        },
        "y": {"title": "µs" if not suffix else "times", "log": True, "range": span},
        "curves": curves,
        "marks": [{"x": each, "colour": "@ink", "dash": "solid"}],
        "rest": each,
    }


def _says(item: Timing, layers: int) -> str:
    loops, vectors, compiled = (item.seconds[way] for way in WAYS)
    stack = f"{layers} layer{'s' if layers > 1 else ''} of {item.size} units"
    apart = max(item.apart.values())
    equal = "are equal to the last digit" if apart == 0.0 else f"agree to {number(apart, 2)} of their largest number"
    return (
        f"{stack}: loops in Python take {duration(loops)}, vectors in NumPy {duration(vectors)},"
        f" {_against(loops, vectors)}, and the same loops compiled {duration(compiled)}, {_against(loops, compiled)}."
        f" The three gradients {equal}."
    )


def _against(first: float, other: float) -> str:
    return (
        f"{number(first / other, 2)} times as fast" if other <= first else f"{number(other / first, 2)} times as slow"
    )
