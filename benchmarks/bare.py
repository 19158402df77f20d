"""The bare Streamlit page that Valley is held against: a slider and a plotly chart of two points."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.browser import ROOT

# Its axes stand still, so that another value is another picture.
PAGE = """
import streamlit as st

value = st.slider("value", 0, 100, 30)
axis = {"range": [-10, 110]}
trace = {"type": "scatter", "mode": "lines+markers", "x": [0, 100], "y": [0, value]}
st.plotly_chart({"data": [trace], "layout": {"xaxis": axis, "yaxis": axis}})
"""

# where the handle of its slider is, and the track it runs on
TRACK = "[data-testid=stSlider] [role=group] > [data-rac]"
HANDLE = f"{TRACK} [data-rac]"


@contextmanager
def bare_folder() -> Iterator[Path]:
    """Give a folder with the bare page and Valley's own configuration: it gains by what that saves, too."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "app.py").write_text(PAGE)
        shutil.copytree(ROOT / ".streamlit", folder / ".streamlit")
        yield folder
