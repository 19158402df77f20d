"""The gauge: where a learning rate stands among 0, 1/lambda_max, the best setting and the limit."""

from typing import Any

from engine.words import number

WHERE = " where no gradient is clipped"  # a limit holds: there a step is what it would be without clipping


def gauge(
    largest: float,
    limit: float,
    best: tuple[str, float] | None,
    linear: bool,
    plain_limit: float | None,
    words: str,
    name: str = "limit",
) -> dict[str, Any]:
    """Return the marks. ``limit`` sets the end of a fixed axis, 1.5 times it or more if ``best`` lies beyond; without
    one the axis follows the run.

    ``largest`` is lambda_max, ``best`` label and learning rate of the best setting, ``plain_limit`` gradient descent's
    limit where it differs from the run's own, ``name`` what the run's own is called.
    """
    marks = [_mark("zero", "", 0.0, below=True)]
    if linear and largest > 0.0:
        marks.append(_mark("unit", "1/λ_{max}", 1.0 / largest, below=True))
    if plain_limit is not None:
        marks.append(_mark("plain", "2/λ_{max}", plain_limit, below=False))
    if best is not None:
        marks.append(_mark("best", *best, below=False))
    marks.append({"kind": "limit", "label": name, "value": None, "text": "", "above": False})
    top = max(1.5 * limit, 1.1 * best[1] if best else 0.0) if linear and limit < float("inf") else None
    return {"top": top, "marks": marks, "words": words}


def _mark(kind: str, label: str, value: float, below: bool) -> dict[str, Any]:
    return {"kind": kind, "label": label, "value": value, "text": number(value), "above": not below}
