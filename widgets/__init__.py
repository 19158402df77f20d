"""Inputs and the live figure: the only code that talks to Streamlit's inputs and its session state."""
