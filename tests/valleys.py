"""Random valleys, rules, settings and starts for hypothesis: what a student may set, four digits each."""

import math
from typing import NamedTuple

from hypothesis import strategies as st

from engine import Optimizer, discover_optimizers
from engine.parameter import Parameter, four_digits
from surfaces.quadratic import Quadratic

OPTIMIZERS = discover_optimizers()
LINEAR = [slug for slug, cls in OPTIMIZERS.items() if cls().linear]
BEST_KNOWN = [slug for slug in LINEAR if OPTIMIZERS[slug].best(1.0, 2.0) is not None]
ADAPTIVE = [slug for slug, cls in OPTIMIZERS.items() if cls().adaptive]

magnitudes = st.floats(-3.0, 3.0).map(lambda exponent: four_digits(10.0**exponent))
eigenvalues = st.one_of(magnitudes, magnitudes, magnitudes.map(lambda value: -value), st.just(0.0))
angles = st.one_of(
    st.integers(-1800, 1800).map(lambda tenths: tenths / 10.0), st.sampled_from([-90.0, 0.0, 45.0, 90.0])
)
# zero or not nearer to it than any point of a picture: of 1e-162 the error itself underflows
coordinates = st.floats(-3.0, 3.0).map(four_digits).filter(lambda value: value == 0.0 or abs(value) > 1e-4)
starts = st.tuples(coordinates, coordinates)
minima = st.one_of(st.just(0.0), st.integers(-100, 100).map(lambda count: count / 10.0))
momenta = st.one_of(st.floats(0.0, 0.999).map(four_digits), st.sampled_from([0.0, 0.9, 0.99, 0.999]))


def quadratics(curvatures: st.SearchStrategy[float]) -> st.SearchStrategy[Quadratic]:
    """Valleys of any angle and minimum, their eigenvalues drawn from ``curvatures``, some of them round."""
    pairs = st.one_of(st.tuples(curvatures, curvatures), curvatures.map(lambda value: (value, value)))
    return st.builds(lambda pair, *rest: Quadratic(*pair, *rest), pairs, angles, minima, minima)


steps_drawn = st.one_of(st.integers(1, 150), st.sampled_from([1, 150, 400]))
valleys = quadratics(eigenvalues)
bowls = quadratics(magnitudes)


def rules(slug: str, forms: bool = False) -> st.SearchStrategy[Optimizer]:
    """An optimizer, as it begins or with any of its settings; with ``forms`` in any of its published forms, too."""
    cls = OPTIMIZERS[slug]
    fields = {name: momenta if name == "momentum" else _within(declared) for name, declared in cls.parameters().items()}
    fields |= {name: st.sampled_from(known.options) for name, known in cls.choices().items() if forms}
    return st.one_of(st.just(cls()), st.builds(cls, **fields)) if fields else st.just(cls())


def _within(declared: Parameter) -> st.SearchStrategy[float]:
    if declared.scale == "linear":
        return st.floats(declared.low, declared.high).map(four_digits)
    exponents = st.floats(math.log10(declared.low), math.log10(declared.high))
    return exponents.map(lambda exponent: four_digits(10.0**exponent))


class Setting(NamedTuple):
    """All that a run needs."""

    surface: Quadratic
    rule: Optimizer
    eta: float
    start: tuple[float, float]
    steps: int


@st.composite
def settings_of(
    draw: st.DrawFn,
    slugs: list[str],
    surfaces: st.SearchStrategy[Quadratic] = valleys,
    steps: st.SearchStrategy[int] = steps_drawn,
) -> Setting:
    """A setting of one of the optimizers, its learning rate on either side of the limit."""
    surface, slug = draw(surfaces), draw(st.sampled_from(slugs))
    rule = draw(rules(slug))
    if rule.linear:
        unit = 2.0 / (abs(surface.eigenvalues).max() or 2.0)
        exponents = st.one_of(st.floats(-1.0, 0.1), st.floats(-4.0, 0.4))
    else:
        unit, exponents = rule.typical_learning_rate, st.floats(-2.0, 2.0)
    eta = four_digits(min(max(unit * 10.0 ** draw(exponents), 1e-8), 1e4))
    return Setting(surface, rule, eta, draw(starts), draw(steps))
