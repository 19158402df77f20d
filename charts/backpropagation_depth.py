"""The message of the view on depth: how paths and edges grow with the layers."""

from typing import Any

import numpy as np

from engine.words import count, whole

PATHS, EDGES = "@limit", "@good"


def depth_message(
    width: int, layers: np.ndarray, paths: list[int], edges: list[int], at: int
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; ``paths`` and ``edges`` are counted for every number of ``layers`` (K,)."""
    arrays = {"layers": layers.astype(float), "paths": np.array(paths, dtype=float), "edges": np.array(edges, float)}
    says = [_says(width, int(n), p, e) for n, p, e in zip(layers, paths, edges, strict=True)]
    header = {
        "alt": f"The number of paths and of edges against the number of layers. {says[at]}",
        "says": says,
        "index": {
            "id": "depth",
            "name": "Layers",
            "texts": [f"{n} layer{'s' if n > 1 else ''}" for n in layers.tolist()],
            "at": at,
        },
        "panels": [_counts(layers, paths)],
    }
    return header, arrays


def _counts(layers: np.ndarray, paths: list[int]) -> dict[str, Any]:
    x, each = {"name": "layers"}, layers.astype(float).tolist()
    return {
        "label": "Paths and edges against the number of layers; arrow keys read it off",
        "title": "How many there are",
        "height": 340,
        "x": {"title": "layers", "symbol": "layers", "range": [0.0, each[-1] + 0.5]},
        "y": {"title": "number", "log": True, "range": [-0.2, max(2.5, float(np.log10(paths[-1])) + 0.3)]},
        "curves": [
            {"x": x, "y": {"name": "paths"}, "label": "paths", "tag": "paths", "colour": PATHS, "dash": "solid"},
            {"x": x, "y": {"name": "edges"}, "label": "edges", "tag": "edges", "colour": EDGES, "dash": "dash"},
        ],
        "marks": [{"x": each, "colour": "@ink", "dash": "solid"}],
        "rest": each,
    }


def _says(width: int, layers: int, paths: int, edges: int) -> str:
    return (
        f"{layers} layer{'s' if layers > 1 else ''} of {width} node{'s' if width > 1 else ''}: {count(paths)}"
        f" path{'s' if paths > 1 else ''} from w to o, but {whole(edges)} edges."
    )
