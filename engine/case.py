"""Case: what one run of a rule that keeps the modes apart does, in words."""

import cmath
import math
from dataclasses import dataclass

from engine.optimizer import Best
from engine.words import apart, factor, near_one, number, percent

AT_THE_LIMIT = 1e-9  # how near the limit, relative to it, a learning rate counts as at it
ZIGZAG = 170.0  # degrees of turn per step from which a swing is a zigzag
SEEN = 0.01  # the share of the distance that must be left on the other side, after half a period, for it to show


@dataclass(frozen=True, slots=True)
class Case:
    """One run, direction by direction."""

    eta: float
    limit: float  # along the directions of positive curvature
    eigenvalues: list[float]  # ascending
    labels: str  # their subscripts
    factors: list[complex]  # the larger root of each mode
    two_roots: bool  # whether there is another one, so that the larger one is all that counts only in the long run
    after_one: list[float]  # what one step leaves of the distance, with its sign
    moving: list[int]  # the directions along which the start lies off the minimum and the surface is curved
    left_at: int

    def verdict(self) -> tuple[str, str]:
        """Return status and sentence."""
        if not self.moving:
            return "open", "Nothing moves: the gradient vanishes where it starts."
        sizes = {i: abs(self.factors[i]) for i in self.moving}
        worst = max(self.moving, key=sizes.__getitem__)
        left = f" The path leaves the picture at step {self.left_at}." if self.left_at >= 0 else ""
        if self.eigenvalues[worst] < 0.0:
            run = ", in the long run" if self.two_roots else ", here"
            return "bad", (
                f"Runs away along {self._u(worst)}, where the surface curves down: at any learning rate the distance"
                f" grows{run} {factor(self.factors[worst])} times a step.{left}"
            )
        steepest = self.moving[-1]
        if self._past(steepest) > AT_THE_LIMIT:
            eta, limit = apart(self.eta, self._limit(steepest))
            each = "In the long run each" if self.two_roots else "Each"
            alone = f" along {self._u(steepest)}" if self._limit(steepest) != self.limit else ""
            return "bad", (
                f"Diverges: η = {eta} is above the limit {limit}{alone}. {each} step multiplies the distance along"
                f" {self._u(steepest)} by {factor(self.factors[steepest])}.{left}"
            )
        down = [i for i, value in enumerate(self.eigenvalues) if value < 0.0]
        if self.at_the_limit:
            run = "in the long run " if self.two_roots else ""
            what = f"At the limit: {run}the distance along {self._u(steepest)} neither shrinks nor grows."
            if down:
                what += f" It starts exactly at 0 along {self._u(down[0])}, where the least nudge would grow."
            return "limit", f"{what}{left}{self._flat()}{self._held()}"
        if down:
            return "limit", (
                "Heads for the saddle point: it starts exactly on the direction that leads there; the least nudge along"
                f" {self._u(down[0])} would grow.{left}"
            )
        return "good", f"{self._converging(worst, sizes)}{left}{self._flat()}{self._held()}"

    @property
    def at_the_limit(self) -> bool:
        """Whether the steepest of its directions neither shrinks nor grows."""
        return bool(self.moving) and abs(self._past(self.moving[-1])) <= AT_THE_LIMIT

    def factor_facts(self, best: Best | None) -> list[tuple[str, str, str]]:
        """Return the largest factor, and those of all directions."""
        compare = f"best: {near_one(best.rate)}" if best else "above 1 it grows"
        largest = near_one(max(abs(self.factors[i]) for i in self.moving)) if self.moving else "–"
        order = range(len(self.labels)) if self.labels[0] == "₁" else range(len(self.labels) - 1, -1, -1)
        first, *others = [f"{self._u(i)} {factor(self.factors[i])}" for i in order]
        return [("factor per step", largest, compare), ("each direction", first, ", ".join(others))]

    def _u(self, i: int) -> str:
        return f"u{self.labels[i]}"

    def _limit(self, i: int) -> float:
        """Return the limit along one direction of positive curvature: they go as 1/lambda."""
        return self.limit * (self.eigenvalues[-1] / self.eigenvalues[i])

    def _past(self, i: int) -> float:
        return self.eta / self._limit(i) - 1.0 if self.eigenvalues[i] > 0.0 else -1.0

    def _converging(self, worst: int, sizes: dict[int, float]) -> str:
        rate = sizes[worst]
        if rate == 0.0:
            return f"Lands on the {'valley floor' if self._flat() else 'minimum'} in one step."
        if len(sizes) == 1:
            which = f"{self._u(worst)} keeps"
        elif rate - min(sizes.values()) < 1e-9 * (1.0 - rate):
            which = "both directions keep"
        else:
            which = f"{self._u(worst)}, the slowest direction, keeps"
        return f"Converges, {self._manner(sizes)}. In the long run {which} {percent(rate)} of the distance per step."

    def _manner(self, sizes: dict[int, float]) -> str:
        shortest = math.inf
        for i, size in sizes.items():
            z = self.factors[i]
            if z.imag == 0.0:
                # of two roots of opposite sign the first step may show next to nothing
                if z.real < 0.0 and self.after_one[i] < -SEEN:
                    return "zigzagging from wall to wall"
                continue
            turn = math.degrees(abs(cmath.phase(z)))
            period = 360.0 / turn
            if size ** (0.5 * period) <= SEEN:
                continue
            if turn > ZIGZAG:
                return "zigzagging from wall to wall"
            shortest = min(shortest, period)
        swinging = shortest < math.inf
        return f"swinging to and fro once in {number(shortest, 2)} steps" if swinging else "without overshooting"

    def _flat(self) -> str:
        flat = [i for i, value in enumerate(self.eigenvalues) if value == 0.0]
        return f" Along {self._u(flat[0])} the floor is flat and nothing moves." if flat else ""

    def _held(self) -> str:
        """Return a word on a direction that would diverge if anything moved along it."""
        for i in range(len(self.eigenvalues)):
            if i not in self.moving and self._past(i) > AT_THE_LIMIT:
                return f" Along {self._u(i)} it would diverge, but it starts exactly at 0 there."
        return ""
