"""The page Noise in a browser: planes."""

from playwright.sync_api import expect
from test_views_browser import open_view


def test_a_plane_has_one_scale_and_nothing_to_read_off(page, server):
    open_view(page, server, "noise?noise=spread")
    scale = page.evaluate(
        """() => {
          const { chart } = document.querySelector('.valley-lines').lines.panels[0];
          return [chart.x(1) - chart.x(0), chart.y(0) - chart.y(1)];
        }"""
    )
    assert abs(scale[0] - scale[1]) < 1e-6
    canvas = page.locator(".valley-panel .valley-chart").first
    canvas.hover()
    expect(page.locator(".valley-panel .valley-read").first).to_be_empty()
