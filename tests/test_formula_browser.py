"""A formula that is typed in a browser: the picture, the address, and the sentence where it cannot be read."""

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Page, expect

WAIT = 60_000  # ms; the first visit compiles the machine


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def drawn(page: Page, text: str) -> None:
    """Wait until the figure shows the surface of a formula."""
    holds = "text => document.querySelector('.valley-plane')?.dataset.surface?.includes(text)"
    page.wait_for_function(holds, arg=f"text='{text}'", timeout=WAIT)


def test_a_formula_is_typed_corrected_and_shared(server, page):
    page.goto(f"{server}/landscapes?surface=formula&a=gradient_descent&a.learning_rate=0.05")
    field = page.get_by_test_id("stTextInputField")
    field.wait_for(timeout=WAIT)
    field.fill("x^2 + kappa*y^2 + 0.5*sin(4*x)")
    field.press("Enter")
    drawn(page, "x^2 + kappa*y^2 + 0.5*sin(4*x)")
    constant = page.locator("input[aria-label='kappa κ'][type=number]")
    constant.fill("3")
    constant.press("Enter")
    page.wait_for_function("location.search.includes('surface.kappa=3')", timeout=WAIT)
    assert asked(page)["surface.text"] == ["x^2 + kappa*y^2 + 0.5*sin(4*x)"]

    field.fill("x^2 + kappa*z^2")
    field.press("Enter")
    sentence = page.get_by_test_id("stAlert")
    expect(sentence).to_contain_text('Unknown name "z" at character 13: use x, y or a constant.', timeout=WAIT)
    expect(sentence).to_contain_text("The picture shows x^2 + kappa*y^2 + 0.5*sin(4*x).")
    drawn(page, "x^2 + kappa*y^2 + 0.5*sin(4*x)")

    field.fill("x^2 + kappa*y^4")
    field.press("Enter")
    drawn(page, "x^2 + kappa*y^4")
    expect(sentence).to_have_count(0)
    page.wait_for_function("location.search.includes('y%5E4') || location.search.includes('y^4')", timeout=WAIT)
    address = page.url
    page.goto("about:blank")
    page.goto(address)
    drawn(page, "x^2 + kappa*y^4")
    expect(page.locator("input[aria-label='kappa κ'][type=number]")).to_have_value("3", timeout=WAIT)
