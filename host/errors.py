"""Errors: a log line with a reference for whoever runs the host, one sentence with it for the student."""

import secrets

import streamlit as st

from host.logs import complain
from metrics import ERRORS

SENTENCE = "Something went wrong here: reload the page, and if it comes again, report the number {reference}."


def explain(error: Exception) -> bool:
    """Log an error of a page and say one sentence in its place; True says that it was said."""
    reference = secrets.token_hex(4)
    ERRORS.labels("page").inc()
    complain("error", error, reference=reference, kind=type(error).__name__)
    st.error(SENTENCE.format(reference=reference))
    return True
