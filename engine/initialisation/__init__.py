"""Initial weights: what they make of a signal and of a gradient, which of them are alike, and which units are dead."""
