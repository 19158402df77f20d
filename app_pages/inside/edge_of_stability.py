"""Edge of stability

:material/show_chart: Training sharpens the surface until the steps hardly fit, and goes on there.
"""

import streamlit as st

from engine import discover_optimizers
from widgets import address
from widgets.edge import edge
from widgets.presets import preset_row

ORDER = 12

# every preset says data, loss and net: what an input is at first depends on what is there
PRESETS = {
    "Up to the edge": "data=noisy_line&data.noise=0.5&surface.loss=sum_of_squares&surface.hidden=8"
    "&rule.learning_rate=0.1",
    "Never there": "data=noisy_line&data.noise=0.5&surface.loss=sum_of_squares&surface.hidden=8"
    "&rule.learning_rate=0.04",
    "Momentum": "data=noisy_line&data.noise=0.5&surface.loss=sum_of_squares&surface.hidden=8&rule=momentum"
    "&rule.learning_rate=0.2&rule.momentum=0.5",
    "Adam": "data=noisy_line&data.noise=0.5&surface.loss=sum_of_squares&surface.hidden=8&rule=adam"
    "&rule.learning_rate=0.01&rule.decay_2=0.99",
    "Two layers": "data=moons&data.noise=0.15&surface.loss=sum_of_squares&surface.hidden=5, 4&rule.learning_rate=0.4",
    "Probabilities leave it": "data=moons&data.noise=0.15&surface.loss=cross_entropy&surface.hidden=5, 4"
    "&rule.learning_rate=0.4",
    "Two weights": "edge=known",
    "Thrown out": "edge=beyond&data=noisy_line&data.noise=0.5&surface.loss=sum_of_squares&surface.hidden=8",
}

page = st.fragment(edge)

query = address.query()
sentence, ignored = st.empty(), st.empty()
preset_row(PRESETS, discover_optimizers())
page(sentence)
address.report(ignored, query)
