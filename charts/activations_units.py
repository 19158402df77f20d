"""The message of the view on units: which are dead, saturated or at work, at every step of a run."""

from typing import Any, NamedTuple

import numpy as np

from charts.colours import CLASSES
from engine.words import number, percent

DASHES = ("solid", "dash", "dot", "longdash")
DEAD, SATURATED, FLAT, STEEP = "@bad", "@limit", "@band4", "@safe"


class Layer(NamedTuple):
    """The units of one hidden layer at the drawn steps."""

    flat: np.ndarray  # (S, units) share of the rows on which a unit is flat
    dead: np.ndarray  # (S, units) bool
    saturated: np.ndarray  # (S, units) bool, and not dead


class Lived(NamedTuple):
    """A run as its units lived it."""

    steps: np.ndarray  # (S,)
    layers: list[Layer]
    error: np.ndarray  # (S,)
    gradient: np.ndarray  # (S,) the largest that reaches a weight into a dead unit


def units_message(
    lived: Lived, label: str, share: float, rows: float, begins: str
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; ``share`` says what is flat, and ``rows`` on how many rows a saturated unit is."""
    count, sizes = len(lived.steps), [each.flat.shape[1] for each in lived.layers]
    place = 1.0 + np.arange(sum(sizes))
    arrays: dict[str, np.ndarray] = {"step": lived.steps, "error": lived.error, "unit": place, "bands": _bands(lived)}
    for k, each in enumerate(lived.layers):
        arrays |= {f"dead.{k}": each.dead.mean(axis=1), f"saturated.{k}": each.saturated.mean(axis=1)}
        arrays[f"flat.{k}"] = each.flat.mean(axis=1)
    says = [_says(s, lived) for s in range(count)]
    header = {
        "alt": f"Dead and saturated units along a run. {says[-1]}",
        "says": says,
        "caption": (
            f"{label}. Dead: h′ = 0 on every row, so that no gradient reaches the unit's weights. Saturated: not dead,"
            f" but |h′| below {percent(share)} of its largest on at least {percent(rows)} of the rows.{begins}"
        ),
        "index": {
            "id": f"units|{lived.steps[-1]}|{count}",
            "name": "step",
            "texts": [f"step {step} / {lived.steps[-1]}" for step in lived.steps.tolist()],
            "at": count - 1,
        },
        "panels": [
            _units(count, sizes, place),
            _shares(lived, "dead", "Dead units"),
            _shares(lived, "saturated", "Saturated units"),
            _shares(lived, "flat", "Flat, of all rows and units"),
            _error(lived),
        ],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _bands(lived: Lived) -> np.ndarray:
    """Return how high the four bands of every unit's bar are, (S, units, 4); they add up to 1."""
    flat = np.concatenate([each.flat for each in lived.layers], axis=1)
    dead = np.concatenate([each.dead for each in lived.layers], axis=1)
    saturated = np.concatenate([each.saturated for each in lived.layers], axis=1)
    other = ~dead & ~saturated
    return np.stack([flat * dead, flat * saturated, flat * other, 1.0 - flat], axis=-1)


def _units(count: int, sizes: list[int], place: np.ndarray) -> dict[str, Any]:
    firsts = [float(sum(sizes[:k]) + 0.5) for k in range(len(sizes))]
    bands = [("dead", DEAD), ("saturated", SATURATED), ("flat on these rows", FLAT), ("steep", STEEP)]
    return {
        "label": "Each unit at the step: on what share of the rows it is flat",
        "title": "Every unit at this step",
        "note": "a bar is a unit; how many of the rows find it flat",
        "height": 210,
        "wide": True,
        "x": {"title": "unit", "range": [0.3, float(place[-1]) + 0.7]},
        "y": {"title": "share of rows", "range": [0.0, 1.12]},
        "bars": {
            "x": {"name": "unit"},
            "y": {"name": "bands", "rows": count},
            "bands": [{"label": label, "colour": colour} for label, colour in bands],
        },
        "marks": [
            {"x": first, "name": f"layer {k + 1}", "colour": "@grid", "dash": "solid"} for k, first in enumerate(firsts)
        ],
    }


def _shares(lived: Lived, what: str, title: str) -> dict[str, Any]:
    many = len(lived.layers) > 1
    return {
        "label": f"{title} of every layer, as a share, against the step; arrow keys read them off",
        "title": title,
        "height": 220,
        "x": {"title": "step", "range": [0.0, float(lived.steps[-1])]},
        "y": {"title": "share", "range": [-0.03, 1.03]},
        "curves": [
            {
                "x": {"name": "step"},
                "y": {"name": f"{what}.{k}"},
                "label": f"layer {k + 1}",
                "tag": f"layer {k + 1}" if many else "",
                "colour": CLASSES[k],
                "dash": DASHES[k],
                "width": 2.4,
            }
            for k in range(len(lived.layers))
        ],
        **_now(lived),
    }


def _error(lived: Lived) -> dict[str, Any]:
    seen = lived.error[np.isfinite(lived.error) & (lived.error > 0.0)]
    low, high = (float(np.log10(value)) for value in (seen.min(), seen.max())) if len(seen) else (-1.0, 0.0)
    return {
        "label": "The error against the step; arrow keys read it off",
        "title": "The error",
        "height": 220,
        "x": {"title": "step", "range": [0.0, float(lived.steps[-1])]},
        "y": {"title": "E", "log": True, "range": [max(low, high - 12.0) - 0.1, high + 0.1]},
        "curves": [{"x": {"name": "step"}, "y": {"name": "error"}, "label": "E", "colour": "@ink", "dash": "solid"}],
        **_now(lived),
    }


def _now(lived: Lived) -> dict[str, Any]:
    each = [float(step) for step in lived.steps]
    return {"marks": [{"x": each, "colour": "@ink", "dash": "solid"}], "rest": each}


def _says(s: int, lived: Lived) -> str:
    error = lived.error[s]
    if not np.isfinite(error):
        return f"At step {lived.steps[s]} the run is lost: its weights are no numbers any more."
    parts = []
    for k, each in enumerate(lived.layers):
        dead, saturated, units = int(each.dead[s].sum()), int(each.saturated[s].sum()), each.flat.shape[1]
        where = f" in layer {k + 1}" if len(lived.layers) > 1 else ""
        parts.append(f"{dead} of {units} units{where} dead, {saturated} saturated")
    first = "; ".join(parts)
    said = f"Step {lived.steps[s]}: {first}. E = {number(float(error))}, at first {number(float(lived.error[0]))}."
    gone = sum(int(each.dead[s].sum()) for each in lived.layers)
    if gone:
        said += f" Of all weights into dead units the largest gradient is {number(float(lived.gradient[s]))}."
    before = np.concatenate([each.dead[:s].any(axis=0) for each in lived.layers]) if s else np.zeros(0, dtype=bool)
    now = np.concatenate([each.dead[s] for each in lived.layers])
    if s and (awake := int((before & ~now).sum())):
        said += f" {awake} that {'was' if awake == 1 else 'were'} dead before {'is' if awake == 1 else 'are'} awake."
    return said
