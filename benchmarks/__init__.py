"""How fast Valley is, measured with one command: ``python -m benchmarks`` in the folder of the repository."""
