"""The message of the view on centring: how long the valley of the next layer is, with every activation."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charts.activations import LOOKS
from engine.words import number, whole

TURN = np.linspace(0.0, 2.0 * np.pi, 121)


@dataclass(frozen=True, eq=False)
class Valley:
    """The valley of a linear unit that learns from M units of one activation, for every M."""

    name: str
    mean: float  # of what a unit gives
    variance: float
    condition: np.ndarray  # (S,) predicted
    measured: np.ndarray  # (S,) on drawn rows
    steps: np.ndarray  # (S,) of gradient descent at its best, predicted

    @property
    def centred(self) -> float:
        """The condition number if the mean were taken off: that of the variance beside the bias's 1."""
        return max(self.variance, 1.0) / min(self.variance, 1.0)


def centred_message(
    units: np.ndarray, valleys: list[Valley], rows: str, at: int
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; the slider goes through the numbers of ``units`` (S,)."""
    arrays = {"units": units}
    for each in valleys:
        long = np.ones_like(each.condition)
        arrays[f"{each.name}.x"] = long[:, None] * np.cos(TURN)
        arrays[f"{each.name}.y"] = np.sin(TURN) / np.sqrt(each.condition)[:, None]
        arrays |= {f"{each.name}.told": each.condition, f"{each.name}.measured": each.measured}
    says = [_says(k, int(many), valleys) for k, many in enumerate(units.tolist())]
    header = {
        "alt": f"The shape of the next layer's valley with every activation. {says[at]}",
        "says": says,
        "caption": (
            "A linear unit with a bias learns, by squared error, from M units with independent normal sums a,"
            " of mean 0 and standard deviation 1. κ is the largest eigenvalue of its Hessian over the smallest: curves"
            f" predicted, dots measured on {rows} drawn rows. Centred: with the mean taken off. Steps: of gradient"
            f" descent at its best learning rate, until a thousandth of the slowest mode is left. {_moments(valleys)}"
        ),
        "index": {
            "id": "units",
            "name": "units that feed it",
            "texts": [f"M = {many}" for many in units.tolist()],
            "at": at,
        },
        "panels": [_rings(len(units), valleys), _condition(units, valleys)],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _moments(valleys: list[Valley]) -> str:
    """Return mean and variance of what each gives."""
    said = (f"{LOOKS[each.name].title} {number(each.mean)} and {number(each.variance)}" for each in valleys)
    return f"Mean and variance of the outputs: {'; '.join(said)}."


def _rings(count: int, valleys: list[Valley]) -> dict[str, Any]:
    return {
        "label": "A level line of the next layer's error with every activation, across its longest and shortest axis",
        "title": "A level line of the next layer's error",
        "note": "along its longest and its shortest axis, of one length",
        "height": 380,
        "plane": True,
        "x": {"title": "along the valley", "range": [-1.08, 1.08]},
        "y": {"title": "across", "range": [-1.08, 1.08]},
        "curves": [
            {
                "x": {"name": f"{each.name}.x", "rows": count},
                "y": {"name": f"{each.name}.y", "rows": count},
                "label": [f"{LOOKS[each.name].title}, κ = {number(float(kappa))}" for kappa in each.condition],
                "colour": LOOKS[each.name].colour,
                "dash": LOOKS[each.name].dash,
                "width": 2.4,
            }
            for each in valleys
        ],
    }


def _condition(units: np.ndarray, valleys: list[Valley]) -> dict[str, Any]:
    each = [float(many) for many in units]
    seen = np.concatenate([np.concatenate([valley.condition, valley.measured]) for valley in valleys])
    curves: list[dict[str, Any]] = []
    for valley in valleys:
        look = LOOKS[valley.name]
        style = {"x": {"name": "units"}, "colour": look.colour}
        curves += [
            {**style, "y": {"name": f"{valley.name}.told"}, "label": look.title, "dash": look.dash, "width": 2.2},
            {**style, "y": {"name": f"{valley.name}.measured"}, "points": True, "width": 3.4},
        ]
    return {
        "label": "The condition number of the next layer against the number of units; arrow keys read it off",
        "title": "Its condition number κ",
        "note": "predicted from mean and variance of what a unit gives",
        "height": 380,
        "x": {"title": "units M", "symbol": "M", "log": True, "range": [-0.05, float(np.log10(each[-1])) + 0.05]},
        "y": {"title": "κ", "log": True, "range": [-0.08, float(np.log10(seen.max())) + 0.15]},
        "curves": curves,
        "marks": [{"x": each, "colour": "@ink", "dash": "solid"}],
        "rest": each,
    }


def _says(k: int, many: int, valleys: list[Valley]) -> str:
    found = [
        f"{LOOKS[each.name].title} {number(float(each.condition[k]))}, {whole(float(np.ceil(each.steps[k])))}"
        f" step{'s' if each.steps[k] > 1.0 else ''} ({number(each.centred)} if centred)"
        for each in valleys
    ]
    fed = f"{many} units" if many > 1 else "one unit"
    return f"κ of what {fed} feed{'s' if many == 1 else ''}: {'; '.join(found)}."
