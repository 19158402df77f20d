"""The table that a benchmark prints: one line a claim."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Line:
    """A claim, what was measured, and whether it holds; without a verdict it only informs."""

    claim: str
    target: str
    measured: str
    ratio: str = ""
    holds: bool | None = None

    @property
    def verdict(self) -> str:
        """``met``, ``MISSED`` or nothing."""
        return "" if self.holds is None else "met" if self.holds else "MISSED"


HEADS = ("claim", "target", "measured", "ratio", "verdict")


def render(lines: Sequence[Line]) -> str:
    """Return the lines as one Markdown table, its columns as wide as what stands in them."""
    rows = [HEADS, *((line.claim, line.target, line.measured, line.ratio, line.verdict) for line in lines)]
    wide = [max(len(row[i]) for row in rows) for i in range(len(HEADS))]
    rows.insert(1, tuple("-" * width for width in wide))  # type: ignore[arg-type]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, wide, strict=True)) + " |" for row in rows
    )


def at_most(claim: str, ours: Sequence[float], bare: Sequence[float], limit: float) -> Line:
    """Return the line of a time in ms that may be ``limit`` times the bare page's, both as medians."""
    ratio = median(ours) / median(bare)
    return Line(claim, f"≤ {limit:g} × bare", f"{spread(ours)}, bare {spread(bare)} ms", f"{ratio:.2f}", ratio <= limit)


def spread(values: Sequence[float], digits: int = 0) -> str:
    """Return median and range: ``52 (48–60)``."""
    return f"{median(values):.{digits}f} ({min(values):.{digits}f}–{max(values):.{digits}f})"
