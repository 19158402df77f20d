"""The page Edge of stability in a browser: long work can be stopped; presets, names of marks, axes and legends."""

import pytest
from playwright.sync_api import expect
from test_browser import SECONDS
from test_views_browser import open_view


def test_long_work_shows_how_far_it_is_and_can_be_stopped(page, server):
    page.set_default_timeout(30 * SECONDS)
    page.goto(f"{server}/edge_of_stability?edge=training&steps=5000&surface.hidden=33")
    stop = page.get_by_role("button", name="Stop", exact=True)
    expect(stop).to_be_visible(timeout=60 * SECONDS)
    stop.click()
    expect(page.get_by_text("Stopped while computing the sharpness at every step")).to_be_visible(timeout=60 * SECONDS)
    expect(page.get_by_role("button", name="Compute it after all")).to_be_visible()


def test_a_preset_is_one_click(page, server):
    open_view(page, server, "edge_of_stability?")
    page.get_by_role("button", name="Two weights", exact=True).click()
    expect(page.get_by_text("The flow would end at")).to_be_visible()
    assert "edge=known" in page.url


@pytest.mark.parametrize("view", ["training", "rates", "beyond"])
def test_no_curve_strikes_the_name_of_a_mark_through(page, server, view):
    open_view(page, server, f"edge_of_stability?edge={view}")
    struck = page.evaluate(
        """() => document.querySelector('.valley-lines').lines.panels.flatMap((panel) => {
          const names = panel.named;
          panel.named = [];
          return names.map((box) => panel.struck(box));
        })"""
    )
    assert struck and set(struck) == {0}


def test_the_last_number_of_an_axis_is_whole(page, server):
    open_view(page, server, "edge_of_stability?edge=rules")
    ends = page.evaluate(
        """() => {
          const ends = [];
          const { prototype } = CanvasRenderingContext2D;
          const plain = prototype.fillText;
          prototype.fillText = function (text, x, y) {
            if (this.textAlign === 'center' && this.getTransform().b === 0)
              ends.push(x + this.measureText(text).width / 2 - this.canvas.clientWidth);
            plain.call(this, text, x, y);
          };
          document.querySelector('.valley-lines').lines.draw();
          prototype.fillText = plain;
          return ends;
        }"""
    )
    assert len(ends) > 8 and max(ends) <= 0.01


def test_dots_are_dots_in_the_legend(page, server):
    open_view(page, server, "edge_of_stability?edge=rates")
    row = page.locator(".valley-names li", has_text="measured").first
    assert row.locator("circle").count() == 3 and row.locator("line").count() == 0
    row = page.locator(".valley-names li", has_text="limit").first
    assert row.locator("circle").count() == 0 and row.locator("line").count() == 1
