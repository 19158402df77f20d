"""The curves: the error on rows that train and on rows that do not, and where early stopping would end the run."""

from typing import Any

import numpy as np
import streamlit as st

from engine.parameter import Parameter
from engine.validation import early_stopping
from widgets.controls import number
from widgets.details.follow import follow
from widgets.details.kinds import On
from widgets.details.learned import Learned, at_hand, learned
from widgets.details.picture import Picture

NAME = "curves"
TITLE = "What is learned, and what is learned by heart"
ORDER = 1
ON = On.LAYERS

PATIENCE = Parameter(
    20, 1, 1000, "p", step=5, whole=True, help="After so many steps without a lower validation error training stops."
)
MARKS = 24  # of epochs
NARROW = 260  # px of an input that stands alone


def draw(picture: Picture) -> None:
    """Draw the curves of every run, and what early stopping makes of the one under the sliders."""
    patience = None
    if picture.validation is not None:
        with st.container(width=NARROW):
            patience = int(number(f"{NAME}.patience", PATIENCE, "patience"))
    else:
        st.caption("No rows are held out here, so that nothing tells learning from learning by heart.")
    follow(NAME, *sent(picture, patience))


def sent(picture: Picture, patience: int | None) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Return the message, of every step; ``patience`` is None where no rows are held out."""
    surface, edited = picture.surface, picture.edited
    runs = {entry.name: learned(picture, entry) for entry in picture.entries}
    own = runs[edited.name]
    arrays = {f"told.{name}": np.stack([run.training, run.validation], axis=1) for name, run in runs.items()}
    arrays["epoch"] = own.epoch
    if edited.batch:
        arrays["batch"] = own.batch
    header = {
        **at_hand(picture),
        "edited": edited.name,
        "runs": [
            {"name": item.name, "colour": item.optimizer.colour}
            for item in sorted(picture.entries, key=lambda item: item is edited)
        ],
        "rows": [len(surface.rows()), len(picture.validation.rows) if picture.validation else 0],
        "epochs": _epochs(own.epoch) if edited.batch else None,
        "penalised": any(getattr(surface, name, 0.0) for name in ("penalty", "sparsity")),
        "batched": edited.batch.size if edited.batch else None,
        **_stopping(own, patience),
    }
    return header, arrays


def _stopping(own: Learned, patience: int | None) -> dict[str, Any]:
    """Return what is to be said of early stopping, and the steps that stand beside each other."""
    found = early_stopping(own.validation, patience) if patience else None
    last = int(np.flatnonzero(np.isfinite(own.training))[-1]) if np.isfinite(own.training).any() else 0
    lines = [("start", 0)]
    if found:
        lines.append(("least validation", found.best))
        if found.stop >= 0:
            lines += [("kept", found.kept)] if found.kept != found.best else []
            lines.append(("stopped", found.stop))
    lines.append(("end" if last == len(own.training) - 1 else "last number", last))
    return {
        "patience": patience,
        "stopping": found._asdict() if found else None,
        "lines": [[label, step, *_pair(own, step)] for label, step in lines],
    }


def _pair(own: Learned, step: int) -> list[float | None]:
    return [float(value) if np.isfinite(value) else None for value in (own.training[step], own.validation[step])]


def _epochs(epoch: np.ndarray) -> dict[str, Any]:
    """Return the steps after which a pass over the rows is over, every so many of them, so that there are few."""
    whole = np.arange(1, int(epoch[-1] + 1e-9) + 1)
    ends = np.searchsorted(epoch, whole - 1e-9)
    stride = -(-len(ends) // MARKS) or 1
    return {"ends": ends[stride - 1 :: stride].tolist(), "every": stride}
