"""Noise

:material/grain: Gradients of a few rows at a time: what they spoil, what they spare, and when they help.
"""

import streamlit as st

from widgets import address
from widgets.noise import noise

ORDER = 7

page = st.fragment(noise)

query = address.query()
sentence, ignored = st.empty(), st.empty()
page(sentence)
address.report(ignored, query)
