"""Initialisation

:material/casino: Weights before the first step: why they must differ, how large they must be, and which are the same.
"""

import streamlit as st

from widgets import address
from widgets.initialisation import initialisation
from widgets.presets import preset_row

ORDER = 10

PRESETS = {
    "Fifty layers of ReLUs": "initialisation=signal",
    "From 200 units to 20": "initialisation=signal&stack.activation=linear&stack.scheme=xavier&signal.first=200"
    "&signal.last=20",
    "Sigmoids": "initialisation=signal&stack.activation=sigmoid&stack.scheme=xavier",
    "Too large for tanh": "initialisation=jacobian&stack.activation=tanh&stack.scheme=gaussian&stack.epsilon=0.4",
    "Inputs far from 0": "initialisation=relu&relu.offset=2",
    "Sigmoid units flip": "initialisation=copies&copies.activation=sigmoid",
    "ReLUs rescale": "initialisation=copies&copies.activation=relu",
}

page = st.fragment(initialisation)

query = address.query()
sentence = st.empty()
preset_row(PRESETS, {})
ignored = st.empty()
page(sentence)
address.report(ignored, query)
