"""The page Activations in a browser: small planes, bands, names of functions, and paths over them."""

from playwright.sync_api import expect
from test_browser import SECONDS
from test_views_browser import open_view

HEIGHTS = "() => [...document.querySelectorAll('.valley-panel')].map((panel) => panel.getBoundingClientRect().top)"


def test_small_planes_are_square_all_alike_and_stay_where_they_are(page, server):
    open_view(page, server, "activations?activations=planes&steps=40")
    boxes = page.evaluate(
        """() => document.querySelector('.valley-lines').lines.panels.slice(0, 8)
          .map(({ chart: { box, spanX, spanY } }) => [box.width, box.height, ...spanX, ...spanY])"""
    )
    assert all(box == boxes[0] for box in boxes) and abs(boxes[0][0] - boxes[0][1]) < 1e-6 and boxes[0][0] > 80
    slider, before = page.locator(".valley-index input[type=range]"), page.evaluate(HEIGHTS)
    for key in ("Home", "ArrowRight", "End"):
        slider.press(key)
        assert page.evaluate(HEIGHTS) == before


def test_bands_of_a_field_are_those_of_its_heights(page, server):
    open_view(page, server, "activations?activations=death")
    found = page.evaluate(
        """() => {
          const [panel] = document.querySelector('.valley-lines').lines.panels;
          const { heights, size, sheet } = panel.made;
          const side = panel.spec.field.columns;
          const pixels = sheet.getContext('2d').getImageData(0, 0, ...size).data;
          const shade = (column, row) => {
            const x = Math.round(((column + 0.5) / side) * size[0]);
            const y = Math.round((1 - (row + 0.5) / side) * size[1]);
            return pixels[4 * (y * size[0] + x)];
          };
          let [least, most] = [0, 0];
          heights.forEach((height, k) => {
            if (height < heights[least]) least = k;
            if (height > heights[most]) most = k;
          });
          return [least, most].map((k) => shade(k % side, Math.floor(k / side)));
        }"""
    )
    lowest, highest = found
    assert lowest > highest + 40  # on white paper the floor is the lightest


def test_what_is_picked_is_in_the_address_and_comes_back(page, server):
    open_view(page, server, "activations?activations=shapes")
    page.get_by_role("button", name="softsign").click()
    expect(page.locator(".valley-says")).to_contain_text("softsign")
    page.wait_for_url("**functions=softsign**")
    page.reload()
    expect(page.locator(".valley-says")).to_contain_text("softsign", timeout=30 * SECONDS)
    page.go_back()
    expect(page.locator(".valley-says")).not_to_contain_text("softsign", timeout=30 * SECONDS)


def test_one_point_is_one_dot_in_the_legend(page, server):
    open_view(page, server, "activations?activations=death")
    assert page.locator(".valley-names li", has_text="the end of the run").locator("circle").count() == 1
    assert page.locator(".valley-names li", has_text="rows").locator("circle").count() == 3
