"""Activations

:material/show_chart: What a hidden unit makes of its sum: where it learns, where it is flat, and where it dies.
"""

import streamlit as st

from widgets import address
from widgets.activations import activations

ORDER = 8

page = st.fragment(activations)

query = address.query()
sentence, ignored = st.empty(), st.empty()
page(sentence)
address.report(ignored, query)
