"""Normalisation

:material/straighten: Inputs and hidden values in other units: what it does to the valley, and to the steps it takes.
"""

import streamlit as st

from engine import discover_optimizers
from widgets import address
from widgets.normalisation import normalisation
from widgets.presets import preset_row

ORDER = 11

PRESETS = {
    "Far from 0": "normalisation=inputs&inputs.mean=10",
    "In small units": "normalisation=inputs&inputs.moves=deviation&inputs.mean=1&inputs.deviation=20",
    "Houses": "normalisation=ways&data=house_prices",
    "Two hidden layers": "normalisation=inside&data=moons&data.noise=0.15&inside.hidden=4, 4",
    "Batches of two": "normalisation=inference&inference.batch=2",
    "Next year's rows": "normalisation=validation&validation.drift=1",
}

page = st.fragment(normalisation)

query = address.query()
sentence = st.empty()
preset_row(PRESETS, discover_optimizers())
ignored = st.empty()
page(sentence)
address.report(ignored, query)
