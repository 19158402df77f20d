"""The page Initialisation in a browser: what is shaded."""

from test_views_browser import open_view


def test_what_lies_between_two_curves_is_shaded(page, server):
    open_view(page, server, "initialisation?initialisation=signal")
    painted = page.evaluate(
        """() => {
          const { chart } = document.querySelector('.valley-lines').lines.panels[0];
          const dense = window.devicePixelRatio || 1;
          const at = (x, y) => [...chart.pen.getImageData(chart.x(x) * dense, chart.y(y) * dense, 1, 1).data];
          return [at(45.4, 0.17), at(0.4, 0.17)];
        }"""
    )
    assert painted[0] != painted[1]  # inside the band of single networks, and outside
