"""The first thing that anybody asks of a fresh host is a deep link, be it warm or not: no dialog, the page itself."""

import pytest
from browser import ROOT, serve
from playwright.sync_api import Page, expect
from test_browser import in_address
from test_server import settled

# a dialog that is gone again would do as much harm
LOOK_OUT = """window.dialogs = []; new MutationObserver(() => {
  for (const dialog of document.querySelectorAll("[role=dialog]")) window.dialogs.push(dialog.textContent);
}).observe(document, { subtree: true, childList: true });"""


@pytest.mark.parametrize("script", ["app.py", "server.py"])
def test_a_deep_link_into_a_host_that_has_just_begun(page: Page, script):
    page.add_init_script(LOOK_OUT)
    with serve(ROOT, script=script) as address:
        page.goto(f"{address}/landscapes?surface=himmelblau&steps=40")
        settled(page)
        assert page.evaluate("window.dialogs") == []
        expect(page.get_by_role("alert")).to_have_count(0)
        assert in_address(page)["surface"] == "himmelblau" and "/landscapes?" in page.url
        page.goto("about:blank")


def test_an_address_without_a_page_leads_to_the_first_and_says_so(page: Page, server):
    page.goto(f"{server}/nosuchpage?a.learning_rate=0.05")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Page not found")
    dialog.get_by_role("button", name="Close").click()
    page.wait_for_url("**/valley?*")
    settled(page)
    assert in_address(page)["a.learning_rate"] == "0.05"
