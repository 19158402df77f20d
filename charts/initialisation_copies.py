"""The message of the view on copies: where the units of a copy are, and the error on the straight line to it."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charts.initialisation_symmetry import COLOURS
from engine.words import number, whole

HERE, OTHERS = "@limit", "@quiet"


@dataclass(frozen=True, eq=False)
class Copy:
    """One copy of a solution."""

    name: str
    incoming: np.ndarray  # (M, 2)
    error: float
    distance: float
    along: np.ndarray  # (P,) errors on the straight line from the solution, 0, to the copy, 1
    half: float  # the error half way
    half_told: float | None  # as it is predicted, where it can be
    curvature: float  # the largest eigenvalue of the Hessian


@dataclass(frozen=True, eq=False)
class Family:
    """A solution and its copies."""

    kind: str  # odd, sigmoid or rescaled
    incoming: np.ndarray  # (M, 2)
    error: float
    places: np.ndarray  # (P,)
    copies: tuple[Copy, ...]
    count: int  # how many there are by permuting and flipping
    told: np.ndarray | None  # (C,) largest eigenvalues as rescaling predicts them
    factors: np.ndarray | None  # (C,)
    curvature: float  # of the solution

    @property
    def first(self) -> int:
        """The copy that is shown first."""
        return 2 if self.factors is None else 2 * len(self.factors) // 3


def copies_message(family: Family) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays."""
    copies, at = family.copies, family.first
    arrays: dict[str, Any] = {"place": family.places, "along": [copy.along for copy in copies]}
    for j in range(len(family.incoming)):
        both = np.array([[family.incoming[j], copy.incoming[j]] for copy in copies])  # (C, 2, 2)
        arrays |= {f"x.{j}": both[:, :, 0], f"y.{j}": both[:, :, 1], f"end.x.{j}": both[:, 1, 0]}
        arrays |= {f"end.y.{j}": both[:, 1, 1], f"from.x.{j}": both[0, :1, 0], f"from.y.{j}": both[0, :1, 1]}
    for k, copy in enumerate(copies):
        arrays[f"other.{k}"] = copy.along
    arrays |= {"across": _across(family), "curvature": [copy.curvature for copy in copies]}
    if family.told is not None:
        arrays["told"] = family.told
    says = [_says(family, k) for k in range(len(copies))]
    names = [copy.name for copy in copies]
    header = {
        "alt": f"Copies of a solution. {says[at]}",
        "says": says,
        "caption": _caption(family),
        "index": {
            "id": f"{family.kind}{len(family.incoming)}{len(names)}",
            "name": "Copy",
            "texts": names,
            "at": at,
        },
        "panels": [_units(family), _line(family), _curvatures(family)],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _across(family: Family) -> np.ndarray:
    if family.factors is not None:
        return family.factors
    return np.arange(1.0, len(family.copies) + 1.0)


def _units(family: Family) -> dict[str, Any]:
    size, curves = len(family.copies), []
    for j in range(len(family.incoming)):
        way = {"x": {"name": f"x.{j}", "rows": size}, "y": {"name": f"y.{j}", "rows": size}}
        end = {"x": {"name": f"end.x.{j}", "rows": size}, "y": {"name": f"end.y.{j}", "rows": size}}
        start = {"x": {"name": f"from.x.{j}"}, "y": {"name": f"from.y.{j}"}}
        curves.append({**way, "colour": COLOURS[j], "width": 1.4, "dash": "solid", "label": f"place {j + 1}"})
        curves.append({**start, "colour": COLOURS[j], "points": True, "width": 3.0, "alpha": 0.6})
        curves.append({**end, "colour": COLOURS[j], "points": True, "width": 5.0})
    every = np.concatenate([family.incoming[None], [copy.incoming for copy in family.copies]])
    reach = 1.12 * np.abs(every).max(axis=(1, 2))
    ranges = [[-float(max(reach[0], value)), float(max(reach[0], value))] for value in reach[1:]]
    return {
        "label": "Incoming weights of every place in the solution, small dots, and in the copy, large dots",
        "title": "Where the units are",
        "note": "small dots: the solution; large dots: the copy",
        "height": 360,
        "plane": True,
        "x": {"title": "weight from x₁", "range": ranges},
        "y": {"title": "weight from x₂", "range": ranges},
        "curves": curves,
    }


def _line(family: Family) -> dict[str, Any]:
    size = len(family.copies)
    thin = {"x": {"name": "place"}, "colour": OTHERS, "width": 0.9, "alpha": 0.45, "dash": "solid"}
    curves: list[dict[str, Any]] = [{**thin, "y": {"name": f"other.{k}"}} for k in range(size)]
    curves.append(
        {
            "x": {"name": "place"},
            "y": {"name": "along", "rows": size},
            "colour": HERE,
            "width": 2.6,
            "dash": "solid",
            "label": "to this copy; thin: to the others",
        }
    )
    inside = np.stack([copy.along for copy in family.copies])[:, (family.places >= 0.0) & (family.places <= 1.0)]
    return {
        "label": "Error along the straight line from the solution, at 0, to the copy, at 1; arrow keys read it off",
        "title": "The error on the straight line between them",
        "height": 360,
        "x": {"title": "0: solution, 1: copy", "symbol": "place", "range": [-0.1, 1.1]},
        "y": {"title": "error", "range": [0.0, 1.1 * float(np.quantile(inside.max(axis=1), 0.9))]},
        "curves": curves,
        "marks": [{"y": family.error, "name": "error of both", "colour": "@good", "dash": "dash"}],
        "rest": 0.5,
    }


def _curvatures(family: Family) -> dict[str, Any]:
    across = _across(family)
    logs = family.factors is not None
    curves: list[dict[str, Any]] = []
    if family.told is not None:
        curves.append(
            {
                "x": {"name": "across"},
                "y": {"name": "told"},
                "label": "predicted",
                "colour": HERE,
                "dash": "solid",
                "width": 2.2,
            }
        )
    curves.append(
        {
            "x": {"name": "across"},
            "y": {"name": "curvature"},
            "label": "measured",
            "colour": HERE,
            "points": True,
            "width": 3.6,
        }
    )
    values = np.array([copy.curvature for copy in family.copies])
    vertical: dict[str, Any] = {"title": "λ max", "range": [0.0, 1.2 * float(values.max())]}
    if logs:
        known = values[values > 0.0]
        vertical |= {"log": True, "range": [float(np.log10(known.min())) - 0.2, float(np.log10(known.max())) + 0.2]}
    return {
        "label": "Largest eigenvalue of the Hessian at every copy; arrow keys read it off",
        "title": "How sharp the error surface is at each copy",
        "note": "the largest eigenvalue of the Hessian",
        "height": 190,
        "wide": True,
        "x": {
            "title": "factor" if logs else "copy",
            "log": logs,
            "range": [float(np.log10(across[0])) - 0.05, float(np.log10(across[-1])) + 0.05]
            if logs
            else [0.5, across[-1] + 0.5],
        },
        "y": vertical,
        "curves": curves,
        "marks": [
            {"x": across.tolist(), "colour": "@ink", "dash": "solid"},
            {"y": family.curvature, "name": "of the solution", "colour": "@good", "dash": "dash"},
        ],
        "rest": across.tolist(),
    }


def _caption(family: Family) -> str:
    about = {
        "odd": "h(−a) = −h(a): a unit whose incoming and outgoing weights all change sign makes no difference.",
        "sigmoid": (
            "h(−a) = 1 − h(a): a unit flips if its outgoing weight is also added to the output bias. That shears weight"
            " space, so copies are not equally sharp."
        ),
        "rescaled": (
            "h(ca) = c h(a) for c > 0: what leads into a unit may be multiplied by c if what leads out is divided by"
            " it. It does not flip: there is a whole surface of copies for each of M! orders. The Hessian of one"
            " is S⁻¹ H S⁻¹, S the factors: sharpness alone says nothing of a ReLU network (Dinh and others 2017)."
        ),
    }[family.kind]
    return f"One hidden layer on two moons, trained with Adam; the same rows for all. {about}"


def _says(family: Family, k: int) -> str:
    copy, units = family.copies[k], len(family.incoming)
    off = abs(copy.error - family.error) / family.error
    same = "equal to the last bit" if off == 0.0 else f"equal but for {number(off, 1)} of it, which is rounding"
    if family.kind == "rescaled":
        first = f"All {units} units {copy.name} on the way in and ÷ {copy.name[2:]} on the way out"
    else:
        first = copy.name[0].upper() + copy.name[1:]
    told = (
        f" (predicted {number(copy.half_told)}: there all weights of all units are 0)"
        if copy.half_told is not None
        else ""
    )
    text = (
        f"{first}: the copy is {number(copy.distance)} away, its error {number(family.error)} {same}; half way between"
        f" them it is {number(copy.half)}{told}."
    )
    if family.kind == "rescaled":
        return (
            f"{text} λ max is {number(copy.curvature)} there and {number(family.curvature)} here. There is such a copy"
            f" for every positive factor of every unit, and {units}! = {whole(family.count)} orders of the units."
        )
    return f"{text} There are {units}! · 2{_raised(units)} = {whole(family.count)} such copies."


def _raised(exponent: int) -> str:
    return str(exponent).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
