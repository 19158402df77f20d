"""Maps

:material/map: Every cell is a run: how many steps each setting needs, what each mode does, where each start ends.
"""

import streamlit as st

from widgets import address
from widgets.maps import maps

ORDER = 2

page = st.fragment(maps)

query = address.query()
sentence, ignored = st.empty(), st.empty()
page(sentence)
address.report(ignored, query)
