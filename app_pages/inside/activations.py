"""Activations

:material/show_chart: What a hidden unit makes of its sum: where it learns, where it is flat, and where it dies.
"""

import streamlit as st

from engine import discover_optimizers
from widgets import address
from widgets.activations import activations
from widgets.presets import preset_row

ORDER = 8

PRESETS = {
    "Dying ReLUs": "activations=units&data=moons&surface.activation=relu&surface.hidden=8, 8&initial.scheme=he&a=adam"
    "&a.learning_rate=0.5&steps=200",
    "Leaky ReLUs instead": "activations=units&data=moons&surface.activation=leaky_relu&surface.hidden=8, 8"
    "&initial.scheme=he&a=adam&a.learning_rate=0.5&steps=200",
    "Sigmoids far out": "activations=units&data=moons&surface.activation=sigmoid&surface.hidden=8, 8"
    "&initial.scheme=gaussian&initial.scale=20&a=momentum&a.learning_rate=0.2&steps=200",
    "Eight surfaces": "activations=planes&data=moons&a=momentum&a.learning_rate=0.2&steps=200",
    "One ReLU dies": "activations=death&death.activation=relu",
    "A leaky one comes back": "activations=death&death.activation=leaky_relu",
}

page = st.fragment(activations)

query = address.query()
sentence = st.empty()
preset_row(PRESETS, discover_optimizers())
ignored = st.empty()
page(sentence)
address.report(ignored, query)
