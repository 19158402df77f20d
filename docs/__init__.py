"""What the README shows and a program makes: ``python -m docs.tables`` and ``python -m docs.picture``."""
