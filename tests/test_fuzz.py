"""Addresses nobody meant: whatever the parameters of a page say, it is there, with its figure and no exception."""

import string

import pytest
from browser import ROOT
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest
from visit import TIMEOUT, components

from engine import discover_optimizers, discover_schedules
from surfaces import discover_surfaces
from surfaces.data import discover_data
from widgets import patience
from widgets.controls import DECLARED
from widgets.navigation import entries

CASES = 2000  # over all pages
SIZE = 50_000  # characters of the longest values
PAGES = {entry.path.stem: entry.path for entry in entries()}
SLUGS = [*discover_optimizers(), *discover_schedules(), *discover_surfaces(), *discover_data()]
NUMBERS = ["0", "-1", "1", "1e-9", "1e9", "nan", "inf", "-inf", "1e999", "-0.0", "0x10", "1_000", "١٢", "1,5", "--1"]
MARKUP = ["<script>alert(1)</script>", "[x](javascript:alert(1))", "`a`", "$x$", "](", "\\", "{{7*7}}", "%00", "a\nb"]
FORMULAS = ["x^2+y^2", "x/0", "9**9**9", "().__class__", "lambda: 0", "(" * 300, "log(x)", "kappa*x^k"]

plain = st.text(string.printable, max_size=20)
huge = st.sampled_from(["9", "a", "(", ",1", "%", "é", "-"]).map(lambda part: part * (SIZE // len(part)))
values = st.one_of(
    *(st.sampled_from(listed) for listed in (NUMBERS, MARKUP, FORMULAS, SLUGS)),
    st.floats().map(str),
    st.integers(-3, 3000).map(str),
    plain,
    st.text(max_size=40),
    huge,
)


@pytest.fixture(scope="module", autouse=True)
def nobody_waits():
    """What takes long goes on without being waited for, as when a student moves on."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(patience, "SHORT", 0.0)
        yield


def opened(page: str, query: dict[str, list[str]]) -> AppTest:
    """Open a page as an address does."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=TIMEOUT)
    app.switch_page(str(PAGES[page]))
    for key, given_values in query.items():
        app.query_params[key] = given_values
    return app.run()


@pytest.fixture(scope="module")
def keys() -> dict[str, list[str]]:
    """The parameters of every page, as it opens."""
    found = {}
    for page in PAGES:
        app = opened(page, {})
        found[page] = sorted(app.session_state[DECLARED])
        assert len(found[page]) > 1
    return found


@pytest.mark.parametrize("page", PAGES)
def test_a_page_survives_any_address(page, keys):
    known = st.sampled_from([*keys[page], "surface", "data", "show", "a", "b", "plane"])
    names = st.one_of(known, known, known, plain.filter(bool))

    @settings(
        max_examples=-(-CASES // len(PAGES)), deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(query=st.dictionaries(names, st.lists(values, min_size=1, max_size=2), min_size=1, max_size=5))
    def survives(query):
        app = opened(page, query)
        assert not app.exception
        assert components(app) or app.get("progress") or app.info

    survives()
