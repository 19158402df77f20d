"""Race

:material/sports_score: Optimizers side by side from one start; a race on equal terms; and how settings are found.
"""

import streamlit as st

from widgets import address
from widgets.race import race

ORDER = 3

page = st.fragment(race)

query = address.query()
sentence, ignored = st.empty(), st.empty()
page(sentence)
address.report(ignored, query)
