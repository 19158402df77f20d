"""A slider is let go in the moment in which the figure asks for its families: the browser joins both in one message."""

from playwright.sync_api import Page, expect
from test_browser import in_address, number_input, opened, settled, shown

# Streamlit then runs the fragment of the first who spoke, in which no input stands
BOTH = """() => {
  document.querySelector(".valley").figure.asks.ask("ask", { families: true });
  document.querySelector(".valley-line").commit({ "a.learning_rate": 0.06 });
}"""


def test_what_was_let_go_is_not_lost(page: Page, server):
    opened(page, server, **{"a.learning_rate": 0.05})
    page.evaluate(BOTH)
    expect(number_input(page, "a.learning_rate")).to_have_value("0.06")
    settled(page)
    assert shown(page, "learning rate") == 0.06 and in_address(page)["a.learning_rate"] == "0.06"
