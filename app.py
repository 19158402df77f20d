"""Valley: optimizers on error surfaces. Start it with ``streamlit run app.py``."""

from pathlib import Path

import streamlit as st

from widgets.connections import send_at_once
from widgets.history import steps
from widgets.navigation import pages
from widgets.projector import projector, room

ICON = Path(__file__).parent / "assets" / "icon.png"  # a named icon would be fetched from another host

st.set_page_config(page_title="Valley", page_icon=ICON, layout="wide", initial_sidebar_state=room())
st.logo(ICON, size="medium")  # the name beside it is in page.css
st.html(Path(__file__).parent / "widgets" / "live_figure" / "page.css")
send_at_once()
steps()
projector()
st.navigation(pages(), position="top").run()
