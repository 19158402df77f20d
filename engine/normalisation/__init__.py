"""Normalisation: what scale and shift of inputs and hidden values do, predicted."""
