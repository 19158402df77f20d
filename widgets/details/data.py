"""The data: the rows, with what the weights of the present step make of them."""

from typing import Any

from surfaces.fitting.two_classes import TwoClasses
from surfaces.fitting.two_weights import TwoWeights
from surfaces.logistic_regression import LogisticRegression
from surfaces.max_margin import MaxMargin
from surfaces.neuron import Neuron
from widgets.details.follow import follow
from widgets.details.kinds import On
from widgets.details.picture import Picture

NAME = "data"
TITLE = "The data, and what these weights say of them"
ORDER = 1
ON = On.DATA


def draw(picture: Picture) -> None:
    """Draw the rows with the line, curve or border of the step that is looked at."""
    follow(NAME, sent(picture.surface))


def sent(surface: TwoWeights) -> dict[str, Any]:
    """Return the rows as the data have them, and what turns them into outputs."""
    data = surface.dataset
    count = len(data.rows)
    header: dict[str, Any] = {
        "surface": repr(surface),
        "title": data.title,
        "source": data.source,
        "inputs": data.inputs.T.tolist(),
        "targets": surface.wanted.tolist(),
        "names": [*data.input_names, *data.target_names],
        "classes": _class_names(surface),
        "output": _output(surface),
        "over": surface.made_of,
        "count": count,
        "sum": surface.reduction == "sum",
        "separable": isinstance(surface, LogisticRegression) and surface.separable,
    }
    if isinstance(surface, MaxMargin):
        header |= {
            "count": len(surface.differences),
            "margin": surface.margin,
            "penalty": surface.penalty,
            "pairs": surface.pairs.tolist(),
        }
    return header


def _output(surface: TwoWeights) -> str:
    if isinstance(surface, LogisticRegression):
        return "sigmoid"
    if isinstance(surface, Neuron):
        return surface.activation
    return "score" if isinstance(surface, MaxMargin) else "line"


def _class_names(surface: TwoWeights) -> list[str]:
    """Return what the classes are called, the first first; nothing where targets are numbers."""
    if not isinstance(surface, TwoClasses):
        return []
    return list(surface.dataset.classes) or ["0", "1"]
