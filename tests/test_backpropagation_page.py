"""The page Backpropagation without a browser: its views, its links and hostile addresses."""

import pytest
from browser import ROOT
from visit import components, visit, warned

from widgets.views import found

PAGE = ROOT / "app_pages" / "inside" / "backpropagation.py"
VIEWS = list(found("widgets.backpropagation"))


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_opens_by_its_address_and_begins_with_its_sentence(view):
    app = visit({"backpropagation": view}, PAGE)
    assert not app.exception and not app.error and not app.warning and not app.info
    assert app.main.markdown[0].value == f"**{found('widgets.backpropagation')[view].TITLE}**"
    assert sum(len(data) for data in components(app)) < 400_000


def test_an_unknown_view_is_said_and_the_first_drawn():
    app = visit({"backpropagation": "nothing"}, PAGE)
    assert "backpropagation" in warned(app, "backpropagation")
    assert app.main.markdown[0].value == f"**{found('widgets.backpropagation')[VIEWS[0]].TITLE}**"
