"""Bands: the rings around what is high enough, traced by the figure's own script, against what geometry says."""

import math

import numpy as np
import pytest

from charts.plane import LEVELS, ground_figure
from widgets.live_figure import HERE, joined

# the field alone, ten pixels for a unit: the rings of every level, without the frame around the view
TRACED = """([span, height, rows, levels]) => {
  const toPixel = (value) => 10 * value;
  const columns = height.length / rows;
  const across = visible(span, columns, { range: span }, toPixel);
  const up = visible(span, rows, { range: span }, toPixel);
  const field = height.map((value) => value ?? NaN);
  const lines = finer(field, rows, columns, across, up);
  const width = across.pixels.length;
  const z = new Float64Array(width * up.pixels.length).fill(-Infinity);
  lines.forEach((line, j) => z.set(line, (j + 1) * width + 1));
  const inUnits = (rings) => rings.map((ring) => ring.map(([x, y, edge]) => [x / 10, y / 10, edge]));
  return levels.map((level) => inUnits(trace({ z, x: across.pixels, y: up.pixels }, level)));
}"""
SPAN = 40.0
SIDE = 41
LINE = np.linspace(-SPAN, SPAN, SIDE)
X, Y = np.meshgrid(LINE, LINE)


@pytest.fixture(scope="module")
def traced(browser):
    with browser.new_page() as page:
        parts = joined(HERE / name for name in ("decode.js", "pen.js", "ink.js", "bands.js"))
        function = page.evaluate_handle(f"() => {{ {parts}\nreturn ({TRACED}); }}")

        def ask(height: np.ndarray, levels: list[float]):
            flat = [None if math.isnan(value) else value for value in height.ravel().tolist()]
            return function.evaluate("(f, given) => f(given)", [[-SPAN, SPAN], flat, len(height), levels])

        yield ask


def area(ring: list) -> float:
    """Of a closed ring, above 0 where its inside lies on its left; Gauss's formula."""
    x, y = np.array([[point[0], point[1]] for point in ring]).T
    return 0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


def test_the_rings_of_a_bowl_are_its_ellipses(traced):
    height = np.sqrt(X**2 + 4.0 * Y**2)
    ((outer, hole),) = traced(height, [20.0])
    assert all(edge for *_, edge in outer)  # the edge of the view
    assert not any(edge for *_, edge in hole)
    assert area(hole) == pytest.approx(-math.pi * 20.0 * 10.0, rel=1e-3)  # the inside, which is higher, lies around it
    x, y = np.array(hole, dtype=float)[:, :2].T
    np.testing.assert_allclose(np.hypot(x, 2.0 * y), 20.0, rtol=1e-3)


def test_the_rings_of_a_hill_close_around_it(traced):
    (rings,) = traced(-np.hypot(X - 5.0, Y + 3.0), [-12.0])
    (ring,) = rings
    assert area(ring) == pytest.approx(math.pi * 12.0**2, rel=1e-3)
    x, y, _ = np.array(ring, dtype=float).T
    assert np.mean(x) == pytest.approx(5.0, abs=0.05)
    assert np.mean(y) == pytest.approx(-3.0, abs=0.05)


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_at_a_saddle_lines_do_not_cross(traced, sign):
    for level in (-1.0, 1e-9, 1.0):
        (rings,) = traced(sign * X * Y, [level])
        assert len(rings) == (1 if level < 0.0 else 2)  # above 0 the two heights are apart, below they hang together
        places = [(x, y) for ring in rings for x, y, edge in ring if not edge]
        assert len(places) > 40
        assert len(set(places)) == len(places)
        assert all(abs(sign * x * y - level) < 0.15 for x, y in places)


def test_no_line_is_drawn_along_the_edge_of_what_is_known(traced):
    height = np.where(X > 10.0, np.nan, X)
    everywhere, half = traced(height, [-np.finfo(float).max, -20.0])
    (ring,) = everywhere
    assert all(edge for *_, edge in ring)
    (ring,) = half
    lines = [x for x, _, edge in ring if not edge]
    assert len(lines) >= SIDE
    assert lines == pytest.approx([-20.0] * len(lines), abs=1e-9)
    assert max(x for x, *_ in ring) < 12.0  # where the hole begins


def test_a_field_that_is_the_same_everywhere_is_one_band(traced):
    bands = ground_figure(LINE, LINE, np.zeros((SIDE, SIDE)), [])["bands"]
    levels = [bands["low"] + k * bands["step"] for k in range(1, LEVELS + 1)]
    assert traced(bands["height"], levels) == [[] for _ in levels]


def test_levels_part_the_heights_evenly():
    height = np.hypot(X, Y)
    bands = ground_figure(LINE, LINE, height, [])["bands"]
    assert bands["low"] == 0.0
    assert bands["low"] + bands["levels"] * bands["step"] == pytest.approx(height.max())
    assert (*bands["x"], *bands["y"]) == (-SPAN, SPAN, -SPAN, SPAN)
