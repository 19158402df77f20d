"""Backpropagation

:material/account_tree: The derivative of a network, path by path and by the recursion that needs each edge once.
"""

import streamlit as st

from widgets import address
from widgets.backpropagation import backpropagation

ORDER = 9

page = st.fragment(backpropagation)

query = address.query()
sentence, ignored = st.empty(), st.empty()
page(sentence)
address.report(ignored, query)
