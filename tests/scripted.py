"""The code of a detail in an empty page, asked again and again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from widgets.details.follow import HERE, parts
from widgets.live_figure import joined


@contextmanager
def scripted(browser: Browser, name: str, code: str, folder: Path = HERE) -> Iterator[Callable[[Any], Any]]:
    """Give what a function that sees the code of the detail ``name`` returns for an argument."""
    with browser.new_page() as page:
        function = page.evaluate_handle(f"() => {{ {joined(parts(name, folder))}\nreturn ({code}); }}")
        yield lambda given: function.evaluate("(asked, given) => asked(given)", given)
