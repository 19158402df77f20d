"""Edge of stability

:material/show_chart: Training sharpens the surface until the steps hardly fit, and goes on there.
"""

import streamlit as st

from widgets import address
from widgets.edge import edge

ORDER = 12

page = st.fragment(edge)

query = address.query()
sentence, ignored = st.empty(), st.empty()
page(sentence)
address.report(ignored, query)
