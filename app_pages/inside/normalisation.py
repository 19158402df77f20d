"""Normalisation

:material/straighten: Inputs and hidden values in other units: what it does to the valley, and to the steps it takes.
"""

import streamlit as st

from widgets import address
from widgets.normalisation import normalisation

ORDER = 11

page = st.fragment(normalisation)

query = address.query()
sentence, ignored = st.empty(), st.empty()
page(sentence)
address.report(ignored, query)
