"""Valley on a host, ``streamlit run server.py``: ``app.py`` with what a class of a hundred needs around it."""

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route

from host.assets import Assets
from host.errors import explain
from host.headers import Headers
from host.metrics import metrics
from host.warm_up import lifespan, readyz
from host.watch import Watch

app = st.App(
    "app.py",
    lifespan=lifespan,
    routes=[Route("/readyz", readyz), Route("/metrics", metrics)],
    middleware=[Middleware(Watch), Middleware(Headers), Middleware(Assets)],
    on_script_error=explain,
)
