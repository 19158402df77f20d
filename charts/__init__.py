"""Figures: arrays in, plotly figure out. No Streamlit, no maths."""
