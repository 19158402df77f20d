"""Models of data in a browser: the data follow the step, and a drag of the learning rate."""

import re

from playwright.sync_api import expect
from test_browser import SECONDS, drag_slider
from test_landscapes_browser import GO, opened

HEADING = ".stVerticalBlock.st-key-detail-data .valley-detail p"


def test_the_curve_through_the_data_follows_step_and_drag(page, server):
    start = {"surface": "logistic_regression", "start.x": 0, "start.y": 0, "a": "gradient_descent"}
    opened(page, server, families=1, **{**start, "a.learning_rate": 0.4, "show": "data"})
    heading = page.locator(HEADING).first
    expect(heading).to_contain_text("At step 150: w = 1.16, b = −3.05.", timeout=12 * SECONDS)
    page.evaluate(GO, 0)
    expect(heading).to_have_text("At step 0: w = 0, b = 0.")
    page.evaluate(GO, 1)
    before = heading.text_content()
    drag_slider(page, "learning rate", 0.5, 0.2)
    expect(heading).not_to_have_text(before)
    page.mouse.up()


def test_sum_instead_of_mean_moves_the_limit_and_says_so(page, server):
    start = {"surface": "linear_regression", "start.x": 0, "start.y": 0, "a": "gradient_descent"}
    opened(page, server, families=1, **{**start, "a.learning_rate": 0.005, "show": "identities"})
    gauge, identities = page.locator(".valley-gauge"), page.locator(".stVerticalBlock.st-key-detail-identities")
    expect(page.locator(".valley")).to_contain_text("E is the mean over 5 rows")
    expect(identities).to_contain_text("[Σ x² + N] / N = 34.6")
    expect(gauge).to_have_attribute("aria-label", re.compile("0.0581"))
    page.get_by_role("radio", name="sum").or_(page.get_by_role("button", name="sum")).first.click()
    expect(page.locator(".valley")).to_contain_text("E is the sum over 5 rows", timeout=12 * SECONDS)
    expect(identities).to_contain_text("Σ x² + N = 173")
    expect(gauge).to_have_attribute("aria-label", re.compile("0.0116"))
