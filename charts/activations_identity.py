"""The message of the view on the identity: a sigmoid that becomes a tanh, and what a network makes of both."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from charts.activations import LOOKS
from engine.words import number

ULP = 2.0**-52
SIGMOID, TANH = LOOKS["sigmoid"], LOOKS["tanh"]


@dataclass(frozen=True, eq=False)
class Stage:
    """One step on the way from the sigmoid to tanh: up sigma(squeeze a) - down."""

    squeeze: float
    up: float
    down: float

    @property
    def text(self) -> str:
        """As a formula, with two digits."""
        squeeze, up, down = (float(f"{value:.3g}") for value in (self.squeeze, self.up, self.down))
        inner = "a" if squeeze == 1.0 else f"{number(squeeze)}a"
        outer = "" if up == 1.0 else number(up)
        return f"{outer}σ({inner}){f' − {number(down)}' if down else ''}"


@dataclass(frozen=True, eq=False)
class Twins:
    """A network of tanhs, and one of sigmoids that answers the same; both trained."""

    outputs: float  # the largest difference of their outputs on the rows, at the start
    largest: float  # the largest output there
    tanh: np.ndarray  # (T+1,) errors
    sigmoid: np.ndarray  # (T+1,)
    apart: float  # the largest difference of outputs at the end
    words: str  # what they are


def identity_message(
    a: np.ndarray, stages: list[Stage], values: np.ndarray, twins: Twins
) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return header and arrays; ``values`` (stages, K) are the stages at ``a``."""
    tanh, last = np.tanh(a), len(stages) - 1
    away = np.abs(values - tanh).max(axis=1)
    arrays = {"a": a, "stage": values, "sigmoid": values[0], "tanh": tanh}
    arrays |= {"step": np.arange(len(twins.tanh)), "by.tanh": twins.tanh, "by.sigmoid": twins.sigmoid}
    arrays["ulp"] = np.abs(values[-1] - tanh) / ULP
    says = [_says(stage, float(off), k == last) for k, (stage, off) in enumerate(zip(stages, away, strict=True))]
    header = {
        "alt": f"A sigmoid becomes a tanh. {says[-1]}",
        "says": says,
        "caption": twins.words,
        "index": {"id": "stage", "name": "stage", "texts": [stage.text for stage in stages], "at": last},
        "panels": [_curves(len(stages)), _rounding(float(arrays["ulp"].max())), _trained(twins)],
    }
    return header, {name: np.asarray(array, dtype=float).reshape(-1) for name, array in arrays.items()}


def _curves(count: int) -> dict[str, Any]:
    style = {"x": {"name": "a"}}
    solid = {**style, "dash": "solid"}
    return {
        "label": "A sigmoid, tanh, and the stage between them; arrow keys read them off",
        "title": "From σ(a) to tanh a",
        "height": 340,
        "x": {"title": "a", "range": [-5.0, 5.0]},
        "y": {"title": "h", "range": [-1.15, 2.15]},
        "curves": [
            {**style, "y": {"name": "sigmoid"}, "label": "σ(a)", "colour": SIGMOID.colour, "dash": "dash"},
            {**solid, "y": {"name": "tanh"}, "label": "tanh a", "colour": TANH.colour, "alpha": 0.4, "width": 7.0},
            {**solid, "y": {"name": "stage", "rows": count}, "label": "now", "colour": "@ink", "width": 2.2},
        ],
        "rest": 0.0,
    }


def _rounding(most: float) -> dict[str, Any]:
    return {
        "label": "How far 2σ(2a) − 1 is from tanh a as computed; arrow keys read it off",
        "title": "|tanh a − (2σ(2a) − 1)|, as computed",
        "note": "in units of 2⁻⁵² = 2.2·10⁻¹⁶, the last bit of a number near 1",
        "height": 317,
        "x": {"title": "a", "range": [-5.0, 5.0]},
        "y": {"title": "last bits", "range": [-0.05, max(2.0, 1.2 * most)]},
        "curves": [{"x": {"name": "a"}, "y": {"name": "ulp"}, "points": True, "width": 1.6, "colour": "@ink"}],
    }


def _trained(twins: Twins) -> dict[str, Any]:
    seen = np.concatenate([twins.tanh, twins.sigmoid])
    seen = seen[np.isfinite(seen) & (seen > 0.0)]
    low, high = (float(np.log10(value)) for value in ((seen.min(), seen.max()) if len(seen) else (0.1, 1.0)))
    difference = f"{number(twins.outputs, 2)} at most, of outputs up to {number(twins.largest, 2)}"
    steps = len(twins.tanh) - 1
    return {
        "label": "The error of both networks against the step; arrow keys read it off",
        "title": "The same network written in both, trained alike",
        "note": (
            f"At the start their answers differ by {difference}: rounding. After {steps} steps by"
            f" {number(twins.apart, 2)}: the same functions, but another error surface over the weights."
        ),
        "height": 260,
        "wide": True,
        "x": {"title": "step", "range": [0.0, float(steps)]},
        "y": {"title": "E", "log": True, "range": [max(low, high - 6.0) - 0.1, high + 0.1]},
        "curves": [
            {
                "x": {"name": "step"},
                "y": {"name": f"by.{name}"},
                "label": label,
                "tag": look.title,
                "colour": look.colour,
                "dash": dash,
                "width": 2.4,
                "absent": "diverged",
            }
            for name, look, label, dash in (
                ("tanh", TANH, "tanh units", "solid"),
                ("sigmoid", SIGMOID, "sigmoid units that answer the same at first", "dash"),
            )
        ],
        "rest": float(steps),
    }


def _says(stage: Stage, off: float, last: bool) -> str:
    if last:
        return (
            f"2σ(2a) − 1 is tanh a: no more than {number(off, 2)} lies between them here, and that is rounding."
            " So tanh′(a) = 4σ′(2a): four times as steep at 0, and flat twice as soon."
        )
    return f"{stage.text} is up to {number(off, 2)} away from tanh a."
