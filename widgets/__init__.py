"""Inputs and the live figure: the only code that talks to Streamlit's inputs and its session state."""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy: many small matrices are slower on many threads
