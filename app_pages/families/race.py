"""Race

:material/sports_score: Optimizers side by side from one start; a race on equal terms; and how settings are found.
"""

import streamlit as st

from widgets import address
from widgets.views import views

ORDER = 3

page = st.fragment(views("widgets.race", "race", "View"))

query = address.query()
sentence, ignored = st.empty(), st.empty()
page(sentence)
address.report(ignored, query)
