"""Initialisation

:material/casino: Weights before the first step: why they must differ, how large they must be, and which are the same.
"""

import streamlit as st

from widgets import address
from widgets.initialisation import initialisation

ORDER = 10

page = st.fragment(initialisation)

query = address.query()
sentence, ignored = st.empty(), st.empty()
page(sentence)
address.report(ignored, query)
