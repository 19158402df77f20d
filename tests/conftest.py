"""Fixtures for tests that need the running app and a browser."""

from collections.abc import Iterator

import pytest
from browser import CI, NoBrowser, launch, serve
from hypothesis import settings
from playwright.sync_api import Browser, Page, sync_playwright

from widgets import patience

CURE = "install Chromium, Chrome or Edge, or run `python -m playwright install chromium`"
NO_BROWSER = pytest.StashKey[bool]()

# what is merged is not decided by luck; whoever runs the tests at home looks farther every time
settings.register_profile("steady", deadline=None, derandomize=True)
settings.register_profile("searching", deadline=None)
settings.load_profile("steady" if CI else "searching")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that use a browser, and run them last: the quick answers come first."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once, not for every test, that there was no browser."""
    if NO_BROWSER in terminalreporter.config.stash:
        terminalreporter.write_line(f"no browser, its tests were skipped: {CURE}")


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first picture waits for its kernels to be compiled."""
    monkeypatch.setattr(patience, "SHORT", 120.0)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The address of the running app."""
    with serve() as address:
        yield address


@pytest.fixture(scope="session")
def browser(pytestconfig: pytest.Config) -> Iterator[Browser]:
    """A Chromium. Where there is none the test is skipped; under CI=true it fails."""
    with sync_playwright() as playwright:
        why = ""
        try:
            chromium = launch(playwright)
        except NoBrowser as error:
            why = str(error)
        if why and CI:
            pytest.fail(f"no browser: {CURE}; tried {why}", pytrace=False)
        if why:
            pytestconfig.stash[NO_BROWSER] = True
            pytest.skip("no browser")
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page, 1280 x 800, with cookies and storage of its own; an uncaught error in the page fails the test."""
    errors: list[str] = []
    with browser.new_context(viewport={"width": 1280, "height": 800}) as context:
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
    if errors:
        pytest.fail("uncaught errors in the page:\n" + "\n".join(errors), pytrace=False)
